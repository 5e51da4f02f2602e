"""Sticky dots in a chat: the same vote as on the page, and no letter left that tells it once it is closed."""

import sqlalchemy as sa
from telegram.constants import InlineKeyboardButtonLimit

from models import ballot_board, ballots, voting
from models.ballots import Ballot, Phase
from models.db import Database
from models.outbox import Message
from models.voting import Who
from tests.bot.chat import Bot, Visitor, said
from tests.models.test_ballots import begun, mona_of, register
from tests.models.test_erasure import found

CHAT, WORD = 4711, "kirschgarten"


def start(db: Database, phase: Phase) -> tuple[Ballot, Who]:
    """A vote for which Amina has registered from her chat."""
    with db.transaction() as session:
        ballot = begun(session, phase=phase)
        mine = register(session, ballot.event_id or 0, "AM2NAX", chat=CHAT)
        return ballot, Who(ballot.id, registration_id=mine.id)


def given(db: Database, who: Who) -> list[int]:
    """Her dots for each topic that has any."""
    with db.reading() as session:
        return sorted(voting.given(session, who).by_topic.values())


def test_dots_are_given_by_buttons_and_shared_with_the_page(any_bot: Bot) -> None:
    ballot, who = start(any_bot.db, Phase.VOTE)
    amina = Visitor(any_bot, CHAT, language="ar")
    amina.write(f"/start v_{ballot.code}")
    dots = [one for one in amina.last.buttons if one.verb.startswith("dot:")]
    assert len(dots) == 3
    assert all(len(one.verb.encode()) <= InlineKeyboardButtonLimit.MAX_CALLBACK_DATA for one in dots)
    amina.press_data(dots[0].verb, times=2)
    assert given(any_bot.db, who) == [1], "a double tap is one dot"
    with any_bot.db.transaction() as session:
        first, second, _third = (one.id for one in ballots.topics(session, ballot.id))
        voting.place(session, who, {first: 1, second: 2})
        version = voting.given(session, who).version
    amina.press_data(f"dot:{second}:{version}:1")
    assert given(any_bot.db, who) == [1, 2], "three are three, whichever channel gave them"
    assert "all your dots" in said(amina.last)
    amina.press_data(f"dot:{second}:{version}:-1")
    amina.press_data(f"dot:{first}:{version + 1}:1")
    assert given(any_bot.db, who) == [1, 2]
    amina.write(f"/start v_{ballot.code}")
    with any_bot.db.transaction() as session:
        ballot_board.go_to(session, mona_of(session), ballot.id, Phase.RESULT)
        assert not session.scalars(sa.select(Message).where(Message.key.like("dots:%"))).all()
    amina.press_data(f"dot:{first}:{version + 2}:1")
    assert "(2)" in said(amina.last), "the result is told instead"


def test_cards_are_written_in_the_chat(bot: Bot) -> None:
    ballot, who = start(bot.db, Phase.SUGGEST)
    amina = Visitor(bot, CHAT)
    for number in (1, 2):
        amina.write(f"/start v_{ballot.code}")
        amina.write(f"Karte {number} {WORD}")
        assert WORD not in said(amina.last)
        amina.press("send", times=2)
    amina.write(f"/start v_{ballot.code}")
    assert "all your cards" in said(amina.last)
    with bot.db.reading() as session:
        assert len(voting.own_cards(session, who)) == 2
        assert found(session, word=WORD) == {"ballot_cards.words"}


def test_who_has_not_registered_is_led_to_the_page(bot: Bot) -> None:
    ballot, _who = start(bot.db, Phase.VOTE)
    boris = Visitor(bot, 4712)
    letter = boris.write(f"/start v_{ballot.code}")
    assert any(ballot.code in one.page for one in letter.buttons)
    assert not any(one.verb.startswith("dot:") for one in letter.buttons)
