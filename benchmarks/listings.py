"""Measures listings: a sitemap of 50,000 stories read and shelved, 100,000 listed stories taken in and asked for.

    .venv/bin/python -m benchmarks.listings

Prints a line for each step: what, seconds by the clock and of the processor, peak memory of the process so far.
"""

from __future__ import annotations

import io
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from archive import listed, warc
from archive.catalog import Catalog
from archive.cdx import Known
from archive.gaps import Known as Outlet
from archive.gaps import gaps
from archive.listings import ListedQuery, ListingHead, State
from archive.records import Capture, Hints, Role, Window
from archive.relisting import objects
from archive.storage import FolderStorage
from crawler.outlet import StoryPatterns
from crawler.polls import Lister, read_polls
from tests import tiny

STORIES = 50_000
MAPS = 2
FIRST = date(2001, 1, 1)
FACTS = tiny.outlet(
    timezone="Asia/Damascus",
    story=StoryPatterns(url=(r"^/(?P<yyyy>\d{4})/(?P<mm>\d\d)/(?P<dd>\d\d)/\d+",), id=(r"^/\d{4}/\d\d/\d\d/(\d+)",)),
)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say how long it took, by the clock and on the processor: other work on the machine lengthens the first alone."""
    start, busy = time.perf_counter(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = f"{time.perf_counter() - start:7.2f} s  {time.process_time() - busy:7.2f} s of processor"
    print(f"{what:58} {took}  peak {peak:6.0f} MiB", flush=True)


def sitemap(number: int) -> Capture:
    """A captured map of 50,000 stories, with their days in their addresses and an Arabic slug."""
    slug = "%D9%85%D8%AD%D8%A7%D8%AF%D8%AB%D8%A7%D8%AA-%D8%A3%D8%B3%D8%AA%D8%A7%D9%86%D8%A7"
    days = (FIRST + timedelta(days=each // 12) for each in range(STORIES))
    entries = "".join(
        f"<url><loc>https://a.example/{day:%Y/%m/%d}/{number * STORIES + each}-{slug}</loc></url>"
        for each, day in enumerate(days)
    )
    url = f"https://a.example/map{number}.xml"
    return _capture(url, f"<urlset>{entries}</urlset>", "sitemap", number)


def feed(number: int) -> Capture:
    """A small feed, polled again and again."""
    items = "".join(
        f"<item><link>https://a.example/2019/01/01/{9_000_000 + number + each}</link><title>عنوان {each}</title>"
        "<pubDate>Tue, 01 Jan 2019 10:00:00 +0000</pubDate></item>"
        for each in range(20)
    )
    return _capture("https://a.example/feed", f"<rss><channel>{items}</channel></rss>", "feed", number)


def _capture(url: str, body: str, kind: str, number: int) -> Capture:
    hour = datetime(2019, 2, 1) + timedelta(hours=number)
    return Capture(
        outlet="a",
        url=url,
        date=f"{hour.isoformat()}Z",
        record=warc.mint_record(),
        request=b"GET / HTTP/1.1\r\n\r\n",
        response=b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n" + body.encode(),
        hints=Hints(role=Role.SEED, seed=url, seed_kind=kind),
    )


def shelve(storage: FolderStorage, name: str, captures: Iterator[Capture]) -> None:
    """One WARC of some captures, read into its object."""
    known, data = Known(), io.BytesIO()
    for each in captures:
        data.writelines(warc.compose(each, known).members)
    data.seek(0)
    lister = Lister.of(FACTS)
    head = ListingHead(
        schema=1, warc=f"a/2026/11/{name}.warc.gz", outlet="a", lister=lister.digest, zone=FACTS.timezone
    )
    listed.put(storage, head, read_polls(data, head.warc, lister))
    listed.set_lister(storage, "a", lister.digest)


def main() -> None:
    """Every step once."""
    with tempfile.TemporaryDirectory() as folder:
        storage = FolderStorage(Path(folder) / "store")
        for number in range(MAPS):
            with step(f"a map of {STORIES} stories read and shelved"):
                shelve(storage, f"map{number}", iter([sitemap(number)]))
        with step("2000 polls of a feed of 20 read and shelved"):
            shelve(storage, "feeds", (feed(each) for each in range(2000)))
        keys = listed.current(storage)
        size = sum(storage.size(key) for key in keys)
        print(f"the shelf: {len(keys)} objects, {size / 1e6:.1f} MB")
        with Catalog.open(f"sqlite:///{Path(folder) / 'catalog.db'}") as catalog:
            with step(f"{MAPS * STORIES} listed stories and 2002 polls taken in"):
                catalog.take_listings(objects(storage, keys, lambda: None))
            with step("every listed story asked for, with what became of it"):
                count = sum(1 for _ in catalog.listed())
            print(f"{count} listed stories")
            with step("a month of them"):
                window = Window(since=date(2005, 1, 1), until=date(2005, 2, 1))
                month = sum(1 for _ in catalog.listed(ListedQuery(outlets=("a",), window=window)))
            print(f"{month} in the month")
            with step("one story, by its id"):
                wanted = FACTS.story_id("https://a.example/2001/01/01/0-x")
                assert [each.state for each in catalog.listed(ListedQuery(stories=(wanted,)))] == [State.UNSEEN]
            with step("2002 polls, each against the one before"):
                assert sum(1 for _ in catalog.polls()) == 2000 + MAPS
            with step("the ledger of gaps of all years"):
                query = ListedQuery(outlets=("a",), undated=True, with_hidden=True)
                known = Outlet(
                    outlet="a", zone=FACTS.timezone, listed=catalog.listed(query), polls=catalog.polls(("a",))
                )
                days = gaps(known, Window()).days
            print(f"{len(days)} days")


if __name__ == "__main__":
    main()
