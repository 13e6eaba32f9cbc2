"""What was taken down is gone from every verb, whichever order things come in; nothing leaves the shelves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import ledger, takedowns
from archive.errors import ArchiveError, NotHeldError, TakenDownError, UsageError
from archive.holdings import Archive, open_archive
from archive.records import Article, Hints
from archive.settings import load_settings
from archive.storage import Storage, open_storage
from archive.takedown import lift, take_down
from archive.takedowns import Depth, Takedown, Takedowns
from archive.texts import text_digest
from tests.catalogs import EVERYTHING, WORD, printed_thrice
from tests.made import article, reading, shelf
from tests.practice import astana
from tests.shelving import copied

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def written(storage: Storage, story: str | None, urls: list[str], reason: str, now: datetime) -> Takedown:
    order = Takedown(event="", at="", story=story, urls=tuple(urls), reason=reason)
    return takedowns.write_order(storage, order, now)


def test_an_order_hides_its_story_and_every_spelling_of_its_addresses(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    assert not takedowns.load(storage)
    written(storage, "press-abc", ["https://www.press.test/news/1", "http://m.press.test/أ ب"], "a court", NOON)
    held = takedowns.load(storage)
    assert held.hides("http://press.test/news/1")
    assert held.hides("test,press)/news/1")
    assert held.hides("http://m.press.test/%D8%A3%20%D8%A8")
    assert held.hides_story("press-abc")
    assert not held.hides("http://press.test/news/12")
    assert not held.hides_story("press-abd")
    with pytest.raises(TakenDownError, match=r"^press-abc was taken down on 2026-11-22: a court$"):
        held.refuse(story="press-abc")


def test_orders_merge_as_sets_do_and_the_oldest_is_told(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    later = written(storage, "a-x", ["http://a.test/2"], "second", NOON + timedelta(days=1))
    first = written(storage, "a-x", ["http://a.test/1"], "first", NOON)
    alone = written(storage, None, ["http://a.test/1"], "address", NOON + timedelta(days=2))
    orders = [later, first, alone]
    assert Takedowns.of(orders) == Takedowns.of(reversed(orders)) == takedowns.load(storage)
    assert Takedowns.of(orders).stories["a-x"].reason == "first"
    assert Takedowns.of(orders).hides("http://a.test/2")
    assert list(takedowns.new(storage, {first.event, alone.event})) == [later]


def test_a_lift_ends_the_orders_it_names_in_whatever_order_entries_come_and_no_later_one(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    first = written(storage, "a-x", ["http://a.test/1"], "first", NOON)
    ended = takedowns.write_lift(storage, [first], "withdrawn", NOON + timedelta(days=1))
    assert not takedowns.load(storage)
    assert not Takedowns.of([ended, first]) and not Takedowns.of([ended])
    later = written(storage, "a-x", ["http://a.test/1"], "again", NOON + timedelta(days=2))
    again = takedowns.write_lift(storage, [first], "twice", NOON + timedelta(days=3))
    in_force = takedowns.load(storage)
    assert in_force.orders == (later,) and in_force.hides("http://a.test/1")
    for entries in ([later, again, ended, first], [first, ended, again, later]):
        assert Takedowns.of(entries) == in_force
        assert [(one.order, one.lift) for one in takedowns.told(entries)] == [(first, ended), (later, None)]


def test_an_order_of_a_depth_that_is_unknown_here_is_named_and_nothing_is_shown(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    ledger.write(storage, "takedown", {"story": "a-x", "urls": [], "reason": "r", "depth": "burnt"}, NOON)
    with pytest.raises(ArchiveError, match=r"'burnt'.*upgrade"):
        takedowns.load(storage)


def test_an_entry_that_is_no_order_is_named_and_nothing_is_shown(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    event = ledger.write(storage, "takedown", {"story": "a-x"}, NOON)
    with pytest.raises(ArchiveError, match=event.id):
        takedowns.load(storage)


# ---- the archive ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three stories indexed, one capture that was no article, and a seed that only the CDXJ knows."""
    folder = tmp_path_factory.mktemp("takedowns") / "store"
    with open_archive(load_settings(store=str(folder)), create=True) as archive:
        for each in printed_thrice():
            archive.put_text(each.head, each.readings)
            archive.set_reader(each.head.outlet, each.head.reader)
        seed = 'example,a)/feed 20261122000000 {"url": "https://a.example/feed"}\n'
        archive.storage.put("cdxj/a/2017/02/1.cdxj", seed.encode())
        archive.index()
    return folder


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Iterator[Archive]:
    """A copy of its own."""
    with copied(made, tmp_path / "store") as opened:
        yield opened


def shelved(archive: Archive) -> dict[str, bytes]:
    keys = [key for shelf in ("warc/", "cdxj/", "text/") for key in archive.storage.list(shelf)]
    return {key: archive.storage.get(key) for key in keys}


@pytest.mark.parametrize("name", ["a-x", "http://www.a.example/x"])
def test_a_takedown_by_id_or_address_wins_everywhere_and_deletes_nothing(archive: Archive, name: str) -> None:
    link = archive.get("a-x")[1].text_digest.removeprefix("sha256:")[:16]
    before = shelved(archive)
    done = take_down(archive, name, " a court,\n 4/26 ", NOON)
    assert (done.story, done.reason) == ("a-x", "a court, 4/26")
    assert shelved(archive) == before
    assert [story.id for story in archive.pull(EVERYTHING)] == ["a-y", "b-x", "c-x"]
    for asked in (name, "a-x", f"/s/a-x/{link}"):
        for verb in (archive.story, archive.get, archive.cluster, archive.verify):
            with pytest.raises(TakenDownError, match=r"was taken down on 2026-11-22: a court, 4/26$"):
                verb(asked)
    archive.reindex()
    with pytest.raises(TakenDownError):
        archive.get("a-x")


def test_taking_down_twice_leaves_the_first_order(archive: Archive) -> None:
    first = take_down(archive, "a-x", "first", NOON)
    again = take_down(archive, "https://a.example/x", "second", NOON + timedelta(days=1))
    assert again == first
    assert len(list(archive.storage.list("ledger/takedown/"))) == 1


def test_a_page_that_was_no_article_and_a_seed_can_be_taken_down_by_address(archive: Archive) -> None:
    assert take_down(archive, "https://a.example/z", "x", NOON).story == "a-z"
    assert take_down(archive, "http://a.example/feed", "x", NOON).story is None
    assert archive.takedowns().hides("https://a.example/feed")
    with pytest.raises(NotHeldError, match="nothing held from"):
        take_down(archive, "https://a.example/never", "x", NOON)
    with pytest.raises(NotHeldError, match="no story a-never"):
        take_down(archive, "a-never", "x", NOON)
    with pytest.raises(UsageError, match="say why"):
        take_down(archive, "a-x", " ", NOON)


def test_a_catalog_that_has_not_heard_of_an_order_obeys_it_before_it_answers(archive: Archive, tmp_path: Path) -> None:
    elsewhere = load_settings(store=archive.settings.store, catalog=str(tmp_path / "elsewhere.db"))
    with open_archive(elsewhere) as other:
        other.index()
    take_down(archive, "a-x", "a court", NOON)
    with open_archive(elsewhere) as other:
        assert [story.id for story in other.pull(EVERYTHING)] == ["a-y", "b-x", "c-x"]
        with pytest.raises(TakenDownError):
            other.get("a-x")


def test_a_hidden_storys_words_are_gone_from_the_catalogs_file(archive: Archive) -> None:
    def file() -> bytes:
        archive.reindex()
        archive.close()
        return Path(archive.settings.store, "catalog.db").read_bytes()

    assert WORD.encode() in file()
    take_down(archive, "a-y", "a court", NOON)
    assert WORD.encode() not in file()


def test_ledgers_of_two_stores_merged_hide_what_either_hid(archive: Archive, tmp_path: Path) -> None:
    shutil.copytree(archive.settings.store, tmp_path / "copy")
    with open_archive(load_settings(store=str(tmp_path / "copy"))) as copy:
        take_down(copy, "b-x", "theirs", NOON)
    take_down(archive, "a-x", "ours", NOON)
    shutil.copytree(tmp_path / "copy" / "ledger", Path(archive.settings.store) / "ledger", dirs_exist_ok=True)
    with open_archive(archive.settings) as merged:
        assert [story.id for story in merged.pull(EVERYTHING)] == ["a-y", "c-x"]


def dumped(archive: Archive) -> list[str]:
    return [line for line in archive.catalog.dump() if not line.startswith(("takedowns", "lifts"))]


@pytest.mark.parametrize("name", ["a-x", "https://a.example/x"])
def test_a_lifted_story_answers_as_before_by_every_verb_after_a_rebuild_and_in_another_catalog(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    before, story = dumped(archive), archive.story("a-x")
    take_down(archive, "a-x", "a court", NOON)
    shelves = shelved(archive)
    ended = lift(archive, name, " the court \n changed its mind", NOON + timedelta(days=1))
    assert ended.reason == "the court changed its mind"
    assert (archive.story("a-x"), dumped(archive), shelved(archive)) == (story, before, shelves)
    archive.reindex()
    assert dumped(archive) == before
    elsewhere = load_settings(store=archive.settings.store, catalog=str(tmp_path / "elsewhere.db"))
    with open_archive(elsewhere) as other:
        other.index()
        assert dumped(other) == before
    take_down(archive, "a-x", "another court", NOON + timedelta(days=2))
    with pytest.raises(TakenDownError, match="another court"):
        archive.get("a-x")


def test_what_is_not_taken_down_cannot_be_lifted_and_a_lift_needs_a_reason(archive: Archive) -> None:
    with pytest.raises(NotHeldError, match="a-x is not taken down"):
        lift(archive, "a-x", "r", NOON)
    take_down(archive, "a-x", "a court", NOON)
    with pytest.raises(UsageError, match="say why"):
        lift(archive, "a-x", " ", NOON)
    lift(archive, "a-x", "r", NOON)
    with pytest.raises(NotHeldError, match="a-x is not taken down"):
        lift(archive, "a-x", "r", NOON)


def test_an_address_of_no_story_is_lifted_by_address(archive: Archive) -> None:
    take_down(archive, "http://a.example/feed", "x", NOON)
    lift(archive, "https://www.a.example/feed", "y", NOON)
    assert not archive.takedowns()


def test_a_lift_copied_from_another_store_ends_only_what_it_names(archive: Archive, tmp_path: Path) -> None:
    take_down(archive, "a-x", "shared", NOON)
    shutil.copytree(archive.settings.store, tmp_path / "copy")
    with open_archive(load_settings(store=str(tmp_path / "copy"))) as copy:
        lift(copy, "a-x", "withdrawn", NOON + timedelta(days=1))
    take_down(archive, "b-x", "ours", NOON)
    shutil.copytree(tmp_path / "copy" / "ledger", Path(archive.settings.store) / "ledger", dirs_exist_ok=True)
    with open_archive(archive.settings) as merged:
        assert [story.id for story in merged.pull(EVERYTHING)] == ["a-x", "a-y", "c-x"]


def test_a_permalink_of_another_readers_text_at_a_hidden_address_proves_nothing(archive: Archive) -> None:
    old = shelf("1", [reading("a-old", article(WORD), url="https://a.example/y")])
    archive.put_text(replace(old.head, reader="0e"), old.readings)
    digits = old.readings[0].outcome
    assert isinstance(digits, Article)
    link = f"/s/a-old/{text_digest(digits.text).removeprefix('sha256:')[:16]}"
    assert archive.verify(link).text_held
    take_down(archive, "a-y", "a court", NOON)
    with pytest.raises(TakenDownError, match="a court"):
        archive.verify(link)


# ---- sealed --------------------------------------------------------------------------------------------------------


def indexed(archive: Archive) -> None:
    said = {"mime": "text/html", "status": "200", "digest": "sha1:AAAA", "length": "9", "offset": "1"}
    said |= {"filename": "a/2017/02/1.warc.gz", "record": "urn:uuid:a-x-1", "date": "2017-02-02T09:00:00Z"}
    said |= {"url": "https://a.example/x", "sha256": "sha256:" + "0" * 64}
    lines = [f"example,a)/x 20170202090000 {json.dumps(said)}", f"example,a)/xy 20170202090000 {json.dumps(said)}"]
    archive.storage.put("cdxj/a/2017/02/9.cdxj", "".join(f"{line}\n" for line in lines).encode())


def test_a_sealed_story_is_hidden_its_captures_are_listed_and_it_can_be_lifted(archive: Archive) -> None:
    indexed(archive)
    before = dumped(archive)
    done = take_down(archive, "a-x", "a court", NOON, Depth.SEALED)
    (capture,) = done.captures
    assert (capture.record, capture.digest, capture.file) == ("urn:uuid:a-x-1", "sha1:AAAA", "a/2017/02/1.warc.gz")
    for verb in (archive.get, archive.verify, archive.story):
        with pytest.raises(TakenDownError, match=r"^a-x was sealed on 2026-11-22: a court$"):
            verb("a-x")
    archive.reindex()
    with pytest.raises(TakenDownError, match="was sealed"):
        archive.get("a-x")
    assert takedowns.load(archive.storage).orders == (done,)
    lift(archive, "a-x", "withdrawn", NOON + timedelta(days=1))
    assert dumped(archive) == before


def test_a_hidden_story_can_be_sealed_and_a_sealed_one_stays_sealed(archive: Archive) -> None:
    indexed(archive)
    hidden = take_down(archive, "a-x", "first", NOON)
    sealed = take_down(archive, "a-x", "deeper", NOON + timedelta(days=1), Depth.SEALED)
    assert sealed.urls == hidden.urls and len(sealed.captures) == 1
    assert take_down(archive, "a-x", "again", NOON + timedelta(days=2), Depth.SEALED) == sealed
    assert take_down(archive, "a-x", "shallow", NOON + timedelta(days=2)) == sealed
    with pytest.raises(TakenDownError, match="was sealed on 2026-11-23: deeper"):
        archive.get("a-x")
    assert set(lift(archive, "a-x", "withdrawn", NOON + timedelta(days=3)).orders) == {hidden.event, sealed.event}
    assert archive.get("a-x")


def test_the_command_seals_lists_and_lifts(archive: Archive, capfd: pytest.CaptureFixture[str]) -> None:
    indexed(archive)
    store = ("--store", archive.settings.store)
    done = astana(capfd, "takedown", "a-x", "--depth", "sealed", "--reason", "a court", "--json", *store)
    assert (done.code, done.lines[0]["depth"], done.lines[0]["state"]) == (0, "sealed", "in force")
    assert [each["record"] for each in done.lines[0]["captures"]] == ["urn:uuid:a-x-1"]
    for as_ in ("txt", "json", "html", "warc"):
        said = astana(capfd, "get", "a-x", "--as", as_, *store)
        assert (said.code, said.out) == (1, "") and "a-x was sealed on" in said.err
    lifted = astana(capfd, "takedown", "a-x", "--lift", "--reason", "a mistake", "--json", *store)
    assert (lifted.code, lifted.lines[0]["state"], lifted.lines[0]["lift"]["reason"]) == (0, "lifted", "a mistake")
    listed = astana(capfd, "takedown", *store)
    assert "sealed" in listed.out and "lifted" in listed.out and "a mistake" in listed.out
    assert astana(capfd, "get", "a-x", *store).code == 0
    assert astana(capfd, "takedown", "a-x", "--lift", *store).code == 2
    assert astana(capfd, "takedown", "--lift", *store).code == 2
    assert astana(capfd, "takedown", "a-x", "--lift", "--depth", "sealed", "--reason", "x", *store).code == 2


def test_the_command_says_where_a_story_still_plays(archive: Archive, capfd: pytest.CaptureFixture[str]) -> None:
    store, feed = ("--store", archive.settings.store), "https://a.example/rss.xml"
    found = replace(reading("a-w", article("خبر")), hints=Hints(seed=feed, title="خبر"))
    archive.put_text(shelf("9", [found]).head, [found])
    archive.index()
    listed = f"its title and lead may still play from captures of {feed}; if they may not, take that down too\n"
    elsewhere = "an index made elsewhere, with astana replay --out DIR, plays it until that is run again\n"
    for name in ("a-w", "a-x"):
        said = astana(capfd, "takedown", name, "--reason", "a court", *store)
        assert said.err == elsewhere + (listed if name == "a-w" else "")


def test_the_command_hides_lists_and_answers_in_one_line(archive: Archive, capfd: pytest.CaptureFixture[str]) -> None:
    store = ("--store", archive.settings.store)
    assert astana(capfd, "takedown", *store).err == "nothing is taken down\n"
    done = astana(capfd, "takedown", "a-x", "--reason", "a court", "--json", *store)
    assert done.code == 0 and done.lines[0]["story"] == "a-x" and done.lines[0]["urls"] == ["https://a.example/x"]
    again = astana(capfd, "takedown", "a-x", "--reason", "another", *store)
    assert again.code == 0 and "already" in again.err and "a court" in again.out
    listed = astana(capfd, "takedown", "--json", *store)
    assert listed.lines == done.lines
    for verb in ("get", "story", "verify", "cluster"):
        said = astana(capfd, verb, "a-x", *store)
        day = done.lines[0]["at"][:10]
        assert (said.code, said.out, said.err) == (1, "", f"astana: a-x was taken down on {day}: a court\n")
    assert astana(capfd, "takedown", "a-x", *store).code == 2
    assert astana(capfd, "takedown", "--reason", "x", *store).code == 2
