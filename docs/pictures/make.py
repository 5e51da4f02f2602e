"""Make the pictures of README.md anew, from a running demo: `.venv/bin/python docs/pictures/make.py [DIR]`.

Needs a fresh `make demo` in another terminal and chromium. Two invented people sign up on the way: Samira by
chat, Amina on the page; so the desk has something to show.
"""

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent
GROUP = "7.49"
LARGEST = 150_000  # bytes of a picture
PHONE = {"width": 390, "height": 780}
WIDE = {"width": 1180, "height": 760}
WITHOUT_TIPS = ".tip, .banner { display: none !important }"
SUBMIT = "main button[type=submit]:not([name])"


def open_page(browser: Browser, size: dict[str, int], language: str, scale: float = 1.5) -> Page:
    """Open a page in a browser of its own, as readers of a language have it."""
    context = browser.new_context(viewport=size, locale=language, device_scale_factor=scale, bypass_csp=True)  # type: ignore[arg-type]
    return context.new_page()


def shot(page: Page) -> Image.Image:
    """Photograph what is in view, without the demo's tips."""
    page.add_style_tag(content=WITHOUT_TIPS)
    page.wait_for_timeout(300)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def phone(browser: Browser, demo: dict[str, Any]) -> Image.Image:
    """The page behind a QR code, in German and in Arabic."""
    both = []
    for language in ("de", "ar"):
        page = open_page(browser, PHONE, language)
        page.goto(demo["groups"][GROUP]["url"])
        both.append(shot(page))
    gap = 30
    whole = Image.new("RGB", (sum(one.width for one in both) + gap, both[0].height), "white")
    whole.paste(both[0], (0, 0))
    whole.paste(both[1], (both[0].width + gap, 0))
    return whole


def chat(browser: Browser, demo: dict[str, Any]) -> Image.Image:
    """A sign-up by chat, just before it is sent; it is sent afterwards."""
    page = open_page(browser, {"width": 560, "height": 780}, "en")
    page.goto(demo["groups"][GROUP]["telegram"])
    page.fill("#link-add [name=first_name]", "Samira")
    page.select_option("#link-add select", "en")
    page.click("#link-add button")

    bubbles = page.locator("#bubbles > li")

    def press(label: str) -> None:
        button = bubbles.last.get_by_role("button", name=label, exact=True)
        button.wait_for()
        before = bubbles.count()
        button.click()
        bubbles.nth(before).wait_for()

    press("Join")
    press("Samira")
    for label in ("Skip", "I want to take part", "In Telegram", "Yes, I agree", "Yes, I agree"):
        press(label)
    picture = shot(page)
    press("Sign up")
    return picture


def desk(browser: Browser, demo: dict[str, Any]) -> Image.Image:
    """The office's queue with an entry opened, after a sign-up in Arabic on the page."""
    page = open_page(browser, PHONE, "ar")
    page.goto(f"{demo['base']}/ar/forms/join-group?group={GROUP}")
    page.fill("[name=name]", "أمينة مثال")
    page.fill("[name=email]", "amina@example.org")
    page.check("[name=pass_on]")
    page.click(SUBMIT)
    officer = next(user for user in demo["desk"]["users"] if user["role"] == "officer")
    office = open_page(browser, WIDE, "de")
    office.goto(demo["desk"]["url"])
    office.fill("[name=email]", officer["email"])
    office.fill("[name=password]", officer["password"])
    office.click("main button[type=submit]")
    office.locator(".rows a", has_text="أمينة مثال").first.click()
    return shot(office)


def keep(picture: Image.Image, file: Path) -> int:
    """Write a picture with few colours; return its size in bytes, ValueError when it is too large."""
    picture.quantize(96, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    if size > LARGEST:
        raise ValueError(f"{file.name} has {size} bytes, at most {LARGEST} are wanted")
    return size


PICTURES: dict[str, Callable[[Browser, dict[str, Any]], Image.Image]] = {
    "phone.png": phone,
    "chat.png": chat,
    "desk.png": desk,
}


def main() -> None:
    """Make all pictures from the demo in the folder that is named, else from var/demo."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/demo")
    demo = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, make in PICTURES.items():
            sys.stdout.write(f"{name} {keep(make(browser, demo), FOLDER / name)} bytes\n")
        browser.close()


if __name__ == "__main__":
    main()
