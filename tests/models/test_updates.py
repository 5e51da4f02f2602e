"""Updates: who may write, release, send, stop and correct them; that nobody overwrites anybody."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import (
    attachments,
    audiences,
    clock,
    filling,
    groups,
    leads,
    outbox,
    outgoing,
    people,
    retention,
    staff,
    updates,
    updates_checking,
    updates_running,
    updates_sending,
    updates_watching,
    updates_writing,
)
from models.attachments import Attachment, AttachmentKind, AttachmentState
from models.audiences import Audience, Part
from models.broadcasts import Broadcast, BroadcastState
from models.changes import Author
from models.db import Database
from models.errors import Conflict, DomainError, InvalidAnswer, NotAllowed
from models.letters import Letter
from models.outbox import Delivery, DeliveryState, Message
from models.people import ChannelKind
from models.settings import Release, Settings
from models.staff import StaffRole
from models.updates import ButtonKind, StepKind, Update, UpdateGroup, UpdateState
from models.updates_writing import Content
from tests.models.together import at_once, in_transaction

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
WORDS = Content(
    title={"de": "Fest im März", "ar": "عيد في مارس"},
    body={"de": "Wir **feiern**.\n\nKommt alle!", "ar": "سوف **نحتفل**."},
)


@dataclass
class House:
    """An office of two officers and a translator, and Karla, who leads group 7.49."""

    db: Database
    olga: Author
    omar: Author
    tanja: Author
    karla: Author
    group_id: int
    other_id: int

    def begin(self, by: Author, group_id: int | None = None, content: Content = WORDS) -> Update:
        """Begin an update and write it."""
        with self.db.transaction() as session:
            made = updates_writing.begin(session, by=by, group_id=group_id)
            return updates_writing.save(session, made.id, content, by=by, version=made.version)

    def get(self, number: int) -> Update:
        """Return it as stored."""
        with self.db.reading() as session:
            return updates.get(session, number)

    def steps(self, number: int) -> list[StepKind]:
        """Return what was done with it, the oldest first."""
        with self.db.reading() as session:
            return [one.step.kind for one in reversed(updates_watching.history(session, number))]


@pytest.fixture
def house(any_db: Database) -> Iterator[House]:
    with clock.frozen(NOW), any_db.transaction() as session:
        roles = {"olga": StaffRole.OFFICER, "omar": StaffRole.ADMIN, "tanja": StaffRole.TRANSLATOR}
        made = {
            name: staff.add(
                session, f"{name}@example.org", name=name, role=role, password_hash="-",
                languages=("uk",) if role is StaffRole.TRANSLATOR else (),
            ).id
            for name, role in roles.items()
        }  # fmt: skip
        person_id, _ = people.meet(session, name="Karla Beispiel", language="ar", email="karla@example.org")
        karla = session.get_one(people.Person, person_id)
        people.confirm_email(session, karla)
        directory = groups.directory(session)
        leads.appoint(session, directory.get("7.49").id, karla)
        found = House(
            any_db, *(Author(staff_id=made[name]) for name in roles), Author(person_id=person_id),
            directory.get("7.49").id, directory.get("12.71").id,
        )  # fmt: skip
    with clock.frozen(NOW):
        yield found


def refused(house: House, kind: type[DomainError], act: object) -> None:
    """Expect an operation to be refused, and to leave nothing."""
    with pytest.raises(kind), house.db.transaction() as session:
        act(session)  # type: ignore[operator]


def test_only_the_office_writes_to_everybody_and_leads_to_their_group(house: House) -> None:
    refused(house, NotAllowed, lambda s: updates_writing.begin(s, by=house.tanja))
    refused(house, NotAllowed, lambda s: updates_writing.begin(s, by=house.karla))
    refused(house, NotAllowed, lambda s: updates_writing.begin(s, by=house.karla, group_id=house.other_id))
    refused(house, NotAllowed, lambda s: updates_writing.begin(s, by=Author(), group_id=house.group_id))
    own = house.begin(house.karla, house.group_id)
    offices = house.begin(house.olga)
    refused(house, NotAllowed, lambda s: updates_writing.seen(s, offices.id, by=house.karla))
    wide = Audience(fields=frozenset({3}), kinds=frozenset({"school"}), languages=frozenset({"ar"}))
    with house.db.transaction() as session:
        updates_writing.choose(session, own.id, wide, by=house.karla, version=own.version)
    chosen = Audience.unpack(house.get(own.id).audience)
    assert (chosen.groups, chosen.fields, chosen.kinds) == ({house.group_id}, set(), set())
    assert chosen.languages == {"ar"}
    with house.db.transaction() as session:
        leads.dismiss(session, house.group_id, house.karla.person_id or 0)
    refused(house, NotAllowed, lambda s: updates_writing.seen(s, own.id, by=house.karla))


def test_of_two_who_save_one_wins_and_the_other_is_told(house: House) -> None:
    one = house.begin(house.olga)
    with house.db.transaction() as session:
        updates_writing.save(session, one.id, Content(title={"en": "Feast"}), by=house.omar, version=2)
    refused(house, Conflict, lambda s: updates_writing.save(s, one.id, WORDS, by=house.olga, version=2))
    assert dict(house.get(one.id).title.words) == {"de": "Fest im März", "en": "Feast", "ar": "عيد في مارس"}
    assert house.get(one.id).version == 3


def test_saving_again_and_again_is_one_step_of_the_history(house: House) -> None:
    one = house.begin(house.olga)
    for version in (2, 3, 4):
        with house.db.transaction() as session:
            updates_writing.save(session, one.id, WORDS, by=house.olga, version=version)
    assert house.steps(one.id) == [StepKind.BEGUN, StepKind.CHANGED]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (Content(body={"de": "x"}), "title"),
        (Content(title={"de": "x"}), "body"),
        (Content(title={"de": "x", "ar": "س"}, body={"de": "y"}), "body"),
        (Content(title={"de": "x"}, body={"de": "😀" * 2048}), "body"),
        (Content(title={"de": "x"}, body={"de": "y"}, button=ButtonKind.JOIN), "target"),
        (
            Content(title={"de": "x"}, body={"de": "y"}, button=ButtonKind.LINK, target="http://a.de"),
            "target",
        ),
        (
            Content(title={"de": "x"}, body={"de": "y"}, button=ButtonKind.LINK, target="https://a.de"),
            "button_label",
        ),
    ],
)
def test_what_is_not_complete_is_not_sent(house: House, content: Content, field: str) -> None:
    one = house.begin(house.olga, content=content)
    assert field in {lack.field for lack in updates_checking.lacking(house.get(one.id))}
    refused(
        house,
        InvalidAnswer,
        lambda s: updates_sending.send(s, one.id, by=house.olga, version=2, rule=Release.NONE),
    )
    assert house.get(one.id).state is UpdateState.DRAFT


@pytest.mark.parametrize(
    ("address", "is_fine"),
    [
        ("https://www.example.org/a?b=c#d", True),
        ("https://example.org:8443/", True),
        ("http://example.org", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://localhost/", False),
        ("https://user@example.org/", False),
        ("https://example.org/a b", False),
        ("https://example.org:99999/", False),
        ("https://[::1", False),
        ("//example.org", False),
    ],
)
def test_a_link_leads_to_a_whole_address(address: str, is_fine: bool) -> None:
    assert updates_checking.is_address(address) is is_fine


def test_marks_of_the_text_do_not_count_and_emoji_count_twice() -> None:
    assert updates_checking.length("abc", "**de** 😀") == 3 + 2 + 5
    assert updates_checking.length("abc", "") == 3


def test_sending_writes_one_message_one_broadcast_and_the_groups(house: House) -> None:
    one = house.begin(house.olga)
    audience = Audience(
        groups=frozenset({house.group_id}), fields=frozenset({3}), parts=frozenset({Part.LEADS})
    )
    with house.db.transaction() as session:
        updates_writing.choose(session, one.id, audience, by=house.olga, version=2, is_public=False)
        updates_sending.send(session, one.id, by=house.olga, version=3, rule=Release.OFFICE)
    with house.db.reading() as session:
        message = session.scalars(sa.select(Message).where(Message.key == f"update:{one.id}:1")).one()
        broadcast = session.scalars(sa.select(Broadcast)).one()
        told = set(session.scalars(sa.select(UpdateGroup.group_id)))
        expected = set(session.scalars(audiences.group_ids(audience)))
    letter = Letter.unpack(message.words)
    assert (message.kind, letter.subject.to("ar"), letter.body.to("uk") if letter.body else "") == (
        "update", "عيد في مارس", "Wir **feiern**.\n\nKommt alle!",
    )  # fmt: skip
    assert (broadcast.message_id, broadcast.edition, broadcast.audience) == (message.id, 1, audience.pack())
    assert told == expected
    assert house.group_id in told
    stored = house.get(one.id)
    assert (stored.state, stored.sent_at, stored.is_public) == (UpdateState.SENDING, NOW, False)
    again = lambda s: updates_sending.send(s, one.id, by=house.omar, version=4, rule=Release.NONE)  # noqa: E731
    refused(house, Conflict, again)


def test_two_officers_who_press_at_once_send_it_once(house: House) -> None:
    one = house.begin(house.olga)
    wins: list[str] = []
    both = threading.Barrier(2)

    def press(by: Author) -> None:
        both.wait()
        try:
            with house.db.transaction() as session:
                updates_sending.send(session, one.id, by=by, version=2, rule=Release.NONE)
            wins.append("sent")
        except Conflict:
            wins.append("told")

    threads = [threading.Thread(target=press, args=(by,)) for by in (house.olga, house.omar)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wins) == ["sent", "told"]
    with house.db.reading() as session:
        assert len(session.scalars(sa.select(Broadcast)).all()) == 1


def test_what_a_lead_writes_is_released_by_the_office(house: House) -> None:
    one = house.begin(house.karla, house.group_id)
    for rule in (Release.OFFICE, Release.SECOND):
        send = lambda s, rule=rule: updates_sending.send(s, one.id, by=house.karla, version=2, rule=rule)  # noqa: E731
        refused(house, NotAllowed, send)
    with house.db.transaction() as session:
        updates_sending.ask_release(session, one.id, by=house.karla, version=2)
    refused(house, NotAllowed, lambda s: updates_sending.release(s, one.id, by=house.karla, version=3))
    refused(house, NotAllowed, lambda s: updates_sending.release(s, one.id, by=house.tanja, version=3))
    with house.db.transaction() as session:
        updates_writing.save(session, one.id, Content(title={"de": "Ein Fest"}), by=house.olga, version=3)
    refused(house, Conflict, lambda s: updates_sending.release(s, one.id, by=house.olga, version=3))
    with house.db.transaction() as session:
        updates_sending.release(session, one.id, by=house.olga, version=4)
    assert house.get(one.id).state is UpdateState.SENDING
    assert house.get(one.id).released_by == house.olga.staff_id
    assert house.steps(one.id)[-3:] == [StepKind.CHANGED, StepKind.RELEASED, StepKind.SENT]


def test_a_lead_sends_at_once_where_nobody_has_to_release(house: House) -> None:
    one = house.begin(house.karla, house.group_id)
    with house.db.transaction() as session:
        updates_sending.send(session, one.id, by=house.karla, version=2, rule=Release.NONE)
    assert house.get(one.id).state is UpdateState.SENDING


def test_under_four_eyes_nobody_releases_what_they_wrote_of(house: House) -> None:
    one = house.begin(house.olga)
    refused(
        house,
        NotAllowed,
        lambda s: updates_sending.send(s, one.id, by=house.omar, version=2, rule=Release.SECOND),
    )
    with house.db.transaction() as session:
        updates_sending.ask_release(session, one.id, by=house.olga, version=2, at=NOW + timedelta(days=1))
        updates_writing.save(session, one.id, Content(title={"de": "Ein Fest"}), by=house.omar, version=3)
    for by in (house.olga, house.omar):
        refused(house, NotAllowed, lambda s, by=by: updates_sending.release(s, one.id, by=by, version=4))
    with house.db.transaction() as session:
        third = staff.add(session, "ute@example.org", name="Ute", role=StaffRole.OFFICER, password_hash="-")
        updates_sending.release(session, one.id, by=Author(staff_id=third.id), version=4)
    assert (house.get(one.id).state, house.get(one.id).send_at) == (
        UpdateState.SCHEDULED, NOW + timedelta(days=1),
    )  # fmt: skip


def test_given_back_the_lead_hears_why(house: House) -> None:
    one = house.begin(house.karla, house.group_id)
    with house.db.transaction() as session:
        updates_sending.ask_release(session, one.id, by=house.karla, version=2)
    refused(
        house, InvalidAnswer, lambda s: updates_sending.give_back(s, one.id, "", by=house.olga, version=3)
    )
    with house.db.transaction() as session:
        updates_sending.give_back(session, one.id, "Bitte kürzer", by=house.olga, version=3)
    assert house.get(one.id).state is UpdateState.DRAFT
    with house.db.reading() as session:
        words, person_id = session.execute(
            sa.select(Message.words, Delivery.person_id).join(Delivery, Delivery.message_id == Message.id)
        ).one()
    letter = Letter.unpack(words)
    assert (letter.quote, person_id) == ("Bitte kürzer", house.karla.person_id)
    assert letter.buttons[0].page == "/{lang}/me/{link}?group=7.49&to=write"


def test_a_planned_update_goes_out_once_and_not_before_its_time(house: House, settings: Settings) -> None:
    one = house.begin(house.olga)
    at = NOW + timedelta(hours=3)
    plan = {"by": house.olga, "version": 2, "rule": Release.OFFICE}
    for wrong in (NOW - timedelta(minutes=1), NOW + timedelta(days=400)):
        refused(
            house, InvalidAnswer, lambda s, wrong=wrong: updates_sending.schedule(s, one.id, wrong, **plan)
        )
    with house.db.transaction() as session:
        updates_sending.schedule(session, one.id, at, **plan)  # type: ignore[arg-type]
    refused(house, Conflict, lambda s: updates_writing.save(s, one.id, WORDS, by=house.olga, version=3))
    assert updates_running.tick(house.db, settings) == 0
    with clock.frozen(at):
        with house.db.reading() as session:
            waiting = updates_running.due(session)
        assert updates_running.tick(house.db, settings) == 1
        assert updates_running.tick(house.db, settings) == 0
        ((number, version),) = waiting  # another process that had looked at the same moment
        refused(house, Conflict, lambda s: updates_sending.send_planned(s, number, version=version))
    assert house.get(one.id).state is UpdateState.SENDING
    assert house.steps(one.id)[-1] is StepKind.SENT


def test_taken_back_it_is_a_draft_again_and_stopped_it_ends(house: House) -> None:
    one = house.begin(house.olga)
    with house.db.transaction() as session:
        updates_sending.schedule(
            session, one.id, NOW + timedelta(hours=1), by=house.olga, version=2, rule=Release.NONE
        )
        updates_sending.cancel(session, one.id, by=house.olga, version=3)
    assert (house.get(one.id).state, house.get(one.id).send_at) == (UpdateState.DRAFT, None)
    with house.db.transaction() as session:
        updates_sending.send(session, one.id, by=house.olga, version=4, rule=Release.NONE)
        updates_sending.cancel(session, one.id, by=house.omar, version=5)
    assert house.get(one.id).state is UpdateState.CANCELLED
    with house.db.reading() as session:
        assert session.scalars(sa.select(Broadcast.state)).one() is BroadcastState.CANCELLED
    refused(house, Conflict, lambda s: updates_sending.cancel(s, one.id, by=house.olga, version=6))


def test_a_correction_mends_what_waits_and_begins_a_new_edition(house: House) -> None:
    one = house.begin(house.karla, house.group_id)
    with house.db.transaction() as session:
        updates_sending.send(session, one.id, by=house.karla, version=2, rule=Release.NONE)
    right = Content(title={"de": "Fest im April"}, body={"ar": ""})
    half = Content(title={"de": ""})
    for content, by, kind in ((right, house.karla, NotAllowed), (half, house.olga, InvalidAnswer)):
        refused(
            house, kind,
            lambda s, c=content, b=by: updates_sending.correct(
                s, one.id, c, by=b, version=3, rule=Release.OFFICE
            ),
        )  # fmt: skip
    with house.db.transaction() as session:
        fix = Content(title={"de": "Fest im April"})
        updates_sending.correct(session, one.id, fix, by=house.olga, version=3, rule=Release.OFFICE)
    with house.db.reading() as session:
        first, second = (
            Letter.unpack(words) for words in session.scalars(sa.select(Message.words).order_by(Message.id))
        )
        editions = session.scalars(sa.select(Broadcast.edition).order_by(Broadcast.id)).all()
    assert [one.subject.to("de") for one in (first, second)] == ["Fest im April"] * 2
    assert [one.is_correction for one in (first, second)] == [False, True]
    assert list(editions) == [1, 2]
    assert house.get(one.id).corrected_at == NOW


def test_what_leaves_with_the_old_words_while_they_are_corrected_is_corrected_afterwards(
    house: House,
) -> None:
    one = house.begin(house.karla, house.group_id)
    with house.db.transaction() as session:
        updates_sending.send(session, one.id, by=house.karla, version=2, rule=Release.NONE)
    filling.fill(house.db, Settings(secret="tests-only-secret", _env_file=None))

    mine = Delivery.person_id == house.karla.person_id

    def leave(session: Session) -> None:
        leaving = session.scalars(sa.select(Delivery).where(mine)).one()
        assert outgoing.words_now(session, leaving.message_id)
        assert outgoing.mark_sending(session, leaving.id)

    def correct(session: Session) -> None:
        fix = Content(title={"de": "Fest im April"})
        updates_sending.correct(session, one.id, fix, by=house.olga, version=3, rule=Release.NONE)

    at_once(house.db, leave, in_transaction(house.db, correct)).result()
    with house.db.reading() as session:
        states = session.scalars(sa.select(Delivery.state).where(mine).order_by(Delivery.id)).all()
    assert states == [DeliveryState.SENDING, DeliveryState.QUEUED]


def test_a_test_goes_to_the_tester_alone_in_the_language_that_is_looked_at(house: House) -> None:
    one = house.begin(house.olga)
    with house.db.transaction() as session:
        assert updates_sending.try_out(session, one.id, "ar", by=house.olga) == [ChannelKind.EMAIL]
    with house.db.transaction() as session:
        tester = people.by_email(session, "olga@example.org")
        assert tester is not None
        tester.telegram_id = 4712
        assert updates_sending.try_out(session, one.id, "tr", by=house.olga) == [ChannelKind.EMAIL], (
            "anybody can name that address in a chat"
        )
        people.confirm_email(session, tester)
        assert updates_sending.try_out(session, one.id, "de", by=house.olga) == [
            ChannelKind.EMAIL, ChannelKind.TELEGRAM,
        ]  # fmt: skip
        rows = session.execute(
            sa.select(Message.words, Delivery.person_id, Delivery.state).join(
                Delivery, Delivery.message_id == Message.id
            )
        ).all()
    assert {(row.person_id, row.state) for row in rows} == {(tester.id, DeliveryState.QUEUED)}
    assert [Letter.unpack(row.words).language for row in rows] == ["ar", "tr", "de", "de"]
    assert "عيد في مارس" in Letter.unpack(rows[0].words).subject.to("ar")
    assert house.get(one.id).state is UpdateState.DRAFT


def a_picture(session: Session, person_id: int | None = None) -> Attachment:
    """A picture as the store knows it."""
    made = Attachment(
        token=attachments.new_token(), kind=AttachmentKind.PHOTO, state=AttachmentState.READY,
        stored=attachments.new_token(), media_type="image/jpeg", created_at=clock.now(), person_id=person_id,
        name="Karlas Handy.jpg",
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def test_a_picture_stays_with_its_update_and_is_public_once_it_is_sent(house: House) -> None:
    with house.db.transaction() as session:
        mine, theirs = a_picture(session), a_picture(session, house.karla.person_id)
        loose = a_picture(session)
    content = Content(**{**vars_of(WORDS), "picture": mine.token})
    one = house.begin(house.olga, content=content)
    assert [lack.field for lack in updates_checking.lacking(house.get(one.id))] == ["picture_words"]
    lead = house.begin(house.karla, house.group_id)
    with clock.frozen(NOW + timedelta(days=60)):
        retention.prune(house.db)
    with house.db.reading() as session:
        left = {one.id: one.state for one in session.scalars(sa.select(Attachment))}
    assert left[mine.id] is AttachmentState.READY
    assert left[loose.id] is AttachmentState.GONE
    stolen = Content(**{**vars_of(WORDS), "picture": "no-such-token"})
    refused(house, NotAllowed, lambda s: updates_writing.save(s, lead.id, stolen, by=house.karla, version=2))
    shown = Content(**{**vars_of(WORDS), "picture": mine.token, "picture_words": {"de": "Ein Fest"}})
    with house.db.transaction() as session:
        updates_writing.save(session, one.id, shown, by=house.olga, version=2)
        updates_sending.send(session, one.id, by=house.olga, version=3, rule=Release.NONE)
    with house.db.reading() as session:
        public = session.get_one(Attachment, mine.id)
        words = session.scalars(sa.select(Message.words).where(Message.kind == "update")).one()
    assert (public.is_public, public.name, public.person_id) == (True, "", None)
    letter = Letter.unpack(words)
    assert letter.picture is not None
    assert (letter.picture.token, letter.picture.words.to("de")) == (mine.token, "Ein Fest")
    assert theirs.person_id == house.karla.person_id


def test_nobody_takes_the_picture_of_another_update_along(house: House) -> None:
    with house.db.transaction() as session:
        shown, own = a_picture(session), a_picture(session, house.karla.person_id)
    content = Content(**{**vars_of(WORDS), "picture": shown.token, "picture_words": {"de": "Ein Fest"}})
    one = house.begin(house.olga, content=content)
    with house.db.transaction() as session:
        updates_sending.send(session, one.id, by=house.olga, version=2, rule=Release.NONE)
    for by, group_id, token in (
        (house.karla, house.group_id, shown.token),
        (house.omar, None, shown.token),
        (house.omar, None, own.token),
    ):
        theirs = Content(**{**vars_of(WORDS), "picture": token})
        draft = house.begin(by, group_id)
        refused(
            house, NotAllowed,
            lambda s, n=draft.id, b=by, c=theirs: updates_writing.save(s, n, c, by=b, version=2),
        )  # fmt: skip
    with house.db.reading() as session:
        assert session.get_one(Attachment, shown.id).state is AttachmentState.READY


def vars_of(content: Content) -> dict[str, object]:
    """Return a content's fields."""
    return {name: getattr(content, name) for name in Content.__dataclass_fields__}


def test_a_replaced_picture_is_let_go_of(house: House) -> None:
    with house.db.transaction() as session:
        first, second = a_picture(session), a_picture(session)
    one = house.begin(house.olga, content=Content(**{**vars_of(WORDS), "picture": first.token}))
    with house.db.transaction() as session:
        other = Content(**{**vars_of(WORDS), "picture": second.token})
        updates_writing.save(session, one.id, other, by=house.olga, version=2)
    with house.db.transaction() as session:
        updates_writing.discard(session, one.id, by=house.olga, version=3)
    with house.db.reading() as session:
        assert {one.state for one in session.scalars(sa.select(Attachment))} == {AttachmentState.GONE}
        assert session.scalars(sa.select(Update)).all() == []


def test_failed_ones_are_tried_again_over_the_way_that_works_now(house: House) -> None:
    one = house.begin(house.olga)
    with house.db.transaction() as session:
        updates_sending.send(session, one.id, by=house.olga, version=2, rule=Release.NONE)
        message_id = session.scalars(sa.select(Broadcast.message_id)).one()
        karla = session.get_one(people.Person, house.karla.person_id)
        outbox.send_to(session, message_id, karla)
        delivery = session.scalars(sa.select(Delivery)).one()
        outgoing.settle(session, delivery.id, DeliveryState.FAILED, error="550 no such mailbox")
    with house.db.reading() as session:
        update = updates.get(session, one.id)
        assert updates_watching.progress(session, update).lost == 1
        found, onward = updates_watching.recipients(session, one.id, states=[DeliveryState.FAILED])
        assert [(r.person and r.person.name, r.delivery.error) for r in found] == [
            ("Karla Beispiel", "550 no such mailbox")
        ]
        assert onward is None
    refused(house, NotAllowed, lambda s: updates_watching.retry(s, one.id, by=house.karla))
    with house.db.transaction() as session:
        assert updates_watching.retry(session, one.id, by=house.olga) == 1
    with house.db.transaction() as session:
        assert updates_watching.retry(session, one.id, by=house.olga) == 0
        outgoing.settle(session, delivery.id, DeliveryState.FAILED, error="550 no such mailbox")
        begun = NOW - timedelta(seconds=1)
        assert updates_watching.send_again(session, one.id, lost_by=begun) == 0, "else it would never end"
        assert updates_watching.send_again(session, one.id, lost_by=NOW) == 1
        assert updates_watching.progress(session, updates.get(session, one.id)).is_moving


@pytest.mark.parametrize(
    ("kind", "target", "verb", "page"),
    [
        (ButtonKind.JOIN, "ABCD2345", "join:ABCD2345:0", "/{lang}/forms/join-group?group=ABCD2345"),
        (ButtonKind.REPORT, "ABCD2345", "", "/{lang}/forms/report-progress?group=ABCD2345"),
        (ButtonKind.FORM, "ask-office", "form:ask-office:0", "/{lang}/forms/ask-office"),
        (ButtonKind.GROUP, "7.49", "", "/{lang}/groups/7.49"),
        (ButtonKind.LINK, "https://example.org/{lang}", "", "https://example.org/{lang}"),
    ],
)
def test_the_button_leads_where_it_says(
    house: House, kind: ButtonKind, target: str, verb: str, page: str
) -> None:
    content = Content(
        title={"de": "x"}, body={"de": "y"}, button=kind, target=target, button_label={"de": "Komm!"}
    )
    one = house.begin(house.olga, content=content)
    from_letter = updates_sending.updates_letters.letter(house.get(one.id)).buttons[0]
    assert (from_letter.verb, from_letter.page, from_letter.label.to("de")) == (verb, page, "Komm!")
    assert from_letter.label.to("de-simple") == "Komm!"
    if kind is not ButtonKind.LINK:
        assert from_letter.label.to("en") != "Komm!", "our own words where the writer has none"
