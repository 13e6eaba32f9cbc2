"""The practice press as stories with dates, datelines and credits as read, without a crawl; some may be withheld."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import lru_cache

from archive.catalog import Catalog, TextObject
from archive.lineage.story import Lineage
from archive.lineage.witness import Houses
from archive.records import Claim, Kind, Precision, Reading
from archive.tracing import lineage
from crawler import facts
from crawler.dateline import load_agencies, read
from crawler.houses import houses_of
from crawler.newsroom import press
from crawler.newsroom.paper import MASTHEADS
from crawler.newsroom.press import Manuscript, Sheet, Sheets
from crawler.outlet import Outlet
from tests.made import article, reading, shelf

AGENCIES = load_agencies(["وصلة"])
OUTLETS = {
    name: Outlet(
        id=name,
        name=masthead.name,
        english=name,
        country="SY",
        timezone=str(masthead.zone),
        language="ar",
        agency="وصلة" if name == "wasla" else None,
    )
    for name, masthead in MASTHEADS.items()
}
HOUSES: Houses = houses_of(OUTLETS, AGENCIES)
PRESS = press.load()


def sheets() -> Mapping[str, Sheet]:
    """Every manuscript as its author wrote it: whose text it took, what it embeds."""
    found = facts.load_all(press.FOLDER, Sheets)
    return {f"{outlet}-{sheet.id}": sheet for outlet, several in found.items() for sheet in several.root}


def _claim(outlet: str, at: datetime) -> Claim:
    """Midan prints the day alone, the others the minute."""
    if outlet == "midan":
        begin = datetime.combine(at.date(), time(), at.tzinfo)
        precision, length, value = Precision.DAY, timedelta(days=1), f"{at:%Y-%m-%d}"
    else:
        begin, precision, length, value = at, Precision.MINUTE, timedelta(minutes=1), at.isoformat()
    return Claim(source="meta", about="published", said=value, precision=precision, value=value,
                 earliest=begin, latest=begin + length)  # fmt: skip


def read_as(outlet: str, manuscript: Manuscript, story: str | None = None) -> Reading:
    """A manuscript as it is read."""
    credit = read(manuscript.paragraphs, manuscript.byline or None, AGENCIES, OUTLETS[outlet])
    plain = article("\n\n".join(manuscript.paragraphs), title=manuscript.title, at=None, kind=Kind(manuscript.kind))
    found = replace(
        plain,
        dateline=credit.dateline,
        agency=credit.agency,
        credit=credit.credit,
        sourcing=credit.sourcing,
        byline=manuscript.byline or None,
        claims=(_claim(outlet, manuscript.published.replace(tzinfo=MASTHEADS[outlet].zone)),),
    )
    return reading(story or f"{outlet}-{manuscript.id}", found, day=1200)


def objects(without: Collection[str] = (), more: Collection[Reading] = ()) -> list[TextObject]:
    """The press, less the stories withheld."""
    made = []
    for outlet, manuscripts in sorted(PRESS.items()):
        readings = [read_as(outlet, each) for each in manuscripts] + [one for one in more if one.outlet == outlet]
        kept = [one for one in readings if one.story not in without]
        made.append(shelf(outlet, kept, outlet=outlet, agency=OUTLETS[outlet].agency, zone=OUTLETS[outlet].timezone))
    return made


@lru_cache(maxsize=4)
def catalog(without: frozenset[str] = frozenset()) -> Catalog:
    """The press in a catalog, made once."""
    made = Catalog.open("sqlite://")
    made.take(objects(without))
    return made


@lru_cache(maxsize=256)
def traced(story: str, without: frozenset[str] = frozenset()) -> Lineage:
    """The lineage of one of its stories."""
    held = catalog(without)
    return lineage(held, held.story(story), HOUSES)
