"""Letters to the office's staff: by e-mail in their language, though they are no people who take part."""

from bot.courier.email_words import mail, recipient
from bot.courier.ledger import Ledger
from bot.courier.parcel import Outcome
from models import staff, staff_letters
from models.db import Database
from models.outbox import Delivery, DeliveryState
from models.people import ChannelKind
from models.settings import Settings
from models.staff import StaffRole


def _letter_to(db: Database) -> None:
    with db.transaction() as session:
        member = staff.add(
            session, "olga@example.org", name="Olga Beispiel", role=StaffRole.OFFICER, password_hash="-"
        )
        member.language = "uk"
        staff_letters.tell_of_device(session, member, "Firefox · Linux")


def test_they_go_out_by_mail_in_the_members_language(paderborn: Database, settings: Settings) -> None:
    _letter_to(paderborn)
    ledger = Ledger(paderborn, settings, ChannelKind.EMAIL, "test")
    (delivery,) = ledger.due([4711], [4711])  # whoever rests, it is not them
    parcel = ledger.claim(delivery)
    assert parcel is not None
    assert (recipient(parcel), parcel.language) == ("olga@example.org", "uk")
    words = mail(parcel, "office@example.org").as_string()
    assert "http://mitwirken.example/desk/account" in words
    ledger.settle(parcel, Outcome(DeliveryState.FAILED, "550 5.1.1 no such user", is_lost=True))
    with paderborn.reading() as session:
        assert session.get_one(Delivery, delivery.id).state is DeliveryState.FAILED
    assert not ledger.due([], [])


def test_a_closed_account_gets_none(paderborn: Database, settings: Settings) -> None:
    _letter_to(paderborn)
    with paderborn.transaction() as session:
        staff.disable(session, "olga@example.org")
    ledger = Ledger(paderborn, settings, ChannelKind.EMAIL, "test")
    (delivery,) = ledger.due([], [])
    assert ledger.claim(delivery) is None
    with paderborn.reading() as session:
        assert session.get_one(Delivery, delivery.id).state is DeliveryState.UNREACHABLE
