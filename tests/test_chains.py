"""archive/lineage/chains.py: flash, short item, full report of one house."""

from __future__ import annotations

from archive.lineage.chains import Stage, chain
from archive.lineage.witness import Witness
from archive.records import Kind
from tests.witnessed import CREW, FISH, LEAD, NEXT, OWN, TUGS, witness

LINE = "تعويم السفينة التي جنحت قرب الرصيف الشمالي"
FLASH = witness("wasla-1", LINE, minute=0, kind=Kind.FLASH, title=f"عاجل: {LINE}")
SHORT = witness("wasla-2", LEAD, CREW, minute=20, title="تعويم السفينة الجانحة")
FULL = witness("wasla-3", LEAD, CREW, TUGS, FISH, NEXT, OWN, minute=120, title="تعويم السفينة بعد ثلاثة أيام")
HOUSE = (FLASH, SHORT, FULL)


def stages(text: Witness, *others: Witness) -> list[tuple[str, Stage]]:
    return [(step.text.story, step.stage) for step in chain(text, others)]


def test_a_flash_grew_into_a_short_item_and_that_into_the_full_report() -> None:
    told = [("wasla-1", Stage.FLASH), ("wasla-2", Stage.SHORT), ("wasla-3", Stage.FULL)]
    assert [stages(each, *HOUSE) for each in HOUSE] == [told, told, told]
    assert stages(SHORT, *reversed(HOUSE)) == told


def test_another_houses_texts_are_no_step() -> None:
    assert stages(witness("ufuq-1", LINE, kind=Kind.FLASH), SHORT, FULL) == []


def test_a_flash_of_another_place_day_or_round_is_no_step() -> None:
    for other in ("الجنوبي", "الرابع"):
        line = LINE.replace("الشمالي", other)
        assert stages(witness("wasla-1", line, kind=Kind.FLASH), FULL) == []
    rounds = "بدء الجولة الرابعة من محادثات أستانا حول سوريا"
    report = ("بدأت الجولة الخامسة من محادثات أستانا حول سوريا صباح اليوم.", CREW, TUGS, FISH)
    told = witness("wasla-2", *report, minute=30, title="بدء الجولة الخامسة من محادثات أستانا حول سوريا")
    assert stages(witness("wasla-1", rounds, kind=Kind.FLASH), told) == []


def test_a_text_of_another_day_or_no_longer_than_the_first_is_no_step() -> None:
    assert stages(FLASH, witness("wasla-3", LEAD, CREW, TUGS, minute=60 * 30)) == []
    assert stages(SHORT, witness("wasla-3", LEAD, CREW, minute=60)) == []


def test_one_word_of_a_long_flash_may_be_said_otherwise() -> None:
    line = "مدير المرفأ يعلن تعويم السفينة التي جنحت قرب الرصيف الشمالي بعد ثلاثة أيام"
    found = [story for story, _ in stages(witness("wasla-1", line, kind=Kind.FLASH), FULL)]
    assert found == ["wasla-1", "wasla-3"]


def test_a_flash_of_a_few_words_could_be_anything() -> None:
    assert stages(witness("wasla-1", "عاجل: تعويم السفينة", kind=Kind.FLASH), FULL) == []


def test_a_dateline_is_no_part_of_what_a_flash_says() -> None:
    line = witness("wasla-1", f"اللاذقية (وصلة) - {LINE}", kind=Kind.FLASH, opening="اللاذقية (وصلة) -")
    assert [story for story, _ in stages(line, FULL)] == ["wasla-1", "wasla-3"]
