"""Editions of a story and its date, by the captures that show them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from archive.catalog import Catalog, Query
from archive.errors import UsageError
from archive.records import Window
from tests.catalogs import ids
from tests.made import article, reading, shelf, unchanged


def test_another_text_is_another_edition_in_the_order_of_capture(catalog: Catalog) -> None:
    later = shelf("2", [reading("a-x", article("النص الثاني", title="عنوان"), day=5)])
    catalog.take([later])
    catalog.take([shelf("1", [reading("a-x", article("النص الأول"), day=2)])])
    story = catalog.story("a-x")
    assert [(e.ordinal, e.article.text) for e in story.editions] == [(1, "النص الأول"), (2, "النص الثاني")]
    assert (story.current, story.editions[1].article.title) == (2, "عنوان")


def test_a_text_that_comes_back_is_no_third_edition_but_the_current_one(catalog: Catalog) -> None:
    texts = ["أول", "ثان", "أول"]
    catalog.take([shelf(str(n), [reading("a-x", article(t), day=n)]) for n, t in enumerate(texts, start=1)])
    story = catalog.story("a-x")
    assert ([e.article.text for e in story.editions], story.current) == (["أول", "ثان"], 1)


@pytest.mark.parametrize(
    ("of", "current"), [("urn:uuid:a-x-1", 1), ("urn:uuid:a-x-2", 2), (None, 2), ("urn:uuid:z", 2)]
)
def test_a_revisit_shows_its_original_again_and_a_304_what_was_there(
    catalog: Catalog, of: str | None, current: int
) -> None:
    first, second = reading("a-x", article("أول"), day=1), reading("a-x", article("ثان"), day=2)
    catalog.take([shelf("2", [unchanged("a-x", of, day=9)]), shelf("1", [first, second])])
    assert catalog.story("a-x").current == current


def test_a_304_speaks_for_its_own_address(catalog: Catalog) -> None:
    first = reading("a-x", article("أول"), day=1, url="https://a.example/amp/x")
    second = reading("a-x", article("ثان"), day=2)
    catalog.take([shelf("1", [first, second, unchanged("a-x", None, day=3, url="https://a.example/amp/x")])])
    assert catalog.story("a-x").current == 1


def test_an_older_capture_that_comes_late_moves_the_date_and_the_ordinals(catalog: Catalog) -> None:
    catalog.take([shelf("2", [reading("a-x", article("ثان", at=None), day=9)])])
    assert catalog.story("a-x").published.earliest.day == 10
    catalog.take([shelf("1", [reading("a-x", article("أول", at=None), day=2)])])
    story = catalog.story("a-x")
    assert (story.published.source, story.published.earliest.day) == ("capture", 3)
    assert [e.article.text for e in story.editions] == ["أول", "ثان"]


def test_windows_are_civil_days_of_the_outlet_and_half_open(catalog: Catalog) -> None:
    late = datetime(2017, 1, 24, 22, 30, tzinfo=UTC)  # half past midnight of the 25th in Damascus
    catalog.take([shelf("1", [reading("a-x", article("أول", at=late)), reading("a-y", article("ثان", at=None))])])

    def held(since: str | None, until: str | None) -> list[str]:
        window = Window(
            since=date.fromisoformat(since) if since else None, until=date.fromisoformat(until) if until else None
        )
        return ids(catalog, Query(window=window))

    assert held("2017-01-25", "2017-01-26") == ["a-x"]
    assert held("2017-01-24", "2017-01-25") == []
    assert held("2017-02-02", "2017-02-03") == ["a-y"]  # undated: its first capture
    assert held(None, None) == ["a-x", "a-y"]
    with pytest.raises(UsageError):
        held("2017-02-03", "2017-02-03")
