"""Goal posters for the gallery walk (A4 or A3): the goal sheet in short, and two codes.

The first language is the large one; the others stand below it in columns beside each other. Everything is
made as large as fits; where a sheet has more milestones than a page, the last ones are counted instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models import saying
from models.exporting import print_words as words
from models.exporting.canvas import Align, Canvas, height_of
from models.exporting.documentation import MilestoneLine
from models.exporting.documentation_words import source
from models.exporting.plates import draw_head, draw_panel
from models.exporting.prints import Piece, Prints, Size
from models.exporting.shapes import draw_state
from models.exporting.typesetting import Style
from models.sheets import MILESTONE_WORDS, MilestoneState
from translations import SOURCE, Spoken, Text, language

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 15.0  # of A4; all measures grow with the paper
TIMES = {Size.A4: 1.0, Size.A3: 2**0.5}
PANEL = 59.0  # height of the codes' panels
TOP, GAP = 40.0, 5.0
QUIET = (75, 85, 90)
SCALES = (1.35, 1.25, 1.15, 1.07, 1.0, 0.93, 0.86, 0.8, 0.74, 0.68, 0.62)


@dataclass(frozen=True, slots=True)
class Block:
    """Something of a height that is drawn where there is room."""

    height: float
    draw: Callable[[float], object]
    below: float
    ends_part: bool = False  # more room may follow


def posters_pdf(prints: Prints, size: Size) -> bytes:
    """Return a poster of each group, a page each; FontsMissing without fonts."""
    times = TIMES[size]
    canvas = Canvas(prints.tags[0], _title(prints), (WIDTH * times, HEIGHT * times))
    for piece in prints.pieces:
        canvas.page(f"{piece.card.number} {piece.card.title.to(prints.tags[0])}")
        _Poster(canvas, prints, piece, times).draw()
    return canvas.written()


def _title(prints: Prints) -> str:
    if len(prints.pieces) == 1:
        return prints.pieces[0].card.to(prints.tags[0])
    return words.PRODUCT_NAMES[words.Product.POSTER].to(prints.tags[0])


class _Poster:
    """One poster while it is laid out. Starts are counted from the edge where its first language begins."""

    def __init__(self, canvas: Canvas, prints: Prints, piece: Piece, times: float) -> None:
        self.canvas, self.prints, self.piece, self.times = canvas, prints, piece, times
        self.tags = prints.tags
        self.margin = MARGIN * times
        self.width = canvas.width - 2 * self.margin
        self.is_rtl = language(self.tags[0]).is_rtl
        self.scale = 1.0

    def draw(self) -> None:
        """Draw head and codes, and between them all that the goal sheet says."""
        draw_head(self.canvas, self.prints, self.piece, self.margin, self.times)
        bottom = self.canvas.height - self.margin - PANEL * self.times
        self._panels(bottom)
        y = TOP * self.times
        room = bottom - y - GAP * self.times
        blocks = self._fitting(room)
        spare = self._spare(blocks, room)
        for block in blocks:
            block.draw(y)
            y += block.height + block.below + (spare if block.ends_part else 0)

    def _panels(self, y: float) -> None:
        between = 6 * self.times
        width = (self.width - between) / 2
        card, height = self.piece.card, PANEL * self.times
        codes = (
            (self.piece.join, words.TAKE_PART, words.CODE_OF),
            (self.piece.feedback, words.FEEDBACK, words.CODE_OF_FEEDBACK),
        )
        for place, (address, invitation, spoken) in enumerate(codes):
            x = self._x(place * (width + between), width)
            said = spoken(number=card.number).to(self.tags[0])
            draw_panel(self.canvas, self.tags, address, invitation, said, (x, y, width, height), self.times)

    def _fitting(self, room: float) -> list[Block]:
        """Return all blocks as large as fits; at the smallest size, with fewer milestones."""
        found = self._milestones()
        blocks: list[Block] = []
        for self.scale in SCALES:
            blocks = self._blocks(found, len(found))
            if _height(blocks) <= room:
                return blocks
        for shown in range(len(found) - 1, -1, -1):
            blocks = self._blocks(found, shown)
            if _height(blocks) <= room:
                break
        return blocks

    def _spare(self, blocks: Sequence[Block], room: float) -> float:
        """Share out what is left of the page, so that a poster with little on it is no half-empty sheet."""
        ends = sum(block.ends_part for block in blocks)
        return min(max(0.0, room - _height(blocks)) / (ends + 1), 7 * self.times)

    def _milestones(self) -> Sequence[MilestoneLine]:
        sheet = self.piece.sheet
        kept = sheet.milestones if sheet else ()
        return [one for one in kept if one.state is not MilestoneState.DROPPED]

    def _blocks(self, found: Sequence[MilestoneLine], shown: int) -> list[Block]:
        blocks = [*self._headline(), *self._others(), self._leads()]
        if found:
            blocks += [*self._heading_and_signs(found), *(self._milestone(one) for one in found[:shown])]
        notes = [words.MORE(n=len(found) - shown)] if shown < len(found) else []
        blocks += [self._columns(note, Style(8.5, colour=QUIET), self.tags, 1.5) for note in notes]
        foreign = tuple(tag for tag in self.tags if tag.partition("-")[0] != SOURCE)
        if found and foreign:
            blocks[-1] = replace(blocks[-1], below=2 * self.times)
            blocks.append(self._columns(words.ONLY_GERMAN, Style(7.5, colour=QUIET), foreign, 0))
        return blocks

    def _style(
        self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = (26, 26, 26)
    ) -> Style:
        times = self.times * self.scale
        return Style(size * times, bold=bold, colour=colour, leading=1.3)

    def _x(self, start: float, width: float) -> float:
        """Return the left edge of a box that begins at `start` from the starting edge."""
        return self.margin + (self.width - start - width if self.is_rtl else start)

    def _text(self, said: Spoken | Text, style: Style, below: float) -> Block:
        lines = self.canvas.lines(said, style, self.width, self.tags[0])
        return Block(
            height_of(lines),
            lambda y: self.canvas.put(lines, self.margin, y, self.width),
            below * self.times * self.scale,
        )

    def _headline(self) -> list[Block]:
        card, tag = self.piece.card, self.tags[0]
        blocks = [self._text(card.title.spoken(tag), self._style(26, bold=True), 2.5)]
        if card.summary:
            blocks.append(self._text(card.summary.spoken(tag), self._style(13.5), 5))
        blocks[-1] = replace(blocks[-1], ends_part=True)
        return blocks

    def _others(self) -> list[Block]:
        """Say title and wording in the other languages, in columns; fallbacks stand there already."""
        card = self.piece.card
        said = words.once(card.title, self.tags)[1:]
        if not said:
            return []
        gap = 6 * self.times
        width = (self.width - gap * (len(said) - 1)) / len(said)
        columns = []
        for place, title in enumerate(said):
            lines = self.canvas.lines(title, self._style(12.5, bold=True), width, title.tag)
            summary = card.summary.spoken(title.tag)
            more = self.canvas.lines(summary, self._style(9.5), width, title.tag)
            columns.append((self._x(place * (width + gap), width), lines, more))
        between = 1.0 * self.times

        def draw(y: float) -> None:
            self.canvas.rule(self.margin, y, (self.margin + self.width, y), weight=0.25 * self.times)
            for x, lines, more in columns:
                end = self.canvas.put(lines, x, y + 3 * self.times, width)
                self.canvas.put(more, x, end + between, width)

        height = max(height_of(lines) + between + height_of(more) for _x, lines, more in columns)
        return [Block(height + 3 * self.times, draw, 4.5 * self.times * self.scale, ends_part=True)]

    def _columns(self, text: Text, style: Style, tags: Sequence[str], below: float) -> Block:
        """Say words in languages beside each other."""
        style = Style(style.size * self.times * self.scale, style.bold, style.colour, 1.3)
        gap = 4 * self.times
        width = (self.width - gap * (len(tags) - 1)) / len(tags)
        made = [self.canvas.lines(text, style, width, tag) for tag in tags]

        def draw(y: float) -> None:
            for place, lines in enumerate(made):
                self.canvas.put(lines, self._x(place * (width + gap), width), y, width)

        return Block(max(map(height_of, made)), draw, below * self.times * self.scale)

    def _leads(self) -> Block:
        """Say who leads: the label in each language, the organisation once."""
        start = self.width * 0.3
        labels = [
            line
            for tag in self.tags
            for line in self.canvas.lines(words.LEADS, self._style(8.5, colour=QUIET), start - 3, tag)
        ]
        lead = self.piece.sheet.lead if self.piece.sheet else self.piece.card.lead_organisation
        said = source(lead, self.tags[0]) if lead else words.OPEN_POINT
        lines = self.canvas.lines(said, self._style(12, bold=True), self.width - start, self.tags[0])

        def draw(y: float) -> None:
            self.canvas.rule(self.margin, y, (self.margin + self.width, y), weight=0.25 * self.times)
            for at, line in enumerate(labels):
                top = y + 2 * self.times + height_of(labels[:at])
                self.canvas.put([line], self._x(0, start - 3), top, start - 3, align=self._align())
            x = self._x(start, self.width - start)
            self.canvas.put(lines, x, y + 2 * self.times, self.width - start, align=self._align())

        height = max(height_of(labels), height_of(lines)) + 2 * self.times
        return Block(height, draw, 4 * self.times * self.scale, ends_part=True)

    def _align(self) -> Align:
        """Where labels and names stand that belong together: at the poster's own starting edge."""
        return Align.RIGHT if self.is_rtl else Align.LEFT

    def _heading_and_signs(self, found: Sequence[MilestoneLine]) -> list[Block]:
        """Head the milestones in each language; with several, say there what the signs mean."""
        blocks = [self._columns(words.MILESTONES, Style(11.5, bold=True), self.tags, 1.5)]
        if len(self.tags) > 1:
            states = [state for state in MilestoneState if any(one.state is state for one in found)]
            blocks += [self._sign(state) for state in states]
            blocks[-1] = replace(blocks[-1], below=3 * self.times * self.scale)
        return blocks

    def _sign(self, state: MilestoneState) -> Block:
        style, gap = self._style(9, colour=QUIET), 4 * self.times
        width = (self.width - gap * (len(self.tags) - 1)) / len(self.tags)
        side = style.size * 0.32
        made = [
            (tag, self.canvas.lines(MILESTONE_WORDS[state], style, width - side - gap / 2, tag))
            for tag in self.tags
        ]

        def draw(y: float) -> None:
            for place, (tag, lines) in enumerate(made):
                x = self._x(place * (width + gap), width)
                is_right = language(tag).is_rtl
                with self.canvas.drawing():
                    top = y + (style.line_height - side) / 2
                    draw_state(self.canvas.pdf, state, x + width - side if is_right else x, top, side)
                inner = x if is_right else x + side + gap / 2
                self.canvas.put(lines, inner, y, width - side - gap / 2)

        return Block(max(height_of(lines) for _tag, lines in made), draw, 0.6 * self.times)

    def _milestone(self, one: MilestoneLine) -> Block:
        """Draw the sign, the date, the measure and the state in words."""
        canvas, tag = self.canvas, self.tags[0]
        style, quiet = self._style(11), self._style(9.5, colour=QUIET)
        side = style.size * 0.36
        first, due, state = side + 2 * self.times, 0.17 * self.width, 0.18 * self.width
        measure = self.width - first - due - state - 4 * self.times
        cells = (
            (first, due, canvas.lines(saying.when(one.due, tag), quiet, due, tag)),
            (
                first + due + 2 * self.times,
                measure,
                canvas.lines(source(one.measure, tag), style, measure, tag),
            ),
            (self.width - state, state, canvas.lines(MILESTONE_WORDS[one.state], quiet, state, tag)),
        )
        pad = 1.1 * self.times * self.scale

        def draw(y: float) -> None:
            canvas.rule(self.margin, y, (self.margin + self.width, y), weight=0.15 * self.times)
            with canvas.drawing():
                top = y + pad + (style.line_height - side) / 2
                draw_state(canvas.pdf, one.state, self._x(0, side), top, side)
            for start, width, lines in cells:
                canvas.put(lines, self._x(start, width), y + pad, width, align=self._align())

        return Block(max(height_of(lines) for _s, _w, lines in cells) + 2 * pad, draw, 0)


def _height(blocks: Sequence[Block]) -> float:
    return sum(block.height + block.below for block in blocks)
