"""What the office sees of one entry, of a group's people and of lost messages, on both databases."""

import pytest
import sqlalchemy as sa

from models import dossier, groups, outgoing, rosters, staff, troubles
from models.db import Database
from models.errors import Conflict, NotFound
from models.forms import review
from models.memberships import MembershipState
from models.outbox import Delivery, DeliveryState
from models.people import Person
from models.staff import StaffRole
from tests.webforms.desk.people import AMINA, confirm, name_contact, send


def _officer(db: Database) -> int:
    with db.transaction() as session:
        return staff.add(session, "o@example.org", name="Olga", role=StaffRole.OFFICER, password_hash="x").id


def _lose(db: Database, state: DeliveryState) -> int:
    with db.transaction() as session:
        one = session.scalars(sa.select(Delivery).order_by(Delivery.id)).first()
        assert one is not None
        outgoing.settle(session, one.id, state, error="no such mailbox")
        return one.id


def test_a_dossier_holds_what_belongs_to_the_entry_and_nothing_else(any_db: Database) -> None:
    name_contact(any_db)
    other = send(any_db, "join-group", {**AMINA, "email": "berta@example.org", "name": "Berta"})
    amina = send(any_db, "join-group", AMINA, language="ar")
    confirm(any_db, "amina@example.org")
    officer = _officer(any_db)
    with any_db.transaction() as session:
        me = staff.get(session, officer)
        assert me is not None
        review.ask_back(session, me, amina, version=1, question="When?")
        review.hand_over(session, me, amina, version=2)
    with any_db.reading() as session:
        whole = dossier.read(session, amina)
        assert whole.person is not None
        assert whole.person.email == "amina@example.org"
        assert whole.contact is not None
        assert whole.contact.name == "Karla Beispiel"
        assert whole.membership is not None
        assert whole.membership.state is MembershipState.ACTIVE
        assert [c.purpose for c in whole.consents] == ["contact-relay", "group-updates"]
        assert [h.step.value for h in whole.history] == ["asked-back", "accepted", "handed-over"]
        assert [(d.message.kind, d.person.name) for d in whole.deliveries] == [
            ("confirm", "Amina Beispiel"), ("asked-back", "Amina Beispiel"), ("accepted", "Amina Beispiel"),
            ("handed-over", "Amina Beispiel"), ("handed-over", "Karla Beispiel"),
        ]  # fmt: skip
        assert [d.message.kind for d in dossier.read(session, other).deliveries] == ["confirm"]
        with pytest.raises(NotFound):
            dossier.read(session, 4711)


def test_groups_are_counted_and_their_people_come_in_pages(any_db: Database) -> None:
    name_contact(any_db)
    for n in range(5):
        send(any_db, "join-group", {**AMINA, "email": f"p{n}@example.org"})
    with any_db.reading() as session:
        lines = {line.card.number: line for line in rosters.overview(session)}
        assert len(lines) == len(groups.directory(session).cards)
        assert (lines["7.49"].members, lines["7.49"].asked) == (0, 5)
        assert lines["7.49"].contact == "Karla Beispiel"
        assert lines["2.21"].asked == 0
        seen, below = [], None
        for _page in range(3):
            found, below = rosters.members(session, lines["7.49"].card.id, below=below, size=2)
            seen += [one.person.email for one in found]
        assert seen == [f"p{n}@example.org" for n in (4, 3, 2, 1, 0)]
        assert below is None
        assert rosters.counts(session, lines["7.49"].card.id) == {MembershipState.ASKED: 5}


def test_a_lost_message_is_listed_with_its_reason_and_goes_out_once_more(any_db: Database) -> None:
    send(any_db, "join-group", AMINA)
    lost = _lose(any_db, DeliveryState.UNREACHABLE)
    with any_db.reading() as session:
        assert [one.error for one in troubles.lost(session)] == ["no such mailbox"]
        assert list(troubles.delayed(session)) == []
    with any_db.transaction() as session:
        troubles.try_again(session, lost)
    with any_db.reading() as session:
        assert list(troubles.lost(session)) == []
        # The request to confirm an address is for this very address, confirmed or not.
        assert [one.state for one in troubles.delayed(session)] == [DeliveryState.QUEUED]
    with any_db.transaction() as session, pytest.raises(Conflict):
        troubles.try_again(session, lost)


def test_a_message_goes_out_again_the_way_its_person_is_reached_now(any_db: Database) -> None:
    amina = send(any_db, "join-group", AMINA)
    confirm(any_db, "amina@example.org")
    officer = _officer(any_db)
    with any_db.transaction() as session:
        session.execute(sa.delete(Delivery))
        me = staff.get(session, officer)
        assert me is not None
        review.ask_back(session, me, amina, version=1, question="When?")
    lost = _lose(any_db, DeliveryState.UNREACHABLE)
    with any_db.transaction() as session:
        session.execute(
            sa.update(Person)
            .where(Person.email == "amina@example.org")
            .values(telegram_id=4711, email_failed="550 unknown")
        )
    with any_db.transaction() as session:
        again = troubles.try_again(session, lost)
        assert (again.channel.value, again.state) == ("telegram", DeliveryState.QUEUED)
