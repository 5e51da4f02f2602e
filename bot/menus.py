"""The buttons that lead everywhere, and the languages to choose from."""

from bot.turn import Turn
from models import groups, leads
from models.forms import FORMS, notices
from models.forms.ask_office import AskOffice
from models.forms.join_group import JoinGroup
from models.forms.report_progress import ReportProgress
from models.forms.translation_feedback import TranslationFeedback
from models.groups import GroupCard
from models.letters import Button
from translations import Localised, _, catalogues

MENU = Button(_("Menu"), "menu:main:0")
JOIN = Button(_("Join a working group"), f"form:{JoinGroup.slug}:0")
MY_GROUPS = Button(_("My groups"), "menu:groups:0")
SENT = Button(_("What I have sent"), "menu:sent:0")
ASK = Button(_("Ask the office"), f"form:{AskOffice.slug}:0")
LANGUAGE = Button(_("Language"), "menu:language:0")
MESSAGES = Button(_("Messages"), "menu:messages:0")
WRONG_WORDS = Button(TranslationFeedback.title, f"form:{TranslationFeedback.slug}:0")
EVENTS = Button(_("Events"), "menu:events:0")
HELP = Button(_("Help"), "menu:help:0")
MORE = Button(_("More"), "menu:more:0", beside=True)
REPORT = Button(ReportProgress.title, f"form:{ReportProgress.slug}:0")
MAIN: tuple[Button, ...] = (JOIN, MY_GROUPS, REPORT, ASK, SENT, LANGUAGE, MORE)
EVERYDAY = (JoinGroup.slug, ReportProgress.slug, AskOffice.slug)
# A form that is added to FORMS is under “More” without anybody naming it here.
REST: tuple[Button, ...] = (
    *(
        Button(form.title, f"form:{slug}:0")
        for slug, form in FORMS.items()
        if form.listed and slug not in EVERYDAY
    ),
    EVENTS,
    MESSAGES,
    HELP,
    MENU,
)


def sheets(turn: Turn) -> tuple[Button, ...]:
    """Return the buttons of each group that the person leads: its goal sheet, and writing to it."""
    led = leads.groups_of(turn.session, turn.person.id)
    cards = groups.directory(turn.session).cards if led else ()
    return tuple(
        button
        for card in cards
        if card.id in led
        for button in (notices.goal_sheet(card.number), notices.write_to_group(card.number))
    )


def see(group: GroupCard, *, beside: bool = False) -> Button:
    """Return the button that opens a group's page."""
    return Button(_("See the group"), page=f"/{{lang}}/groups/{group.number}", beside=beside)


def languages(rest: str = "") -> tuple[Button, ...]:
    """Return a button for each language in its own name, two in a row; `rest` comes back with the choice."""
    return tuple(
        Button(
            Localised({entry.tag: entry.own_name}),
            f"lang:{entry.tag}:0" + (f":{rest}" if rest else ""),
            beside=position % 2 == 1,
        )
        for position, entry in enumerate(catalogues.offered())
    )
