"""Which words stand on buttons: found where the program makes them, so that no list can be forgotten."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("bot", "models")
# Questions to choose from get the table of their answers first: `Choice[Role](ROLE_WORDS, …)`.
TABLE_SUFFIX = "_WORDS"
SEND = "send"  # the words that a form is sent with
_HIDDEN = re.compile(r'<span class="visually-hidden">.*?</span>', re.DOTALL)
_PAGE_BUTTON = re.compile(r'<(button|a class="button)\b[^>]*>(.*?)</(?:button|a)>', re.DOTALL)
_MARKED = re.compile(r"""\b_\((?:"([^"]+)"|'([^']+)')\)""")


def button_labels(root: Path) -> frozenset[str]:
    """Return the message ids of all words that a chat button may carry, below `root`."""
    files = [file for package in PACKAGES for file in sorted((root / package).rglob("*.py"))]
    modules = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    tables = {name for module in modules for name in _tables(module)} | {SEND}
    return frozenset(words for module in modules for words in _labels(module, tables))


def page_labels(root: Path) -> frozenset[str]:
    """Return the message ids of all words on buttons of the pages, below `root`."""
    pages = (file.read_text(encoding="utf-8") for file in sorted((root / "webforms").rglob("*.html")))
    faces = (found[2] for page in pages for found in _PAGE_BUTTON.finditer(_HIDDEN.sub("", page)))
    return frozenset(one or other for face in faces for one, other in _MARKED.findall(face))


def _calls(module: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    """Yield the name and the arguments of each call; of `Choice[Role](…)` the name "Choice"."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and node.args:
            called = node.func.value if isinstance(node.func, ast.Subscript) else node.func
            yield (called.id if isinstance(called, ast.Name) else ""), node.args


def _tables(module: ast.Module) -> Iterator[str]:
    for _called, arguments in _calls(module):
        if isinstance(arguments[0], ast.Name) and arguments[0].id.endswith(TABLE_SUFFIX):
            yield arguments[0].id


def _assigned(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(module):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
                yield target.id, node.value


def _labels(module: ast.Module, tables: set[str]) -> Iterator[str]:
    named = dict(_assigned(module))
    for called, arguments in _calls(module):
        first = arguments[0]
        if called == "Button":
            yield from _words(named.get(first.id, first) if isinstance(first, ast.Name) else first)
        elif called == "Option":
            yield from (words for argument in arguments[1:] for words in _words(argument))
    for name, value in named.items():
        if name in tables:
            yield from _words(value)


def _words(node: ast.expr) -> Iterator[str]:
    """Find `_("…")` in what makes a label: called with values, chosen by a condition, in a table."""
    for called, arguments in _calls(node):
        if called == "_" and isinstance(arguments[0], ast.Constant) and isinstance(arguments[0].value, str):
            yield arguments[0].value
