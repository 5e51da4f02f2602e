"""Which step of the conversation an update goes to: the bot library's handlers, and nothing else of it."""

from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any, TypeAlias

from telegram import ChatMember, Update
from telegram.constants import ChatType
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot import (
    commands,
    conversation,
    dots,
    events,
    following,
    gatherings,
    languages,
    meetings,
    membership,
    mydata,
    receiving,
    rounds,
    sent,
    starting,
    switching,
    wishes,
)
from bot.aftermath import After
from bot.courier.aiohttp_request import AiohttpRequest
from bot.gatherings import Gathering
from bot.turn import Turn
from models.settings import Settings

Step: TypeAlias = Callable[[Turn], None]
Callback: TypeAlias = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, None]]
App: TypeAlias = "Application[Any, Any, Any, Any, Any, Any]"


class Meeting(Enum):
    """Whom a step deals with."""

    ANYBODY = "anybody"  # who writes for the first time becomes known
    KNOWN = "known"  # strangers are let alone


GroupStep: TypeAlias = Callable[[Gathering], list[After]]
Act: TypeAlias = Callable[[Update, Step, Meeting], Coroutine[Any, Any, None]]
ActInGroup: TypeAlias = Callable[[Update, GroupStep], Coroutine[Any, Any, None]]

COMMAND_STEPS: dict[str, Step] = {
    "start": starting.start, "join": commands.join, "report": commands.report, "groups": membership.show,
    "ask": commands.ask, "messages": wishes.show,
    "events": events.listed, "language": commands.language, "mydata": mydata.show, "web": commands.web,
    "cancel": commands.cancel, "help": commands.help_,
}  # fmt: skip
BUTTON_STEPS: dict[str, Step] = {
    **dict.fromkeys(conversation.VERBS, conversation.pressed),
    "follow": following.follow, "unfollow": following.stop,
    "offer": conversation.take_offer, "resume": starting.resume, "join": starting.join,
    "entry": sent.show_one, "correct": sent.correct, "add": sent.add,
    "event": events.pressed, "voice": events.give_feedback,
    "register": events.register, "ticket": events.of_event,
    "unregister": events.ask_to_give_up, "unregistered": events.give_up,
    "form": commands.form, "round": rounds.begin, "answer": commands.answer, "lang": starting.choose_language,
    "languages": languages.ask_by_button, "leave": membership.ask_to_leave, "left": membership.leave,
    "withdraw": mydata.withdraw, "correctdata": mydata.correct,
    "erase": mydata.ask_to_erase, "erased": mydata.erase,
    "chats": gatherings.show, "unlink": gatherings.unlink,
    "toggle": switching.pressed, "minutes": meetings.begin_minutes, "nomeetings": meetings.stop,
    "calendar": meetings.give_calendar, "less": wishes.less, "stop": wishes.stop, "hear": wishes.hear,
    "weekly": wishes.weekly_again, "news": wishes.show_group, "topic": wishes.show_topic,
    "over": wishes.send_over, "quiet": wishes.quiet, "stopall": wishes.stop_all,
    "dots": dots.open_by_button, "dot": dots.give,
    "noop": commands.nothing,
}  # fmt: skip
MENU_STEPS: dict[str, Step] = {
    "main": commands.menu, "groups": membership.show, "sent": sent.show, "language": commands.language,
    "events": events.listed, "help": commands.help_, "more": commands.more, "messages": wishes.show,
}  # fmt: skip


def application(settings: Settings) -> App:
    """Return the library's application without its polling, its job queue and its HTTP client."""
    server = settings.bot_api.rstrip("/")
    return (
        Application.builder()
        .token(settings.bot_token.get_secret_value())
        .base_url(f"{server}/bot")
        .base_file_url(f"{server}/file/bot")
        .request(AiohttpRequest(connections=20))
        .get_updates_request(AiohttpRequest(connections=2))
        .updater(None)
        .job_queue(None)
        .build()
    )


def add_handlers(app: App, act: Act, act_in_group: ActInGroup) -> None:
    """Tell the library which step each kind of update goes to."""

    def to(step: Step, meeting: Meeting = Meeting.ANYBODY) -> Callback:
        async def callback(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
            await act(update, step, meeting)

        return callback

    # Only new messages: commands would otherwise run again when somebody edits them.
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    edits = filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE
    for name, step in COMMAND_STEPS.items():
        app.add_handler(CommandHandler(name, to(step), filters=private))
    app.add_handler(MessageHandler(private & filters.COMMAND, to(commands.unknown_command)))
    app.add_handler(MessageHandler(private & filters.TEXT, to(commands.typed)))
    app.add_handler(MessageHandler(private & ~filters.StatusUpdate.ALL, to(receiving.media)))
    app.add_handler(MessageHandler(edits, to(receiving.edited, Meeting.KNOWN)))
    for name, step in MENU_STEPS.items():
        app.add_handler(CallbackQueryHandler(to(step), pattern=rf"^menu:{name}:"))
    for verb, step in BUTTON_STEPS.items():
        app.add_handler(CallbackQueryHandler(to(step), pattern=rf"^{verb}:"))
    app.add_handler(CallbackQueryHandler(to(commands.old_button)))
    _add_groups(app, act_in_group)
    _add_membership(app, to, act_in_group)


def _add_groups(app: App, act: ActInGroup) -> None:
    def to(step: GroupStep) -> Callback:
        async def callback(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
            await act(update, step)

        return callback

    groups = filters.ChatType.GROUPS & filters.UpdateType.MESSAGE
    called = groups & filters.Regex(r"^/start@")
    app.add_handler(CommandHandler("start", to(gatherings.start), filters=called))
    app.add_handler(MessageHandler(groups & filters.StatusUpdate.MIGRATE, to(gatherings.moved)))


def _add_membership(app: App, to: Callable[[Step, Meeting], Callback], in_group: ActInGroup) -> None:
    """Hear of being blocked by a person, and of being taken out of a group."""

    async def changed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        change = update.my_chat_member
        if change is None:
            return
        if change.chat.type != ChatType.PRIVATE:
            await in_group(update, gatherings.changed)
            return
        is_gone = change.new_chat_member.status == ChatMember.BANNED
        step = commands.blocked if is_gone else commands.unblocked
        await to(step, Meeting.KNOWN)(update, context)

    app.add_handler(ChatMemberHandler(changed, ChatMemberHandler.MY_CHAT_MEMBER))
