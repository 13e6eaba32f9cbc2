"""What two texts have in common, told as places of both."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.arabic import clean, tokens
from archive.likeness.common import Passage, located, spans

ITEM = "أعلن رئيس وفد المعارضة أن الجلسة الأولى تبدأ صباح الثلاثاء في فندق وسط المدينة"


def test_a_passage_is_told_by_its_places_in_both_texts() -> None:
    around = f"وفي سياق آخر قال مراسلنا: «{ITEM}»، ثم غادر القاعة."
    (span,) = located([Passage(here=0, there=5, length=len(ITEM.split()))], ITEM, around)
    assert ITEM[slice(*span.here)] == ITEM
    assert around[slice(*span.there)] == ITEM


def test_signs_marks_and_digits_glued_to_letters_leave_each_word_its_own_place() -> None:
    text = "«أُسْتَانا4»، (بلغ 1,500 شخص) ـ النهاية…"
    assert [text[start:end] for start, end in spans(text)] == ["أُسْتَانا", "4", "بلغ", "1", "500", "شخص", "النهاية"]


@given(st.text(alphabet=st.one_of(st.sampled_from("اأإبةتىـًّ4٤,.«»-_ \n\u200c"), st.characters()), max_size=60))
def test_there_is_a_place_for_each_comparison_word_of_any_clean_text(text: str) -> None:
    kept = clean(text).text
    found = spans(kept)
    assert len(found) == len(tokens(kept))
    assert all(0 <= start < end <= len(kept) for start, end in found)
    assert found == sorted(found)
