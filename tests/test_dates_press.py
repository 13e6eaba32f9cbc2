"""The practice press dated by crawler/dates.py: every printed page, with the outlet's selector and without it."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from archive.published import judge
from archive.records import Capture, Published
from crawler.dates import Page, claims
from crawler.newsroom import midan, nakhla, press, ufuq, wasla
from crawler.newsroom.answers import Ask, Reply
from crawler.newsroom.paper import MASTHEADS, Paper, Printed
from crawler.newsroom.server import SITES
from crawler.outlet import Outlet
from crawler.outlet import Page as Layout
from crawler.page import dom
from tests import newsroom_truth

TODAY = datetime(2026, 11, 22, 10, tzinfo=UTC)
ADDRESS = {"nakhla": nakhla.address, "midan": midan.address, "wasla": wasla.address, "ufuq": ufuq.address}
PAPERS = {n: Paper(MASTHEADS[n], f"http://{n}.example", manuscripts) for n, manuscripts in press.load().items()}
TRUTHS = {(name, truth.id): truth for name, truths in newsroom_truth.load().items() for truth in truths}
STORIES = [(name, story) for name, paper in PAPERS.items() for story in paper.newest]
NAMES = [f"{name}/{story.text.id}" for name, story in STORIES]


def printed(name: str, url: str) -> str:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    ask = Ask(outlet=name, method="GET", target=target, headers=(), time=TODAY)
    reply: Reply = SITES[name](PAPERS[name], ask)
    if reply.status == 500:  # one article fails when it is asked for the first time
        reply = SITES[name](PAPERS[name], ask)
    body = gzip.decompress(reply.body) if reply.header("Content-Encoding") == "gzip" else reply.body
    assert reply.status == 200, (url, reply.status)
    return body.decode("windows-1256" if name == "midan" else "utf-8")


def verdict(name: str, story: Printed, *rules: Layout) -> Published:
    url = ADDRESS[name](PAPERS[name], story)
    html = printed(name, url)
    root = dom.parse(html)
    assert root is not None
    zone = MASTHEADS[name].zone.key
    outlet = Outlet(id=name, name=name, english=name, country="SY", timezone=zone, language="ar", pages=rules)
    capture = Capture(outlet=name, url=url, date=TODAY.isoformat(), record="urn:x", request=b"", response=b"")
    return judge(claims(Page(root=root, url=url), capture, outlet), TODAY, zone)


@pytest.mark.parametrize(("name", "story"), STORIES, ids=NAMES)
def test_every_page_is_dated_as_meant_without_any_rule_of_the_outlet(name: str, story: Printed) -> None:
    truth = TRUTHS[name, story.text.id].published
    found = verdict(name, story)
    assert (found.value, found.precision) == (truth.value, truth.precision)


def test_the_outlets_own_selector_dates_its_pages_too() -> None:
    stories = [story for name, story in STORIES if name == "midan"]
    found = [verdict("midan", story, Layout(date="td.newsdate")) for story in stories]
    assert [f.value for f in found] == [TRUTHS["midan", s.text.id].published.value for s in stories]
    assert {f.source for f in found} == {"outlet-rule"}
