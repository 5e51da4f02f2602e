"""What becomes of letters to a chat once the office has switched Telegram off."""

import sqlalchemy as sa

from models import clock, outbox, rerouting
from models.db import Database
from models.letters import Letter
from models.outbox import Delivery
from models.people import ChannelKind, Person
from models.settings import Settings
from translations import Text

OFF = Settings(secret="tests-only-secret", telegram="off", _env_file=None)
ON = Settings(secret="tests-only-secret", _env_file=None)


def test_what_waits_for_a_chat_goes_by_mail_where_an_address_is_known_to_work(any_db: Database) -> None:
    now = clock.now()
    known = {"email": "amina@example.org", "email_confirmed_at": now}
    cases = [
        (known, "notice", ChannelKind.EMAIL),
        ({**known, "email": "b@example.org", "email_confirmed_at": None}, "notice", ChannelKind.TELEGRAM),
        ({**known, "email": "c@example.org", "email_failed": "550"}, "notice", ChannelKind.TELEGRAM),
        ({**known, "email": "d@example.org"}, outbox.DIALOGUE, ChannelKind.TELEGRAM),
        ({}, "notice", ChannelKind.TELEGRAM),
    ]
    with any_db.transaction() as session:
        for number, (about, kind, _goes) in enumerate(cases, start=1):
            person = Person(
                name=f"Person {number}", telegram_id=7000 + number, prefers=ChannelKind.TELEGRAM,
                language="ar", met_at=now, seen_at=now, **about,
            )  # fmt: skip
            session.add(person)
            session.flush()
            letter = Letter(Text("Guten Tag"), (Text("Guten Tag"),))
            outbox.post(session, person.id, ChannelKind.TELEGRAM, letter, kind=kind)
    assert rerouting.tick(any_db, ON) == 0
    assert rerouting.tick(any_db, OFF) == 1
    assert rerouting.tick(any_db, OFF) == 0
    with any_db.reading() as session:
        found = session.scalars(sa.select(Delivery.channel).order_by(Delivery.id)).all()
    assert found == [goes for _about, _kind, goes in cases]
