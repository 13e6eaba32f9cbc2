"""The shelves behind one object: what is lost or damaged is said, and a rebuild never leaves less than there was."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event

import pytest

from archive import texts
from archive.catalog import Catalog, Query
from archive.errors import ArchiveError, CatalogError, ForeignCatalogError, FormatError, LeaseError, StorageError
from archive.holdings import Archive, open_archive
from archive.settings import Settings, load_settings
from archive.tenure import held
from flows import moves
from flows.reports import Indexed
from tests.made import article, reading, shelf

TEXT = "أعلن رئيس الوفد في ختام الجولة أن الاجتماع المقبل سيعقد في الخريف بحضور جميع الأطراف."


def settings(tmp_path: Path) -> Settings:
    return load_settings(store=str(tmp_path / "store"))


@pytest.fixture
def filled(tmp_path: Path) -> Settings:
    """A store of one story, indexed."""
    one = shelf("1", [reading("a-x", article(TEXT))])
    with open_archive(settings(tmp_path), create=True) as archive:
        archive.put_text(one.head, one.readings)
        archive.set_reader(one.head.outlet, one.head.reader)
        archive.index()
        assert len(list(archive.pull(Query(include_off_topic=True)))) == 1
    return settings(tmp_path)


def stories(of: Settings) -> int:
    with open_archive(of) as archive:
        return len(list(archive.pull(Query(include_off_topic=True))))


def catalog_file(of: Settings) -> Path:
    return Path(of.store) / "catalog.db"


def test_there_is_nothing_to_open_where_nothing_was_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="there is no archive at"):
        open_archive(settings(tmp_path))
    assert not (tmp_path / "store").exists()


def test_a_store_whose_format_is_no_number_is_not_opened(filled: Settings) -> None:
    Path(filled.store, "format.json").write_bytes(b'{"format": true}\n')
    with pytest.raises(FormatError, match="format True"):
        open_archive(filled)


def test_a_lost_catalog_is_said_and_not_taken_for_an_empty_archive(filled: Settings) -> None:
    for left in Path(filled.store).glob("catalog.db*"):
        left.unlink()
    with pytest.raises(CatalogError, match="astana rebuild"):
        stories(filled)
    with open_archive(filled) as archive:
        archive.reindex()
    assert stories(filled) == 1


@pytest.mark.parametrize("damage", [b"garbage", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_catalog_is_replaced_by_a_rebuild(filled: Settings, damage: bytes) -> None:
    catalog_file(filled).write_bytes(damage)
    with pytest.raises(CatalogError, match=r"cannot be used: .*astana rebuild"):
        stories(filled)
    with open_archive(filled) as archive:
        archive.reindex()
    assert stories(filled) == 1


def test_a_rebuild_that_fails_leaves_the_catalog_that_was_there(filled: Settings) -> None:
    (text,) = Path(filled.store, "text").rglob("*.jsonl.gz")
    text.write_bytes(b"junk")
    with open_archive(filled) as archive, pytest.raises(ArchiveError, match=text.name):
        archive.reindex()
    assert stories(filled) == 1
    assert not list(Path(filled.store).glob("catalog.db.new*"))


def test_a_rebuild_that_is_broken_off_leaves_the_catalog_that_was_there(filled: Settings) -> None:
    ended = Event()
    ended.set()
    with open_archive(filled) as archive:
        with pytest.raises(LeaseError, match="broken off"):
            archive.reindex(ended)
        assert archive.reindex().objects == 1
    assert not list(Path(filled.store).glob("catalog.db.new*"))


@pytest.mark.parametrize("move", [moves.index, moves.reindex])
def test_who_is_interrupted_waits_for_nobody_who_indexes(
    filled: Settings, move: Callable[[Settings], Awaitable[Indexed]]
) -> None:
    async def interrupted() -> None:
        moving = asyncio.ensure_future(move(filled))
        await asyncio.wait({moving}, timeout=0)
        moving.cancel()
        await moving

    with open_archive(filled) as archive, held(archive.storage, "catalog"), pytest.raises(asyncio.CancelledError):
        asyncio.run(interrupted())  # another is waited for ten minutes
    assert stories(filled) == 1


def test_a_database_of_another_program_is_never_replaced(filled: Settings, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "theirs.db") as theirs:
        theirs.execute("CREATE TABLE precious (x)")
    theirs.close()
    with pytest.raises(ForeignCatalogError, match="another program"):
        Catalog.rebuild(f"sqlite:///{tmp_path}/theirs.db", [])
    with sqlite3.connect(tmp_path / "theirs.db") as theirs:
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("precious",)]


def test_a_damaged_text_is_read_again_and_another_reading_never_overwrites(filled: Settings) -> None:
    one = shelf("1", [reading("a-x", article(TEXT))])
    other = shelf("1", [reading("a-x", article(TEXT + " وانتهى."))])
    (text,) = Path(filled.store, "text").rglob("*.jsonl.gz")
    text.write_bytes(b"junk")
    with open_archive(filled) as archive:
        key = archive.put_text(one.head, one.readings)
        assert texts.load(archive.storage.get(key))[1] == list(one.readings)
        with pytest.raises(StorageError, match="other content"):
            archive.put_text(other.head, other.readings)


def test_a_text_whose_entry_in_the_ledger_a_kill_prevented_is_not_done(filled: Settings) -> None:
    with open_archive(filled) as archive:
        (key, *others) = archive.text_keys()
        _, outlet, reader, *_ = key.split("/")
        assert archive.texts_of(outlet, reader) == {key, *others}
        (entry,) = (one for one in archive.storage.list("ledger/fixity/") if key.replace("/", "!") in one)
        archive.storage.delete(entry)
        assert archive.texts_of(outlet, reader) == set(others)


def test_an_outlet_without_pointer_keeps_the_texts_of_its_only_reader(
    filled: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (pointer,) = Path(filled.store, "text").rglob("current.json")
    pointer.unlink()
    with open_archive(filled) as archive:
        assert archive.reindex().objects == 1
    assert stories(filled) == 1
    assert "current.json is not there; the texts of" in caplog.text


@pytest.mark.parametrize("wrong", [None, b"{", b'{"reader": "fedcba9876543210"}\n'])
def test_an_outlet_of_two_readers_whose_pointer_does_not_tell_is_refused_and_not_dropped(
    filled: Settings, wrong: bytes | None
) -> None:
    (pointer,) = Path(filled.store, "text").rglob("current.json")
    (text,) = Path(filled.store, "text").rglob("*.jsonl.gz")
    older = (
        pointer.parent
        / "0000000000000000"
        / text.relative_to(pointer.parent / text.relative_to(pointer.parent).parts[0])
    )
    older.parent.mkdir(parents=True)
    older.write_bytes(text.read_bytes())
    current = pointer.read_bytes()
    pointer.unlink() if wrong is None else pointer.write_bytes(wrong)
    with open_archive(filled) as archive:
        for make in (archive.index, archive.reindex):
            with pytest.raises(CatalogError, match=r"current.json .*astana rebuild --from warc"):
                make()
        assert stories(filled) == 1
        archive.set_reader(pointer.parent.name, json.loads(current)["reader"])
        assert archive.reindex().objects == 1


def test_the_lease_of_a_living_indexer_is_respected_and_short(filled: Settings) -> None:
    with open_archive(filled) as archive, held(archive.storage, "catalog"):
        (slot,) = list(archive.storage.list("state/lease/catalog/"))[-1:]
        assert archive.storage.exists(slot)
    assert stories(filled) == 1


def test_two_buckets_share_neither_catalog_nor_spool() -> None:
    one, two = (load_settings(store=f"s3://shelves/{name}") for name in ("one", "two"))
    assert one.catalog_url != two.catalog_url
    assert one.spool_dir != two.spool_dir


def test_a_catalog_that_may_not_be_written_can_be_read(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with Archive(filled) as archive:
        assert len(list(archive.pull(Query(include_off_topic=True)))) == 1
        with pytest.raises(CatalogError, match=r"readonly|read-only"):
            archive.catalog.drop(list(archive.catalog.taken()))
