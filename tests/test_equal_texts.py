"""Texts of one outlet in equal words: they meet the first of them, the first alone meets others, and no order shows."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.catalog import Catalog, TextObject
from archive.catalog.opened import transaction
from archive.catalog.schema import bands, edges, sketches
from archive.overrides import Decision, Override, Text
from archive.records import EdgeKind, Kind
from tests.catalogs import WIRE, dated, dump_of
from tests.made import NOON, article, reading, shelf
from tests.test_overrides import OTHER, WORDS
from tests.test_reclustering import anew, dump

MORE = "ولم يصدر تعليق عن أي من الوفود على ما جرى في اللقاءات التي سبقت الجلسة الأولى"
EQUAL = 7
EDITED = " ".join("يوم" if place % 7 == 6 else word for place, word in enumerate(WORDS.split()))  # a copy, not verbatim


def printed(story: str, words: str, days: int = 0, **more: object) -> TextObject:
    """One story in an object of its own, of so many days before the first."""
    read = reading(story, article(words, at=NOON - timedelta(days=days), **more))  # type: ignore[arg-type]
    return shelf(story, [read], outlet=story[0])


def objects() -> list[TextObject]:
    """Equal texts of two outlets on several days, edited copies on others, two with a second edition of either."""
    found = [printed(f"a-{n}", WORDS, n % 3 * 20) for n in range(EQUAL)]
    found += [printed(f"b-{n}", WORDS, n) for n in range(3)]
    found += [printed("c-1", f"{WORDS} {MORE}"), printed("c-2", WORDS, kind=Kind.DOCUMENT), printed("d-1", OTHER, 1)]
    twice = [reading("a-x", article(WORDS)), reading("a-x", article(f"{WORDS}.\n\n{OTHER}"), day=2)]
    found += [printed(f"e-{n}", EDITED, n // 2 * 4) for n in range(6)]
    both = [reading("a-y", article(WORDS)), reading("a-y", article(EDITED), day=2)]
    return [*found, shelf("a-x", twice), shelf("a-y", both), printed("a-z", EDITED, 40)]


def held(url: str) -> tuple[int, int, int]:
    """How many editions have bands, how many a sketch, and how many edges there are."""
    with transaction(url) as connection:
        counts = (func.count(bands.c.edition.distinct()), func.count(sketches.c.edition.distinct()), func.count())
        tables = (bands, sketches, edges)
        found = [connection.execute(select(c).select_from(t)).scalar() for c, t in zip(counts, tables, strict=True)]
    return found[0] or 0, found[1] or 0, found[2] or 0


def test_however_many_are_equal_one_of_them_is_signed_and_each_other_tied_to_it(address: str) -> None:
    with Catalog.open(address) as catalog:
        catalog.take([shelf("1", [dated(f"a-{n}", WORDS, n) for n in range(60)])])
        catalog.take([printed("b-1", WORDS)])
        cluster = catalog.cluster_of("b-1")
    assert held(address) == (2, 2, 60)
    assert len(cluster.copies) == 60
    assert {copy.likeness for copy in cluster.copies} == {1.0}


def test_texts_without_words_are_equal_to_none(address: str) -> None:
    with Catalog.open(address) as catalog:
        catalog.take([shelf("1", [dated("a-1", "…"), dated("a-2", "!")])])
    assert held(address) == (0, 2, 0)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_equal_texts_come_and_go_in_any_order_and_give_the_same_rows(address: str, tmp_path: Path, seed: int) -> None:
    chance, given = random.Random(seed), objects()
    chance.shuffle(given)
    with Catalog.open(address) as catalog:
        while given:
            size = chance.choice((1, 4))
            catalog.take(given[:size])
            given = given[size:]
        gone = chance.sample(objects(), 5)
        for each in gone:
            catalog.drop([each.key])
            chance.choice((catalog.take, lambda _: None))([each])
        left = [each for each in objects() if each.key in catalog.taken()]
    found = dump(address)
    assert found == dump_of(f"sqlite:///{tmp_path}/whole.db", [left])
    anew(address, tmp_path / "files", 7)
    assert dump(address) == found


@pytest.mark.slow
def test_two_equal_texts_that_people_set_apart_are_apart_in_any_order(address: str, tmp_path: Path) -> None:
    with Catalog.open(address) as catalog:
        catalog.take(objects())
        first = min(f"a-{n}" for n in range(0, EQUAL, 3) if len(catalog.parts(f"a-{n}", EdgeKind.COPY)) > 1)
    for one, other in (("a-0", "a-3"), (first, "a-6" if first != "a-6" else "a-3")):
        texts = (Text(story=one, digest="x"), Text(story=other, digest="y"))
        split = Override(event=one + other, at=NOON.isoformat(), decision=Decision.SPLIT, texts=texts, reason="two")
        with Catalog.open(f"sqlite:///{tmp_path}/{one}{other}.db") as before, Catalog.open(address) as after:
            before.decide([split])
            before.take(objects())
            after.decide([split])
            assert before.cluster_of(one) != before.cluster_of(other)
            found = list(before.dump())
        Catalog.rebuild(address, objects(), [split])
        assert dump(address) == found
        anew(address, tmp_path / f"files {one}{other}", 7)
        assert dump(address) == found


def test_what_is_tied_to_the_first_of_equal_texts_is_told_of_each(catalog: Catalog) -> None:
    piece = f"{WIRE[7001]}\n\n{WIRE[7002]}\n\n{WIRE[7003]}"
    items = [f"a-{n}" for n in range(4)]
    catalog.take([printed(story, WIRE[7002]) for story in items])
    catalog.take([printed("b-1", piece, kind=Kind.ROUND_UP)])
    for story in items:
        [edge] = catalog.parts(story)
        assert (edge.inner, edge.outer, edge.kind) == (story, "b-1", EdgeKind.PART)
        assert catalog.kind_of(story, "b-1") is catalog.kind_of("b-1", story) is EdgeKind.PART
        assert {catalog.kind_of(story, other) for other in items if other != story} == {EdgeKind.COPY}
    assert catalog.kind_of("a-1", "nobody") is None


def test_what_days_decide_is_told_of_each_of_equal_texts_by_its_own(catalog: Catalog) -> None:
    catalog.take([printed(f"a-{n}", WORDS, n % 4 * 3) for n in range(8)])
    catalog.take([printed(f"b-{n}", EDITED, n % 4 * 4) for n in range(8)])
    for n in range(8):
        for m in range(8):
            near = abs(n % 4 * 3 - m % 4 * 4) <= 5
            expected = EdgeKind.COPY if near else None
            assert catalog.kind_of(f"a-{n}", f"b-{m}") is catalog.kind_of(f"b-{m}", f"a-{n}") is expected


def test_what_a_sample_is_drawn_by_is_what_is_told_of_its_pairs(catalog: Catalog) -> None:
    longer = f"{OTHER}\n\n{WIRE[7002]}"
    for story in ("a-1", "a-2", "a-3"):  # one of them stands for the others
        catalog.take([shelf(story, [reading(story, article(WORDS)), reading(story, article(longer), day=2)])])
    catalog.take([printed("b-1", f"{WORDS}\n\n{OTHER}\n\n{WIRE[7001]}", kind=Kind.ROUND_UP)])
    found = {(pair.one, pair.other): pair.kind for pair in catalog.pairs() if "b-1" in (pair.one, pair.other)}
    assert found
    assert {catalog.kind_of(*pair) for pair in found} == set(found.values()) == {EdgeKind.PART}


def test_an_equal_text_of_another_day_changes_nothing_between_two_others(catalog: Catalog) -> None:
    catalog.take([printed("a-z", WORDS, 25), printed("b-1", EDITED, 25)])
    before = catalog.kind_of("a-z", "b-1"), catalog.cluster_of("a-z").id == catalog.cluster_of("b-1").id
    assert before == (EdgeKind.COPY, True)
    for at in range(5):  # whichever number is smaller
        catalog.take([printed(f"a-{at}", WORDS, at)])
    assert catalog.kind_of("a-z", "b-1") is EdgeKind.COPY
    assert catalog.cluster_of("a-z").id == catalog.cluster_of("b-1").id
