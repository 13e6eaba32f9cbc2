"""The books of an order at a web archive by themselves: what is asked next, tried again, given up and left out."""

from __future__ import annotations

import json
from dataclasses import replace

from archive.records import Capture, Hints, Reason, Via, Window
from archive.settings import load_settings
from crawler.archives.choosing import Choice
from crawler.archives.course import ALL_LISTINGS, Course, Pages
from crawler.archives.indexes import Indexes
from crawler.archives.services import service
from crawler.archives.walks import TRIES
from crawler.orders import Copies, CrawlOrder
from crawler.outlet import Seed, SeedKind
from crawler.scope import NOTHING_HELD
from crawler.visit.books import Answer
from crawler.visit.frontier import Frontier
from tests import tiny
from tests.captures import TEXT, answer, capture
from tests.composed import NOW

NAMES = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
HOST = "http://a.example"
WHEN = b"Memento-Datetime: Sun, 01 Jan 2017 00:00:00 GMT"


def course(via: Via = Via.WAYBACK, limit: int | None = None) -> Course:
    outlet = tiny.outlet(seeds=(Seed(kind=SeedKind.SECTION, url=f"{HOST}/news?page={{page}}"),))
    asked = service(via, load_settings())
    assert asked is not None
    return Course(
        order=CrawlOrder(run="r", outlet="a", now=NOW, via=via),
        indexes=Indexes(asked, outlet, Window(), lambda url: b""),
        choice=Choice(outlet, Window(), Copies.FIRST),
        frontier=Frontier(outlet=outlet, window=Window(), known=NOTHING_HELD, limit=limit),
        pages=Pages(),
    )


def told(made: Course, *rows: tuple[str, str]) -> None:
    """The index is asked, and says that these addresses were captured at these times, all different."""
    question = made.next_seed()
    assert question is not None and question.listing is None
    table = [NAMES, *(["k", time, url, "text/html", "200", f"D{at}", "9"] for at, (url, time) in enumerate(rows))]
    made.seed_answered(question, Answer(url=question.url, status=200, content=json.dumps(table).encode()))


def played(url: str, *headers: bytes) -> Capture:
    hints = Hints(memento=url)
    made = replace(capture(answer(TEXT, *headers)), url=f"https://web.archive.org/web/20170101000000id_/{url}")
    return replace(made, via=Via.WAYBACK, hints=hints)


def test_a_copy_is_tried_again_then_another_in_its_place_and_then_it_is_lost() -> None:
    made = course()
    told(made, (f"{HOST}/1", "20170101000000"), (f"{HOST}/1", "20180101000000"), (f"{HOST}/2", "20170101000000"))
    assert made.next_seed() is None
    asked = []
    while copies := made.next_pages(1):
        asked.append((copies[0].story.url[-1], copies[0].row.stamp[:4]))
        good = copies[0].story.url.endswith("2")
        made.page_answered(200, copies[0], played(copies[0].row.url, *([WHEN] if good else [])))
    assert sorted(asked) == [*[("1", "2017")] * TRIES, *[("1", "2018")] * TRIES, ("2", "2017")]
    assert made.answers == {200: 1}
    assert made.refusals() == {"fetch-failed": 1}
    assert len(made.errors()) == 1


def test_listings_are_bounded_over_all_their_pages_and_the_report_says_how_many_were_left() -> None:
    made = course()
    told(made, *((f"{HOST}/news?page={number}", "20170101000000") for number in range(1, ALL_LISTINGS + 51)))
    asked = set()
    while (question := made.next_seed()) is not None:
        asked.add(question.url)
        made.seed_failed(question, question.url, "no")
    assert len(asked) == ALL_LISTINGS
    assert made.verdict() == (True, "a, wayback: every index was read to its end; 50 copies of listings were not read")


def test_nothing_more_is_handed_out_once_the_archive_wants_to_be_left_alone() -> None:
    made = course()
    told(made, (f"{HOST}/1", "20170101000000"), (f"{HOST}/2", "20170101000000"))
    assert made.next_seed() is None
    (copy,) = made.next_pages(1)
    made.refusal = "web.archive.org answered 429; it is asked again after 2026-11-01T01:00:00Z"
    made.page_lost(copy.row.url, Reason.FETCH_FAILED, "blocked", copy)
    assert made.next_pages(5) == () and made.next_seed() is None
    assert made.errors() == ()
    assert made.verdict() == (False, f"a, wayback: {made.refusal}")


def test_a_record_of_which_the_index_does_not_say_where_it_lies_is_none() -> None:
    made = course(Via.COMMONCRAWL)
    listed = made.next_seed()
    assert listed is not None and listed.url.endswith("/collinfo.json")
    made.seed_answered(listed, Answer(url=listed.url, status=200, content=b'[{"id": "CC-MAIN-2017-04"}]'))
    question = made.next_seed()
    assert question is not None
    made.seed_answered(question, Answer(url=question.url, status=200, content=b'{"pages": 1}'))
    question = made.next_seed()
    assert question is not None
    whole = {"timestamp": "20170101000000", "url": f"{HOST}/1", "status": "200", "mime": "text/html"}
    placed = {
        **whole,
        "url": f"{HOST}/2",
        "offset": "10",
        "length": "90",
        "filename": "crawl-data/CC-MAIN-2017-04/x.warc.gz",
    }
    lines = "\n".join(json.dumps(each) for each in (whole, placed))
    made.seed_answered(question, Answer(url=question.url, status=200, content=lines.encode()))
    assert made.next_seed() is None
    (copy,) = made.next_pages(5)
    asked = made.page_ask(copy)
    assert (asked.url, asked.headers["Range"]) == (f"https://data.commoncrawl.org/{copy.row.filename}", "bytes=10-99")
    assert asked.public and not asked.conditional
    assert made.refusals() == {"no-memento": 1}
    assert made.counts() == {"listed": 2, "admitted": 1, "again": 0, "refused": 1}
