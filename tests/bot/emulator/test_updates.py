"""How updates reach the bot: by polling, by webhook, in order, and again until they are confirmed."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

from bot.emulator.threaded import Running, running
from tests.bot.emulator.people import Human, call, picture, text64, with_bot


@pytest.fixture(autouse=True)
def nothing_pending(emulator: Running) -> None:
    call(f"{emulator.base_url}{emulator.token}/deleteWebhook", {"drop_pending_updates": True})
    call(f"{emulator.base_url}{emulator.token}/getUpdates", {"offset": -1, "allowed_updates": []})


def test_updates_are_handed_out_again_until_confirmed(emulator: Running) -> None:
    amina = Human.meet(emulator)
    for text in ("/start a_7", "eins", "zwei"):
        amina.do("send", text=text)

    async def work(bot: Bot) -> None:
        first = await bot.get_updates()
        again = await bot.get_updates(limit=2)
        assert [one.message.text for one in first if one.message] == ["/start a_7", "eins", "zwei"]
        assert [one.update_id for one in again] == [one.update_id for one in first][:2]
        rest = await bot.get_updates(offset=first[1].update_id)
        assert [one.message.text for one in rest if one.message] == ["eins", "zwei"]
        last = await bot.get_updates(offset=-1)
        assert [one.update_id for one in last] == [first[2].update_id]
        assert await bot.get_updates(offset=last[0].update_id + 1) == ()

    with_bot(emulator, work)


def test_an_offset_from_another_life_confirms_nothing(emulator: Running) -> None:
    amina = Human.who_started(emulator)
    assert amina.id
    updates = with_bot(emulator, lambda bot: bot.get_updates(offset=2_000_000_000))
    assert len(updates) == 1


def test_a_waiting_poller_gets_a_new_update_at_once(emulator: Running) -> None:
    amina = Human.meet(emulator)

    async def work(bot: Bot) -> None:
        waiting = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await asyncio.to_thread(amina.do, "send", text="da")
        updates = await asyncio.wait_for(waiting, 20)
        assert updates[0].message is not None
        assert updates[0].message.text == "da"

    with_bot(emulator, work)


def test_a_second_poller_ends_the_first(emulator: Running) -> None:
    async def work(bot: Bot) -> None:
        first = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.sleep(0.1)
        await bot.get_updates()
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first

    with_bot(emulator, work)


def test_every_kind_of_update_is_understood(emulator: Running) -> None:
    amina = Human.meet(emulator, "Amina", None)
    amina.do("send", text="/start G_x-1")
    amina.do("send", photo=text64(picture()), caption="Treffen #plenum")
    amina.do("send", voice=text64(b"OggS"), duration=4)
    amina.do("send", document=text64(b"a;b"), file_name="liste.csv", mime_type="text/csv", reply_to=1)
    amina.do("send", photos=[text64(picture()), text64(picture())], caption="zwei")
    amina.do("edit", message_id=1, text="/start G_y-2")
    amina.do("block")
    amina.do("unblock")

    async def work(bot: Bot) -> tuple[Update, ...]:
        return await bot.get_updates()

    updates = with_bot(emulator, work)
    start, photo, voice, document, one, two = [update.effective_message for update in updates[:6]]
    assert start is not None
    assert photo is not None
    assert voice is not None
    assert document is not None
    assert one is not None
    assert two is not None
    assert start.from_user is not None
    assert start.from_user.language_code is None
    assert start.parse_entities() == {start.entities[0]: "/start"}
    assert photo.photo[-1].width == 640 > photo.photo[0].width
    assert photo.caption_entities[0].type == "hashtag"
    assert voice.voice is not None
    assert voice.voice.duration == timedelta(seconds=4)
    assert document.document is not None
    assert document.reply_to_message is not None
    assert (document.document.mime_type, document.reply_to_message.message_id) == ("text/csv", 1)
    assert one.media_group_id == two.media_group_id
    assert (one.caption, two.caption) == ("zwei", None)
    edited, blocked, unblocked = updates[6:]
    assert edited.edited_message is not None
    assert edited.edited_message.text == "/start G_y-2"
    assert blocked.my_chat_member is not None
    assert unblocked.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert unblocked.my_chat_member.new_chat_member.status == "member"


def test_unwanted_kinds_are_not_even_queued(emulator: Running) -> None:
    amina = Human.meet(emulator)

    async def work(bot: Bot) -> list[int]:
        await bot.get_updates(allowed_updates=["callback_query"])
        await asyncio.to_thread(amina.do, "send", text="hört keiner")
        unwanted = await bot.get_updates()
        await bot.get_updates(allowed_updates=["message"])
        await asyncio.to_thread(amina.do, "send", text="hört man")
        return [len(unwanted), len(await bot.get_updates())]

    assert with_bot(emulator, work) == [0, 1]


def test_a_whole_application_answers_a_deep_link_and_a_press(emulator: Running) -> None:
    amina = Human.meet(emulator)

    async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        markup = {"inline_keyboard": [[{"text": "Ja", "callback_data": "join:7:1"}]]}
        code = (context.args or [""])[0]
        await context.bot.send_message(amina.id, f"Gruppe {code}?", api_kwargs={"reply_markup": markup})

    async def press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None
        await query.answer("Gemerkt", show_alert=True)
        await query.edit_message_text(f"Danke für {query.data}")

    async def inside() -> None:
        builder = Application.builder().token(emulator.token).base_url(emulator.base_url)
        app = builder.base_file_url(emulator.base_file_url).job_queue(None).build()
        app.add_handlers([CommandHandler("start", start), CallbackQueryHandler(press)])
        async with app:
            await app.start()
            assert app.updater is not None
            await app.updater.start_polling(poll_interval=0, timeout=1)
            await asyncio.to_thread(amina.do, "start", code="G_7-49")
            await seen(amina, "Gruppe G_7-49?")
            await asyncio.to_thread(amina.do, "press", message_id=2, button="Ja")
            await seen(amina, "Danke für join:7:1")
            await app.updater.stop()
            await app.stop()

    asyncio.run(inside())
    assert amina.chat()["notice"] == "Gemerkt"
    assert amina.last()["edited"] is True


async def seen(human: Human, text: str) -> None:
    """Wait until the newest message reads so."""
    async with asyncio.timeout(60):
        while (await asyncio.to_thread(human.last))["text"] != text:
            await asyncio.sleep(0.02)


class Hook:
    """A webhook that refuses the first calls."""

    def __init__(self, refuse: int = 0) -> None:
        self.refuse = refuse
        self.calls: list[dict[str, Any]] = []
        self.secrets: set[str | None] = set()

    async def take(self, request: web.Request) -> web.Response:
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        assert request.headers["Content-Type"] == "application/json"
        if self.refuse > 0:
            self.refuse -= 1
            return web.Response(status=500)
        self.calls.append(json.loads(await request.read()))
        return web.Response()

    async def wait(self, count: int) -> list[dict[str, Any]]:
        """The first `count` updates once they are there."""
        async with asyncio.timeout(60):
            while len(self.calls) < count:
                await asyncio.sleep(0.02)
        return self.calls

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """The hook's address while it listens."""
        app = web.Application()
        app.router.add_post("/hook", self.take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        await runner.cleanup()


def test_a_webhook_gets_all_updates_in_order_with_the_secret_and_repeated_until_taken(
    emulator: Running,
) -> None:
    amina = Human.who_started(emulator)
    hook = Hook(refuse=2)

    async def work(bot: Bot) -> None:
        async with hook.listening() as url:
            await bot.set_webhook(url, secret_token="geheim_1", max_connections=5)
            for text in ("eins", "zwei"):
                await asyncio.to_thread(amina.do, "send", text=text)
            calls = await hook.wait(3)
            texts = [
                update.message.text for update in (Update.de_json(c, bot) for c in calls) if update.message
            ]
            assert texts == ["/start", "eins", "zwei"]
            info = await bot.get_webhook_info()
            assert (info.url, info.pending_update_count) == (url, 0)
            assert info.last_error_message == "Wrong response from the webhook: 500 Internal Server Error"
            with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
                await bot.get_updates()
            await bot.delete_webhook()
            assert await bot.get_updates() == ()

    with_bot(emulator, work)
    assert hook.secrets == {"geheim_1"}


def test_updates_wait_while_the_webhook_is_down(emulator: Running) -> None:
    async def work(bot: Bot) -> None:
        await bot.set_webhook("http://127.0.0.1:9/hook")
        await asyncio.to_thread(Human.who_started, emulator)
        await asyncio.sleep(0.1)
        info = await bot.get_webhook_info()
        assert (info.pending_update_count, info.last_error_message) == (1, "Connection refused")
        await bot.delete_webhook()
        assert len(await bot.get_updates()) == 1

    with_bot(emulator, work)


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("http://example.org/hook", "s", "An HTTPS URL must be provided for webhook"),
        ("https://example.org:8080/hook", "s", "only on ports 80, 88, 443 or 8443"),
        ("https://", "s", "webhook URL specified"),
        ("http://127.0.0.1:9/hook", "nicht erlaubt", "unallowed characters"),
    ],
)
def test_bad_webhooks_are_refused(emulator: Running, url: str, secret: str, words: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        with_bot(emulator, lambda bot: bot.set_webhook(url, secret_token=secret))


def test_presses_expire_before_messages_do(emulator: Running) -> None:
    Human.who_started(emulator)
    queue = emulator.state.updates
    update = next(iter(queue.pending.values()))
    assert not update.expired(update.born + 23 * 3600)
    assert update.expired(update.born + 25 * 3600)
    update.kind = "callback_query"
    assert update.expired(update.born + 151)


def test_update_ids_begin_anywhere() -> None:
    with running() as one, running() as other:
        assert one.state.updates.next_id != other.state.updates.next_id
