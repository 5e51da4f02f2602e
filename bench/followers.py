"""Many people who follow a group, and an update to all of them."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa

from models import broadcasts, clock
from models.audiences import Audience, Part
from models.db import Database
from models.groups import WorkingGroup
from models.letters import Letter
from models.outbox import Message
from models.people import ChannelKind, Person
from models.subscriptions import Subscription
from models.updates import ButtonKind, Update, UpdateState
from translations import Localised

_CHUNK = 10_000
ALL = Audience(parts=frozenset({Part.FOLLOWERS}))
WORDS = "Das Treffen ist am Montag um 18 Uhr."


def by_chat(ids: Iterable[int]) -> Iterator[dict[str, Any]]:
    """People with these chats."""
    return (
        {
            "name": f"Person {one}", "telegram_id": one, "email": None, "email_confirmed_at": None,
            "prefers": ChannelKind.TELEGRAM,
        }
        for one in ids
    )  # fmt: skip


def by_mail(addresses: Iterable[str]) -> Iterator[dict[str, Any]]:
    """People with these addresses, known to be theirs."""
    now = clock.now()
    return (
        {
            "name": f"Person {one}",
            "telegram_id": None,
            "email": one,
            "email_confirmed_at": now,
            "prefers": ChannelKind.EMAIL,
        }
        for one in addresses
    )


def add(db: Database, people: Iterable[dict[str, Any]]) -> int:
    """Let these people follow one group; return how many they are."""
    now = clock.now()
    with db.reader.connect() as connection:
        group_id = connection.scalar(sa.select(sa.func.min(WorkingGroup.id)))
        first = (connection.scalar(sa.select(sa.func.max(Person.id))) or 0) + 1
    number = first
    waiting = iter(people)
    usual = {
        "language": "de", "met_at": now, "seen_at": now, "language_chosen": False, "organisation": "",
        "email_failed": "", "telegram_name": "", "telegram_blocked": False, "phone": "",
    }  # fmt: skip
    while chunk := list(islice(waiting, _CHUNK)):
        rows = [usual | one | {"id": number + position} for position, one in enumerate(chunk)]
        follows = [
            {"person_id": row["id"], "group_id": group_id, "told_until": 0, "created_at": now} for row in rows
        ]
        with db.engine.begin() as connection:
            connection.execute(sa.insert(Person.__table__), rows)  # type: ignore[arg-type]
            connection.execute(sa.insert(Subscription.__table__), follows)  # type: ignore[arg-type]
        number += len(rows)
    return number - first


def send(db: Database) -> int:
    """Begin to send an update to all followers; return the number of its broadcast. One short transaction."""
    now, words = clock.now(), Localised({"de": WORDS})
    with db.transaction() as session:
        update = Update(
            state=UpdateState.SENDING, source="de", title=words, body=words, picture_words=Localised({}),
            button=ButtonKind.NONE, button_label=Localised({}), audience=ALL.pack(),
            created_at=now, changed_at=now, edition=1,
        )  # fmt: skip
        session.add(update)
        session.flush()
        letter = Letter(words, (), body=words)
        message = Message(
            key=f"update:{update.id}:1", kind=broadcasts.KIND, words=letter.pack(), created_at=now
        )
        session.add(message)
        session.flush()
        return broadcasts.start(session, update, message.id).id
