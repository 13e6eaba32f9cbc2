"""One holder at a time: tokens grow, the dead are followed, and the store's clock is the only one that is believed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import lease, processes, tenure
from archive.errors import LeaseError, StorageError
from archive.storage import FolderStorage, Storage, open_storage

HOUR = timedelta(hours=1)
KEY = "state/lease/sana/lease.json"


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(str(tmp_path))


def pass_time(tmp_path: Path, seconds: float) -> None:
    """As if the lease had been written that much earlier: the store's own stamp says when it was."""
    at = (tmp_path / KEY).stat().st_mtime - seconds
    os.utime(tmp_path / KEY, (at, at))


def said(storage: Storage) -> dict[str, object]:
    return dict(json.loads(storage.get(KEY)))


def test_a_second_holder_is_refused_until_the_first_gives_back(storage: Storage) -> None:
    first = lease.take(storage, "sana", HOUR)
    with pytest.raises(LeaseError, match=f"sana is being worked on by {first.holder}, which said so 0 s ago"):
        lease.take(storage, "sana", HOUR)
    lease.take(storage, "midan", HOUR)
    lease.give_back(storage, first)
    assert lease.take(storage, "sana", HOUR).token == 2


def test_a_dead_holder_loses_the_lease_and_its_token_is_older(storage: Storage, tmp_path: Path) -> None:
    dead = lease.take(storage, "sana", HOUR)
    pass_time(tmp_path, 3600 + lease.MARGIN + 1)
    heir = lease.take(storage, "sana", HOUR)
    assert heir.token > dead.token
    for late in (lease.renew, lease.check):
        with pytest.raises(LeaseError, match="taken over"):
            late(storage, dead)
    lease.give_back(storage, dead)
    lease.check(storage, heir)
    with pytest.raises(LeaseError):
        lease.take(storage, "sana", HOUR)


def test_the_lease_is_kept_for_a_margin_longer_than_its_holder_counts(storage: Storage, tmp_path: Path) -> None:
    lease.take(storage, "sana", HOUR)
    pass_time(tmp_path, 3600 + lease.MARGIN - 1)
    with pytest.raises(LeaseError):
        lease.take(storage, "sana", HOUR)


def test_renewing_lasts_longer(storage: Storage, tmp_path: Path) -> None:
    held = lease.take(storage, "sana", HOUR)
    pass_time(tmp_path, 3600)
    held = lease.renew(storage, held)
    with pytest.raises(LeaseError):
        lease.take(storage, "sana", HOUR)
    assert lease.renew(storage, held).token == 1


def test_a_renewal_whose_answer_was_lost_is_gone_on_from(storage: Storage) -> None:
    held = lease.take(storage, "sana", HOUR)
    lease.renew(storage, held)  # what it returned, the new mark, is forgotten
    again = lease.renew(storage, held)
    lease.check(storage, again)
    lease.give_back(storage, held)
    assert lease.take(storage, "sana", HOUR).token == 2


def test_the_clock_of_the_machine_is_not_asked(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    lease.take(storage, "sana", HOUR)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    with pytest.raises(LeaseError):
        lease.take(storage, "sana", HOUR)


def test_of_many_who_take_it_at_once_exactly_one_holds_it(storage: Storage) -> None:
    begin, holders = threading.Barrier(8), list[int]()

    def compete() -> None:
        begin.wait()
        with contextlib.suppress(LeaseError):
            holders.append(lease.take(storage, "sana", HOUR).token)

    threads = [threading.Thread(target=compete) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert holders == [1]


def test_a_damaged_lease_is_nobodys(storage: Storage) -> None:
    storage.put(KEY, b"{", replace=True)
    assert lease.take(storage, "sana", HOUR).token == 1


def _dead_holder(store: Path) -> None:
    """A process takes the lease for an hour and is killed while it holds it."""
    program = (
        "import os, signal, sys\n"
        "from datetime import timedelta\n"
        "from archive import lease\n"
        "from archive.storage import open_storage\n"
        "lease.take(open_storage(sys.argv[1]), 'sana', timedelta(hours=1))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(store)], check=False)
    assert ended.returncode == -signal.SIGKILL


def test_a_holder_that_was_killed_on_this_machine_is_followed_at_once_under_the_next_token(
    storage: Storage, tmp_path: Path
) -> None:
    _dead_holder(tmp_path)
    begun = time.monotonic()
    with tenure.held(storage, "sana") as held:
        assert time.monotonic() - begun < tenure.PATIENCE / 4
        assert held.token == said(storage)["token"] == 2
        with pytest.raises(LeaseError, match="is being worked on"):
            lease.take(storage, "sana", HOUR)


def test_a_holder_of_another_machine_or_an_older_program_is_believed_until_its_time_is_over(
    storage: Storage, tmp_path: Path
) -> None:
    _dead_holder(tmp_path)
    there = said(storage)
    boot, rest = str(there["process"]).split(":", 1)
    for process in (f"{boot[::-1]}:{rest}", "", "nonsense"):
        storage.put(KEY, json.dumps({**there, "process": process}).encode(), replace=True)
        with pytest.raises(LeaseError, match="is being worked on"):
            lease.take(storage, "sana", HOUR)


def test_a_number_given_out_again_is_another_process() -> None:
    mine = processes.mark()
    assert mine and not processes.is_gone(mine)
    assert processes.is_gone(f"{mine}0")


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A lease so short that its whole life can be awaited."""
    monkeypatch.setattr(tenure, "LEASE", timedelta(seconds=0.3))
    monkeypatch.setattr(tenure, "RENEWAL", 0.05)
    yield


@pytest.mark.usefixtures("fast")
def test_who_was_taken_over_is_told_and_may_write_no_more(storage: Storage) -> None:
    told = threading.Event()
    with tenure.held(storage, "sana") as held:
        held.lost = told.set
        held.check()
        heir = {**said(storage), "holder": "another", "token": 9}
        storage.put(KEY, json.dumps(heir).encode(), replace=True)
        assert told.wait(10)
        with pytest.raises(LeaseError, match="is lost"):
            held.check()
    assert said(storage) == heir


class Unreachable(FolderStorage):
    """A folder whose network goes away: what is asked of it hangs until the test ends."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.gone = threading.Event()
        self.back = threading.Event()

    def swap(self, key: str, data: bytes, mark: str | None) -> str:
        if self.gone.is_set():
            self.back.wait(30)
            raise StorageError("no answer")
        return super().swap(key, data, mark)


@pytest.mark.usefixtures("fast")
def test_who_cannot_reach_the_store_stops_before_another_may_follow(tmp_path: Path) -> None:
    storage = Unreachable(tmp_path)
    told = threading.Event()
    with tenure.held(storage, "sana") as held:
        held.lost = told.set
        storage.gone.set()
        assert told.wait(10)
        with pytest.raises(LeaseError, match="is lost"):
            held.check()
        with pytest.raises(LeaseError, match="is being worked on"):
            lease.take(FolderStorage(tmp_path), "sana", HOUR)  # not yet: the margin
        storage.back.set()
