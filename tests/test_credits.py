"""archive/lineage/credits.py: what copies say of their wires; only what is sure is said."""

from __future__ import annotations

import pytest

from archive.lineage.credits import Check, Stated, checks
from archive.lineage.witness import Witness
from archive.records import Kind
from tests import newsroom_truth
from tests.newsroom_truth import COPIES
from tests.traced import sheets, traced
from tests.witnessed import CREW, HOUSES, ITEM, LEAD, OWN, WIRE, tree, witness

SHEETS = sheets()
TRUTHS = {f"{outlet}-{truth.id}": truth for outlet, several in newsroom_truth.load().items() for truth in several}
OF_WIRES = sorted(story for story, sheet in SHEETS.items() if sheet.source and sheet.source.startswith("wasla/"))


def check_of(story: str) -> list[Check]:
    return [each for each in traced(story).checks if each.story == story]


@pytest.mark.slow
@pytest.mark.parametrize("story", OF_WIRES)
def test_every_copy_of_the_press_is_credited_or_not_as_its_author_meant(story: str) -> None:
    (check,) = check_of(story)
    meant = Stated.CREDITED if TRUTHS[story].agency == WIRE else Stated.NONE
    assert (check.stated, check.wire) == (meant, WIRE)
    assert check.source == str(SHEETS[story].source).replace("/", "-")


@pytest.mark.slow
@pytest.mark.parametrize("story", sorted(set(SHEETS) - set(OF_WIRES)))
def test_no_other_text_of_the_press_is_judged(story: str) -> None:
    assert TRUTHS[story].relation not in COPIES or not OF_WIRES.count(story)
    assert check_of(story) == []


@pytest.mark.parametrize("story", ["nakhla-4013", "midan-5116"])
def test_a_round_up_that_prints_an_items_dateline_credits_it(story: str) -> None:
    assert {each.check.stated for each in traced(story).inside if each.check} == {Stated.CREDITED}


# ---- one rule after another ------------------------------------------------------------------------------------------


def stated(copy: Witness, *, wire: Witness | None = None) -> Stated | None:
    found = checks(tree(wire or witness("wasla-1"), copy), HOUSES)
    return found[0].stated if found else None


def copied(*sentences: str, **more: object) -> Witness:
    return witness("nakhla-1", *(sentences or ITEM), minute=30, **more)


def test_the_four_answers() -> None:
    assert stated(copied(agency=WIRE, credit=WIRE)) is Stated.CREDITED
    assert stated(copied(credit="وكالات", partial=True)) is Stated.PARTIAL
    assert stated(copied(credit="الميدان")) is Stated.NONE  # a paper is no wire
    assert stated(copied()) is Stated.NONE
    assert stated(copied(agency="رويترز", credit="رويترز")) is Stated.OTHER


def test_a_byline_or_closing_line_credits_too() -> None:
    assert stated(copied(byline="وكالة وصلة للأنباء")) is Stated.CREDITED
    assert stated(copied(*ITEM, "المصدر: وصلة")) is Stated.CREDITED


def test_a_mention_is_not_taken_for_a_credit_nor_for_its_absence() -> None:
    assert (
        stated(copied(*ITEM, "وكان مكتب وصلة في المدينة قد أغلق أبوابه منذ عامين بعد خلاف على الإيجار."))
        is Stated.PARTIAL
    )


def test_who_the_wire_itself_had_it_from_may_be_credited_instead() -> None:
    said = "ونقلت الوكالة عن رويترز أن شركة التأمين أرسلت خبيرًا إلى المكان."
    wire = witness("wasla-1", *ITEM, said)
    assert stated(copied(*ITEM, said, agency="رويترز", credit="رويترز"), wire=wire) is Stated.CREDITED


def test_a_credit_in_two_steps_credits_both() -> None:
    assert stated(copied(agency="رويترز", credit="رويترز نقلًا عن وصلة", chain=("رويترز", WIRE))) is Stated.CREDITED


@pytest.mark.parametrize(
    "copy",
    [
        copied(LEAD, OWN, OWN.replace("الحي", "السوق"), OWN.replace("السفينة", "القاطرة"), OWN.replace("سكان", "أهل")),
        copied(kind=Kind.DOCUMENT),
        witness("nakhla-1", minute=-30),
    ],
    ids=["little is shared", "a document is nobody's", "it was printed before the wire"],
)
def test_what_is_not_sure_is_not_judged(copy: Witness) -> None:
    assert stated(copy) is None


def test_another_agencys_text_is_judged_only_by_its_credit() -> None:
    other = witness("sana-1", minute=30, wire="سانا")
    assert stated(other) is Stated.NONE  # it came surely later
    assert stated(witness("sana-1", minute=0, wire="سانا")) is None  # nothing tells who had it from whom


def test_a_copy_of_a_copy_is_held_against_the_wire_above_both() -> None:
    texts = (witness("wasla-1"), witness("nakhla-1", LEAD, OWN, CREW, minute=10, agency=WIRE),
             witness("ufuq-1", LEAD, OWN, CREW, minute=30))  # fmt: skip
    found = {each.story: each for each in checks(tree(*texts), HOUSES)}
    assert found["ufuq-1"].source == "wasla-1"
    assert found["ufuq-1"].stated is Stated.NONE


def test_an_agency_that_passes_on_anothers_report_is_credited_by_either_name() -> None:
    passed_on = witness("wasla-1", agency="رويترز", credit="رويترز")
    assert stated(copied(agency=WIRE, credit=WIRE), wire=passed_on) is Stated.CREDITED
    assert stated(copied(agency="رويترز", credit="رويترز"), wire=passed_on) is None  # it may be from that one itself
