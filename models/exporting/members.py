"""The members of one group, or of all."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import consents, groups
from models.consents import Consent
from models.exporting.table import Cell, Column, Table
from models.forms.contact import REACH_WORDS
from models.groups import GroupCard
from models.memberships import ROLE_NAMES, Membership, MembershipState
from models.people import ORGANISATION_WORDS, Person
from models.rosters import STANDING_WORDS
from translations import LANGUAGES, Text, _

BATCH = 500  # rows fetched at a time
OWN_NAMES = {entry.tag: entry.own_name for entry in LANGUAGES}
_COLUMNS = (
    Column(_("Goal"), 8), Column(_("Group"), 40), Column(_("Name"), 28), Column(_("Organisation"), 28),
    Column(_("Kind of organisation"), 20), Column(_("Takes part how"), 18), Column(_("State"), 18),
    Column(_("Language"), 16), Column(_("Way of contact"), 14), Column(_("E-mail"), 30),
    Column(_("Telephone"), 20), Column(_("Telegram"), 16), Column(_("Contact may be passed on"), 12),
    Column(_("Wants news"), 12), Column(_("Asked on"), 18), Column(_("Since"), 18),
)  # fmt: skip


def members(session: Session, tag: str, *, group_id: int | None = None) -> Table:
    """Return the people of a group (or of all groups), with the words of a language."""
    name = _("Members")
    return Table(name, _COLUMNS, _rows(session, tag, group_id))


def _standing(purpose: str) -> sa.ColumnElement[bool]:
    return (
        sa.select(Consent.id)
        .where(
            Consent.person_id == Membership.person_id,
            Consent.submission_id == Membership.submission_id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
        )
        .exists()
    )


def _rows(session: Session, tag: str, group_id: int | None) -> Iterator[tuple[Cell, ...]]:
    cards = {card.id: card for card in groups.directory(session).cards}
    statement = (
        sa.select(Membership, Person, _standing(consents.CONTACT_RELAY), _standing(consents.GROUP_UPDATES))
        .join(Person, Person.id == Membership.person_id)
        .order_by(Membership.group_id, Membership.id)
        .execution_options(yield_per=BATCH)
    )
    if group_id is not None:
        statement = statement.where(Membership.group_id == group_id)
    for membership, person, may_pass_on, wants_news in session.execute(statement):
        yield _row(membership, person, cards.get(membership.group_id), (may_pass_on, wants_news), tag)


def _row(
    membership: Membership, person: Person, card: GroupCard | None, agreed: tuple[bool, bool], tag: str
) -> tuple[Cell, ...]:
    kind = person.organisation_kind
    return (
        card.number if card else "",
        card.title.to(tag) if card else "",
        person.name,
        person.organisation,
        ORGANISATION_WORDS[kind].to(tag) if kind else "",
        ROLE_NAMES[membership.role].to(tag),
        STANDING_WORDS[membership.state].to(tag),
        OWN_NAMES.get(person.language, person.language),
        REACH_WORDS[person.channel].to(tag),
        person.email,
        person.phone,
        f"@{person.telegram_name}" if person.telegram_name else "",
        *(_yes(one).to(tag) for one in agreed),
        membership.asked_at,
        membership.changed_at if membership.state is MembershipState.ACTIVE else None,
    )


def _yes(agreed: bool) -> Text:
    return _("Yes") if agreed else _("No")
