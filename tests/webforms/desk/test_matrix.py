"""Every address of the desk × every role, another's record, no token: refused, and nothing has changed.

The addresses come from the app's own map, so that a new one is in here by itself.
"""

import re
from collections.abc import Callable
from types import FunctionType

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from models import audit, staff, submissions
from models.db import Base, Database
from models.staff import StaffRole
from models.submissions import State
from tests.webforms.desk import people
from tests.webforms.desk.people import AMINA, BORIS, HASHED, TOTP_SECRET, Officer, send
from tests.webforms.desk.test_guard import _address, _methods, _rules
from tests.webforms.desk.test_meetings import NOTICE
from webforms.desk import guard

OPEN = {endpoint for endpoint, roles in guard.ROLES.items() if roles is guard.ANYBODY}
Log = Callable[[StaffRole], Officer]


def _state(db: Database) -> list[object]:
    """Return all rows of all tables; when a session was last used is no change."""
    rows: list[object] = []
    with db.reader.connect() as connection:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "seen_at"]
            rows += [(table.name, *map(repr, row)) for row in connection.execute(sa.select(*columns))]
    return sorted(rows, key=repr)


@pytest.fixture
def log(app: Flask, paderborn: Database) -> Log:
    """Somebody of a role, logged in."""

    def log_in(role: StaffRole) -> Officer:
        email = f"{role}@example.org"
        with paderborn.transaction() as session:
            member = staff.add(
                session, email, name="Nora Neu", role=role, password_hash=HASHED, languages=["uk"], fields=[7]
            )
            member.language = "en"
            member.totp_secret = TOTP_SECRET if role is StaffRole.ADMIN else None
        officer = Officer(app.test_client(), email)
        assert officer.log_in().status_code == 303
        return officer

    return log_in


def _guarded(app: Flask) -> list[tuple[Rule, str]]:
    found = [(rule, method) for rule in _rules(app) for method in sorted(_methods(rule))]
    return [(rule, method) for rule, method in found if rule.endpoint not in OPEN]


def test_nobody_gets_in_without_a_log_in(app: Flask, paderborn: Database) -> None:
    send(paderborn, "join-group", AMINA)
    before, client = _state(paderborn), app.test_client()
    for rule, method in _guarded(app):
        answer = client.open(_address(rule), method=method)
        assert answer.status_code == 303, rule
        assert answer.headers["Location"].startswith("/desk/login"), rule
    assert _state(paderborn) == before


@pytest.mark.parametrize("role", list(StaffRole))
def test_a_role_reaches_what_is_its_own_and_nothing_else(
    app: Flask, paderborn: Database, log: Log, role: StaffRole
) -> None:
    send(paderborn, "join-group", AMINA)
    officer = log(role)
    before, refused, reached = _state(paderborn), 0, 0
    for rule, method in _guarded(app):
        if role in guard.ROLES[rule.endpoint]:
            if method == "GET":
                answer = officer.client.open(_address(rule))
                reached += answer.status_code == 200
                assert answer.status_code not in (303, 403, 500) or rule.endpoint == "desk.second_step.ask", (
                    rule
                )
            continue
        answer = officer.client.open(_address(rule), method=method, data={"csrf": officer.csrf})
        assert answer.status_code == 403, (rule, method)
        refused += 1
    assert reached >= 3
    assert (refused == 0) == (role is StaffRole.ADMIN)
    after = [row for row in _state(paderborn) if "audit" not in str(row)]  # a download is noted
    assert after == [row for row in before if "audit" not in str(row)]


@pytest.mark.parametrize("role", list(StaffRole))
def test_no_form_works_without_its_token(app: Flask, paderborn: Database, log: Log, role: StaffRole) -> None:
    officer, other = log(role), Officer(app.test_client(), "olga@example.org")
    people.employ(paderborn, "olga@example.org")
    other.log_in()
    before = _state(paderborn)
    for rule, method in _guarded(app):
        if method == "POST" and role in guard.ROLES[rule.endpoint]:
            for token in ("", "a.b.c", other.csrf):
                assert officer.client.post(_address(rule), data={"csrf": token}).status_code == 400, rule
    assert _state(paderborn) == before


def test_who_may_see_what_is_sent_is_written_down_once() -> None:
    """Whoever widens one of these sets has to say so here."""
    by_role = {role: {e for e, roles in guard.ROLES.items() if role in roles} for role in StaffRole}
    own = by_role[StaffRole.TRANSLATOR] & by_role[StaffRole.MODERATOR] & by_role[StaffRole.REVIEWER]
    assert all(
        e.startswith(("desk.accounts", "desk.sessions", "desk.second_step", "desk.login", "desk.passkeys"))
        for e in own
    )
    parts = {role: {e.split(".")[1] for e in by_role[role] - own} for role in StaffRole}
    assert parts[StaffRole.TRANSLATOR] == {"translations", "translation_files"}
    assert parts[StaffRole.REVIEWER] == {"entries", "bulk"}
    assert parts[StaffRole.MODERATOR] == {"groups", "meetings", "feedback", "dots", "workshops"}
    assert by_role[StaffRole.MODERATOR] & {e for e in guard.ROLES if e.startswith("desk.groups.")} == {
        "desk.groups.listed"
    }
    assert by_role[StaffRole.ADMIN] - by_role[StaffRole.OFFICER] == {
        e for e, roles in guard.ROLES.items() if roles == guard.ADMINS
    }


@pytest.fixture
def entries(paderborn: Database) -> dict[str, int]:
    """One entry in the reviewer's field, one in another, one of no group."""
    other = {**AMINA, "group": "2.21", "email": "clara@example.org", "name": "Clara Muster"}
    return {
        "own": send(paderborn, "join-group", AMINA),
        "other": send(paderborn, "join-group", other),
        "none": send(paderborn, "ask-office", BORIS),
    }


def test_a_reviewer_sees_and_decides_in_their_fields_only(
    paderborn: Database, log: Log, entries: dict[str, int]
) -> None:
    reviewer = log(StaffRole.REVIEWER)
    for show in ("", "?show=all", "?show=all&q=muster", "?show=all&group=2.21"):
        page = reviewer.open(f"/desk/{show}").text
        assert "Clara Muster" not in page
        assert "Boris" not in page
    assert "Amina Beispiel" in reviewer.open("/desk/").text
    before = _state(paderborn)
    for name in ("other", "none"):
        number = entries[name]
        assert reviewer.open(f"/desk/entries/{number}").status == 404
        assert "Muster" not in reviewer.open(f"/desk/accept?pick={number}").text
        for act in ("ask", "accept", "decline", "hand-over", "reword", "hide", "show-again"):
            data = {"version": "1", "words": "Ja", "question": "Wer?", "reason": "Nein"}
            assert reviewer.post(f"/desk/entries/{number}/{act}", **data).status_code == 404, act
        assert reviewer.post(f"/desk/entries/{number}/take/1", version="1").status_code == 404
        done = reviewer.post("/desk/accept", entry=number, **{f"version-{number}": "1"})
        assert "Muster" not in done.get_data(as_text=True)
    assert _state(paderborn) == before
    assert reviewer.post(f"/desk/entries/{entries['own']}/accept", version="1").status_code == 303
    with paderborn.reading() as session:
        assert submissions.get(session, entries["own"]).state is State.ACCEPTED


def test_a_moderator_plans_meetings_and_sees_nobody(
    paderborn: Database, log: Log, entries: dict[str, int]
) -> None:
    people.name_contact(paderborn)
    moderator = log(StaffRole.MODERATOR)
    page = moderator.open("/desk/groups")
    assert page.status == 200
    meetings = moderator.open("/desk/groups/7.49/meetings")
    for text in (page.text, meetings.text):
        assert not re.search("Karla|Amina|Clara|Boris", text)
    forbidden = [link for link in page.links if re.fullmatch(r"/desk/(groups/[\d.]+|export.*|\?.*)", link)]
    assert forbidden == []
    answer = moderator.post("/desk/groups/7.49/meetings", **NOTICE)
    assert answer.status_code == 303


def test_each_form_of_the_desk_is_noted_or_said_why_not(app: Flask) -> None:
    silent = {
        "desk.accounts.set_language": "one's own view",
        "desk.entries.take": "fills a field in, saves nothing",
        "desk.updates.try_out": "goes to oneself only",
        "desk.translation_files.look": "keeps a draft of one's own",
        "desk.workbook.look": "keeps a draft of one's own",
        "desk.passkeys.ask_known": "a question to a browser",
        "desk.passkeys.ask_new": "the same",
    }
    elsewhere = {
        "desk.entries.act": "models.forms.review", "desk.bulk.accept": "models.forms.review",
        "desk.aftermath.hand_over": "models.forms.review",
        "desk.login.enter": "begin", "desk.login.enter_code": "begin", "desk.passkeys.enter": "begin",
        "desk.updates.save": "webforms.composing_words", "desk.updates.correct": "webforms.composing_words",
        "desk.updates.choose": "webforms.composing_recipients",
        "desk.updates.act": "webforms.composing_sending",
        "desk.sheets.save": "webforms.sheet_page", "desk.workbook.apply": "models.importing",
    }  # fmt: skip
    for rule in _rules(app):
        if "POST" not in _methods(rule) or rule.endpoint in silent or rule.endpoint in elsewhere:
            continue
        code = app.view_functions[rule.endpoint].__code__
        names = set(code.co_names) | _called(app.view_functions[rule.endpoint])
        assert "trail" in names, rule.endpoint


def _called(view: Callable[..., object]) -> set[str]:
    """Return the names used by the functions of the same module that a view calls."""
    near = [view.__globals__.get(name) for name in view.__code__.co_names]
    return {word for one in near if isinstance(one, FunctionType) for word in one.__code__.co_names}


def test_what_is_done_at_the_desk_is_noted_with_it(
    paderborn: Database, log: Log, entries: dict[str, int]
) -> None:
    admin = log(StaffRole.ADMIN)
    own, other = entries["own"], entries["other"]
    admin.post(f"/desk/entries/{own}/accept", version="1")
    admin.post(f"/desk/entries/{other}/decline", version="1", reason="Leider nein.")
    assert admin.post(f"/desk/entries/{other}/decline", version="1", reason="Noch einmal").status_code == 409
    admin.post(f"/desk/entries/{entries['none']}/ask", version="1", question="Wann?")
    admin.post("/desk/groups/7.49/open", open="no")
    admin.post("/desk/groups/7.49/contact", name="Karla Beispiel", email="karla@example.org", phone="")
    admin.client.get("/desk/export/members.csv")
    admin.post("/desk/staff", name="Nora Neu", email="n@example.org", role="officer")
    with paderborn.reading() as session:
        noted = [(one.verb, one.kind, one.record) for one in reversed(audit.page(session))]
        assert audit.verify(session).broken is None
        number = staff.by_email(session, "n@example.org")
    assert number is not None
    assert noted == [
        ("log-in", "session", ""),
        ("accept", "entry", str(own)),
        ("decline", "entry", str(other)),
        ("ask", "entry", str(entries["none"])),
        ("change", "group", "7.49"),
        ("change", "group", "7.49"),
        ("take-out", "file", "members.csv"),
        ("add", "account", str(number.id)),
    ]
    page = admin.open(f"/desk/audit?kind=entry&record={own}")
    assert page.text.count("accepted") >= 1
    assert f"/desk/entries/{own}" in page.links
    assert f"/desk/entries/{other}" not in page.links


FAR = {"number": "987654", "group": "9.99", "code": "NOSUCH22", "event": "987654", "token": "x" * 22}
FILLED = {
    "version": "1", "sure": "yes", "words": "Ja", "question": "Wer?", "reason": "Nein", "name": "Nora Neu",
    "email": "nora@example.org", "german": "Worte", "group": "9.99", "person": "987654", "text": "Worte",
}  # fmt: skip
REFUSED = (400, 403, 404, 409, 422)
LED_BACK = {"desk.workshops.save"}  # without fields it keeps nothing, and leads to a page that is not found


@pytest.mark.parametrize("role", list(StaffRole))
def test_a_record_that_is_not_theirs_is_refused_at_every_address(
    app: Flask, paderborn: Database, log: Log, role: StaffRole, entries: dict[str, int]
) -> None:
    officer, refused, odd = log(role), 0, list[tuple[str, int]]()
    before = _unnoted(paderborn)
    for rule, method in _guarded(app):
        if role not in guard.ROLES[rule.endpoint] or not _is_of_a_record(rule):
            continue
        address = _far_address(rule)
        if method == "GET":
            assert officer.client.get(address).status_code in (303, 404), address
        else:
            answer = officer.post(address, **FILLED)
            odd += [(rule.endpoint, answer.status_code)] if answer.status_code not in REFUSED else []
        refused += 1
    assert refused >= 1
    assert {one for one in odd if one[0] not in LED_BACK} == set()
    assert _unnoted(paderborn) == before


def _is_of_a_record(rule: Rule) -> bool:
    """Whether an address names a record: by a number or a code, not by one of its own words."""
    return any(
        not (converter or "").startswith("any")
        and name not in ("kind", "ending", "tag", "into", "act", "part")
        for converter, name in re.findall(r"<(?:([^:<>]*):)?(\w+)>", rule.rule)
    )


def _far_address(rule: Rule) -> str:
    def far(part: re.Match[str]) -> str:
        listed = re.match(r"any\('([^']+)'", part[1] or "")
        is_number = (part[1] or "").startswith("int")
        return listed[1] if listed else "987654" if is_number else FAR.get(part[2], "987654")

    return re.sub(r"<(?:([^:<>]*):)?(\w+)>", far, rule.rule).replace("/groups/987654", "/groups/9.99")


def _unnoted(db: Database) -> list[object]:
    return [row for row in _state(db) if "audit" not in str(row)]
