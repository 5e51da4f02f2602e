"""Questions with several answers in a chat: each press switches one on or off in the same message."""

from bot import conversation
from bot.aftermath import ShowButtons
from bot.dialogue import Event, Stage, step
from bot.turn import Turn
from models import drafts
from models.forms import FORMS


def pressed(turn: Turn) -> None:
    """Switch one answer; the buttons stay good, so that quick presses one after the other all count."""
    draft, press = conversation.current(turn), turn.press
    if draft is None or (draft.id, draft.version) != (press.number, press.version):
        conversation.pressed(turn)
        return
    stage = Stage(draft.answers, draft.asked)
    outcome = step(
        FORMS[draft.form], stage, Event(press.verb, press.rest), conversation.context_of(turn, draft)
    )
    drafts.complete(turn.session, draft, dict(outcome.stage.answers))
    letter = conversation.next_letter(turn, draft, outcome)
    buttons = tuple((one.label.to(turn.language), one.verb, one.beside) for one in letter.buttons)
    turn.after.append(ShowButtons(turn.visitor.telegram_id, press.message_id, buttons))
