"""MP3 and AAC: a row of frames, each of which tells its own length. Only whole frames in a row are kept."""

from collections.abc import Callable

from models.cleaned import Problem, Refused

FEWEST = 4  # frames in a row; fewer could be chance
_LOOK_ON = 64 * 1024  # bytes to look for the next frame in where something else lies between
_RATES = {
    (3, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}  # kbit/s by version (3 is MPEG 1) and layer, ISO 11172-3 and 13818-3
_SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  # per second

Length = Callable[[bytes, int], int]


def mp3_length(data: bytes, place: int) -> int:
    """Return how many bytes the MPEG frame at `place` has, 0 where there is none."""
    if place + 4 > len(data) or data[place] != 0xFF or data[place + 1] & 0xE0 != 0xE0:
        return 0
    version, layer = data[place + 1] >> 3 & 3, 4 - (data[place + 1] >> 1 & 3)
    rate, sample = data[place + 2] >> 4, data[place + 2] >> 2 & 3
    if version == 1 or layer == 4 or rate in (0, 15) or sample == 3:
        return 0
    kilobits = _RATES[(3 if version == 3 else 2, layer if version == 3 or layer == 1 else 2)][rate]
    padding = data[place + 2] >> 1 & 1
    if layer == 1:
        return (12000 * kilobits // _SAMPLES[version][sample] + padding) * 4
    factor = 72000 if layer == 3 and version != 3 else 144000
    return factor * kilobits // _SAMPLES[version][sample] + padding


def aac_length(data: bytes, place: int) -> int:
    """Return how many bytes the ADTS frame at `place` has, 0 where there is none."""
    if place + 7 > len(data) or data[place] != 0xFF or data[place + 1] & 0xF6 != 0xF0:
        return 0
    length = (data[place + 3] & 3) << 11 | data[place + 4] << 3 | data[place + 5] >> 5
    return length if length > 7 else 0


def bare(data: bytes, length: Length) -> bytes:
    """Return the frames alone; Refused where there are none."""
    out: list[bytes] = []
    place = _next(data, _after_tags(data), length)
    if place < 0:
        raise Refused(Problem.OTHER_SOUND)
    while 0 <= place < len(data):
        size = length(data, place)
        if size and place + size <= len(data):
            out.append(data[place : place + size])
            place += size
        else:
            place = _next(data, place + 1, length)
    return b"".join(out)


def _next(data: bytes, place: int, length: Length) -> int:
    """Return where the next row of frames begins, -1 where none does soon."""
    end = min(len(data), place + _LOOK_ON)
    while (place := data.find(b"\xff", place, end)) >= 0:
        if _in_a_row(data, place, length):
            return place
        place += 1
    return -1


def _in_a_row(data: bytes, place: int, length: Length) -> bool:
    for _count in range(FEWEST):
        size = length(data, place)
        if not size or place + size > len(data):
            return False
        place += size
    return True


def _after_tags(data: bytes) -> int:
    """Return where the sound begins, after the tags at the front."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if data[5] & 0x10 else 0)
