"""What was taken down is gone from every verb, whichever order things come in; nothing leaves the shelves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import ledger, takedowns
from archive.catalog import Catalog, Query, TextObject
from archive.errors import ArchiveError, NotHeldError, TakenDownError, UsageError
from archive.holdings import Archive, open_archive
from archive.settings import load_settings
from archive.storage import open_storage
from archive.takedown import take_down
from archive.takedowns import Takedown, Takedowns
from crawler.newsroom import press
from tests.made import article, gone, reading, shelf
from tests.postgres import address, database, postgresql  # noqa: F401  # pytest finds fixtures by these names
from tests.practice import astana

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVERYTHING = Query(include_off_topic=True)
WIRE = "\n\n".join(press.load()["wasla"][0].paragraphs)
WORD = "قسطنطينية"


def test_an_order_hides_its_story_and_every_spelling_of_its_addresses(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    assert not takedowns.load(storage)
    takedowns.write(storage, "press-abc", ["https://www.press.test/news/1", "http://m.press.test/أ ب"], "a court", NOON)
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
    later = takedowns.write(storage, "a-x", ["http://a.test/2"], "second", NOON + timedelta(days=1))
    first = takedowns.write(storage, "a-x", ["http://a.test/1"], "first", NOON)
    alone = takedowns.write(storage, None, ["http://a.test/1"], "address", NOON + timedelta(days=2))
    orders = [later, first, alone]
    assert Takedowns.of(orders) == Takedowns.of(reversed(orders)) == takedowns.load(storage)
    assert Takedowns.of(orders).stories["a-x"].reason == "first"
    assert Takedowns.of(orders).hides("http://a.test/2")
    assert list(takedowns.new(storage, {first.event, alone.event})) == [later]


def test_an_entry_that_is_no_order_is_named_and_nothing_is_shown(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    event = ledger.write(storage, "takedown", {"story": "a-x"}, NOON)
    with pytest.raises(ArchiveError, match=event.id):
        takedowns.load(storage)


# ---- the catalog ---------------------------------------------------------------------------------------------------


def order(story: str | None, *urls: str) -> Takedown:
    return Takedown(event=f"e-{story}-{len(urls)}", at=NOON.isoformat(), story=story, urls=urls, reason="a court")


def printed_thrice() -> list[TextObject]:
    """An item that three outlets printed, a story of its own, and a page that was no article."""
    return [
        shelf("1", [reading("a-x", article(WIRE)), reading("a-y", article(WORD)), gone("a-z")], outlet="a"),
        shelf("2", [reading("b-x", article(WIRE), day=2)], outlet="b"),
        shelf("3", [reading("c-x", article(WIRE), day=3)], outlet="c"),
    ]


def test_a_hidden_story_leaves_lists_search_and_cluster_and_the_next_one_becomes_canonical(address: str) -> None:  # noqa: F811
    with Catalog.open(address) as catalog:
        catalog.take(printed_thrice())
        before = catalog.counts()
        assert catalog.cluster_of("c-x").canonical == "a-x"
        assert catalog.hide([order("a-x", "https://a.example/x"), order("a-y", "https://a.example/y")]) == 2
        assert [story.id for story in catalog.stories(EVERYTHING)] == ["b-x", "c-x"]
        assert list(catalog.stories(Query(text=WORD))) == []
        (cluster,) = catalog.clusters(EVERYTHING)
        assert (cluster.canonical, [copy.story for copy in cluster.copies]) == ("b-x", ["c-x"])
        assert catalog.counts().captures == before.captures  # none disappears uncounted
        assert (catalog.counts().stories, before.stories) == (2, 4)
        assert not [line for line in catalog.dump() if WORD in line]


def test_order_and_rebuild_make_no_difference(address: str) -> None:  # noqa: F811
    one, two, three = printed_thrice()
    by_story, by_address = order("a-x", "https://a.example/x"), order(None, "http://www.b.example/x")

    def dump(*steps: list[TextObject] | Takedown) -> list[str]:
        with Catalog.open(address) as catalog:
            catalog.reset()
            for step in steps:
                catalog.hide([step]) if isinstance(step, Takedown) else catalog.take(step)
            return list(catalog.dump())

    last = dump([one, two, three], by_story, by_address)
    assert dump(by_address, [three], by_story, by_address, [two, one]) == last
    Catalog.rebuild(address, printed_thrice(), [by_address, by_story])
    with Catalog.open(address) as catalog:
        assert list(catalog.dump()) == last
        assert [story.id for story in catalog.stories(EVERYTHING)] == ["a-y", "c-x"]


def test_an_address_taken_down_alone_hides_only_the_texts_captured_there(tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path}/catalog.db"
    moved = reading("a-x", article("ثان"), day=2, url="https://a.example/other")
    with Catalog.open(place) as catalog:
        catalog.take([shelf("1", [reading("a-x", article("أول")), moved])])
        catalog.hide([order(None, "https://a.example/other")])
        (story,) = catalog.stories(EVERYTHING)
        assert [each.article.text for each in story.editions] == ["أول"]


def test_what_is_captured_after_its_takedown_is_hidden_too_wherever_it_stood(tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path}/catalog.db"
    with Catalog.open(place) as catalog:
        catalog.hide([order("a-x", "https://a.example/x")])
        catalog.take([shelf("1", [reading("a-x", article(WORD), url="https://a.example/amp/x")])])
        assert list(catalog.stories(EVERYTHING)) == []
        assert catalog.takedowns().hides("http://a.example/amp/x")


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
    shutil.copytree(made, tmp_path / "store")
    with open_archive(load_settings(store=str(tmp_path / "store"))) as opened:
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
