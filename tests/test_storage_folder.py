"""A folder whose disk is full, read-only, forbidden or lying: one clear line, nothing half, nothing left behind."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from archive.errors import NotHeldError, StorageError
from archive.storage import FolderStorage

NOBODY = 65534


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def without_rights(work: Callable[[], None]) -> None:
    """Run something in a thread that the file system takes for nobody; root would pass every lock otherwise."""
    failed = list[BaseException]()

    def run() -> None:
        if os.geteuid() == 0:
            ctypes.CDLL(None).setfsuid(NOBODY)  # setfsuid(2): for this thread alone
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # handed on
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "store")


def test_a_folder_without_the_right_to_write_is_said_with_what_helps(storage: FolderStorage) -> None:
    storage.put("warc/a/there", b"there")
    place = storage.root / "warc" / "a"
    place.chmod(0o555)

    def work() -> None:
        for verb in (
            lambda: storage.put("warc/a/x", b"x"),
            lambda: storage.put("warc/a/there", b"x", replace=True),
            lambda: storage.swap("warc/a/x", b"x", None),
            lambda: storage.delete("warc/a/there"),
        ):
            with pytest.raises(StorageError, match=r"warc/a/\w+ cannot be .*: Permission denied; give this user"):
                verb()

    without_rights(work)
    place.chmod(0o755)
    assert files(storage.root) == ["warc/a/there"]
    assert storage.put("warc/a/x", b"x")


def test_a_shelf_that_may_not_be_read_is_an_error_and_no_empty_shelf(storage: FolderStorage) -> None:
    storage.put("warc/a/x", b"x")
    (storage.root / "warc" / "a").chmod(0o000)

    def work() -> None:
        with pytest.raises(StorageError, match=r"the list of warc/ cannot be made .*Permission denied"):
            list(storage.list("warc/"))
        for ask in (storage.get, storage.exists, storage.size, storage.open):
            with pytest.raises(StorageError, match="warc/a/x cannot be") as told:
                ask("warc/a/x")
            assert not isinstance(told.value, NotHeldError)

    without_rights(work)
    (storage.root / "warc" / "a").chmod(0o755)
    assert list(storage.list("warc/")) == ["warc/a/x"]


def test_a_limit_on_the_size_of_files_ends_a_put_and_leaves_nothing(storage: FolderStorage, tmp_path: Path) -> None:
    source = tmp_path / "spooled"
    source.write_bytes(b"x" * 3_000_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
        with pytest.raises(StorageError, match=r"warc/a/x cannot be written .*File too large; .*raise the limit"):
            storage.put("warc/a/x", source)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, told)
    assert files(storage.root) == []
    assert storage.put("warc/a/x", source)


FULL = """
import errno, pathlib, subprocess, sys
from archive.errors import StorageError
from archive.storage import FolderStorage
place = sys.argv[1]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", place], check=True)
storage = FolderStorage(pathlib.Path(place))
source = pathlib.Path(sys.argv[2])
def tried(*work):
    try:
        work[0](*work[1:])
    except StorageError as error:
        print(type(error).__name__, error)
storage.put("warc/a/there", b"there")
tried(storage.put, "warc/a/x", source)
tried(storage.put, "warc/a/x", b"x" * 400_000)
tried(storage.swap, "state/x", b"x" * 400_000, None)
print(sorted(str(path.relative_to(place)) for path in pathlib.Path(place).rglob("*") if path.is_file()))
print(storage.put("warc/a/small", b"small"))
subprocess.run(["mount", "-o", "remount,ro", place], check=True)
tried(storage.put, "warc/a/y", b"y")
tried(storage.delete, "warc/a/there")
print(storage.get("warc/a/there"))
"""


def test_a_full_disk_and_a_read_only_one_are_told_apart_and_nothing_half_stays(tmp_path: Path) -> None:
    """On a small file system of the test's own, which only the child sees."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "spooled").write_bytes(b"x" * 400_000)
    private = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*private, "mount", "-t", "tmpfs", "none", tmp_path / "disk"], check=False).returncode:
        pytest.skip("no file system of one's own can be mounted here")  # agreed: containers may forbid it
    child = [*private, sys.executable, "-c", FULL, tmp_path / "disk", tmp_path / "spooled"]
    done = subprocess.run(child, capture_output=True, encoding="utf-8", check=False, cwd=Path(__file__).parent.parent)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    for line, key in zip(said[:3], ("warc/a/x", "warc/a/x", "state/x"), strict=True):
        assert f"StorageError {key} cannot be written" in line
        assert "No space left on device; make room on that disk" in line
    assert said[3] == "['state/.tmp-lock', 'warc/a/there']"
    assert said[4] == "True"
    assert "Read-only file system; mount it writable" in said[5]
    assert "Read-only file system" in said[6]
    assert said[7] == "b'there'"


def test_a_file_where_a_folder_should_be_is_named(storage: FolderStorage) -> None:
    storage.put("warc/a", b"a file")
    for key in ("warc/a/x", "warc/a/b/c"):
        with pytest.raises(StorageError, match=rf"{key} cannot be written .*a file stands where a folder should be"):
            storage.put(key, b"x")
        assert not storage.exists(key)
        with pytest.raises(NotHeldError, match=key):
            storage.get(key)
    assert list(storage.list("warc/a/")) == []
    with pytest.raises(StorageError, match="warc cannot be"):
        storage.put("warc", b"x")
    with pytest.raises(NotHeldError):
        storage.size("warc")


def test_a_disk_that_gives_other_bytes_back_gets_no_name(
    storage: FolderStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call that drops the system's memory of the draft stands for the disk here: it changes a byte."""
    source = tmp_path / "spooled"
    source.write_bytes(b"x" * 100_000)

    def spoil(handle: int, *_: int) -> None:
        os.pwrite(handle, b"y", 70_000)

    monkeypatch.setattr(os, "posix_fadvise", spoil)
    for data in (source, source.read_bytes()):
        with pytest.raises(StorageError, match="other bytes back than were written; the disk may be failing"):
            storage.put("warc/a/x", data)
    assert files(storage.root) == []


def test_what_killed_writers_left_is_never_listed_and_goes_when_it_is_old(
    storage: FolderStorage, tmp_path: Path
) -> None:
    """The child is killed between its draft and the name."""
    program = (
        "import os, pathlib, signal, sys\n"
        "from archive import folder\n"
        "from archive.storage import FolderStorage\n"
        "folder._link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "FolderStorage(pathlib.Path(sys.argv[1])).put('warc/a/x', b'x' * 1000)\n"
    )
    root = Path(__file__).parent.parent
    ended = subprocess.run([sys.executable, "-c", program, storage.root], check=False, cwd=root)
    assert ended.returncode == -signal.SIGKILL
    (left,) = files(storage.root)
    assert left.startswith("warc/a/.tmp-")
    assert list(storage.list("")) == []
    storage.put("warc/a/x", b"x" * 1000)
    assert storage.tidy() == 0
    long_ago = (storage.root / left).stat().st_mtime - timedelta(days=3).total_seconds()
    os.utime(storage.root / left, (long_ago, long_ago))
    assert storage.tidy() == 1
    assert files(storage.root) == ["warc/a/x"]


def test_a_lock_that_is_held_is_not_tidied_away(storage: FolderStorage) -> None:
    from archive.folder import _locked

    storage.swap("state/x", b"1", None)
    with _locked(storage.root / "state" / ".tmp-lock"):
        assert storage.tidy(timedelta(seconds=-10)) == 0
    assert storage.tidy(timedelta(seconds=-10)) == 1
    assert storage.swap("state/y", b"1", None)


def test_a_list_goes_on_while_others_write_and_remove(storage: FolderStorage) -> None:
    for number in range(50):
        (storage.root / f"ledger/run/{number:02d}").mkdir(parents=True)
        (storage.root / f"ledger/run/{number:02d}/x").write_bytes(b"x")
    keys = storage.list("ledger/")
    assert next(keys) == "ledger/run/00/x"
    for number in range(10, 20):
        storage.delete(f"ledger/run/{number}/x")
        (storage.root / f"ledger/run/{number}").rmdir()
    storage.put("ledger/run/99/x", b"x")
    rest = list(keys)
    assert rest == sorted(rest)
    there = {f"ledger/run/{number:02d}/x" for number in [*range(1, 10), *range(20, 50)]}
    assert there <= set(rest) <= there | {"ledger/run/99/x"}


def test_a_shelf_on_another_disk_is_listed_too(storage: FolderStorage, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (storage.root / "warc").symlink_to(tmp_path / "other")
    storage.put("warc/a/x", b"x")
    assert list(storage.list("warc/")) == ["warc/a/x"]
    assert (tmp_path / "other/a/x").read_bytes() == b"x"
