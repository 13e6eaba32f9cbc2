"""SIGKILL inside named windows of all three moves: nothing that was reported is lost, doubled or half."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.kills import campaign, purging
from tests.kills.board import PURGE, UPLOAD, WINDOWS
from tests.kills.tally import Tally

SEED = 20170123
Note = Callable[[str, object], None]

pytestmark = pytest.mark.xdist_group("kills")


def _judge(tally: Tally, each: int, note: Note, windows: Sequence[str] = WINDOWS) -> None:
    print(tally.histogram())
    note("shown", f"kills, by the window the process died in:\n{tally.histogram()}")
    assert tally.problems == []
    short = {window: tally.deaths[window] for window in windows if tally.deaths[window] < each}
    assert not short, f"too few deaths inside {short}"


@pytest.mark.long
@pytest.mark.slow
def test_after_thirty_kills_nothing_that_was_reported_is_lost_doubled_or_half(
    tmp_path: Path, record_property: Note
) -> None:
    _judge(campaign.run(tmp_path, SEED, 3), 3, record_property)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_after_two_hundred_kills_nothing_that_was_reported_is_lost_doubled_or_half(
    tmp_path: Path, record_property: Note
) -> None:
    tally = campaign.run(tmp_path, SEED + 1, 20)
    _judge(tally, 20, record_property)
    assert tally.deaths.total() >= 200
    assert tally.old > 40, "too few answers were old enough to count as held for sure"


@pytest.mark.long
@pytest.mark.service
@pytest.mark.timeout(3600)
def test_after_twenty_kills_during_uploads_to_a_bucket_nothing_is_lost_doubled_or_half(
    tmp_path: Path, bucket: str, record_property: Note
) -> None:
    tally = campaign.run(tmp_path, SEED + 2, 20, [UPLOAD] * 4, bucket)
    _judge(tally, 20, record_property, [UPLOAD])


@pytest.mark.long
@pytest.mark.slow
def test_after_four_kills_a_purge_is_done_whole_by_the_next_start(tmp_path: Path, record_property: Note) -> None:
    _judge(purging.run(tmp_path / "purges", SEED + 3, 4), 4, record_property, [PURGE])


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_after_twenty_five_kills_a_purge_is_done_whole_by_the_next_start(tmp_path: Path, record_property: Note) -> None:
    _judge(purging.run(tmp_path / "purges", SEED + 4, 25), 25, record_property, [PURGE])
