"""A page that would not end is stopped and named; the pages beside it read as ever, and so they do the next time."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from archive import texts
from archive.holdings import Archive, open_archive
from archive.records import Article, Capture, Reading, Rejection
from archive.settings import load_settings
from crawler.alone import read_apart
from crawler.extract import read
from crawler.hands import Hands, Task
from crawler.outlet import OTHER, Outlet, load_outlets
from crawler.page.bounds import Limit, Limits, is_stopped, stopped
from crawler.reader import Reader
from crawler.shelf import Extracted, extract
from flows import moves
from flows.moves import reader_maker
from tests.commands import Say
from tests.extraction import SENTENCE, a_capture, a_page, a_reader, an_outlet
from tests.practice import astana
from tests.shelving import put_foreign, shelved

TIGHT = Limits(seconds=0.15)
NARROW = Limits(memory=24 << 20)  # more than the other pages take
SLOW = a_page(SENTENCE, SENTENCE * 2, *["ﷺ" * 30_000] * 8)  # seconds of work
# 120 MB of a tree, more than a process of many tests has free.
LARGE = a_page(SENTENCE, SENTENCE * 2) + "<i></i>" * 600_000
pytestmark = pytest.mark.slow
URL = "https://waha.example/"


@cache
def reader(outlet: Outlet | None = None) -> Reader:
    return a_reader(outlet)


def page(number: int) -> Capture:
    return a_capture(a_page(f"{SENTENCE} {number}", SENTENCE), url=f"{URL}{number}", record=_record(number))


def _record(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012}"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(load_settings(store=str(tmp_path)), create=True) as archive:
        yield archive


def readings(archive: Archive) -> list[Reading]:
    keys = [key for key in archive.storage.list(f"text/{OTHER}/") if key.endswith(".jsonl.gz")]
    return [one for key in keys for one in texts.load(archive.storage.get(key))[1]]


def extracted(archive: Archive, limits: Limits, *, many: int = 1, anew: bool = False) -> Extracted:
    return extract(archive, {OTHER: an_outlet()}, reader, anew=anew, read=Hands(many=many, limits=limits))


def hostile(body: str) -> Capture:
    return a_capture(body, url=f"{URL}hostile", record=_record(99))


@pytest.mark.parametrize(
    ("body", "limits", "limit", "many"),
    [(SLOW, TIGHT, Limit.TIME, 1), (SLOW, TIGHT, Limit.TIME, 2), (LARGE, NARROW, Limit.MEMORY, 1)],
    ids=["time", "time of two", "memory"],
)
def test_a_page_is_stopped_by_its_limits_and_all_others_are_read(
    archive: Archive, body: str, limits: Limits, limit: Limit, many: int
) -> None:
    shelved(archive, "one", page(1), hostile(body), page(2), outlet=OTHER)
    shelved(archive, "two", page(3), outlet=OTHER)
    (told,) = extracted(archive, limits, many=many).stopped
    assert (told.url, told.outcome) == (f"{URL}hostile", stopped(limit, limits))
    found = {one.record: one.outcome for one in readings(archive)}
    assert found.pop(_record(99)) == told.outcome
    assert found == {_record(number): read(page(number), reader()) for number in (1, 2, 3)}


def test_what_is_passed_over_takes_no_time_of_the_page_behind_it(archive: Archive) -> None:
    def owner(url: str) -> str:
        end = time.process_time() + TIGHT.seconds / 3
        while url != page(9).url and time.process_time() < end:
            pass
        return OTHER if url == page(9).url else "another"

    others = [a_record(number, f"https://b.example/{number}", os.urandom(300_000)) for number in range(6)]
    done = put_foreign(archive, "x.warc.gz", *others, a_record(9, page(9).url, a_page(SENTENCE, SENTENCE).encode()))
    (text,) = Hands(limits=TIGHT)(archive, [Task(warc=done.readable[0], owner=owner)], reader())
    assert [texts.reading_from_json(line.decode()).url for line in text.lines] == [page(9).url]


def a_record(number: int, url: str, body: bytes) -> bytes:
    """A member of a file as others write it."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    said = [
        "WARC/1.0",
        "WARC-Type: response",
        f"WARC-Record-ID: <{_record(number)}>",
        f"WARC-Date: 2017-01-24T10:00:{len(url):02}Z",
        f"WARC-Target-URI: {url}",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(block)}",
    ]
    return gzip.compress("\r\n".join([*said, "", ""]).encode() + block + b"\r\n\r\n", 1, mtime=0)


def test_a_process_that_is_killed_after_a_stop_is_tried_once_more(archive: Archive, tmp_path: Path) -> None:
    shelved(archive, "one", hostile(SLOW), page(1), outlet=OTHER)

    def owner(url: str) -> str:
        if url.endswith("hostile"):
            with (tmp_path / "asked").open("a+") as asked:
                asked.write("x")
            if (tmp_path / "asked").read_text() == "xx":  # the process behind the stop
                os.kill(os.getpid(), signal.SIGKILL)
        return OTHER

    (warc,) = archive.warcs(OTHER)
    (text,) = Hands(limits=TIGHT)(archive, [Task(warc=warc, owner=owner)], reader())
    assert (len(text.lines), len(text.stopped)) == (2, 1)


def test_what_stopped_a_reader_once_is_not_read_by_it_again(archive: Archive) -> None:
    shelved(archive, "one", page(1), hostile(SLOW), outlet=OTHER)
    extracted(archive, TIGHT)
    before = readings(archive)
    again = extracted(archive, Limits(), anew=True)  # a faster machine: time enough for this page
    assert [one.record for one in again.stopped] == [_record(99)]
    assert readings(archive) == before


def test_of_two_records_of_one_id_only_the_one_is_stopped_again(archive: Archive) -> None:
    bodies = [SLOW.encode(), a_page(SENTENCE, SENTENCE).encode()]
    put_foreign(archive, "x.warc.gz", *[a_record(9, page(n).url, body) for n, body in enumerate(bodies)])
    assert len(extracted(archive, TIGHT).stopped) == 1
    before = readings(archive)
    assert len(before) == 2
    assert len(extracted(archive, Limits(), anew=True).stopped) == 1
    assert readings(archive) == before


def test_who_is_interrupted_waits_for_no_page(archive: Archive) -> None:
    shelved(archive, "one", page(1), hostile(SLOW), outlet=OTHER)

    async def interrupted() -> None:
        reading = asyncio.create_task(moves.read(OTHER, archive.settings))
        await asyncio.wait({reading}, timeout=0)
        reading.cancel()
        await reading

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(interrupted())
    assert not readings(archive)


def test_one_page_read_beside_other_work_is_what_it_is_read_as_there() -> None:
    assert read_apart(page(1), reader()) == read(page(1), reader())
    assert isinstance(read_apart(page(1), reader()), Article)
    found = read_apart(hostile(SLOW), reader(), TIGHT)
    assert is_stopped(found)
    assert isinstance(found, Rejection)
    assert found.detail == "stopped: more than 0.15 seconds of a processor"


def test_a_rebuild_names_the_page_and_ends_with_one(archive: Archive, capfd: Say) -> None:
    shelved(archive, "one", page(1), hostile(SLOW), outlet=OTHER)
    outlets = load_outlets(None)
    make = reader_maker(outlets, archive.settings, {})
    extract(archive, outlets, make, frozenset({OTHER}), read=Hands(limits=TIGHT))
    words = ("--store", str(archive.settings.store), "--json")
    said = astana(capfd, "rebuild", "--from", "warc", *words)
    assert said.code == 1
    assert f"{OTHER}: 1 page was not read, reading was stopped: more than 0.15 seconds" in said.err
    (told,) = said.lines[0]["outlets"]
    assert [one["record"] for one in told["stopped"]] == [_record(99)]
    (line,) = astana(capfd, "outlets", "unread", *words).lines
    assert (line["reason"], line["detail"]) == ("beyond-bounds", stopped(Limit.TIME, TIGHT).detail)
