"""A region in which everything has happened once, on fixed days: so that each page has something to show."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from babel.dates import get_day_names, get_month_names
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from models import (
    attachments,
    clock,
    group_chats,
    groups,
    leads,
    links,
    meetings,
    people,
    preferences,
    progress,
    readings,
    regions,
    rounds,
    rounds_asking,
    sessions,
    subscriptions,
    updates_sending,
    updates_writing,
)
from models.audiences import Audience
from models.changes import Author
from models.cleaning import clean
from models.db import Database
from models.files import Store
from models.forms import review
from models.goals import Goal
from models.importing import import_region
from models.links import Link, Purpose
from models.people import Person
from models.programmes import Programme
from models.sheets import Milestone, MilestoneState
from models.staff import StaffMember
from models.submissions import Submission
from models.updates import ButtonKind
from models.updates_writing import Content
from models.when import When
from tests.bot.courier import composed
from tests.conftest import REGION
from tests.webforms.desk.people import confirm, employ, send
from tests.webforms.looking import halls
from tests.webforms.looking.words import any_of
from translations import LANGUAGES, SOURCE, Localised, language

NOON = datetime(2027, 1, 4, 11, 0, tzinfo=UTC)  # a Monday
ZONE = "Europe/Berlin"
LED, OTHER, MEASURED, CLOSED, TAKEN_OVER = "7.49", "3.27", "10.64", "12.71", "4.30"
NAMES = ("Amina Beispiel", "Boris Muster", "Olga Beispiel", "Elternverein Muster", "Nachbarn am Bach",
         "Zoë <script>alert(1)</script> Müller")  # fmt: skip
TITLES = ("Räume gefunden",)
BODY = Localised(
    {"de": "Wir haben **zwei Räume** gefunden:\n\n- Ort: [Plan](https://example.org/p)\n- Zeit: 18 Uhr"}
)
DONE = Localised(
    {"de": "Die Räume sind gefunden.", "ar": "تم العثور على القاعات.", "fa": "سالن‌ها پیدا شدند."}
)


@dataclass
class House:
    """A furnished database, and what stands in addresses: codes, numbers, one-time links."""

    path: Path
    files: Path
    names: dict[str, str] = field(default_factory=dict)

    @cached_property
    def db(self) -> Database:
        """The database; closed once it is furnished."""
        return Database(f"sqlite:///{self.path}")

    @property
    def store(self) -> Store:
        """Where files are."""
        return Store(str(self.files))

    def group(self, session: Session, number: str) -> int:
        """Return a group's id."""
        return groups.directory(session).get(number).id

    def give(
        self, session: Session, name: str, purpose: Purpose, person: int | None, target: int | None
    ) -> None:
        """Give out a link that always reads the same."""
        token = f"fixed-link-{name}"
        session.add(
            Link(token_hash=links.hashed(token), purpose=purpose, person_id=person, target_id=target,
                 expires_at=clock.now() + links.SPANS[purpose])
        )  # fmt: skip
        self.names[name.replace("-", "_")] = token


@contextmanager
def days_ago(number: int) -> Iterator[None]:
    """Hold the clock some days before noon."""
    with clock.frozen(NOON - timedelta(days=number)):
        yield


def furnish(house: House) -> None:
    """Let everything happen."""
    db = house.db
    with days_ago(60):
        import_region(db, REGION)
    with days_ago(40):
        employ(db, "olga@example.org")
        amina, boris = _people(house)
    with days_ago(20):
        _report(house)
        _figures(db)
        _past_meeting(house, amina)
        _halls(house)
    with days_ago(3):
        _questions(house, boris)
        _news(house, amina)
    with days_ago(1):
        _meetings(house, amina)
        _round(house, amina, boris)
    with clock.frozen(NOON):
        _links(house, amina, boris)
        with db.transaction() as session:
            halls.fill(house, session, olga(session), amina, boris)
    db.close()


def olga(session: Session) -> StaffMember:
    """The officer."""
    return session.scalars(sa.select(StaffMember)).one()


def _people(house: House) -> tuple[int, int]:
    db = house.db
    wanted = {"group": OTHER, "name": NAMES[0], "organisation": NAMES[3], "role": "member", "reach": "email",
              "email": "amina@example.org", "pass_on": "yes", "updates": "yes"}  # fmt: skip
    joined = send(db, "join-group", wanted, language="ar", key="join")
    send(db, "ask-office", {"question": "Gibt es einen Kurs?", "name": NAMES[1], "reach": "email",
                            "email": "boris@example.org"}, key="boris")  # fmt: skip
    confirm(db, "amina@example.org")
    confirm(db, "boris@example.org")
    with db.transaction() as session:
        review.accept(session, olga(session), joined, version=1)
        amina, boris = (
            people.by_email(session, "amina@example.org"),
            people.by_email(session, "boris@example.org"),
        )
        assert amina is not None
        assert boris is not None
        amina.telegram_id, amina.phone = 4711, "+49 5251 1234567"
        preferences.set_quiet(session, amina, 21, 7)
        leads.appoint(session, house.group(session, LED), amina)
        leads.appoint(session, house.group(session, OTHER), boris)
        subscriptions.follow(session, amina.id, house.group(session, LED))
        groups.set_open(session, house.group(session, CLOSED), is_open=False)
        group_chats.link(session, house.group(session, LED), -77, title=NAMES[4], language="de", by=amina.id)
        return amina.id, boris.id


def _report(house: House) -> None:
    """Two reports: one that is public with a photo, one that its sender may still correct."""
    with house.db.reading() as session:
        first, second, third = progress.milestones_of(session, house.group(session, LED))[:3]
    base = {"group": LED, "name": NAMES[0], "reach": "email", "email": "amina@example.org"}
    told = {**base, "milestone": str(first.id), "state": "done", "happened": "عثرنا على قاعات."}
    number = send(house.db, "report-progress", told, language="ar", key="public")
    with house.db.transaction() as session:
        sent = session.get_one(Submission, number)
        photo = attachments.take_upload(session, house.store, clean(picture()), name="raum.png",
                                        person_id=sent.person_id, caption="قاعة مضيئة")  # fmt: skip
        attachments.adopt(session, [photo.token], number, sent.person_id or 0)
        (one,) = progress.of_submission(session, number)
        review.accept(session, olga(session), number, version=1, public={one.id: DONE}, shown=[photo.token])
    with house.db.transaction() as session:
        for milestone, state in ((second, MilestoneState.UNDER_WAY), (third, MilestoneState.STUCK)):
            session.merge(milestone).state = state
    open_one = {**base, "milestone": str(second.id), "state": "stuck", "happened": "ينقصنا المال."}
    house.names["entry"] = str(send(house.db, "report-progress", open_one, language="ar", key="open"))
    house.names["accepted"] = str(number)


def picture() -> bytes:
    """A photo of nothing."""
    drawn = Image.new("RGB", (640, 400), "#336655")
    ImageDraw.Draw(drawn).ellipse((40, 60, 300, 320), fill="#ddaa33")
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def _figures(db: Database) -> None:
    with db.transaction() as session:
        goal = groups.directory(session).get(MEASURED).goal_id
        for value, day in (("12", "31.12.2024"), ("19,5", "30.11.2026")):
            readings.take(session, olga(session), goal, value, day, "Jahresbericht (erfunden)")


def _past_meeting(house: House, amina: int) -> None:
    by = Author(person_id=amina)
    with house.db.transaction() as session:
        held = meetings.plan(
            session, house.group(session, LED), held=When.parse("16.12.2026"), starts="18:00",
            place="Rathaus, Saal 2", by=by,
        )  # fmt: skip
        meetings.take_minutes(
            session, held, "Alle waren da.\nEs gab Tee.", by=by, present=9, decisions="Weiter so."
        )


def _halls(house: House) -> None:
    with house.db.transaction() as session:
        halls.announce(house, session, olga(session))


def _questions(house: House, boris: int) -> None:
    """One question of the office that waits for an answer, one that has it."""
    asked = {"reach": "email", "email": "boris@example.org", "name": NAMES[1]}
    for key in ("waiting", "over"):
        number = send(house.db, "ask-office", {**asked, "question": f"Wo ist der Kurs ({key})?"}, key=key)
        with house.db.transaction() as session:
            review.ask_back(session, olga(session), number, version=1, question="Welchen Kurs meinen Sie?")
            if key == "over":
                person = session.get_one(Person, boris)
                review.answer(session, person, number, "Den am Abend.", channel="page", language="de")
            house.give(session, f"answer-{key}", Purpose.ANSWER, boris, number)


def _news(house: House, amina: int) -> None:
    """News in three languages with a picture and a button, news in German only, and a draft of a lead."""
    with house.db.transaction() as session:
        code, by = groups.directory(session).get(LED).code, Author(staff_id=olga(session).id)
        taken = attachments.take_upload(session, house.store, clean(picture()), name="tisch.png")
        full = Content(title=composed.TITLE.words, body=composed.BODY.words, picture_words=composed.ALT.words,
                       button=ButtonKind.REPORT, target=code, picture=taken.token)  # fmt: skip
        plain = Content(title={"de": TITLES[0]}, body=BODY.words)
        for name, content in (("news", full), ("german_news", plain)):
            made = updates_writing.begin(session, by=by)
            made = updates_writing.save(session, made.id, content, by=by, version=made.version)
            audience = Audience(groups=frozenset({house.group(session, LED)}))
            made = updates_writing.choose(
                session, made.id, audience, by=by, version=made.version, is_public=True
            )
            updates_sending.send(
                session, made.id, by=by, version=made.version, rule=updates_sending.Release.NONE
            )
            house.names[name] = str(made.id)
        lead = Author(person_id=amina)
        draft = updates_writing.begin(session, by=lead, group_id=house.group(session, LED))
        updates_writing.save(session, draft.id, Content(title=composed.TITLE.words, body=composed.BODY.words),
                             by=lead, version=draft.version)  # fmt: skip
        house.names["draft"] = str(draft.id)


def _meetings(house: House, amina: int) -> None:
    by = Author(person_id=amina)
    with house.db.transaction() as session:
        group = house.group(session, LED)
        one = meetings.plan(
            session, group, held=When.parse("Dienstag, 12.01.2027"), starts="18:30", ends="20:00",
            place="Rathaus, Saal 2", by=by, agenda="Begrüßung\nالتعارف", languages=("de", "ar"),
        )  # fmt: skip
        meetings.plan(session, group, held=When.parse("Mitte März 2027"), by=by, place="Stadtbücherei")
        off = meetings.plan(session, group, held=When.parse("07.01.2027"), starts="17:00", by=by)
        meetings.cancel(session, off, by=by, reason="Krank")
        house.names["meeting"] = str(one.id)


def _round(house: House, amina: int, boris: int) -> None:
    with house.db.transaction() as session:
        programme = session.scalars(sa.select(Programme)).one()
        rounds_asking.open(session, programme, clock.today(ZONE), zone=ZONE)
        for name, number, person in (("round", LED, amina), ("boris-round", OTHER, boris)):
            current = rounds.current(session, house.group(session, number))
            assert current is not None
            house.give(session, name, Purpose.ROUND, person, current.id)


def _links(house: House, amina: int, boris: int) -> None:
    with house.db.transaction() as session:
        led = house.group(session, LED)
        for number in (LED, OTHER, MEASURED, CLOSED, TAKEN_OVER):
            house.names[f"code_{number.replace('.', '_')}"] = groups.directory(session).get(number).code
        house.give(session, "me", Purpose.ME, amina, None)
        house.give(session, "calendar", Purpose.CALENDAR, amina, None)
        house.give(session, "stop", Purpose.STOP, amina, led)
        house.give(session, "wish", Purpose.NEWS, amina, led)
        house.give(session, "wish-all", Purpose.NEWS, amina, None)
        house.give(session, "confirm", Purpose.CONFIRM, boris, None)
        house.give(session, "lead", Purpose.HAND_OVER, None, house.group(session, TAKEN_OVER))
        house.names["amina"] = sessions.start(session, person_id=amina)
        house.names["boris"] = sessions.start(session, person_id=boris)


def written(house: House, tag: str) -> re.Pattern[str]:
    """Return what the region and its people have written, where it stands among words of the pages."""
    with house.db.reading() as session:
        region, cards = regions.the_region(session), groups.directory(session).cards
        measures = session.scalars(sa.select(Milestone.measure)).all()
        units = session.scalars(sa.select(Goal.unit).where(Goal.unit != "")).all()
    house.db.close()
    said = {words.to(one) for card in cards for words in (card.title, card.summary, card.field_name)
            for one in {tag, SOURCE}}  # fmt: skip
    cut = {measure[:length].rsplit(" ", 1)[0] + "..." for measure in measures for length in (47, 57)}
    # CLDR says months and weekdays, not the catalogue.
    months = set(get_month_names("wide", locale=language(tag).locale).values())
    months |= set(get_day_names("wide", locale=language(tag).locale).values())
    every = {region.name, ZONE, *cut, *measures, *units, *said, *months, *NAMES, *TITLES}
    every |= {entry.own_name for entry in LANGUAGES} | {composed.TITLE.to(tag)} | halls.unmarked(tag)
    return any_of(" ".join(words.split()) for words in every if words)
