"""An officer reviews reports: beside the public wording, with files, and mends what is public already."""

import html
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from models import submissions
from models.attachments import Attachment, AttachmentState
from models.changes import SheetChange, Subject
from models.db import Database
from models.people import Person
from models.sheets import MilestoneState
from models.submissions import State, Step
from tests.webforms.conftest import Page
from tests.webforms.desk.people import Officer, said
from tests.webforms.desk.reports import (
    GERMAN,
    UKRAINIAN,
    attach,
    boris,
    milestones,
    oksana,
    reports_of,
    whole_round,
)
from tests.webforms.desk.test_entries import state_of

MENDED = "Die Einladungen an alle Schulen sind verschickt."


def body(page: Page) -> str:
    """A page's HTML."""
    return page.response.get_data(as_text=True)


def field(page: Page, name: str) -> str:
    """What stands in a text field."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n(.*?)</textarea>', body(page), re.S)
    assert found is not None, name
    return html.unescape(found[1])


def wording(db: Database, number: int, **words: str) -> dict[str, object]:
    """The fields of a form with the wording of an entry's first report."""
    (one, *_rest) = reports_of(db, number)
    return {f"public-{one.id}-{tag}": text for tag, text in words.items()}


def steps(db: Database, number: int) -> list[tuple[Step, str]]:
    """What the office and the sender did with an entry."""
    with db.reading() as session:
        return [(one.step, one.words) for one in submissions.history_of(session, number)]


@pytest.fixture
def published(olga: Officer, paderborn: Database) -> int:
    """Boris' report, accepted in his own words."""
    number = boris(paderborn)
    accepted = olga.post(f"/desk/entries/{number}/accept", version=1, **wording(paderborn, number, de=GERMAN))
    assert accepted.status_code == 303
    return number


def test_what_the_chat_did_not_ask_is_not_shown_as_answered(olga: Officer, paderborn: Database) -> None:
    number = boris(paderborn)
    question = said("How can we reach you?")
    assert question in olga.open(f"/desk/entries/{number}").text
    with paderborn.transaction() as session:
        one = submissions.get(session, number)
        one.answers = {
            name: raw for name, raw in one.answers.items() if name not in ("reach", "email", "name")
        }
        session.get_one(Person, one.person_id).name = ""
    nameless = olga.open(f"/desk/entries/{number}").text
    assert question not in nameless
    assert said("Request to confirm the address") + " ·" in nameless  # not “to” nobody


def test_the_reporters_words_stand_in_their_language_beside_the_place_for_german(
    olga: Officer, paderborn: Database
) -> None:
    number = oksana(paderborn)
    page = olga.open(f"/desk/entries/{number}")
    (one,) = reports_of(paderborn, number)
    assert f'<blockquote lang="uk" dir="ltr">{UKRAINIAN}</blockquote>' in body(page)
    assert field(page, f"public-{one.id}-de") == ""
    assert field(page, f"public-{one.id}-uk") == ""  # nothing that nobody here can read goes out by itself
    assert "October 2018" in page.text
    assert "March 2027" in page.text
    changed = re.search(r"<del>.*?</del>.*?<ins>.*?</ins>", body(page), re.S)
    assert changed is not None
    assert said("Not begun") in changed[0]
    assert said("Done") in changed[0]
    assert said("Take the reporter's words over") not in page.text  # they are not in Latin letters


def test_arabic_words_run_from_the_right_even_where_they_begin_with_latin(
    olga: Officer, paderborn: Database
) -> None:
    number = oksana(paderborn, happened="Zoom لا يعمل في المدرسة، لذلك توقف العمل.")
    assert re.search(r'<blockquote lang="uk" dir="rtl">Zoom', body(olga.open(f"/desk/entries/{number}")))


def test_german_words_of_a_report_are_filled_in(olga: Officer, paderborn: Database) -> None:
    number = boris(paderborn)
    (one,) = reports_of(paderborn, number)
    assert field(olga.open(f"/desk/entries/{number}"), f"public-{one.id}-de") == GERMAN


def test_german_written_in_a_chat_of_another_language_is_taken_over_with_one_button(
    olga: Officer, paderborn: Database
) -> None:
    number = oksana(paderborn, happened=GERMAN)
    (one,) = reports_of(paderborn, number)
    page = olga.open(f"/desk/entries/{number}")
    assert said("Take the reporter's words over") in page.text
    taken = Page(
        olga.post(
            f"/desk/entries/{number}/take/{one.id}",
            version=1,
            words="Danke!",
            **{f"public-{one.id}-uk": "Щось інше"},
        )
    )
    assert taken.status == 200
    assert field(taken, f"public-{one.id}-de") == GERMAN
    assert field(taken, f"public-{one.id}-uk") == "Щось інше"
    assert field(taken, "words") == "Danke!"
    assert state_of(paderborn, number) is State.RECEIVED
    assert olga.post(f"/desk/entries/{number}/decline", version=1, reason="Doppelt.").status_code == 303
    late = Page(olga.post(f"/desk/entries/{number}/take/{one.id}", version=1, words="Danke sehr!"))
    assert late.status == 409
    assert "Danke sehr!" in late.text


def test_one_entry_with_many_reports_is_published_with_a_wording_each(
    olga: Officer, paderborn: Database
) -> None:
    number = whole_round(paderborn)
    reports = reports_of(paderborn, number)
    page = olga.open(f"/desk/entries/{number}")
    assert UKRAINIAN in page.text
    assert all(f"Щось про {one.milestone_id}" in page.text for one in reports[1:])
    fields = {f"public-{one.id}-de": f"Wortlaut {n}" for n, one in enumerate(reports)}
    assert olga.post(f"/desk/entries/{number}/accept", version=1, **fields).status_code == 303
    assert [one.public.words for one in reports_of(paderborn, number)] == [
        {"de": f"Wortlaut {n}"} for n in range(3)
    ]
    assert [one.state for one in milestones(paderborn)] == ["done", "under-way", "stuck"]
    after = olga.open(f"/desk/entries/{number}")
    assert body(after).count("<ins>") == 4  # three states and a date, as they were changed
    assert said("Under way") in after.text


def test_files_are_shown_with_what_they_are_and_go_public_only_when_ticked(
    olga: Officer, app: Flask, paderborn: Database
) -> None:
    number = oksana(paderborn)
    photo, second = attach(paderborn, number, "photo", "photo", caption="Батьки & діти")
    voice, paper = attach(paderborn, number, "voice", "document")
    shown = body(olga.open(f"/desk/entries/{number}"))
    assert f'src="/files/{photo}?size=small" alt="Батьки &amp; діти" width="1600" height="1200"' in shown
    assert f'<audio controls preload="none" src="/files/{voice}"' in shown
    assert f'href="/files/{paper}" download' in shown
    assert "1.3 MB" in shown
    assert [token for token in (photo, second, voice, paper) if f'name="show-{token}"' in shown] == [
        photo, second, paper
    ]  # fmt: skip
    assert "checked" not in re.sub(r'id="keys-switch".*', "", shown, flags=re.S)
    fields = {**wording(paderborn, number, de="Gespräche."), f"show-{photo}": "yes", f"show-{voice}": "yes"}
    assert olga.post(f"/desk/entries/{number}/accept", version=1, **fields).status_code == 303
    with paderborn.reading() as session:
        public = session.scalars(sa.select(Attachment.token).where(Attachment.is_public)).all()
    assert public == [photo]  # a voice is never shown, whatever was posted
    group = app.test_client().get("/ar/groups/7.49").get_data(as_text=True)
    assert f'src="/files/{photo}?size=small" alt="Батьки &amp; діти" lang="uk" width="1600"' in group
    assert second not in group


def test_files_that_are_missing_or_refused_are_told_of(olga: Officer, paderborn: Database) -> None:
    number = oksana(paderborn)
    tokens = attach(paderborn, number, "photo", "photo")
    with paderborn.transaction() as session:
        for token, state in zip(tokens, (AttachmentState.WAITING, AttachmentState.REFUSED), strict=True):
            session.execute(
                sa.update(Attachment)
                .where(Attachment.token == token)
                .values(state=state, problem="too-large" if state is AttachmentState.REFUSED else "")
            )
    page = olga.open(f"/desk/entries/{number}")
    assert said("Still on its way from Telegram.") in page.text
    assert said("This file is too large for us: 10 MB is the most. Please send a smaller one.") in page.text
    assert "/files/" not in body(page)


def test_the_group_page_says_it_in_the_readers_language_and_marks_what_it_has_not(
    olga: Officer, app: Flask, paderborn: Database
) -> None:
    number = oksana(paderborn)
    fields = wording(paderborn, number, de="Gespräche sind geführt.", ar="تمت المحادثات.")
    assert olga.post(f"/desk/entries/{number}/accept", version=1, **fields).status_code == 303
    client = app.test_client()
    arabic = client.get("/ar/groups/7.49").get_data(as_text=True)
    assert "تمت المحادثات." in arabic
    turkish = Page(client.get("/tr/groups/7.49"))
    assert '<span lang="de" dir="ltr">Gespräche sind geführt.</span>' in body(turkish)
    assert "Deutsch" in turkish.text
    for page in (arabic, body(turkish)):
        assert UKRAINIAN not in page  # the office emptied it
        assert "Оксана" not in page


def test_an_accepted_report_that_says_nothing_to_everybody_leaves_no_empty_line(
    olga: Officer, app: Flask, paderborn: Database
) -> None:
    number = oksana(paderborn, state="", new_due="")
    assert olga.post(f"/desk/entries/{number}/accept", version=1).status_code == 303
    page = Page(app.test_client().get("/en/groups/7.49"))
    assert said("What has been done") not in page.text
    assert 'class="reports"' not in body(page)


def test_a_wording_is_mended_afterwards_and_the_old_one_is_read_by_the_office_only(
    olga: Officer, app: Flask, paderborn: Database, published: int
) -> None:
    (one,) = reports_of(paderborn, published)
    page = olga.open(f"/desk/entries/{published}?show=all")
    assert field(page, f"public-{one.id}-de") == GERMAN
    answer = olga.post(
        f"/desk/entries/{published}/reword",
        version=2,
        **wording(paderborn, published, de=MENDED, en="The invitations are out.", fr=" "),
    )
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"/desk/entries/{published}?")
    assert reports_of(paderborn, published)[0].public.words == {
        "de": MENDED,
        "en": "The invitations are out.",
    }
    done, (step, words) = steps(paderborn, published)
    assert done[0] is Step.ACCEPTED
    assert step is Step.REWORDED
    assert GERMAN in words
    with paderborn.reading() as session:
        told = session.scalars(sa.select(SheetChange).where(SheetChange.subject == Subject.REPORT)).all()
    assert [one.after for one in told] == ["", MENDED]
    group = app.test_client().get("/de/groups/7.49").get_data(as_text=True)
    assert MENDED in group
    assert GERMAN not in group
    assert GERMAN in olga.open(f"/desk/entries/{published}?show=all").text


def test_a_wording_in_a_language_that_nobody_knows_is_not_kept(olga: Officer, paderborn: Database) -> None:
    number = boris(paderborn)
    fields = wording(paderborn, number, de=GERMAN, xx="?", tlh="nuqneH")
    assert olga.post(f"/desk/entries/{number}/accept", version=1, **fields).status_code == 303
    assert reports_of(paderborn, number)[0].public.words == {"de": GERMAN}


def test_a_report_is_taken_off_with_a_reason_and_shown_again(
    olga: Officer, app: Flask, paderborn: Database, published: int
) -> None:
    (one,) = reports_of(paderborn, published)
    tokens = attach(paderborn, published, "photo")
    fields = {**wording(paderborn, published, de=GERMAN), f"show-{tokens[0]}": "yes"}
    assert olga.post(f"/desk/entries/{published}/reword", version=2, **fields).status_code == 303
    client = app.test_client()
    assert tokens[0] in client.get("/de/groups/7.49").get_data(as_text=True)
    hide = f"/desk/entries/{published}/hide"
    assert olga.post(hide, version=3, report=one.id, reason=" ").status_code == 422
    assert olga.post(hide, version=3, report=one.id, reason="Boris möchte es nicht.").status_code == 303
    group = client.get("/de/groups/7.49").get_data(as_text=True)
    assert GERMAN not in group
    assert tokens[0] not in group
    with paderborn.reading() as session:
        assert session.scalars(sa.select(Attachment.is_public)).all() == [False]
        changes = session.scalars(sa.select(SheetChange)).all()
        assert not any("möchte" in one.reason or GERMAN in one.after for one in changes)
    assert milestones(paderborn)[1].state is MilestoneState.UNDER_WAY
    assert "Boris möchte es nicht." in olga.open(f"/desk/entries/{published}?show=all").text
    assert olga.post(hide, version=4, report=one.id, reason="Noch einmal").status_code == 409
    again = f"/desk/entries/{published}/show-again"
    assert olga.post(again, version=4, report=one.id).status_code == 303
    assert GERMAN in client.get("/de/groups/7.49").get_data(as_text=True)
    assert olga.post(again, version=5, report=one.id).status_code == 409


def test_nobody_rewords_what_is_not_accepted_or_belongs_to_another_entry(
    olga: Officer, paderborn: Database, published: int
) -> None:
    other = oksana(paderborn)
    fields = wording(paderborn, published, de="Fremd")
    assert olga.post(f"/desk/entries/{other}/reword", version=1, **fields).status_code == 409
    (foreign,) = reports_of(paderborn, other)
    hide = f"/desk/entries/{published}/hide"
    assert olga.post(hide, version=2, report=foreign.id, reason="Fremd").status_code == 404
    assert olga.post(hide, version=2, report="x", reason="Fremd").status_code == 404
    assert reports_of(paderborn, published)[0].public.words == {"de": GERMAN}


def test_when_somebody_was_quicker_all_that_was_typed_and_what_they_did_is_shown(
    olga: Officer, ada: Officer, paderborn: Database
) -> None:
    number = oksana(paderborn)
    (token,) = attach(paderborn, number, "photo")
    (one,) = reports_of(paderborn, number)
    assert ada.post(f"/desk/entries/{number}/ask", version=1, question="Mit wem?").status_code == 303
    fields = wording(paderborn, number, de="Mein Wortlaut", uk="", pl="Moje słowa")
    late = Page(
        olga.post(
            f"/desk/entries/{number}/accept", version=1, words="Danke!", **fields, **{f"show-{token}": "yes"}
        )
    )
    assert late.status == 409
    assert [field(late, f"public-{one.id}-{tag}") for tag in ("de", "uk", "pl")] == [
        "Mein Wortlaut", "", "Moje słowa"
    ]  # fmt: skip
    assert field(late, "words") == "Danke!"
    assert late.fields[f"show-{token}"] == "yes"
    assert "Mit wem?" in late.text
    assert said("Asked back") in late.text


def test_what_was_typed_is_not_lost_when_somebody_else_has_settled_the_entry(
    olga: Officer, ada: Officer, paderborn: Database
) -> None:
    number = oksana(paderborn)
    assert ada.post(f"/desk/entries/{number}/decline", version=1, reason="Doppelt.").status_code == 303
    fields = wording(paderborn, number, de="Meins")
    late = Page(olga.post(f"/desk/entries/{number}/accept", version=1, words="Danke!", **fields))
    assert late.status == 409
    alert = re.search(r'role="alert">(.*?)</div>', body(late), re.S)
    assert alert is not None
    for words in ("Doppelt.", "Meins", "Danke!"):
        assert words in alert[1], words
    assert milestones(paderborn)[0].state is MilestoneState.NOT_BEGUN


def test_two_officers_do_not_overwrite_each_others_wording(
    olga: Officer, ada: Officer, paderborn: Database, published: int
) -> None:
    reword = f"/desk/entries/{published}/reword"
    assert ada.post(reword, version=2, **wording(paderborn, published, de="Von Ada")).status_code == 303
    late = Page(olga.post(reword, version=2, **wording(paderborn, published, de="Von Olga")))
    assert late.status == 409
    (one,) = reports_of(paderborn, published)
    assert one.public.words == {"de": "Von Ada"}
    assert field(late, f"public-{one.id}-de") == "Von Olga"
    assert said("Public wording changed") in late.text


def test_entries_that_belong_together_lead_to_each_other_and_tell_who_typed(
    olga: Officer, paderborn: Database
) -> None:
    first, second = oksana(paderborn, key="one"), oksana(paderborn, key="two")
    with paderborn.transaction() as session:
        typist = session.scalar(sa.text("SELECT id FROM staff"))
        one = submissions.get(session, second)
        one.follows_id, one.typed_by_id = first, typist
    later, earlier = olga.open(f"/desk/entries/{first}"), olga.open(f"/desk/entries/{second}")
    assert f"/desk/entries/{second}?show=all" in later.links
    assert said("Something was added later:") in later.text
    assert f"/desk/entries/{first}?show=all" in earlier.links
    assert said("Adds to an earlier entry:") in earlier.text
    typed = said("{name} of the office typed this in on the person's behalf.", name="Olga Beispiel")
    assert typed in earlier.text
    assert typed not in later.text


def test_what_was_corrected_or_added_is_told_with_its_words(olga: Officer, paderborn: Database) -> None:
    number = oksana(paderborn)
    for version, step, words in ((1, Step.CORRECTED, "Спершу інакше"), (2, Step.ADDED, "І ще одне")):
        with paderborn.transaction() as session:
            submissions.advance(
                session, submissions.get(session, number), version=version, state=State.RECEIVED, step=step,
                words=words, language="uk", channel="chat",
            )  # fmt: skip
    text = olga.open(f"/desk/entries/{number}").text
    before, _colon, rest = text.partition(said("Before, it said:"))
    assert said("Corrected by the person") in before
    assert rest.split()[:2] == ["Спершу", "інакше"]
    assert "І ще одне" in rest
