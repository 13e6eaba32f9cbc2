import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import lease, processes, tenure
from archive.errors import LeaseError
from archive.storage import open_storage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_second_holder_is_refused_until_the_first_gives_back(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    first = lease.take(storage, "sana", HOUR, NOON)
    with pytest.raises(LeaseError, match="sana is being worked on"):
        lease.take(storage, "sana", HOUR, NOON)
    lease.take(storage, "midan", HOUR, NOON)
    lease.give_back(storage, first, NOON)
    assert lease.take(storage, "sana", HOUR, NOON).token == 2


def test_a_dead_holder_loses_the_lease_and_its_token_is_older(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    dead = lease.take(storage, "sana", HOUR, NOON)
    heir = lease.take(storage, "sana", HOUR, NOON + HOUR)
    assert heir.token > dead.token
    with pytest.raises(LeaseError, match="taken over"):
        lease.renew(storage, dead, HOUR, NOON + HOUR)
    lease.give_back(storage, dead, NOON + HOUR)
    with pytest.raises(LeaseError):
        lease.take(storage, "sana", HOUR, NOON + HOUR)


def test_renewing_lasts_longer(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    held = lease.take(storage, "sana", HOUR, NOON)
    lease.renew(storage, held, HOUR, NOON + HOUR / 2)
    with pytest.raises(LeaseError):
        lease.take(storage, "sana", HOUR, NOON + HOUR)


def _dead_holder(store: Path) -> None:
    """A process takes the lease for an hour and is killed while it holds it."""
    program = (
        "import os, signal, sys\n"
        "from datetime import timedelta\n"
        "from archive import lease, tenure\n"
        "from archive.storage import open_storage\n"
        "lease.take(open_storage(sys.argv[1]), 'sana', timedelta(hours=1), tenure.clock())\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(store)], check=False)
    assert ended.returncode == -signal.SIGKILL


def test_a_holder_that_was_killed_on_this_machine_is_followed_at_once_under_the_next_token(tmp_path: Path) -> None:
    _dead_holder(tmp_path)
    storage = open_storage(str(tmp_path))
    begun = time.monotonic()
    with tenure.held(storage, "sana"):
        assert time.monotonic() - begun < tenure.PATIENCE / 4
        with pytest.raises(LeaseError, match="is being worked on"):
            lease.take(storage, "sana", HOUR, tenure.clock())
        (slot,) = list(storage.list("state/lease/sana/"))[-1:]
        assert json.loads(storage.get(slot))["token"] == 2


def test_a_holder_of_another_machine_or_an_older_program_is_believed_until_its_time_is_over(tmp_path: Path) -> None:
    _dead_holder(tmp_path)
    storage = open_storage(str(tmp_path))
    (slot,) = storage.list("state/lease/sana/")
    said = json.loads(storage.get(slot))
    boot, rest = said["process"].split(":", 1)
    for process in (f"{boot[::-1]}:{rest}", "", "nonsense"):
        storage.put(slot, json.dumps({**said, "process": process}).encode(), replace=True)
        with pytest.raises(LeaseError, match="is being worked on"):
            lease.take(storage, "sana", HOUR, tenure.clock())


def test_a_number_given_out_again_is_another_process() -> None:
    mine = processes.mark()
    assert mine and not processes.is_gone(mine)
    assert processes.is_gone(f"{mine}0")
