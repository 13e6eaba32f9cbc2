"""pywb plays what web archives played: under the original address, at the time of the memento, never as of today."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import brotli
import pytest

from archive import http, mementos, replay
from archive.holdings import Archive
from archive.records import Capture, Hints, Reason, Rejection, Role, Via
from archive.settings import load_settings
from archive.takedown import take_down
from tests.captures import TEXT, answer, capture
from tests.playing import Pywb, content, playing
from tests.shelving import NOW, shelved
from tests.wrapped import FRAMED, commoncrawl, framed, of_then, packed, playback, wayback

pytestmark = pytest.mark.service

PACKED = packed()
THEN = {
    "plain": of_then(answer(TEXT, b"X-Then: yes")),
    "gzip": of_then(answer(PACKED, b"Content-Encoding: gzip", b"Content-Length: %d" % len(PACKED))),
    "br": of_then(answer(brotli.compress(TEXT), b"Content-Encoding: br")),
    "chunked": of_then(answer(framed(TEXT), FRAMED)),
    "404": of_then(answer(TEXT, status=b"404 Not Found")),
}
PLACE = "http://then.test"


def url_of(archive: str, name: str) -> str:
    return f"{PLACE}/{archive}/{name}"


@pytest.fixture(scope="module")
def pywb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pywb]:
    folder = tmp_path_factory.mktemp("archived")
    store = Archive(load_settings(store=str(folder / "store")))
    made = []
    for name, of in THEN.items():
        made.append(wayback(replace(of, url=url_of("wayback", name))))
        made.append(commoncrawl(replace(of, url=url_of("commoncrawl", name))))
    moved = b"HTTP/1.1 301 Moved\r\nLocation: " + url_of("wayback", "plain").encode() + b"\r\nContent-Length: 0\r\n\r\n"
    on_its_way = of_then(url=url_of("wayback", "own"))
    made += [
        wayback(of_then(moved, url=url_of("wayback", "moved"))),
        wayback(on_its_way, playback(on_its_way, [b"Content-Encoding: gzip", FRAMED], framed(PACKED))),
        wayback(of_then(url=url_of("wayback", "hidden"))),
    ]
    shelved(store, "w", *made)
    take_down(store, url_of("wayback", "hidden"), "a court", NOW)
    replay.build(store)
    with playing(Path(store.settings.store) / "replay", folder / "log") as server:
        yield server


@pytest.mark.parametrize("name", list(THEN))
@pytest.mark.parametrize("archive", ["wayback", "commoncrawl"])
@pytest.mark.parametrize("asked", ["20170123103000", "2026"])
def test_a_memento_plays_at_its_own_time_whenever_it_is_asked_for(
    pywb: Pywb, archive: str, name: str, asked: str
) -> None:
    played = pywb.play(url_of(archive, name), asked)
    assert (played.when, content(played)) == ("20170123103000", TEXT)
    assert played.status == (404 if name == "404" else 200)


def test_it_plays_with_the_headers_of_then(pywb: Pywb) -> None:
    played = pywb.play(url_of("wayback", "plain"), "2017")
    assert played.headers["X-Then"] == "yes"
    assert not [name for name in played.headers if "x-archive-orig-x-archive" in name.lower()]


def test_a_redirect_of_then_leads_where_it_led(pywb: Pywb) -> None:
    played = pywb.play(url_of("wayback", "moved"), "2017")
    assert (played.status, played.when) == (301, "20170123103000")
    assert played.headers["Location"] == url_of("wayback", "plain")


def test_what_the_archive_packed_for_the_way_plays_unpacked(pywb: Pywb) -> None:
    played = pywb.play(url_of("wayback", "own"), "2017")
    assert (played.body, played.when) == (TEXT, "20170123103000")


def test_neither_the_exchange_nor_what_was_taken_down_plays(pywb: Pywb) -> None:
    address = f"https://web.archive.org/web/20170123103000id_/{url_of('wayback', 'plain')}"
    assert pywb.play(address, "2026").status == 404
    assert pywb.play(url_of("wayback", "hidden"), "2017").status in (404, 451)


def exchange(pywb: Pywb, url: str, asked: str) -> Capture:
    """What comes off the wire when pywb itself is the archive that is asked."""
    path = f"/{pywb.collection}/{asked}id_/{url}"
    received = bytearray()
    with socket.create_connection(("127.0.0.1", pywb.port), timeout=30) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        while data := line.recv(1 << 16):
            received += data
    hints = Hints(role=Role.PAGE, memento=url, memento_time=asked)
    return capture(bytes(received), url=f"http://127.0.0.1:{pywb.port}{path}", via=Via.WAYBACK, hints=hints)


@pytest.mark.parametrize("name", list(THEN))
@pytest.mark.parametrize("asked", ["20170123103000", "20260101000000"])
def test_a_pywb_that_is_asked_as_an_archive_is_unwrapped_too(pywb: Pywb, name: str, asked: str) -> None:
    url = url_of("wayback", name)
    found = mementos.unwrap(exchange(pywb, url, asked))
    assert isinstance(found, Capture), found
    message = http.parse(found.response)
    assert (found.url, found.date, http.content(message).data) == (url, "2017-01-23T10:30:00Z", TEXT)
    assert message.status == (404 if name == "404" else 200)
    assert message.header(b"Content-Type") == b"text/html; charset=utf-8"


def test_a_redirect_that_pywb_plays_leads_where_it_led(pywb: Pywb) -> None:
    found = mementos.unwrap(exchange(pywb, url_of("wayback", "moved"), "20170123103000"))
    assert isinstance(found, Capture), found
    assert http.parse(found.response).header(b"Location") == url_of("wayback", "plain").encode()


def test_what_pywb_does_not_hold_is_no_memento(pywb: Pywb) -> None:
    found = mementos.unwrap(exchange(pywb, f"{PLACE}/none", "20170123103000"))
    assert isinstance(found, Rejection)
    assert found.reason is Reason.NO_MEMENTO
