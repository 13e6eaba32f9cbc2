from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import lease
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
