"""How every public page looks: room at 320 px, nothing upon each other, no barriers, as in the pictures."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.webforms.looking import pictures
from tests.webforms.looking.inventory import PLACES
from tests.webforms.looking.stage import Stage
from tests.webforms.looking.visiting import Seen, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("looking")]
MIRRORED = ("ar", "fa")
ALL = [place.name for place in PLACES]
PICTURED = [place.name for place in PLACES if place.pictured]
MAIN = (
    "front", "groups", "group", "group-that-measures", "goals", "join-mistakes", "report", "round", "me",
    "messages", "sheet", "one-news", "code", "calendar", "write-list",
)  # fmt: skip
COLOURFUL = (
    *MAIN,
    "confirmed",
    "stop",
    "wish",
    "error-404",
    "write",
    "write-look",
    "write-send",
    "chats",
    "notice",
    "event",
    "event-that-is-off",
    "dots-vote-mine",
    "dots-result",
    "ticket",
    "public-feedback",
    "wall",
)
MAKE = "MITWIRKEN_LOOKS"  # in the environment: pictures are made anew
SPACED = "* { line-height: 1.5; letter-spacing: .12em; word-spacing: .16em; } p { margin-block-end: 2em; }"


@pytest.fixture(scope="module")
def stage(chromium: Browser, visit: Visitor) -> Iterator[Stage]:
    """A window as wide as a small phone, or as 1280 px at 400 %."""
    made = Stage(chromium, visit)
    yield made
    made.close()


def of(visit: Visitor, tag: str, *names: str) -> list[Seen]:
    """The pages of some places in a language."""
    return [visit(tag)[name] for name in names]


@pytest.mark.parametrize(
    ("tag", "names"), [("de", PICTURED), ("de-simple", PICTURED), ("ar", ALL), ("fa", ALL)]
)
def test_nothing_is_clipped_nor_upon_each_other(
    stage: Stage, visit: Visitor, tag: str, names: list[str]
) -> None:
    assert stage.cramped(of(visit, tag, *names)) == {}


@pytest.mark.parametrize("tag", ["fr", "ar"])
def test_longer_words_have_room_too(stage: Stage, visit: Visitor, tag: str) -> None:
    pages = visit.pseudo(tag)
    assert stage.cramped(pages[name] for name in MAIN) == {}


PLANTED = {
    "clipped": '<div style="inline-size: 5rem; overflow: hidden; white-space: pre">Unzerschneidbar</div>',
    "cut off": '<div style="block-size: .5rem; overflow: hidden">Unten fehlt etwas</div>',
    "sticks out": '<p style="inline-size: 25rem">Breit</p>',
    "upon each other": '<p>Oben auf</p><p style="margin-block-start: -2.5rem">Unten drunter</p>',
    "no room": '<select style="inline-size: 4rem"><option>Donaudampfschiff</option></select>',
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_seen(stage: Stage, visit: Visitor, fault: str) -> None:
    good = visit("de")["erased"]
    page = good.html.replace("</main>", PLANTED[fault] + "</main>")
    found = stage.cramped([replace(good, html=page)])["erased"]
    assert any(fault in words for words in found), found


@pytest.mark.parametrize(("tag", "names"), [("de", PICTURED), ("ar", ALL)])
def test_no_barriers(stage: Stage, visit: Visitor, tag: str, names: list[str]) -> None:
    # Contrast takes longer than all else; it is the same in every language, see below.
    assert stage.barriers(of(visit, tag, *names), but=("color-contrast",)) == {}


@pytest.mark.parametrize(("scheme", "names"), [("light", COLOURFUL), ("dark", MAIN)])
def test_words_stand_out_from_what_is_behind_them(
    stage: Stage, visit: Visitor, scheme: Literal["light", "dark"], names: tuple[str, ...]
) -> None:
    stage.page.emulate_media(color_scheme=scheme)
    found = stage.barriers(of(visit, "ar", *names), "color-contrast")
    stage.page.emulate_media(color_scheme="light")
    assert found == {}


@pytest.mark.parametrize("width", [640, 1280])
def test_there_is_room_at_200_percent_and_at_a_desk(stage: Stage, visit: Visitor, width: int) -> None:
    stage.resize(width)
    found = stage.cramped([*of(visit, "ar", *MAIN), *of(visit, "de", *MAIN)])
    stage.resize()
    assert found == {}


def test_wider_spaces_between_letters_and_lines_have_room(stage: Stage, visit: Visitor) -> None:
    # WCAG 2.2, 1.4.12: what readers may set themselves.
    style = stage.page.add_style_tag(content=SPACED)
    found = stage.cramped([*of(visit, "de", *MAIN), *of(visit, "ar", *MAIN)])
    style.evaluate("one => one.remove()")
    assert found == {}


def style_of(stage: Stage, place: str, name: str, part: str = "") -> str:
    """What the browser makes of a style, at the first such place."""
    found = stage.page.evaluate("([place, part, name]) => styleOf(place, part, name)", [place, part, name])
    return str(found)


def test_forced_colours_keep_what_only_a_colour_said(stage: Stage, visit: Visitor) -> None:
    stage.page.emulate_media(forced_colors="active")
    stage.show(visit("ar")["group"])
    edges = {place: style_of(stage, place, "border-top-width") for place in (".button", ".badge")}
    bar = {style_of(stage, f".bar .{part}", "fill") for part in ("track", "fill", "begun")}
    arrow = style_of(stage, ".tongues summary", "border-top-width", "::after")  # else a square
    stage.show(visit("de")["write"])
    steps = [f".stages a{which}" for which in ("[aria-current]", ":not([aria-current])")]
    marks = {style_of(stage, step, "border-bottom-color") for step in steps}
    stage.page.emulate_media(forced_colors="none")
    assert "0px" not in edges.values(), edges
    assert (len(bar), len(marks), arrow) == (3, 2, "0px")


def test_nothing_moves_for_who_wants_no_motion(stage: Stage, visit: Visitor) -> None:
    stage.page.emulate_media(reduced_motion="reduce")
    stage.show(visit("de")["join"])
    moving = """() => [...document.querySelectorAll("*")].map(one => getComputedStyle(one)).filter(
        style => /[1-9]/.test(style.transitionDuration + style.animationDuration)).length"""
    still = stage.page.evaluate(moving)
    stage.page.emulate_media(reduced_motion="no-preference")
    assert (still, stage.page.evaluate(moving) > 0) == (0, True)


def test_paper_is_white_and_has_no_buttons(stage: Stage, visit: Visitor) -> None:
    stage.page.emulate_media(media="print", color_scheme="dark")
    stage.show(visit("ar")["group"])
    ink = style_of(stage, ":root", "--ink")
    hidden = {style_of(stage, place, "display") for place in (".top", ".bottom", ".actions", ".skip")}
    shown = style_of(stage, ".milestones", "display")
    stage.page.emulate_media(media="screen", color_scheme="light")
    assert ink == style_of(stage, ":root", "--ink")
    assert (hidden, shown) == ({"none"}, "block")


@pytest.mark.parametrize("tag", MIRRORED)
def test_pages_look_as_in_the_pictures(stage: Stage, visit: Visitor, tag: str) -> None:
    stage.show(visit(tag)["front"])
    fonts = pictures.fonts(stage.page)
    is_making = os.environ.get(MAKE) == "new"
    if is_making:
        pictures.FONTS.write_text(fonts, encoding="utf-8")
    elif fonts != pictures.FONTS.read_text(encoding="utf-8"):
        pytest.skip(f"the pictures were made with other fonts than these: {fonts.strip()}")
    off = {}
    for seen in of(visit, tag, *PICTURED):
        name, shown = f"{tag}-{seen.place.name}", pictures.small(stage.picture(seen))
        if is_making:
            pictures.keep(name, shown)
        elif (found := pictures.difference(shown, pictures.kept(name))) > pictures.TOLERANCE:
            off[name] = round(found, 3)
    assert off == {}, "look at them; where they are right, `make looks`"


def test_a_picture_for_each_page_and_no_other() -> None:
    names = {file.stem for file in pictures.FOLDER.glob("*.png")}
    assert names == {f"{tag}-{name}" for tag in MIRRORED for name in PICTURED}
    assert sum(file.stat().st_size for file in pictures.FOLDER.iterdir()) < 1_500_000


@pytest.mark.parametrize("name", ["front", "group", "join", "me", "round", "error-404"])
def test_a_page_read_from_the_wrong_side_is_seen(stage: Stage, visit: Visitor, name: str) -> None:
    right = visit("ar")[name]
    wrong = right.html.replace('dir="rtl"', 'dir="ltr"')
    shown = [pictures.small(stage.picture(html)) for html in (right.html, wrong)]
    assert pictures.difference(shown[0], shown[0]) == 0
    assert pictures.difference(*shown) > 2 * pictures.TOLERANCE
