"""JPEG pictures inside other files: their marks are taken out, their pixels stay bit by bit."""

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_DRAWS = frozenset({0xC4, 0xDB, 0xDD, *range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xD0), 0xEE})
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def bare(data: bytes) -> bytes:
    """Return a JPEG without Exif, places, comments, profiles and what follows its end.

    What is no JPEG is returned as nothing.
    """
    if data[:2] != bytes((0xFF, _START)):
        return b""
    out = [data[:2]]
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # filling
            place += 1
            continue
        if marker == _END:
            break
        if marker in _STANDALONE:
            place += 2
            continue
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in _DRAWS or marker == _SCAN:
            out.append(data[place:end])
        place = end
        if marker == _SCAN:
            stop = _scan_end(data, place)
            out.append(data[place:stop])
            place = stop
    return b"".join((*out, bytes((0xFF, _END))))


def _scan_end(data: bytes, place: int) -> int:
    """Return where the coded pixels that begin at `place` end: at the next true marker."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            return len(data)
        if data[place + 1] != 0 and data[place + 1] not in _STANDALONE:
            return place
        place += 2
