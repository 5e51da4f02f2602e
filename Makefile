# The verbs of this project. `make` alone lists them.

UV := .tools/bin/uv
UV_VERSION := 0.13.9
PY := .venv/bin/python
export UV_SYSTEM_CERTS := 1
unexport PYTHONDONTWRITEBYTECODE  # each process would compile all libraries again: seconds of work per start

.DEFAULT_GOAL := help
.PHONY: help demo test quick check bench setup system messages fmt pictures looks lock sbom

help:  ## List the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'
	@echo "  Arguments go in ARGS, e.g. make demo ARGS='--port 9000'"

demo: $(UV)  ## Start everything on this machine, to try it out
	@$(UV) sync --quiet --frozen --no-dev --inexact
	@.venv/bin/mitwirken demo $(ARGS)

QUICK := tests/models tests/translations tests/webforms $(wildcard tests/test_*.py)

test: setup system  ## Run all tests
	@$(PY) -m pytest -n 2 --dist loadgroup $(ARGS)

quick: setup  ## Run the fast tests: no browser, no processes, no PostgreSQL
	@$(PY) -m pytest -n 2 -m "not browser and not journey and not postgres" $(QUICK) $(ARGS)

PROGRAM := bot commands models translations webforms mitwirken.py

check: setup  ## Format, lint, types, import rules, safety, licences, catalogues, migrations
	@.venv/bin/ruff format --check --quiet . || { .venv/bin/ruff format --diff --quiet . ; exit 1 ; }
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/bandit --quiet --severity-level medium --skip B104 --recursive $(PROGRAM)
	@$(PY) -m pytest -n 2 tests/translations tests/models tests/test_rules.py tests/test_supply.py \
		-k "catalogue or migrat or rules or supply" $(ARGS)

bench: setup  ## Measure, each figure beside its reference
	@$(PY) -m bench $(ARGS)

setup: $(UV)  ## Install everything that development needs into .venv
	@$(UV) sync --quiet --frozen

lock: $(UV)  ## Fix all versions anew where pyproject.toml asks for it, for pip too
	@$(UV) lock --quiet
	@$(UV) export --quiet --frozen --no-dev --no-emit-project --no-annotate --no-header --output-file requirements.txt

sbom: $(UV)  ## List all parts of a release, as CycloneDX, in build/sbom.cdx.json
	@mkdir -p build
	@$(UV) export --quiet --frozen --offline --no-dev --preview-features sbom-export --format cyclonedx1.5 \
		--output-file build/sbom.cdx.json
	@echo "build/sbom.cdx.json lists what a release is made of."

messages: setup  ## Collect the words of the program into all catalogues
	@$(PY) -m translations.messages

fmt: setup  ## Format the code
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --quiet --fix .

pictures: setup  ## Make the pictures of the README anew, from a fresh `make demo` that runs
	@$(PY) docs/pictures/make.py $(ARGS)

looks: setup  ## Make the pictures anew with which the tests compare pages in Arabic and Persian; then look at them
	@MITWIRKEN_LOOKS=new $(PY) -m pytest -n 0 tests/webforms/looking/test_pixels.py -k in_the_pictures $(ARGS)

PACKAGES := chromium fonts-noto-core libatomic1
APT := apt-get update && apt-get install -y --no-install-recommends $(PACKAGES)

system:  # what the tests need besides Python: a browser, and a library of the PostgreSQL they start
	@if command -v chromium >/dev/null && ldconfig -p | grep -q libatomic.so.1 ; then : ; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null ; then \
		echo "Installing $(PACKAGES) …" ; ( $(APT) ) >/dev/null || echo "That failed; browser tests are skipped." ; \
	else echo "Browser tests are skipped. To run them: sudo sh -c '$(APT)'" ; fi

$(UV):
	@python3 -m pip install --quiet --disable-pip-version-check --target .tools uv==$(UV_VERSION)
