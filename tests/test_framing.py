"""Where a body ends: by what its head says, whatever pieces it comes in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.http import Message, parse, payload
from crawler.visit.framing import Chunked, End, Framing, Sized, body_of, framing, keeps
from tests.oddanswers import chunked


def head(*lines: bytes, start: bytes = b"HTTP/1.1 200 OK") -> Message:
    return parse(b"\r\n".join([start, *lines]) + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("lines", "end", "length"),
    [
        ([], End.CLOSE, 0),
        ([b"Content-Length: 7"], End.LENGTH, 7),
        ([b"Content-Length: 0"], End.NOTHING, 0),
        ([b"Content-Length: 7, 007"], End.LENGTH, 7),
        ([b"content-length:7", b"Content-Length: 7"], End.LENGTH, 7),
        ([b"Transfer-Encoding: Chunked"], End.CHUNKS, 0),
        ([b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked", b"Content-Length: 7"], End.CHUNKS, 0),
        ([b"Transfer-Encoding: identity", b"Content-Length: 7"], End.LENGTH, 7),
    ],
)
def test_the_end_is_what_the_head_says(lines: list[bytes], end: End, length: int) -> None:
    assert framing(head(*lines)) == Framing(end=end, length=length)


@pytest.mark.parametrize("said", [b"-1", b"+1", b"", b"1 2", b"0x10", b"1.0", b"7, 8", b"7,", b"\xd9\xa7", b"9" * 19])
def test_a_length_that_is_none_leaves_the_end_to_the_connection_and_says_why(said: bytes) -> None:
    framed = framing(head(b"Content-Length: " + said))
    assert framed.end is End.CLOSE
    assert "Content-Length" in (framed.problem or "")


@pytest.mark.parametrize("status", [101, 204, 304])
def test_some_answers_have_no_body_whatever_they_say(status: int) -> None:
    assert framing(head(b"Content-Length: 7", start=b"HTTP/1.1 %d x" % status)).end is End.NOTHING
    assert framing(head(b"Content-Length: 7"), bodiless=True).end is End.NOTHING


@pytest.mark.parametrize(
    ("start", "lines", "kept"),
    [
        (b"HTTP/1.1 200 OK", [], True),
        (b"HTTP/1.1 200 OK", [b"Connection: Close"], False),
        (b"HTTP/1.0 200 OK", [], False),
        (b"HTTP/1.0 200 OK", [b"Connection: Keep-Alive"], True),
        (b"HTTP/1.1 101 x", [], False),
        (b"HTTP/1 200 OK", [], False),
    ],
)
def test_a_connection_is_used_again_only_when_the_server_lets_it(start: bytes, lines: list[bytes], kept: bool) -> None:
    assert keeps(head(*lines, start=start)) is kept


def fed(data: bytes, cuts: list[int]) -> tuple[bytes, bytes | None, str | None]:
    """What a chunked body delivers, what stands behind its end and what was wrong, when it comes in these pieces."""
    came: list[bytes] = []
    body = Chunked(came.append)
    rest: bytes | None = None
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in pairwise(edges):
        if rest is None:
            rest = body.feed(data[start:end])
        else:
            rest += data[start:end]
    return b"".join(came), rest, body.problem and body.problem[:25]


bodies = st.binary(min_size=1, max_size=300)
cuts = st.lists(st.integers(0, 10_000), max_size=12)


@given(body=bodies, size=st.integers(1, 40), trailer=st.sampled_from([b"", b"X: y\r\n"]), rest=bodies, cuts=cuts)
def test_chunks_are_read_alike_in_whatever_pieces_they_come(
    body: bytes, size: int, trailer: bytes, rest: bytes, cuts: list[int]
) -> None:
    whole = chunked(body, size, trailer, b";a=b")
    assert fed(whole + rest, cuts) == (body, rest, None)
    message = Message(start=b"", headers=((b"Transfer-Encoding", b"chunked"),), body=whole)
    assert payload(message) == body, "the shelf reads as the wire did"


@given(body=bodies, size=st.integers(1, 40), at=st.integers(0, 10_000), byte=st.integers(0, 255), cuts=cuts)
def test_a_damaged_byte_is_read_alike_in_whatever_pieces_it_comes(
    body: bytes, size: int, at: int, byte: int, cuts: list[int]
) -> None:
    whole = bytearray(chunked(body, size))
    whole[at % len(whole)] = byte
    came, rest, problem = fed(bytes(whole), cuts)
    once_came, once_rest, once_problem = fed(bytes(whole), [])
    assert (came, rest) == (once_came, once_rest)
    assert (problem is None) == (once_problem is None)


@given(body=bodies, rest=bodies, cuts=cuts)
def test_a_body_of_so_many_bytes_ends_there(body: bytes, rest: bytes, cuts: list[int]) -> None:
    came: list[bytes] = []
    sized = body_of(Framing(end=End.LENGTH, length=len(body)), came.append)
    assert isinstance(sized, Sized)
    assert sized.feed(body[:-1]) is None
    assert sized.feed(body[-1:] + rest) == rest
    assert b"".join(came) == body


def test_a_line_that_never_ends_breaks_the_chunks() -> None:
    body = Chunked(lambda piece: None)
    for _ in range(40):
        assert body.feed(b"0" * 1000) is None
    assert "broken" in (body.problem or "")
