"""An officer accepts several entries at once; each stands for itself."""

import re

import sqlalchemy as sa

from models import memberships, privacy, submissions
from models.db import Database
from models.memberships import MembershipState
from models.outbox import Message
from models.people import Person
from models.submissions import State, Submission
from tests.webforms.conftest import Page
from tests.webforms.desk.people import AMINA, BORIS, Officer, said, send
from tests.webforms.desk.reports import GERMAN, attach, boris, milestones, oksana, reports_of
from tests.webforms.desk.test_entries import state_of
from tests.webforms.desk.test_reports import body, field


def picked(*numbers: int) -> str:
    """The address of the page for these entries."""
    return "/desk/accept?" + "&".join(f"pick={number}" for number in numbers)


def accept(officer: Officer, *numbers: int, version: int = 1, **fields: object) -> Page:
    """Confirm the page for these entries."""
    versions = {f"version-{number}": version for number in numbers}
    return Page(officer.post("/desk/accept", entry=list(numbers), **versions, **fields))


def test_the_queue_offers_to_choose_what_can_be_accepted(olga: Officer, paderborn: Database) -> None:
    waiting, settled = oksana(paderborn), boris(paderborn)
    assert olga.post(f"/desk/entries/{settled}/decline", version=1, reason="Doppelt.").status_code == 303
    shown = body(olga.open("/desk/?show=all"))
    assert re.findall(r'name="pick" value="(\d+)"', shown) == [str(waiting)]
    assert 'method="get" action="/desk/accept"' in shown
    assert 'name="show" value="all"' in shown


def test_the_page_shows_what_changes_and_the_words_that_become_public(
    olga: Officer, paderborn: Database
) -> None:
    ukrainian, german = oksana(paderborn), boris(paderborn)
    sign_up, question = send(paderborn, "join-group", AMINA), send(paderborn, "ask-office", BORIS)
    attach(paderborn, ukrainian, "photo", "voice")
    page = olga.open(picked(ukrainian, german, sign_up, question, german, 4711))
    assert page.status == 200
    (first,), (second,) = reports_of(paderborn, ukrainian), reports_of(paderborn, german)
    assert field(page, f"public-{first.id}-de") == ""
    assert field(page, f"public-{second.id}-de") == GERMAN
    assert re.findall(r'name="entry" value="(\d+)" checked', body(page)) == [
        str(n) for n in (ukrainian, german, sign_up, question)
    ]
    assert body(page).count("<ins>") == 3
    assert said("The person becomes part of the group and gets a welcome.") in page.text
    assert said("The person is told that the office has read it.") in page.text
    assert "2 files came with it" in page.text


def test_all_kinds_are_accepted_with_one_confirmation(olga: Officer, paderborn: Database) -> None:
    ukrainian, german = oksana(paderborn), boris(paderborn)
    sign_up, question = send(paderborn, "join-group", AMINA), send(paderborn, "ask-office", BORIS)
    (token,) = attach(paderborn, german, "photo")
    (first,), (second,) = reports_of(paderborn, ukrainian), reports_of(paderborn, german)
    done = accept(
        olga, ukrainian, german, sign_up, question,
        **{f"public-{first.id}-de": "Gespräche.", f"public-{second.id}-de": GERMAN, f"show-{token}": "yes"},
    )  # fmt: skip
    assert done.status == 200
    assert "4 entries accepted" in done.text
    assert 'role="alert"' not in body(done)
    assert {state_of(paderborn, n) for n in (ukrainian, german, sign_up, question)} == {State.ACCEPTED}
    assert [one.public.to("de") for n in (ukrainian, german) for one in reports_of(paderborn, n)] == [
        "Gespräche.", GERMAN
    ]  # fmt: skip
    assert [one.state for one in milestones(paderborn)][:2] == ["done", "under-way"]
    with paderborn.reading() as session:
        membership = memberships.by_submission(session, sign_up)
        assert membership is not None
        assert membership.state is MembershipState.ACTIVE
        letters = session.scalars(sa.select(Message.key).where(Message.kind == "accepted")).all()
        assert sorted(letters) == [f"accepted:{n}" for n in (ukrainian, german, sign_up, question)]
        assert not session.scalars(sa.text("SELECT is_public FROM attachments")).one()


def test_what_somebody_else_changed_meanwhile_is_told_and_the_rest_is_done(
    olga: Officer, ada: Officer, paderborn: Database
) -> None:
    first, second, third = oksana(paderborn), boris(paderborn), send(paderborn, "ask-office", BORIS)
    assert ada.post(f"/desk/entries/{second}/ask", version=1, question="Wohin?").status_code == 303
    assert ada.post(f"/desk/entries/{third}/decline", version=1, reason="Doppelt.").status_code == 303
    (report,) = reports_of(paderborn, second)
    done = accept(olga, first, second, third, **{f"public-{report.id}-de": "Mein Wortlaut"})
    assert "1 entry accepted" in done.text
    assert "2 entries were not accepted" in done.text
    assert said("Somebody else has just worked on this entry. Please look at it again.") in done.text
    assert said("This entry has been settled already.") in done.text
    for words in ("Wohin?", "Doppelt.", "Mein Wortlaut"):
        assert words in done.text, words
    states = [state_of(paderborn, n) for n in (first, second, third)]
    assert states == [State.ACCEPTED, State.RETURNED, State.REJECTED]
    assert reports_of(paderborn, second)[0].public.words == {}


def test_confirming_twice_tells_the_same_and_does_it_once(olga: Officer, paderborn: Database) -> None:
    first, second = oksana(paderborn), boris(paderborn)
    for _time in range(2):
        done = accept(olga, first, second)
        assert "2 entries accepted" in done.text
        assert "not accepted" not in done.text
    with paderborn.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).where(Message.kind == "accepted")) == 2
        assert submissions.get(session, first).version == 2


def test_a_wording_that_is_too_long_stops_its_own_entry_only(olga: Officer, paderborn: Database) -> None:
    first, second = oksana(paderborn), boris(paderborn)
    (report,) = reports_of(paderborn, first)
    done = accept(olga, first, second, **{f"public-{report.id}-de": "x" * 2001})
    assert "1 entry accepted" in done.text
    assert said("This is too long. Please use at most {n} characters.", n="2000") in done.text
    assert state_of(paderborn, first) is State.RECEIVED
    assert milestones(paderborn)[0].state == "not-begun"


def test_no_more_than_twenty_five_are_taken_at_once(olga: Officer, paderborn: Database) -> None:
    numbers = [send(paderborn, "ask-office", BORIS, key=str(n)) for n in range(27)]
    page = olga.open(picked(*numbers))
    assert len(re.findall('name="entry"', body(page))) == 25
    assert said("At most {most} at once: {n} more stay in the list for now.", most="25", n="2") in page.text
    accept(olga, *numbers)
    with paderborn.reading() as session:
        accepted = session.scalar(
            sa.select(sa.func.count()).select_from(Submission).where(Submission.state == State.ACCEPTED)
        )
    assert accepted == 25


def test_what_cannot_be_accepted_is_shown_with_its_reason(olga: Officer, paderborn: Database) -> None:
    settled, erased = boris(paderborn), oksana(paderborn)
    assert olga.post(f"/desk/entries/{settled}/decline", version=1, reason="Doppelt.").status_code == 303
    with paderborn.transaction() as session:
        person = session.scalars(sa.select(Person).where(Person.email == "oksana@example.org")).one()
        privacy.erase(session, person)
    page = olga.open(picked(settled, erased))
    assert said("This entry has been settled already.") in page.text
    assert said("The person has been erased; this entry can no longer be answered.") in page.text
    assert 'name="entry"' not in body(page)
    assert "2 entries were not accepted" in accept(olga, settled, erased).text


def test_choosing_nothing_is_told_kindly(olga: Officer) -> None:
    words = said("Please tick the entries that you want to accept.")
    for page in (olga.open("/desk/accept"), olga.open("/desk/accept?pick=x&pick=9999"), accept(olga)):
        assert words in page.text
