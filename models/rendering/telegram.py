"""A letter as Telegram shows it: HTML in parts of at most 4096 UTF-16 units, buttons, a picture."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from models import markup
from models.letters import Button, Letter
from models.markup import Block, Span, units
from models.rendering import words

LONGEST = 4096  # UTF-16 units, counted after the markup has been read
LONGEST_CAPTION = 1024
LONGEST_VERB = 64  # bytes
_BREAKS = (re.compile(r"\n"), re.compile(r"\s"))


@dataclass(frozen=True, slots=True)
class Key:
    """A button: a verb that is sent back when it is pressed, or an address that it opens."""

    label: str
    verb: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One message: HTML, the buttons below it in rows, and the token of the picture above it."""

    html: str
    keys: tuple[tuple[Key, ...], ...] = ()
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, and how long that is as Telegram counts."""

    parts: tuple[Part, ...]
    units: int
    limit: int = LONGEST

    @property
    def fits(self) -> bool:
        """Whether the words fit into one message."""
        return self.units <= self.limit

    @property
    def is_caption(self) -> bool:
        """Whether the words stand below the picture in one message."""
        return bool(self.parts[-1].picture)


def parts(
    letter: Letter,
    tag: str,
    addresses: tuple[str, ...],
    *,
    with_links: bool = True,
    says_correction: bool = False,
) -> list[Part]:
    """Return the messages that a letter becomes; without `with_links` its addresses stand in the text.

    A picture carries the words as its caption when they are short enough, else it goes ahead of them.
    """
    blocks = _blocks(letter, tag, says_correction=says_correction)
    if not with_links:
        pairs = zip(letter.buttons, addresses, strict=True)
        blocks += [_words(f"{button.label.to(tag)}:\n{address}") for button, address in pairs if address]
    made = [Part(html) for html in _cut_up(blocks)]
    made[-1] = replace(made[-1], keys=_keys(letter, tag, addresses if with_links else ("",) * len(addresses)))
    if letter.picture is None:
        return made
    if len(made) == 1 and _length(blocks) <= LONGEST_CAPTION:
        return [replace(made[0], picture=letter.picture.token)]
    return [Part("", picture=letter.picture.token), *made]


def preview(letter: Letter, tag: str, addresses: tuple[str, ...]) -> Preview:
    """Return what a letter becomes, and its length; the count leaves out what stands on buttons."""
    made = parts(letter, tag, addresses)
    return Preview(tuple(made), _length(_blocks(letter, tag, says_correction=False)))


def _words(text: str, *, is_quote: bool = False, is_bold: bool = False, is_italic: bool = False) -> Block:
    return Block((Span(text, is_bold=is_bold, is_italic=is_italic),), is_quote)


def _blocks(letter: Letter, tag: str, *, says_correction: bool) -> list[Block]:
    heading = words.heading(letter, tag, says_correction=says_correction).strip()
    blocks: list[Block] = []
    if letter.body is not None:
        said = letter.body.spoken(tag)
        told = markup.blocks(said.text)
        blocks.append(_words(heading, is_bold=True))
        note = _words(words.only_in(said).to(tag), is_italic=True)
        if said.is_fallback and _length([*blocks, note, *told]) <= LONGEST:  # who fills a message may fill it
            blocks.append(note)
        blocks += told
    elif says_correction:
        blocks.append(_words(heading, is_bold=True))
    blocks += [_words(paragraph.to(tag).strip()) for paragraph in letter.paragraphs]
    if letter.quote.strip():
        blocks.append(_words(letter.quote.strip(), is_quote=True))
    return [block for block in blocks if block.words] or [_words(heading)]


def _length(blocks: list[Block]) -> int:
    return sum(units(block.words) for block in blocks) + 2 * (len(blocks) - 1)


def _cut_up(blocks: list[Block]) -> Iterator[str]:
    """Yield the HTML of each message, cut between paragraphs wherever that is possible."""
    together: list[str] = []
    used = 0
    for block in (piece for one in blocks for piece in _pieces(one)):
        more = units(block.words) + (2 if together else 0)
        if together and used + more > LONGEST:
            yield "\n\n".join(together)
            together, used, more = [], 0, units(block.words)
        together.append(block.telegram)
        used += more
    yield "\n\n".join(together)


def _pieces(block: Block) -> Iterator[Block]:
    """Yield a paragraph, cut at lines, else at spaces, else anywhere, if it is longer than a message."""
    rest, start = block.words, 0
    while units(rest) > LONGEST:
        cut = _cut(rest)
        yield block.part(start, start + len(rest[:cut].rstrip()))
        left = rest[cut:].lstrip()
        start += len(rest) - len(left)
        rest = left
    if rest:
        yield block.part(start, start + len(rest)) if start else block


def _cut(text: str) -> int:
    """Return where to cut so that what stands before fits into one message."""
    end, used = 0, 0
    for char in text:
        used += 2 if ord(char) > 0xFFFF else 1
        if used > LONGEST:
            break
        end += 1
    for pattern in _BREAKS:
        places = [match.start() for match in pattern.finditer(text, end // 2, end)]
        if places:
            return places[-1]
    return end


def _keys(letter: Letter, tag: str, addresses: tuple[str, ...]) -> tuple[tuple[Key, ...], ...]:
    rows: list[list[Key]] = []
    for button, address in zip(letter.buttons, addresses, strict=True):
        made = _key(button, tag, address)
        if made is None:
            continue
        if button.beside and rows:
            rows[-1].append(made)
        else:
            rows.append([made])
    return tuple(tuple(row) for row in rows)


def _key(button: Button, tag: str, address: str) -> Key | None:
    label = button.label.to(tag)
    if button.verb:
        if len(button.verb.encode()) > LONGEST_VERB:
            raise ValueError("the button's verb is too long")
        return Key(label, verb=button.verb)
    return Key(label, address=address) if address else None
