"""The camera at the door: chromium's own fake camera holds up a code, and somebody is let in.

Debian's chromium reads no codes itself, with no switch; so the page gets a reader in its place that hands
each frame, as the camera gave it, to the decoder of these tests. Camera, picture, reading, door are real.
"""

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from models.db import Database
from models.events import Event
from models.exporting.qr import code
from tests.conftest import CHROMIUM
from tests.models.hall import counted
from tests.webforms.desk.people import PASSWORD
from tests.webforms.desk.test_door_offline import address as address
from tests.webforms.desk.test_door_offline import event as event

pytestmark = pytest.mark.browser
READER = """window.BarcodeDetector = class {
  async detect(video) {
    const frame = document.createElement("canvas");
    Object.assign(frame, { width: video.videoWidth, height: video.videoHeight });
    frame.getContext("2d").drawImage(video, 0, 0);
    return (await window.readCodes(frame.toDataURL("image/jpeg"))).map((rawValue) => ({ rawValue }));
  }
};"""


def held_up(content: str, target: Path) -> Path:
    """Film a code, a little turned, as it is held before a camera."""
    drawn = code(content).make_image().get_image().convert("RGB").resize((260, 260))
    frame = Image.new("RGB", (640, 480), (120, 130, 125))
    frame.paste(drawn.rotate(7, expand=True, fillcolor=(120, 130, 125)), (190, 90))
    made = io.BytesIO()
    frame.save(made, format="JPEG", quality=85)
    target.write_bytes(made.getvalue() * 20)
    return target


def read(frame: str) -> list[str]:
    """Read the codes in a frame."""
    picture = Image.open(io.BytesIO(base64.b64decode(frame.partition(",")[2])))
    return [one.text for one in zxingcpp.read_barcodes(picture)]


@pytest.fixture
def page(address: str, event: Event, tmp_path: Path) -> Iterator[Page]:
    """The door on a telephone with a camera, before which somebody holds their code."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    film = held_up("BRRS33", tmp_path / "film.mjpeg")
    arguments = [
        "--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(viewport={"width": 360, "height": 780})
        page.expose_function("readCodes", read)
        page.add_init_script(READER)
        page.goto(f"{address}/desk/login?next=/desk/events/{event.id}/door")
        page.fill("#email", "olga@example.org")
        page.fill("[name=password]", PASSWORD)
        with page.expect_response("**/door/list?*"):
            page.keyboard.press("Enter")
        yield page
        browser.close()


def test_a_code_before_the_camera_lets_its_group_in(page: Page, paderborn: Database, event: Event) -> None:
    expect(page.locator("#guests .guest").first).to_contain_text("Amina")
    page.click("#scan")
    expect(page.locator("#camera")).to_be_visible()
    seats = page.locator("#said [name=seats]")  # of a group one is asked how many come in
    expect(seats).to_have_value("5", timeout=20_000)
    seats.fill("3")
    page.wait_for_timeout(4000)  # it is still held up, and changes nothing
    with page.expect_response("**/door/queue"):
        page.click("#said button:has-text('Is here')")
    assert counted(paderborn, event)[0] == 3
    page.click("#stop")
    expect(page.locator("#camera")).to_be_hidden()
    assert page.evaluate(
        "document.querySelector('#camera').srcObject.getTracks().every((t) => t.readyState === 'ended')"
    )
