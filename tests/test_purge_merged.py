"""Stores that purged different stories of one file, merged: the next command takes both out, whoever runs it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive import listed, takedowns, texts
from archive.catalog import Query
from archive.holdings import Archive, open_archive
from archive.listings import ListedItem, ListingHead, Poll
from archive.purge.ending import finish
from archive.records import Role
from archive.settings import load_settings
from archive.urls import story_id
from tests.audited import Audited, captures, page, store
from tests.purged import captured, holds, purged
from tests.shelving import copied, put_foreign
from tests.test_purge_any import Seen, shelve
from tests.test_purge_any import made as made_of
from tests.test_purge_imports import at, faults, members

pytestmark = pytest.mark.slow

EVERYTHING = Query(include_off_topic=True)


def url(number: int) -> str:
    return f"https://press.test/news/{number}"


def words(number: int) -> bytes:
    return page(number)[1].encode()


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Audited]:
    audited = store(tmp_path / "store", captures(5))
    with audited.archive:
        yield audited


def ledger_of(source: Path, target: Path) -> None:
    shutil.copytree(source / "ledger", target / "ledger", dirs_exist_ok=True)


def reading(folder: Path) -> list[str]:
    with open_archive(load_settings(store=str(folder))) as merged:
        return [held.id for held in merged.pull(EVERYTHING)]


def test_the_next_command_takes_out_of_the_file_what_either_store_had_purged(made: Audited, tmp_path: Path) -> None:
    before = captured(made.folder)
    with copied(made.folder, tmp_path / "copy") as other:
        purged(other, url(0))
        purged(other, "https://press.test/none")
    purged(made.archive, url(1))
    purged(made.archive, url(3))
    made.archive.close()
    ledger_of(tmp_path / "copy", made.folder)
    ledger_of(made.folder, tmp_path / "copy")
    for folder in (made.folder, tmp_path / "copy"):
        assert not {story_id("press", url(each)) for each in (0, 1, 3)} & set(reading(folder))
        assert [holds(folder, words(each)) for each in (0, 1, 3)] == [[], [], []]
        gone = {url(0), url(1), url(3), "https://press.test/none"}
        assert captured(folder) == {each: number for each, number in before.items() if each[1] not in gone}
    assert made.faults() == []
    assert finish(made.archive.storage) == 0
    with open_archive(load_settings(store=str(tmp_path / "copy"))) as other:
        assert faults(other) == []


def test_a_store_that_purged_nothing_itself_obeys_two_that_knew_nothing_of_each_other(
    made: Audited, tmp_path: Path
) -> None:
    made.archive.close()
    for number in (0, 2):
        with copied(made.folder, tmp_path / f"{number}") as other:
            purged(other, url(number))
    for number in (0, 2):
        ledger_of(tmp_path / f"{number}", made.folder)
    reading(made.folder)
    assert [holds(made.folder, words(each)) for each in (0, 2)] == [[], []]
    assert made.faults() == []
    orders = takedowns.load(made.archive.storage).purges
    assert {order.reason for order in orders} == {"a court, 4/26"} and len(orders) == 3
    ledger_of(made.folder, tmp_path / "0")
    reading(tmp_path / "0")
    reading(made.folder)
    assert takedowns.load(made.archive.storage).purges == orders
    assert captured(tmp_path / "0") == captured(made.folder)


def test_two_that_had_purged_the_same_story_are_whole_when_merged(made: Audited, tmp_path: Path) -> None:
    with copied(made.folder, tmp_path / "copy") as other:
        purged(other, url(0), "another reason")
    purged(made.archive, url(0))
    number = len(takedowns.load(made.archive.storage).purges)
    ledger_of(tmp_path / "copy", made.folder)
    made.archive.close()
    reading(made.folder)
    assert len(takedowns.load(made.archive.storage).purges) == number + 1
    assert made.faults() == [] and holds(made.folder, words(0)) == []


def test_imports_that_were_purged_otherwise_are_made_whole_even_when_all_shelves_were_copied(tmp_path: Path) -> None:
    with Archive(load_settings(store=str(tmp_path / "store"))) as archive:
        put_foreign(archive, "old.warc.gz", *members(at(url(0), 0), at(url(1), 1), at(url(2), 2)))
        with copied(tmp_path / "store", tmp_path / "copy") as other:
            purged(other, url(1))
        purged(archive, url(0))
    ignored = shutil.ignore_patterns("catalog*")
    shutil.copytree(tmp_path / "copy", tmp_path / "store", dirs_exist_ok=True, ignore=ignored)
    with Archive(load_settings(store=str(tmp_path / "store"))) as merged:
        merged.obey()
        assert [holds(tmp_path / "store", words(each)) for each in (0, 1)] == [[], []]
        assert {address for _, address, _, _ in captured(tmp_path / "store")} == {url(2)}
        assert faults(merged) == []
        assert finish(merged.storage) == 0


def test_captures_that_were_no_articles_are_counted_fewer_as_the_other_store_counted(tmp_path: Path) -> None:
    pages = [
        Seen(page=number, text=0, shape=0, role=role, status=b"200 OK", twin=False, answered=True)
        for number, role in enumerate((Role.PAGE, Role.SEED, Role.PAGE))
    ]
    with Archive(load_settings(store=str(tmp_path / "store"))) as archive:
        shelve(archive, tmp_path, [[made_of(each, number) for number, each in enumerate(pages)]])
        (key,) = [key for key in archive.text_keys() if key.endswith(".gz")]
        with copied(tmp_path / "store", tmp_path / "copy") as other:
            purged(other, url(1))
        purged(archive, url(0))
        assert texts.load(archive.storage.get(key))[0].non_articles != {}
    ledger_of(tmp_path / "copy", tmp_path / "store")
    reading(tmp_path / "store")
    head, left = texts.load(archive.storage.get(key))
    assert head.non_articles == {} and [each.url for each in left] == [url(2)]


@pytest.mark.parametrize("merges", ["one of the two", "a third"])
def test_titles_in_a_listing_that_told_of_both_go_too(made: Audited, tmp_path: Path, merges: str) -> None:
    head = ListingHead(schema=1, warc=made.warc.removeprefix("warc/"), outlet="press", lister="11", zone="UTC")
    items = tuple(
        ListedItem(story=story_id("press", url(each)), url=url(each), title=f"عنوان {each}") for each in (0, 1, 2)
    )
    poll = Poll(
        outlet="press", seed="s", kind="feed", url="https://press.test/rss", at="2026-11-22T10:00:00Z",
        record="urn:x:1", items=items,
    )  # fmt: skip
    listed.put(made.archive.storage, head, [poll])
    made.archive.close()
    for number in (0, 1):
        with copied(made.folder, tmp_path / f"{number}") as other:
            purged(other, url(number))
    folder = tmp_path / "0" if merges == "one of the two" else made.folder
    for number in (0, 1):
        ledger_of(tmp_path / f"{number}", folder) if folder != tmp_path / f"{number}" else None
    reading(folder)
    assert [bool(holds(folder, f"عنوان {each}".encode())) for each in (0, 1, 2)] == [False, False, True]


def test_texts_of_readers_and_an_index_that_only_the_other_store_has_lose_it_too(made: Audited, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    with copied(made.folder, copy) as other:
        head, found = texts.load(made.data(made.text))
        theirs = other.put_text(replace(head, reader="fedcba9876543210"), found)
        (copy / made.cdxj).write_bytes(made.data(made.cdxj).replace(b'"200"', b'"0200"', 1))
    purged(made.archive, url(0))
    ledger_of(made.folder, copy)
    assert holds(copy, words(0))
    reading(copy)
    assert holds(copy, words(0)) == []
    assert (copy / made.cdxj).read_bytes() == made.data(made.cdxj)
    left = texts.load((copy / theirs).read_bytes())[1]
    ours = texts.load(made.data(made.text))[1]
    assert [each.address for each in left] == [each.address for each in ours] != []
    with open_archive(load_settings(store=str(copy))) as other:
        assert faults(other) == []
