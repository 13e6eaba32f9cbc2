"""HTTP messages are taken apart without loss, payloads by the standard, contents within bounds."""

from __future__ import annotations

import gzip
import time
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from archive.http import MEMBERS, content, is_chunked, parse, payload, split_head, split_interim

ZEROS = bytes(5 << 20)


def answer(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", *headers, b"", body))


def framed(body: bytes, size: int) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def test_headers_keep_order_repeats_and_case_and_folds_are_joined() -> None:
    message = parse(answer(b"", b"B: 1", b"a:2", b"b:  3 ", b"no colon here", b"X-Fold: one", b"\ttwo", b"Empty:"))
    assert message.headers == (
        (b"B", b"1"),
        (b"a", b"2"),
        (b"b", b"3"),
        (b"X-Fold", b"one two"),
        (b"Empty", b""),
    )
    assert message.header(b"B") == b"1"
    assert message.headers_all(b"b") == (b"1", b"3")
    assert message.header(b"c") is None
    assert message.status == 200


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"HTTP/1.1 404 Not Found", 404),
        (b"HTTP/1.0 200", 200),
        (b"HTTP/2 200 OK", 200),
        (b"GET / HTTP/1.1", None),
        (b"HTTP/1.1 2000 OK", None),
        (b"", None),
    ],
)
def test_the_status_is_read_from_a_status_line_only(start: bytes, status: int | None) -> None:
    assert parse(start + b"\r\n\r\n").status == status


def test_lines_may_end_in_a_bare_line_feed() -> None:
    message = parse(b"HTTP/1.1 200 OK\nA: 1\nB: 2\n\nbody\r\n\r\nmore")
    assert message.headers == ((b"A", b"1"), (b"B", b"2"))
    assert message.body == b"body\r\n\r\nmore"


def test_a_torn_head_is_all_head() -> None:
    assert split_head(b"HTTP/1.1 200 OK\r\nContent-Type: te") == (b"HTTP/1.1 200 OK\r\nContent-Type: te", b"")
    assert parse(b"HTTP/1.1 200 OK\r\nContent-Type: te").header(b"content-type") == b"te"


def test_interim_answers_are_split_off_and_101_is_final() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\n\n"
    final = answer(b"x")
    assert split_interim(early + final) == (early, final)
    assert split_interim(final) == (b"", final)
    assert split_interim(b"HTTP/1.1 103 Ear") == (b"HTTP/1.1 103 Ear", b"")
    upgrade = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
    assert split_interim(upgrade) == (b"", upgrade)


@given(st.binary(), st.integers(1, 40))
def test_the_payload_of_a_chunked_body_is_the_body_before_chunking(body: bytes, size: int) -> None:
    message = parse(answer(framed(body, size), b"Transfer-Encoding: Chunked"))
    assert is_chunked(message)
    assert payload(message) == body


@given(st.binary(min_size=1, max_size=300), st.integers(1, 40), st.data())
def test_of_a_torn_chunked_body_the_payload_is_a_beginning(body: bytes, size: int, data: st.DataObject) -> None:
    whole = framed(body, size)
    first = whole.index(b"\n") + 1
    torn = whole[: data.draw(st.integers(first, len(whole)))]
    assert body.startswith(payload(parse(answer(torn, b"Transfer-Encoding: chunked"))))


@given(st.binary(max_size=400))
def test_parsing_never_raises(block: bytes) -> None:
    message = parse(block)
    assert block.endswith(message.body)
    payload(message)
    content(message)


def test_chunk_extensions_trailers_and_bare_line_feeds_are_framing() -> None:
    body = b"3;a=b\r\nabc\r\n2 \ndeef\n".replace(b"2 \ndeef\n", b"2 \nde\n") + b"0\r\nX-Sum: 1\r\n\r\n"
    assert payload(parse(answer(body, b"Transfer-Encoding: chunked"))) == b"abcde"


def test_a_body_stored_without_the_framing_its_header_names_is_returned_as_it_stands() -> None:
    assert payload(parse(answer(b"<!doctype html>", b"Transfer-Encoding: chunked"))) == b"<!doctype html>"


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


ENCODERS = [
    (b"gzip", gzip.compress),
    (b"x-gzip", gzip.compress),
    (b"GZIP", lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:])),
    (b"deflate", zlib.compress),
    (b"deflate", raw_deflate),
    (b"br", brotli.compress),
    (b"zstd", zstandard.compress),
]


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
@pytest.mark.parametrize("data", [b"", b"a", "سطر من صفحة\n".encode() * 3000])
def test_every_content_coding_is_removed_inside_chunks_too(coding: bytes, encode: object, data: bytes) -> None:
    packed = encode(data)  # type: ignore[operator]
    head = (b"Content-Encoding: " + coding, b"Transfer-Encoding: chunked")
    found = content(parse(answer(framed(packed, 1000), *head)))
    assert found.data == data
    assert found.problem is None


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
def test_what_is_longer_than_the_limit_is_cut_and_said(coding: bytes, encode: object) -> None:
    packed = encode(ZEROS)  # type: ignore[operator]
    found = content(parse(answer(packed, b"Content-Encoding: " + coding)), limit=1000)
    assert found.data == bytes(1000)
    assert "longer than" in (found.problem or "")


@pytest.mark.parametrize(("coding", "encode"), ENCODERS)
def test_what_is_cut_off_gives_its_beginning_and_says_so(coding: bytes, encode: object) -> None:
    data = bytes(range(256)) * 400
    packed = encode(data)[:-9]  # type: ignore[operator]
    found = content(parse(answer(packed, b"Content-Encoding: " + coding)))
    assert data.startswith(found.data)
    assert found.problem


@pytest.mark.parametrize("coding", [b"br", b"deflate", b"gzip", b"zstd"])
def test_damage_inside_is_said(coding: bytes) -> None:
    encode = {b"br": brotli.compress, b"deflate": zlib.compress, b"gzip": gzip.compress, b"zstd": zstandard.compress}
    packed = bytearray(encode[coding]("نص للتجربة لا غير".encode() * 40))
    packed[10:40] = b"\xff" * 30
    assert content(parse(answer(bytes(packed), b"Content-Encoding: " + coding))).problem


@pytest.mark.parametrize("coding", [b"gzip", b"zstd", b"identity", b""])
def test_a_payload_stored_decoded_is_returned_as_is(coding: bytes) -> None:
    found = content(parse(answer(b"<html>", b"Content-Encoding: " + coding)))
    assert (found.data, found.problem) == (b"<html>", None)


def test_two_codings_are_removed_from_the_outermost_inwards() -> None:
    packed = brotli.compress(gzip.compress(b"text"))
    assert content(parse(answer(packed, b"Content-Encoding: gzip, br"))).data == b"text"


def test_an_unknown_coding_is_said() -> None:
    found = content(parse(answer(b"body", b"Content-Encoding: exi")))
    assert found.data == b"body"
    assert found.problem == "unknown content coding exi"


def test_a_plain_body_is_bounded_too() -> None:
    found = content(parse(answer(b"abcdef")), limit=3)
    assert found.data == b"abc"
    assert found.problem


@pytest.mark.parametrize(
    ("line", "size"), [(b"a:b\r\n", 1 << 20), (b" b\r\n", 2 << 20)], ids=["one name again and again", "folds"]
)
def test_a_head_of_many_lines_costs_no_more_than_its_length(line: bytes, size: int) -> None:
    many = size // len(line)
    before = time.process_time()
    message = parse(b"HTTP/1.1 200 OK\r\na:b\r\n" + line * many + b"\r\n")
    assert time.process_time() - before < 3
    assert len(message.headers_all(b"a")) + message.headers_all(b"a")[0].count(b" ") == many + 1


def test_many_gzip_members_cost_no_more_than_their_length_and_their_number_is_bounded() -> None:
    empty = gzip.compress(b"", mtime=0)
    before = time.process_time()
    found = content(parse(answer(gzip.compress(b"begin") + empty * 300_000, b"Content-Encoding: gzip")))
    assert time.process_time() - before < 5
    assert found.data == b"begin"
    assert found.problem == f"gzip: more than {MEMBERS} members"


def test_gzip_members_of_every_size_are_joined() -> None:
    sizes = [0, 1, 511, 512, 513, 1 << 16, 70_001, 0, 200_000]
    members = [bytes((size + at * at) % 251 for at in range(size)) for size in sizes]
    packed = b"".join(gzip.compress(member, level) for member in members for level in (0, 9))
    found = content(parse(answer(packed + b"what a browser ignores", b"Content-Encoding: gzip")))
    assert found.problem is None
    assert found.data == b"".join(2 * member for member in members)
