"""What people send besides words, as the steps of the conversation see it."""

from dataclasses import dataclass

from telegram import Message

from models.attachments import AttachmentKind
from models.cleaned import MOST_FETCHED, PROBLEM_WORDS, Problem
from models.errors import InvalidAnswer
from models.forms import clean
from translations import Text, _

LONGEST_NAME = 120
LONGEST_CAPTION = 2000  # as long as an answer may be; Telegram allows 4096 to those who pay


@dataclass(frozen=True, slots=True)
class Media:
    """A file that Telegram has, or something that we cannot take: then `refusal` says so.

    `album` is the same for all files that were sent together.
    """

    kind: AttachmentKind = AttachmentKind.DOCUMENT
    file_id: str = ""
    unique_id: str = ""
    name: str = ""
    caption: str = ""
    album: str = ""
    refusal: Text | None = None


_OTHER = _("Thank you! I cannot use this here. Welcome are words, photos, voice messages and documents.")


def _refused(problem: Problem, album: str) -> Media:
    return Media(album=album, refusal=PROBLEM_WORDS[problem])


def _cleaned(words: str | None, longest: int, *, lines: bool = False) -> str:
    try:
        return clean.text(words or "", longest=longest, lines=lines)
    except InvalidAnswer:
        return clean.text((words or "")[:longest], longest=longest, lines=lines)


def read(message: Message | None) -> Media | None:
    """Return what a message carries besides words; None where it has words only."""
    if message is None or message.text is not None:
        return None
    album = message.media_group_id or ""
    if message.video or message.video_note or message.animation:
        return _refused(Problem.VIDEO, album)
    document = message.document
    if document and (document.mime_type or "").startswith("video/"):
        return _refused(Problem.VIDEO, album)
    sound = message.voice or message.audio
    photo = max(message.photo, key=lambda one: one.width * one.height) if message.photo else None
    file = photo or sound or document
    if file is None:
        return Media(album=album, refusal=_OTHER)
    if (file.file_size or 0) > MOST_FETCHED:
        return _refused(Problem.TOO_LARGE, album)
    kinds = ((photo, AttachmentKind.PHOTO), (sound, AttachmentKind.VOICE))
    return Media(
        next((kind for one, kind in kinds if one), AttachmentKind.DOCUMENT),
        file.file_id,
        file.file_unique_id,
        _cleaned(getattr(file, "file_name", ""), LONGEST_NAME),
        _cleaned(message.caption, LONGEST_CAPTION, lines=True),
        album,
    )
