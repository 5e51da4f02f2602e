"""Ogg with Opus, as voice messages are: the pages of the one stream, with an empty page of tags."""

from dataclasses import dataclass

from models.cleaned import Problem, Refused

_MOST_TAG_PAGES = 200  # a cover picture among the tags
_POLYNOMIAL = 0x04C11DB7


@dataclass(frozen=True, slots=True)
class _Page:
    flags: int
    granule: bytes
    serial: bytes
    lacing: bytes
    body: bytes

    @property
    def ends_packet(self) -> bool:
        return bool(self.lacing) and self.lacing[-1] < 255

    @property
    def is_last(self) -> bool:
        return bool(self.flags & 4)


def bare(data: bytes) -> bytes:
    """Return the Opus stream with numbered and summed pages and without its tags; Refused for others."""
    pages = _pages(data)
    if not pages or not pages[0].body.startswith(b"OpusHead"):
        raise Refused(Problem.OTHER_SOUND)
    if len(pages) < 3 or not pages[1].body.startswith(b"OpusTags"):
        raise Refused(Problem.BROKEN)
    after = next((n for n, page in enumerate(pages[1:_MOST_TAG_PAGES], 1) if page.ends_packet), 0)
    if not after or len(pages) == after + 1:
        raise Refused(Problem.BROKEN)
    tags = b"OpusTags" + bytes(8)  # no maker, no comments
    empty = _Page(0, bytes(8), pages[0].serial, bytes((len(tags),)), tags)
    kept = [pages[0], empty, *pages[after + 1 :]]
    return b"".join(_written(page, number) for number, page in enumerate(kept))


def _pages(data: bytes) -> list[_Page]:
    """Return the pages of the first stream up to its end; what is no page ends it too."""
    pages: list[_Page] = []
    place = 0
    while data[place : place + 5] == b"OggS\x00" and place + 27 <= len(data):
        count = data[place + 26]
        lacing = data[place + 27 : place + 27 + count]
        start = place + 27 + count
        end = start + sum(lacing)
        if len(lacing) < count or end > len(data):
            break
        page = _Page(
            data[place + 5],
            data[place + 6 : place + 14],
            data[place + 14 : place + 18],
            lacing,
            data[start:end],
        )
        place = end
        if pages and page.serial != pages[0].serial:
            continue
        pages.append(page)
        if page.is_last:
            break
    return pages


def _written(page: _Page, number: int) -> bytes:
    head = b"".join(
        (b"OggS\x00", bytes((page.flags,)), page.granule, page.serial, number.to_bytes(4, "little"))
    )
    tail = bytes((len(page.lacing),)) + page.lacing + page.body
    total = _sum(head + bytes(4) + tail)
    return head + total.to_bytes(4, "little") + tail


def _table() -> list[int]:
    table = []
    for value in range(256):
        rest = value << 24
        for _bit in range(8):
            rest = (rest << 1 ^ _POLYNOMIAL if rest & 0x80000000 else rest << 1) & 0xFFFFFFFF
        table.append(rest)
    return table


_TABLE = _table()


def _sum(data: bytes) -> int:
    """Return a page's checksum as RFC 3533 wants it: CRC-32, highest bit first, beginning with 0."""
    rest = 0
    for byte in data:
        rest = (rest << 8 & 0xFFFFFFFF) ^ _TABLE[rest >> 24 ^ byte]
    return rest
