"""Asking the catalog: pages, filters, words and addresses."""

from __future__ import annotations

import pytest

from archive.catalog import Catalog, Query, cursor
from archive.errors import NotHeldError, UsageError
from archive.urls import surt
from tests.catalogs import EVERYTHING, WIRE, dated, ids
from tests.made import article, gone, reading, shelf


def test_stories_come_by_earliest_bound_then_id_page_after_page(catalog: Catalog) -> None:
    catalog.take([shelf("1", [dated(f"a-{n:03}", f"نص رقم {n}", minutes=-(n // 2)) for n in range(450)])])
    expected = sorted((f"a-{n:03}" for n in range(450)), key=lambda name: (-(int(name[2:]) // 2), name))
    assert ids(catalog) == expected
    assert ids(catalog, Query(limit=7)) == expected[:7]
    seventh = list(catalog.stories(Query(limit=7)))[-1]
    assert ids(catalog, Query(after=cursor(seventh), limit=250)) == expected[7:257]


@pytest.mark.parametrize(
    "query",
    [
        Query(after="x"),
        Query(after="2017-01-01"),
        Query(limit=0),
        Query(text="«أستانا"),
        Query(text="، «» -"),
        Query(text=" ".join(f"كلمة{n}" for n in range(101))),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(catalog: Catalog, query: Query) -> None:
    with pytest.raises(UsageError):
        list(catalog.stories(query))
    with pytest.raises(UsageError):
        list(catalog.clusters(query))


def test_stories_are_found_by_outlet_agency_topic_and_cluster(catalog: Catalog) -> None:
    wire = WIRE[7001]
    catalog.take(
        [
            shelf("1", [dated("a-x", wire, agency="وصلة"), dated("a-y", WIRE[7002], on=False)]),
            shelf("2", [dated("b-x", wire, 5)], outlet="b"),
        ]
    )
    assert ids(catalog, Query(outlets=("b", "c"))) == ["b-x"]
    assert ids(catalog, Query(agency="وصله")) == ["a-x"]  # folded
    assert ids(catalog, Query()) == ["a-x", "b-x"]
    assert ids(catalog, EVERYTHING) == ["a-x", "a-y", "b-x"]
    assert ids(catalog, Query(cluster="b-x")) == ["a-x", "b-x"]
    assert ids(catalog, Query(canonical=True)) == ["a-x"]
    with pytest.raises(NotHeldError):
        ids(catalog, Query(cluster="nobody"))


TEXTS = {
    "a-1": "انطلقت محادثات أستانا حول خفض التصعيد في إدلب",
    "a-2": "خفض الإنتاج أهم من التصعيد، قال وزير النفط",
    "a-3": "وفد المعارضة السورية يصل إلى آستانة على متن الطائرة رقم ١٢",
    "a-4": 'MiG-29 over Hmeimim, 12.5 km; o\'clock & "x" (a OR b) NEAR *',
    "a-5": "مُحادثــاتُ الأستانة",
}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("أستانا", ["a-1", "a-3", "a-5"]),
        ("بأستانة", ["a-1", "a-3", "a-5"]),
        ("خفض التصعيد", ["a-1", "a-2"]),
        ("«خفض التصعيد»", ["a-1"]),
        ('"التصعيد خفض"', []),
        ('محادثات "خفض التصعيد" إدلب', ["a-1"]),
        ("محادثات", ["a-1", "a-5"]),
        ("12", ["a-3", "a-4"]),
        ("١٢", ["a-3", "a-4"]),
        ("mig-29", ["a-4"]),
        ("NEAR OR", ["a-4"]),
        ("a* OR", ["a-4"]),
        ("أستان*", []),
        ("o'clock", ["a-4"]),
        ("عنوان-1", ["a-1"]),
        ("لا شيء", []),
    ],
)
def test_words_are_found_folded_and_the_same_on_both_databases(catalog: Catalog, asked: str, found: list[str]) -> None:
    catalog.take([shelf("1", [dated(name, words, title=f"عنوان {name[2:]}") for name, words in TEXTS.items()])])
    assert ids(catalog, Query(text=asked)) == found


def test_only_the_current_text_is_searched(catalog: Catalog) -> None:
    catalog.take([shelf("1", [reading("a-x", article("جنيف"), day=1), reading("a-x", article("سوتشي"), day=2)])])
    assert ids(catalog, Query(text="جنيف")) == []
    assert ids(catalog, Query(text="سوتشي")) == ["a-x"]


def test_a_story_is_found_by_any_address_it_was_captured_at(catalog: Catalog) -> None:
    moved = reading("a-x", article("ثان"), day=2, url="https://a.example/other/x")
    catalog.take([shelf("1", [reading("a-x", article("أول")), moved, gone("a-y")])])
    assert [story.id for story in catalog.stories_of_url(surt("https://a.example/x"))] == ["a-x"]
    assert [story.id for story in catalog.stories_of_url(surt("http://www.a.example/other/x"))] == ["a-x"]
    assert catalog.stories_of_url(surt("https://a.example/y")) == []


def test_what_is_held_of_each_outlet_is_counted(catalog: Catalog) -> None:
    catalog.take([shelf("1", [dated("a-x", "أول"), dated("a-y", "ثان", 1440, on=False)])])
    (held,) = catalog.held()
    assert (held.outlet, held.stories, held.stories_on_topic) == ("a", 2, 1)
    assert (held.first_day, held.last_day) == ("2017-01-24", "2017-01-25")
