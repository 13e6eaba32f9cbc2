"""Serves the second set to the reader and to a catalog in memory: no crawl, no network.

`pages.json` says of each page in `pages/` what must be read in it; `stories.json` holds short texts in groups, each
made of common paragraphs (`@name`), with words put otherwise, and what holds between them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from archive.catalog import Catalog
from archive.lineage.witness import Houses
from archive.records import Article, Claim, Kind, Precision, Published, Reading, Rejection, Unchanged
from crawler.agencies import load_agencies
from crawler.dateline import read as read_credit
from crawler.extract import read
from crawler.houses import houses_of
from crawler.outlet import Outlet
from tests.extraction import a_capture, a_reader, an_outlet
from tests.made import article, reading, shelf

HERE = Path(__file__).parent
WIRES = {"nibras": "نبراس", "arkhabil": "أرخبيل"}
PAPERS = {
    "daffa": "الضفة",
    "manara": "المنارة",
    "shiraa": "الشراع",
    "jisr": "الجسر الجديد",
    "wadi": "صوت الوادي",
}
AGENCIES = load_agencies(sorted(WIRES.values()))
OUTLETS = {
    name: Outlet(
        id=name, name=said, english=name, country="SY", timezone="UTC", language="ar", agency=WIRES.get(name)
    )
    for name, said in {**WIRES, **PAPERS}.items()
}  # fmt: skip
HOUSES: Houses = houses_of(OUTLETS, AGENCIES)
Truth = dict[str, Any]
Pairs = dict[frozenset[str], str]


def load(name: str, folder: Path = HERE) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


# ---- pages ---------------------------------------------------------------------------------------------------------


def page_bytes(truth: Truth, folder: Path = HERE) -> bytes:
    """A page as it is sent; files are kept in UTF-8, whatever the page's own encoding."""
    return (folder / "pages" / f"{truth['page']}.html").read_text("utf-8").encode(truth.get("encoding", "utf-8"))


def read_page(truth: Truth, folder: Path = HERE) -> Article | Rejection | Unchanged:
    """By the general reader: no outlet's rules, nothing learned."""
    outlet = an_outlet(truth["name"], id=truth["outlet"], timezone=truth["zone"])
    typed = "Content-Type: text/html" + ("" if "encoding" in truth else "; charset=utf-8")
    return read(a_capture(page_bytes(truth, folder), typed, url=truth["url"], outlet=outlet.id), a_reader(outlet))


def judged(truth: Truth, found: Article) -> Published:
    """The verdict over a page's dates, as the index makes it."""
    story = f"{truth['outlet']}-1"
    line = replace(reading(story, found, url=truth["url"]), date="2026-11-22T10:00:00Z")
    with Catalog.open("sqlite://") as catalog:
        catalog.take([shelf(truth["outlet"], [line], outlet=truth["outlet"], zone=truth["zone"])])
        return catalog.story(story).published


# ---- stories -------------------------------------------------------------------------------------------------------


def groups(folder: Path = HERE) -> list[Truth]:
    """The groups of a folder's set, each text with its paragraphs written out."""
    held = load("stories.json", folder)
    for group in held["groups"]:
        for text in group["texts"]:
            text["paragraphs"] = _written(text, held["words"])
    return list(held["groups"])


def texts(given: Iterable[Truth]) -> Iterator[Truth]:
    for group in given:
        yield from group["texts"]


def pairs(given: Iterable[Truth]) -> Pairs:
    """What holds between each two texts of one group; texts of different groups are different."""
    found: Pairs = {}
    for group in given:
        for one, other in combinations([text["id"] for text in group["texts"]], 2):
            found[frozenset((one, other))] = group["rest"]
        for kind in ("copy", "part", "shared", "template", "different"):
            found.update({frozenset(pair): kind for pair in group.get(kind, ())})
    return found


def catalog(given: Iterable[Truth]) -> Catalog:
    """All texts in a catalog, dated to the minute."""
    readings: dict[str, list[Reading]] = {}
    for text in texts(given):
        readings.setdefault(text["id"].partition("-")[0], []).append(_read_as(text))
    made = Catalog.open("sqlite://")
    made.take(
        shelf(name, several, outlet=name, agency=WIRES.get(name), zone="UTC")
        for name, several in sorted(readings.items())
    )
    return made


def _written(text: Truth, words: dict[str, str]) -> list[str]:
    said = "\n".join(words[part[1:]] if part.startswith("@") else part for part in text["text"])
    for old, new in text.get("put", ()):
        if old not in said:
            raise KeyError(f"{text['id']} does not hold {old!r}")
        said = said.replace(old, new)
    return said.split("\n")


def _read_as(text: Truth) -> Reading:
    paragraphs = tuple(text["paragraphs"])
    credit = read_credit(paragraphs, None, AGENCIES, OUTLETS[text["id"].partition("-")[0]])
    at = datetime.fromisoformat(text["at"]).replace(tzinfo=UTC)
    kind = Kind(text.get("kind", "news"))
    claim = Claim(source="meta", about="published", said=text["at"], precision=Precision.MINUTE, value=text["at"],
                  earliest=at, latest=at + timedelta(minutes=1))  # fmt: skip
    found = replace(
        article("\n\n".join(paragraphs), title=text["title"], at=None, kind=kind),
        dateline=credit.dateline,
        agency=credit.agency,
        credit=credit.credit,
        sourcing=credit.sourcing,
        claims=(claim,),
    )
    return reading(text["id"], found, day=1200)
