"""What somebody hostile types into the fields and addresses of the pages; the application really answers."""

import inspect
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import sqlalchemy as sa
from flask import Flask

from bench.hostile_corpus import ELSEWHERE, INPUTS, LINE, MARK, RESULT, SPOKEN, WHOLE
from bench.stage import SECRET
from models import sessions, staff
from models.forms import FORMS
from models.staff import StaffMember, StaffRole
from webforms import tokens
from webforms.site import STAFF_COOKIE

PATIENCE = 1.0  # seconds of CPU
KNOWN = {
    "group": "7.49", "name": "Amina Beispiel", "role": "member", "reach": "email",
    "email": "amina@example.org",
    "pass_on": "yes", "updates": "yes", "question": "Wann?", "milestone": "other", "state": "done",
    "happened": "Es geht.", "remarks": "some", "stays": "Gut.", "wrong": "Wort", "better": "Wörter",
    "day": "12.01.2038",
    "place": "Rathaus", "text": "Wir redeten.", "meeting": "other", "page": "/de/",
}  # fmt: skip
_READ = re.compile(r"request\.(form|args|values|files)(?:\.get(?:list)?)?[\(\[]\s*\"([^\"]+)\"")
_HTML = re.compile(rb"<(?:svg/)?%s" % MARK.encode(), re.IGNORECASE)
SAMPLES = {
    "tag": "de",
    "slug": "join-group",
    "kind": "goals",
    "ending": "json",
    "number": "7.49",
    "act": "notes",
}


@dataclass
class Found:
    """How many inputs there were, and what was not as it should be."""

    inputs: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    slowest_where: str = ""

    def note(self, where: str, seconds: float, *wrong: str) -> None:
        """Count one input."""
        self.inputs += 1
        if seconds > self.slowest:
            self.slowest, self.slowest_where = seconds, where
        late = [f"{seconds:.2f} s"] if seconds > PATIENCE else []
        self.wrong += [f"{where}: {one}" for one in (*wrong, *late)]


def fields_read() -> tuple[list[str], list[str]]:
    """Return the names of fields and of parameters that the public pages read anywhere, from their source."""
    forms, queries = set[str](), set[str]()
    for path in sorted((Path(__file__).parent.parent / "webforms").glob("*.py")):
        for kind, name in _READ.findall(path.read_text(encoding="utf-8")):
            if kind != "args":
                forms.add(name)
            if kind in ("args", "values"):
                queries.add(name)
    queries |= {name for form in FORMS.values() for name in (one.name for one in form.declared)}
    return sorted(forms | {"topic-1", "caption-1"}), sorted(queries)


def _names(folder: str) -> list[str]:
    """Return the names of what the pages of a folder read, from their source."""
    files = sorted((Path(__file__).parent.parent / folder).glob("*.py"))
    return [name for path in files for _kind, name in _READ.findall(path.read_text(encoding="utf-8"))]


def _names_near(view: Callable[..., Any]) -> list[str]:
    """Return the names of what is read in the file of a view."""
    source = Path(inspect.unwrap(view).__code__.co_filename).read_text(encoding="utf-8")
    return sorted({name for _kind, name in _READ.findall(source)})


def _logged_in(app: Flask) -> str:
    """Return the ticket of an admin's browser."""
    with app.extensions["mitwirken"].db.transaction() as session:
        admin = session.scalars(sa.select(StaffMember)).first() or staff.add(
            session, "ada@example.org", name="Ada Beispiel", role=StaffRole.ADMIN, password_hash="-"
        )
        admin.totp_secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        return sessions.start(session, staff_id=admin.id)


def _address(rule: str, place: str = "", value: str = "") -> str:
    """Return an address that fits a rule, with this value in one of its places."""

    def fill(part: re.Match[str]) -> str:
        listed = re.match(r"any\(['\"]?([\w-]+)", part[1] or "")
        usual = (
            "1" if (part[1] or "").startswith("int") else listed[1] if listed else SAMPLES.get(part[2], "1")
        )
        return value if part[2] == place else usual

    return re.sub(r"<(?:([^:<>]*):)?(\w+)>", fill, rule)


@cache
def _encoded(value: bytes, most: int = 250_000) -> str:
    return quote_from_bytes(value, safe="")[:most].removesuffix("%")


class Pages:
    """The public pages, asked in hostile ways."""

    def __init__(self, app: Flask, found: Found, step: int = 1) -> None:
        self.app, self.client, self.found, self.step = app, app.test_client(), found, step
        self._at = 0

    def _is_due(self) -> bool:
        self._at += 1
        return self._at % self.step == 0

    def _due(self) -> Iterator[tuple[int, bytes]]:
        return ((number, value) for number, value in enumerate(INPUTS) if self._is_due())

    def ask(self, where: str, address: str, **request: Any) -> None:
        """Ask once and judge the answer."""
        begun = time.process_time()
        try:
            answer = self.client.open(address, **request)
            body, status, headers = answer.get_data(), answer.status_code, answer.headers
        except UnicodeError as error:  # a client cannot say this; nothing was asked
            raise AssertionError(where) from error
        wrong = [str(status)] if status >= 500 else []
        is_html = "html" in headers.get("Content-Type", "")
        if is_html and _HTML.search(body):
            wrong.append("markup comes back")
        if RESULT.encode() in body:
            wrong.append("a template has read it")
        if LINE in headers or f"\n{LINE}" in str(headers):
            wrong.append("a header is smuggled in")
        place = headers.get("Location", "")
        if re.match(rf"(https?:)?[/\\]*([^/]*@)?{re.escape(ELSEWHERE)}", place):
            wrong.append("leads elsewhere")
        self.found.note(where, time.process_time() - begun, *wrong)

    def _token(self) -> str:
        return tokens.issue(SECRET.encode())

    def post(self, where: str, address: str, answers: dict[str, str], name: str, value: bytes) -> None:
        """Send a form with one hostile field, the others as they should be, unless it is left out."""
        if not self._is_due():
            return
        pairs = {one: raw.encode() for one, raw in answers.items()} | {
            "csrf": self._token().encode(),
            name: value,
        }
        body = "&".join(f"{_encoded(one.encode())}={_encoded(raw)}" for one, raw in pairs.items())
        kind = "application/x-www-form-urlencoded"
        self.ask(where, address, method="POST", data=body.encode(), content_type=kind)

    def forms(self) -> None:
        """Fill in every field of every form with everything."""
        for slug, form in FORMS.items():
            names = [one.name for one in form.declared]
            answers = {name: KNOWN[name] for name in names if name in KNOWN}
            for name in (
                *names,
                "csrf",
                "draft",
                "entry",
                "version",
                "website",
                "proof",
                "in-language",
                "to-telegram",
            ):
                for number, value in enumerate(INPUTS):
                    self.post(f"{slug}.{name} #{number}", f"/de/forms/{slug}", answers, name, value)

    def others(self) -> None:
        """Send everything else that takes a form: each field that is read anywhere, at each address."""
        names, _queries = fields_read()
        for rule in self.app.url_map.iter_rules():
            if rule.rule.startswith("/desk") or "POST" not in (rule.methods or ()):
                continue
            address = _address(rule.rule)
            for number, value in enumerate(INPUTS):
                name = names[number % len(names)]
                self.post(f"POST {rule.rule} {name} #{number}", address, {}, name, value)
            for number, (body, kind) in enumerate(WHOLE if self._is_due() else ()):
                self.ask(
                    f"POST {rule.rule} whole #{number}", address, method="POST", data=body, content_type=kind
                )

    def desk(self) -> None:
        """Do the same at the desk, as an admin whose browser is hostile."""
        ticket = _logged_in(self.app)
        self.client.set_cookie(STAFF_COOKIE, ticket)
        names = sorted(set(_names("webforms/desk")) | set(_names("webforms")))
        for rule in self.app.url_map.iter_rules():
            if not rule.rule.startswith("/desk") or rule.endpoint in (
                "desk.login.leave",
                "desk.sessions.end",
            ):
                continue
            is_post, address = "POST" in (rule.methods or ()), _address(rule.rule)
            # What a page does not read at all only costs time: a whole PDF each.
            own = _names_near(self.app.view_functions[rule.endpoint])
            own = [*own, "csrf", "version"] if own else names
            for number, value in self._due():
                name, token = own[number % len(own)], tokens.issue(SECRET.encode(), bound_to=ticket)
                body = {"csrf": token, "sure": "yes", "version": "1", name: value}
                where = f"{rule.rule} {name} #{number}"
                if is_post:
                    self.ask(where, address, method="POST", data=body)
                else:
                    self.ask(where, f"{address}?{name}={_encoded(value, 20_000)}")
            method = "POST" if is_post else "GET"
            for place in sorted(rule.arguments):
                for number, value in self._due():
                    address = _address(rule.rule, place, _encoded(value, 20_000))
                    body = {"csrf": tokens.issue(SECRET.encode(), bound_to=ticket), "sure": "yes"}
                    where = f"{method} {rule.rule} {place} #{number}"
                    self.ask(where, address, method=method, data=body if is_post else None)

    def addresses(self) -> None:
        """Put everything into each place of each address, and into each parameter."""
        _names, queries = fields_read()
        for rule in self.app.url_map.iter_rules():
            if rule.rule.startswith("/desk") or "GET" not in (rule.methods or ()):
                continue
            for place in sorted(rule.arguments):
                for number, value in self._due():
                    address = _address(rule.rule, place, _encoded(value, 20_000))
                    self.ask(f"GET {rule.rule} {place} #{number}", address)
            for number, value in self._due():
                name = queries[number % len(queries)]
                address = f"{_address(rule.rule)}?{name}={_encoded(value, 20_000)}"
                self.ask(f"GET {rule.rule}?{name} #{number}", address)

    def headers(self) -> None:
        """Say hostile things about oneself."""
        for name in (
            "Accept-Language",
            "Cookie",
            "User-Agent",
            "If-None-Match",
            "Host",
            "X-Forwarded-For",
            "Range",
        ):
            for number, value in enumerate(INPUTS):
                said = (
                    value.decode("latin-1").replace("\r", " ").replace("\n", " ").replace("\x00", " ")[:8_000]
                )
                value_of = f"mitwirken-me={said}; mitwirken-dots={said}" if name == "Cookie" else said
                for address in ("/", "/de/me", "/de/forms/join-group"):
                    self.ask(
                        f"{name} {address} #{number}", address, environ_overrides={_environ(name): value_of}
                    )

    def webhook(self) -> None:
        """Play Telegram, badly."""
        for number, value in enumerate(SPOKEN):
            if not self._is_due():
                continue
            for body in ({"update_id": value}, {"update_id": number, "message": value}, value):
                data = json.dumps(body)
                self.ask(
                    f"webhook #{number}", "/telegram/webhook", method="POST", data=data,
                    content_type="application/json", headers={"X-Telegram-Bot-Api-Secret-Token": "hostile"},
                )  # fmt: skip


def _environ(name: str) -> str:
    return f"HTTP_{name.upper().replace('-', '_')}"
