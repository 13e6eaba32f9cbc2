"""What a web archive played is taken out of the exchange as it was captured then, or refused with its reason."""

from __future__ import annotations

import zlib
from dataclasses import replace

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import http, mementos
from archive.mementos import Original, Playback, unwrap
from archive.records import Capture, Hints, Reason, Rejection, Role, Truncation, Via
from tests.captures import TEXT, answer, capture
from tests.wrapped import (
    DATA,
    FRAMED,
    ORIGINAL,
    THEN,
    WAYBACK,
    commoncrawl,
    digits,
    framed,
    member,
    memento_headers,
    of_then,
    packed,
    playback,
    ranged,
    wayback,
)

PACKED = packed()
GZIPPED = of_then(answer(PACKED, b"Content-Encoding: gzip", b"Content-Length: %d" % len(PACKED)))
OWN_GZIP = b"Content-Encoding: gzip"


def memento(wrapped: Capture) -> Capture:
    found = unwrap(wrapped)
    assert isinstance(found, Capture), found
    return found


def refused(wrapped: Capture) -> Rejection:
    found = unwrap(wrapped)
    assert isinstance(found, Rejection), found
    return found


def text(of: Capture) -> bytes:
    found = http.content(http.parse(of.response))
    assert found.problem is None
    return found.data


# ---- what is taken out is what was put in --------------------------------------------------------------------------

names = st.from_regex(rb"[A-Za-z][A-Za-z-]{0,12}", fullmatch=True).filter(
    lambda name: name.lower() not in {b"transfer-encoding", b"trailer", b"content-encoding", b"connection"}
)
values = st.binary(max_size=20).map(lambda value: bytes(each for each in value if 32 <= each != 127).strip())
headers = st.lists(st.tuples(names, values).map(b": ".join), max_size=6)
bodies = st.binary(max_size=60) | st.just(TEXT)
statuses = st.sampled_from([b"200 OK", b"404 Not Found", b"500 Oops", b"403"])
then = st.builds(
    lambda status, lines, body: of_then(b"\r\n".join([b"HTTP/1.1 " + status, *lines, b"", body])),
    statuses,
    headers,
    bodies,
)


@settings(max_examples=150, deadline=None)
@given(then)
def test_what_the_wayback_machine_wrapped_is_unwrapped_again(of: Capture) -> None:
    found = memento(wayback(of))
    assert (found.url, found.date, found.response) == (of.url, of.date, of.response)


@settings(max_examples=100, deadline=None)
@given(then)
def test_what_common_crawl_wrapped_is_unwrapped_again(of: Capture) -> None:
    found = memento(commoncrawl(of))
    assert (found.url, found.date, found.response) == (of.url, of.date, of.response)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | bodies.map(ranged), st.sampled_from(Via), st.text(max_size=40), st.text(max_size=9))
def test_no_bytes_and_no_address_make_it_fail(response: bytes, via: Via, url: str, asked: str) -> None:
    for address in (url, f"{WAYBACK}/20170123id_/{url}", f"{WAYBACK}/20170123103000id_/http://{url}"):
        made = capture(response, via=via, url=address, hints=Hints(memento=asked))
        assert isinstance(unwrap(made), Capture | Rejection)
        assert isinstance(mementos.standing(made, unwrap(made)), Capture)


def test_a_capture_of_no_archive_is_given_as_it_is() -> None:
    for via in (Via.LIVE, Via.IMPORT):
        made = wayback(of_then(), via=via)
        assert unwrap(made) is made
        assert mementos.original(made) == Original()


def test_record_digest_place_and_hints_stay_those_of_the_exchange() -> None:
    made = replace(wayback(of_then()), payload_digest="sha1:X")
    found = memento(made)
    assert (found.record, found.payload_digest, found.address, found.via, found.hints) == (
        made.record, "sha1:X", made.address, made.via, made.hints
    )  # fmt: skip
    assert (found.request, found.peer, found.tls) == (b"", None, None)


# ---- the Wayback Machine -------------------------------------------------------------------------------------------


def test_repeated_headers_of_then_stay_in_their_order() -> None:
    of = of_then(answer(TEXT, b"Set-Cookie: a=1", b"X-A: 1", b"set-cookie: b=2"))
    assert memento(wayback(of)).response == of.response


def test_the_archives_own_chunks_are_no_part_of_the_page() -> None:
    of = of_then(answer(TEXT, b"Content-Length: %d" % len(TEXT)))
    assert memento(wayback(of, playback(of, [FRAMED], framed(TEXT)))).response == of.response


def test_the_chunks_of_then_are_gone_and_so_is_what_told_of_them() -> None:
    of = of_then(answer(framed(TEXT), FRAMED, b"X-A: 1"))
    assert memento(wayback(of)).response == answer(TEXT, b"X-A: 1")


@pytest.mark.parametrize(
    "own, body, kept",
    [
        pytest.param([OWN_GZIP], PACKED, PACKED, id="passed on as it was"),
        pytest.param([], PACKED, PACKED, id="passed on without a word"),
        pytest.param([OWN_GZIP], packed(PACKED), PACKED, id="packed once more for the way"),
        pytest.param([OWN_GZIP, FRAMED], framed(packed(PACKED)), PACKED, id="packed once more and chunked"),
        pytest.param([], TEXT, TEXT, id="undone by the archive"),
        pytest.param([b"Content-Encoding: br"], brotli.compress(TEXT), TEXT, id="undone, and packed otherwise"),
    ],
)
def test_the_coding_of_then_is_told_apart_from_the_archives_own(own: list[bytes], body: bytes, kept: bytes) -> None:
    found = memento(wayback(GZIPPED, playback(GZIPPED, own, body)))
    message = http.parse(found.response)
    assert message.body == kept
    assert text(found) == TEXT
    is_packed = kept == PACKED
    assert (message.header(b"Content-Encoding") == b"gzip") is is_packed
    assert (message.header(b"Content-Length") is not None) is is_packed


@pytest.mark.parametrize(
    "coding, body",
    [(b"gzip", PACKED), (b"br", brotli.compress(TEXT)), (b"deflate", zlib.compress(TEXT))],
    ids=lambda value: value.decode() if len(value) < 9 else "",
)
def test_a_page_that_the_archive_packs_for_the_way_is_unpacked(coding: bytes, body: bytes) -> None:
    of = of_then()
    assert memento(wayback(of, playback(of, [b"Content-Encoding: " + coding], body))).response == of.response


def test_a_memento_off_the_time_asked_for_has_its_own_time() -> None:
    of = of_then()
    made = wayback(of, url=f"{WAYBACK}/20200101000000id_/{ORIGINAL}")
    assert memento(made).date == THEN


def test_a_memento_of_a_time_to_come_is_refused() -> None:
    of = of_then(date="2099-03-01T00:00:00Z")
    assert refused(wayback(of)).detail == "dated 2099-03-01T00:00:00Z, after it was played"
    assert isinstance(unwrap(wayback(of, date="2099-03-01T00:00:00.25Z")), Capture)


def test_without_memento_datetime_archived_headers_and_the_address_tell_the_time() -> None:
    of = of_then(answer(TEXT, b"Date: Mon, 23 Jan 2017 10:30:01 GMT"))
    lines = [line for line in playback(of).split(b"\r\n") if not line.startswith(b"Memento-Datetime")]
    assert memento(wayback(of, b"\r\n".join(lines))).date == THEN
    short = wayback(of, b"\r\n".join(lines), url=f"{WAYBACK}/2017id_/{ORIGINAL}")
    assert refused(short).reason is Reason.NO_MEMENTO


def test_an_archived_redirect_leads_where_it_led() -> None:
    moved = b"HTTP/1.1 301 Moved\r\nLocation: https://press.test/new/1\r\n\r\n"
    for into in (
        b"/web/20170123103000id_/https://press.test/new/1",
        b"https://web.archive.org/web/2017id_/https:/press.test/new/1",
    ):
        response = playback(of_then(moved)).replace(b"https://press.test/new/1\r\n", into + b"\r\n")
        found = memento(wayback(of_then(moved), response))
        assert found.response == moved


def test_an_archived_404_is_a_memento_and_says_404() -> None:
    of = of_then(answer(TEXT, status=b"404 Not Found"))
    assert mementos.original(wayback(of)) == Original(url=ORIGINAL, date=THEN, status="404")


def test_the_address_is_the_one_captured_where_the_archive_took_another_spelling() -> None:
    of = of_then(url="http://www.press.test:80/news/1")
    made = wayback(of, url=f"{WAYBACK}/{digits(THEN)}id_/{ORIGINAL}", hints=Hints(memento=ORIGINAL))
    assert memento(made).url == "http://www.press.test:80/news/1"


def test_an_arabic_address_may_be_asked_for_in_either_spelling() -> None:
    encoded = "https://press.test/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1"
    made = wayback(of_then(url=encoded), hints=Hints(memento="https://press.test/أخبار"))
    assert memento(made).url == encoded


PLAIN = answer(b"<html><body>Wayback Machine: this page is not available.</body></html>")


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(PLAIN, id="a page of its own with status 200"),
        pytest.param(PLAIN.replace(b"200 OK", b"404 Not Found"), id="nothing archived"),
        pytest.param(answer(b"", b"X-Archive-Wayback-Runtime-Error: RobotAccessControlException: x"), id="excluded"),
        pytest.param(b"HTTP/1.1 302 Found\r\nLocation: /web/2016id_/https://press.test/\r\n\r\n", id="led elsewhere"),
        pytest.param(answer(TEXT, b"Memento-Datetime: soon"), id="a time that is none"),
        pytest.param(
            answer(TEXT + b"<!-- BEGIN WAYBACK TOOLBAR INSERT -->", *memento_headers(of_then())),
            id="a page with banner",
        ),
        pytest.param(playback(of_then(url="https://press.test/news/2")), id="another address"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"SSH-2.0", id="no answer of HTTP"),
    ],
)
def test_what_is_no_memento_is_refused(response: bytes) -> None:
    made = wayback(of_then(), response)
    assert refused(made).reason is Reason.NO_MEMENTO
    assert mementos.original(made) == Original()
    assert mementos.standing(made, refused(made)).url == ORIGINAL


@pytest.mark.parametrize(
    "url",
    [
        f"{WAYBACK}/20170123103000/{ORIGINAL}",
        f"{WAYBACK}/20170123103000if_/{ORIGINAL}",
        "https://web.archive.org/cdx/search/cdx?url=press.test",
        f"{WAYBACK}/20170123103000id_/https://press.test/news/2",
    ],
)
def test_an_address_that_plays_no_raw_capture_of_the_page_is_refused(url: str) -> None:
    assert refused(wayback(of_then(), url=url)).reason is Reason.NO_MEMENTO


@pytest.mark.parametrize(
    "url, found",
    [
        (f"{WAYBACK}/2017id_/http://a.test/", Playback(time="2017", mode="id_", url="http://a.test/")),
        ("http://127.0.0.1:8080/coll/2017mp_/http:/a.test/", Playback(time="2017", mode="mp_", url="http://a.test/")),
        (f"{WAYBACK}/2017id_/https://a.test/2018/http://b.test", Playback(time="2017", mode="id_", url="https://a.test/2018/http://b.test")),
        ("https://a.test/2017/x", None),
        ("https://a.test/?u=/2017/http://x", None),
    ],
)  # fmt: skip
def test_an_address_tells_what_it_plays(url: str, found: Playback | None) -> None:
    assert mementos.playback(url) == found


# ---- Common Crawl --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", [b"gzip", b"br", b"deflate", b"zstd"])
def test_a_body_that_the_crawl_stored_decoded_is_not_decoded_again(coding: bytes) -> None:
    late = of_then(answer(TEXT, b"X-Crawler-Content-Encoding: " + coding))
    assert text(memento(commoncrawl(late))) == TEXT
    early = of_then(answer(TEXT, b"Content-Encoding: " + coding, b"Set-Cookie: a", b"Set-Cookie: b"))
    found = memento(commoncrawl(early))
    assert text(found) == TEXT
    assert http.parse(found.response).headers_all(b"Set-Cookie") == (b"a", b"b")


def test_a_body_that_is_truly_coded_stays_so() -> None:
    assert memento(commoncrawl(GZIPPED)).response == GZIPPED.response


def test_a_member_that_the_crawl_cut_short_says_so() -> None:
    assert memento(commoncrawl(of_then(truncated=Truncation.LENGTH))).truncated is Truncation.LENGTH


def test_a_member_torn_on_the_way_is_truncated_and_no_page() -> None:
    torn = commoncrawl(of_then(), ranged(member(of_then()))[:-9], truncated=Truncation.DISCONNECT)
    assert refused(torn).reason is Reason.TRUNCATED


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(ranged(member(of_then()), b"200 OK"), id="a whole file"),
        pytest.param(ranged(member(of_then(url="https://press.test/news/2"))), id="another address"),
        pytest.param(ranged(member(of_then())[:-9]), id="a member cut in the archive's file"),
        pytest.param(ranged(member(of_then()) * 2), id="two members"),
        pytest.param(ranged(packed()), id="no record"),
        pytest.param(ranged(b"<Error><Code>SlowDown</Code></Error>"), id="words of the server"),
        pytest.param(answer(TEXT, status=b"503 Slow Down"), id="slow down"),
    ],
)
def test_an_answer_without_the_member_asked_for_is_refused(response: bytes) -> None:
    assert refused(commoncrawl(of_then(), response)).reason is Reason.NO_MEMENTO


def test_an_index_answer_is_no_memento() -> None:
    for via in (Via.WAYBACK, Via.COMMONCRAWL):
        asked = capture(answer(b"[]"), url="https://index.example/cdx?url=x", via=via, hints=Hints(role=Role.SEED))
        assert mementos.original(asked) == Original()


def test_a_record_by_itself_is_taken_for_what_was_read_under_its_address() -> None:
    for made in (wayback(of_then()), commoncrawl(of_then())):
        alone = replace(made, via=Via.IMPORT, hints=Hints())
        assert mementos.as_read(alone, ORIGINAL).response == of_then().response
        assert mementos.as_read(alone, "https://press.test/other") is alone
    assert mementos.as_read(commoncrawl(of_then()), DATA).url == DATA
