"""Books and piles on disk answer as a dict and a list would, and leave nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import scratch
from archive.errors import StorageError
from archive.scratch import Scratch

# Half characters too: json in a foreign CDXJ may spell them.
words = st.text(st.characters(exclude_categories=()), max_size=4) | st.sampled_from(["a", "b", "a b", "\0", "\ud800"])
deeds = st.tuples(st.sampled_from(["set", "pop"]), words, words)


@settings(deadline=None, max_examples=50)
@given(st.lists(deeds, max_size=30))
def test_a_book_is_a_dict_and_a_pile_a_list(done: list[tuple[str, str, str]]) -> None:
    scratch = Scratch()
    book, other, pile = scratch.book(), scratch.book(), scratch.pile()
    model: dict[str, str] = {}
    for deed, key, value in done:
        if deed == "set":
            model[key] = book[key] = value
        else:
            model.pop(key, None)
            book.pop(key)
        assert pile.add(value.encode("utf-8", "surrogatepass")) == len(pile) - 1
    assert dict(book) == model
    assert list(book) == sorted(model)
    assert len(book) == len(model)
    assert all(book.get(key) == model.get(key) and (key in book) == (key in model) for _, key, _ in done)
    assert pile.some(range(1, len(pile) + 9)) == [pile[number] for number in range(1, len(pile))]
    assert [pile[number] for number in range(len(pile))] == [
        value.encode("utf-8", "surrogatepass") for _, _, value in done
    ]
    assert len(other) == 0 and list(other) == []


def test_what_was_never_written_is_not_there() -> None:
    scratch = Scratch()
    with pytest.raises(KeyError):
        scratch.book()["x"]
    with pytest.raises(IndexError):
        scratch.pile()[0]


def test_many_threads_write_one_book() -> None:
    book = Scratch().book()

    def write(thread: int) -> None:
        for number in range(200):
            book[f"{thread}/{number % 100}"] = str(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert len(book) == 400
    assert set(book.values()) == {str(number) for number in range(100, 200)}


def test_a_folder_that_takes_no_more_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pile = Scratch().pile()
    assert list(tmp_path.iterdir()) == []  # without a name from the first moment
    code = (
        "import resource, tempfile\n"
        "from archive.scratch import Scratch\n"
        "pile = Scratch().pile()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from archive.errors import StorageError\n"
        "try:\n"
        "    for number in range(20_000): pile.add(b'x' * 1000)\n"
        "except StorageError as error: print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("scratch file in ") and "TMPDIR" in said.stdout
    assert len(pile) == 0


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(StorageError, match="TMPDIR"):
        Scratch()


def test_a_folder_for_temporary_files_that_is_full_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said = f"the folder for temporary files {tmp_path} cannot be written: No space left on device; make room there"
    with pytest.raises(StorageError, match=said), scratch.folder("x-") as made:
        (made / "full").symlink_to("/dev/full")
        (made / "full").write_bytes(b"x")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(StorageError, match="nowhere"), scratch.folder("x-"):
        pass


def test_folders_that_killed_programs_left_are_cleared_and_none_that_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, fresh, other, away = (tmp_path / name for name in ("x-left", "x-fresh", "y-left", "away"))
    for each in (left, fresh, other, away):
        each.mkdir()
        (each / "file").write_bytes(b"x")
    (tmp_path / "x-link").symlink_to(away)
    with scratch.folder("x-") as used:
        for each in (left, other, used, away):
            os.utime(each, (0, 0))
        with scratch.folder("x-"):
            assert not left.exists()
            assert all(each.exists() for each in (used, fresh, other, away / "file"))
    assert {each.name for each in tmp_path.iterdir()} == {"x-fresh", "y-left", "away", "x-link"}
