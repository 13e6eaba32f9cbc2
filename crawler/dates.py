"""Every claim of a page and its seeds about when its article was published or changed; it judges none of them.

The verdict over claims is `archive.published.judge`. Local times become UTC bounds here, by the outlet's zone on that
day, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from zoneinfo import ZoneInfo

from lxml import etree

from archive import arabic, http
from archive.civil import CLOCK
from archive.records import Capture, Claim, Hints, Precision
from crawler.dating import relative, yearless
from crawler.dating.layout import Layout
from crawler.dating.moments import Moment, dated
from crawler.dating.stated import Stated, in_items, in_json_ld, in_meta, stated
from crawler.dating.visible import in_foot, seen
from crawler.outlet import Outlet
from crawler.page import dom

SEEDS = {"feed": "feed", "rest": "rest", "sitemap": "news-sitemap"}  # a seed's kind -> a claim's source; else listing
WAYBACK = re.compile(r"^https?://[^/]*archive\.org/web/\d+[a-z_]*/", re.IGNORECASE)
# Dates in addresses: /2017/9/14/, /2017-09-14, /2017/politics/9/14/, /20170914 and then digits of an id or a time;
# /2017/09/ is a month.
URL_DAY = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([-/_]?)([01]?[0-9])\2([0-3]?[0-9])(?![0-9])")
URL_RUN = re.compile(r"(?<![0-9])(20[0-9]{2})([01][0-9])([0-3][0-9])(?:[0-9]{4}|[0-9]{6}|[0-9]{10})?(?![0-9])")
URL_APART = re.compile(r"/((?:19|20)[0-9]{2})/[a-z][a-z_-]*/([01]?[0-9])/([0-3]?[0-9])/")
URL_MONTH = re.compile(r"/((?:19|20)[0-9]{2})[-/]([01]?[0-9])(?=/)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A parsed page, the address it was asked for at, and its title as it was read, if it was."""

    root: etree._Element
    url: str
    title: str = ""


def _in_hints(hints: Hints) -> Iterator[Stated]:
    yield from stated(SEEDS.get(hints.seed_kind or "", "listing"), "published", hints.published or "")
    yield from stated("sitemap", "modified", hints.lastmod or "")


def hint_claims(hints: Hints, zone: str) -> tuple[Claim, ...]:
    """What the seed said of the page: feed, REST, news sitemap or listing of its publication, lastmod of its change."""
    return tuple(said.moment.claim(zone=zone, about=said.about, source=said.source) for said in _in_hints(hints))


def listed_claim(hints: Hints, outlet: Outlet) -> Claim | None:
    """What a listing claims of a story's publication, as a page captured by its word would claim it."""
    claims = _claims(_in_hints(replace(hints, lastmod=None)), outlet)
    return next(iter(claims), None)


def _month_in(url: str) -> Iterator[Moment]:
    for year, month in URL_MONTH.findall(url):
        first = dated(int(year), int(month), 1, f"{year}/{month}")
        if isinstance(first, Moment):
            yield Moment(local=first.local, precision=Precision.MONTH, said=first.said)


def in_url(url: str) -> Iterator[Stated]:
    """The day, else the month, that an address names; the timestamp of an archived copy is none."""
    address = arabic.digits(WAYBACK.sub("", url))
    runs = (dated(int(p[1]), int(p[2]), int(p[3]), p[0]) for p in URL_RUN.finditer(address))
    days = (dated(int(p[1]), int(p[3]), int(p[4]), p[0]) for p in URL_DAY.finditer(address) if p[2])
    apart = (dated(int(p[1]), int(p[2]), int(p[3]), p[0]) for p in URL_APART.finditer(address))
    named = next((moment for moment in chain(days, runs, apart) if isinstance(moment, Moment)), None)
    for moment in [named] if named else list(_month_in(address))[:1]:
        yield Stated(source="url", about="published", moment=moment)


def _named_by_rule(url: str, outlet: Outlet) -> Iterator[Stated]:
    """The day that the outlet's own address pattern names."""
    days = outlet.days_in(url)
    if days and days[0] == days[1]:
        yield from stated("url", "published", days[0].isoformat())


def _in_rules(root: etree._Element, outlet: Outlet) -> Iterator[Stated]:
    """What the outlet's own selectors find: the first layout whose selector meets an element with a date."""
    for page in outlet.pages:
        for element in root.cssselect(page.date) if page.date else ():
            said = (element.get(name) for name in ("datetime", "content", "data-unixtime"))
            found = list(stated("outlet-rule", "published", next(filter(None, said), dom.text_of(element))))
            if found:
                yield from found[:1]
                return


def _in_head(capture: Capture) -> Iterator[Stated]:
    """What the server says of its file, a page or not: when it was changed last."""
    said = http.parse(http.split_head(capture.response)[0]).header(b"Last-Modified")
    yield from stated("last-modified", "modified", said.decode("latin-1") if said else "")


def _stated(page: Page, layout: Layout, capture: Capture, outlet: Outlet) -> Iterator[Stated]:
    yield from in_json_ld(layout.scripts)
    yield from in_meta(layout.metas)
    yield from in_items(layout.items)
    yield from _in_rules(page.root, outlet)
    yield from list(_named_by_rule(page.url, outlet)) or in_url(page.url)
    yield from seen(layout)
    yield from _in_hints(capture.hints)
    yield from _in_head(capture)


def _day(moment: Moment) -> date:
    return moment.local.date()


def _settled(said: Iterable[Stated]) -> list[Stated]:
    """With figures that can be month first read so where every whole date that is no such figures names that day."""
    several = list(said)
    sure = {_day(s.moment) for s in several if s.moment.other is None and _may_settle(s)}
    return [
        replace(s, moment=s.moment.swapped()) if s.moment.other is not None and sure == {s.moment.other} else s
        for s in several
    ]


def _may_settle(said: Stated) -> bool:
    return said.about == "published" and said.source != CLOCK and said.moment.precision is not Precision.MONTH


def _claims(said: Iterable[Stated], outlet: Outlet) -> tuple[Claim, ...]:
    """Each statement once, as a claim in the outlet's zone of its day."""
    claims = (s.moment.claim(zone=outlet.zone_on(s.moment.local.date()), about=s.about, source=s.source) for s in said)
    return tuple(dict.fromkeys(claims))


def _of_publication(found: Iterable[Claim]) -> list[Claim]:
    return [claim for claim in found if claim.about == "published" and claim.source != CLOCK]


def _local(capture: Capture, outlet: Outlet) -> datetime:
    return capture.instant.astimezone(ZoneInfo(outlet.zone_on(capture.instant.date())))


def claims(page: Page, capture: Capture, outlet: Outlet) -> tuple[Claim, ...]:
    """Everything that the page, its address and its hints say of its dates.

    A day printed without its year is looked for where nothing else names a day, «قبل ساعتين» where nothing names even
    a month. Only a page that says nothing at all of its publication is given to the fallback reader, whose guess is a
    claim of the lowest trust; a day that the page called a change or today is not guessed again.
    """
    layout = Layout(page.root, page.title)
    found = _claims(_settled(_stated(page, layout, capture, outlet)), outlet)
    if not any(claim.precision is not Precision.MONTH for claim in _of_publication(found)):
        found += _claims(yearless.seen(layout, page.url, capture), outlet)
    if not _of_publication(found):
        found += _claims(in_foot(layout, page.root), outlet)
    if not _of_publication(found):
        found += _claims(relative.seen(layout, _local(capture, outlet)), outlet)
    return found
