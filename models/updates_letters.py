"""The letter that an update becomes: the same for everybody, in each reader's own language."""

from dataclasses import replace

from models import own_sheets, wish_buttons
from models.audiences import Audience
from models.groups import Directory
from models.letters import Button, Letter, Picture
from models.links import Purpose
from models.preferences import Topic
from models.updates import ButtonKind, Update
from translations import LANGUAGES, Localised, Text, _

KIND, TEST_KIND, BACK_KIND = "update", "update-test", "update-back"
BUTTON_WORDS: dict[ButtonKind, Text] = {
    ButtonKind.JOIN: _("Join a working group"),
    ButtonKind.REPORT: _("Report progress"),
    ButtonKind.FORM: _("Fill in the form"),
    ButtonKind.GROUP: _("See the group"),
    ButtonKind.EVENT: _("See the event"),
    ButtonKind.SHEETS: _("See your goal sheets"),
    ButtonKind.LINK: _("Read more"),
}


def key_of(update: Update) -> str:
    """Return what marks the message of an edition, so that each is sent once."""
    return f"update:{update.id}:{update.edition}"


def letter(update: Update, picture: str = "", *, is_correction: bool = False) -> Letter:
    """Return the letter of an update; `picture` is the token of its picture's file."""
    shown = Picture(picture, update.picture_words) if picture else None
    buttons = (*own_buttons(update), *wish_buttons.buttons(Topic.UPDATES, _only_group(update)))
    return Letter(update.title, (), buttons, body=update.body, picture=shown, is_correction=is_correction)


def _only_group(update: Update) -> int | None:
    """Return the group to whose people alone an update goes, None where it goes to more."""
    audience = Audience.unpack(update.audience)
    is_one = len(audience.groups) == 1 and not audience.fields
    return next(iter(audience.groups)) if is_one else None


def own_buttons(update: Update) -> tuple[Button, ...]:
    """Return the button that its writer chose, if any: what a page shows that nobody in particular reads."""
    if update.button is ButtonKind.NONE:
        return ()
    label, target = _label(update), update.button_target
    made = {
        ButtonKind.JOIN: Button(label, f"join:{target}:0", f"/{{lang}}/forms/join-group?group={target}"),
        ButtonKind.REPORT: Button(label, page=f"/{{lang}}/forms/report-progress?group={target}"),
        ButtonKind.FORM: Button(label, f"form:{target}:0", f"/{{lang}}/forms/{target}"),
        ButtonKind.GROUP: Button(label, page=f"/{{lang}}/groups/{target}"),
        ButtonKind.EVENT: Button(label, f"event:{target}:0", f"/{{lang}}/events/{target}"),
        ButtonKind.SHEETS: own_sheets.button(label, target),
        ButtonKind.LINK: Button(label, page=target),
    }
    return (made[update.button],)


def _label(update: Update) -> Text | Localised:
    """Return what stands on the button: the writer's words, ours in languages in which they wrote none."""
    own = update.button_label
    if not own:
        return BUTTON_WORDS[update.button]
    if update.button is ButtonKind.LINK:
        return own
    ours = {entry.tag: BUTTON_WORDS[update.button].to(entry.tag) for entry in LANGUAGES}
    kept = {tag: own.words.get(tag) or own.words.get(tag.partition("-")[0]) for tag in ours}
    return Localised({tag: kept[tag] or words for tag, words in ours.items()})


def trial(update: Update, picture: str, tag: str) -> Letter:
    """Return a letter that looks as readers of one language get it, whatever language its reader has."""
    subject = _("Test: {title}")(title=update.title)
    return replace(letter(update, picture), subject=subject, language=tag)


def given_back(update: Update, directory: Directory, words: str) -> Letter:
    """Tell a lead that the office wants something changed before their update is sent."""
    card = directory.by_id(update.group_id or 0)
    number = card.number if card else ""
    return Letter(
        _("Your update to the group {number}")(number=number),
        (
            _("Thank you for “{title}”. Before it is sent, the office asks you to change something:")(
                title=update.title
            ),
        ),
        (Button(_("Go on with the update"), page=f"/{{lang}}/me/{{link}}?group={number}&to=write",
                purpose=Purpose.ME),),
        quote=words,
    )  # fmt: skip
