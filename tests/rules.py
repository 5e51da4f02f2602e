"""Our own rules: what the code must not do, found in the syntax tree and in templates.

A rule returns what it found as `(place, what)`; `MEANT` names the places where it is meant, and how often.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "commands", "models", "translations", "webforms")
Rule = Callable[[ast.AST], Iterator[str]]

_LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
_PERSONAL = {
    "address", "answer", "answers", "body", "caption", "chat_id", "content", "email", "first_name", "form",
    "key", "last_name", "letter", "message", "name", "names", "password", "person", "phone", "secret",
    "telegram_id", "text", "ticket", "title", "token", "url", "user", "username",
}  # fmt: skip
_FETCHES = {
    "urlopen",
    "Request",
    "ClientSession",
    "AsyncClient",
    "OAuth2Client",
    "HTTPConnection",
    "HTTPSConnection",
    "build_opener",
    "urlretrieve",
}
_OWN_ADDRESS = {"url_for", "own_path"}
_SQL = re.compile(r"^(execute|exec_driver_sql|executemany|executescript|scalar|scalars|text)$")

# What is meant, and how many times: {rule: {file: number}}.
MEANT: dict[str, dict[str, int]] = {
    "unescaped": {
        "webforms/templates/desk/prints_parts.html": 1,  # the QR code's own SVG, made by us
        "webforms/templates/desk/group.html": 1,
        "webforms/templates/desk/second_step.html": 1,
        "webforms/templates/event_parts.html": 1,
        "webforms/templates/wall_body.html": 1,
        "webforms/templates/desk/hall.html": 1,
        "webforms/words.py": 2,  # Markup(…).format escapes what it puts in
        "webforms/timeline.py": 1,
        "webforms/news.py": 8,  # the same, and what models.markup has made: nh3 cleans it, tests hold that
        "webforms/templates/news_item.html": 1,
        "webforms/templates/update_look.html": 2,
    },
    "sql": {
        "models/backup_postgres.py": 2,  # names of schemas that we make up from the clock
        "models/db.py": 1,  # our own list of pragmas
        "models/migrate.py": 1,
    },
    "fetch": {
        "commands/answering.py": 2,  # doctor and demo ask our own pages and the Bot API of the settings
        "commands/check_chat.py": 2,  # `demo --check` asks the demo's own emulator and pages
        "commands/check_http.py": 3,
        "webforms/provider.py": 1,  # the single sign-on of the settings, and what its own document names
        "bot/courier/aiohttp_request.py": 1,  # the Bot API of the settings
        "bot/emulator/webhook.py": 1,  # the emulator plays Telegram
    },
    "redirect": {
        "webforms/home.py": 1,  # to a language of ours
        "webforms/sheet_page.py": 1,  # back to the page that was asked for by its route
        "webforms/desk/login.py": 1,  # has been through own_path
        "webforms/desk/sign_on.py": 1,  # to the provider of the settings
        "webforms/desk/entries.py": 1,  # made by url_for in a function of its own
        "webforms/me.py": 2,  # the same
        "webforms/desk/translations.py": 1,
        "webforms/desk/accounts.py": 1,  # path_for goes through own_path
        "webforms/composing_look.py": 1,  # of the composer: its place is made by url_for
        "webforms/composing_recipients.py": 1,
        "webforms/composing_sending.py": 1,
        "webforms/composing_words.py": 1,
        "webforms/writing.py": 1,
    },
    "cookie": {"webforms/site.py": 2},  # the one place that knows all flags
    "log": {},
    "dangerous": {},
}  # fmt: skip


def name_of(node: ast.AST) -> str:
    """Return the last name of what is called or read, "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Return all calls in a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _is_made_up(node: ast.AST) -> bool:
    """Whether a text is put together while the program runs."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, (ast.Mod, ast.Add))
    return isinstance(node, ast.Call) and name_of(node.func) == "format"


def unescaped(tree: ast.AST) -> Iterator[str]:
    """Words that go onto a page as they are."""
    return (ast.unparse(call) for call in calls(tree) if name_of(call.func) == "Markup")


def sql(tree: ast.AST) -> Iterator[str]:
    """SQL that is put together from pieces."""
    for call in calls(tree):
        if _SQL.match(name_of(call.func)) and call.args and _is_made_up(call.args[0]):
            yield ast.unparse(call)


def dangerous(tree: ast.AST) -> Iterator[str]:
    """A shell, code out of data, or objects out of bytes."""
    for call in calls(tree):
        name, whole = name_of(call.func), ast.unparse(call.func)
        if any(one.arg == "shell" for one in call.keywords) or whole in ("os.system", "os.popen"):
            yield ast.unparse(call)
        if whole in ("eval", "exec", "compile", "__import__") or whole.split(".")[0] in ("pickle", "marshal"):
            yield ast.unparse(call)
        if name in ("full_load", "unsafe_load") or whole == "yaml.load":
            yield ast.unparse(call)


def log(tree: ast.AST) -> Iterator[str]:
    """Something of a person, or a text made up on the spot, in a log."""
    for call in calls(tree):
        if name_of(call.func) not in _LEVELS or ast.unparse(call.func).split(".")[0] not in (
            "log",
            "logging",
        ):
            continue
        tells = any(name_of(arg) in _PERSONAL and not _is_program(arg) for arg in call.args[1:])
        if tells or (call.args and _is_made_up(call.args[0])):
            yield ast.unparse(call)


def _is_program(node: ast.AST) -> bool:
    """Whether a name is the program's own: of a class, a file, a lane, or what an error of ours says."""
    return ast.unparse(node) in ("name", "self._name", "path.name", "method.name", "error.message")


def fetch(tree: ast.AST) -> Iterator[str]:
    """A look at an address; people's addresses are never fetched."""
    return (ast.unparse(call) for call in calls(tree) if name_of(call.func) in _FETCHES)


def redirect(tree: ast.AST) -> Iterator[str]:
    """A redirection to anything but a route of ours."""
    for call in calls(tree):
        if name_of(call.func) != "redirect" or not call.args:
            continue
        targets = [call.args[0]]
        if isinstance(call.args[0], ast.IfExp):
            targets = [call.args[0].body, call.args[0].orelse]
        if not all(isinstance(one, ast.Call) and name_of(one.func) in _OWN_ADDRESS for one in targets):
            yield ast.unparse(call)


def cookie(tree: ast.AST) -> Iterator[str]:
    """A cookie with flags of its own."""
    for call in calls(tree):
        whole = ast.unparse(call.func)
        if name_of(call.func) in ("set_cookie", "delete_cookie") and "." in whole:
            yield ast.unparse(call)


RULES: dict[str, Rule] = {
    rule.__name__: rule for rule in (unescaped, sql, dangerous, log, fetch, redirect, cookie)
}  # fmt: skip
_UNESCAPED = re.compile(
    r"\|\s*safe\b|autoescape\s+false|<script(?![^>]*\bsrc=)|\son[a-z]+=(?!=)|javascript:", re.IGNORECASE
)


def in_template(text: str) -> list[str]:
    """What a template puts onto a page unescaped, and script within it."""
    return _UNESCAPED.findall(text)


def sources() -> Iterator[Path]:
    """All Python files of the program."""
    yield ROOT / "mitwirken.py"
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def found() -> dict[str, dict[str, list[str]]]:
    """Return what each rule finds in the whole program, by file."""
    result: dict[str, dict[str, list[str]]] = {name: {} for name in RULES}
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, rule in RULES.items():
            if hits := list(rule(tree)):
                result[name][str(path.relative_to(ROOT))] = hits
    for path in sorted(ROOT.glob("*/**/templates/**/*.html")):
        if path.relative_to(ROOT).parts[0] in PACKAGES:
            hits = in_template(path.read_text(encoding="utf-8"))
            if hits:
                result["unescaped"][str(path.relative_to(ROOT))] = hits
    return result


def not_meant(hits: dict[str, list[str]], meant: dict[str, int]) -> dict[str, list[str]]:
    """Return what is found more often, or less often, than it is meant."""
    counts = Counter({file: len(found) for file, found in hits.items()})
    return {
        file: hits.get(file, [])
        for file in counts.keys() | meant.keys()
        if counts[file] != meant.get(file, 0)
    }
