"""What was taken down is gone from every verb, whichever order things come in; nothing leaves the shelves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import takedowns
from archive.errors import ArchiveError, TakenDownError
from archive.storage import open_storage
from archive.takedowns import Takedowns

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_an_order_hides_its_story_and_every_spelling_of_its_addresses(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    assert not takedowns.load(storage)
    takedowns.write(storage, "press-abc", ["https://www.press.test/news/1", "http://m.press.test/أ ب"], "a court", NOON)
    held = takedowns.load(storage)
    assert held.hides("http://press.test/news/1")
    assert held.hides("test,press)/news/1")
    assert held.hides("http://m.press.test/%D8%A3%20%D8%A8")
    assert held.hides_story("press-abc")
    assert not held.hides("http://press.test/news/12")
    assert not held.hides_story("press-abd")
    with pytest.raises(TakenDownError, match=r"^press-abc was taken down on 2026-11-22: a court$"):
        held.refuse(story="press-abc")


def test_orders_merge_as_sets_do_and_the_oldest_is_told(tmp_path: Path) -> None:
    storage = open_storage(str(tmp_path))
    later = takedowns.write(storage, "a-x", ["http://a.test/2"], "second", NOON + timedelta(days=1))
    first = takedowns.write(storage, "a-x", ["http://a.test/1"], "first", NOON)
    alone = takedowns.write(storage, None, ["http://a.test/1"], "address", NOON + timedelta(days=2))
    orders = [later, first, alone]
    assert Takedowns.of(orders) == Takedowns.of(reversed(orders)) == takedowns.load(storage)
    assert Takedowns.of(orders).stories["a-x"].reason == "first"
    assert Takedowns.of(orders).hides("http://a.test/2")
    assert list(takedowns.new(storage, {first.event, alone.event})) == [later]


def test_an_entry_that_is_no_order_is_named_and_nothing_is_shown(tmp_path: Path) -> None:
    from archive import ledger

    storage = open_storage(str(tmp_path))
    event = ledger.write(storage, "takedown", {"story": "a-x"}, NOON)
    with pytest.raises(ArchiveError, match=event.id):
        takedowns.load(storage)
