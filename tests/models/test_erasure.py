"""Being forgotten, looked at in every column of every table: a word of Amina's is put wherever words go."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    attachments,
    clock,
    drafts,
    groups,
    inbox,
    leads,
    links,
    meetings,
    milestones,
    mydata,
    outbox,
    participants,
    people,
    preferences,
    privacy,
    progress,
    retention,
    rounds_asking,
    sessions,
    sheet_editing,
    staff,
    submissions,
    updates,
    updates_sending,
    updates_writing,
    voting,
)
from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.ballots import Ballot
from models.changes import Author
from models.columns import LocalisedWords
from models.db import Base, Database
from models.events import Event, EventKind
from models.forms import FORMS, review
from models.forms.form import Sender
from models.forms.lead_group import LeadGroup
from models.forms.questions import Context
from models.groups import WorkingGroup
from models.inbox import InboxState, InboxUpdate
from models.letters import Letter
from models.links import Purpose
from models.people import ChannelKind, Person
from models.preferences import Rhythm, Topic
from models.programmes import Programme
from models.progress import ProgressReport
from models.registrations import Registration, RegistrationState
from models.renditions import Rendition, RenditionState
from models.settings import Release
from models.sheets import ParticipantKind
from models.staff import StaffMember, StaffRole
from models.submissions import State, Submission
from models.updates import ButtonKind, StepKind, Update, UpdateState
from models.updates_writing import Content
from models.when import When
from tests.models.test_registrations import conference
from translations import Localised, _

WORD = "kirschgarten"  # in every answer; nowhere else
CHAT = 774900
GROUP = "7.49"

# What stays of somebody's words, and why. They were on the goal sheet, which is public and the group's own.
STAYS = {
    "goal_sheets.lead_organisation", "goal_sheets.interim_target", "goal_sheets.interim_due_wording",
    "goal_sheets.notes", "milestones.measure", "milestones.due_wording", "milestones.dropped_reason",
    "participants.name",  # an organisation; a person of this name goes
    "meetings.held_wording", "meetings.place", "meetings.agenda", "meetings.minutes", "meetings.decisions",
    # The history of the sheet: what was on it, and why; whose words they were is said no longer.
    "sheet_changes.about", "sheet_changes.before", "sheet_changes.after", "sheet_changes.reason",
    "progress_reports.public",  # the office's wording
    "updates.title", "updates.body", "updates.picture_words", "updates.button_label",
    "updates.button_target",  # what has been sent to the group is the group's
    "feedback_points.words",  # anonymous: nothing tells whose they are; empty after two years
    "messages.words",  # what members were told of meetings; gone after 90 days, see retention
}  # fmt: skip
# Never words of people who take part: the office's, the programme's, codes, keys and kinds.
NOT_THEIRS = {
    "agenda_items", "arrivals", "bodies", "broadcasts", "events", "fields", "goals", "leases", "marks",
    "ownerships", "programmes", "readings",
    "regions", "staff", "workshops", "registrations.code", "registrations.languages",
    "registrations.seat_key",
    "attachments.media_type", "attachments.problem", "attachments.stored",
    "attachments.token", "consents.channel", "consents.wording", "consents.language", "consents.purpose",
    "deliveries.error", "progress_reports.new_due_wording",  # no words are taken that are no date
    "drafts.asked", "drafts.form", "drafts.key", "drafts.language", "history.channel", "history.language",
    "links.token_hash", "logins.token_hash", "meetings.ends", "meetings.languages", "meetings.starts",
    "messages.key", "messages.kind", "milestones.report_due_wording", "people.language",
    "submissions.channel", "submissions.form", "submissions.key", "submissions.language",
    "working_groups.code", "updates.audience", "updates.source", "broadcasts.audience",
    "renditions",  # what translators wrote of the office's words
    "group_chats.language", "group_chats.title",  # a chat's, not a person's
    "ballots", "ballot_topics", "ballot_voters", "ballot_cards.german", "ballot_cards.key",
    "ballot_cards.language", "feedback_entries", "feedback_topics",  # kinds, keys, the office's words
    "feedback_points.german",
    # What moderators write for a group; a name alone in a field goes, see test_workshops.
    "workshop_earlier", "workshop_fields", "workshop_sheets", "workshop_steps",
    "audit", "login_tries", "staff_devices", "erasures", "former_people",  # numbers, kinds, hashes and seals
    "staff_ceremonies", "staff_identities", "staff_passkeys",  # the staff's own
    "logins.device", "logins.mailed_code",  # the staff's
    "nights",  # numbers only
}  # fmt: skip


def text_columns() -> Iterator[tuple[str, sa.Column[object]]]:
    """Every column that can hold words."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            kinds = (sa.String, sa.JSON, LocalisedWords)
            if isinstance(column.type, kinds) and not isinstance(column.type, sa.Enum):
                yield f"{table.name}.{column.name}", column


def found(session: Session, *, word: str = WORD) -> set[str]:
    """In which columns the word is."""
    held = {}
    for name, column in text_columns():
        held[name] = [str(value).casefold() for value in session.execute(sa.select(column)).scalars()]
    return {name for name, values in held.items() if any(word in value for value in values)}


def send(
    session: Session, slug: str, person: Person | None, key: str, channel: str = "chat", **raw: str
) -> int:
    """Send a form."""
    known = {"group": GROUP, "name": f"Amina {WORD}", "reach": "telegram"}
    form = FORMS[slug](known | raw, Context(session, "de", channel=channel, person=person), complete=True)
    assert not form.errors, form.errors
    return form.submit(session, Sender(channel, "de", key, person)).submission_id or 0


def amina(session: Session) -> Person:
    """Amina, known by a chat and by an address."""
    person = people.by_chat(session, CHAT, language="de")
    person.name, person.organisation, person.telegram_name = f"Amina {WORD}", f"Verein {WORD}", WORD
    person.email, person.email_confirmed_at = f"amina@{WORD}.example", clock.now()
    person.email_failed, person.phone = f"{WORD}: no such user", f"+49 {WORD}"
    session.flush()
    return person


def a_file(session: Session, person: Person, name: str) -> Attachment:
    """A file that Amina has sent."""
    made = attachments.take_in(
        session, AttachmentKind.DOCUMENT, person_id=person.id, name=f"{name} {WORD}.pdf",
        caption=f"Mit {WORD}", telegram_file=f"{name}-{WORD}", telegram_unique=f"u-{name}-{WORD}",
    )  # fmt: skip
    made.state = AttachmentState.READY
    session.flush()
    return made


def report(session: Session, person: Person) -> None:
    """Report, with files; correct it, be asked back, answer, add something, be accepted in public words."""
    milestone = progress.milestones_of(session, groups.directory(session).get(GROUP).id)[0]
    raw = {
        "milestone": str(milestone.id), "state": "done", "happened": f"Das war {WORD}.", "needed": WORD,
        "files": a_file(session, person, "a").token, "new_due": "Ende Januar 2031",
    }  # fmt: skip
    number = send(session, "report-progress", person, "r1", **raw)
    context = Context(session, "de", channel="chat", person=person, entry_id=number)
    again = FORMS["report-progress"](
        {"group": GROUP, **raw, "needed": f"Mehr {WORD}"}, context, complete=True
    )
    again.submit(session, Sender("chat", "de", "r2", person))
    olga = staff.add(session, "olga@example.org", name="Olga Amt", role=StaffRole.OFFICER, password_hash="-")
    entry = submissions.get(session, number)
    review.ask_back(session, olga, number, version=entry.version, question=f"Was ist {WORD}?")
    review.answer(session, person, number, f"Ein {WORD}.", channel="chat", language="de")
    added = FORMS["add-to-report"]({"added": f"Noch {WORD}", "files": ""}, context, complete=True)
    added.submit(session, Sender("chat", "de", "r3", person))
    (one,) = progress.of_submission(session, number)
    review.accept(
        session, olga, number, version=submissions.get(session, number).version, words=f"Danke, {WORD}!",
        public={one.id: Localised({"de": f"Öffentlich {WORD}"})},
    )  # fmt: skip
    send(session, "report-progress", person, "r4", **(raw | {"files": a_file(session, person, "b").token}))
    send(session, "ask-office", person, "q1", question=f"Frage nach {WORD}")
    send(session, "feedback", person, "f2", stays=f"Wegen {WORD}")


def vote(session: Session, person: Person) -> None:
    """Register for an event and put a card onto the wall of a vote that still runs."""
    programme, now = session.scalars(sa.select(Programme)).one(), clock.now()
    event = Event(programme_id=programme.id, kind=EventKind.CONFERENCE, title="Probe", code="PROBE22")
    session.add(event)
    session.flush()
    mine = Registration(
        event_id=event.id, person_id=person.id, state=RegistrationState.REGISTERED, code="AM2NAX",
        organisation=f"Verein {WORD}", needs=WORD, queued_at=now, changed_at=now,
    )  # fmt: skip
    ballot = Ballot(programme_id=programme.id, event_id=event.id, title=Localised({"de": "Themen"}))
    session.add_all([mine, ballot])
    session.flush()
    who = voting.of_person(session, ballot, person.id)
    assert who
    assert voting.suggest(session, who, f"Mehr {WORD}", language="de", key="card")
    assert WORD in str(voting.told(session, person.id))


def lead(session: Session, person: Person, by: Author) -> None:
    """Lead a group: keep its goal sheet, answer in a round, announce meetings."""
    card = groups.directory(session).get(GROUP)

    def seen() -> int:
        sheet = groups.with_sheet(session, card.id).sheet
        return sheet.version if sheet else 0

    own, due = f"Amina {WORD}", When.parse(f"03/2031 {WORD}")
    sheet_editing.set_notes(session, card.id, f"Notiz {WORD}", by=by, seen=seen())
    sheet_editing.set_notes(session, card.id, f"Noch eine Notiz {WORD}", by=by, seen=seen())
    sheet_editing.set_lead_organisation(session, card.id, f"Verein {WORD}", by=by, seen=seen())
    sheet_editing.set_interim(session, card.id, f"Ziel {WORD}", due, by=by, seen=seen())
    made = milestones.add(session, card.id, f"Etwas mit {WORD}", due, by=by, seen=seen())
    milestones.drop(session, card.id, made.id, f"Wegen {WORD}", by=by, seen=seen())
    for name, kind in ((own, ParticipantKind.PERSON), (f"Verein {WORD}", ParticipantKind.ORGANISATION)):
        participants.add(session, card.id, name, kind=kind, by=by, seen=seen())
    other = groups.directory(session).get("1.5").id
    session.get_one(WorkingGroup, other).contact_id = person.id
    programme = session.scalars(sa.select(Programme)).one()
    rounds_asking.open(session, programme, clock.today("Europe/Berlin"), zone="Europe/Berlin")
    states = {f"state-{one.id}": "same" for one in progress.milestones_of(session, card.id)}
    first = next(iter(states)).removeprefix("state-")
    said = {f"state-{first}": "stuck", f"happened-{first}": WORD, f"needed-{first}": WORD, "anything": WORD}
    send(session, "status-round", person, "s1", **(states | said))
    send(
        session, "meeting-notice", person, "m1", day=f"in {WORD}", place=f"Im {WORD}", agenda=f"Über {WORD}"
    )  # fmt: skip
    meeting = meetings.coming(session, card.id)[-1].meeting
    meetings.take_minutes(session, meeting, f"Wir sprachen {WORD}", by=by, decisions=f"Mehr {WORD}")
    send(session, "meeting-minutes", person, "m2", meeting="other", day=f"in {WORD}", text=WORD)


def write(session: Session, person: Person) -> None:
    """Write to the group: one that is sent, one that is given back and is a draft still."""
    by, card = Author(person_id=person.id), groups.directory(session).get(GROUP)
    words = {"de": f"Lest {WORD}"}
    shown = a_file(session, person, "shown")
    shown.kind = AttachmentKind.PHOTO
    content = Content(words, words, words, words, ButtonKind.LINK, f"https://example.org/{WORD}", shown.token)
    for is_sent in (True, False):
        one = updates_writing.begin(session, by=by, group_id=card.id)
        content = content if is_sent else replace(content, picture="")
        updates_writing.save(session, one.id, content, by=by, version=1)
        if is_sent:
            updates_sending.send(session, one.id, by=by, version=2, rule=Release.NONE)
        updates.note(session, one.id, StepKind.GIVEN_BACK, person_id=person.id, words=WORD)


def begin(session: Session, person: Person) -> None:
    """Begin things that are not finished: in the chat, and on a page from which the chat goes on."""
    drafts.begin(session, "ask-office", person_id=person.id, language="de", answers={"question": WORD})
    other = drafts.begin(session, "ask-office", person_id=None, language="de", answers={"question": WORD})
    links.issue(session, Purpose.DRAFT, person_id=person.id, target_id=other.id)
    for purpose in Purpose:
        links.issue(session, purpose, person_id=person.id, target_id=None)
    sessions.start(session, person_id=person.id)
    a_file(session, person, "loose")
    message = {"chat": {"id": CHAT}, "text": WORD}
    inbox.take_in(session, [{"update_id": 1, "message": message}])
    session.execute(sa.update(InboxUpdate).values(error=WORD, body=message, state=InboxState.PARKED))


@pytest.fixture
def house(any_db: Database) -> tuple[Database, int]:
    """Amina has done everything that people can do here."""
    with any_db.transaction() as session:
        person = amina(session)
        session.execute(sa.update(WorkingGroup).values(contact_id=None))
        send(session, "join-group", person, "j1", role="member", updates="yes", pass_on="yes")
        send(session, "follow-group", person, "f1")
        report(session, person)
        boris = Person(
            name="Boris Muster", language="de", prefers=ChannelKind.TELEGRAM, telegram_id=1,
            met_at=clock.now(), seen_at=clock.now(),
        )  # fmt: skip
        session.add(boris)
        session.flush()
        card = groups.directory(session).get(GROUP)
        session.get_one(WorkingGroup, card.id).contact_id = boris.id
        leads.appoint(session, card.id, person)
        lead(session, person, Author(person_id=person.id))
        write(session, person)
        vote(session, person)
        take_over = LeadGroup({"name": f"Amina {WORD}"}, Context(session, "de", person=person), complete=True)
        token = links.issue(session, Purpose.HAND_OVER, person_id=person.id, target_id=card.id)
        form = LeadGroup(
            {"name": f"Amina {WORD}", "reach": "email", "email": person.email or ""}, take_over.context,
            complete=True,
        )  # fmt: skip
        form.token = token
        form.submit(session, Sender("page", "de", "l1"))
        number = send(session, "join-group", boris, "j2", role="member", pass_on="yes", name="Boris Muster")
        olga = session.scalars(sa.select(StaffMember)).one()
        review.hand_over(session, olga, number, version=1)  # to Amina, who leads the group
        outbox.tell(session, person, Letter(_("News"), (), quote=WORD), kind="received")
        event = conference(session)
        send(
            session, "register-event", person, "e1", event=event.code, company="others", seats="3",
            organisation=f"Verein {WORD}", needs="other", needs_words=f"Ein {WORD}", may_use="yes",
        )  # fmt: skip
        begin(session, person)
        preferences.set_wish(session, person.id, Topic.UPDATES, card.id, Rhythm.WEEKLY, ChannelKind.EMAIL)
        preferences.set_quiet(session, person, 21, 7)
        return any_db, person.id


def test_the_word_is_wherever_words_go(house: tuple[Database, int]) -> None:
    """So that a new column is looked at: either it is tried here, or it is listed as nobody's words."""
    db, _person_id = house
    with db.reading() as session:
        tried = found(session)
    every = {name for name, _column in text_columns()}
    left = {
        name for name in every - tried if name not in NOT_THEIRS and name.partition(".")[0] not in NOT_THEIRS
    }
    assert left == set()
    assert not STAYS - tried


def test_who_is_erased_is_found_nowhere(house: tuple[Database, int]) -> None:
    db, person_id = house
    with db.transaction() as session:
        privacy.erase(session, people.get(session, person_id))  # type: ignore[arg-type]
    with db.reading() as session:
        assert found(session) <= STAYS
        assert found(session, word="amina") == set()
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_keys:
                if key.column is Person.__table__.c.id:
                    rows = session.scalar(sa.select(sa.func.count()).where(key.parent == person_id))
                    assert rows == 0, key.parent
        unread = session.scalars(sa.select(ProgressReport).where(ProgressReport.published_at.is_(None))).all()
        assert [(one.happened, one.needed) for one in unread] == [("", "")] * len(unread)
        assert len(unread) == 2
        assert session.scalar(sa.select(sa.func.count(Submission.id))) == 10  # they count as before


def test_of_what_a_lead_wrote_only_what_was_sent_stays(house: tuple[Database, int]) -> None:
    db, person_id = house
    with db.transaction() as session:
        by, card = Author(person_id=person_id), groups.directory(session).get(GROUP)
        planned = updates_writing.begin(session, by=by, group_id=card.id)
        words = {"de": WORD}
        updates_writing.save(session, planned.id, Content(words, words), by=by, version=1)
        at = clock.now() + timedelta(days=1)
        updates_sending.schedule(session, planned.id, at, by=by, version=2, rule=Release.NONE)
        translated = Rendition(
            kind="update", subject_id=planned.id, tag="en", words={"title": WORD}, source_mark="",
            state=RenditionState.PROPOSED, made_at=clock.now(),
        )  # fmt: skip
        session.add(translated)
    with db.transaction() as session:
        privacy.erase(session, session.get_one(Person, person_id))
    with db.reading() as session:
        assert session.scalars(sa.select(Update.state)).all() == [UpdateState.SENDING]
        assert session.scalars(sa.select(Rendition)).all() == []


def test_entries_whose_time_is_over_lose_their_words(house: tuple[Database, int]) -> None:
    db, person_id = house
    with db.transaction() as session:
        session.execute(sa.update(Submission).values(keep_until=clock.now(), state=State.ACCEPTED))
    retention.prune(db)
    with db.reading() as session:
        gone = {"submissions", "history", "progress_reports"}
        held = {name for name in found(session) if name.partition(".")[0] in gone}
        assert held <= STAYS
        left = sa.select(Attachment.submission_id).where(Attachment.state != AttachmentState.GONE)
        assert session.scalars(left).all() == [None, None]  # of no entry yet, and of an update
        assert people.get(session, person_id) is not None


def test_ones_own_data_tell_all_of_it(house: tuple[Database, int]) -> None:
    db, person_id = house
    with db.reading() as session:
        told = mydata.collect(session, session.get_one(Person, person_id))
    json.dumps(told)
    assert {name for name, said in told.items() if WORD not in str(said)} == {
        "groups", "told_of_changes_in", "leads", "asked_in_status_rounds", "consents", "messages",
    }  # fmt: skip
    assert all(told.values())
    assert told["begun_and_not_sent"][0]["answers"] == {"question": WORD}
    assert told["asked_in_status_rounds"][0]["state"] == "asked"
    assert told["messages"]["quiet_hours"] == [21, 7]
    assert told["messages"]["chosen"][0]["how_often"] == "weekly"
