"""My data: what is stored of somebody, in plain words; taking consent back; being forgotten."""

from bot import conversation, menus, wishes
from bot.aftermath import SayOnce, ShowCommands
from bot.asking import shortened
from bot.turn import Turn
from models import consents, groups, memberships, preferences, privacy, submissions, wish_table, withdrawals
from models.consents import Consent
from models.errors import NotFound
from models.forms.correct_data import CorrectData
from models.forms.notices import MY_PAGE
from models.forms.subjects import said_to
from models.letters import Button
from models.links import Purpose
from models.memberships import MEMBERSHIP_WORDS
from models.submissions import STATE_WORDS
from translations import LANGUAGES, Localised, Text, _, dates

SHOWN = 8  # entries of each kind in one message; the page has all of them
LONGEST = 160


def show(turn: Turn) -> None:
    """Say what is stored."""
    agreed = consents.of_person(turn.session, turn.person.id)
    standing = [one for one in agreed if one.withdrawn_at is None][:SHOWN]
    ended = [one for one in agreed if one.withdrawn_at is not None]
    turn.tell(
        _("This is what we have stored of you:"),
        _lines(turn, _about(turn)),
        *_part(turn, _("Your groups:"), _groups(turn)),
        *_part(turn, _("Messages to you:"), _wished(turn)),
        *_part(turn, _("You have sent:"), _sent(turn)),
        *_part(turn, _("You have agreed to:"), _agreed(turn, standing)),
        *_part(turn, _("You have taken back:"), _ended(turn, ended)),
        buttons=(
            *(
                Button(_("Withdraw consent {n}")(n=number), f"withdraw:{one.id}:0")
                for number, one in enumerate(standing, start=1)
            ),
            Button(CorrectData.title, "correctdata:0:0"),
            MY_PAGE,
            Button(_("Download everything"), page="/{lang}/me/{link}?to=data", purpose=Purpose.ME),
            Button(_("Erase everything"), f"erase:{turn.person.id}:0"),
        ),
    )


def _lines(turn: Turn, lines: list[Text]) -> Localised:
    return Localised({turn.language: "\n".join(line.to(turn.language) for line in lines)})


def _part(turn: Turn, heading: Text, lines: list[Text]) -> tuple[Localised, ...]:
    if not lines:
        return ()
    more = [_("… and more on your page.")] if len(lines) > SHOWN else []
    return (_lines(turn, [heading, *lines[:SHOWN], *more]),)


def _about(turn: Turn) -> list[Text]:
    person = turn.person
    language = next((one.own_name for one in LANGUAGES if one.tag == person.language), person.language)
    told = (
        (_("Name: {value}"), person.name),
        (_("E-mail: {value}"), person.email),
        (_("Telephone: {value}"), person.phone),
        (_("Organisation: {value}"), person.organisation),
        (_("Telegram name: {value}"), person.telegram_name and f"@{person.telegram_name}"),
        (_("Language: {value}"), language),
        (_("Number of this chat: {value}"), str(person.telegram_id)),
    )
    return [text(value=value) for text, value in told if value]


def _groups(turn: Turn) -> list[Text]:
    directory = groups.directory(turn.session)
    return [
        _("{group}: {state}")(group=group.to(turn.language), state=MEMBERSHIP_WORDS[one.state])
        for one in memberships.of_person(turn.session, turn.person.id)
        if (group := directory.by_id(one.group_id)) is not None
    ]


def _wished(turn: Turn) -> list[Text]:
    quiet = preferences.quiet_of(turn.person)
    return [
        *([wishes.quiet_said(quiet)] if quiet else []),
        *wish_table.summary(wish_table.of_person(turn.session, turn.person.id)),
    ]


def _sent(turn: Turn) -> list[Text]:
    return [
        _("{title}: {state}, {day}")(
            title=shortened(said_to(turn.session, one, turn.language), LONGEST), state=STATE_WORDS[one.state],
            day=dates.day(one.received_at.date(), turn.language),
        )
        for one in submissions.of_person(turn.session, turn.person.id)
    ]  # fmt: skip


def _about_consent(turn: Turn, one: Consent) -> str:
    """Say what a consent is about and since when it stands: two of the same words can be told apart."""
    entry = submissions.get(turn.session, one.submission_id) if one.submission_id else None
    about = shortened(said_to(turn.session, entry, turn.language), LONGEST) if entry else ""
    day = dates.day(one.given_at.date(), turn.language)
    return " · ".join(filter(None, (about, day)))


def _agreed(turn: Turn, standing: list[Consent]) -> list[Text]:
    return [
        _("{n}. {wording} ({about})")(
            n=number, wording=shortened(one.wording, LONGEST), about=_about_consent(turn, one)
        )
        for number, one in enumerate(standing, start=1)
    ]


def _ended(turn: Turn, ended: list[Consent]) -> list[Text]:
    return [
        _("{wording} ({day})")(
            wording=shortened(one.wording, LONGEST), day=dates.day(one.withdrawn_at.date(), turn.language)
        )
        for one in reversed(ended)
        if one.withdrawn_at is not None
    ]


def withdraw(turn: Turn) -> None:
    """Take one consent back."""
    found = withdrawals.withdraw(turn.session, turn.person.id, turn.press.number)
    turn.tell(_("You have withdrawn your consent: {wording}")(wording=found.wording), buttons=(menus.MENU,))


def correct(turn: Turn) -> None:
    """Ask for what has changed."""
    turn.mark_pressed()
    conversation.begin(turn, CorrectData.slug, *([CorrectData.intro] if CorrectData.intro else []))


def ask_to_erase(turn: Turn) -> None:
    """Ask once more before everything goes."""
    turn.tell(
        _("Shall we erase everything? You leave all groups, and your entries lose your words and your name."),
        _("This cannot be undone."),
        buttons=(
            Button(_("Yes, erase everything"), f"erased:{turn.person.id}:{_since(turn)}"),
            Button(_("No, keep it"), menus.MENU.verb),
        ),
    )


def _since(turn: Turn) -> int:
    """Return since when we know the person, so that an old button never erases what came after it."""
    return int(turn.person.met_at.timestamp() * 1000)


def erase(turn: Turn) -> None:
    """Forget the person. The goodbye goes out directly, for the outbox forgets them too."""
    if (turn.press.number, turn.press.version) != (turn.person.id, _since(turn)):
        raise NotFound(_("This button is out of date."))
    goodbye = _("Everything has been erased. If you write again, we begin afresh. All the best!")
    chat, said = turn.visitor.telegram_id, goodbye.to(turn.language)
    privacy.erase(turn.session, turn.person)
    turn.clear_pressed()
    turn.after += (ShowCommands(chat), SayOnce(chat, said))
