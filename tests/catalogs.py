"""A catalog on either database, what it answers, and stories to take: dated ones, and the practice press."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta

import pytest

from archive.catalog import Catalog, Query, TextObject
from archive.records import Reading
from crawler.newsroom import press
from tests.made import NOON, article, gone, reading, shelf

WIRE = {each.id: "\n\n".join(each.paragraphs) for each in press.load()["wasla"]}
EVERYTHING = Query(include_off_topic=True)
WORD = "قسطنطينية"


@pytest.fixture
def catalog(address: str) -> Iterable[Catalog]:
    with Catalog.open(address) as made:
        yield made


def ids(catalog: Catalog, query: Query = EVERYTHING) -> list[str]:
    return [story.id for story in catalog.stories(query)]


def dump_of(url: str, batches: Sequence[Sequence[TextObject]]) -> list[str]:
    Catalog.rebuild(url, ())
    with Catalog.open(url) as catalog:
        for batch in batches:
            catalog.take(batch)
        return list(catalog.dump())


def dated(story: str, words: str, minutes: int = 0, **more: object) -> Reading:
    return reading(story, article(words, at=NOON + timedelta(minutes=minutes), **more))  # type: ignore[arg-type]


def press_objects() -> list[TextObject]:
    """The practice press as text objects, five stories in each, one edition later changed."""
    agency = {"wasla": "وصلة"}
    made = []
    for outlet, manuscripts in sorted(press.load().items()):
        for start in range(0, len(manuscripts), 5):
            readings = [
                reading(
                    f"{outlet}-{each.id}",
                    article("\n\n".join(each.paragraphs), title=each.title, at=each.published.replace(tzinfo=UTC)),
                    day=1000 + start,
                )
                for each in manuscripts[start : start + 5]
            ]
            made.append(shelf(f"{outlet}{start}", readings, outlet=outlet, agency=agency.get(outlet)))
    return made


def printed_thrice() -> list[TextObject]:
    """An item that three outlets printed, a story of its own, and a page that was no article."""
    printed = article(next(iter(WIRE.values())))
    return [
        shelf("1", [reading("a-x", printed), reading("a-y", article(WORD)), gone("a-z")], outlet="a"),
        shelf("2", [reading("b-x", printed, day=2)], outlet="b"),
        shelf("3", [reading("c-x", printed, day=3)], outlet="c"),
    ]
