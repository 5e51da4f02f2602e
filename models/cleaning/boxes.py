"""MP4 with sound alone (M4A): its boxes of sound are kept in their places, all others become empty ones.

Sound is found by its place in the file, so nothing may move: what goes is overwritten with zeros.
"""

from collections.abc import Iterator

from models.cleaned import Problem, Refused

_KEPT_ABOVE = (b"ftyp", b"moov", b"mdat")
_TELLS = (b"udta", b"meta", b"uuid")  # names, places, pictures; `uuid` is anybody's own
_HOLDS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf")
_DEEPEST = 8


def bare(data: bytes) -> bytes:
    """Return the file without tags and without what follows its last box; Refused with pictures in it."""
    out = bytearray()
    seen = set()
    for start, end, kind, body in _boxes(data, 0, len(data)):
        seen.add(kind)
        box = bytearray(data[start:end])
        if kind == b"moov":
            _forget(box, body - start, len(box), 1)
        elif kind not in _KEPT_ABOVE:
            _empty(box, 0, len(box), body - start)
        out += box
    if not {b"moov", b"mdat"} <= seen:
        raise Refused(Problem.VIDEO if b"moof" in seen else Problem.BROKEN)
    return bytes(out)


def _boxes(data: bytes | bytearray, place: int, stop: int) -> Iterator[tuple[int, int, bytes, int]]:
    """Yield (start, end, kind, start of content) of the boxes in a row; a broken one ends the row."""
    while place + 8 <= stop:
        size, kind, body = (
            int.from_bytes(data[place : place + 4], "big"),
            bytes(data[place + 4 : place + 8]),
            8,
        )
        if size == 1:
            size, body = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        elif size == 0:
            size = stop - place
        if size < body or place + size > stop or not kind.isascii():
            return
        yield place, place + size, kind, place + body
        place += size


def _forget(box: bytearray, start: int, stop: int, depth: int) -> None:
    if depth > _DEEPEST:
        raise Refused(Problem.BROKEN)
    for first, end, kind, body in list(_boxes(box, start, stop)):
        if kind in _TELLS:
            _empty(box, first, end, body)
        elif kind == b"hdlr":
            _look(box, body, end)
        elif kind in _HOLDS:
            _forget(box, body, end, depth + 1)


def _look(box: bytearray, body: int, end: int) -> None:
    """Refuse moving pictures; forget the name of the program that made the track."""
    if box[body + 8 : body + 12] != b"soun":
        raise Refused(Problem.VIDEO if box[body + 8 : body + 12] == b"vide" else Problem.OTHER_SOUND)
    name = body + 24
    box[name:end] = bytes(max(0, end - name))


def _empty(box: bytearray, start: int, end: int, body: int) -> None:
    box[start + 4 : start + 8] = b"free"
    box[body:end] = bytes(end - body)
