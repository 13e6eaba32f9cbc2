"""A longer text that says it turns to another matter holds an item; one that tells more of the same is a copy of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.arabic import tokens
from archive.likeness.copies import Piece, Refusal, compare
from archive.likeness.formulas import Formulas
from archive.likeness.turns import MATTER, SPEECH, Turn, turned
from archive.records import EdgeKind, Kind
from tests.made import NOON

ITEM = (
    "افتتح وزير الزراعة صباح اليوم معرض البذور المحسنة في قاعة المؤتمرات بمشاركة ستين شركة محلية وأجنبية، وتجول بين "
    "أجنحته واستمع إلى شرح من العارضين عن أصناف القمح التي تحتمل الجفاف، ووعد بأن تشتري الدولة محصولها بسعر ثابت"
)
GOES_ON = (
    "{} أنهت فرق الصيانة تركيب مضخات جديدة على النهر بعد أسابيع من العمل ليلا ونهارا، وقالت الهيئة المشرفة إن المياه "
    "ستصل إلى القرى البعيدة قبل نهاية الشهر وإن كلفة المشروع دفعت من قرض طويل الأجل حصلت عليه الحكومة في الربيع الماضي"
)
REWRITTEN = (
    "افتتح وزير الزراعة صباح اليوم معرض البذور المحسنة في العاصمة بمشاركة ستين شركة محلية وأوروبية، وزار "
    "أجنحته ثم استمع إلى شرح من العارضين عن أصناف القمح التي تقاوم الجفاف، وتعهد بأن تشتري الدولة محصولها بسعر عادل"
)
KNOWN = Formulas(days={1: 3})  # something was learned, and nothing of it stands here


def piece(*paragraphs: str, kind: Kind = Kind.NEWS) -> Piece:
    return Piece.of(tokens("\n\n".join(paragraphs)), kind, NOON, NOON + timedelta(minutes=1))


def edge(one: Piece, other: Piece, known: Formulas = KNOWN) -> EdgeKind | Refusal | None:
    verdict = compare(one, other, known)
    return verdict.edge or verdict.refusal


@pytest.mark.parametrize(
    "turn", ["من جهة أخرى", "ومن ناحية ثانية،", "وعلى صعيد آخر", "في غضون ذلك", "كما تمكن", "وفي محافظة", "وعلى ملعب"]
)
def test_what_an_item_is_followed_by_makes_it_a_part_where_the_longer_text_turns_to_it(turn: str) -> None:
    assert edge(piece(ITEM), piece(ITEM, GOES_ON.format(turn))) is EdgeKind.PART
    assert edge(piece(ITEM, GOES_ON.format(turn)), piece(ITEM)) is EdgeKind.PART


@pytest.mark.parametrize("turn", ["وفي سياق متصل", "وفي السياق نفسه", "وعلى صعيد متصل"])
def test_what_is_near_by_is_another_matter_where_the_text_says_that_it_turns_to_it(turn: str) -> None:
    assert edge(piece(ITEM), piece(ITEM, GOES_ON.format(turn))) is EdgeKind.PART


def test_another_act_is_told_in_a_sentence() -> None:
    gone = "كما غادر العاصمة رئيس اتحاد المزارعين بعد جولة في حقول الجنوب دامت يومين كاملين"
    assert edge(piece(ITEM), piece(ITEM, gone)) is EdgeKind.PART
    assert edge(piece(ITEM), piece(ITEM, "كما غادر العاصمة")) is EdgeKind.COPY


def test_an_act_that_leads_to_the_item_says_that_another_stands_before_it() -> None:
    before = GOES_ON.format("وفي الجنوب")
    assert turned(tuple(tokens(f"{before} كما {ITEM}")), [(0, len(tokens(before)) + 1)]) is Turn.AWAY


def test_an_event_that_begins_in_the_one_and_ends_in_the_other_is_no_copy() -> None:
    ends = ITEM.replace("افتتح", "اختتم")
    assert edge(piece(ITEM), piece(ends)) is Refusal.TEMPLATE
    assert edge(piece(ITEM), piece(ITEM, "واختتم المعرض في المساء")) is EdgeKind.COPY


@pytest.mark.parametrize("said", ["وأضاف أن", "كما يذكر", "وقال من جهته"])
def test_more_of_the_same_leaves_a_copy(said: str) -> None:
    assert edge(piece(ITEM), piece(ITEM, GOES_ON.format(said))) is EdgeKind.COPY


def test_a_turn_that_both_texts_have_says_nothing() -> None:
    turned = f"{ITEM} من جهة أخرى {ITEM[::-1]}"
    assert edge(piece(turned), piece(turned, GOES_ON.format("وأضاف أن"))) is EdgeKind.COPY


def test_an_item_behind_another_matter_is_a_part_though_the_turn_leads_to_it() -> None:
    behind = piece(GOES_ON.format("وفي الجنوب"), f"من جهة أخرى {ITEM}")
    assert edge(piece(ITEM), behind) is EdgeKind.PART


def test_an_item_written_anew_sentence_by_sentence_is_a_copy_where_formulas_are_known() -> None:
    assert edge(piece(ITEM), piece(REWRITTEN)) is EdgeKind.COPY
    assert edge(piece(ITEM), piece(REWRITTEN), Formulas()) is not EdgeKind.COPY


words = st.lists(st.sampled_from([*tokens("من جهة أخرى كما استقبل بدوره قال اليوم"), "4"]), max_size=80)


@given(words, st.integers(0, 80), st.integers(0, 80))
def test_a_turn_leads_away_only_from_or_to_a_stretch_long_enough(said: list[str], start: int, end: int) -> None:
    stretch = (min(start, len(said)), min(end, len(said)))
    assert not (turned(tuple(said), [stretch]) and stretch[1] - stretch[0] < MATTER)
    assert turned(tuple(said), []) is None


def test_another_speaker_leads_on_when_he_speaks_for_long() -> None:
    said = tuple(tokens("من جانبه")) + ("قال",) * SPEECH
    assert turned(said, [(0, len(said))]) is Turn.ON
    assert turned(said, [(0, SPEECH - 1)]) is None


def test_what_is_near_by_makes_a_part_only_of_a_text_that_has_little_of_the_item() -> None:
    assert edge(piece(ITEM), piece(ITEM, GOES_ON.format("إلى ذلك"), ITEM[::-1])) is EdgeKind.PART
    assert edge(piece(ITEM), piece(ITEM, " ".join(GOES_ON.format("إلى ذلك").split()[:30]))) is EdgeKind.COPY
