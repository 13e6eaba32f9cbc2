"""The shelf of listings from WARC to audit: made, made again, and every change of an object or a row is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import fixity, ledger, listed
from archive.audit import Finding, audit
from archive.catalog import Catalog
from archive.digest import sha256_of
from archive.errors import AlreadyThereError
from archive.holdings import Archive, open_archive
from archive.listings import ListedQuery, ListingHead, State
from archive.records import Window
from archive.settings import load_settings
from archive.takedowns import KIND
from crawler.polls import Lister, list_seeds
from tests import tiny
from tests.polled import asked, poll
from tests.shelving import copied, shelved
from tests.test_polls_reading import THREE, seed

OUTLETS = {"a": tiny.outlet(timezone="Asia/Damascus")}
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two WARCs with a feed each, one of which has nothing new, and all that was listed in them indexed."""
    place = tmp_path_factory.mktemp("listings") / "store"
    with open_archive(load_settings(store=str(place)), create=True) as made:
        first = seed(THREE)
        shelved(made, "a-1", first, replace(seed(b"", status=b"503 Busy"), url="https://a.example/map.xml"), outlet="a")
        shelved(made, "a-2", replace(seed(THREE), date="2017-01-25T12:00:00Z"), outlet="a")
        for key in [*made.storage.list("warc/"), *made.storage.list("cdxj/")]:
            data = made.storage.get(key)
            fixity.record(made.storage, key, sha256_of(data), len(data))
        list_seeds(made, OUTLETS)
        made.index()
    return place


@pytest.fixture
def store(made_once: Path, tmp_path: Path) -> Iterator[Archive]:
    with copied(made_once, tmp_path / "store") as made:
        yield made


def faults(store: Archive) -> set[tuple[str, str]]:
    """Kind and file of what an audit finds, texts apart: this store has none."""
    found = (each for each in audit(store) if isinstance(each, Finding))
    return {(each.kind.value, each.file) for each in found}


def key_of(name: str) -> str:
    return listed.key(f"a/2026/11/{name}.warc.gz", "a", Lister.of(OUTLETS["a"]).digest)


def test_every_warc_has_its_object_and_an_audit_finds_nothing(store: Archive) -> None:
    assert listed.current(store.storage) == [key_of("a-1"), key_of("a-2")]
    assert faults(store) == set()
    assert list_seeds(store, OUTLETS) == ()
    assert len(list_seeds(store, OUTLETS, anew=True)) == 2
    assert {each.title for each in store.catalog.listed()} == {"جولة", "هدنة"}


def test_a_rebuild_gives_the_same_catalog_again(store: Archive) -> None:
    true = list(store.catalog.dump())
    store.reindex()
    assert list(store.catalog.dump()) == true


def test_another_lister_writes_beside_and_the_catalog_follows_the_pointer(store: Archive) -> None:
    changed = {"a": tiny.outlet(timezone="UTC")}
    assert len(list_seeds(store, changed)) == 2
    store.index()
    assert {key.split("/")[2] for key in store.catalog.listed_in()} == {Lister.of(changed["a"]).digest}
    assert len(list(store.storage.list("listed/"))) == 5
    assert faults(store) == set()


def test_a_lister_that_is_not_what_its_digest_says_is_refused(store: Archive) -> None:
    head = ListingHead(
        schema=1, warc="a/2026/11/a-1.warc.gz", outlet="a", lister=Lister.of(OUTLETS["a"]).digest, zone="Asia/Damascus"
    )
    with pytest.raises(AlreadyThereError):
        listed.put(store.storage, head, [poll(1)])


def _shortened(store: Archive) -> None:
    with listed.opened(store.storage, key_of("a-1")) as (head, lines):
        kept = list(lines)[:1]
    store.storage.put(key_of("a-1"), b"".join(listed.packed(head, kept)), replace=True)


BROKEN: dict[str, tuple[Callable[[Archive], object], set[tuple[str, str]]]] = {
    "an object that is gone": (
        lambda store: (Path(store.settings.store) / key_of("a-2")).unlink(),
        {("lost", key_of("a-2")), ("unread", "warc/a/2026/11/a-2.warc.gz"), ("catalog", key_of("a-2"))},
    ),
    "an object that was cut": (
        lambda store: store.storage.put(key_of("a-2"), store.storage.get(key_of("a-2"))[:-9], replace=True),
        {("fixity", key_of("a-2")), ("listing", key_of("a-2")), ("catalog", key_of("a-2"))},
    ),
    "an object that says less": (
        _shortened,
        {("fixity", key_of("a-1")), ("listing", key_of("a-1")), ("catalog", key_of("a-1"))},
    ),
    "a stray": (lambda store: store.storage.put("listed/a/x.txt", b""), {("stray", "listed/a/x.txt")}),
    "an object under another name": (
        lambda store: store.storage.put(key_of("a-2").replace("a-2", "a-3"), store.storage.get(key_of("a-2"))),
        {
            ("listing", key_of("a-2").replace("a-2", "a-3")),
            ("unrecorded", key_of("a-2").replace("a-2", "a-3")),
            ("behind", key_of("a-2").replace("a-2", "a-3")),
        },
    ),
    "a pointer that names nothing": (
        lambda store: store.storage.put("listed/a/current.json", b"{}", replace=True),
        {("pointer", "listed/a/current.json")},
    ),
    "a WARC that no lister has read": (
        lambda store: shelved(store, "a-4", seed(THREE), outlet="a"),
        {
            ("unread", "warc/a/2026/11/a-4.warc.gz"),
            ("unrecorded", "warc/a/2026/11/a-4.warc.gz"),
            ("unrecorded", "cdxj/a/2026/11/a-4.cdxj"),
        },
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_audit_names_what_is_wrong_with_the_shelf(name: str, store: Archive) -> None:
    break_it, true = BROKEN[name]
    break_it(store)
    assert faults(store) == true


ROWS = {
    "a title": "UPDATE listed SET title = 'x' WHERE title = 'جولة'",
    "a story left out": "DELETE FROM listed WHERE title = 'جولة'",
    "a poll's end": "UPDATE polls SET covers_until = NULL",
    "a poll left out": "DELETE FROM polls WHERE problem IS NOT NULL",
    "a story too many": "INSERT INTO asked VALUES ('x', 0, 'a', 'a-x', '2017', 'live', 0, NULL)",
}


@pytest.mark.parametrize("name", ROWS)
def test_an_audit_names_a_row_that_is_not_what_the_listings_give(name: str, store: Archive) -> None:
    import sqlite3

    assert faults(store) == set()
    store.close()
    with sqlite3.connect(Path(store.settings.store) / "catalog.db") as base:
        assert base.execute(ROWS[name]).rowcount
    assert {kind for kind, _ in faults(store)} == {"catalog"}


def test_a_line_that_its_warc_does_not_bear_out_is_named(store: Archive) -> None:
    head = ListingHead(schema=1, warc="a/2026/11/a-1.warc.gz", outlet="a", lister="ff", zone="UTC")
    place = listed.put(store.storage, head, [poll(1), asked("1", 2)])
    said = [each.said for each in audit(store) if isinstance(each, Finding) and each.file == place]
    assert len(said) == 3
    assert any("no capture urn:uuid:1-" in each for each in said)
    assert sum("is not in it" in each for each in said) == 2


def test_a_takedown_is_obeyed_by_the_next_question_and_a_lift_brings_the_words_back(store: Archive) -> None:
    story = OUTLETS["a"].story_id("https://a.example/2/x")
    said = {"story": story, "urls": ["https://a.example/2/x"], "reason": "r"}
    order = ledger.write(store.storage, KIND, said, NOW)
    store.close()
    with open_archive(store.settings) as asked_again:
        assert [each.title for each in asked_again.catalog.listed()] == ["هدنة"]
        (found,) = asked_again.gaps(["a"], Window())
        assert State.TAKEN_DOWN in found.stories
        ledger.write(store.storage, "lift", {"orders": [order.id], "reason": "r"}, NOW)
    with open_archive(store.settings) as asked_again:
        assert {each.title for each in asked_again.catalog.listed(ListedQuery(outlets=("a",)))} == {"جولة", "هدنة"}
        assert faults(asked_again) == set()


def test_an_indexing_that_was_killed_half_way_is_ended_by_the_next(store: Archive) -> None:
    true = list(store.catalog.dump())
    store.catalog.drop_listings(["a"])
    assert {("behind", key_of("a-1")), ("behind", key_of("a-2"))} == faults(store)
    store.index()
    assert list(store.catalog.dump()) == true


def test_the_catalogs_rows_follow_from_the_shelf_on_any_database(address: str, store: Archive) -> None:
    from archive.relisting import level

    with Catalog.open(address) as catalog:
        assert level(store.storage, catalog, lambda: None) == 2
        assert level(store.storage, catalog, lambda: None) == 0
        assert list(catalog.listing_rows("a")) == list(store.catalog.listing_rows("a"))
