"""Our own rules hold in the whole program, and each of them can find something."""

import ast

import pytest

from tests import rules

PLANTED = {
    "unescaped": "Markup(f'<b>{name}</b>')",
    "sql": "session.execute(sa.text(f'SELECT * FROM people WHERE name = {name}'))",
    "dangerous": "subprocess.run(command, shell=True); eval(words); pickle.loads(data); yaml.load(data)",
    "log": "log.info('%s wrote: %s', person.name, message.text); log.info(f'{x} came')",
    "fetch": "urllib.request.urlopen(request.form['photo'])",
    "redirect": "redirect(request.args['next'], 303)",
    "cookie": "response.set_cookie('me', token)",
}
FINE = """
session.execute(sa.text("SELECT 1")); session.execute(sa.select(Person).where(Person.id == number))
log.warning("File %d did not come (%s)", one.id, type(error).__name__)
redirect(url_for("me.own"), 303); redirect(guard.own_path(request.form.get("next", "")), 303)
subprocess.run(["pg_dump", "--version"], check=True); set_cookie(response, NAME, token, span=span)
re.compile("x")
"""


@pytest.fixture(scope="module")
def hits() -> dict[str, dict[str, list[str]]]:
    """What the rules find in the program."""
    return rules.found()


@pytest.mark.parametrize("rule", rules.RULES)
def test_the_program_keeps_to_the_rule(rule: str, hits: dict[str, dict[str, list[str]]]) -> None:
    assert rules.not_meant(hits[rule], rules.MEANT[rule]) == {}


@pytest.mark.parametrize("rule", rules.RULES)
def test_what_is_planted_is_found(rule: str) -> None:
    assert len(list(rules.RULES[rule](ast.parse(PLANTED[rule])))) >= PLANTED[rule].count(";") + 1


@pytest.mark.parametrize("rule", rules.RULES)
def test_what_is_right_is_left_alone(rule: str) -> None:
    assert list(rules.RULES[rule](ast.parse(FINE))) == []


@pytest.mark.parametrize(
    "template",
    ["{{ words | safe }}", "<p onclick='x()'>", "<script>x()</script>", "<a href='javascript:x()'>"],
)
def test_templates_are_looked_at(template: str) -> None:
    assert rules.in_template(template)
    assert not rules.in_template("<script src='/static/desk.js' defer></script><p lang='ar'>{{ words }}</p>")
    assert rules.not_meant({"a.html": [template]}, {}) == {"a.html": [template]}
