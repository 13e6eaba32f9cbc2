"""One page for each layout of each outlet's file, written by us: what must be read in it stands beside it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive.records import Article
from crawler.extract import read
from crawler.outlet import Outlet, load_outlets
from crawler.page.locate import Place, words_in_order
from tests.extraction import GOLDEN, a_capture, a_reader

FOLDER = GOLDEN / "outlets"
PAGES = sorted(FOLDER.glob("*.html"))
OUTLETS = load_outlets(None)


def found_in(path: Path, wanted: dict[str, Any]) -> Article:
    outlet = OUTLETS[wanted["outlet"]]
    capture = a_capture(path.read_bytes(), url=wanted["url"], date=wanted["captured"], outlet=outlet.id)
    found = read(capture, a_reader(outlet))
    assert isinstance(found, Article), found
    return found


def said(found: Article) -> dict[str, Any]:
    """What a golden page's file tells of a reading."""
    told = (claim for claim in found.claims if claim.about == "published" and claim.source != "clock")
    days = sorted({claim.value[:10] for claim in told if claim.value})
    return {
        "title": found.title,
        "paragraphs": [paragraph.text for paragraph in found.paragraphs],
        "published": days,
        "agency": found.agency,
        "place": found.dateline.place,
        "credited": {
            "where": found.sourcing.where,
            "partial": found.sourcing.partial,
            "chain": list(found.sourcing.chain),
            "leftover": list(found.sourcing.leftover),
        },
        "kind": found.kind.value,
        "by rule": found.extractor == "outlet-rules",
    }


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_a_page_in_an_outlets_layout_is_read_as_written_down(path: Path, request: pytest.FixtureRequest) -> None:
    """`pytest --write-golden` writes what is read now; look at every line of it before you keep it."""
    beside = path.with_suffix(".json")
    wanted = json.loads(beside.read_text("utf-8"))
    found = found_in(path, wanted)
    if request.config.getoption("--write-golden"):
        written = {name: wanted[name] for name in ("outlet", "url", "captured")} | said(found)
        beside.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", "utf-8")
        return
    assert said(found) == {name: wanted[name] for name in wanted if name not in ("outlet", "url", "captured")}
    source = path.read_text("utf-8")
    for paragraph in found.paragraphs:
        assert words_in_order(source, Place(paragraph.offset, paragraph.length, True), paragraph.text)


def layouts() -> list[tuple[Outlet, date | None]]:
    return [(outlet, page.until) for outlet in OUTLETS.values() for page in outlet.pages]


@pytest.mark.parametrize(("outlet", "until"), layouts(), ids=lambda value: getattr(value, "id", str(value)))
def test_every_layout_of_every_outlet_file_has_a_page(outlet: Outlet, until: date | None) -> None:
    days = [
        date.fromisoformat(wanted["captured"][:10])
        for wanted in (json.loads(path.with_suffix(".json").read_text("utf-8")) for path in PAGES)
        if wanted["outlet"] == outlet.id
    ]
    read_by = [page.until for day in days if (page := outlet.page_on(day)) is not None]
    assert until in read_by


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_a_golden_page_stands_where_its_outlet_publishes(path: Path) -> None:
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    outlet = OUTLETS[wanted["outlet"]]
    if outlet.hosts:
        assert outlet.owns(wanted["url"])
        assert outlet.story_key(wanted["url"]) is not None
