"""The answer to a question that the office has asked back; it lands on the same entry."""

from sqlalchemy.orm import Session

from models import outbox
from models.forms import notices, review
from models.forms.form import Form, Receipt, Sender
from models.forms.questions import LongText
from models.people import ChannelKind
from translations import _


class AnswerOffice(Form):
    """Answer a question of the office. Its draft or link names the entry."""

    slug = "answer-office"
    title = _("Your answer to the office")
    done = _("Thank you! Your answer has arrived.")
    listed = False
    has_page = False

    answer = LongText(_("What would you like to answer?"))

    target_id: int = 0

    def submit(self, session: Session, sender: Sender) -> Receipt:
        """Put the answer on the entry; the same answer twice is one."""
        if sender.person is None:
            raise review.not_yours()
        is_new = review.answer(
            session,
            sender.person,
            self.target_id,
            self.answer,
            channel=sender.channel,
            language=sender.language,
        )
        if is_new and sender.channel == "chat":
            letter = notices.received(self.done, ())
            outbox.post(
                session, sender.person.id, ChannelKind.TELEGRAM, letter, kind="received",
                priority=outbox.ANSWER_FIRST,
            )  # fmt: skip
        return Receipt(sender.key, self.done, (), is_new, self.target_id)
