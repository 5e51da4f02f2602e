"""The little Markdown in which updates are written, and what it becomes for each reader's screen.

Paragraphs, bold, italic, lists, links, quotations and one level of headings; everything else is words. No
HTML passes, links lead to http, https and mailto only, and every block finds its own writing direction.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from types import MappingProxyType

import nh3
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

SCHEMES = frozenset({"http", "https", "mailto"})
_OWN_DIRECTION = ("p", "h2", "ul", "ol")  # a quotation is its paragraphs'; a list is one with all in it
_LISTS = ("bullet_list", "ordered_list")
_HTML_NAMES = {
    "paragraph": "p", "heading": "h2", "bullet_list": "ul", "ordered_list": "ol", "list_item": "li",
    "blockquote": "blockquote",
}  # fmt: skip
_TAGS = {*_HTML_NAMES.values(), "strong", "em", "a", "br"}
_ADDRESS = re.compile(r"https?://[^\s<>\"“”«»]+")
_AFTER_ADDRESS = ".,;:!?'…)"
_BULLETS = ("•", "◦", "▪")
_NO_STYLE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Span:
    """Words that look alike; `href` where they lead somewhere."""

    words: str
    is_bold: bool = False
    is_italic: bool = False
    href: str = ""

    @property
    def telegram(self) -> str:
        """The words in Telegram's HTML."""
        shown = escape(self.words, quote=False)
        if not self.words.strip():
            return shown
        if self.href:
            shown = f'<a href="{escape(self.href)}">{shown}</a>'
        if self.is_italic:
            shown = f"<i>{shown}</i>"
        return f"<b>{shown}</b>" if self.is_bold else shown


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a list or a quotation, as a chat shows it: words with line breaks."""

    spans: tuple[Span, ...]
    is_quote: bool = False

    @property
    def words(self) -> str:
        """The words without any looks: what Telegram counts."""
        return "".join(span.words for span in self.spans)

    @property
    def telegram(self) -> str:
        """The block in Telegram's HTML."""
        shown = "".join(span.telegram for span in self.spans)
        return f"<blockquote>{shown}</blockquote>" if self.is_quote else shown

    def part(self, start: int, end: int) -> "Block":
        """Return the characters from `start` to `end`, each looking as before."""
        kept, at = [], 0
        for span in self.spans:
            words = span.words[max(0, start - at) : max(0, end - at)]
            if words:
                kept.append(Span(words, span.is_bold, span.is_italic, span.href))
            at += len(span.words)
        return Block(tuple(kept), self.is_quote)


def units(words: str) -> int:
    """Return the length of words as Telegram counts it: in UTF-16."""
    return len(words) if words.isascii() else len(words.encode("utf-16-le", "surrogatepass")) // 2


def length(source: str) -> int:
    """Return how long a text is in Telegram, once its markup has been read."""
    return units("\n\n".join(block.words for block in blocks(source)))


def _is_fine(address: str) -> bool:
    scheme, colon, _rest = address.partition(":")
    return bool(colon) and scheme.strip().lower() in SCHEMES


class _Reader(MarkdownIt):
    """Reads the subset. A line break is one: people press Enter and mean it."""

    def __init__(self) -> None:
        super().__init__("zero", {"breaks": True, "html": False})
        self.enable(["emphasis", "link", "list", "blockquote", "heading", "newline", "escape"])

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Return whether a link may lead there."""
        return _is_fine(url)


_READER = _Reader()


@lru_cache(maxsize=64)  # the same words go to a million people
def _tree(source: str) -> SyntaxTreeNode:
    return SyntaxTreeNode(_READER.parse(source))


def page(source: str) -> str:
    """Return the HTML of a text for pages; safe to show as it is."""
    return _clean(_html(_tree(source), _NO_STYLE))


def mail(source: str, styles: Mapping[str, str]) -> str:
    """Return the HTML of a text for e-mails, with a style for each tag."""
    return _clean(_html(_tree(source), styles))


@lru_cache(maxsize=64)
def telegram(source: str) -> str:
    """Return a text in Telegram's HTML."""
    return "\n\n".join(block.telegram for block in blocks(source))


@lru_cache(maxsize=64)
def blocks(source: str) -> tuple[Block, ...]:
    """Return a text as a chat shows it, block by block."""
    return tuple(_chat(_tree(source)))


@lru_cache(maxsize=64)
def plain(source: str) -> str:
    """Return a text without any markup; links stand behind their words."""
    return "\n\n".join(_plain(block) for block in blocks(source))


def beginning(source: str, most: int = 220) -> str:
    """Return how a text begins, without any markup, for where it is only hinted at."""
    tree = _tree(source)
    whole = [child for child in tree.children if child.type in ("paragraph", "blockquote")] or [tree]
    said = (span.words for child in whole for node in child.walk() if node.type == "inline"
            for span in (*_spans(node), Span(" ")))  # fmt: skip
    words = " ".join("".join(said).split())
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def _clean(html: str) -> str:
    """Let nothing through but what this module makes, whatever went wrong before."""
    attributes = {tag: {"dir", "style"} for tag in _TAGS} | {
        "a": {"href", "style"},
        "ol": {"dir", "style", "start"},
    }
    return nh3.clean(
        html, tags=_TAGS, attributes=attributes, url_schemes=set(SCHEMES), link_rel="nofollow noopener"
    )


def _open(tag: str, styles: Mapping[str, str], more: str = "") -> str:
    style = f' style="{escape(styles[tag])}"' if tag in styles else ""
    return f"<{tag}{more}{style}>"


def _html(node: SyntaxTreeNode, styles: Mapping[str, str], *, in_list: bool = False) -> str:
    """Return HTML; a browser looks for a block's direction only in what has none of its own."""
    if node.type == "inline":
        return "".join(_inline_html(span, styles) for span in _spans(node))
    is_within = in_list or node.type in _LISTS
    inner = "".join(_html(child, styles, in_list=is_within) for child in node.children)
    if node.type == "root" or (node.type == "paragraph" and node.hidden):  # hidden: in a list without gaps
        return inner
    tag = _HTML_NAMES[node.type]
    more = ' dir="auto"' if tag in _OWN_DIRECTION and not in_list else ""
    if tag == "ol" and int(node.attrs.get("start", 1)) != 1:
        more += f' start="{int(node.attrs["start"])}"'
    return f"{_open(tag, styles, more)}{inner}</{tag}>\n"


def _inline_html(span: Span, styles: Mapping[str, str]) -> str:
    shown = escape(span.words).replace("\n", "<br>\n")
    if span.href:
        target = f' href="{escape(span.href)}"'
        shown = f"{_open('a', styles, target)}{shown}</a>"
    if span.is_italic:
        shown = f"<em>{shown}</em>"
    return f"<strong>{shown}</strong>" if span.is_bold else shown


def _spans(
    node: SyntaxTreeNode, *, is_bold: bool = False, is_italic: bool = False, href: str = ""
) -> Iterator[Span]:
    """Yield the words of a paragraph or heading with their looks."""
    for child in node.children:
        if child.type in ("softbreak", "hardbreak"):
            yield Span("\n", is_bold, is_italic, href)
        elif child.type == "text" and not href:
            for one in _linked(child.content):
                yield Span(one.words, is_bold, is_italic, one.href)
        elif child.type == "link":
            target = str(child.attrs.get("href", ""))
            yield from _spans(child, is_bold=is_bold, is_italic=is_italic, href=target)
        elif child.children:
            bold, italic = is_bold or child.type == "strong", is_italic or child.type == "em"
            yield from _spans(child, is_bold=bold, is_italic=italic, href=href)
        elif child.content:
            yield Span(child.content, is_bold, is_italic, href)


def _linked(words: str) -> Iterator[Span]:
    """Yield words, with addresses that somebody just typed as links: chats and mail programs do the same."""
    at = 0
    for found in _ADDRESS.finditer(words):
        address = _without_end(found[0])
        if address.endswith("//"):
            continue
        if found.start() > at:
            yield Span(words[at : found.start()])
        at = found.start() + len(address)
        yield Span(address, href=address)
    if at < len(words):
        yield Span(words[at:])


def _without_end(address: str) -> str:
    """Return an address without the signs that end its sentence, a bracket that it opened itself left."""
    while address and address[-1] in _AFTER_ADDRESS:
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address


def _chat(node: SyntaxTreeNode) -> Iterator[Block]:
    for child in node.children:
        match child.type:
            case "blockquote":
                inner = list(_chat(child))
                if inner:  # a chat knows no quotation within a quotation
                    yield Block(_joined(inner, "\n\n"), is_quote=True)
            case kind if kind in _LISTS:
                yield Block(_joined([Block(item) for item in _items(child, 0)], "\n"))
            case "heading":
                spans = tuple(
                    Span(one.words, is_bold=True, is_italic=one.is_italic, href=one.href)
                    for one in _words_of(child)
                )
                yield from (Block(spans),) if spans else ()
            case _:
                spans = tuple(_words_of(child))
                yield from (Block(spans),) if spans else ()


def _words_of(node: SyntaxTreeNode) -> Iterator[Span]:
    for child in node.children:
        yield from _spans(child)


def _joined(parts: list[Block], between: str) -> tuple[Span, ...]:
    spans: list[Span] = []
    for part in parts:
        spans += [Span(between), *part.spans] if spans else part.spans
    return tuple(spans)


def _items(node: SyntaxTreeNode, depth: int) -> Iterator[tuple[Span, ...]]:
    """Yield the lines of a list, those of lists within it further in."""
    number = int(node.attrs.get("start", 1))
    for item in node.children:
        mark = f"{number}." if node.type == "ordered_list" else _BULLETS[min(depth, len(_BULLETS) - 1)]
        number += 1
        lead = "   " * depth + mark + " "
        for child in item.children:
            if child.type in _LISTS:
                yield from _items(child, depth + 1)
            else:
                inner = list(_chat(child)) if child.type == "blockquote" else [Block(tuple(_words_of(child)))]
                yield (Span(lead), *_joined(inner, "\n"))
                lead = "   " * (depth + 1)


def _plain(block: Block) -> str:
    words, at = "", 0
    while at < len(block.spans):
        href, said = block.spans[at].href, ""
        while at < len(block.spans) and block.spans[at].href == href:
            said += block.spans[at].words
            at += 1
        bare = href.removeprefix("mailto:")
        words += f"{said} ({bare})" if href and said.strip() not in (href, bare) else said
    return "\n".join(f"> {line}".rstrip() for line in words.split("\n")) if block.is_quote else words
