"""Audiences: who is in them, through which groups, each person once, on both databases."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.recording import listening
from models import audiences, clock, leads, memberships, subscriptions
from models.audiences import Audience, Part
from models.db import Database
from models.groups import WorkingGroup
from models.memberships import MembershipState, Role
from models.people import ChannelKind, OrganisationKind, Person
from models.preferences import Rhythm
from models.programmes import Programme
from models.rounds import RequestState, RoundRequest, StatusRound
from tests.models.region import House


def chosen(house: House, *parts: Part, numbers: tuple[str, ...] = ("7.49",), **more: object) -> Audience:
    ids = frozenset(house.group(number) for number in numbers)
    return Audience(groups=ids, parts=frozenset(parts) or frozenset({Part.EVERYBODY}), **more)  # type: ignore[arg-type]


def peopled(session: Session) -> House:
    """One of each kind around the group 7.49, and a few beside it."""
    house = House(session)
    house.member(house.person("member"), "7.49")
    house.member(house.person("interested"), "7.49", Role.INTERESTED)
    house.member(house.person("could-lead"), "7.49", Role.LEAD)
    house.member(house.person("silent"), "7.49", agreed=False)
    house.member(house.person("asked"), "7.49", state=MembershipState.ASKED)
    house.member(house.person("gone"), "7.49", state=MembershipState.LEFT)
    house.member(house.person("elsewhere", language="ar"), "1.2")
    subscriptions.follow(session, house.person("follower"), house.group("7.49"))
    lead = session.get_one(Person, house.person("lead"))
    leads.appoint(session, house.group("7.49"), lead)
    contact = house.person("contact")
    session.get_one(WorkingGroup, house.group("7.49")).contact_id = contact
    session.flush()
    return house


def test_each_part_of_a_group_is_its_people_and_nobody_without_consent(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = peopled(session)
        members = {"member", "could-lead"}
        assert house.names(chosen(house, Part.MEMBERS)) == members
        assert house.names(chosen(house, Part.INTERESTED)) == {"interested"}
        assert house.names(chosen(house, Part.LEADS)) == {"lead", "contact"}
        assert house.names(chosen(house, Part.FOLLOWERS)) == {"follower"}
        everybody = members | {"interested", "lead", "contact", "follower"}
        assert house.names(chosen(house)) == everybody
        assert house.names(chosen(house, Part.LEADS, Part.FOLLOWERS)) == {"lead", "contact", "follower"}
        assert house.names(Audience()) == everybody | {"elsewhere"}


def test_groups_and_fields_name_groups_and_other_dimensions_narrow(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = peopled(session)
        house.member(house.person("school", organisation_kind=OrganisationKind.SCHOOL), "1.2")
        assert house.names(Audience(fields=frozenset({1}))) == {"elsewhere", "school"}
        both = Audience(groups=frozenset({house.group("7.49")}), fields=frozenset({1}))
        assert house.names(both) >= {"elsewhere", "member"}
        assert house.names(Audience(languages=frozenset({"ar"}))) == {"elsewhere"}
        assert house.names(Audience(kinds=frozenset({"school"}))) == {"school"}
        assert house.names(Audience(kinds=frozenset({"school"}), languages=frozenset({"ar"}))) == set()


def test_somebody_in_three_groups_by_four_ways_is_there_once(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = peopled(session)
        busy = house.person("busy", telegram_id=7)
        for number in ("7.49", "1.2"):
            house.member(busy, number)
        subscriptions.follow(session, busy, house.group("7.49"))
        leads.appoint(session, house.group("2.21"), session.get_one(Person, busy))
        (found,) = [one for one in audiences.listed(session, Audience(), 0, 100) if one.name == "busy"]
        assert found.groups == tuple(sorted(house.group(one) for one in ("7.49", "1.2", "2.21")))
        known = audiences.groups_of(session, [busy], chosen(house))
        assert known == {busy: {house.group("7.49")}}
        assert "busy" in house.names(Audience())


@pytest.mark.parametrize(
    "values",
    [
        {"email": None, "telegram_id": 9, "telegram_blocked": True},
        {"email_failed": "550 no such user"},
        {"email": None},
        {"prefers": ChannelKind.PHONE, "phone": "05251 1"},
    ],
)
def test_whom_no_message_reaches_is_in_no_audience(any_db: Database, values: dict[str, object]) -> None:
    with any_db.transaction() as session:
        house = peopled(session)
        house.member(house.person("lost", **values), "7.49")
        assert "lost" not in house.names(chosen(house))


def test_who_wants_no_updates_is_left_out_and_the_narrower_wish_counts(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = peopled(session)
        never, but, one = (house.person(name) for name in ("never", "but-this", "not-this"))
        for person_id in (never, but, one):
            house.member(person_id, "7.49")
            house.member(person_id, "1.2")
        house.wish(never, Rhythm.NEVER)
        house.wish(but, Rhythm.NEVER)
        house.wish(but, Rhythm.WEEKLY, "7.49")
        house.wish(one, Rhythm.NEVER, "7.49")
        assert house.names(chosen(house)) >= {"but-this"}
        assert not house.names(chosen(house)) & {"never", "not-this"}
        assert house.names(chosen(house, numbers=("1.2",))) == {"elsewhere", "not-this"}
        assert audiences.groups_of(session, [but, one], Audience()) == {
            but: {house.group("7.49")}, one: {house.group("1.2")},
        }  # fmt: skip


def test_silent_leads_are_those_of_groups_that_have_not_answered_in_an_open_round(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = peopled(session)
        programme = session.scalars(sa.select(Programme)).first()
        assert programme
        held = StatusRound(programme_id=programme.id, month=date(2026, 11, 1), opened_at=clock.now())
        session.add(held)
        session.flush()
        silent = RoundRequest(
            round_id=held.id, group_id=house.group("7.49"), state=RequestState.BEGUN, reminders=0
        )
        done = RoundRequest(
            round_id=held.id, group_id=house.group("1.2"), state=RequestState.ANSWERED, reminders=0
        )
        session.add_all([silent, done])
        other = session.get_one(Person, house.person("answered"))
        leads.appoint(session, house.group("1.2"), other)
        audience = Audience(parts=frozenset({Part.SILENT_LEADS}))
        assert house.names(audience) == {"lead", "contact"}
        with_others = Audience(parts=frozenset({Part.SILENT_LEADS, Part.INTERESTED}))
        assert house.names(with_others) == {"lead", "contact", "interested"}
        silent.state = RequestState.ANSWERED
        session.flush()
        assert house.names(audience) == set()
        silent.state, held.closed_at = RequestState.ASKED, clock.now()
        session.flush()
        assert house.names(audience) == set()


def test_pages_of_a_list_follow_each_other_and_take_two_statements(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = peopled(session)
        for number in range(30):
            house.member(house.person(f"person-{number}"), "7.49")
            subscriptions.follow(session, house.person(f"follower-{number}"), house.group("7.49"))
    seen: list[int] = []
    with any_db.reading() as session:
        audience = chosen(house)
        while True:
            with listening(any_db) as heard:
                page = audiences.listed(session, audience, seen[-1] if seen else 0, 7)
            assert sum(one.is_statement for one in heard) <= 2
            if not page:
                break
            assert len(page) <= 7
            seen += [one.person_id for one in page]
        assert seen == sorted(session.scalars(audiences.people_of(audience)))
    assert len(seen) == len(set(seen)) == 66


def test_an_audience_is_kept_as_it_is() -> None:
    audience = Audience(
        frozenset({3, 1}), frozenset({7}), frozenset({Part.LEADS}), frozenset({"school"}),
        frozenset({"ar"}), chats=False,
    )  # fmt: skip
    assert Audience.unpack(audience.pack()) == audience
    assert Audience.unpack({}) == Audience()


def test_leaving_a_group_leaves_its_audience(any_db: Database) -> None:
    with any_db.transaction() as session:
        house = peopled(session)
        person_id = session.scalars(sa.select(Person.id).where(Person.name == "member")).one()
        memberships.leave(session, person_id, house.group("7.49"))
        assert "member" not in house.names(chosen(house))
