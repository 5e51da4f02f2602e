"""parse_mode MarkdownV2: nested marks, code, links, quotes, and the errors for what is not escaped."""

from dataclasses import dataclass

from bot.emulator.errors import ApiError, Json, bad_request
from bot.emulator.links import link_entity, utf16_length

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
MARKS = {
    "__": "underline",
    "||": "spoiler",
    "```": "pre",
    "_": "italic",
    "*": "bold",
    "~": "strikethrough",
    "`": "code",
}
NAMES = {
    "bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough",
    "code": "Code", "spoiler": "Spoiler", "pre": "Pre", "text_link": "TextUrl", "blockquote": "BlockQuote",
}  # fmt: skip


@dataclass(slots=True)
class Open:
    """A mark that waits for its end."""

    kind: str
    mark: str
    offset: int
    start: int
    part: int
    language: str = ""


class MarkdownParser:
    """Reads one text from left to right; `parse` may be called once."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.parts: list[str] = []
        self.offset = 0
        self.stack: list[Open] = []
        self.entities: list[Json] = []
        self.line_start = True

    def parse(self) -> tuple[str, list[Json]]:
        """The plain text and its entities, or ApiError 400."""
        while self.position < len(self.source):
            self.step()
        self.end_quote()
        if self.stack:
            raise self.unfinished()
        return "".join(self.parts), self.entities

    def step(self) -> None:
        """Read one character or mark."""
        sign = self.source[self.position]
        inside = self.stack[-1] if self.stack else None
        if (
            sign == "\\"
            and self.position + 1 < len(self.source)
            and ord(self.source[self.position + 1]) < 127
        ):
            self.put(self.source[self.position + 1], 2)
        elif inside and inside.kind in {"code", "pre"}:
            if self.at(inside.mark):
                self.close(inside)
            else:
                self.put(sign)
        elif sign == "\n":
            self.end_line()
        elif sign in RESERVED:
            self.mark(sign, inside)
        else:
            self.put(sign)

    def at(self, mark: str) -> bool:
        """True when the mark stands here."""
        return self.source.startswith(mark, self.position)

    def put(self, text: str, width: int = 1) -> None:
        """Take text over and go on by `width` characters."""
        self.parts.append(text)
        self.offset += utf16_length(text)
        self.position += width
        self.line_start = text == "\n"

    def end_line(self) -> None:
        """A line break ends a quote unless the next line goes on quoting."""
        if not self.source.startswith(">", self.position + 1):
            self.end_quote()
        self.put("\n")

    def end_quote(self) -> None:
        """Close the quote if one is open; marks within must have ended."""
        if any(one.kind == "blockquote" for one in self.stack):
            if self.stack[-1].kind == "spoiler" and self.stack[-1].offset == self.offset:
                self.stack.pop()
                self.stack[-1].language = "expandable"
            if self.stack[-1].kind != "blockquote":
                raise self.unfinished()
            quote = self.stack.pop()
            kind = "expandable_blockquote" if quote.language else "blockquote"
            self.note({"type": kind, "offset": quote.offset, "length": self.offset - quote.offset})

    def mark(self, sign: str, inside: Open | None) -> None:
        """Read a reserved character: it begins or ends something, or is an error."""
        if inside and inside.kind == "text_link" and sign == "]":
            self.end_link(inside)
        elif inside and inside.mark and self.at(inside.mark) and not (inside.mark == "_" and self.at("__")):
            self.close(inside)
        elif sign == ">" and self.line_start:
            self.begin_quote()
        elif sign == "[":
            self.open("text_link", "", 1)
        else:
            self.begin_mark(sign)

    def begin_mark(self, sign: str) -> None:
        """Open the mark that begins here."""
        found = next((mark for mark in MARKS if self.at(mark)), None)
        if found is None:
            words = f"Character '{sign}' is reserved and must be escaped with the preceding '\\'"
            raise bad_request(f"can't parse entities: {words}")
        self.open(MARKS[found], found, len(found))
        if found == "```":
            self.read_language()

    def read_language(self) -> None:
        """The word after three backticks names a language when a line break follows."""
        line, separator, _rest = self.source[self.position :].partition("\n")
        if separator and "`" not in line and " " not in line:
            self.stack[-1].language = line
            self.position += len(line) + 1

    def open(self, kind: str, mark: str, width: int) -> None:
        """Remember a beginning."""
        self.stack.append(Open(kind, mark, self.offset, self.position, len(self.parts)))
        self.position += width

    def begin_quote(self) -> None:
        """Open a quote, or go on with the open one."""
        if any(one.kind == "blockquote" for one in self.stack):
            self.position += 1
        else:
            self.open("blockquote", "", 1)
        self.line_start = False

    def close(self, inside: Open) -> None:
        """End the innermost mark."""
        self.stack.pop()
        self.position += len(inside.mark)
        entity: Json = {"type": inside.kind, "offset": inside.offset, "length": self.offset - inside.offset}
        if inside.language:
            entity["language"] = inside.language
        self.note(entity)

    def end_link(self, inside: Open) -> None:
        """Read the address after the words of a link; without one the words are the address."""
        self.stack.pop()
        self.position += 1
        link = "".join(self.parts[inside.part :])
        if self.at("("):
            link = self.address()
        entity = link_entity(inside.offset, self.offset - inside.offset, link)
        if entity:
            self.note(entity)

    def address(self) -> str:
        """Read `(address)`, in which a backslash escapes."""
        start = self.position + 1
        signs, position = [], start
        while position < len(self.source) and self.source[position] != ")":
            if self.source[position] == "\\" and position + 1 < len(self.source):
                position += 1
            signs.append(self.source[position])
            position += 1
        if position >= len(self.source):
            place = len(self.source[:start].encode())
            raise bad_request(f"can't parse entities: Can't find end of a URL at byte offset {place}")
        self.position = position + 1
        return "".join(signs)

    def note(self, entity: Json) -> None:
        """Keep an entity unless it is empty."""
        if entity["length"]:
            self.entities.append(entity)

    def unfinished(self) -> ApiError:
        """A 400 that names the mark without an end."""
        last = self.stack[-1]
        place = len(self.source[: last.start].encode())
        return bad_request(
            f"can't parse entities: Can't find end of {NAMES[last.kind]} entity at byte offset {place}"
        )


def parse_markdown(source: str) -> tuple[str, list[Json]]:
    """Plain text and entities of a text in MarkdownV2."""
    return MarkdownParser(source).parse()
