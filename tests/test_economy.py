"""What a crawl fetches of what a feed lists; which seeds are asked again; what listings read before have told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from archive import listed
from archive.listings import ListingHead
from archive.records import Hints
from archive.storage import FolderStorage
from crawler.visit import told
from flows import work
from flows.moves import PLAIN
from flows.plans import Place, Plan
from tests.desk import Desk, news
from tests.polled import item, poll
from tests.sites import Reply, served

TITLES: Mapping[int, tuple[str, str]] = {
    1: ("انطلاق محادثات أستانا حول سوريا", "بدأت اليوم محادثات أستانا بين الوفود السورية برعاية الدول الضامنة."),
    2: ("أسعار الخضار ترتفع في الأسواق", "ارتفعت أسعار الخضار هذا الأسبوع بسبب موجة الصقيع."),
    3: ("دراج فريق أستانا يفوز بالمرحلة", "فاز الدراج بالمرحلة الجبلية من الطواف أمس."),
    4: ("", ""),
}


def told_feed() -> Reply:
    items = "".join(
        f"<item><link>/news/{number}</link><title>{title}</title><description>{summary}</description></item>"
        for number, (title, summary) in TITLES.items()
    )
    return Reply(body=f"<rss><channel>{items}</channel></rss>", kind="application/rss+xml")


@pytest.mark.long
def test_a_crawl_fetches_what_may_be_on_topic_and_counts_what_it_left(tmp_path: Path) -> None:
    with served({"/feed": told_feed(), **news(1, 2, 3, 4)}) as site:
        first = Desk(tmp_path, site).crawl(sample=0.0)
        assert [path for path in site.paths() if path.startswith("/news")] == ["/news/1", "/news/4"]
        assert first.refused == {"off-topic-hints": 2}
        desk = Desk(tmp_path, site)
        second = desk.crawl(run="r2", sample=1.0, budget=0)
        captures = desk.captures()
    assert second.refused == {"already-held": 2}
    drawn = {one.url.rpartition("/")[2] for one in captures if one.hints.sampled}
    assert drawn == {"2", "3"}


@pytest.mark.long
def test_a_seed_that_was_just_asked_is_not_due(tmp_path: Path) -> None:
    place = Place(store=str(tmp_path / "store"), outlets=str(tmp_path / "outlets"))
    with served({"/feed": told_feed(), **news(1, 2, 3, 4)}) as site:
        Desk(tmp_path, site, more="pace: {delay: 0.01}\nallow_private: true\n")
        plan = Plan(outlets=("trial",), since="2000-01-01", due=True)
        first = asyncio.run(work.crawl(plan, place, PLAIN))
        asked = len(site.asked)
        second = asyncio.run(work.crawl(plan, place, PLAIN))
        assert len(site.asked) == asked
    assert len(first.outlets[0].crawls) == 1
    assert second.outlets[0].crawls == ()
    assert second.failures == ()


@pytest.mark.long
def test_an_order_may_name_its_seeds(tmp_path: Path) -> None:
    with served({"/feed": told_feed(), "/other": told_feed(), **news(1, 4)}) as site:
        seeds = "".join(f"  - {{kind: feed, url: 'http://{site.host}/{name}'}}\n" for name in ("feed", "other"))
        report = Desk(tmp_path, site, seeds=seeds).crawl(seeds=(f"http://{site.host}/other",))
        assert "/feed" not in site.paths()
    assert [seed.url.rpartition("/")[2] for seed in report.seeds] == ["other"]


TAG = "https://a.example/tag/محادثات/"


def shelved(storage: FolderStorage) -> None:
    head = ListingHead(schema=1, warc="a/2017/01/1.warc.gz", outlet="a", lister="11")
    polls = [
        poll(1, item("x"), item("y", title=None)),
        poll(2, item("x", summary="ملخص")),
        poll(3, item("y", title=None), seed=TAG, url=TAG, kind="tag"),
    ]
    listed.put(storage, head, polls)
    listed.set_lister(storage, "a", "11")


def test_what_listings_told_of_a_story_is_known_to_the_next_crawl(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    shelved(storage)
    known = told.look(storage, "a")
    assert known("a-x") == (Hints(title="عنوان x"), Hints(title="عنوان x", summary="ملخص"))
    assert known("a-y") == (Hints(seed=TAG),)
    assert known("a-z") == ()
    assert told.look(storage, "b")("a-x") == ()


def test_a_shelf_of_listings_that_cannot_be_read_costs_economy_and_no_story(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    shelved(storage)
    storage.put("listed/a/current.json", b"{}", replace=True)
    assert told.look(storage, "a")("a-x") == ()
