"""What I have sent: reading it again, correcting it, adding something."""

from bot import conversation, menus
from bot.asking import LONGEST_LABEL, shortened
from bot.turn import Turn
from models import drafts, submissions
from models.drafts import Draft
from models.forms import FORMS, afterwards
from models.forms.add_to_report import AddToReport
from models.forms.file_questions import reopened, tokens_in
from models.forms.notices import MY_PAGE
from models.forms.questions import Context
from models.forms.report_progress import ReportProgress
from models.forms.subjects import said_to
from models.letters import Button
from models.submissions import STATE_WORDS, State, Submission
from translations import Localised, Text, _, dates

SHOWN = 8  # entries in one message; the page has all of them
LONGEST = 3000


def show(turn: Turn) -> None:
    """List what the person has sent, the newest first."""
    mine = submissions.of_person(turn.session, turn.person.id)
    if not mine:
        turn.tell(_("You have sent nothing yet."), buttons=menus.MAIN)
        return
    buttons = [
        Button(Localised({turn.language: shortened(_line(turn, one), LONGEST_LABEL)}), f"entry:{one.id}:0")
        for one in mine[:SHOWN]
    ]
    turn.tell(
        _("You have sent:"),
        *([_("… and more on your page.")] if len(mine) > SHOWN else []),
        buttons=(*buttons, MY_PAGE, menus.MENU),
    )


def _line(turn: Turn, one: Submission) -> str:
    day = dates.day(one.received_at.date(), turn.language)
    return _("{day}: {title}")(day=day, title=_title(turn, one)).to(turn.language)


def _title(turn: Turn, one: Submission) -> str:
    return said_to(turn.session, one, turn.language)


def _own(turn: Turn) -> Submission:
    return afterwards.own(turn.session, turn.person, turn.press.number)


def show_one(turn: Turn) -> None:
    """Show an entry with what can be done about it."""
    one = _own(turn)
    buttons: list[Button] = []
    if one.state is State.RETURNED:
        buttons.append(Button(_("Answer"), f"answer:{one.id}:{one.version}"))
    if afterwards.may_correct(turn.session, one):
        buttons.append(Button(_("Correct"), f"correct:{one.id}:{one.version}"))
    elif afterwards.may_add(one):
        buttons.append(Button(_("Add something"), f"add:{one.id}:{one.version}"))
    turn.tell(
        Localised({turn.language: _title(turn, one)}),
        _("State: {state}")(state=STATE_WORDS[one.state]),
        Localised({turn.language: _answers(turn, one)}),
        buttons=(*buttons, menus.SENT, menus.MENU),
    )


def _answers(turn: Turn, one: Submission) -> str:
    context = Context(turn.session, turn.language, channel="staff", person=turn.person, entry_id=one.id)
    form = FORMS[one.form](one.answers, context, complete=True)
    lines = [
        _("{question}: {answer}")(
            question=question.label.to(turn.language).rstrip("?؟."), answer=words.to(turn.language)
        ).to(turn.language)
        for question, words in form.summary()
    ]
    return shortened("\n".join(lines), LONGEST)


def correct(turn: Turn) -> None:
    """Go on with the answers of a report that the office has not begun with."""
    one = _own(turn)
    if not afterwards.may_correct(turn.session, one):
        _offer_adding(turn, one)
        return
    turn.mark_pressed()
    note = _("Press “Change” for what you would like to correct, then send it.")
    begun = {question.name for question in ReportProgress.declared}
    answers = dict.fromkeys(begun, "") | one.answers
    conversation.begin(turn, ReportProgress.slug, note, answers=answers, target_id=one.id)


def _offer_adding(turn: Turn, one: Submission) -> None:
    if not afterwards.may_add(one):
        turn.tell(_("This can no longer be changed."), buttons=(menus.MENU,))
        return
    turn.tell(
        afterwards.OfficeHasBegun().text,
        buttons=(Button(_("Add something"), f"add:{one.id}:0"), menus.MENU),
    )


def add(turn: Turn) -> None:
    """Add something to a report; what was to be corrected, and came too late, is not typed again."""
    one = _own(turn)
    if not afterwards.may_add(one):
        _offer_adding(turn, one)
        return
    turn.mark_pressed()
    draft = drafts.of_person(turn.session, turn.person.id)
    is_late = draft is not None and (draft.form, draft.target_id) == (ReportProgress.slug, one.id)
    answers = _what_is_new(draft, one) if draft and is_late else {}
    about: Text = _("About: {title}")(title=_title(turn, one))
    conversation.begin(turn, AddToReport.slug, about, answers=answers, target_id=one.id)


def _what_is_new(draft: Draft, one: Submission) -> dict[str, str]:
    words, before = draft.answers.get("happened", ""), one.answers
    had = tokens_in(before.get("files", ""))
    files = [token for token in tokens_in(draft.answers.get("files", "")) if token not in had]
    found = {"added": words if words != before.get("happened", "") else "", "files": reopened(files)}
    return {name: raw for name, raw in found.items() if raw}
