"""Files that travel through the chat: photos in several sizes, voice messages, documents."""

import hashlib
import io
import secrets
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image, ImageOps

from bot.emulator.errors import Json, bad_request

MAX_DOWNLOAD = 20 * 1024 * 1024  # Telegram's limit for getFile
MAX_PHOTO = 10 * 1024 * 1024  # and for photos that a bot sends
PHOTO_SIDES = (90, 320, 800, 1280)
FOLDERS = {"photo": "photos", "voice": "voice", "document": "documents"}
PREFIXES = {"photo": "AgACAgI", "voice": "AwACAgI", "document": "BQACAgI"}


@dataclass(slots=True)
class FileItem:
    """One stored file; `path` is what getFile answers as file_path."""

    kind: str
    file_id: str
    file_unique_id: str
    path: str
    size: int
    name: str = ""
    mime: str = ""
    width: int = 0
    height: int = 0


class Files:
    """Keeps contents in a folder when one is given, otherwise in memory."""

    def __init__(self, folder: Path | None, mark: Callable[[str, object], None]) -> None:
        self.folder = folder
        self.items: dict[str, FileItem] = {}
        self.contents: dict[str, bytes] = {}
        self.mark = mark

    def add(
        self, kind: str, data: bytes, name: str = "", mime: str = "", side: tuple[int, int] = (0, 0)
    ) -> FileItem:
        """Store a file and name it with a fresh file_id."""
        ending = Path(name).suffix[:12] if name else {"photo": ".jpg", "voice": ".oga"}.get(kind, "")
        path = f"{FOLDERS[kind]}/file_{len(self.items)}{ending if ending.isascii() else ''}"
        unique = hashlib.sha256(data).hexdigest()[:16]
        file_id = f"{PREFIXES[kind]}{secrets.token_urlsafe(36)}"
        item = FileItem(kind, file_id, unique, path, len(data), name, mime, *side)
        self.items[file_id] = item
        self.mark("file", file_id)
        if self.folder:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(data)
        else:
            self.contents[path] = data
        return item

    def get(self, file_id: str) -> FileItem:
        """The file of that id, or 400 as Telegram answers."""
        item = self.items.get(file_id)
        if item is None:
            raise bad_request("invalid file_id")
        return item

    def read(self, item: FileItem) -> bytes:
        """The file's content."""
        return (self.folder / item.path).read_bytes() if self.folder else self.contents[item.path]

    def at(self, path: str) -> FileItem | None:
        """The file that getFile called by this path."""
        return next((item for item in self.items.values() if item.path == path), None)

    def restore(self, rows: dict[str, Json]) -> None:
        """Take over the files of the last run."""
        self.items = {file_id: FileItem(**row) for file_id, row in rows.items()}

    def dump(self, file_id: str) -> Json:
        """A file's record for the journal."""
        return asdict(self.items[file_id])

    def add_photo(self, data: bytes, *, strict: bool) -> list[Json]:
        """Store a photo in several sizes without its metadata and answer them, smallest first.

        `strict` refuses what is no image, as Telegram does to bots; otherwise such bytes are kept as they
        are, so that a test can send them to the bot.
        """
        try:
            sizes = scaled(data)
        except (
            OSError,
            ValueError,
            SyntaxError,
            Image.DecompressionBombError,
            Image.DecompressionBombWarning,
        ):
            if strict:
                raise bad_request("IMAGE_PROCESS_FAILED") from None
            sizes = [(data, (90, 90)), (data, (320, 320))]
        return [photo_size(self.add("photo", body, "", "image/jpeg", side)) for body, side in sizes]


def scaled(data: bytes) -> list[tuple[bytes, tuple[int, int]]]:
    """The picture as JPEG at the sides that Telegram keeps, turned upright."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(data)) as source:
            width, height = source.size
            if width + height > 10_000 or max(width, height) > 20 * min(width, height):
                raise bad_request("PHOTO_INVALID_DIMENSIONS")
            picture = ImageOps.exif_transpose(source).convert("RGB")
    sizes = []
    longest = max(picture.size)
    for side in [*(side for side in PHOTO_SIDES[:-1] if side < longest), min(longest, PHOTO_SIDES[-1])]:
        copy = picture.copy()
        copy.thumbnail((side, side))
        body = io.BytesIO()
        copy.save(body, "JPEG", quality=85)
        sizes.append((body.getvalue(), copy.size))
    return sizes


def photo_size(item: FileItem) -> Json:
    """A PhotoSize."""
    return {**reference(item), "width": item.width, "height": item.height}


def reference(item: FileItem) -> Json:
    """What every file object of the Bot API has."""
    return {"file_id": item.file_id, "file_unique_id": item.file_unique_id, "file_size": item.size}


def document(item: FileItem) -> Json:
    """A Document."""
    return {**reference(item), "file_name": item.name, "mime_type": item.mime or "application/octet-stream"}


def voice(item: FileItem, seconds: int = 1) -> Json:
    """A Voice."""
    return {**reference(item), "duration": seconds, "mime_type": item.mime or "audio/ogg"}
