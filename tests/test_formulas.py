"""Forms of words that come back on days far apart: how they are learned, shelved, and what the rule makes of them."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import islice, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.arabic import tokens
from archive.likeness.copies import Piece, Refusal, Verdict, compare
from archive.likeness.formulas import NONE, Formulas, learned, phrases
from archive.records import EdgeKind, Kind

DAY = date(2017, 9, 1)
CABLE = (
    "بعث رئيس الجمهورية برقية تهنئة إلى {} بمناسبة ذكرى {} في بلاده، أعرب فيها باسمه وباسم الشعب عن أصدق التهاني وأطيب "
    "التمنيات بدوام الصحة والسعادة وللشعب الصديق باطراد التقدم والازدهار، منوها بما يربط البلدين من علاقات {}"
)
NAMES = (
    ("ملك السويد", "اليوم الوطني", "متينة في ميادين التعليم والملاحة"),
    ("سلطان بروناي", "عيد الجلوس", "قديمة ترعاها لجان مشتركة للغابات"),
    ("إمبراطور اليابان", "الميلاد", "راسخة عززتها اتفاقات الفضاء والبحار"),
    ("حاكم أستراليا", "التأسيس", "طيبة أثمرت مصانع للألبان والصوف"),
)
ITEM = (
    "أعلن مدير المتحف إعادة فتح القاعة الشرقية بعد ترميم استمر أعواما، وعرض فيها مئة قطعة من الفخار عثر عليها طلاب "
    "الآثار قرب النهر، وقال إن الدخول مجاني حتى نهاية الموسم وإن المدارس تحجز جولاتها مسبقا عبر مكتب الزوار"
)
EDITED = ITEM.replace("أعواما", "سنوات طويلة").replace("مجاني", "بلا مقابل").replace("مسبقا", "باكرا").replace(
    "عثر عليها طلاب الآثار", "وجدها دارسو التاريخ"
)  # fmt: skip


def cable(number: int) -> str:
    return CABLE.format(*NAMES[number])


def folded(text: str) -> tuple[str, ...]:
    return tuple(tokens(text))


def piece(text: str, kind: Kind = Kind.NEWS) -> Piece:
    at = datetime(2017, 9, 14, tzinfo=UTC)
    return Piece.of(tokens(text), kind, at, at + timedelta(minutes=1))


def judged(one: str, other: str, known: Formulas) -> EdgeKind | Refusal | None:
    verdict: Verdict = compare(piece(one), piece(other), known)
    return verdict.edge or verdict.refusal


def taught(*days: int) -> Formulas:
    """What cables of these days, and an item printed again and again at once, teach."""
    texts = [(DAY + timedelta(days=day), folded(cable(at))) for at, day in enumerate(days)]
    return learned(sorted([*texts, *((DAY + timedelta(days=day), folded(ITEM)) for day in (0, 1, 2, 3))]))


def test_a_form_of_words_is_met_on_days_far_apart_and_an_item_on_days_together() -> None:
    known = taught(0, 3, 6)
    assert known.days
    assert set(known.days.values()) == {3}
    assert not any(known.places(piece(ITEM).laid.packed))
    assert not taught(0, 1, 2, 3).days
    assert not taught(0, 30).days


def test_two_texts_of_one_form_are_no_copies_once_it_is_known() -> None:
    known = taught(0, 10, 20)
    assert judged(cable(0), cable(3), known) is Refusal.TEMPLATE
    assert judged(cable(3), cable(3).replace("طيبة", "ودية"), known) is EdgeKind.COPY


def test_a_form_of_words_filled_with_the_same_is_a_copy_however_it_is_edited() -> None:
    known = taught(0, 10, 20)
    edited = cable(0).replace("أصدق", "خالص").replace("باطراد", "بمزيد").replace("منوها", "مشيدا")
    alike = compare(piece(cable(0)), piece(edited), known)
    assert alike.likeness.jaccard < 0.7
    assert alike.edge is EdgeKind.COPY
    assert judged(cable(1), edited, known) is Refusal.TEMPLATE


@pytest.mark.parametrize(("more", "told"), [(40, EdgeKind.COPY), (90, EdgeKind.PART)])
def test_a_longer_text_that_opens_otherwise_is_a_copy_by_most_of_its_words(more: int, told: EdgeKind) -> None:
    words = ["".join(letters) for letters in islice(product("بتثجحخد", repeat=4), 120 + more)]
    item, lead = " ".join(words[:120]), " ".join(words[120:])
    assert judged(item, f"{lead} {item}", taught(0, 10, 20)) is told
    assert judged(item, f"{item} {lead}", taught(0, 10, 20)) is EdgeKind.COPY


def test_an_edited_copy_is_believed_where_forms_of_words_are_known() -> None:
    assert judged(ITEM, EDITED, taught(0, 10, 20)) is EdgeKind.COPY
    assert judged(ITEM, EDITED, NONE) is not EdgeKind.COPY


def test_a_communique_and_the_report_that_prints_it_stay_apart() -> None:
    report = f"وزع المكتب الإعلامي البيان الآتي: {ITEM}"
    verdict = compare(piece(report), piece(ITEM, Kind.DOCUMENT))
    assert (verdict.edge, verdict.inner) == (EdgeKind.PART, 1)
    assert compare(piece(ITEM, Kind.DOCUMENT), piece(ITEM, Kind.DOCUMENT)).edge is EdgeKind.COPY
    assert (
        compare(piece(ITEM, Kind.DOCUMENT), piece(EDITED, Kind.DOCUMENT), taught(0, 10, 20)).edge is not EdgeKind.COPY
    )


dated = st.lists(st.tuples(st.dates(DAY, DAY + timedelta(days=30)), st.sampled_from(range(4))), max_size=12)


@given(dated, st.randoms(use_true_random=False))
def test_the_same_texts_in_any_order_and_any_turns_teach_the_same(
    texts: list[tuple[date, int]], chance: random.Random
) -> None:
    told = [(day, folded(cable(number))) for day, number in texts]
    before = learned(sorted(told))
    chance.shuffle(told)
    told.sort(key=lambda text: text[0])  # those of one day as chance left them
    assert learned(told).to_bytes() == before.to_bytes()
    assert learned(told, turns=3) == before


def test_a_shelved_table_reads_back_equal_and_no_other_table_is_taken_for_one() -> None:
    known = taught(0, 10, 20)
    assert Formulas.from_bytes(known.to_bytes()) == known
    assert Formulas.from_bytes(NONE.to_bytes()) == NONE
    for other in (b"[]", b"{}", known.to_bytes().replace(b'"numbering":"', b'"numbering":"other-'), b"\xff"):
        with pytest.raises(ValueError, match=r".+"):
            Formulas.from_bytes(other)


def test_a_text_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="comes after"):
        learned([(DAY + timedelta(days=1), folded(ITEM)), (DAY, folded(ITEM))])


def test_what_was_learned_is_shown_in_the_words_of_the_texts() -> None:
    said = phrases([folded(cable(at)) for at in range(4)], taught(0, 10, 20), 1)
    assert said == [(" ".join(tokens(CABLE[CABLE.index("في بلاده") : CABLE.index("علاقات")] + "علاقات")), 4)]
