"""Marks of slices that were asked to their end."""

from __future__ import annotations

import os
import time
from pathlib import Path

from archive.storage import FolderStorage
from flows import marks


def test_a_slice_is_done_by_the_run_that_noted_it_until_it_is_cleared(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    assert marks.done_by(storage, "a1") is None
    for run in ("run-1", "run-2"):
        marks.note(storage, "a1", run)
        assert marks.done_by(storage, "a1") == run
    assert marks.done_by(storage, "a2") is None
    marks.clear(storage, ["a1", "a2"])
    assert marks.done_by(storage, "a1") is None


def test_a_mark_that_is_old_or_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    for name, said in (("a1", b"{}"), ("a2", b"\xff"), ("a3", b"[]")):
        storage.put(f"{marks.FOLDER}/{name}.json", said)
        assert marks.done_by(storage, name) is None
    marks.note(storage, "a4", "run-1")
    long_ago = time.time() - marks.VALID.total_seconds() - 10
    os.utime(tmp_path / marks.FOLDER / "a4.json", (long_ago, long_ago))
    assert marks.done_by(storage, "a4") is None
