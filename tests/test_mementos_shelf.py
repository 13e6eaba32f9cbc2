"""Mementos on the shelves: read, found, proved, hidden, audited and made again like every other capture."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive import audit, cdx
from archive.audit import Finding
from archive.catalog import Query
from archive.cdx import CdxLine, Known
from archive.errors import TakenDownError
from archive.holdings import Archive
from archive.records import Capture, Reason, Rejection, Story, Via
from archive.sound.index import lines_of as index_lines
from archive.sound.walk import Walk, through
from archive.storage import FolderStorage
from archive.takedown import take_down
from archive.verify import Today
from crawler.extract import read
from crawler.shelf import extract
from tests.archived_press import FIRST, LATER, NOW, OUTLET, SECOND, a_reader, exchanges, filled, page
from tests.shelving import copied
from tests.wrapped import THEN, of_then, wayback


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with filled(tmp_path_factory.mktemp("archived")) as archive:
        yield archive


@pytest.fixture
def own(store: Archive, tmp_path: Path) -> Iterator[Archive]:
    """A copy that may be changed."""
    with copied(Path(store.settings.store), tmp_path / "store") as archive:
        yield archive


def story_at(store: Archive, url: str) -> Story:
    return store.story(url)


def test_each_memento_is_read_under_its_own_address_and_time(store: Archive) -> None:
    found = story_at(store, FIRST)
    assert found.id == OUTLET.story_id(FIRST)
    assert [(each.captured, each.via, each.unconfirmed) for each in found.editions] == [
        (THEN, Via.WAYBACK, False),
        ("2026-11-22T09:00:00Z", Via.LIVE, True),
    ]
    assert found.published.earliest.year == 2017
    assert story_at(store, "http://press.test/news/1").id == found.id
    assert {reading.date for reading in store.catalog.readings_of([found.id])} >= {THEN, LATER}


def test_a_story_is_found_by_the_address_at_which_an_archive_plays_it(store: Archive) -> None:
    for played in ("https://web.archive.org/web/20170123103000id_/", "https://web.archive.org/web/2019/"):
        assert store.story(f"{played}{FIRST}").id == OUTLET.story_id(FIRST)


def test_what_holds_no_page_is_counted_or_refused_with_its_reason(store: Archive) -> None:
    counts = store.counts()
    assert counts.non_articles == {"hop": 2, "seed": 2}
    assert counts.rejections == {"http-status": 1, "no-memento": 2}
    assert counts.captures == len(exchanges())
    (gone,) = store.catalog.readings_of([OUTLET.story_id("https://press.test/news/5")])
    assert gone.outcome == Rejection(reason=Reason.HTTP_STATUS, detail="404")


def test_a_citation_of_a_memento_is_proved_by_the_exchange(store: Archive) -> None:
    def today(of: Capture) -> object:
        return read(of, a_reader())

    for url in (FIRST, SECOND):
        for verdict in store.verify_all(url, today):  # type: ignore[arg-type]  # it reads what it is given
            assert (verdict.holds, verdict.today) == (True, Today.SAME), verdict.faults


def test_the_audit_finds_nothing_and_the_fast_look_does_not_look_twice(store: Archive) -> None:
    from archive.sound.looking import Looker, Task

    assert [each for each in audit.audit(store) if isinstance(each, Finding)] == []
    (warc,) = (f"warc/{key}" for key in store.warcs())
    (cdxj,) = store.storage.list("cdxj/")
    texts = tuple((key, ()) for key in store.storage.list("text/press/") if key.endswith(".gz"))
    assert isinstance(store.storage, FolderStorage)
    size = (store.storage.root / warc).stat().st_size
    task = Task(warc=warc, cdxj=cdxj, texts=texts, known=(), size=size, part=(0, size), digest=False)
    assert Looker(store.storage).look(task) is not None


@pytest.mark.long
def test_a_flip_that_a_close_look_finds_is_never_told_sound(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        (key,), (cdxj,) = store.warcs(), store.storage.list("cdxj/")
        data, index = store.storage.get(f"warc/{key}"), store.storage.get(cdxj)
    found = index_lines(index)
    assert found is not None

    def is_sound(changed: bytes) -> bool:
        walk = Walk(f"warc/{key}", found)
        return through(walk, io.BytesIO(changed), 0, len(changed)) is not None and walk.matched == set(found)

    assert is_sound(data)
    chance = random.Random(20261122)
    for at in chance.sample(range(len(data)), 300):
        changed = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        if is_sound(changed):
            closely = audit.audit_warc(io.BytesIO(changed), audit.Shelved(key=f"warc/{key}", cdxj=index))
            assert [each for each in closely if isinstance(each, Finding)] == [], at


@pytest.mark.parametrize("name", ["original", "originaldate", "originalstatus"])
def test_an_index_that_tells_another_memento_is_found(own: Archive, name: str) -> None:
    (key,) = own.storage.list("cdxj/")
    lines = own.storage.get(key).splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if f'"{name}"'.encode() in line)
    head, time, said = lines[at].split(b" ", 2)
    lines[at] = b" ".join([head, time, json.dumps(json.loads(said) | {name: "x"}).encode() + b"\n"])
    own.storage.put(key, b"".join(lines), replace=True)
    faults = [each for each in audit.audit(own) if isinstance(each, Finding) and each.fault]
    assert any(name in each.said for each in faults), faults


def test_what_is_made_again_comes_out_the_same(own: Archive) -> None:
    before = list(own.catalog.dump())
    assert extract(own, {"press": OUTLET}, a_reader, anew=True).warcs
    own.reindex()
    assert list(own.catalog.dump()) == before


def test_an_address_taken_down_takes_its_mementos_along(own: Archive) -> None:
    take_down(own, "http://www.press.test/news/2", "a court", NOW)
    with pytest.raises(TakenDownError):
        own.story(SECOND)
    assert [story.id for story in own.pull(Query(include_off_topic=True))] == [OUTLET.story_id(FIRST)]


def lines(own: Archive) -> list[CdxLine]:
    return [line for key in own.storage.list("cdxj/") for line in cdx.load(own.storage.get(key))]


def test_a_memento_is_never_an_original_that_a_later_exchange_is_a_revisit_of(store: Archive) -> None:
    known = Known(lines(store))
    again = replace(wayback(of_then(page(), url=FIRST)), date="2026-11-23T00:00:00Z")
    assert known.original(again.url, lines(store)[0].digest) is None
    assert not any(line.is_revisit for line in lines(store))
