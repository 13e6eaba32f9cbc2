from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import ledger
from archive.errors import ArchiveError
from archive.storage import open_storage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_events_are_kept_apart_and_read_back_oldest_first(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    second = ledger.write(storage, "run", {"outlet": "sana", "captures": 3}, NOON)
    first = ledger.write(storage, "run", {"outlet": "النخلة"}, NOON.replace(hour=11))
    ledger.write(storage, "import", {"file": "x"}, NOON)
    assert [event.id for event in ledger.read(storage, "run")] == [first.id, second.id]
    assert next(iter(ledger.read(storage, "run"))).said == {"outlet": "النخلة"}
    assert all(key.startswith("ledger/run/2026/11/") for key in storage.list("ledger/run/"))


def test_an_object_that_is_no_event_is_named(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    storage.put("ledger/run/2026/11/x.json", b"{}")
    with pytest.raises(ArchiveError, match=r"ledger/run/2026/11/x.json"):
        list(ledger.read(storage, "run"))
    with pytest.raises(ArchiveError, match="not a kind"):
        ledger.write(storage, "../x", {}, NOON)
