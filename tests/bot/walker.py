"""Somebody who walks through the chat, and all that they hear there."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import clock, people
from models.letters import Letter
from models.outbox import Delivery, Message
from models.people import Person
from models.submissions import Submission
from tests.bot.chat import NUMBERS, Bot, Visitor
from tests.bot.heard import Heard


class Walker(Visitor):
    """Somebody who presses and writes everything there is, and hears every answer."""

    def __init__(self, bot: Bot, chat: int, tag: str, heard: Heard) -> None:
        super().__init__(bot, chat, language=tag if len(tag) == 2 else "de", username="amina_b")
        self.tag, self.heard = tag, heard
        self.pressed: set[str] = set()
        self.written: set[str] = set()
        self.forms: set[str] = set()

    def write(self, text: str, **more: Any) -> Letter:
        """Write."""
        if text.startswith("/"):
            self.written.add(text.split()[0].removeprefix("/"))
        return super().write(text, **more)

    def press_data(self, data: str, times: int = 1) -> Letter:
        """Press; what a form begins with is noted, too."""
        self._note(data)
        return super().press_data(data, times)

    def press_all(self, *data: str) -> None:
        """Press one button after the other without looking."""
        for one in data:
            self._note(one)
        self.bot.take(*map(self.pressing, data))

    def _note(self, data: str) -> None:
        verb, target = data.split(":")[:2]
        self.pressed.add(f"menu:{target}" if verb == "menu" else verb)
        if verb == "form":
            self.forms.add(target)

    def answer(self, *answers: str) -> Letter:
        """Answer one question after the other: `!verb` presses, everything else is written."""
        for one in answers:
            self.press(one[1:]) if one.startswith("!") else self.write(one)
        return self.last

    def press_later(self, data: str) -> Letter:
        """Press a button whose time is over: not as a second tap, but a while after the first."""
        with clock.frozen(clock.now() + timedelta(minutes=1)):
            return self.press_data(data)

    def edit(self, **content: Any) -> None:
        """Change a message that was sent."""
        self.bot.take({"update_id": next(NUMBERS), "edited_message": self.message(edit_date=1, **content)})

    def me(self, session: Session) -> Person:
        """Who this is."""
        person = people.of_chat(session, self.id)
        assert person is not None
        return person

    def newest(self, session: Session) -> Submission:
        """What was sent last."""
        return session.scalars(sa.select(Submission).order_by(Submission.id.desc()).limit(1)).one()

    def listen(self) -> None:
        """Hear all letters that have come, to a linked group, too."""
        for letter in self.letters:
            self.heard.letter(letter, self.tag)
        with self.bot.db.reading() as session:
            to_group = sa.select(Message.words).join(Delivery).where(Delivery.group_chat_id.is_not(None))
            for words in session.scalars(to_group):
                self.heard.letter(Letter.unpack(words), self.tag)
