"""What comes of cleaning a file, and the words for files that are not taken."""

from dataclasses import dataclass
from enum import StrEnum

from models.errors import InvalidAnswer
from translations import Text, _

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE  # of a file that we keep, and that is sent on a page
MOST_FETCHED = 20 * MEGABYTE  # of a file that Telegram lets bots fetch


class AttachmentKind(StrEnum):
    """What sort of file it is, for those who look at it."""

    PHOTO = "photo"
    VOICE = "voice"
    DOCUMENT = "document"


class Problem(StrEnum):
    """Why a file was not taken; kept with its row."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_MANY_PIXELS = "too-many-pixels"
    BROKEN = "broken"
    HEIC = "heic"
    OTHER_PICTURE = "other-picture"
    VIDEO = "video"
    OTHER_SOUND = "other-sound"
    ENCRYPTED = "encrypted"
    OLD_OFFICE = "old-office"
    ARCHIVE = "archive"
    UNKNOWN = "unknown"
    GONE = "gone"  # Telegram no longer has it


PROBLEM_WORDS: dict[str, Text] = {
    Problem.EMPTY: _("This file is empty. Please choose it once more."),
    Problem.TOO_LARGE: _("This file is too large for us: 10 MB is the most. Please send a smaller one."),
    Problem.TOO_MANY_PIXELS: _("This picture has too many pixels for us. Please send it in a smaller size."),
    Problem.BROKEN: _("We could not open this file; it seems to be incomplete. Please send it once more."),
    Problem.HEIC: _(
        "This picture is in the iPhone's own format (HEIC), which we cannot open. Please send it as JPEG."
    ),
    Problem.OTHER_PICTURE: _(
        "We cannot take pictures in this format. Please send it as JPEG, or take a photo of it."
    ),
    Problem.VIDEO: _("We cannot take videos yet. A photo or a voice message is welcome."),
    Problem.OTHER_SOUND: _("We cannot play this recording. Please send it as a voice message, MP3 or M4A."),
    Problem.ENCRYPTED: _(
        "This file is protected with a password. Please send it without one, so that we can read it."
    ),
    Problem.OLD_OFFICE: _(
        "This file is in an older or another office format. Please save it as PDF or .docx and send that."
    ),
    Problem.ARCHIVE: _("We cannot take packed files (such as ZIP). Please send each file by itself."),
    Problem.UNKNOWN: _(
        "We cannot take this kind of file. Welcome are photos, voice messages, PDF, Word or Excel files, "
        "LibreOffice files and plain text."
    ),
    Problem.GONE: _("Telegram could not give us this file. Please send it once more."),
}


class Refused(InvalidAnswer):
    """A file that is not taken: words for the person, and a short `problem` to remember."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(PROBLEM_WORDS[problem])
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file as we keep it: made anew by us, of one kind only. `small` is a copy for lists, of pictures."""

    kind: AttachmentKind
    media_type: str
    data: bytes
    width: int = 0
    height: int = 0
    small: bytes = b""


ENDINGS = {
    "image/jpeg": ".jpg",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/aac": ".aac",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
