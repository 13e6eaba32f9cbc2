from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.likeness.sentences import Fate, aligned, counted, sentences
from tests.witnessed import CREW, FISH, ITEM, LEAD, NEXT, OWN, TUGS, text

POOL = (*ITEM, OWN)


def fates(source: str, copy: str) -> dict[str, int]:
    return {fate.value: number for fate, number in counted(aligned(source, copy)).items() if number}


def test_sentences_end_at_their_signs_and_lines_and_not_at_initials_or_figures() -> None:
    said = "وصل د. كريم إلى المرفأ. هل غادر؟ لا! الرقم 7. لم يتغير…\n\nسطر بلا نقطة"
    ends = ["المرفأ.", "غادر؟", "لا!", "يتغير…", "نقطة"]
    found = sentences(said)
    assert [each.said.split()[-1] for each in found] == ends
    assert all(said[each.start : each.end] == each.said for each in found)


def test_a_closing_quotation_mark_belongs_to_its_sentence() -> None:
    assert [each.said for each in sentences("قال: «نعود غدًا.» ثم خرج.")] == ["قال: «نعود غدًا.»", "ثم خرج."]


def test_every_fate_is_told() -> None:
    reworded = CREW.replace("كله بخير", "لم يصب بأذى").replace("شقوقًا", "أضرارًا")
    found = aligned(text(LEAD, CREW, TUGS, FISH, NEXT), text(FISH, LEAD, reworded, OWN, NEXT))
    said = [(each.fate, (each.copy or each.source).said) for each in found]  # type: ignore[union-attr]
    assert said == [
        (Fate.MOVED, FISH),
        (Fate.KEPT, LEAD),
        (Fate.REWORDED, reworded),
        (Fate.DROPPED, TUGS),
        (Fate.ADDED, OWN),
        (Fate.KEPT, NEXT),
    ]


def test_another_spelling_or_dateline_keeps_a_sentence() -> None:
    spelled = LEAD.replace("أعلن", "اعلن").replace("السفينة", "السَّفينة")
    assert fates(LEAD, spelled) == {"kept": 1}
    opening = "اللاذقية (وصلة) -"
    kept = aligned(f"{opening} {LEAD}", LEAD, (opening, ""))
    assert [each.fate for each in kept] == [Fate.KEPT]


def test_two_sentences_made_one_are_reworded_and_none_is_lost() -> None:
    one = "غادر الوفد المدينة مساء أمس. وعاد السفير إلى مقره بعد ساعة من ذلك."
    joined = "غادر الوفد المدينة مساء أمس، وعاد السفير إلى مقره بعد ساعة من ذلك."
    assert fates(one, joined) == {"reworded": 2}
    assert fates(joined, one) == {"reworded": 2}


def test_one_other_number_rewords_a_sentence() -> None:
    assert fates(TUGS, TUGS.replace("أربع", "خمس")) == {"reworded": 1}


SOME = st.lists(st.sampled_from(POOL), max_size=8).map(lambda several: text(*several))


@settings(max_examples=30)
@given(SOME, SOME)
def test_every_sentence_of_both_texts_is_told_once(one: str, other: str) -> None:
    found = aligned(one, other)
    assert [each.copy.start for each in found if each.copy and each.fate is not Fate.DROPPED] == [
        each.start for each in sentences(other)
    ]
    told = sorted(each.source.start for each in found if each.source)
    assert told == [each.start for each in sentences(one)]


@settings(max_examples=30)
@given(SOME, SOME)
def test_the_other_way_round_what_was_dropped_is_added(one: str, other: str) -> None:
    there, back = counted(aligned(one, other)), counted(aligned(other, one))
    assert there[Fate.DROPPED] == back[Fate.ADDED]
    assert there[Fate.ADDED] == back[Fate.DROPPED]
    assert there[Fate.KEPT] + there[Fate.MOVED] == back[Fate.KEPT] + back[Fate.MOVED]


@given(st.text(max_size=80))
def test_any_text_is_kept_against_itself(said: str) -> None:
    assert {each.fate for each in aligned(said, said)} <= {Fate.KEPT}
