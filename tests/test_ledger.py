import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import fixity, ledger
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


def test_a_changed_letter_of_an_event_is_found_wherever_it_stands(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    event = ledger.write(storage, "run", {"outlet": "النخلة", "captures": 3}, NOON)
    (key,) = storage.list("ledger/run/")
    whole = storage.get(key)
    assert ledger.load(whole, key) == event
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 0x01
        with pytest.raises(ArchiveError, match=re.escape(key)):
            ledger.load(bytes(changed), key)
    with pytest.raises(ArchiveError, match="another name"):
        ledger.load(whole, key.replace("ledger/run/", "ledger/import/"))


def test_events_of_older_programs_are_read(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    old = b'{"at":"2026-11-22T12:00:00+00:00","id":"20261122120000-0123456789ab","kind":"run","said":{}}\n'
    storage.put("ledger/run/2026/11/20261122120000-0123456789ab.json", old)
    assert [event.said for event in ledger.read(storage, "run")] == [{}]


def test_the_fixity_of_a_file_is_one_object_whose_name_says_it_all(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    key, digest = "warc/sana/2026/11/sana-20261122120000000-00000-w.warc.gz", "ab" * 32
    entry = fixity.record(storage, key, digest, 17)
    assert fixity.record(storage, key, digest, 17) == entry
    assert list(storage.list("ledger/fixity/2026/11/")) == [entry]
    imported = f"text/sana/0123456789abcdef/_import/{'cd' * 32}.jsonl.gz"
    fixity.record(storage, imported, digest, 3)
    said = fixity.Fixity(sha256=digest, size=17)
    assert fixity.load(storage) == {key: (said,), imported: (fixity.Fixity(sha256=digest, size=3),)}
    assert storage.get(entry) == fixity.content(key, said)
    for other in ("state/x", "warc/sana/x.warc.gz", "warc/sana/2026/11/a!b"):
        with pytest.raises(ArchiveError, match="no fixity"):
            fixity.record(storage, other, digest, 17)
