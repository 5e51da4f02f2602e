"""What people want to get: which wish counts, when it may go out, and stopping at once."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.recording import listening
from models import clock, groups, leads, meetings, merging, people, preferences, stopping, subscriptions
from models.db import Database
from models.errors import InvalidAnswer
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind, Person
from models.preferences import DigestItem, Preference, Rhythm, Topic
from tests.models.test_meetings import DAY, NOON, group_id, letters_to, member, office

BERLIN = "Europe/Berlin"
ONE, TWO, THREE = 1, 2, 3  # ids of groups of the demo's region


def somebody(session: Session, name: str = "Amina") -> Person:
    """Somebody known by a confirmed address."""
    person_id, _known = people.meet(session, name=name, language="de", email=f"{name.lower()}@example.org")
    person = session.get_one(Person, person_id)
    people.confirm_email(session, person)
    return person


def test_the_narrower_wish_counts_and_of_several_groups_the_most_eager(any_db: Database) -> None:
    with any_db.transaction() as session:
        amina, boris = somebody(session).id, somebody(session, "Boris").id
        preferences.set_wish(session, amina, Topic.UPDATES, None, Rhythm.NEVER, ChannelKind.TELEGRAM)
        preferences.set_wish(session, amina, Topic.UPDATES, TWO, Rhythm.WEEKLY)
        preferences.set_wish(session, amina, Topic.MEETINGS, ONE, Rhythm.NEVER)
        about = {amina: {ONE, TWO}, boris: {ONE}}
        found = preferences.wishes(session, [amina, boris, 10_000], Topic.UPDATES, about)
        assert found[amina].rhythm is Rhythm.WEEKLY
        assert found[amina].channel is ChannelKind.TELEGRAM, "the group's wish says nothing of a channel"
        assert found[boris] == found[10_000] == preferences.Wish()
        assert preferences.wish(session, amina, Topic.UPDATES, ONE).rhythm is Rhythm.NEVER
        assert preferences.wish(session, amina, Topic.MEETINGS, ONE).rhythm is Rhythm.NEVER
        assert preferences.wish(session, amina, Topic.MEETINGS, TWO).rhythm is Rhythm.INSTANT
        preferences.set_wish(session, amina, Topic.UPDATES, ONE, Rhythm.INSTANT)
        assert preferences.wishes(session, [amina], Topic.UPDATES, about)[amina].rhythm is Rhythm.INSTANT
        preferences.set_wish(session, amina, Topic.UPDATES, ONE, None)
        assert preferences.wish(session, amina, Topic.UPDATES, ONE).rhythm is Rhythm.NEVER


def test_many_wishes_are_one_statement_and_choosing_twice_is_one_row(any_db: Database) -> None:
    with any_db.transaction() as session:
        ids = [somebody(session, f"Person{number}").id for number in range(30)]
        for one in ids * 2:
            preferences.set_wish(session, one, Topic.UPDATES, ONE, Rhythm.WEEKLY)
            preferences.set_wish(session, one, Topic.UPDATES, None, Rhythm.WEEKLY)
        assert session.scalar(sa.select(sa.func.count(Preference.id))) == 60
    with any_db.reading() as session, listening(any_db) as heard:
        preferences.wishes(session, ids, Topic.UPDATES, {one: {ONE} for one in ids})
    assert len([one for one in heard if one.sql.lstrip().startswith("SELECT")]) == 1


@pytest.mark.parametrize(
    ("quiet", "now", "then"),
    [
        (None, "2026-11-28T22:30", "2026-11-28T22:30"),
        ((21, 7), "2026-11-28T19:59", "2026-11-28T19:59"),  # 20:59 in Paderborn
        ((21, 7), "2026-11-28T20:00", "2026-11-29T06:00"),
        ((21, 7), "2026-11-29T05:59", "2026-11-29T06:00"),
        ((21, 7), "2026-11-29T06:00", "2026-11-29T06:00"),
        ((8, 16), "2026-11-30T07:00", "2026-11-30T15:00"),
        ((8, 16), "2026-11-30T15:00", "2026-11-30T15:00"),
        ((22, 6), "2026-03-28T22:00", "2026-03-29T04:00"),  # the night in which the clocks go forward
        ((22, 6), "2026-10-24T21:00", "2026-10-25T05:00"),
    ],
)
def test_quiet_hours(quiet: tuple[int, int] | None, now: str, then: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert preferences.not_before(moment, quiet, BERLIN) == datetime.fromisoformat(then).replace(tzinfo=UTC)


def test_quiet_hours_are_kept_and_refused(db: Database) -> None:
    with db.transaction() as session:
        amina = somebody(session)
        preferences.set_quiet(session, amina, 21, 7)
        assert preferences.wish(session, amina.id, Topic.UPDATES).quiet == (21, 7)
        with pytest.raises(InvalidAnswer):
            preferences.set_quiet(session, amina, 21, 24)
        for nothing in ((None, 7), (21, None), (5, 5)):
            preferences.set_quiet(session, amina, *nothing)
            assert preferences.wish(session, amina.id, Topic.UPDATES).quiet is None


def test_a_channel_that_does_not_work_is_not_taken(db: Database) -> None:
    with db.transaction() as session:
        amina = somebody(session)
        wish = preferences.Wish(channel=ChannelKind.TELEGRAM)
        assert wish.way_to(amina) is ChannelKind.EMAIL
        amina.telegram_id = 4711
        assert wish.way_to(amina) is ChannelKind.TELEGRAM
        assert preferences.Wish().way_to(amina) is ChannelKind.EMAIL
        amina.telegram_blocked = True
        assert wish.way_to(amina) is ChannelKind.EMAIL


def test_stopping_drops_what_waits_and_only_that(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        amina, boris, number = member(session, "Amina"), member(session, "Boris"), group_id(session)
        meetings.plan(session, number, held=DAY, starts="18:00", by=office(session))
        stopping.stop(session, amina.id, Topic.UPDATES)
        stopping.stop(session, amina.id, Topic.REMINDERS, number)
        assert len(letters_to(session, amina)) == 1
        stopping.stop(session, amina.id, Topic.MEETINGS, number)
        assert (letters_to(session, amina), len(letters_to(session, boris))) == ([], 1)
        one = session.scalars(sa.select(Delivery).where(Delivery.person_id == amina.id)).one()
        assert (one.state, one.error) == (DeliveryState.DROPPED, "not wanted any more")


def test_less_is_weekly_then_nothing_and_for_all_groups_means_all(any_db: Database) -> None:
    with any_db.transaction() as session:
        amina = somebody(session).id
        assert stopping.less(session, amina, Topic.UPDATES, ONE) is Rhythm.WEEKLY
        preferences.set_wish(session, amina, Topic.UPDATES, ONE, Rhythm.WEEKLY, ChannelKind.EMAIL)
        assert stopping.less(session, amina, Topic.UPDATES, ONE) is Rhythm.NEVER
        assert preferences.wish(session, amina, Topic.UPDATES, ONE).channel is ChannelKind.EMAIL
        preferences.set_wish(session, amina, Topic.UPDATES, TWO, Rhythm.INSTANT)
        assert stopping.less(session, amina, Topic.UPDATES) is Rhythm.WEEKLY
        ways = {one: preferences.wish(session, amina, Topic.UPDATES, one).rhythm for one in (ONE, TWO, THREE)}
        assert ways == {ONE: Rhythm.NEVER, TWO: Rhythm.WEEKLY, THREE: Rhythm.WEEKLY}
        stopping.stop(session, amina, Topic.UPDATES)
        assert (
            preferences.wishes(session, [amina], Topic.UPDATES, {amina: {ONE, TWO, THREE}})[amina].rhythm
            is Rhythm.NEVER
        )


def test_stop_all_ends_the_changes_too(any_db: Database) -> None:
    with any_db.transaction() as session:
        amina = somebody(session).id
        for one in (ONE, TWO):
            subscriptions.follow(session, amina, one)
        stopping.stop(session, amina, Topic.CHANGES, ONE)
        assert list(subscriptions.of_person(session, amina)) == [TWO]
        stopping.stop_all(session, amina)
        assert list(subscriptions.of_person(session, amina)) == []
        assert {one.topic for one in preferences.of_person(session, amina)} == set(Topic) - {Topic.CHANGES}


def test_one_person_of_two_has_one_wish_of_each_kind(any_db: Database) -> None:
    with any_db.transaction() as session:
        keep, gone = somebody(session), somebody(session, "Chat")
        kept = groups.directory(session).cards[0].id
        for person, rhythm in ((keep, Rhythm.NEVER), (gone, Rhythm.INSTANT)):
            for group in (None, kept):
                preferences.set_wish(session, person.id, Topic.UPDATES, group, rhythm)
        preferences.set_wish(session, gone.id, Topic.MEETINGS, kept, Rhythm.WEEKLY)
        preferences.set_quiet(session, gone, 20, 8)
        merging.merge(session, keep, gone)
        found = {(one.topic, one.group_id): one.rhythm for one in preferences.of_person(session, keep.id)}
        assert found == {
            (Topic.UPDATES, None): Rhythm.NEVER, (Topic.UPDATES, kept): Rhythm.NEVER,
            (Topic.MEETINGS, kept): Rhythm.WEEKLY,
        }  # fmt: skip
        assert preferences.quiet_of(keep) == (20, 8)
        assert session.scalar(sa.select(sa.func.count()).select_from(DigestItem)) == 0


def test_letters_about_meetings_go_where_and_when_somebody_wishes(any_db: Database) -> None:
    night = datetime(2027, 1, 4, 5, 30, tzinfo=UTC)  # half past six in Paderborn
    with clock.frozen(night), any_db.transaction() as session:
        amina, boris, carla = (member(session, name) for name in ("Amina", "Boris", "Carla"))
        number = group_id(session)
        amina.telegram_id = 4711
        preferences.set_wish(session, amina.id, Topic.MEETINGS, number, Rhythm.INSTANT, ChannelKind.TELEGRAM)
        preferences.set_quiet(session, amina, 6, 12)
        preferences.set_wish(session, carla.id, Topic.MEETINGS, None, Rhythm.NEVER)
        meetings.plan(session, number, held=DAY, by=office(session))
        found = {one.person_id: (one.channel, one.not_before) for one in session.scalars(sa.select(Delivery))}
    noon, morning = (datetime(2027, 1, 4, hour, tzinfo=UTC) for hour in (11, 7))
    assert found == {amina.id: (ChannelKind.TELEGRAM, noon), boris.id: (ChannelKind.EMAIL, morning)}


def test_who_leads_can_stop_the_letters_about_meetings_too(any_db: Database) -> None:
    with clock.frozen(NOON), any_db.transaction() as session:
        amina, number = somebody(session), group_id(session)
        leads.appoint(session, number, amina)
        stopping.stop(session, amina.id, Topic.MEETINGS, number)
        meetings.plan(session, number, held=DAY, by=office(session))
        assert letters_to(session, amina) == []


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_newer_wish_to_hear_of_a_group_outweighs_an_older_stop(any_db: Database, everywhere: bool) -> None:
    later = NOON + timedelta(hours=1)
    with clock.frozen(NOON), any_db.transaction() as session:
        amina = somebody(session).id
        stopping.stop(session, amina, Topic.UPDATES, None if everywhere else ONE)
    with clock.frozen(later), any_db.transaction() as session:
        stopping.stop(session, amina, Topic.MEETINGS, ONE)
        stopping.hear_again(session, amina, ONE, agreed_at=NOON + timedelta(minutes=1))
        rhythms = {topic: preferences.wish(session, amina, topic, ONE).rhythm for topic in Topic}
        assert rhythms[Topic.UPDATES] is Rhythm.INSTANT
        assert rhythms[Topic.MEETINGS] is Rhythm.NEVER, "stopped after that"
        assert (preferences.wish(session, amina, Topic.UPDATES, TWO).rhythm is Rhythm.NEVER) is everywhere
