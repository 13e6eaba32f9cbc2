"""archive/arabic.py: the laws of what is kept and what is compared."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive import arabic

# Mostly Arabic, with everything that has ever stood between its letters.
ARABIC = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0600, max_codepoint=0x06FF),
        st.sampled_from("أإآاىيةهؤئء ـ\u00a0\u200c\u200f\u202b\u064b\u0651\u0654\ufeff\n\r\t0123٠١۹«»-–.،"),
        st.characters(min_codepoint=0xFB50, max_codepoint=0xFDFF),
        st.characters(min_codepoint=0xFE70, max_codepoint=0xFEFF),
        st.characters(min_codepoint=0x0870, max_codepoint=0x08FF),
        st.characters(codec="utf-8"),
    ),
    max_size=40,
)


@given(ARABIC)
@example("د\u061a\u0336\u0640س")
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    once = arabic.clean(text).text
    assert arabic.clean(once) == arabic.Cleaned(text=once)


@given(ARABIC)
def test_clean_says_a_repair_exactly_when_something_changed(text: str) -> None:
    cleaned = arabic.clean(text)
    assert bool(cleaned.repairs) == (cleaned.text != text)


@given(ARABIC)
def test_clean_invents_no_letter_and_loses_none(text: str) -> None:
    def letters(words: str) -> str:
        plain = unicodedata.normalize("NFKD", words)
        return "".join(
            letter for letter in plain if unicodedata.category(letter)[0] in "LN" and letter != arabic.TATWEEL
        )

    assert letters(arabic.clean(text).text) == letters(text)


@given(ARABIC)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    once = arabic.fold(text)
    assert arabic.fold(once) == once


@given(ARABIC, st.text("أبي قد،. ـ1", max_size=200))
def test_no_words_folding_hangs_on_the_words_beside_it(text: str, common: str) -> None:
    """Texts of common letters are folded by bytes, and one of odd letters is not: to the same end."""
    rare = "œ " * (len(text) + len(common))
    apart = [arabic.fold(part) for part in (rare, common, text)]
    assert arabic.fold(f"{rare}\n{common} {text}") == " ".join(filter(None, apart))
    assert arabic.fold(f"{common}\n{text}") == " ".join(filter(None, apart[1:]))


@given(ARABIC)
def test_folding_does_not_care_whether_a_text_was_cleaned(text: str) -> None:
    assert arabic.fold(arabic.clean(text).text) == arabic.fold(text)


@given(ARABIC)
def test_tokens_hold_no_space_and_are_the_tokens_of_themselves(text: str) -> None:
    words = arabic.tokens(text)
    assert arabic.tokens(" ".join(words)) == words
    assert all(word and not any(map(str.isspace, word)) for word in words)


@given(ARABIC, ARABIC)
def test_a_search_key_is_built_word_by_word(one: str, two: str) -> None:
    both = f"{one} | {two}"
    assert arabic.search_key(both).split() == arabic.search_key(one).split() + arabic.search_key(two).split()


@pytest.mark.parametrize(
    ("said", "kept", "repair"),
    [
        ("قال\u00a0المندوب", "قال المندوب", "odd-spaces"),
        ("قال  المندوب ", "قال المندوب", "space-runs"),
        ("\u202bقال\u200f", "قال", "bidi-controls"),
        ("قا\u200cل\ufeff", "قال", "zero-width"),
        ("قال\r\nنعم", "قال\nنعم", "line-ends"),
        ("قال\n\n\n\nنعم", "قال\n\nنعم", "blank-lines"),
        ("ﻻ ﺳﻼم", "لا سلام", "presentation-forms"),
        ("الاجتماعـــات", "الاجتماعات", "tatweel"),
        ("الا\u0654مم", "الأمم", "nfc"),
        ("قال\x07", "قال", "control-characters"),
    ],
)
def test_each_repair_is_made_and_named(said: str, kept: str, repair: str) -> None:
    assert arabic.clean(said) == arabic.Cleaned(text=kept, repairs=(repair,))


@pytest.mark.parametrize(
    "said",
    [
        "وصل بـ 30 مركبة",
        "سياسة ـ النخلة ـ",
        "عام 1438هـ",
        "أستانا (وصلة) - قالَ مُوفَدٌ: «نعم»…",
        "نصّ مُشكَّل بالكاملِ",
        "٢٣ كانون الثاني",
        "یکشنبه",
        "”اقتباس“ و'آخر'",
        "قال ﴿نعم﴾",
    ],
)
def test_clean_keeps_letters_marks_signs_and_digits_as_written(said: str) -> None:
    assert arabic.clean(said) == arabic.Cleaned(text=said)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("أستانا", "آستانا"),
        ("أستانا", "إستانا"),
        ("أستانة", "استانه"),
        ("مُبَاحَثَاتٌ", "مباحثات"),
        ("مباحثـــات", "مباحثات"),
        ("مؤتمر", "مؤءتمر"),
        ("على", "علي"),
        ("إيران", "ایران"),  # FARSI YEH
        ("كازاخستان", "کازاخستان"),  # KEHEH
        ("هيئة", "ھيئۃ"),  # HEH DOACHASHMEE, TEH MARBUTA GOAL
        ("لا سلام", "ﻻ ﺳﻼم"),
        ("١٤ أيلول ۲۰۱۷", "14 ايلول 2017"),
        ("أستانا\u00a04", "أستانا 4"),
        ("«نعم»، قال", "“نعم”, قال"),
        ("أستانا – وصلة", "أستانا - وصلة"),
        ("سياسة ـ النخلة", "سياسة - النخلة"),
        ("NATO", "nato"),
    ],
)
def test_spellings_of_one_thing_fold_together(one: str, two: str) -> None:
    assert arabic.fold(one) == arabic.fold(two)


@pytest.mark.parametrize(("one", "two"), [("معارض", "معارضة"), ("سوري", "سوريا"), ("قال", "قيل")])
def test_different_words_do_not_fold_together(one: str, two: str) -> None:
    assert arabic.fold(one) != arabic.fold(two)


def test_tokens_part_at_signs_and_at_glued_digits() -> None:
    assert arabic.tokens("«أستانا-4»، و(أستانة٥) #سوريا G20") == ["استانا", "4", "و", "استانه", "5", "سوريا", "g20"]


@pytest.mark.parametrize(
    ("glued", "parted"),
    [
        ("الأممالمتحدة", "الأمم المتحدة"),
        ("أعلنتالمعارضة", "أعلنت المعارضة"),
        ("وعبدالرحمنوف", "وعبد الرحمنوف"),
        ("وزارةالخارجيةالروسية", "وزارة الخارجية الروسية"),
    ],
)
def test_words_that_lost_their_space_are_parted_in_the_key_alone(glued: str, parted: str) -> None:
    assert arabic.tokens(glued) == arabic.tokens(parted)
    assert arabic.search_key(glued) == arabic.search_key(parted)
    assert arabic.clean(glued).text == glued


@pytest.mark.parametrize(
    "word", ["المحادثات", "وبالمحادثات", "والاحتفالات", "استقبالهم", "خالد", "إبطالها", "المقالات", "عبدالله"]
)
def test_a_sound_word_is_not_parted(word: str) -> None:
    assert arabic.tokens(word) == [arabic.fold(word)]


def test_tokens_are_not_cut_at_vowel_marks() -> None:
    assert arabic.tokens("مُحَادَثَات") == ["محادثات"]


def test_letters_of_other_scripts_need_no_repair_and_fold_to_their_small_selves() -> None:
    letters = [letter for letter in map(chr, range(0x600)) if re.fullmatch(f"[{arabic.OTHER_LETTERS}]", letter)]
    assert len(letters) > 800
    for letter in letters:
        assert unicodedata.is_normalized("NFC", letter)
        assert unicodedata.category(letter)[0] == "L"
        assert ord(letter) not in arabic.FOLDS
    assert arabic.fold("Выборы: ПЯТЬ Ñandú") == "выборы: пять ñandú"


def test_digits_folds_digits_alone() -> None:
    assert arabic.digits("٢٣ أيلول ۲۰۱۷") == "23 أيلول 2017"


@pytest.mark.parametrize(
    "word", ["أستانة", "آستانا", "بأستانا", "للأستانة", "وبالأستانة", "وأستانا", "الأستانة", "فأستانة", "أستاني"]
)
def test_the_city_is_found_by_every_form_of_its_name(word: str) -> None:
    assert arabic.search_key(word) == arabic.search_key("أستانا")


@pytest.mark.parametrize("word", ["وزارة", "فصائل", "لقاء", "كازاخستان", "سوريا", "بيان", "الوفد", "سيعقد"])
@pytest.mark.parametrize("clitic", ["و", "ف", "ب", "وال", "بال"])
def test_a_word_is_found_behind_its_clitics(word: str, clitic: str) -> None:
    bare = word.removeprefix("ال")
    if len(arabic.fold(clitic + bare)) - len(clitic) >= 4:
        assert arabic.search_key(clitic + bare) == arabic.search_key(bare)


@pytest.mark.parametrize("word", ["ولد", "بعد", "فوق", "كان", "لكن", "سلم", "الى"])
def test_short_words_keep_their_first_letter(word: str) -> None:
    assert arabic.search_key(word)[0] == arabic.fold(word)[0]
