"""pywb plays each class of capture as it was sent and dates it right, from the index and config made for it."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import brotli
import pytest

from archive import cdx, http, replay
from archive.catalog import Query
from archive.cdx import CdxLine
from archive.holdings import Archive, open_archive
from archive.imports import shelve
from archive.records import Capture, Reference, Truncation
from archive.settings import Settings, load_settings
from archive.takedown import take_down
from archive.wacz import About, export
from flows import moves
from flows.plans import Place
from tests.captures import TEXT, answer, chunked, chunked_gzip
from tests.playing import BIN, Pywb, content, playing
from tests.pressrun import WHOLE, PressRun, crawl, opened
from tests.shelving import NOW, arc_members, at, lone_revisit, put_foreign, shelved

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("desk")]

ARABIC = "<html><body><p>فقرة أخرى كتبت لهذا الاختبار، أطول من الأولى.</p></body></html>"
WINDOWS = ARABIC.encode("cp1256")
ENCODED = "%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1?%D8%B5%D9%81%D8%AD%D8%A9=1"
NO_CHARSET = answer(WINDOWS).replace(b"; charset=utf-8", b"")
PLAYS = "http://plays.test"


def packed(body: bytes, coding: bytes) -> bytes:
    return answer(body, b"Content-Encoding: " + coding, b"Content-Length: %d" % len(body))


CLASSES = {
    "plain": answer(TEXT, b"Content-Length: %d" % len(TEXT)),
    "to-the-end": answer(TEXT),
    "chunked": chunked(),
    "gzip": packed(gzip.compress(TEXT, mtime=0), b"gzip"),
    "chunked-gzip": chunked_gzip(),
    "deflate": packed(zlib.compress(TEXT), b"deflate"),
    "br": packed(brotli.compress(TEXT), b"br"),
    "http10": answer(TEXT).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "404": answer(TEXT, b"Content-Length: %d" % len(TEXT), status=b"404 Not Found"),
    "500": answer(TEXT, b"Content-Length: %d" % len(TEXT), status=b"500 Internal Server Error"),
}


def url_of(name: str) -> str:
    return f"{PLAYS}/{name}"


def made_by_hand(store: Archive) -> None:
    """Every class of capture, in a WARC of ours and in files of others."""
    made = [at(number, response, url=url_of(name)) for number, (name, response) in enumerate(CLASSES.items(), 10)]
    made += [at(number, CLASSES[name], url=url_of(name)) for number, name in ((30, "plain"), (31, "chunked-gzip"))]
    moved = b"HTTP/1.1 301 Moved\r\nLocation: " + url_of("plain").encode() + b"\r\nContent-Length: 0\r\n\r\n"
    short = answer(TEXT[:40], b"Content-Length: %d" % len(TEXT))
    made += [
        at(40, moved, url=url_of("moved")),
        at(41, short, url=url_of("truncated"), truncated=Truncation.DISCONNECT),
        at(42, NO_CHARSET, url=url_of("windows")),
        at(43, b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", url=url_of("plain")),
        at(44, url=url_of("hidden")),
        at(45, url=url_of(ENCODED)),
    ]
    assert sum(line.is_revisit for line in shelved(store, "made", *made)) == 2
    put_foreign(store, "old.arc.gz", *arc_members(url_of("arc"), "20040506070809", NO_CHARSET))
    same = Reference(record=None, url=url_of("theirs"), date="2026-11-22T10:20:50Z")
    other = Reference(record=None, url=url_of("chunked"), date="2026-11-22T10:20:12Z")
    put_foreign(
        store,
        "theirs.warc.gz",
        theirs(at(50, url=url_of("theirs"))),
        lone_revisit(at(51, url=url_of("theirs")), same),
        lone_revisit(at(52, chunked(), url=url_of("twin")), other, digest="sha1:2222222222222222222222222222222X"),
    )


def theirs(of: Capture) -> bytes:
    """A response record as another crawler writes it: WARC/1.0, no digest."""
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <{of.record}>\r\nWARC-Date: {of.date}\r\n"
        f"WARC-Target-URI: {of.url}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(of.response)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + of.response + b"\r\n\r\n", mtime=0)


@pytest.fixture(scope="module")
def shelves(press: PressRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The practice press crawled twice, so that there are revisits, and all else by hand; one address taken down."""
    place = press.copy(tmp_path_factory.mktemp("replay"))
    crawl(place, replace(WHOLE, outlets=("nakhla", "midan", "ufuq")))
    with opened(place) as archive:
        made_by_hand(archive)
        replay.build(archive)
        take_down(archive, url_of("hidden"), "a court", NOW)
        yield archive


@pytest.fixture(scope="module")
def pywb(shelves: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pywb]:
    folder = Path(shelves.settings.store) / "replay"
    with playing(folder, tmp_path_factory.mktemp("pywb") / "log") as server:
        yield server


def lines(archive: Archive) -> list[CdxLine]:
    return [line for key in archive.storage.list("cdxj/") for line in cdx.load(archive.storage.get(key))]


def held(archive: Archive, line: CdxLine) -> bytes:
    from archive.warc import read_at

    member = archive.storage.read(f"warc/{line.filename}", line.offset, line.length)
    return http.content(http.parse(read_at(member).response)).data


# ---- by class ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number, name", list(enumerate(CLASSES, 10)), ids=list(CLASSES))
def test_it_plays_as_it_was_sent_and_when(pywb: Pywb, number: int, name: str) -> None:
    played = pywb.play(url_of(name), f"202611221020{number}")
    assert content(played) == TEXT
    assert played.when == f"202611221020{number}"
    assert played.status == int(CLASSES[name].split(b" ")[1])


@pytest.mark.parametrize("second, name", [(30, "plain"), (31, "chunked-gzip")])
def test_a_revisit_plays_its_originals_bytes_at_its_own_time(pywb: Pywb, second: int, name: str) -> None:
    played = pywb.play(url_of(name), f"202611221020{second}")
    assert (played.status, content(played), played.when) == (200, TEXT, f"202611221020{second}")


def test_a_redirect_leads_where_it_led(pywb: Pywb) -> None:
    played = pywb.play(url_of("moved"), "20261122102040")
    assert (played.status, played.when) == (301, "20261122102040")
    assert played.headers["Location"] == url_of("plain")
    for_readers = pywb.play(url_of("moved"), "20261122102040", "mp_")
    assert for_readers.headers["Location"].endswith("/astana/20261122102040mp_/" + url_of("plain"))


def test_a_truncated_answer_plays_as_far_as_it_came(pywb: Pywb) -> None:
    played = pywb.play(url_of("truncated"), "20261122102041")
    assert (played.status, played.body, played.when) == (200, TEXT[:40], "20261122102041")


def test_windows_1256_without_a_charset_plays_letter_for_letter(pywb: Pywb) -> None:
    played = pywb.play(url_of("windows"), "20261122102042")
    assert (played.body, played.when) == (WINDOWS, "20261122102042")
    assert "charset" not in played.headers["Content-Type"]


def test_a_304_is_not_shown_and_its_page_is(pywb: Pywb) -> None:
    played = pywb.play(url_of("plain"), "20261122102043")
    assert (played.status, content(played), played.when) == (200, TEXT, "20261122102030")


def test_an_arabic_address_plays(pywb: Pywb) -> None:
    played = pywb.play(url_of(ENCODED), "20261122102045")
    assert (played.status, played.body, played.when) == (200, TEXT, "20261122102045")


def test_an_imported_arc_plays(pywb: Pywb) -> None:
    played = pywb.play(url_of("arc"), "20040506070809")
    assert (played.status, played.body, played.when) == (200, WINDOWS, "20040506070809")


@pytest.mark.parametrize("second, name", [(50, "theirs"), (51, "theirs"), (52, "twin")])
def test_an_imported_warc_plays_its_revisits_too(pywb: Pywb, second: int, name: str) -> None:
    played = pywb.play(url_of(name), f"202611221020{second}")
    assert (played.status, content(played), played.when) == (200, TEXT, f"202611221020{second}")


def test_what_is_taken_down_is_refused_before_and_after_the_index_is_made_again(pywb: Pywb, shelves: Archive) -> None:
    assert pywb.play(url_of("hidden"), "20261122102044").status == 451
    replay.build(shelves)
    assert pywb.play(url_of("hidden"), "20261122102044").status == 404
    assert pywb.play(url_of("plain"), "20261122102010").status == 200


def test_what_was_never_captured_is_not_made_up(pywb: Pywb) -> None:
    assert pywb.play(url_of("never"), "2026").status == 404


# ---- of a crawl ----------------------------------------------------------------------------------------------------


def pages(archive: Archive, host: str) -> list[CdxLine]:
    return [x for x in lines(archive) if f"//{host}/" in x.url and x.role == "page" and x.is_full]


def test_a_crawled_windows_1256_page_plays_as_it_was_sent(pywb: Pywb, shelves: Archive, press: PressRun) -> None:
    line = pages(shelves, press.newsroom.hosts["midan"])[0]
    played = pywb.play(line.url, line.timestamp)
    assert "الميدان" in content(played).decode("cp1256", "replace")
    assert (content(played), played.when) == (held(shelves, line), line.timestamp)


def test_a_crawled_chunked_gzip_page_plays_whole(pywb: Pywb, shelves: Archive, press: PressRun) -> None:
    line = next(x for x in pages(shelves, press.newsroom.hosts["nakhla"]) if x.te and x.ce == "gzip")
    played = pywb.play(line.url, line.timestamp)
    assert (content(played), played.when) == (held(shelves, line), line.timestamp)
    assert not re.search(r"^[0-9a-f]{1,4}\r$", content(played).decode(), re.MULTILINE), "chunk sizes stand in the page"


def test_a_crawled_revisit_plays_its_originals_bytes(pywb: Pywb, shelves: Archive) -> None:
    found = lines(shelves)
    revisit = next(line for line in found if line.is_revisit and line.role == "page")
    original = next(x for x in found if x.is_full and x.url == revisit.url and x.digest == revisit.digest)
    played = pywb.play(revisit.url, revisit.timestamp)
    assert (content(played), played.when) == (held(shelves, original), revisit.timestamp)


# ---- the document --------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_every_command_of_its_document_runs(shelves: Archive, press: PressRun, tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "replay.md").read_text("utf-8")
    commands = re.findall(r"^\$ (.+)$", text, re.MULTILINE)
    assert len(commands) >= 6
    shutil.copytree(shelves.settings.store, tmp_path / "data")
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
    judged = subprocess.run(
        [BIN / "wacz", "validate", "-f", tmp_path / "signed.wacz"], capture_output=True, check=False
    )
    assert b"Validation succeeded" in judged.stdout, judged.stdout


def test_a_crawl_that_is_exported_and_imported_elsewhere_reads_the_same(
    shelves: Archive, press: PressRun, tmp_path: Path
) -> None:
    about = About(created=NOW, title="midan")
    query = Query(outlets=("midan",), include_off_topic=True)
    done = export(shelves, query, tmp_path / "midan.wacz", about)
    assert done.missing == {}
    place = Place(store=str(tmp_path / "elsewhere"), outlets=press.place.outlets)
    settings = load_settings(**place.given())
    with open_archive(settings, create=True) as other:
        assert shelve(other, tmp_path / "midan.wacz", NOW).damages == ()
    asyncio.run(read_again(settings))

    def texts(archive: Archive) -> dict[str, list[str]]:
        return {story.id: [each.text_digest for each in story.editions] for story in archive.pull(query)}

    with opened(place) as other:
        assert texts(other) == texts(shelves)


async def read_again(settings: Settings) -> None:
    await moves.read(None, settings)
    await moves.index(settings)
