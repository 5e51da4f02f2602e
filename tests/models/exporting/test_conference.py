"""The documentation of a conference: all that came of it is in both formats, and nothing that waits."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document
from docx.oxml.ns import qn
from PIL import Image
from sqlalchemy.orm import Session

from bench.recording import listening
from models import (
    attachments,
    ballot_board,
    clock,
    feedback,
    feedback_sorting,
    feedback_summary,
    groups,
    people,
    registrations,
    workshop_pictures,
)
from models import workshop_writing as writing
from models.ballots import Phase
from models.cleaning import clean
from models.db import Database
from models.events import Event, EventState
from models.exporting import conference
from models.exporting.conference import Conference
from models.exporting.conference_heard import Heard, Said, Voted
from models.exporting.documents import write_conference
from models.feedback import Noted, Side
from models.files import Store
from models.registrations import Registration
from tests.models.exporting.reading_pdf import needs_fonts, read_pdf
from tests.models.workshops import Hall, hall
from translations import LANGUAGES, Localised, Text

pytestmark = needs_fonts
HEARD = Heard(
    (Said(Localised({"de": "Weil es hilft <sehr> & gut"}), 3),),
    (Said(Localised({"ar": "لأن الوقت قصير", "de": "Weil die Zeit knapp ist"}), 1),),
    4,
)
VOTED = (Voted(Text("Place {rank}")(rank=1), Localised({"de": "Mehr Sprachkurse"}), 12),)


def picture(
    session: Session, here: Hall, store: Store, caption: str, colour: str, *, is_public: bool
) -> None:
    """Let a photo come, and be released or not."""
    data = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(data, "JPEG")
    made = attachments.take_upload(session, store, clean(data.getvalue(), name="a.jpg"), caption=caption)
    one = workshop_pictures.add(session, here.workshop_id, made.id, by=here.olga)
    if is_public:
        workshop_pictures.set_public(session, here.workshop_id, one.id, is_public=True, by=here.olga)


def guest(session: Session, here: Hall, name: str, seats: int, languages: list[str], *, came: int) -> None:
    """Let somebody register and come with so many."""
    number, _known = people.meet(session, name=name, language="de", email=f"{name}@example.org")
    registrations.register(session, number, here.event_id, seats=seats, languages=languages)
    if came:
        session.execute(
            sa.update(Registration)
            .where(Registration.person_id == number)
            .values(arrived_at=clock.now(), arrived_seats=came)
        )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A folder for files."""
    return Store(str(tmp_path / "files"))


@pytest.fixture
def doc(paderborn: Database, store: Store) -> Conference:
    """A conference of which a lot has come."""
    here = hall(paderborn)
    with paderborn.transaction() as session:
        for name, words in {
            "where": "Im Stadtteilbüro", "how": "Mit einem Fest", "what-2": "Plakate drucken",
            "due-2": "03/2032", "by-2": "Büro Muster",
        }.items():  # fmt: skip
            writing.save(session, here.workshop_id, name, words, seen=0, by=here.nora, writer="n")
        writing.save(
            session, here.workshop_id + 1, "notes", "Ganz frei gedacht", seen=0, by=here.olga, writer="o"
        )
        picture(session, here, store, "Unsere Tafel\ufffe\x0b", "teal", is_public=True)
        picture(session, here, store, "Noch nicht gezeigt", "red", is_public=False)
        guest(session, here, "amina", 1, ["ar", "de"], came=1)
        guest(session, here, "boris", 5, ["uk", "de"], came=4)
        guest(session, here, "clara", 2, [], came=0)
        code = session.get_one(Event, here.event_id).code
    with paderborn.reading() as session:
        return conference.read(session, code, store, today=date(2031, 9, 30))


def with_voices(doc: Conference) -> Conference:
    """The same, as it is with feedback and a vote."""
    (goal,) = doc.goals
    return replace(doc, goals=(replace(goal, heard=HEARD),), votes=VOTED)


def test_numbers_are_counted_from_the_guests(doc: Conference) -> None:
    assert (doc.numbers.registered, doc.numbers.arrived, doc.numbers.waiting) == (8, 5, 0)
    assert doc.numbers.languages == (("de", 2), ("uk", 1), ("ar", 1))
    assert [one.sheet.number for one in doc.goals] == ["7.49"]
    assert [one.card.title.to("de") for one in doc.others] == ["Freie Ideen"]


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_all_that_came_of_it_is_there_and_nothing_that_waits(doc: Conference, ending: str) -> None:
    raw = write_conference(ending, with_voices(doc), "de")
    if ending == "docx":
        document = Document(io.BytesIO(raw))
        said = "\n".join("".join(p.itertext()) for p in document.element.body.iter(qn("w:p")))
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            assert len([name for name in file.namelist() if name.startswith("word/media/")]) == 1
        assert [one.get("descr") for one in document.element.body.iter(qn("wp:docPr"))] == ["Unsere Tafel"]
    else:
        said = "\n".join(read_pdf(raw).pages)
    for words in (
        "Musterkonferenz", "Begrüßung", "14:00–14:30", "Im Stadtteilbüro", "1. Plakate drucken",
        "Büro Muster",
        "Ganz frei gedacht", "Freie Ideen", "Unsere Tafel", "Weil es hilft <sehr> & gut",
        "Weil die Zeit knapp ist", "Mehr Sprachkurse", "12",
    ):  # fmt: skip
        assert words in said, words
    assert "Noch nicht gezeigt" not in said
    assert "{{" not in said


def test_every_language_has_its_headings_and_no_mark_is_left(doc: Conference) -> None:
    doc = with_voices(doc)
    for tag in (entry.tag for entry in LANGUAGES):
        raw = write_conference("docx", doc, tag)
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            whole = "".join(file.read(name).decode() for name in file.namelist() if name.endswith(".xml"))
        assert not re.search("[\ue000-\ue002\u2068\u2069]", whole), tag
        document = Document(io.BytesIO(raw))
        headings = {one.text for one in document.paragraphs}
        assert {Text(one).to(tag) for one in ("In numbers", "From the workshop", "Dots given")} <= headings, (
            tag
        )
        is_mirrored = [
            table.tblPr.find(qn("w:bidiVisual")) is not None
            for table in document.element.body.iter(qn("w:tbl"))
        ]
        assert set(is_mirrored) == {tag in ("ar", "fa")}, tag
    for tag in ("ar", "uk"):
        read = read_pdf(write_conference("pdf", doc, tag))
        assert read.lang == tag
        assert Text("In numbers").to(tag) in read.outline


def test_more_guests_and_workshops_take_no_more_statements(paderborn: Database, store: Store) -> None:
    here = hall(paderborn)
    counts = []
    for many in (1, 12):
        with paderborn.transaction() as session:
            for n in range(many):
                guest(session, here, f"gast{many}-{n}", 1, ["de"], came=1)
            event = session.get_one(Event, here.event_id)
            event.state, code = EventState.OPEN, event.code
            writing.save(
                session, here.workshop_id, f"what-{min(many, 3)}", "Etwas", seen=0, by=here.olga, writer="o"
            )
            picture(session, here, store, "Tafel", "teal", is_public=True)
        paderborn.cache.drop()
        with paderborn.reading() as session, listening(paderborn) as heard:
            conference.read(session, code, store, today=date(2031, 9, 30))
        counts.append(sum(one.is_statement for one in heard))
    assert counts[0] == counts[1]


def test_feedback_comes_with_counts_once_released_and_dots_once_closed(
    paderborn: Database, store: Store
) -> None:
    here = hall(paderborn)

    def read() -> Conference:
        with paderborn.reading() as session:
            code = session.get_one(Event, here.event_id).code
            return conference.read(session, code, store, today=date(2031, 9, 30))

    with paderborn.transaction() as session:
        card = groups.directory(session).get("7.49")
        for key, points in {
            "a": [Noted(Side.STAYS, "Es hilft")], "b": [Noted(Side.ADAPT, "Zu wenig Zeit")], "c": [],
        }.items():  # fmt: skip
            feedback.take(session, card, here.event_id, points, key=key, channel="page", language="de")
        ballot = ballot_board.begin(
            session, here.olga, "Themen", event_id=here.event_id, cards_each=2, dots_each=3
        ).id
        ballot_board.go_to(session, here.olga, ballot, Phase.GROUP)
        topic = ballot_board.add_topic(session, here.olga, ballot, "Mehr Sprachkurse").id
        ballot_board.go_to(session, here.olga, ballot, Phase.VOTE)
        ballot_board.set_paper(session, here.olga, ballot, {topic: 12})
    before = read()
    assert (before.goals[0].heard, before.votes) == (None, ())
    with paderborn.transaction() as session:
        (summary,) = feedback_summary.listed(session, event_id=here.event_id)
        feedback_sorting.set_released(session, here.olga, summary.sheet_id, is_released=True)
        ballot_board.go_to(session, here.olga, ballot, Phase.RESULT)
    after = read()
    heard = after.goals[0].heard
    assert heard is not None
    assert [(one.words.to("de"), one.times) for one in (*heard.stays, *heard.adapt)] == [
        ("Es hilft", 1),
        ("Zu wenig Zeit", 1),
    ]
    assert heard.no_remarks == 1
    assert [(one.title.to("de"), one.dots) for one in after.votes] == [("Mehr Sprachkurse", 12)]
