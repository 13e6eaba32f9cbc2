"""Orders and reports: what crosses between flow and crawl process, there and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import UsageError
from archive.terms import Via
from crawler.orders import Copies, CrawlOrder, CrawlReport, SeedReport, UrlError, order_of, report_of, to_json
from crawler.outlet import SeedKind

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DAYS = st.none() | st.dates()


@settings(deadline=None)
@given(
    st.builds(
        CrawlOrder,
        run=st.text(),
        outlet=st.text(),
        now=st.datetimes(timezones=st.just(UTC)),
        since=DAYS,
        until=DAYS,
        limit=st.none() | st.integers(min_value=0),
        kinds=st.lists(st.sampled_from(list(SeedKind))).map(tuple),
        seeds=st.lists(st.text()).map(tuple),
        terms=st.lists(st.text()).map(tuple),
        stories=st.lists(st.text()).map(tuple),
        via=st.sampled_from(list(Via)),
        seen_since=DAYS,
        seen_until=DAYS,
        copies=st.sampled_from(list(Copies)),
        budget=st.none() | st.integers(min_value=0),
        sample=st.floats(min_value=0, max_value=1),
    )
)
def test_an_order_comes_back_as_it_went(order: CrawlOrder) -> None:
    assert order_of(json.loads(to_json(order))) == order


def test_a_report_comes_back_as_it_went() -> None:
    report = CrawlReport(
        run="r1",
        outlet="sana",
        finished=False,
        ended="sana: https://sana.sy/robots.txt answered 503",
        captures={"page": 3},
        refused={"outside-window": 4},
        errors=(UrlError(url="https://sana.sy/?p=1", error="timed out"),),
        seeds=(SeedReport(kind="feed", url="https://sana.sy/feed", pages=1, candidates=9, problem="gone"),),
        sealed=("warc/sana/2026/01/x.warc.gz",),
        robots={"https://sana.sy": "unreachable"},
    )
    assert report_of(json.loads(to_json(report))) == report
    assert "\n" not in to_json(report)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"run": "r", "outlet": "a", "now": "yesterday"},
        {"run": "r", "outlet": "a", "now": "2026-01-01T00:00:00+00:00", "kinds": ["teletext"]},
        {"run": "r", "outlet": "a", "now": "2026-01-01T00:00:00+00:00", "colour": "red"},
        {"run": "r", "outlet": "a", "now": "2026-01-01T00:00:00+00:00", "via": "pigeon"},
    ],
)
def test_a_broken_order_is_one_clear_line(broken: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="not a crawl order"):
        order_of(broken)


def test_a_report_of_another_schema_is_refused() -> None:
    with pytest.raises(UsageError, match="schema"):
        report_of({"schema": 99})


def test_the_window_of_an_order_is_its_days() -> None:
    order = CrawlOrder(run="r", outlet="a", now=NOW, since=date(2017, 1, 1), until=date(2017, 2, 1))
    assert (order.window.since, order.window.until) == (date(2017, 1, 1), date(2017, 2, 1))
