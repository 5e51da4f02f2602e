"""Recordings: their sound is copied frame by frame, page by page or box by box; all else stays behind.

The sound itself is not decoded. What stays is what a player plays; names, places, pictures and whatever
follows the end do not.
"""

from models.cleaned import AttachmentKind, Cleaned, Problem, Refused
from models.cleaning import boxes, frames, ogg
from models.cleaning.kinds import Format


def clean_sound(data: bytes, kind: Format) -> Cleaned:
    """Return a recording without its tags; Refused for what holds no sound that browsers play."""
    if kind is Format.OGG:
        media_type, body = "audio/ogg", ogg.bare(data)
    elif kind is Format.MP4:
        media_type, body = "audio/mp4", boxes.bare(data)
    elif kind is Format.AAC:
        media_type, body = "audio/aac", frames.bare(data, frames.aac_length)
    else:
        media_type, body = "audio/mpeg", frames.bare(data, frames.mp3_length)
    if not body:
        raise Refused(Problem.BROKEN)
    return Cleaned(AttachmentKind.VOICE, media_type, body)
