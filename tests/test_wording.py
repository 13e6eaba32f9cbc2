"""archive/likeness/wording.py: what was changed between two texts, and that nothing else was."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.likeness.wording import Change, Mark, Op, applied, changes, interleaved, mirrored

WORDS = st.sampled_from(
    [
        *("و", "في", "من", "الوفد", "والوفد", "وفد", "قال", "وقال.", "مؤتمر", "موتمر", "مُؤتمر", "مـؤتمر", "ﻻ"),
        *("«أعلن»", "“أعلن”", "،", ".", "\n\n", "\n", " ", "  ", "\u200f", "\u00a0"),
        *("٥", "5", "1,500", "١٬٥٠٠", "أستانا4"),
    ]
)
TEXTS = st.one_of(
    st.lists(WORDS, max_size=40).map(" ".join), st.lists(WORDS, max_size=40).map("".join), st.text(max_size=60)
)
LETTERS = "أبتثجحخدذر"
PARAGRAPHS = st.lists(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=9).map(" ".join), max_size=8)
MOVED = PARAGRAPHS.flatmap(lambda several: st.tuples(st.just(several), st.permutations(several))).map(
    lambda two: ("\n\n".join(two[0]), "\n\n".join(two[1]))
)
PAIRS = st.one_of(st.tuples(TEXTS, TEXTS), MOVED)


def said(before: str, after: str) -> list[tuple[Op, str, str]]:
    return [(one.op, one.before.words.strip(), one.after.words.strip()) for one in changes(before, after)]


@given(PAIRS)
def test_the_changes_applied_to_the_one_text_give_the_other(pair: tuple[str, str]) -> None:
    before, after = pair
    found = changes(before, after)
    assert applied(before, found) == after
    one_again = (words for mark, words in interleaved(before, found) if mark not in (Mark.ADDED, Mark.CAME))
    assert "".join(one_again) == before


@given(PAIRS)
def test_equal_texts_and_only_they_have_no_changes(pair: tuple[str, str]) -> None:
    before, after = pair
    assert bool(changes(before, after)) is (before != after)
    assert changes(before, before) == ()


@given(PAIRS)
def test_offsets_lie_in_the_texts_and_their_slices_are_the_words_said(pair: tuple[str, str]) -> None:
    before, after = pair
    for one in changes(before, after):
        for text, span in ((before, one.before), (after, one.after)):
            assert 0 <= span.start <= span.end <= len(text)
            assert text[span.start : span.end] == span.words
        assert one.op is Op.MOVED or one.before.words != one.after.words


@given(PAIRS)
def test_the_other_way_round_it_is_the_same_mirrored(pair: tuple[str, str]) -> None:
    before, after = pair
    assert changes(after, before) == mirrored(changes(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("الخارجية", "الخارجيّة"),  # tashkeel
        ("الخارجية", "الخـــارجية"),  # tatweel
        ("أستانا", "استانا"),  # hamza
        ("سوريا", "ﺳﻮﺭﻳﺎ"),  # presentation forms
        ("مستوى", "مستوي"),
        ("مباحثة", "مباحثه"),
        ("2017", "٢٠١٧"),
        ("1500", "١٬٥٠٠"),
        ("«كلمة»", "“كلمة”"),
    ],
)
def test_another_spelling_is_no_other_word(before: str, after: str) -> None:
    found = changes(f"قال {before} اليوم", f"قال {after} اليوم")
    assert {one.op for one in found} == {Op.RESPELLED}


def test_particles_are_set_apart_to_find_a_word_but_told_with_it() -> None:
    assert said("غادر المؤتمر صباحا", "غادر والمؤتمر صباحا") == [(Op.REPLACED, "المؤتمر", "والمؤتمر")]


FIRST, SECOND, THIRD = "وصل الوفد الأول صباحا.", "وبحث الوفدان بنود الهدنة مساء.", "ثم غادرا."


def test_a_paragraph_that_stands_elsewhere_is_moved_and_neither_removed_nor_added() -> None:
    found = said("\n\n".join([FIRST, SECOND, THIRD]), "\n\n".join([SECOND, FIRST, THIRD]))
    assert found == [(Op.MOVED, FIRST, FIRST)]


def test_a_paragraph_may_move_and_be_respelled_at_once() -> None:
    respelled = FIRST.replace("الأول", "الاول")
    assert (Op.MOVED, FIRST, respelled) in said("\n\n".join([FIRST, SECOND]), "\n\n".join([SECOND, respelled]))


def test_a_sentence_that_stands_in_another_paragraph_is_moved() -> None:
    walked = "وقدم المبعوث الأممي إحاطة قصيرة للصحفيين"
    stays = "وتستمر يومين كاملين في فندق على النهر."
    before = f"بدأت الجولة صباح أمس. {walked}.\n\n{stays}"
    after = f"بدأت الجولة صباح أمس.\n\n{stays} {walked}."
    assert (Op.MOVED, walked, walked) in said(before, after)
    assert {words.strip(".\n ") for _, *both in said(before, after) for words in both} == {walked, ""}


def test_a_removed_paragraph_is_told_from_its_own_first_word() -> None:
    kept, gone, last = "وقال أحمد شيئا.", "وقال بكر أمرا.", "وقال عمر قولا."
    assert said(f"{kept}\n\n{gone}\n\n{last}", f"{kept}\n\n{last}") == [(Op.REMOVED, gone, "")]
    assert said(f"{kept} {last}", f"{kept} {gone} {last}") == [(Op.ADDED, "", gone)]


def test_two_numbers_in_one_sentence_are_two_changes() -> None:
    assert said("قتل 5 وجرح 7 آخرون", "قتل 6 وجرح 8 آخرون") == [(Op.REPLACED, "5", "6"), (Op.REPLACED, "7", "8")]


def test_small_words_between_new_sentences_are_not_kept() -> None:
    before, after = "غادر المشاركون القاعة في صمت تام", "انتهت الجلسة الأولى في ساعة متأخرة ليلا"
    assert said(before, after) == [(Op.REPLACED, before, after)]


def test_a_word_glued_to_a_number_is_apart_from_it() -> None:
    assert said("مؤتمر أستانا4", "مؤتمر أستانا5") == [(Op.REPLACED, "4", "5")]


def long_texts() -> dict[str, tuple[str, str]]:
    """Pairs of 50,000 words each, from an edited page to what nobody would write."""
    chance = random.Random(7)
    words = ["".join(chance.choices("ابتجدرسصعفقكلمنهوي", k=chance.randint(2, 7))) for _ in range(6000)]
    one = [words[min(int(chance.paretovariate(0.7)) - 1, 5999)] for _ in range(50_000)]
    edited = list(one)
    for _ in range(2000):
        at = chance.randrange(len(edited))
        edited[at : at + chance.randint(0, 3)] = chance.choices(words, k=chance.randint(0, 3))
    edited[30_000:30_000] = edited[1000:3000]
    del edited[1000:3000]
    shuffled = chance.sample(one, len(one))
    few = [" ".join(chance.choices("ابت", k=50_000)) for _ in range(2)]
    return {
        "edited": (" ".join(one), " ".join(edited)),
        "shuffled": (" ".join(one), " ".join(shuffled)),
        "of three words": (few[0], few[1]),
        "of one word": ("و " * 50_000, "و " * 40_000 + "ب " + "و " * 9000),
        "of lines": ("\n".join(one), "\n".join(shuffled)),
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["edited", "shuffled", "of three words", "of one word", "of lines"])
def test_fifty_thousand_words_take_seconds(name: str) -> None:
    before, after = long_texts()[name]
    started = time.process_time()
    found = changes(before, after)
    assert time.process_time() - started < 15  # one to three on an idle machine
    assert applied(before, found) == after


def test_a_change_says_where_it_stands() -> None:
    (change,) = changes("بدأت الجولة الثلاثاء", "بدأت الجولة الأربعاء")
    assert isinstance(change, Change)
    assert (change.before.start, change.before.end) == (12, 20)
