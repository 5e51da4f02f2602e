"""Reference pictures: how pages look that are read from the right, small and grey; how far one is off.

`make looks` makes them anew. Other fonts make other pictures, so the fonts are noted beside them.
"""

import io
import subprocess
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Page

FOLDER = Path(__file__).parent / "pictures"
FONTS = FOLDER / "fonts.txt"
WIDTH, GREYS = 160, 16
TOLERANCE = 0.12  # of the places with ink
_FAINT = 20  # how much greyer a place must be to count


def small(png: bytes) -> Image.Image:
    """Return a picture as it is kept: half as large, in a few greys."""
    with Image.open(io.BytesIO(png)) as shown:
        size = (WIDTH, shown.height * WIDTH // shown.width)
        grey = shown.convert("L").resize(size, Image.Resampling.BOX)
    step = 255 // (GREYS - 1)
    return grey.point([round(value / step) * step for value in range(256)])


def keep(name: str, shown: Image.Image) -> None:
    """Write a picture with as few bits as it needs."""
    few = shown.quantize(GREYS, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True, bits=4)


def kept(name: str) -> Image.Image:
    """Read a picture."""
    with Image.open(FOLDER / f"{name}.png") as found:
        return found.convert("L")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return in which share of the places where either has ink the two are not alike."""
    if one.size != other.size:
        return 1.0
    soft = [shown.filter(ImageFilter.GaussianBlur(1)) for shown in (one, other)]
    off = _places(ImageChops.difference(*soft))
    ink = _places(ImageChops.invert(ImageChops.darker(*soft)))
    return off / max(ink, 1)


def _places(shown: Image.Image) -> int:
    return sum(shown.histogram()[_FAINT:])


def fonts(page: Page) -> str:
    """Return which fonts the browser took for this page's words, each with its version."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    used = set()
    for place in ("h1", "main p", ".mark span"):
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": place})["nodeId"]
        found = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        used |= {one["familyName"] for one in found}
    session.detach()
    return "".join(f"{family} {_version(family)}\n" for family in sorted(used))


def _version(family: str) -> str:
    command = ["fc-match", "-f", "%{fontversion}", family]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
