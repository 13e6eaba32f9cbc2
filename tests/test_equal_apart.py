"""Equal texts beside others: no third story changes what two are, from either side, and splits by hand hold."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from archive.catalog import Catalog, TextObject
from archive.holdings import open_archive
from archive.overrides import Decision, Override, Text, Undone
from archive.records import EdgeKind, Kind
from archive.settings import load_settings
from tests.catalogs import WIRE
from tests.commands import Say
from tests.made import NOON, article, reading, shelf
from tests.practice import astana
from tests.test_equal_texts import EDITED, printed
from tests.test_overrides import WORDS
from tests.test_reclustering import anew, dump

ITEM = WIRE[7002]
LIVE = f"{WIRE[7001]}\n\n{ITEM}\n\n{WIRE[7003]}"


def both(story: str, *texts: tuple[str, Kind]) -> TextObject:
    """A story whose editions are these texts, a day after each other."""
    read = [reading(story, article(text, kind=kind), day=2 + n) for n, (text, kind) in enumerate(texts)]
    return shelf(story, read, outlet=story[0])


def decided(decision: Decision, one: str, other: str) -> Override:
    texts = (Text(story=one, digest="x"), Text(story=other, digest="y"))
    return Override(event=f"{one} {other}", at=NOON.isoformat(), decision=decision, texts=texts, reason="two")


def said(catalog: Catalog, one: str, other: str) -> list[tuple[str, str, EdgeKind]]:
    """What the edges of the one say of it and the other."""
    edges = (edge for kind in EdgeKind for edge in catalog.parts(one, kind))
    return [(edge.inner, edge.outer, edge.kind) for edge in edges if other in (edge.inner, edge.outer)]


def held(store: str, stories: list[str]) -> None:
    """A store of stories in equal words."""
    with open_archive(load_settings(store=store), create=True) as archive:
        for each in (printed(story, WORDS) for story in stories):
            archive.put_text(each.head, each.readings)
            archive.set_reader(each.head.outlet, each.head.reader)
        archive.index()


def sets(catalog: Catalog, stories: list[str]) -> set[frozenset[str]]:
    """The stories by clusters."""
    heads = {story: catalog.cluster_of(story).id for story in stories}
    return {frozenset(story for story in stories if heads[story] == head) for head in heads.values()}


def test_a_story_in_the_words_of_two_others_takes_nothing_from_what_they_are(catalog: Catalog) -> None:
    catalog.take([printed("a-x", ITEM), printed("a-y", LIVE, kind=Kind.ROUND_UP)])
    expected = [("a-x", "a-y", EdgeKind.PART)]
    assert said(catalog, "a-x", "a-y") == said(catalog, "a-y", "a-x") == expected
    for n in range(4):  # whichever number is the smallest
        came = both(f"a-{n}", (ITEM, Kind.NEWS), (LIVE, Kind.ROUND_UP))
        catalog.take([came])
        assert catalog.kind_of("a-x", "a-y") is catalog.kind_of("a-y", "a-x") is EdgeKind.PART
        assert said(catalog, "a-x", "a-y") == said(catalog, "a-y", "a-x") == expected
        drawn = {frozenset((pair.one, pair.other)): pair.kind for pair in catalog.pairs()}
        assert all(catalog.kind_of(*pair) is kind for pair, kind in drawn.items())
        catalog.drop([came.key])


def test_either_side_says_what_two_stories_are(catalog: Catalog) -> None:
    before = f"{WIRE[7001]}\n\n{WIRE[7005]}"  # shares a passage with the round-up, too
    catalog.take([both("a-x", (before, Kind.NEWS), (ITEM, Kind.NEWS)), printed("b-1", LIVE, kind=Kind.ROUND_UP)])
    for n in range(4):
        first = printed(f"a-{n}", ITEM)
        catalog.take([first])
        assert said(catalog, "a-x", "b-1") == said(catalog, "b-1", "a-x") == [("a-x", "b-1", EdgeKind.PART)]
        catalog.drop([first.key])


def test_of_equal_texts_those_that_nobody_set_apart_stay_together(tmp_path: Path) -> None:
    stories = [f"a-{n}" for n in range(4)]
    for number, odd in enumerate(stories[:3]):
        splits = [decided(Decision.SPLIT, odd, other) for other in stories if other != odd]
        with Catalog.open(f"sqlite:///{tmp_path}/{number}.db") as catalog:
            catalog.decide(splits)
            catalog.take([printed(story, WORDS) for story in stories])
            expected = {frozenset({odd}), frozenset(stories) - {odd}}
            assert sets(catalog, stories) == expected
            for n in range(4):
                catalog.take([printed(f"a-n{n}", WORDS)])
                assert sets(catalog, stories) == expected
            catalog.decide(
                [Undone(event="u", at=NOON.isoformat(), overrides=tuple(s.event for s in splits), reason="one")]
            )
            assert sets(catalog, stories) == {frozenset(stories)}


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_splits_and_merges_of_equal_texts_are_obeyed_in_any_order(address: str, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    given = [printed(f"a-{n}", WORDS, n % 2 * 20) for n in range(5)]
    given += [printed(f"b-{n}", EDITED, n * 9) for n in range(2)]
    given += [both("a-x", (WORDS, Kind.NEWS), (EDITED, Kind.NEWS)), printed("c-1", f"{WORDS} {ITEM}")]
    names = [f"a-{n}" for n in range(5)] + ["b-0", "a-x"]
    pairs = chance.sample(list(itertools.combinations(names, 2)), 5)
    orders = [decided(Decision.SPLIT if n < 4 else Decision.MERGE, *pair) for n, pair in enumerate(pairs)]
    whole = f"sqlite:///{tmp_path}/whole.db"
    with Catalog.open(whole) as catalog:
        catalog.decide(orders)
        catalog.take(given)
    with Catalog.open(address) as catalog:
        mixed: list[TextObject | Override] = [*given, *orders]
        chance.shuffle(mixed)
        for each in mixed:
            if isinstance(each, Override):
                catalog.decide([each])
            else:
                catalog.take([each])
        for split in orders[:4]:
            one, other = (text.story for text in split.texts)
            assert catalog.cluster_of(one).id != catalog.cluster_of(other).id
    assert dump(address) == dump(whole)
    anew(address, tmp_path / "files", 4)
    assert dump(address) == dump(whole)


def test_an_equal_text_that_people_set_apart_is_told_as_held(tmp_path: Path, capfd: Say) -> None:
    place = ("--store", str(tmp_path / "store"))
    held(place[1], ["a-1", "a-2"])
    assert astana(capfd, "cluster", "a-1", *place).err == ""
    assert astana(capfd, "cluster", "split", "a-1", "a-2", "--reason", "two", *place).code == 0
    told = "one other text of it is held, set apart by decision: astana cluster decisions\n"
    assert astana(capfd, "cluster", "a-1", *place).err == told
    assert astana(capfd, "cluster", "undo", "a-1", "a-2", "--reason", "one", *place).code == 0
    assert astana(capfd, "cluster", "a-1", *place).err == ""


def test_what_many_equal_texts_have_in_common_is_told_once(tmp_path: Path, capfd: Say) -> None:
    place = ("--store", str(tmp_path / "store"))
    held(place[1], [f"a-{n}" for n in range(9)])
    [line, passage] = astana(capfd, "cluster", "a-1", "--passages", *place).out.splitlines()[-2:]
    assert line.startswith("copy  a-0, a-1, a-2 and 6 more  likeness 1.00, containment 1.00; ")
    assert len(astana(capfd, "cluster", "a-1", "--passages", *place).out.splitlines()) == 11
    assert " = " in passage
    told = [line for line in astana(capfd, "lineage", "a-1", *place).out.splitlines() if " share " in line]
    assert told == ["each two of a-0, a-1, a-2 and 6 more share 37 words: their dates overlap, and no credit tells"]
