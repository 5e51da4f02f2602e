"""The other commands, and what is done with words that belong to nothing."""

from bot import conversation, languages, menus
from bot.asking import on_the_page
from bot.turn import Turn
from models import regions, replies, submissions
from models.forms import FORMS
from models.forms.answer_office import AnswerOffice
from models.forms.ask_office import AskOffice
from models.forms.join_group import JoinGroup
from models.forms.notices import MY_PAGE
from models.forms.report_progress import ReportProgress
from models.letters import Button
from models.links import Purpose
from translations import Localised, Text, _, catalogues

COMMANDS: tuple[tuple[str, Text], ...] = (
    ("start", _("Begin")),
    ("join", _("Join a working group")),
    ("report", _("Report progress")),
    ("groups", _("My groups")),
    ("events", _("Events")),
    ("ask", _("Ask the office")),
    ("messages", _("Choose which messages I get")),
    ("language", _("Choose the language")),
    ("mydata", _("What is stored of me")),
    ("web", _("Go on on the page")),
    ("cancel", _("Stop filling in a form")),
    ("help", _("Help")),
)

DRAFT = _("This translation is a draft. Tell us what is wrong.")


def menu(turn: Turn) -> None:
    """Show what can be done."""
    turn.tell(_("What would you like to do?"), buttons=(*menus.sheets(turn), *menus.MAIN))


def more(turn: Turn) -> None:
    """Show what is done more seldom."""
    turn.tell(_("What would you like to do?"), buttons=menus.REST)


def help_(turn: Turn) -> None:
    """Say how this works and how to reach people."""
    region = regions.the_region(turn.session)
    reach = " · ".join(part for part in (region.phone, region.email) if part)
    commands = "\n".join(f"/{name} – {words.to(turn.language)}" for name, words in COMMANDS)
    turn.tell(
        _("I take your answers and pass them on to the office. People read them and answer you here."),
        _("You can write:"),
        Localised({turn.language: commands}),
        *([_("The office: {reach}")(reach=reach)] if reach else []),
        *([DRAFT] if catalogues.is_draft(turn.language) else []),
        buttons=(*menus.MAIN, menus.WRONG_WORDS) if catalogues.is_draft(turn.language) else menus.MAIN,
    )


def join(turn: Turn) -> None:
    """Begin a sign-up; the group is asked."""
    conversation.begin_form(turn, JoinGroup.slug)


def report(turn: Turn) -> None:
    """Begin a report on a milestone."""
    conversation.begin_form(turn, ReportProgress.slug)


def ask(turn: Turn) -> None:
    """Begin a question to the office."""
    conversation.begin_form(turn, AskOffice.slug)


def form(turn: Turn) -> None:
    """Begin the form of a button."""
    turn.mark_pressed()
    conversation.begin_form(turn, turn.press.id)


def answer(turn: Turn) -> None:
    """Begin the answer to a question of the office."""
    conversation.begin_answer(turn, turn.press.number)


def language(turn: Turn) -> None:
    """Ask for the language."""
    languages.ask(turn)


def cancel(turn: Turn) -> None:
    """Stop filling in a form."""
    draft = conversation.current(turn)
    if draft is None:
        turn.tell(_("There is nothing to cancel."), buttons=menus.MAIN)
    else:
        conversation.cancel(turn, draft)


def web(turn: Turn) -> None:
    """Give the link with which the form goes on on the page."""
    draft = conversation.current(turn)
    if draft is None:
        turn.tell(
            _("You can do everything on the page, too."),
            buttons=(Button(_("Open the page"), page="/{lang}/"), MY_PAGE),
        )
        return
    button = on_the_page(FORMS[draft.form], draft.id)
    if draft.form == AnswerOffice.slug:
        page = "/{lang}/answer/{link}"
        button = Button(button.label, page=page, purpose=Purpose.ANSWER, target_id=draft.target_id)
    turn.tell(
        _("Here you go on with “{title}” on the page.")(title=FORMS[draft.form].title), buttons=(button,)
    )


def typed(turn: Turn) -> None:
    """Take words: as the answer to what was asked, by us or by the office."""
    draft = conversation.current(turn)
    asked = replies.question_of(turn.session, turn.person.id, turn.reply_to) if turn.reply_to else None
    if asked is not None:
        conversation.begin_answer(turn, asked, turn.text)
    elif draft is not None:
        conversation.typed(turn, draft)
    elif languages.must_be_asked(turn):
        languages.ask(turn)
    else:
        _without_form(turn)


def _without_form(turn: Turn) -> None:
    waiting = submissions.open_questions(turn.session, turn.person.id)
    if waiting:
        conversation.begin_answer(turn, waiting[0].id, turn.text)
        return
    offer = conversation.offer_to_office(turn)
    turn.tell(_("I am sorry, I do not understand this."), buttons=(offer, *menus.MAIN))


def unknown_command(turn: Turn) -> None:
    """Say kindly that there is no such command."""
    turn.tell(_("I do not know this command. What would you like to do?"), buttons=menus.MAIN)


def blocked(turn: Turn) -> None:
    """Note that the person has blocked us: nothing can be sent until they come back."""
    turn.person.telegram_blocked = True


def unblocked(turn: Turn) -> None:
    """Note that the person can be reached again."""
    turn.person.telegram_blocked = False


def nothing(turn: Turn) -> None:
    """Leave a button that only shows what was chosen."""


def old_button(turn: Turn) -> None:
    """Answer a button that no version of ours knows any more."""
    turn.clear_pressed()
    turn.tell(_("This button is out of date."), buttons=menus.MAIN)
