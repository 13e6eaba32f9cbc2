"""What two texts have in common: runs of words that stand in both, told as places of both texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.arabic import clean, tokens
from archive.likeness.common import Passage, located, passages, spans
from archive.likeness.fingerprint import runs

ITEM = "أعلن رئيس وفد المعارضة أن الجلسة الأولى تبدأ صباح الثلاثاء في فندق وسط المدينة"
words = st.lists(st.sampled_from([*ITEM.split(), "4", "و"]), max_size=40)


def common(one: str, other: str) -> tuple[Passage, ...]:
    here, there = tokens(one), tokens(other)
    return passages(runs(here), runs(there), min(len(here), len(there)))


def test_a_quoted_item_is_one_passage_at_its_places_in_both() -> None:
    around = f"وفي سياق آخر قال مراسلنا: «{ITEM}»، ثم غادر القاعة."
    (found,) = common(ITEM, around)
    assert found == Passage(here=0, there=5, length=len(ITEM.split()))
    (span,) = located([found], ITEM, around)
    assert ITEM[slice(*span.here)] == ITEM
    assert around[slice(*span.there)] == ITEM


def test_signs_marks_and_digits_glued_to_letters_leave_each_word_its_own_place() -> None:
    text = "«أُسْتَانا4»، (بلغ 1,500 شخص) ـ النهاية…"
    assert [text[start:end] for start, end in spans(text)] == ["أُسْتَانا", "4", "بلغ", "1", "500", "شخص", "النهاية"]


def test_a_refrain_costs_no_square_of_its_length() -> None:
    refrain = ["نعم"] * 20_000
    assert common(" ".join(refrain), " ".join(refrain[1:])) == (Passage(here=0, there=0, length=19_999),)


@given(words, words)
def test_passages_are_equal_runs_that_do_not_overlap_in_the_first_text(one: list[str], other: list[str]) -> None:
    after = 0
    for each in common(" ".join(one), " ".join(other)):
        assert each.here >= after
        assert each.length >= min(5, len(one))
        assert one[each.here : each.here + each.length] == other[each.there : each.there + each.length]
        after = each.here + each.length


@given(st.text(alphabet=st.one_of(st.sampled_from("اأإبةتىـًّ4٤,.«»-_ \n\u200c"), st.characters()), max_size=60))
def test_there_is_a_place_for_each_comparison_word_of_any_clean_text(text: str) -> None:
    kept = clean(text).text
    found = spans(kept)
    assert len(found) == len(tokens(kept))
    assert all(0 <= start < end <= len(kept) for start, end in found)
    assert found == sorted(found)
