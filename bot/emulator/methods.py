"""The Bot API methods by name."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple

from bot.emulator import changing, profile, sending
from bot.emulator.call import Call
from bot.emulator.hub import Emulator

Answer = Any
Work = Callable[[Emulator, Call], Answer | Awaitable[Answer]]


class Method(NamedTuple):
    """A method's proper name, its work, and whether it sends a message."""

    name: str
    work: Work
    sends: bool


SENDING: dict[str, Work] = {
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendVoice": sending.send_voice,
    "sendMediaGroup": sending.send_media_group,
}
OTHER: dict[str, Work] = {
    "sendChatAction": sending.send_chat_action,
    "editMessageText": changing.edit_text,
    "editMessageCaption": changing.edit_caption,
    "editMessageMedia": changing.edit_media,
    "editMessageReplyMarkup": changing.edit_markup,
    "deleteMessage": changing.delete_message,
    "deleteMessages": changing.delete_messages,
    "answerCallbackQuery": changing.answer_callback,
    "getMe": profile.get_me,
    "getUpdates": profile.get_updates,
    "setWebhook": profile.set_webhook,
    "deleteWebhook": profile.delete_webhook,
    "getWebhookInfo": profile.get_webhook_info,
    "getFile": profile.get_file,
    "getChat": profile.get_chat,
    "getChatMember": profile.get_chat_member,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": partial(profile.set_words, field="name"),
    "getMyName": partial(profile.get_words, field="name"),
    "setMyDescription": partial(profile.set_words, field="description"),
    "getMyDescription": partial(profile.get_words, field="description"),
    "setMyShortDescription": partial(profile.set_words, field="short_description"),
    "getMyShortDescription": partial(profile.get_words, field="short_description"),
    "setChatMenuButton": profile.set_menu_button,
    "getChatMenuButton": profile.get_menu_button,
    "logOut": profile.nothing,
    "close": profile.nothing,
}
METHODS = {name.lower(): Method(name, work, name in SENDING) for name, work in {**SENDING, **OTHER}.items()}
