"""What was learned is kept under its own digest, and the ledger says which table counts."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import learned, ledger
from archive.audit import Finding, Kind, Passed, audit_shelves
from archive.digest import sha256_of
from archive.errors import ArchiveError
from archive.learned import EVERYWHERE, Choice
from archive.storage import Storage, open_storage

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_table_lies_under_its_own_digest_and_twice_the_same_is_one(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    digest = learned.put(storage, "furniture", b"one")
    assert learned.put(storage, "furniture", b"one") == digest == sha256_of(b"one")
    other = learned.put(storage, "furniture", b"two")
    assert list(learned.held(storage, "furniture")) == sorted([digest, other])
    assert learned.get(storage, "furniture", digest) == b"one"
    assert list(storage.list("learned/")) == sorted(f"learned/furniture/{each}" for each in (digest, other))
    assert list(learned.held(storage, "weights")) == []


def test_a_table_that_is_gone_or_changed_is_never_read_as_another(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    digest = learned.put(storage, "furniture", b"one")
    with pytest.raises(ArchiveError, match="is not there"):
        learned.get(storage, "weights", digest)
    (tmp_path / "learned" / "furniture" / digest).unlink()
    (tmp_path / "learned" / "furniture" / digest).write_bytes(b"One")
    with pytest.raises(ArchiveError, match="its bytes changed"):
        learned.get(storage, "furniture", digest)
    for kind, name in (("Furniture", digest), ("../x", digest), ("furniture", "abc"), ("furniture", digest.upper())):
        with pytest.raises(ArchiveError, match="nothing learned"):
            learned.key(kind, name)
        assert learned.read_key(f"learned/{kind}/{name}") is None
    assert learned.read_key(learned.key("furniture", digest)) == ("furniture", digest)


def test_the_latest_choice_of_each_scope_counts(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    one, two = (learned.put(storage, "furniture", data) for data in (b"one", b"two"))
    learned.choose(storage, Choice(kind="furniture", scope="waha", digest=one, said={"pages": 40}), NOON)
    learned.choose(storage, Choice(kind="furniture", scope="nakhla", digest=one), NOON)
    learned.choose(storage, Choice(kind="furniture", scope="waha", digest=two), NOON + MINUTE)
    current = learned.current(storage, "furniture")
    assert {scope: choice.digest for scope, choice in current.items()} == {"waha": two, "nakhla": one}
    assert [choice.said for choice in learned.choices(storage) if choice.scope == "waha"] == [{"pages": 40}, {}]
    learned.choose(storage, Choice(kind="furniture", scope="waha", digest=None), NOON + 2 * MINUTE)
    assert learned.current(storage, "furniture")["waha"].digest is None
    assert learned.current(storage, "weights") == {}


def test_what_holds_for_all_outlets_has_a_scope_of_its_own(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    digest = learned.put(storage, "weights", b"w")
    chosen = learned.choose(storage, Choice(kind="weights", digest=digest), NOON)
    assert learned.current(storage, "weights") == {EVERYWHERE: chosen}


def test_a_clock_that_went_back_does_not_bring_an_older_table_back(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    digests = [learned.put(storage, "furniture", bytes([number])) for number in range(12)]
    for number, digest in enumerate(digests):
        learned.choose(storage, Choice(kind="furniture", scope="waha", digest=digest), NOON - number * MINUTE)
        assert learned.current(storage, "furniture")["waha"].digest == digest


def test_no_entry_names_a_table_that_was_never_there(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    with pytest.raises(ArchiveError, match="is not there"):
        learned.choose(storage, Choice(kind="furniture", scope="waha", digest="0" * 64), NOON)
    assert list(storage.list("ledger/")) == []


def test_an_entry_that_says_nothing_learned_is_not_passed_over(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    ledger.write(storage, learned.LEDGER, {"kind": "furniture", "scope": "waha", "digest": "abc", "said": {}}, NOON)
    with pytest.raises(ArchiveError, match="does not say what was learned"):
        learned.current(storage, "furniture")


def test_two_stores_merge_by_copying(tmp_path: Path) -> None:
    stores = [open_storage(str(tmp_path / name)) for name in ("one", "two")]
    for number, storage in enumerate(stores):
        digest = learned.put(storage, "furniture", f"table {number}".encode())
        learned.choose(storage, Choice(kind="furniture", scope="waha", digest=digest), NOON + number * MINUTE)
    for shelf in ("learned", "ledger"):
        shutil.copytree(tmp_path / "two" / shelf, tmp_path / "one" / shelf, dirs_exist_ok=True)
    assert learned.current(stores[0], "furniture") == learned.current(stores[1], "furniture")
    assert len(list(learned.held(stores[0], "furniture"))) == 2


# --- the audit ------------------------------------------------------------------------------------------------------
def chosen(storage: Storage, data: bytes = b"table") -> Choice:
    """A table and its evidence, chosen for one outlet."""
    digest, evidence = learned.put(storage, "furniture", data), learned.put(storage, "furniture-evidence", data + b"!")
    choice = Choice(kind="furniture", scope="waha", digest=digest, said={"evidence": evidence})
    return learned.choose(storage, choice, NOON)


def found(storage: Storage, outlet: str | None = None) -> list[tuple[Kind, str]]:
    return [(each.kind, each.file) for each in audit_shelves(storage, outlet) if isinstance(each, Finding)]


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    storage = open_storage(str(tmp_path))
    storage.put("format.json", b'{"format": 1}\n')
    return storage


def test_an_audit_of_sound_tables_finds_nothing_and_looks_at_each(store: Storage) -> None:
    choice = chosen(store)
    learned.put(store, "weights", b"nobody reads by it yet")
    assert found(store) == found(store, "waha") == []
    passed = {each.file for each in audit_shelves(store) if isinstance(each, Passed)}
    assert passed >= set(store.list("learned/")) | set(learned.keys_of(choice))


@pytest.mark.parametrize("which", [0, 1])
def test_an_audit_names_a_table_that_changed_or_is_gone(store: Storage, tmp_path: Path, which: int) -> None:
    key = list(learned.keys_of(chosen(store)))[which]
    (tmp_path / key).write_bytes(b"other")
    assert found(store) == found(store, "waha") == [(Kind.FIXITY, key)]
    assert found(store, "nakhla") == []
    (tmp_path / key).unlink()
    assert found(store) == found(store, "waha") == [(Kind.LOST, key)]


def test_an_audit_names_what_lies_there_under_no_digest_and_an_entry_that_chose_nothing(store: Storage) -> None:
    chosen(store)
    store.put("learned/furniture/table.json", b"{}")
    event = ledger.write(store, learned.LEDGER, {"kind": "furniture"}, NOON + MINUTE)
    assert found(store) == [
        (Kind.LEDGER, f"ledger/learned/2026/11/{event.id}.json"),
        (Kind.STRAY, "learned/furniture/table.json"),
    ]


def test_an_entry_whose_bytes_changed_is_told_once(store: Storage, tmp_path: Path) -> None:
    chosen(store)
    (key,) = store.list("ledger/learned/")
    (tmp_path / key).write_bytes(store.get(key).replace(b"waha", b"wahb"))
    assert found(store) == [(Kind.LEDGER, key)]
