"""A page as a screen reader goes through it, and as somebody without a mouse does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

MOST_TABS = 120  # on one page; more is a trap
QUIET = frozenset(
    {"none", "generic", "StaticText", "InlineTextBox", "LineBreak", "ListMarker", "RootWebArea"}
)
# Where the focus is, whether it can be seen, and what has it.
_FOCUS = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    const shown = [one, one.closest("label")].filter(Boolean).some(it => {
        const s = getComputedStyle(it);
        return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none";
    });
    const seen = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
    return {tag: one.tagName, shown: shown && seen, html: one.outerHTML.slice(0, 160)};
}"""
# Words in Latin letters that stand on a page of another script without saying which language they are in.
_UNMARKED = """own => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) {
        const node = walker.currentNode, around = node.parentElement;
        if (around.closest("style, script, bdi, option, textarea")) continue;
        if (around.closest("[lang]").lang !== own) continue;
        const words = node.data.replace(/\\S+@\\S+|\\/[a-z]+|Telegram/g, "");
        if (/[A-Za-z]{3,}/.test(words)) found.push(node.data.trim());
    }
    return found;
}"""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is read out: what it is, what it is called, and what is said besides."""

    role: str
    name: str
    level: int = 0
    description: str = ""
    is_wrong: bool = False
    is_focused: bool = False


def read(page: Page) -> list[Said]:
    """Return what a screen reader says of a page, from top to bottom."""
    page.wait_for_load_state()
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    said: list[Said] = []
    for _try in range(100):  # on a busy machine the tree may come later than the page
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        said = list(_walk(nodes[0], {node["nodeId"]: node for node in nodes}))
        if any(one.role == "main" for one in said):
            break
        page.wait_for_timeout(50)
    session.detach()
    return said


def _walk(node: dict[str, Any], known: dict[str, dict[str, Any]]) -> Iterator[Said]:
    role = node.get("role", {}).get("value", "")
    if not node.get("ignored") and role not in QUIET:
        more = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
        yield Said(
            role, node.get("name", {}).get("value", "").strip(), more.get("level", 0),
            node.get("description", {}).get("value", ""), more.get("invalid") == "true",
            bool(more.get("focused")),
        )  # fmt: skip
    for child in node.get("childIds", []):
        if child in known:
            yield from _walk(known[child], known)


def all_of(said: list[Said], *roles: str) -> list[Said]:
    """Return what has one of these roles."""
    return [one for one in said if one.role in roles]


def hold_to_order(said: list[Said]) -> None:
    """Hold a page to what every page promises a screen reader: landmarks, headings, names."""
    landmarks = [one.role for one in all_of(said, "banner", "navigation", "main", "contentinfo")]
    assert landmarks == ["banner", "navigation", "main", "contentinfo"], landmarks
    levels = [one.level for one in all_of(said, "heading")]
    assert levels.count(1) == 1, levels
    assert all(after <= before + 1 for before, after in zip([1, *levels], levels, strict=False)), levels
    for one in all_of(said, "link", "button", "textbox", "radio", "checkbox", "combobox", "group", "img"):
        assert one.name or one.role == "group", one
    assert said[0] == Said("link", said[0].name), "the skip link comes first"


def unmarked(page: Page, tag: str) -> list[str]:
    """Return words of another language that do not say so."""
    return list(page.evaluate(_UNMARKED, tag))


def tab(page: Page, key: str = "Tab") -> dict[str, Any]:
    """Go to the next thing that can be reached by keyboard; it must be visible that it has the focus."""
    page.keyboard.press(key)
    focus: dict[str, Any] = page.evaluate(_FOCUS)
    assert focus["shown"] or focus["tag"] == "BODY", focus
    return focus


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Go on with the Tab key until something has the focus."""
    for _step in range(MOST_TABS):
        focus = tab(page, key)
        assert focus["tag"] != "BODY", f"{selector} cannot be reached by keyboard"
        if page.evaluate("what => document.activeElement.matches(what)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def press(page: Page, key: str = "Enter") -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)
