"""Whatever was captured: a purge takes the story's bytes and no others, the audit is clean, twice changes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import warc
from archive.cdx import Known
from archive.holdings import Archive
from archive.purge.ending import finish
from archive.records import Capture, Hints, Reading, Role, TextHead
from archive.settings import load_settings
from archive.spool import Spool
from archive.texts import SCHEMA
from archive.urls import story_id
from crawler.extract import non_article
from tests.audited import NOW, READER, audited_reading, page
from tests.captures import answer, capture, chunked, chunked_gzip, failed
from tests.purged import captured, holds, members, purged
from tests.shelving import put_foreign
from tests.test_purge_imports import faults

SHAPES = (answer, chunked, chunked_gzip)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One exchange: which page at which of its addresses showed which text, and how it came."""

    page: int
    text: int
    shape: int
    role: Role
    status: bytes
    twin: bool
    answered: bool


seen = st.builds(
    Seen,
    page=st.integers(0, 2),
    text=st.integers(0, 3),
    shape=st.integers(0, 2),
    role=st.sampled_from((Role.PAGE, Role.PAGE, Role.SEED)),
    status=st.sampled_from((b"200 OK", b"200 OK", b"404 Not Found", b"301 Moved")),
    twin=st.booleans(),
    answered=st.sampled_from((True, True, True, False)),
)


def url_of(number: int, *, twin: bool = False) -> str:
    return f"http{'' if twin else 's'}://press.test/news/{number}"


def made(one: Seen, number: int) -> Capture:
    url = url_of(one.page, twin=one.twin)
    date = f"2026-11-22T10:{number // 60:02d}:{number % 60:02d}.000001Z"
    hints = Hints(role=one.role, title=f"عنوان {one.page}")
    if not one.answered:
        return failed(url=url, date=date, hints=hints)
    body = page(10 * one.page + one.text)[0]  # no two pages show the same text
    response = SHAPES[one.shape](body).replace(b"200 OK", one.status, 1)
    return capture(response, url=url, date=date, hints=hints)


def shelve(archive: Archive, folder: Path, files: Sequence[Sequence[Capture]]) -> None:
    """A WARC for each list, captures that may be being revisits of earlier ones, and a text of each."""
    known = Known()
    for number, captures in enumerate(files):
        spool = Spool.open(folder / "elsewhere", "press", "w", NOW + timedelta(minutes=number), {"software": "tests"})
        written = [spool.append(each, known) for each in captures]
        sealed = spool.seal(archive.storage)
        if sealed is None:
            continue
        kinds = [(each, non_article(each)) for each in written]
        counts: dict[str, int] = {}
        for _, kind in kinds:
            if kind is not None:
                counts[kind.value] = counts.get(kind.value, 0) + 1
        head = TextHead(
            schema=SCHEMA, warc=sealed.warc.removeprefix("warc/"), outlet="press", reader=READER, non_articles=counts
        )
        archive.put_text(head, [_read(each) for each, kind in kinds if kind is None])
    archive.set_reader("press", READER)
    archive.index()


def _read(written: Capture) -> Reading:
    return replace(audited_reading(written), story=story_id("press", url_of(int(written.url[-1]))))


@settings(max_examples=4, deadline=None)
@given(files=st.lists(st.lists(seen, max_size=6), min_size=1, max_size=3), foreign=st.lists(seen, max_size=3))
def test_of_any_captures_only_the_storys_go_and_they_go_to_the_last_byte(
    files: list[list[Seen]], foreign: list[Seen]
) -> None:
    _purge(files, foreign)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=40, deadline=None)
@given(files=st.lists(st.lists(seen, max_size=12), min_size=1, max_size=4), foreign=st.lists(seen, max_size=5))
def test_of_many_more_captures_only_the_storys_go(files: list[list[Seen]], foreign: list[Seen]) -> None:
    _purge(files, foreign)


def _purge(files: list[list[Seen]], foreign: list[Seen]) -> None:
    files[0].insert(0, Seen(page=0, text=0, shape=0, role=Role.PAGE, status=b"200 OK", twin=False, answered=True))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = folder / "store"
        with Archive(load_settings(store=str(store))) as archive:
            numbers = iter(range(10_000))
            shelve(archive, folder, [[made(one, next(numbers)) for one in each] for each in files])
            if theirs := [made(one, next(numbers)) for one in foreign if one.answered]:
                put_foreign(archive, "theirs.warc.gz", *(one for each in theirs for one in warc.compose(each).members))
            before, records = captured(store), members(store)
            purged(archive, url_of(0))
            after = captured(store)
            assert not after - before
            assert all(url.endswith("/news/0") for _, url, _, _ in before - after)
            assert not any(url.endswith("/news/0") for _, url, _, _ in after)
            kept = {each for each in records if b"/news/0\r\n" not in _head(each)}
            assert kept <= members(store)
            for text in range(4):
                assert holds(store, page(text)[1].encode()) == []
            assert holds(store, "عنوان 0".encode()) == []
            assert faults(archive) == []
            again = {path: path.read_bytes() for path in (store / "warc").rglob("*.gz")}
            assert finish(archive.storage) == 0
            assert not purged(archive, url_of(0)).is_new
            assert {path: path.read_bytes() for path in (store / "warc").rglob("*.gz")} == again


def _head(member: bytes) -> bytes:
    from archive.gzip import decompress

    return decompress(member).partition(b"\r\n\r\n")[0] + b"\r\n"
