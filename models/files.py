"""The store of files: a folder, or any place that fsspec knows, such as `s3://bucket/prefix`.

A file is named by chance, in two levels of folders. Beside it may lie a small copy for lists. Nothing in the
store says whose a file is: that stands in the database only.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

SMALL = ".small"
PART = ".part"
_LETTERS = frozenset("0123456789abcdef")


class Store:
    """Files by name. On a disk a file is there whole or not at all, even after kill -9 or a power cut."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._fs, root = fsspec.url_to_fs(address)
        self._root = str(root).rstrip("/")
        self.folder = Path(self._root) if isinstance(self._fs, LocalFileSystem) else None

    def put(self, data: bytes, *, small: bytes = b"") -> str:
        """Keep `data`, and its small copy if there is one, and return the name under which it is found."""
        name = secrets.token_hex(16)
        name = f"{name[:2]}/{name[2:4]}/{name[4:]}"
        if small:
            self._write(f"{name}{SMALL}", small)
        self._write(name, data)
        return name

    def take(self, name: str, other: "Store") -> None:
        """Keep what another store has under a name, its small copy too, under the same name."""
        small = other._small_of(name)
        if small:
            self._write(f"{name}{SMALL}", small)
        self._write(name, other.read(name))

    def _small_of(self, name: str) -> bytes:
        path = self._path(f"{name}{SMALL}")
        return bytes(self._fs.cat_file(path)) if self._fs.exists(path) else b""

    def read(self, name: str, *, small: bool = False) -> bytes:
        """Return a file, or its small copy where it has one; FileNotFoundError when it is not there."""
        if small and self._fs.exists(self._path(f"{name}{SMALL}")):
            return bytes(self._fs.cat_file(self._path(f"{name}{SMALL}")))
        return bytes(self._fs.cat_file(self._path(name)))

    def delete(self, name: str) -> None:
        """Let go of a file and its small copy; what is gone already stays gone."""
        for path in (self._path(name), self._path(f"{name}{SMALL}")):
            with suppress(FileNotFoundError):  # two may sweep at once
                if self._fs.exists(path):
                    self._fs.rm_file(path)

    def names(self) -> Iterator[str]:
        """Return the names of all files, in no order."""
        seen = set()
        for path in self._paths():
            name = path.removesuffix(SMALL)
            if not path.endswith(PART) and name not in seen and _is_name(name):
                seen.add(name)
                yield name

    def written_at(self, name: str) -> datetime:
        """Return when a file was written; FileNotFoundError when it is not there."""
        path = self._path(name)
        if not self._fs.exists(path):
            path = self._path(f"{name}{SMALL}")
        moment: datetime = self._fs.modified(path)  # fsspec's local times are in UTC
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def drop_parts(self, before: datetime) -> int:
        """Remove what a process had begun to write when it died, if that was before this moment."""
        dropped = 0
        for path in [path for path in self._paths() if path.endswith(PART)]:
            with suppress(FileNotFoundError):  # whole by now
                if self.written_at(path) < before:
                    self._fs.rm_file(self._path(path))
                    dropped += 1
        return dropped

    def _paths(self) -> list[str]:
        if not self._fs.exists(self._root):
            return []
        self._fs.invalidate_cache()
        return [str(path)[len(self._root) :].lstrip("/") for path in self._fs.find(self._root)]

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _write(self, name: str, data: bytes) -> None:
        if self.folder is None:  # an object is put whole or not at all; there is nothing to rename
            self._fs.pipe_file(self._path(name), data)
            return
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_name(f"{target.name}{PART}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            except OSError:  # a full disk: half a file must not take the room that others wait for
                part.unlink(missing_ok=True)
                raise
        part.replace(target)
        # The folder too, or a power cut may forget the name of what the database already counts on.
        _sync(target.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_name(text: str) -> bool:
    """Return whether this is a name that `put` has made; other people's files are not ours to touch."""
    parts = text.split("/")
    return [len(part) for part in parts] == [2, 2, 28] and all(set(part) <= _LETTERS for part in parts)
