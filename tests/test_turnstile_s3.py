"""Turns at a host, given out in a bucket by the server's own clock, which tells whole seconds."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from archive.s3 import S3Storage
from crawler.errors import BlockedError
from crawler.visit.clocks import StoreClock
from crawler.visit.standing import OF_ARCHIVES, Refusal
from crawler.visit.turnstile import Turnstile

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("seaweed")]

HOST, PACE = "web.archive.example", 0.3


def test_two_that_share_a_bucket_are_never_let_through_together_and_both_hear_of_a_block(bucket: str) -> None:
    ways = [Turnstile(S3Storage(bucket), HOST, StoreClock(), OF_ARCHIVES) for _ in range(2)]
    moments: list[float] = []

    async def walk(way: Turnstile) -> None:
        for _ in range(3):
            await way.turn("index", PACE)
            moments.append(StoreClock().uptime())

    async def both() -> None:
        await asyncio.gather(*map(walk, ways))

    asyncio.run(both())
    assert len(moments) == 6
    # The note is thought younger than it may be, never older: turns lie further apart, not nearer.
    assert min(after - before for before, after in pairwise(sorted(moments))) >= PACE / 2
    ways[0].refused(Refusal.NO_CONNECTION)
    with pytest.raises(BlockedError, match=f"{HOST} refused the connection; it is asked again after"):
        asyncio.run(ways[1].turn("page", PACE))
