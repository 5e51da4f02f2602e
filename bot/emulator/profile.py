"""The Bot API methods about the bot itself, its chats, files and updates."""

from typing import Any

from bot.emulator import files
from bot.emulator.call import Call
from bot.emulator.errors import Json, bad_request, conflict
from bot.emulator.hub import Emulator
from bot.emulator.webhook import checked_address

WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
LONGEST = {"name": 64, "description": 512, "short_description": 120}
SECRET_SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
COMMAND_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


def get_me(emulator: Emulator, call: Call) -> Json:
    """getMe"""
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }
    more = {"can_connect_to_business": False, "has_main_web_app": False}
    return {**emulator.state.bot, **abilities, **more}


async def get_updates(emulator: Emulator, call: Call) -> list[Json]:
    """getUpdates"""
    if emulator.webhook.url:
        raise conflict(WEBHOOK_ACTIVE)
    emulator.state.updates.allow(allowed_kinds(call))
    limit = min(100, max(1, call.integer("limit", 100)))
    timeout = min(50, max(0, call.integer("timeout")))
    return await emulator.state.updates.poll(call.integer("offset"), limit, timeout)


def allowed_kinds(call: Call) -> list[str] | None:
    """The wanted kinds of updates, None when the call does not say."""
    kinds = call.decoded("allowed_updates", "allowed updates")
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else None


def set_webhook(emulator: Emulator, call: Call) -> bool:
    """setWebhook; an empty address deletes it"""
    if not call.text("url"):
        return delete_webhook(emulator, call)
    secret = call.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not set(secret) <= SECRET_SIGNS:
        raise bad_request("secret token contains unallowed characters")
    connections = min(100, max(1, call.integer("max_connections", 40)))
    settings = {
        "url": checked_address(call.text("url")),
        "secret_token": secret,
        "max_connections": connections,
    }
    emulator.state.updates.allow(allowed_kinds(call))
    if call.flag("drop_pending_updates"):
        emulator.state.updates.clear()
    emulator.state.updates.interrupt(conflict("terminated by setWebhook request"))
    emulator.webhook.start(settings)
    emulator.state.setting("webhook", settings)
    return True


def delete_webhook(emulator: Emulator, call: Call) -> bool:
    """deleteWebhook"""
    if call.flag("drop_pending_updates"):
        emulator.state.updates.clear()
    emulator.webhook.stop()
    emulator.state.setting("webhook", None)
    return True


def get_webhook_info(emulator: Emulator, call: Call) -> Json:
    """getWebhookInfo"""
    hook, queue = emulator.webhook, emulator.state.updates
    info = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(queue.pending)}
    if hook.url:
        info |= {"max_connections": hook.settings["max_connections"], **hook.last_error}
    return {**info, "allowed_updates": sorted(queue.allowed)}


def get_file(emulator: Emulator, call: Call) -> Json:
    """getFile"""
    if not call.text("file_id"):
        raise bad_request("file_id not specified")
    item = emulator.state.files.get(call.text("file_id"))
    if item.size > files.MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {**files.reference(item), "file_path": item.path}


def get_chat(emulator: Emulator, call: Call) -> Json:
    """getChat"""
    chat = emulator.state.chat(call.text("chat_id"))
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return {
        **chat.as_json,
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def get_chat_member(emulator: Emulator, call: Call) -> Json:
    """getChatMember"""
    chat = emulator.state.chat(call.text("chat_id"))
    number = call.integer("user_id")
    if not number:
        raise bad_request("Invalid user_id specified")
    if number == emulator.state.bot["id"]:
        return {"user": emulator.state.bot, "status": "member"}
    person = emulator.state.people.get(number)
    if person is None or chat.id != number:
        raise bad_request("member not found")
    return {"user": person.as_user(), "status": "member"}


def language_of(call: Call) -> str:
    """The two-letter language of a text, empty for everyone."""
    code = call.text("language_code")
    if code and not (len(code) == 2 and code.isascii() and code.isalpha() and code.islower()):
        raise bad_request("Invalid language code specified")
    return code


def commands_key(call: Call) -> str:
    """Where a list of commands is kept: by scope and language."""
    scope = call.record("scope", "scope") or {"type": "default"}
    return f"commands {sorted(scope.items())} {language_of(call)}"


def set_my_commands(emulator: Emulator, call: Call) -> bool:
    """setMyCommands"""
    commands = call.decoded("commands", "commands") or []
    if not isinstance(commands, list):
        raise bad_request("Expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    emulator.state.setting(commands_key(call), [command(raw) for raw in commands])
    return True


def command(raw: Any) -> Json:
    """One command, checked."""
    name = str(raw.get("command", "")).removeprefix("/") if isinstance(raw, dict) else ""
    if not 1 <= len(name) <= 32 or not set(name) <= COMMAND_SIGNS:
        raise bad_request("BOT_COMMAND_INVALID")
    words = str(raw.get("description", ""))
    if not 1 <= len(words) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": words}


def get_my_commands(emulator: Emulator, call: Call) -> list[Json]:
    """getMyCommands"""
    return list(emulator.state.settings.get(commands_key(call)) or [])


def delete_my_commands(emulator: Emulator, call: Call) -> bool:
    """deleteMyCommands"""
    emulator.state.setting(commands_key(call), [])
    return True


def set_words(emulator: Emulator, call: Call, field: str) -> bool:
    """setMyName, setMyDescription, setMyShortDescription"""
    words = call.text(field)
    if len(words) > LONGEST[field]:
        raise bad_request(f"bot {field.replace('_', ' ')} is too long")
    emulator.state.setting(f"{field} {language_of(call)}", words)
    return True


def get_words(emulator: Emulator, call: Call, field: str) -> Json:
    """getMyName, getMyDescription, getMyShortDescription: in this language, else the one for everyone"""
    settings = emulator.state.settings
    words = settings.get(f"{field} {language_of(call)}") or settings.get(f"{field} ") or ""
    return {field: words or (emulator.state.bot["first_name"] if field == "name" else "")}


def set_menu_button(emulator: Emulator, call: Call) -> bool:
    """setChatMenuButton"""
    if call.text("chat_id"):
        emulator.state.chat(call.text("chat_id"))
    wanted = call.record("menu_button", "menu button") or {"type": "default"}
    if wanted.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("MenuButton has unsupported type")
    emulator.state.setting(f"menu {call.text('chat_id')}", wanted)
    return True


def get_menu_button(emulator: Emulator, call: Call) -> Json:
    """getChatMenuButton"""
    settings = emulator.state.settings
    found: Json = (
        settings.get(f"menu {call.text('chat_id')}") or settings.get("menu ") or {"type": "commands"}
    )
    return found


def nothing(emulator: Emulator, call: Call) -> bool:
    """logOut, close: answered, without effect"""
    return True
