"""Telegram groups: linked to a working group by a lead's one-time code, so that updates arrive there once.

Nobody in a group becomes known by what they write there, and nothing of it is kept.
"""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session
from telegram import ChatMember, Update

from bot import menus
from bot.aftermath import After, SayOnce
from bot.turn import Turn, letter
from models import group_chats, group_letters, groups, leads, links, people
from models.errors import NotAllowed, NotFound
from models.groups import GroupCard
from models.letters import TO_GROUP, Button
from models.links import Purpose
from models.settings import Settings
from translations import SOURCE, Localised, Text, _, catalogues, find

START_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
UNREACHABLE = "the bot was removed from the chat"


@dataclass(frozen=True, slots=True)
class Gathering:
    """Something that happens in a Telegram group, in one transaction."""

    session: Session
    settings: Settings
    update: Update

    @property
    def chat_id(self) -> int:
        """The group's number."""
        return self.update.effective_chat.id if self.update.effective_chat else 0

    @property
    def language(self) -> str:
        """The language of whoever acts: their own where we know them, else as their app tells it."""
        user = self.update.effective_user
        known = people.of_chat(self.session, user.id) if user else None
        if known is not None:
            return known.language
        found = find(user.language_code) if user and user.language_code else None
        return found.tag if found in catalogues.offered() and found else SOURCE


def start(at: Gathering) -> list[After]:
    """Link the group where the command carries a lead's code; else invite into a private chat."""
    message = at.update.effective_message
    words = (message.text or "") if message else ""
    code = words.partition(" ")[2].strip()
    code = code if START_CODE.fullmatch(code) else ""
    return [] if code and _link(at, code) else [_invitation(at, code)]


def _link(at: Gathering, code: str) -> bool:
    """Use the code up if it is one; the one who got it must lead the working group still."""
    try:
        link = links.look(at.session, code, Purpose.CHAT)
        lead = links.owner(at.session, link)
    except NotFound:
        return False
    card = groups.directory(at.session).by_id(link.target_id or 0)
    user, chat = at.update.effective_user, at.update.effective_chat
    is_theirs = user is not None and lead.telegram_id in (None, user.id)
    if card is None or chat is None or not is_theirs or not leads.is_lead(at.session, lead, card.id):
        return False
    links.use(at.session, code, Purpose.CHAT)
    linked = group_chats.link(
        at.session, card.id, chat.id, title=chat.title or "", language=lead.language, by=lead.id
    )
    said = letter(
        _("This chat is linked to the group “{group}”. Its updates arrive here from now on.")(
            group=card.to(lead.language)
        ),
        _("I read nothing that you write here. Whoever leads the group can end the link."),
        buttons=(menus.see(card),),
    )
    group_letters.post(
        at.session, linked, said, kind="linked", key=f"linked:{linked.id}:{links.hashed(code)[:16]}"
    )
    return True


def _invitation(at: Gathering, code: str) -> SayOnce:
    words, label = _("Please write to me in a private chat."), _("Open the chat")
    address = at.settings.telegram_address(code)
    return SayOnce(at.chat_id, words.to(at.language), label.to(at.language), address)


def changed(at: Gathering) -> list[After]:
    """Note that the bot was taken out of a group; being added alone links nothing."""
    change = at.update.my_chat_member
    gone = (ChatMember.BANNED, ChatMember.LEFT)
    if change is not None and change.new_chat_member.status in gone:
        chat = group_chats.of_chat(at.session, change.chat.id)
        if chat is not None and group_chats.note_gone(at.session, change.chat.id):
            group_letters.let_go(at.session, chat.id, error=UNREACHABLE)
    return []


def moved(at: Gathering) -> list[After]:
    """Note the new number of a group that has become a supergroup."""
    message = at.update.effective_message
    if message is not None and message.migrate_to_chat_id:
        group_chats.move(at.session, at.chat_id, message.migrate_to_chat_id)
    return []


def chats_button(card: GroupCard) -> Button:
    """Return the button with which a lead links a Telegram group."""
    return Button(_("Telegram group of {number}")(number=card.number), f"chats:{card.id}:0")


def of_led(turn: Turn) -> list[Button]:
    """Return a button for each group that the person leads."""
    led = leads.groups_of(turn.session, turn.person.id)
    return [chats_button(card) for card in groups.directory(turn.session).cards if card.id in led]


def _led(turn: Turn, group_id: int) -> GroupCard:
    card = groups.directory(turn.session).by_id(group_id)
    if card is None or not leads.is_lead(turn.session, turn.person, card.id):
        raise NotAllowed(_("Only whoever leads the group can do this."))
    return card


def show(turn: Turn) -> None:
    """Tell a lead which chats are linked, how to link one, and how to end a link."""
    card = _led(turn, turn.press.number)
    linked = group_chats.linked(turn.session, [card.id])
    words: list[Text | Localised] = [
        _("Updates of “{group}” can arrive in a Telegram group of yours, too.")(group=card.to(turn.language))
    ]
    if linked:
        names = "\n".join(f"• {chat.title or chat.chat_id}" for chat in linked)
        words += [_("Linked:"), Localised({turn.language: names})]
    words.append(_("Press the button, choose your group, and add me. The link works once, for two hours."))
    add = Button(
        _("Add to a Telegram group"), page=f"{TO_GROUP}{{link}}", purpose=Purpose.CHAT, target_id=card.id
    )
    endings = [
        Button(_("End the link: {name}")(name=chat.title or str(chat.chat_id)), f"unlink:{chat.id}:{card.id}")
        for chat in linked
    ]
    turn.tell(*words, buttons=(add, *endings, menus.MENU))


def unlink(turn: Turn) -> None:
    """End a link; pressing twice ends it once."""
    card = _led(turn, turn.press.version)
    group_chats.unlink(turn.session, turn.press.number, card.id)
    turn.tell(
        _("The chat is no longer linked. It gets no more updates."), buttons=(chats_button(card), menus.MENU)
    )
