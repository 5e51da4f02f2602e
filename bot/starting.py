"""How a conversation begins: from nothing, from a QR code, from a page."""

from bot import commands, conversation, dots, events, following, languages, menus, receiving
from bot.aftermath import ShowCommands
from bot.turn import Turn
from models import clock, drafts, event_cards, groups, links, merging, people, submissions
from models.errors import NotFound, gone
from models.forms import FORMS
from models.forms.subjects import said_to
from models.groups import GroupCard
from models.letters import Button
from models.links import Link, Purpose
from models.people import Person
from models.submissions import Submission
from translations import SOURCE, Localised, Text, _, catalogues

FROM_PAGE = "k_"  # begins the code on a thank-you page: the rest is the form's key
FEEDBACK = "f_"  # begins the code on a goal's poster: the group's, and after "_" the event's
KEY_SPAN = links.SPANS[Purpose.TELEGRAM]
LONGEST_REST = 46  # what a language button can carry besides its verb


def start(turn: Turn) -> None:
    """Welcome somebody, or go on with the code that they came with."""
    code = turn.text.partition(" ")[2].strip()
    if turn.person.language_chosen:
        _list_commands(turn)  # they may have grown since the language was chosen
    if languages.must_be_asked(turn) and len(code.encode()) <= LONGEST_REST:
        languages.ask(turn, code)
    elif code:
        with_code(turn, code)
    else:
        welcome(turn)


def welcome(turn: Turn) -> None:
    """Say what can be done here, and where the person left off."""
    draft = conversation.current(turn)
    buttons = (*menus.sheets(turn), *menus.MAIN)
    if draft is not None:
        label = _("Go on: {title}")(title=FORMS[draft.form].title)
        buttons = (Button(label, f"resume:{draft.id}:0"), *buttons)
    turn.tell(
        _("Welcome! Here you can take part in the working groups of your region."),
        _("What would you like to do?"),
        buttons=buttons,
    )


def resume(turn: Turn) -> None:
    """Go on with the form that was begun."""
    draft = conversation.current(turn)
    if draft is None:
        welcome(turn)
    else:
        conversation.go_on(turn, draft)


def with_code(turn: Turn, code: str) -> None:
    """Go on with the code of a group, a thank-you page, or a one-time link."""
    group = groups.directory(turn.session).find(code)
    if group is not None:
        show_group(turn, group)
        return
    event = event_cards.published(turn.session).find(code)
    if event is not None:
        events.show(turn, event)
        return
    if code.startswith(dots.BALLOT):
        dots.open_by_code(turn, code.removeprefix(dots.BALLOT))
        return
    if code.startswith(FEEDBACK):
        goal, _sign, where = code.removeprefix(FEEDBACK).partition("_")
        conversation.begin_feedback(turn, groups.directory(turn.session).get(goal), where)
        return
    sent = _sent_from_page(turn, code)
    if sent is not None:
        came_from_page(turn, sent)
    else:
        _with_link(turn, code)


def show_group(turn: Turn, group: GroupCard) -> None:
    """Show a group with what one can do."""
    heading = Localised({turn.language: group.to(turn.language)})
    paragraphs: list[Text | Localised] = [heading]
    if group.summary:
        paragraphs.append(group.summary)
    if group.lead_organisation:
        paragraphs.append(_("Led by: {organisation}")(organisation=group.lead_organisation))
    membership = conversation.membership_in(turn, group)
    buttons: list[Button] = []
    if membership is not None:
        conversation.already_in(turn, group, membership)
        return
    if group.is_open:
        buttons.append(Button(_("Join"), f"join:{group.code}:0"))
    else:
        paragraphs.append(_("This group takes no new people at the moment."))
    buttons += [menus.see(group), following.follow_button(group)]
    if not turn.person.language_chosen:
        buttons.append(Button(_("Other language"), f"languages:0:0:{group.code}"))
    turn.tell(*paragraphs, buttons=tuple(buttons))


def join(turn: Turn) -> None:
    """Begin the sign-up for the group of the button; who goes on in a language has chosen it."""
    turn.mark_pressed()
    group = groups.directory(turn.session).get(turn.press.id)
    if not turn.person.language_chosen:
        people.set_language(turn.session, turn.person, turn.language)
    conversation.begin_joining(turn, group)


def _sent_from_page(turn: Turn, code: str) -> Submission | None:
    if not code.startswith(FROM_PAGE):
        return None
    found = submissions.by_key(turn.session, code.removeprefix(FROM_PAGE))
    return found if found and found.received_at + KEY_SPAN > clock.now() else None


def came_from_page(turn: Turn, sent: Submission) -> None:
    """Connect this chat with who has just filled in a form on a page."""
    if not merging.connect(turn.session, turn.person, sent):
        turn.tell(_already_connected(), buttons=menus.MAIN)
        return
    title = said_to(turn.session, sent, turn.language)  # connecting may have brought the page's language
    turn.tell(
        _("This chat is connected now. Our answers come here."),
        _("We have received: {title}")(title=title),
        buttons=menus.MAIN,
    )
    events.say_ticket(turn, sent.id)


def _already_connected() -> Text:
    return _("This chat is connected already. Our answers come here.")


def _with_link(turn: Turn, token: str) -> None:
    for purpose, follow in ((Purpose.TELEGRAM, _follow_person), (Purpose.DRAFT, _follow_draft)):
        try:
            link = links.use(turn.session, token, purpose)
        except NotFound:
            continue
        follow(turn, link)
        return
    if not merging.connected_before(turn.session, token, turn.person.id):
        turn.tell(gone().text, buttons=menus.MAIN)
        return
    draft = conversation.current(turn)
    if draft is None:
        turn.tell(_already_connected(), buttons=menus.MAIN)
    else:
        conversation.go_on(turn, draft)


def _follow_person(turn: Turn, link: Link) -> None:
    """Go on as the person of the link; with a submission as target, the link proves that one only."""
    if link.target_id is not None:
        sent = submissions.get(turn.session, link.target_id)
        link.person_id = turn.person.id
        came_from_page(turn, sent)
        return
    other = people.get(turn.session, link.person_id) if link.person_id else None
    if other is None or _has_another_chat(turn, other):
        raise gone()
    merging.merge(turn.session, turn.person, other)
    turn.person.prefers = people.ChannelKind.TELEGRAM
    mine = [one for one in submissions.of_person(turn.session, turn.person.id) if one.title][:5]
    titles = [said_to(turn.session, one, turn.language) for one in mine]
    received = (_("We have received: {title}")(title="; ".join(titles)),) if titles else ()
    turn.tell(_("This chat is connected now. Our answers come here."), *received, buttons=menus.MAIN)


def _has_another_chat(turn: Turn, other: Person) -> bool:
    return other.telegram_id is not None and other.id != turn.person.id


def _become(turn: Turn, link: Link) -> None:
    """Let the chat be the person who went on from a page by their own link, e.g. out of an e-mail."""
    other = people.get(turn.session, link.person_id) if link.person_id else None
    if other is not None and other.id != turn.person.id:
        if _has_another_chat(turn, other):
            raise gone()
        merging.merge(turn.session, turn.person, other)


def _follow_draft(turn: Turn, link: Link) -> None:
    draft = drafts.get(turn.session, link.target_id) if link.target_id else None
    whose = (None, turn.person.id, link.person_id)
    if draft is None or draft.form not in FORMS or draft.person_id not in whose:
        raise gone()
    drafts.take_over(turn.session, draft, turn.person.id)  # first: of two drafts merging keeps the chat's
    _become(turn, link)
    link.person_id = turn.person.id
    conversation.new_version(draft)
    if not turn.person.language_chosen:
        people.set_language(turn.session, turn.person, draft.language)
    conversation.go_on(turn, draft, _("You go on with your form here."))


def choose_language(turn: Turn) -> None:
    """Switch at once, and go on where the person was."""
    tag = turn.press.id
    names = {entry.tag: entry.own_name for entry in catalogues.offered()}
    if tag not in names:
        raise NotFound(_("We do not have this language."))
    people.set_language(turn.session, turn.person, tag)
    turn.mark_pressed()
    _list_commands(turn)
    note = _("Your language: {language}")(language=names[tag])
    draft = conversation.current(turn)
    if turn.press.rest:
        with_code(turn, turn.press.rest)
    elif draft is not None:
        draft.language = tag
        conversation.go_on(turn, draft, note)
    elif (waiting := receiving.offered(turn)) is not None:
        receiving.offer_again(turn, waiting, note)
    else:
        turn.tell(note, buttons=menus.MAIN)


def _list_commands(turn: Turn) -> None:
    """Let the app list our commands in the language of who has chosen another one than the app's."""
    is_apps = turn.language == (turn.visitor.suggested_language or SOURCE)
    words = () if is_apps else tuple((name, said.to(turn.language)) for name, said in commands.COMMANDS)
    turn.after.append(ShowCommands(turn.visitor.telegram_id, words))
