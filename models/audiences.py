"""Audiences: who gets an update, as a wish that is kept and as the query that it becomes.

Only people who wanted to hear of a group are in its audience: members who agreed to its updates, those who
follow it, and whoever leads it; without those who want no updates of it, and without those whom no message
reaches. What is combined narrows: a group and a language means both. Groups and fields both name groups.

The guests of an event are another way in: where an event is chosen, those who have a place at it are meant,
and no groups. They stand for no group, so that number is 0.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from models import memberships, people
from models.goals import Field, Goal
from models.groups import WorkingGroup
from models.leads import Lead
from models.memberships import Membership, MembershipState, Role
from models.people import ChannelKind, Person
from models.preferences import Preference, Rhythm, Topic
from models.prepared import Prepared
from models.registrations import Registration, RegistrationState
from models.rounds import RequestState, RoundRequest, StatusRound
from models.subscriptions import Subscription
from translations import Text, _

Pairs: TypeAlias = "sa.Select[int, int]"  # a person, and a group through which they are meant


class Part(StrEnum):
    """Which people of the groups are meant."""

    EVERYBODY = "everybody"
    MEMBERS = "members"
    INTERESTED = "interested"
    LEADS = "leads"
    FOLLOWERS = "followers"
    SILENT_LEADS = "silent-leads"  # whoever has not answered in the open status round


PART_WORDS: dict[Part, Text] = {
    Part.EVERYBODY: _("Everybody of these groups"),
    Part.MEMBERS: _("Members"),
    Part.INTERESTED: _("Those who want to be kept informed"),
    Part.LEADS: _("Leads"),
    Part.FOLLOWERS: _("Followers"),
    Part.SILENT_LEADS: _("Leads who have not answered in the open status round"),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant. Nothing chosen in a dimension means all of it; no group and no field means all groups."""

    groups: frozenset[int] = frozenset()  # ids of working groups
    fields: frozenset[int] = frozenset()  # numbers of fields
    parts: frozenset[Part] = field(default_factory=lambda: frozenset({Part.EVERYBODY}))
    kinds: frozenset[str] = frozenset()  # kinds of organisations
    languages: frozenset[str] = frozenset()  # tags
    events: frozenset[int] = frozenset()  # ids of events: their guests are meant, and nobody else
    chats: bool = True  # the groups' linked Telegram chats, too
    arrived: bool = False  # of the guests only those who have come

    @property
    def is_for_chats(self) -> bool:
        """Whether it goes to the groups' own chats: what is meant for some of a group only does not."""
        if self.events:
            return False
        return self.chats and not self.kinds and bool(self.parts & {Part.EVERYBODY, Part.MEMBERS})

    def pack(self) -> dict[str, Any]:
        """Return a JSON form for storing; `unpack` is its inverse."""
        return {
            "groups": sorted(self.groups), "fields": sorted(self.fields),
            "parts": sorted(part.value for part in self.parts), "kinds": sorted(self.kinds),
            "languages": sorted(self.languages), "events": sorted(self.events), "chats": self.chats,
            "arrived": self.arrived,
        }  # fmt: skip

    @staticmethod
    def unpack(data: Mapping[str, Any]) -> "Audience":
        """Return the audience that `pack` wrote; what an older version did not know is not chosen."""
        return Audience(
            frozenset(data.get("groups", ())), frozenset(data.get("fields", ())),
            frozenset(Part(one) for one in data.get("parts", ())) or frozenset({Part.EVERYBODY}),
            frozenset(data.get("kinds", ())), frozenset(data.get("languages", ())),
            frozenset(data.get("events", ())), data.get("chats", True),
            data.get("arrived", False),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Addressee:
    """One of an audience as the desk lists them, with the ids of the groups through which they are meant."""

    person_id: int
    name: str
    language: str
    channel: ChannelKind
    groups: tuple[int, ...]


def people_of(audience: Audience) -> sa.Select[int]:
    """Return the statement for the ids of the people of an audience, each of them once."""
    pairs = [pair.with_only_columns(pair.selected_columns[0]) for pair in _pairs(audience)]
    people = sa.union(*pairs).subquery()
    return sa.select(people.c[0])


def count(session: Session, audience: Audience) -> int:
    """Return how many people are in an audience."""
    return session.scalar(sa.select(sa.func.count()).select_from(people_of(audience).subquery())) or 0


def batch(audience: Audience, after: int, limit: int) -> sa.Select[int]:
    """Return the statement for the ids of the next people of an audience, in the order of their ids.

    Each part is read along an index and only as far as needed: a million people cost no more than a few.
    """
    parts = []
    for pair in _pairs(audience, in_order=True):
        person = pair.selected_columns[0]
        part = pair.with_only_columns(person.label("id")).where(person > after).distinct()
        parts.append(sa.select(part.order_by(person).limit(limit).subquery().c.id))
    people = sa.union(*parts).subquery()
    return sa.select(people.c.id).order_by(people.c.id).limit(limit)


def listed(session: Session, audience: Audience, after: int, limit: int) -> Sequence[Addressee]:
    """Return the people of an audience whose ids come after `after`: two statements, however many."""
    people = session.scalars(
        sa.select(Person).where(Person.id.in_(batch(audience, after, limit))).order_by(Person.id)
    ).all()
    known = groups_of(session, [one.id for one in people], audience)
    return [
        Addressee(one.id, one.name, one.language, one.channel, tuple(sorted(known.get(one.id, ()))))
        for one in people
    ]


def groups_of(session: Session, person_ids: Collection[int], audience: Audience) -> dict[int, set[int]]:
    """Return through which groups each of these people is in an audience; who is not in it is left out."""
    if not person_ids:
        return {}
    pairs = [pair.where(pair.selected_columns[0].in_(person_ids)) for pair in _pairs(audience)]
    found: dict[int, set[int]] = {}
    for person_id, group_id in session.execute(sa.union(*pairs)):
        found.setdefault(person_id, set()).add(group_id)
    return found


def groups_of_one(session: Session, person_id: int, audience: Audience) -> set[int]:
    """Return the same for one person; asked before each message, so the statement is built once."""
    rows = _of_one(audience).all(session, {"person_id_": person_id})
    return {row[0] for row in rows}


@lru_cache(maxsize=32)
def _of_one(audience: Audience) -> Prepared:
    one = sa.bindparam("person_id_", None, sa.Integer)
    through = [
        pair.where(pair.selected_columns[0] == one).with_only_columns(pair.selected_columns[1])
        for pair in _pairs(audience)
    ]
    return Prepared(lambda _insert: sa.union(*through))


def group_ids(audience: Audience) -> sa.Select[int]:
    """Return the statement for the ids of the groups of which an audience is made; guests are of none."""
    if audience.events:
        return sa.select(WorkingGroup.id).where(sa.false())
    return sa.select(WorkingGroup.id).where(_of_groups(audience, WorkingGroup.id))


def _pairs(audience: Audience, *, in_order: bool = False) -> list[Pairs]:
    """Return the statements for who is meant through which group, one for each way into an audience.

    `in_order` keeps the database from looking groups up
    first: the people of a large group would then have to be sorted for every batch.
    """
    if audience.events:
        return [_narrowed(_guests(audience), audience, in_order=in_order)]
    parts = audience.parts
    is_everybody = Part.EVERYBODY in parts
    found: list[Pairs] = []
    roles = [role for role in Role if is_everybody or _part_of(role) in parts]
    if roles:
        found.append(_members(roles))
    if is_everybody or Part.FOLLOWERS in parts:
        found.append(sa.select(Subscription.person_id, Subscription.group_id))
    if is_everybody or Part.LEADS in parts:
        found += [_leads(), _contacts()]
    elif Part.SILENT_LEADS in parts:
        found += [
            _leads().where(Lead.group_id.in_(_silent_groups())),
            _contacts().where(WorkingGroup.id.in_(_silent_groups())),
        ]
    return [_narrowed(pair, audience, in_order=in_order) for pair in found]


def _narrowed(pair: Pairs, audience: Audience, *, in_order: bool) -> Pairs:
    person, group = pair.selected_columns
    narrowed = pair.join(Person, Person.id == person).where(people.is_reachable(), _wanted(person, group))
    if (audience.groups or audience.fields) and not audience.events:
        narrowed = narrowed.where(_of_groups(audience, group + 0 if in_order else group))
    if audience.kinds:
        narrowed = narrowed.where(Person.organisation_kind.in_(sorted(audience.kinds)))
    if audience.languages:
        narrowed = narrowed.where(Person.language.in_(sorted(audience.languages)))
    return narrowed


def _part_of(role: Role) -> Part:
    return Part.INTERESTED if role is Role.INTERESTED else Part.MEMBERS


def _members(roles: Sequence[Role]) -> Pairs:
    return sa.select(Membership.person_id, Membership.group_id).where(
        Membership.state == MembershipState.ACTIVE,
        Membership.role.in_(roles),
        memberships.agreed(),
    )


def _guests(audience: Audience) -> Pairs:
    """Return who has a place at one of the events, or has come there."""
    came = Registration.arrived_at.is_not(None) if audience.arrived else sa.true()
    return sa.select(Registration.person_id, sa.literal(0).label("group_id")).where(
        Registration.event_id.in_(sorted(audience.events)),
        Registration.state == RegistrationState.REGISTERED,
        came,
    )


def _leads() -> Pairs:
    return sa.select(Lead.person_id, Lead.group_id)


def _contacts() -> Pairs:
    found: Pairs = sa.select(WorkingGroup.contact_id, WorkingGroup.id).where(  # type: ignore[assignment]
        WorkingGroup.contact_id.is_not(None)
    )
    return found


def _silent_groups() -> sa.Select[int]:
    """Return the groups that have not answered in a round that is still open."""
    return (
        sa.select(RoundRequest.group_id)
        .join(StatusRound, StatusRound.id == RoundRequest.round_id)
        .where(StatusRound.closed_at.is_(None), RoundRequest.state != RequestState.ANSWERED)
    )


def _of_groups(audience: Audience, group: sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    if not (audience.groups or audience.fields):
        return sa.true()
    one = aliased(WorkingGroup)
    of_fields = (
        sa.select(one.id)
        .join(Goal, Goal.id == one.goal_id)
        .join(Field, Field.id == Goal.field_id)
        .where(Field.number.in_(sorted(audience.fields)))
    )
    if not audience.fields:
        return group.in_(sorted(audience.groups))
    return sa.or_(group.in_(sorted(audience.groups)), group.in_(of_fields))


def _wanted(person: sa.ColumnElement[int], group: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a person wants updates of a group; the narrower wish counts."""

    def wish(of: sa.ColumnElement[bool]) -> sa.ScalarSelect[Rhythm]:
        mine = (Preference.person_id == person, Preference.topic == Topic.UPDATES, of)
        return sa.select(Preference.rhythm).where(*mine).scalar_subquery()

    rhythm = sa.func.coalesce(
        wish(Preference.group_id == group), wish(Preference.group_id.is_(None)), Rhythm.INSTANT.value
    )
    return rhythm != Rhythm.NEVER.value
