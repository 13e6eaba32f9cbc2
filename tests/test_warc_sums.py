"""archive/warc/sums.py: digests on the way equal digests of the whole."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.http import parse, payload
from archive.warc.sums import Summing
from tests.captures import answer, chunked

bodies = st.one_of(
    st.binary(max_size=60).map(answer),
    st.builds(chunked, st.binary(min_size=1, max_size=60), st.integers(1, 30)),
    st.builds(
        lambda body: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body,
        st.lists(st.sampled_from([b"3\r\n", b"abc", b"\r\n", b"\n", b"0", b"5;x=y\r\n", b"zz", b" ", b"a\n"])).map(
            b"".join
        ),
    ),
    st.binary(max_size=80),
)


@settings(max_examples=30, deadline=None)
@given(bodies, st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_a_payload_summed_in_pieces_is_the_payload_of_the_whole(block: bytes, steps: list[int]) -> None:
    summing = Summing(http=True, block="sha256", payload="sha1")
    at, turn = 0, 0
    while at < len(block):
        step = steps[turn % len(steps)]
        summing.feed(block[at : at + step])
        at, turn = at + step, turn + 1
    sums = summing.sums()
    assert sums.block == hashlib.sha256(block).digest()
    message = parse(block)
    assert sums.payload == hashlib.sha1(payload(message)).digest()
    assert sums.raw == hashlib.sha1(message.body).digest()
