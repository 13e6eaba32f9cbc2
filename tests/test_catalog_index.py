"""Taking and dropping: whatever the order and the batches, the same rows."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.catalog import Catalog, Counts, Query, Taken, TextObject
from archive.errors import AlreadyThereError, NotHeldError
from archive.records import Kind
from tests.catalogs import WIRE, dump_of, ids, press_objects
from tests.made import NOON, article, gone, reading, shelf, unchanged


def test_an_object_is_taken_once_and_never_with_other_content(catalog: Catalog) -> None:
    given = shelf("1", [reading("a-x", article(WIRE[7001]))])
    assert catalog.take([given]) == Taken(objects=1, readings=1, stories=1)
    assert catalog.take([given]) == Taken(already=1)
    assert catalog.taken() == {given.key: given.sha256}
    other = TextObject(key=given.key, sha256="f" * 64, head=given.head, readings=given.readings)
    with pytest.raises(AlreadyThereError):
        catalog.take([other])
    assert catalog.taken() == {given.key: given.sha256}


def test_captures_are_articles_rejections_unchanged_and_non_articles(catalog: Catalog) -> None:
    first = shelf("1", [reading("a-x", article(WIRE[7001])), gone("a-y"), reading("a-z", article("نص", on=False))])
    second = shelf("2", [unchanged("a-x", "urn:uuid:a-x-1", day=2), unchanged("a-x", None, day=3)])
    catalog.take([first, second])
    assert catalog.counts() == Counts(
        captures=5 + 6,
        articles_on_topic=1,
        articles_off_topic=1,
        rejections={"http-status": 1},
        unchanged=2,
        non_articles={"robots": 2, "seed": 4},
        stories=2,
        stories_on_topic=1,
        editions=2,
        clusters=0,
        copies=0,
        parts=0,
    )


def test_a_capture_that_held_no_article_makes_no_story(catalog: Catalog) -> None:
    catalog.take([shelf("1", [gone("a-y")])])
    with pytest.raises(NotHeldError, match="a-y"):
        catalog.story("a-y")


def test_dropping_an_object_leaves_what_taking_the_rest_afresh_leaves(address: str) -> None:
    objects = press_objects()
    with Catalog.open(address) as catalog:
        catalog.take(objects)
        catalog.drop([objects[0].key, objects[2].key])
        dropped = list(catalog.dump())
        catalog.drop([one.key for one in objects])
        assert [line for line in catalog.dump() if not line.startswith("meta\t")] == []
        assert ids(catalog, Query(text="محادثات")) == []
    assert dropped == dump_of(address, [[one for n, one in enumerate(objects) if n not in (0, 2)]])


def test_a_failed_batch_leaves_nothing_behind(catalog: Catalog) -> None:
    good, held = shelf("1", [reading("a-x", article("نص"))]), shelf("2", [reading("a-y", article("نص"))])
    catalog.take([held])
    before = list(catalog.dump())
    wrong = TextObject(key=held.key, sha256="0", head=held.head, readings=())
    with pytest.raises(AlreadyThereError):
        catalog.take([good, wrong])
    assert list(catalog.dump()) == before


def test_the_practice_press_is_indexed_the_same_in_any_order_and_batching(address: str) -> None:
    objects = press_objects()
    expected = dump_of(address, [objects])
    assert sum(line.startswith("stories\t") for line in expected) == 80
    for seed in (1, 2):
        chance = random.Random(seed)
        chance.shuffle(objects)
        cut = sorted(chance.sample(range(1, len(objects)), 4))
        batches = [objects[a:b] for a, b in zip([0, *cut], [*cut, len(objects)], strict=True)]
        assert dump_of(address, batches) == expected


def test_both_databases_hold_the_same_rows(database: str, tmp_path: Path) -> None:
    objects = press_objects()
    assert dump_of(f"sqlite:///{tmp_path / 'c.db'}", [objects]) == dump_of(database, [objects])


# ---- the law of order ---------------------------------------------------------------------------------------------

SENTENCES = [part for words in (WIRE[7001], WIRE[7002]) for part in words.split("\n\n")]
_texts = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4, unique=True).map("\n\n".join)
_outcomes = st.tuples(_texts, st.sampled_from([None, 0, 3, 40]), st.sampled_from(Kind), st.booleans()).map(
    lambda t: article(t[0], at=None if t[1] is None else NOON - timedelta(days=t[1]), kind=t[2], on=t[3])
)


@st.composite
def _objects(draw: st.DrawFn) -> list[TextObject]:
    made = []
    for n in range(draw(st.integers(1, 5))):
        outlet = draw(st.sampled_from("ab"))
        readings = []
        for _ in range(draw(st.integers(1, 4))):
            story = f"{outlet}-{draw(st.sampled_from('xyz'))}"
            day = draw(st.integers(1, 6))
            kind = draw(st.sampled_from(["article", "article", "article", "gone", "same", "304"]))
            if kind == "article":
                readings.append(reading(story, draw(_outcomes), day=day))
            elif kind == "gone":
                readings.append(gone(story, day=day))
            else:
                of = f"urn:uuid:{story}-{draw(st.integers(1, 6))}" if kind == "same" else None
                readings.append(unchanged(story, of, day=day))
        made.append(shelf(str(n), readings, outlet=outlet, agency="وصلة" if outlet == "b" else None))
    return made


def _law(url: str, objects: list[TextObject], chance: random.Random) -> None:
    """Any order, any batching, with things taken out and put back: the tables of taking everything at once."""
    expected = dump_of(url, [objects])
    shuffled = chance.sample(objects, len(objects))
    Catalog.rebuild(url, ())
    with Catalog.open(url) as catalog:
        for each in shuffled:
            catalog.take([each])
        back = chance.sample(objects, chance.randint(1, len(objects)))
        catalog.drop([each.key for each in back])
        catalog.take(back)
        assert list(catalog.dump()) == expected


@pytest.mark.long
@pytest.mark.slow
@given(_objects(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_batching_never_show_in_sqlite(
    tmp_path: Path, objects: list[TextObject], chance: random.Random
) -> None:
    _law(f"sqlite:///{tmp_path / 'law.db'}", objects, chance)


@pytest.mark.slow
@given(_objects(), st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_batching_never_show_in_postgresql(
    database: str, objects: list[TextObject], chance: random.Random
) -> None:  # fmt: skip
    _law(database, objects, chance)
