"""A status round in the chat: its letter's button begins the questions, with the group filled in."""

from bot import conversation, menus
from bot.turn import Turn
from models import groups, leads, rounds
from models.errors import NotFound
from models.forms.report_progress import ReportProgress
from models.forms.status_round import StatusRound
from models.groups import GroupCard
from models.letters import Button
from models.rounds import RoundRequest
from translations import Localised, Text, _

_REPORT = Button(ReportProgress.title, f"form:{ReportProgress.slug}:0")


def begin(turn: Turn) -> None:
    """Begin to answer for the group of a button, or go on where the person left off.

    An old button leads to the newest round; who leads the group no more gets a kind word.
    """
    pressed = rounds.request(turn.session, turn.press.number)
    card = groups.directory(turn.session).by_id(pressed.group_id) if pressed else None
    request = rounds.current(turn.session, card.id) if card else None
    if card is None or request is None:
        raise NotFound(_("This button is out of date."))
    refusal = _refusal(turn, card, request)
    if refusal is not None:
        turn.clear_pressed()
        turn.tell(refusal, buttons=(menus.see(card), _REPORT))
        return
    draft = conversation.current(turn)
    if draft is not None and (draft.form, draft.target_id) == (StatusRound.slug, request.id):
        conversation.go_on(turn, draft)
        return
    turn.mark_pressed()
    rounds.begun(turn.session, request)
    answers = {"group": card.code}
    conversation.begin(
        turn, StatusRound.slug, *_notes(turn, card, answers), answers=answers, target_id=request.id
    )


def _refusal(turn: Turn, card: GroupCard, request: RoundRequest) -> Text | None:
    """Return why the person is not asked, None where they are."""
    if not leads.is_lead(turn.session, turn.person, card.id):
        return _("Somebody else answers for the group “{group}” now. Thank you for all that you have done!")(
            group=card.to(turn.language)
        )
    if not rounds.takes_answers(turn.session, request):
        return _("The group “{group}” has answered already. Thank you!")(group=card.to(turn.language))
    return None


def _notes(turn: Turn, card: GroupCard, answers: dict[str, str]) -> list[Text | Localised]:
    """Return what is said before the first question: which group, how it goes, what is done already."""
    done = StatusRound(answers, turn.context).done_already()
    heading = Localised({turn.language: card.to(turn.language)})
    intro = [StatusRound.intro] if StatusRound.intro else []
    return [heading, *intro, *([done] if done else [])]
