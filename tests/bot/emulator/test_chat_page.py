"""The chat page in a real browser, on a phone's width: everything that a person can do there."""

from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from bot.emulator.threaded import Running
from tests.bot.emulator.people import call, picture, with_bot

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A phone's browser that fails the test on any error in the page."""
    page = chromium.new_page(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.set_default_timeout(5000)
    yield page
    page.close()
    assert troubles == []


def accessible(page: Page) -> None:
    """No finding of axe, and nothing wider than the phone."""
    findings = [
        (one["id"], [node["html"] for node in one["nodes"]]) for one in Axe().run(page).response["violations"]
    ]
    assert findings == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def meanwhile(emulator: Running, work: Callable[[Bot], Awaitable[None]]) -> None:
    """Let the bot work in another thread, since the browser holds this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(with_bot, emulator, work).result()


async def offer(bot: Bot, chat_id: int) -> None:
    """The bot says something with marks, a button of each kind, and a link to itself."""
    rows = [
        [
            InlineKeyboardButton("نعم", callback_data="yes"),
            InlineKeyboardButton("Seite", url="https://a.example/"),
        ],
        [InlineKeyboardButton("Weitersagen", url="https://t.me/mitwirken_demo_bot?start=G_2")],
    ]
    words = "<b>Hallo <i>Amina</i></b> &lt;script&gt; https://a.example/x"
    await bot.send_message(chat_id, words, "HTML", reply_markup=InlineKeyboardMarkup(rows))


async def answer_press(bot: Bot) -> None:
    """The bot answers the press and changes its words."""
    updates = await bot.get_updates()
    query = next(update.callback_query for update in updates if update.callback_query)
    await query.answer("Gemerkt")
    await query.edit_message_text("Danke")


def test_a_person_opens_a_link_presses_writes_and_blocks(
    emulator: Running, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{emulator.url}/?start=G_7-49")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("G_7-49")
    accessible(page)
    dialog.get_by_label("Vorname").fill("Amina")
    dialog.get_by_label("Sprache").select_option("ar")
    dialog.get_by_role("button", name="Öffnen").click()
    log = page.get_by_role("log")
    expect(log).to_contain_text("/start G_7-49")
    (person,) = call(f"{emulator.url}/users")[1]["users"]
    assert (person["first_name"], person["language_code"]) == ("Amina", "ar")

    meanwhile(emulator, lambda bot: offer(bot, person["id"]))
    expect(log.locator("strong")).to_have_text("Hallo Amina")
    expect(log).to_contain_text("<script>")
    expect(log.get_by_role("link", name="Seite")).to_have_attribute("target", "_blank")
    expect(log.get_by_role("link", name="Weitersagen")).to_have_attribute("href", "/?start=G_2")
    accessible(page)
    log.get_by_role("button", name="نعم").click()
    meanwhile(emulator, answer_press)
    expect(page.get_by_role("status")).to_have_text("Gemerkt")
    expect(log).to_contain_text("bearbeitet")
    expect(log).not_to_contain_text("Hallo Amina")

    (tmp_path / "foto.png").write_bytes(picture())
    page.locator("#file").set_input_files(tmp_path / "foto.png")
    page.get_by_label("Nachricht · Message").fill("Unser Treffen")
    page.keyboard.press("Enter")
    expect(log.get_by_role("img")).to_have_count(1)
    expect(log).to_contain_text("Unser Treffen")

    page.locator("summary").click()
    accessible(page)
    page.get_by_role("button", name="Bot blockieren").click()
    page.get_by_role("button", name="Entsperren").click()
    expect(page.get_by_label("Nachricht · Message")).to_be_visible()
    kinds = [update.kind for update in emulator.state.updates.pending.values()]
    assert kinds == ["message", "callback_query", "message", "my_chat_member", "my_chat_member"]


def test_several_people_have_their_own_chats_and_the_first_step_is_start(
    emulator: Running, page: Page
) -> None:
    page.goto(emulator.url)
    for name in ("Boris", "Emre"):
        page.get_by_label("Vorname").first.fill(name)
        page.get_by_role("button", name="Anlegen").click()
        expect(page.locator("#me")).to_have_text(name)
        page.get_by_role("button", name="Zurück").click()
    accessible(page)
    page.get_by_role("button", name="Boris").click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text("/start")
    page.get_by_role("button", name="Zurück").click()
    page.get_by_role("button", name="Emre").click()
    expect(page.get_by_role("log")).not_to_contain_text("/start")
