"""Of one instant our own capture is believed before an import's, whichever of them was indexed first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from archive.catalog import Catalog, TextObject
from archive.export import current, story_json
from archive.records import Address, Reading, Via
from archive.urls import surt
from tests.made import NOON, article, reading, shelf, unchanged


def taken(*objects: TextObject) -> tuple[list[tuple[str, str, str]], int, list[str]]:
    """Editions of the one story in an empty catalog (text, file, record), which is current, and every row."""
    with Catalog.open("sqlite://") as catalog:
        for each in objects:
            catalog.take([each])
        story = catalog.story("a-x")
        editions = [(e.article.text, e.address.warc, e.record) for e in story.editions]
        return editions, story.current, list(catalog.dump())


def test_at_an_address_of_ours_a_story_of_an_import_comes_last() -> None:
    url = "https://a.example/x"
    older = replace(from_elsewhere("مزور"), story="b-x", outlet="b", url=url)
    theirs = replace(older, outcome=article("مزور", at=NOON - timedelta(days=9)))
    with Catalog.open("sqlite://") as catalog:
        catalog.take([shelf("1", [reading("a-x", article("أول"), url=url)]), shelf("2", [theirs], outlet="b")])
        assert [story.id for story in catalog.stories_of_url(surt(url))] == ["a-x", "b-x"]


def from_elsewhere(text: str, record: str | None = None) -> Reading:
    """A reading of an import, of the instant, the address and, if no other is given, the record id of our own."""
    return replace(
        reading("a-x", article(text), record=record), address=Address(warc="_import/f.warc.gz", offset=1, length=9)
    )


OURS = shelf("1", [reading("a-x", article("أول"))])
LATER = {
    "nothing": [],
    "a revisit of the record id": [shelf("3", [unchanged("a-x", "urn:uuid:a-x-1", day=5)])],
    "a 304": [shelf("4", [unchanged("a-x", None, day=6)])],
}


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
@pytest.mark.parametrize("words", ["مزور", "أ مزور"])  # their digests stand before and after that of our own text
def test_our_own_text_is_current_and_first_and_an_imports_only_another(words: str, later: list[TextObject]) -> None:
    theirs = shelf("2", [from_elsewhere(words)])
    told = [taken(*order) for order in permutations([OURS, theirs, *later])]
    editions, current, rows = told[0]
    assert ([text for text, _, _ in editions], current) == (["أول", words], 1)
    assert all(each[2] == rows for each in told)


def test_a_text_that_both_have_is_cited_from_our_own_file() -> None:
    editions, _, _ = taken(shelf("2", [from_elsewhere("أول", record="urn:uuid:0")]), OURS)
    assert editions == [("أول", "a/2017/02/1.warc.gz", "urn:uuid:a-x-1")]


def seen_by(via: Via, text: str, day: int) -> Reading:
    return replace(reading("a-x", article(text), day=day), via=via)


@pytest.mark.parametrize(
    ("readings", "unconfirmed"),
    [
        ([seen_by(Via.LIVE, "أول", 1), seen_by(Via.LIVE, "ثان", 2)], []),
        ([seen_by(Via.WAYBACK, "أول", 1)], []),
        ([seen_by(Via.WAYBACK, "أول", 1), seen_by(Via.COMMONCRAWL, "أول", 2)], []),
        ([seen_by(Via.WAYBACK, "أول", 1), seen_by(Via.LIVE, "أول", 2), seen_by(Via.LIVE, "ثان", 3)], ["ثان"]),
        ([seen_by(Via.WAYBACK, "أول", 1), seen_by(Via.COMMONCRAWL, "ثان", 2)], ["أول", "ثان"]),
        ([seen_by(Via.IMPORT, "أول", 1), seen_by(Via.LIVE, "ثان", 2)], ["أول", "ثان"]),
    ],
)
def test_a_text_that_one_source_alone_shows_is_unconfirmed(readings: list[Reading], unconfirmed: list[str]) -> None:
    for order in permutations([shelf(str(number), [each]) for number, each in enumerate(readings)]):
        with Catalog.open("sqlite://") as catalog:
            for each in order:
                catalog.take([each])
            story = catalog.story("a-x")
            assert [e.article.text for e in story.editions if e.unconfirmed] == unconfirmed
            assert story_json(story)["unconfirmed"] is (current(story).article.text in unconfirmed)
