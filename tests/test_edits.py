"""archive/likeness/edits.py: the sort of each edit, on pairs written for its rule."""

from __future__ import annotations

import pytest
from hypothesis import given

from archive.likeness.edits import Edit, Sort, edits, sorts
from archive.likeness.typos import is_typo
from archive.likeness.wording import mirrored
from tests.test_wording import PAIRS

LEAD = "بدأت اليوم في العاصمة الكازاخية جولة جديدة من المحادثات."


def told(before: str, after: str) -> dict[Sort, int]:
    return sorts(edits(before, after))


RULES: list[tuple[Sort, str, str]] = [
    (Sort.SPELLING, "أعلنت الخارجية موعد الجولة", "اعلنت الخارجيّة موعد الجولة"),
    (Sort.SPELLING, "أعلنت الخارجية موعد الجولة", "أعلنت الخارجية، موعد الجولة"),
    (Sort.SPELLING, "أعلنت الخارجية موعد الجولة", "أعلنت الخارجية موعد ال جولة"),
    (Sort.SPELLING, "شارك المراقبين في الجلسة", "شارك المراقبون في الجلسة"),
    (Sort.SPELLING, "شارك المراقبون في الجلسة", "شارك المراقوبن في الجلسة"),
    (Sort.SPELLING, "وصل خمسة مراقبين إلى الفندق", "وصل 5 مراقبين إلى الفندق"),
    (Sort.SPELLING, "قال «نحن هنا» ثم خرج", "قال “نحن هنا” ثم خرج"),
    (Sort.NUMBER, "وصل 180 مراقبا إلى الفندق", "وصل 200 مراقب إلى الفندق"),
    (Sort.NUMBER, "وصل ١٨٠ مراقبا إلى الفندق", "وصل 200 مراقبا إلى الفندق"),
    (Sort.NUMBER, "وصل خمسة مراقبين إلى الفندق", "وصل سبعة مراقبين إلى الفندق"),
    (Sort.NUMBER, "تبدأ الجولة الثلاثاء المقبل", "تبدأ الجولة الأربعاء المقبل"),
    (Sort.NUMBER, "انتهت الجولة الرابعة أمس", "انتهت الجولة الخامسة أمس"),
    (Sort.NUMBER, "نزح مئات المدنيين ليلا", "نزح آلاف المدنيين ليلا"),
    (Sort.QUOTE, "قال الوزير «سنغادر غدا» ثم خرج", "قال الوزير «سنبقى غدا» ثم خرج"),
    (Sort.QUOTE, "قال الوزير «سنغادر» ثم خرج", "قال الوزير «سنغادر حتما» ثم خرج"),
    (Sort.QUOTE, "وصف الاتفاق بأنه هش جدا أمس", "وصف الاتفاق بأنه «هش جدا» أمس"),
    (Sort.ATTRIBUTION, "قال مصدر عسكري إن الهدنة صامدة", "قال مصدر ميداني إن الهدنة صامدة"),
    (Sort.ATTRIBUTION, "أكد الوفد أن الهدنة صامدة", "زعم الوفد أن الهدنة صامدة"),
    (Sort.ATTRIBUTION, "الهدنة صامدة منذ أمس.", "الهدنة صامدة منذ أمس، بحسب المرصد."),
    (Sort.ATTRIBUTION, "وأعلنت روسيا أن الهدنة صامدة", "وأعلنت تركيا أن الهدنة صامدة"),
    (Sort.REMOVAL, f"{LEAD}\n\nوغاب وفد واحد عن الافتتاح.", LEAD),
    (Sort.REMOVAL, "وصل الوفد المفاوض الكبير أمس", "وصل الوفد المفاوض أمس"),
    (Sort.ADDITION, LEAD, f"{LEAD}\n\nوغاب وفد واحد عن الافتتاح."),
    (Sort.ADDITION, LEAD, f"{LEAD}\n\nوقال رئيس الوفد إن الطريق طويل و«لا عودة عنه» في هذه المرحلة."),
    (Sort.MOVE, f"{LEAD}\n\nوغاب وفد واحد عن الافتتاح.", f"وغاب وفد واحد عن الافتتاح.\n\n{LEAD}"),
    (Sort.CUT, LEAD, "بدأت اليوم في العاصمة الكازاخية جولة"),
    (Sort.CUT, LEAD, "بدأت اليوم في العاصمة الكازاخية جولة..."),
    (Sort.REMOVAL, LEAD, "بدأت اليوم في العاصمة الكازاخية جولة."),
    (Sort.CUT, f"{LEAD}\n\nوغاب وفد واحد عن الافتتاح.", "بدأت اليوم في العاصمة […]"),
    (Sort.REWORDING, "سيطرت قوات النظام على البلدة", "سيطرت قوات الحكومة على البلدة"),
    (Sort.REWORDING, "لم يوقع الوفد على البيان", "لن يوقع الوفد على البيان"),
    (Sort.REWORDING, "كان الطفل يبني أحلامه", "كان الطفل يبكي أحلامه"),
]


@pytest.mark.parametrize(("sort", "before", "after"), RULES)
def test_each_sort_is_told_by_its_rule(sort: Sort, before: str, after: str) -> None:
    assert list(told(before, after)) == [sort]


def test_a_whole_paragraph_less_is_a_removal_although_nothing_follows() -> None:
    assert told(f"{LEAD}\n\nوغاب وفد", LEAD) == {Sort.REMOVAL: 1}


def test_of_headings_all_but_spelling_is_a_headline() -> None:
    assert sorts(edits("انطلاق الجولة الرابعة", "انطلاق الجولة الخامسة", is_heading=True)) == {Sort.HEADLINE: 1}
    assert sorts(edits("إنطلاق الجولة الرابعة", "انطلاق الجولة الرابعة", is_heading=True)) == {Sort.SPELLING: 1}
    assert sorts(edits("", "عنوان فرعي", is_heading=True)) == {Sort.HEADLINE: 1}


def test_a_number_within_a_quotation_says_that_it_is_quoted() -> None:
    (edit,) = edits("قال «وصل 5 منا» وخرج", "قال «وصل 6 منا» وخرج")
    assert (edit.sort, edit.quoted) == (Sort.NUMBER, True)


def test_a_quotation_that_nobody_closes_ends_with_its_paragraph() -> None:
    before, after = "قال «نحن هنا\n\nوصل الوفد المفاوض أمس", "قال «نحن هنا\n\nوصل الوفد الكبير أمس"
    assert told(before, after) == {Sort.REWORDING: 1}


def test_several_edits_are_told_one_by_one() -> None:
    before = f"{LEAD}\n\nووصل 5 مراقبين.\n\nوقال الوزير «سنبقى» ثم خرج.\n\nوالطقس بارد في المدينة."
    after = f"{LEAD}\n\nووصل 6 مراقبين.\n\nوقال الوزير «سنعود» ثم خرج.\n\nوتابع صحفيون الجلسة من بعيد."
    assert told(before, after) == {Sort.NUMBER: 1, Sort.QUOTE: 1, Sort.REWORDING: 1}


TURNED = {Sort.REMOVAL: Sort.ADDITION, Sort.ADDITION: Sort.REMOVAL}


@given(PAIRS)
def test_the_other_way_round_a_removal_is_an_addition_and_all_else_stays(pair: tuple[str, str]) -> None:
    def place(edit: Edit) -> tuple[int, int, int, int]:
        return edit.change.after.start, edit.change.after.end, edit.change.before.start, edit.change.before.end

    one, other = edits(*pair), edits(*reversed(pair))
    back = [(TURNED.get(edit.sort, edit.sort), mirrored([edit.change])[0]) for edit in other]
    back.sort(key=lambda each: (each[1].after.start, each[1].after.end, each[1].before.start, each[1].before.end))
    assert [(edit.sort, edit.change) for edit in sorted(one, key=place)] == back


@pytest.mark.parametrize(
    ("one", "other", "is_slip"),
    [
        ("المفاوضات", "المفاوضاات", True),
        ("المفاوضات", "المفوضات", True),
        ("المفاوضات", "المفاوصات", True),
        ("المفاوضات", "المفاوضت", True),
        ("المراقبون", "المراقبين", True),
        ("يؤكد", "يؤيد", False),
        ("يبني", "يبكي", False),
        ("سيشارك", "شارك", False),
        ("قتل", "قبل", False),
        ("المفاوضات", "المحادثات", False),
        ("1234", "1235", False),
    ],
)
def test_a_slip_of_the_pen_is_told_from_another_word(one: str, other: str, is_slip: bool) -> None:
    assert is_typo(one, other) is is_typo(other, one) is is_slip
