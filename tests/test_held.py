"""What is held of an outlet at the start of a crawl: from its own files, without what was taken down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import cdx, takedowns
from archive.cdx import CdxLine
from archive.errors import FormatError
from archive.records import Capture, Hints, RecordType, Role
from archive.spool import Spool
from archive.storage import Storage, open_storage
from archive.takedowns import Takedown
from crawler.outlet import StoryPatterns
from crawler.visit import held
from tests.captures import URL, answer, capture
from tests.tiny import outlet
from tests.wrapped import WAYBACK, commoncrawl, of_then, wayback

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OUTLET = outlet(
    id="press",
    hosts=("press.test",),
    story=StoryPatterns(url=(r"^/news/\d+",), id=(r"^/news/(\d+)",)),
)
TAGGED = answer(b"<p>x</p>", b'ETag: "v1"')


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(str(tmp_path / "store"))


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool.open(tmp_path / "spool", "press", "w", NOW, {})
    yield spool
    spool.close()


def shelve(storage: Storage, *lines: CdxLine, under: str = "press/2026/11/a") -> None:
    placed = [replace(line, filename=f"{under}.warc.gz") for line in lines]
    storage.put(f"cdxj/{under}.cdxj", cdx.dump(placed))


def page(number: int = 1, **changes: object) -> CdxLine:
    return cdx.line_of(capture(TAGGED, url=f"https://press.test/news/{number}", **changes))


def test_what_lies_on_the_shelf_and_what_waits_is_held(storage: Storage, waiting: Spool) -> None:
    shelve(storage, page(1))
    waiting.append(capture(url="https://press.test/news/2"))
    waiting.append(capture(url="https://press.test/feed", hints=Hints(role=Role.SEED)))
    waiting.append(capture(answer(b"", status=b"404 Not Found"), url="https://press.test/news/3"))
    shelf = held.look(storage, waiting, OUTLET)
    assert set(shelf.stories.captured) == {"1", "2"}
    assert shelf.stories.captured["1"] == datetime(2026, 11, 22, 10, 20, 30, 123456, tzinfo=UTC)
    assert shelf.known.validators(URL) == ('"v1"', "")
    assert "https://press.test/feed" in shelf.known


@pytest.mark.parametrize("elsewhere", ["_import/0a", "other/2026/11/a"])
def test_files_of_others_are_never_stood_for(storage: Storage, waiting: Spool, elsewhere: str) -> None:
    shelve(storage, page(1), under=elsewhere)
    again = capture(TAGGED, date="2026-11-23T00:00:00Z")
    assert waiting.append(again, held.look(storage, waiting, OUTLET).known).type is RecordType.RESPONSE
    shelve(storage, page(1))
    later = replace(again, date="2026-11-24T00:00:00Z", record="urn:uuid:00000000-0000-4000-8000-000000000001")
    assert waiting.append(later, held.look(storage, waiting, OUTLET).known).type is RecordType.REVISIT


def test_what_was_taken_down_is_neither_stood_for_nor_told_to_the_server_and_yet_held(
    storage: Storage, waiting: Spool
) -> None:
    shelve(storage, page(1), page(2))
    order = Takedown(event="", at="", story=None, urls=("http://www.press.test/news/1",), reason="a court's order")
    takedowns.write_order(storage, order, NOW)
    shelf = held.look(storage, waiting, OUTLET)
    assert shelf.known.validators(URL) == ("", "")
    assert waiting.append(capture(TAGGED, date="2026-11-23T00:00:00Z"), shelf.known).type is RecordType.RESPONSE
    # Nor does what was captured in this very crawl become an original.
    second = capture(TAGGED, date="2026-11-24T00:00:00Z")
    assert waiting.append(second, shelf.known).type is RecordType.RESPONSE
    other = capture(TAGGED, url="https://press.test/news/2", date="2026-11-23T00:00:00Z")
    assert waiting.append(other, shelf.known).type is RecordType.REVISIT
    assert set(shelf.stories.captured) == {"1", "2"}  # so it is not fetched anew


def test_what_a_held_page_showed_is_read_wherever_it_lies(storage: Storage, waiting: Spool) -> None:
    waiting.append(capture(TAGGED))
    shelf = held.look(storage, waiting, OUTLET)
    assert shelf.content(URL) == b"<p>x</p>"
    assert shelf.content(f"{URL}/other") == b""
    waiting.seal(storage)  # as a file that has grown is, while the crawl goes on
    assert shelf.content(URL) == b"<p>x</p>"


@pytest.mark.parametrize("made", [wayback, commoncrawl])
def test_a_memento_is_held_under_its_own_address_and_time(
    storage: Storage, waiting: Spool, made: Callable[..., Capture]
) -> None:
    then = of_then(url="http://press.test:80/news/1")
    lost = of_then(answer(b"gone", status=b"404 Not Found"), url="https://press.test/news/2")
    shelve(storage, cdx.line_of(made(then)), cdx.line_of(made(lost)))
    waiting.append(made(of_then(url="https://press.test/news/3"), answer(b"a page of the archive's own")))
    waiting.append(made(of_then(url="https://press.test/feed"), hints=Hints(role=Role.SEED)))
    shelf = held.look(storage, waiting, OUTLET)
    assert dict(shelf.stories.captured) == {"1": datetime(2017, 1, 23, 10, 30, tzinfo=UTC)}
    names = ("20170123103000 http://press.test:80/news/1", "20170123103000 https://press.test/feed")
    assert all(name in shelf.mementos for name in names)
    assert "20170123103000 https://press.test/news/3" not in shelf.mementos


def test_a_memento_is_not_fetched_again_for_being_off_the_time_asked(storage: Storage, waiting: Spool) -> None:
    shelve(storage, cdx.line_of(wayback(of_then(), url=f"{WAYBACK}/20200101000000id_/{URL}")))
    shelf = held.look(storage, waiting, OUTLET)
    assert f"20170123103000 {URL}" in shelf.mementos and f"20200101000000 {URL}" in shelf.mementos


def test_a_memento_of_an_address_taken_down_is_no_original(storage: Storage, waiting: Spool) -> None:
    line = cdx.line_of(wayback(of_then()))
    takedowns.write_order(storage, Takedown(event="", at="", story=None, urls=(URL,), reason="x"), NOW)
    shelve(storage, line)
    assert line.url not in held.look(storage, waiting, OUTLET).known


def test_a_broken_line_ends_it_and_says_where(storage: Storage, waiting: Spool) -> None:
    storage.put("cdxj/press/2026/11/a.cdxj", cdx.dump([page(1)]) + b"broken\n")
    with pytest.raises(FormatError, match="line 2"):
        held.look(storage, waiting, OUTLET)
