"""What people decide on clusters: it stands against the rule, in any order, through rebuild, merging and arrivals."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import overrides
from archive.catalog import Catalog, TextObject
from archive.cluster import Decided, Edge, components
from archive.deciding import decide, undo
from archive.errors import ArchiveError, NotHeldError, UsageError
from archive.holdings import Archive, open_archive
from archive.likeness.fingerprint import Likeness
from archive.overrides import Decision, Override, Overrides, Text, Undone
from archive.records import EdgeKind
from archive.settings import load_settings
from archive.storage import open_storage
from archive.takedown import take_down
from tests.commands import Say
from tests.made import article, reading, shelf
from tests.practice import astana
from tests.test_reclustering import anew

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = (
    "وصلت الوفود المشاركة في محادثات أستانا إلى العاصمة الكازاخية مساء أمس وتبدأ الجلسات غدا خلف أبواب مغلقة بحضور "
    "ممثلين عن الدول الضامنة وعن الأمم المتحدة ومن المقرر أن تستمر يومين وأن تختتم ببيان مشترك يتلى أمام الصحفيين"
)
OTHER = (
    "أعلنت بلدية المدينة بدء أعمال توسيع الطريق الدائري الشمالي بكلفة كبيرة تمولها المصارف المحلية وتوقعت أن تنتهي "
    "المرحلة الأولى قبل حلول الشتاء المقبل إذا سمحت الأحوال الجوية بمواصلة العمل ليلا وفي أيام العطل"
)
NAMES = "abcdefg"


def tie(one: str, other: str, jaccard: float = 0.9) -> Edge:
    alike = Likeness(jaccard=jaccard, containment=jaccard)
    return Edge(kind=EdgeKind.COPY, inner=one, outer=other, inner_text=one, outer_text=other, likeness=alike)


PAIRS = [frozenset(pair) for pair in itertools.combinations(NAMES, 2)]


@given(
    st.dictionaries(st.sampled_from(PAIRS), st.floats(0.3, 1)),
    st.frozensets(st.sampled_from(PAIRS), max_size=4),
    st.frozensets(st.sampled_from(PAIRS), max_size=4),
    st.randoms(),
)
def test_sets_obey_what_people_decided_and_know_no_order(
    ties: dict[frozenset[str], float],
    together: frozenset[frozenset[str]],
    apart: frozenset[frozenset[str]],
    order: random.Random,
) -> None:
    edges = [tie(*sorted(pair), jaccard) for pair, jaccard in ties.items()]
    decided = Decided(together=together - apart, apart=apart)
    made = components(NAMES, edges, decided)
    assert sorted(itertools.chain(*made)) == list(NAMES)
    assert not any(pair <= each for pair in apart for each in made)
    names = list(NAMES)
    order.shuffle(edges)
    order.shuffle(names)
    assert components(names, edges, decided) == made
    if not apart:
        assert all(any(pair <= each for each in made) for pair in together)


def test_between_two_that_are_set_apart_a_third_goes_with_the_likest() -> None:
    ties = [tie("a", "b", 0.5), tie("b", "c", 0.8), tie("a", "c", 0.9)]
    apart = Decided(apart=frozenset({frozenset("ac")}))
    assert components("abc", ties, apart) == [frozenset("a"), frozenset("bc")]


def decision(number: int, says: Decision, pair: str = "ab", day: int = 0) -> Override:
    one, other = (Text(story=name, digest=f"sha256:{name}") for name in sorted(pair))
    at = (NOW + timedelta(days=day)).isoformat()
    return Override(event=f"e{number}", at=at, decision=says, texts=(one, other), reason="read by two")


@given(st.permutations(range(4)))
def test_the_last_decision_on_two_stories_stands_and_an_undoing_ends_what_it_names(order: list[int]) -> None:
    entries: list[Override | Undone] = [
        decision(1, Decision.MERGE),
        decision(2, Decision.SPLIT, day=1),
        decision(3, Decision.MERGE, "cd"),
        Undone(event="e4", at=NOW.isoformat(), overrides=("e3",), reason="wrong"),
    ]
    found = Overrides.of(entries[at] for at in order)
    assert {frozenset("ab"): Decision.SPLIT} == {pair: one.decision for pair, one in found.standing.items()}
    assert [one.event for one in found.on("a")] == ["e2"]


def test_a_ledger_entry_that_decides_nothing_known_is_named(tmp_path: Path) -> None:
    from archive import ledger

    storage = open_storage(str(tmp_path))
    event = ledger.write(storage, overrides.KIND, {"decision": "perhaps", "texts": [], "reason": ""}, NOW)
    with pytest.raises(ArchiveError, match=event.id):
        list(overrides.new(storage))


def objects() -> list[TextObject]:
    """Three copies of one item, the third a little changed, and another item."""
    texts = {"a-1": WORDS, "b-1": WORDS, "c-1": WORDS.replace("يومين", "ثلاثة أيام متتالية"), "d-1": OTHER}
    return [
        shelf(str(number), [reading(story, article(text))], outlet=story[0])
        for number, (story, text) in enumerate(texts.items())
    ]


def clusters(catalog: Catalog) -> set[frozenset[str]]:
    stories = ("a-1", "b-1", "c-1", "d-1")
    found = [catalog.cluster_of(story) for story in stories]
    return {frozenset({each.canonical, *(copy.story for copy in each.copies)}) for each in found}


DECIDED = (
    Override(
        event="e1",
        at=NOW.isoformat(),
        decision=Decision.SPLIT,
        texts=(Text(story="a-1", digest="x"), Text(story="b-1", digest="y")),
        reason="two events",
    ),
    Override(
        event="e2",
        at=NOW.isoformat(),
        decision=Decision.MERGE,
        texts=(Text(story="b-1", digest="y"), Text(story="d-1", digest="z")),
        reason="one item",
    ),
)


def test_the_rule_alone_makes_one_cluster_of_three(catalog: Catalog) -> None:
    catalog.take(objects())
    assert clusters(catalog) == {frozenset({"a-1", "b-1", "c-1"}), frozenset({"d-1"})}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_decisions_and_arrivals_in_any_order_give_the_same_rows(catalog: Catalog, tmp_path: Path, seed: int) -> None:
    steps = [*objects(), *DECIDED]
    random.Random(seed).shuffle(steps)
    for step in steps:
        if isinstance(step, TextObject):
            catalog.take([step])
        else:
            catalog.decide([step])
    with Catalog.open(f"sqlite:///{tmp_path}/whole.db") as whole:
        whole.decide(DECIDED)
        whole.take(objects())
        assert list(whole.dump()) == list(catalog.dump())
    assert not any({"a-1", "b-1"} <= each for each in clusters(catalog))
    assert any({"b-1", "d-1"} <= each for each in clusters(catalog))


@pytest.mark.parametrize("size", [1, 100])
def test_linking_all_anew_obeys_decisions_too(address: str, tmp_path: Path, size: int) -> None:
    with Catalog.open(address) as catalog:
        catalog.take(objects())
        catalog.decide(DECIDED)
        expected = list(catalog.dump())
    anew(address, tmp_path / "files", size)
    with Catalog.open(address) as catalog:
        assert list(catalog.dump()) == expected


def test_what_is_undone_is_as_if_it_had_not_been(catalog: Catalog) -> None:
    catalog.take(objects())
    before = clusters(catalog)
    catalog.decide(DECIDED)
    assert clusters(catalog) != before
    catalog.decide([Undone(event="e9", at=NOW.isoformat(), overrides=("e1", "e2"), reason="no")])
    assert clusters(catalog) == before


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    from archive import texts

    archive = open_archive(load_settings(store=str(tmp_path / "store")), create=True)
    for each in objects():
        archive.put_text(each.head, each.readings)
        archive.set_reader(each.head.outlet, each.head.reader)
    archive.index()
    assert texts.key(each.head.warc, each.head.outlet, each.head.reader) == each.key
    return archive


def test_a_decision_survives_a_rebuild_and_names_texts_and_reason(archive: Archive) -> None:
    with archive:
        made = decide(archive, Decision.SPLIT, ["a-1", "b-1"], "  two   events ", NOW)
        assert made.reason == "two events"
        assert all(text.digest.startswith("sha256:") for text in made.texts)
        assert decide(archive, Decision.SPLIT, ["b-1", "a-1"], "again", NOW) == made
        before = clusters(archive.catalog)
        archive.reindex()
        assert clusters(archive.catalog) == before
        assert not any({"a-1", "b-1"} <= each for each in before)
        undo(archive, ["a-1", "b-1"], "it was one", NOW)
        assert any({"a-1", "b-1", "c-1"} <= each for each in clusters(archive.catalog))
        with pytest.raises(NotHeldError, match="nothing is decided"):
            undo(archive, ["a-1", "b-1"], "again", NOW)


def test_a_decision_by_another_process_is_obeyed_by_the_next_command(archive: Archive) -> None:
    with archive:
        texts = [Text(story=name, digest="sha256:0") for name in ("a-1", "d-1")]
        overrides.write(archive.storage, Decision.MERGE, texts, "one", NOW)
    with open_archive(archive.settings) as later:
        assert any({"a-1", "d-1"} <= each for each in clusters(later.catalog))


@pytest.mark.parametrize(
    ("names", "reason", "said"),
    [
        (["a-1", "b-1"], " ", "say why"),
        (["a-1", "a-1"], "why", "two different stories"),
        (["a-1"], "why", "two different stories"),
    ],
)
def test_half_a_decision_is_refused(archive: Archive, names: list[str], reason: str, said: str) -> None:
    with archive, pytest.raises(UsageError, match=said):
        decide(archive, Decision.MERGE, names, reason, NOW)


def test_what_decisions_put_together_another_cannot_set_apart(archive: Archive) -> None:
    with archive:
        decide(archive, Decision.MERGE, ["a-1", "d-1"], "one", NOW)
        decide(archive, Decision.MERGE, ["d-1", "b-1"], "one", NOW)
        with pytest.raises(UsageError, match="undo those first"):
            decide(archive, Decision.SPLIT, ["a-1", "b-1"], "no", NOW)


def test_a_decision_on_a_story_that_was_taken_down_can_be_undone(archive: Archive) -> None:
    with archive:
        decide(archive, Decision.MERGE, ["a-1", "d-1"], "one", NOW)
        decide(archive, Decision.MERGE, ["d-1", "b-1"], "one", NOW)
        take_down(archive, "d-1", "court order", NOW)
        undo(archive, ["d-1", "b-1"], "read again", NOW)
        decide(archive, Decision.SPLIT, ["a-1", "b-1"], "no", NOW)
        assert archive.cluster("a-1").id != archive.cluster("b-1").id


def test_the_commands_decide_list_and_undo(archive: Archive, capfd: Say) -> None:
    archive.close()
    place = ("--store", str(archive.settings.store))
    assert astana(capfd, "cluster", "merge", "a-1", "d-1", "--reason", "one item", *place).code == 0
    (line,) = astana(capfd, "cluster", "decisions", "--json", *place).lines
    assert (line["decision"], line["reason"]) == ("merge", "one item")
    shown = astana(capfd, "cluster", "d-1", "--json", *place).lines[0]
    assert {copy["story"] for copy in shown["copies"]} | {shown["canonical"]} == {"a-1", "b-1", "c-1", "d-1"}
    assert astana(capfd, "cluster", "undo", "d-1", "a-1", "--reason", "two", *place).code == 0
    assert astana(capfd, "cluster", "decisions", *place).err == "nothing is decided by hand\n"
    assert astana(capfd, "cluster", "split", "a-1", "--reason", "x", *place).code == 2
