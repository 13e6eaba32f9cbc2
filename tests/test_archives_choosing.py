"""Choosing among the captures of archives: the first good copy, each that differs, the outlet's own listings."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Reason, Role, Via, Window
from crawler.archives.choosing import Choice, Known, Pick, Refused, candidate, memento_name
from crawler.archives.rows import Row
from crawler.orders import Copies
from crawler.outlet import Outlet, Seed, SeedKind
from crawler.scope import Held
from tests import tiny

WINDOW = Window(since=date(2017, 1, 1), until=date(2018, 1, 1))
FEED = Seed(kind=SeedKind.FEED, url="https://a.example/rss")
SECTION = Seed(kind=SeedKind.SECTION, url="https://a.example/news/{term}/{page}")


def row(path: str, day: str = "20170301", **said: object) -> Row:
    fields = {"url": f"http://a.example{path}", "stamp": f"{day}000000", "status": 200, "mime": "text/html", **said}
    return Row(**fields)  # type: ignore[arg-type]  # names of fields


def chosen(
    *rows: Row, copies: Copies = Copies.FIRST, known: Known | None = None, outlet: Outlet | None = None
) -> list[Pick | Refused]:
    choice = Choice(outlet or tiny.outlet(), WINDOW, copies, known)
    choice.take(rows)
    return list(choice.stories())


def picked(*rows: Row, copies: Copies = Copies.FIRST, known: Known | None = None) -> list[tuple[str, str]]:
    verdicts = chosen(*rows, copies=copies, known=known)
    return [(one.row.url, one.row.stamp[:8]) for one in verdicts if isinstance(one, Pick)]


def reasons(*rows: Row, known: Known | None = None, copies: Copies = Copies.FIRST) -> list[tuple[Reason, str]]:
    verdicts = chosen(*rows, known=known, copies=copies)
    return [(one.why.reason, one.why.detail) for one in verdicts if isinstance(one, Refused)]


def test_the_first_good_copy_is_taken_and_the_next_ones_are_kept_in_spare() -> None:
    rows = [row("/7", f"2017030{day}", digest=digest) for day, digest in ((4, "B"), (2, "A"), (3, "A"), (5, "C"))]
    [pick] = chosen(*rows)
    assert isinstance(pick, Pick)
    assert (pick.key, pick.row.stamp[:8]) == ("7", "20170302")
    assert [spare.digest for spare in pick.spare] == ["B", "C"]


def test_redirects_and_errors_and_cut_pages_never_stand_in_for_a_page() -> None:
    bad = [row("/7", status=301), row("/7", "20170302", status=404), row("/7", "20170303", truncated="length")]
    assert picked(*bad, row("/7", "20190101")) == [("http://a.example/7", "20190101")]
    assert reasons(*bad) == [(Reason.NO_MEMENTO, "no copy is a whole page: 200, 301, 404")]


def test_a_revisit_counts_unless_it_stands_for_an_error() -> None:
    revisit = row("/7", "20170302", status=None, mime="warc/revisit", digest="A")
    assert picked(revisit) == [("http://a.example/7", "20170302")]
    assert reasons(row("/7", "20170301", status=404, digest="A"), revisit)[0][0] is Reason.NO_MEMENTO


def test_twins_and_mirrors_are_one_story_and_its_own_address_goes_first() -> None:
    amp, plain, port = row("/7/amp", "20170301"), row("/7", "20170305"), row("/7", "20170304", digest="B")
    port = Row(**{**port.dump(), "url": "http://www.a.example:80/7"})  # type: ignore[arg-type]  # names of fields
    assert picked(amp, plain, port) == [("http://www.a.example:80/7", "20170304")]


def test_each_differing_copy_is_taken_when_changes_are_wanted() -> None:
    rows = [row("/7", f"2017030{day}", digest=digest) for day, digest in ((1, "A"), (2, "A"), (3, "B"), (4, "A"))]
    days = [day for _, day in picked(*rows, copies=Copies.CHANGED)]
    assert days == ["20170301", "20170303"]


def test_a_story_captured_before_the_window_was_published_before_it() -> None:
    assert reasons(row("/7", "20161231"), row("/7")) == [
        (Reason.OUTSIDE_WINDOW, "before 2017-01-01: captured 2016-12-31")
    ]
    assert picked(row("/7", "20161231", status=404), row("/7")) == [("http://a.example/7", "20170301")]


def test_a_held_story_is_left_alone_but_its_changes_are_taken() -> None:
    known = Known(stories=Held(captured={"7": datetime(2017, 4, 1, tzinfo=UTC)}))
    assert reasons(row("/7"), known=known) == [(Reason.ALREADY_HELD, "captured 2017-04-01T00:00:00Z")]
    assert picked(row("/7"), known=known, copies=Copies.CHANGED) != []


def test_a_copy_fetched_once_is_not_fetched_again_and_the_next_that_differs_takes_its_place() -> None:
    known = Known(mementos={memento_name("http://a.example/7", "20170301000000")})
    first, same, other = row("/7", digest="A"), row("/7", "20170302", digest="A"), row("/7", "20170303", digest="B")
    for copies in Copies:
        assert picked(first, same, other, known=known, copies=copies) == [("http://a.example/7", "20170303")]
        assert reasons(first, same, known=known, copies=copies) == [(Reason.ALREADY_HELD, "every copy of it")]


def test_what_is_no_story_is_refused_by_its_reason() -> None:
    choice = Choice(tiny.outlet(), WINDOW, Copies.FIRST)
    choice.take(
        [row("/about"), Row(url="http://b.example/7", stamp="20170301000000"), Row(url="dns:a", stamp="2" * 14)]
    )
    assert {(one.url, one.why.reason) for one in choice.others()} == {
        ("http://a.example/about", Reason.NOT_A_STORY),
        ("http://b.example/7", Reason.FOREIGN_HOST),
        ("dns:a", Reason.BAD_URL),
    }


def test_copies_of_the_outlets_listings_are_found_one_a_day_where_they_differ() -> None:
    choice = Choice(tiny.outlet(seeds=(FEED, SECTION)), WINDOW, Copies.FIRST)
    days = [("01", "A"), ("02", "A"), ("03", "B"), ("04", "C"), ("05", "D")]
    feeds = [row("/rss", f"201703{day}", mime="application/rss+xml", digest=digest) for day, digest in days]
    twice = Row(**{**feeds[0].dump(), "stamp": "20170301120000", "digest": "E"})  # type: ignore[arg-type]
    choice.take([*feeds, twice, row("/news/politics/3"), row("/rss", "20170309", status=404), row("/news")])
    found, more = choice.listings(10)
    assert [(copy.seed.kind, copy.row.stamp[6:8]) for copy in found] == [
        (SeedKind.SECTION, "01"),
        (SeedKind.FEED, "01"),
        (SeedKind.FEED, "03"),
        (SeedKind.FEED, "04"),
        (SeedKind.FEED, "05"),
    ]
    assert found[0].seed.url == "http://a.example/news/politics/3"
    assert (more, list(choice.stories())) == (1, [])
    few, left = choice.listings(2)
    assert ([copy.row.stamp[6:8] for copy in few if copy.seed.kind is SeedKind.FEED], left) == (["01", "05"], 3)


@pytest.mark.parametrize(
    ("template", "bare", "other"),
    [
        ("/category/a/page/{page}/", "/category/a/", "/category/"),
        ("/section.php?cat=1&page={page}", "/section.php?cat=1", "/section.php?cat=2"),
        ("/?page={page}&cat=1", "/?cat=1", "/"),
        ("/list/{page}.html", "/list/2.html", "/list/"),
    ],
)
def test_a_paged_listing_is_known_by_its_first_pages_own_address(template: str, bare: str, other: str) -> None:
    seed = Seed(kind=SeedKind.SECTION, url=f"http://a.example{template}")
    choice = Choice(tiny.outlet(seeds=(seed,)), WINDOW, Copies.FIRST)
    choice.take([row(bare), row(template.replace("{page}", "3"), digest="B"), row(other, digest="C")])
    urls = {copy.seed.url for copy in choice.listings(10)[0]}
    assert urls == {f"http://a.example{bare}", f"http://a.example{template.replace('{page}', '3')}"}


def test_a_listing_that_did_not_change_is_read_once_whether_it_is_held_or_not() -> None:
    known = Known(mementos={memento_name("http://a.example/rss", "20170301000000")})
    choice = Choice(tiny.outlet(seeds=(FEED,)), WINDOW, Copies.FIRST, known)
    choice.take([row("/rss", digest="A"), row("/rss", "20170302", digest="A")])
    assert [copy.row.stamp for copy in choice.listings(10)[0]] == ["20170301000000"]


def test_a_feed_that_the_outlets_file_does_not_know_is_told_by_its_type_and_name() -> None:
    choice = Choice(tiny.outlet(), WINDOW, Copies.FIRST)
    xml = {"mime": "text/xml"}
    paths = ("/old/rss.xml", "/politics/feed/", "/sitemap-2017-01.xml", "/7/feed/", "/comments/feed/", "/style.xml")
    choice.take(row(path, **xml) for path in paths)
    found, _ = choice.listings(10)
    assert sorted((copy.seed.kind.value, copy.seed.url.partition("example")[2]) for copy in found) == [
        ("feed", "/old/rss.xml"),
        ("feed", "/politics/feed/"),
        ("sitemap", "/sitemap-2017-01.xml"),
    ]


def test_a_template_so_wide_that_stories_fit_into_it_does_not_swallow_them() -> None:
    wide = tiny.outlet(seeds=(Seed(kind=SeedKind.TAG, url="https://a.example/{term}"),))
    [pick] = chosen(row("/7"), outlet=wide)
    assert isinstance(pick, Pick)


def test_a_pick_becomes_a_candidate_that_says_which_memento_it_is() -> None:
    [pick] = chosen(row("/7"))
    assert isinstance(pick, Pick)
    made = candidate(pick, Via.WAYBACK, "https://web.example/cdx/search/cdx?url=a.example")
    assert (made.url, made.hints.role, made.hints.seed_kind) == ("http://a.example/7", Role.PAGE, "wayback")
    assert (made.hints.memento, made.hints.memento_time) == ("http://a.example/7", "20170301000000")


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(["/7", "/7/amp", "/8", "/rss", "/about"]),
        st.sampled_from(["20161231", "20170301", "20170302", "20190101"]),
        status=st.sampled_from([200, 301, None]),
        digest=st.sampled_from(["A", "B", "C", None]),
        mime=st.sampled_from(["text/html", "warc/revisit"]),
    ),
    max_size=12,
)


def test_of_two_revisits_at_one_moment_the_same_is_first_in_any_order() -> None:
    two = [row("/8", mime="warc/revisit", digest=digest) for digest in ("A", "B")]
    assert chosen(*two) == chosen(*reversed(two))


@settings(max_examples=25, deadline=None)
@given(ROWS, st.randoms(use_true_random=False), st.sampled_from(Copies))
def test_what_is_chosen_does_not_depend_on_the_order_of_rows(rows: list[Row], order: object, copies: Copies) -> None:
    mixed = list(rows)
    order.shuffle(mixed)  # type: ignore[attr-defined]  # a Random
    assert chosen(*rows, copies=copies) == chosen(*mixed, *mixed, copies=copies)
