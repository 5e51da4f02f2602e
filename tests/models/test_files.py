"""The store of files: whole or not at all, on a disk and in an object store."""

import random
import time
from datetime import timedelta
from pathlib import Path

import pytest

from models import clock
from models.files import Store
from tests import lives

WHOLE = 3_000_000  # bytes


@pytest.fixture(params=["disk", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store in a folder, then one that fsspec keeps in memory, as it would keep it at a provider."""
    if request.param == "disk":
        return Store(str(tmp_path / "deep" / "files"))
    return Store(f"memory://bucket{tmp_path}")


def test_what_is_put_is_read_listed_and_deleted(store: Store) -> None:
    assert list(store.names()) == []
    name, other = store.put(b"one", small=b"1"), store.put(b"two")
    assert store.read(name) == b"one"
    assert store.read(name, small=True) == b"1"
    assert store.read(other, small=True) == b"two"
    assert sorted(store.names()) == sorted([name, other])
    assert abs(store.written_at(name) - clock.now()) < timedelta(minutes=1)
    store.delete(name)
    store.delete(name)
    assert list(store.names()) == [other]
    with pytest.raises(FileNotFoundError):
        store.read(name)


def test_names_are_random_and_lie_in_two_folders(store: Store) -> None:
    names = {store.put(b"same") for _time in range(20)}
    assert len(names) == 20
    assert all(len(name) == 34 and name[2] == name[5] == "/" for name in names)


def test_files_of_others_in_the_folder_are_not_ours(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    (tmp_path / "README.txt").write_text("keep")
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "photo.jpg").write_bytes(b"keep")
    assert list(store.names()) == []


def test_only_their_owner_may_read_them(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "files"))
    name = store.put(b"secret")
    assert (tmp_path / "files" / name).stat().st_mode & 0o077 == 0


def test_kill_9_leaves_whole_files_or_none(tmp_path: Path) -> None:
    for _round in range(6):
        begun = lives.event()
        writer = lives.begin(lives.write_files, str(tmp_path), WHOLE, begun)
        assert begun.wait(60)
        time.sleep(random.uniform(0.01, 0.05))
        lives.kill(writer)
    store = Store(str(tmp_path))
    names = list(store.names())
    assert names
    assert {len(store.read(name)) for name in names} == {WHOLE}
    with clock.frozen(clock.now() + timedelta(days=2)):
        store.drop_parts(clock.now())
    assert not list(tmp_path.rglob("*.part"))
    assert list(store.names())
