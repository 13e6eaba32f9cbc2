"""Two texts laid beside each other tell what sets of their runs tell, however often words come back."""

from __future__ import annotations

from itertools import groupby
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from archive.likeness.alignment import ANCHOR, anchors, in_order
from archive.likeness.beside import CLOSE, OPENING, Beside, Laid
from archive.likeness.common import Passage
from archive.likeness.fingerprint import SHINGLE, Likeness, likeness, numbers, runs, skeletons
from archive.likeness.formulas import Formulas

SAID = "أعلن رئيس وفد المعارضة أن الجلسة الأولى تبدأ صباح الثلاثاء في فندق وسط المدينة"
ITEM = tuple(SAID.split())
few = st.lists(st.sampled_from("ابتث"), max_size=60)
many = st.lists(st.sampled_from([*ITEM, "4", "و"]), max_size=60)
parts = st.lists(st.sampled_from([ITEM, ITEM[:7], ITEM[5:], ITEM[3:8], ("4",), ("و", "قال")]), max_size=9)
texts = st.one_of(few, many, parts.map(lambda several: [word for part in several for word in part]))


def beside(one: list[str], other: list[str]) -> Beside:
    first, second = sorted((one, other), key=len)
    return Beside.of(Laid.of(numbers(first)), Laid.of(numbers(second)))


def windows(words: tuple[bytes, ...], width: int) -> list[tuple[bytes, ...]]:
    return [words[at : at + width] for at in range(len(words) - width + 1)]


def covered(words: tuple[bytes, ...], shared: set[tuple[bytes, ...]]) -> list[bool]:
    found = [False] * len(words)
    for at, run in enumerate(windows(words, CLOSE)):
        if run in shared:
            found[at : at + CLOSE] = [True] * CLOSE
    return found


@given(texts, texts)
def test_likeness_is_that_of_all_runs_as_sets(one: list[str], other: list[str]) -> None:
    side = beside(one, other)
    assert side.likeness == likeness(frozenset(runs(skeletons(one))), frozenset(runs(skeletons(other))))


@given(texts.filter(lambda words: len(words) >= CLOSE), texts.filter(lambda words: len(words) >= CLOSE))
def test_overlap_is_what_lies_in_short_runs_of_both(one: list[str], other: list[str]) -> None:
    side = beside(one, other)
    shared = set(windows(side.one.words, CLOSE)) & set(windows(side.other.words, CLOSE))
    inner, outer = covered(side.one.words, shared), covered(side.other.words, shared)
    alone = max((len(list(group)) for lies, group in groupby(inner) if not lies), default=0)
    inside, whole, opened, own = side.overlap()
    assert (inside, whole, own) == (*(1 - lies.count(False) / len(lies) for lies in (inner, outer)), alone)
    assert opened <= sum(outer[:OPENING]) / len(outer[:OPENING])


@given(texts.filter(bool), texts.filter(bool))
def test_what_the_other_text_has_alone_and_what_it_shares_at_length_make_it_up(
    one: list[str], other: list[str]
) -> None:
    side = beside(one, other)
    alone = [False] * len(side.other.words)
    for start, end in side.alone():
        assert not any(alone[max(start - 1, 0) : end])  # they touch nowhere
        alone[start:end] = [True] * (end - start)
    shared = covered(side.other.words, set(windows(side.one.words, CLOSE)))
    assert all(lies or is_alone for lies, is_alone in zip(shared, alone, strict=True))


def test_the_opening_of_the_longer_text_is_measured_where_the_shorter_one_stands() -> None:
    more = [f"كلمة{at}" for at in range(OPENING)]
    assert beside(list(ITEM), [*ITEM, *more]).overlap()[2] == len(ITEM) / OPENING
    assert beside(list(ITEM), [*more, *ITEM]).overlap()[2] == 0


@given(texts, texts)
def test_passages_follow_each_other_and_hold_every_run_of_both_but_those_that_overlap_them(
    one: list[str], other: list[str]
) -> None:
    side = beside(one, other)
    here, there = windows(side.one.words, SHINGLE), windows(side.other.words, SHINGLE)
    expected, at, after = [], 0, 0
    while at < len(here):
        place = after if there[after : after + 1] == [here[at]] else there.index(here[at]) if here[at] in there else -1
        if place < 0:
            at += 1
            continue
        length = 0
        while here[at + length : at + length + 1] == there[place + length : place + length + 1] != []:
            length += 1
        expected.append(Passage(at, place, length + SHINGLE - 1))
        at, after = at + length + SHINGLE - 1, place + length + SHINGLE - 1
    if len(side.one.words) >= SHINGLE:
        assert side.told() == tuple(expected)
        assert side.told(turned=True) == tuple(each.turned() for each in expected)


@given(texts, texts, st.integers(0, 3))
def test_formulas_among_what_both_have_are_counted_once_each(one: list[str], other: list[str], every: int) -> None:
    side = beside(one, other)
    shared = set(runs(skeletons(one))) & set(runs(skeletons(other)))
    known = Formulas(days={run: 3 for run in runs(skeletons(one)) if run % 4 <= every})
    expected = sum(run in known.days for run in shared) / len(shared) if shared and known.days else 0.0
    assert side.formula(known) == expected


def test_a_quoted_item_is_one_passage_at_its_places_in_both() -> None:
    around = ("وفي", "سياق", "اخر", "قال", "مراسلنا", *ITEM, "ثم", "غادر", "القاعة")
    side = beside(list(ITEM), list(around))
    assert side.told() == (Passage(here=0, there=5, length=len(ITEM)),)
    assert list(side.gaps()) == [(0, 0, 0, 5), (len(ITEM), len(ITEM), 5 + len(ITEM), 8 + len(ITEM))]


def test_a_refrain_costs_no_square_of_its_length() -> None:
    refrain = ["نعم"] * 20_000
    assert beside(refrain, refrain[1:]).told() == (Passage(here=0, there=0, length=19_999),)
    turns = [word for at in range(5_000) for word in ("نعم", "لا", str(at % 7), "ربما")]
    side = beside(turns, turns[2:])
    assert sum(each.length for each in side.told()) > 19_000
    one, other = (Random(seed).choices(("نعم", "لا"), k=20_000) for seed in (1, 2))
    assert beside(one, other).likeness == Likeness(jaccard=1.0, containment=1.0)


@given(st.permutations(range(12)), st.integers(ANCHOR, 9))
def test_of_runs_that_moved_the_longest_order_stays(order: list[int], many: int) -> None:
    one = [f"{block} {word}" for block in range(12) for word in range(many)]
    other = [f"{block} {word}" for block in order for word in range(many)]
    there = {tuple(other[at : at + ANCHOR]): at for at in range(len(other) - ANCHOR + 1)}
    runs_of = ((at, tuple(one[at : at + ANCHOR])) for at in range(len(one) - ANCHOR + 1))
    every = [(at, there[run], 1) for at, run in runs_of if run in there]
    found = in_order(reversed(every))
    assert [(at + step, place + step) for at, place, length in found for step in range(length)] == anchors(one, other)
