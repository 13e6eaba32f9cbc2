"""archive/tracing.py: what is looked up in the catalog for a lineage and for a comparison with a wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from archive.catalog import Catalog, Query, TextObject
from archive.errors import NotHeldError
from archive.records import Kind, Reading
from archive.tracing import lineage, wire_totals, wires
from crawler.loaded import load_pairs
from tests.made import NOON, article, reading, shelf
from tests.witnessed import CREW, FISH, HOUSES, LEAD, NEXT, OWN, TUGS, WIRE, text

PAIRS = load_pairs()
FULL = (LEAD, CREW, TUGS, FISH, NEXT, OWN)


def sent(number: int, *sentences: str, minute: int = 0, kind: Kind = Kind.NEWS, day: int = 1) -> Reading:
    """A text of the wire, or its next edition."""
    at = NOON + timedelta(minutes=minute)
    return reading(f"wasla-{number}", article(text(*sentences), at=at, kind=kind, title="تعويم السفينة"), day=day)


def copied(*sentences: str, minute: int = 300) -> Reading:
    return reading("nakhla-1", article(text(*sentences), at=NOON + timedelta(minutes=minute), agency=WIRE))


def shelved(*readings: Reading) -> list[TextObject]:
    names = sorted({one.outlet for one in readings})
    return [
        shelf(
            name, [one for one in readings if one.outlet == name], outlet=name, agency=WIRE if name == "wasla" else None
        )
        for name in names
    ]


def catalog(*readings: Reading) -> Catalog:
    made = Catalog.open("sqlite://")
    made.take(shelved(*readings))
    return made


def swapped(held: Catalog) -> list[str]:
    (one,) = wires(held, held.story("nakhla-1"), HOUSES, PAIRS)
    return [swap.after.words for swap in one.against.swaps]


MENDED = CREW.replace("بخير", "سالمون")


def test_an_earlier_edition_of_the_wire_is_one_of_its_versions() -> None:
    copy = copied(LEAD, MENDED, TUGS, FISH)
    assert swapped(catalog(sent(1, *FULL), copy)) == ["سالمون"]
    assert swapped(catalog(sent(1, LEAD, MENDED, *FULL[2:]), sent(1, *FULL, day=2), copy)) == []


def test_a_take_that_grew_is_one_of_the_wires_versions_though_it_is_a_story_of_its_own() -> None:
    short = sent(2, LEAD, MENDED, minute=-60)
    held = catalog(sent(1, *FULL), short, copied(LEAD, MENDED, TUGS, FISH))
    assert swapped(held) == []
    (one,) = wires(held, held.story("nakhla-1"), HOUSES, PAIRS)
    assert sorted(each.story for each in one.against.versions) == ["wasla-1", "wasla-2"]


def test_a_flash_and_its_report_are_steps_of_one_chain() -> None:
    line = "تعويم السفينة التي جنحت قرب الرصيف الشمالي"
    held = catalog(sent(1, line, kind=Kind.FLASH), sent(2, *FULL, minute=40))
    found = lineage(held, held.story("wasla-2"), HOUSES)
    assert [(step.text.story, step.stage.value) for step in found.chain] == [("wasla-1", "flash"), ("wasla-2", "full")]


def test_undated_stories_have_no_chain_and_no_earliest_before_them() -> None:
    undated = replace(copied(*FULL), outcome=article(text(*FULL), at=None))
    held = catalog(sent(1, *FULL), undated)
    found = lineage(held, held.story("nakhla-1"), HOUSES)
    assert found.chain == ()
    assert found.tree.earliest == ("nakhla-1", "wasla-1")


def test_without_names_of_houses_credits_of_agencies_are_still_read() -> None:
    held = catalog(sent(1, *FULL), copied(*FULL[:4]))
    assert lineage(held, held.story("nakhla-1")).link.source == "wasla-1"


def test_totals_count_copies_that_fit_and_nothing_else() -> None:
    held = catalog(sent(1, *FULL), copied(*FULL[:4]), reading("ufuq-1", article(text(OWN, NEXT))))
    found = wire_totals(held, Query(), HOUSES, PAIRS)
    assert [(each.outlet, each.month, each.copies) for each in found] == [("nakhla", "2017-01", 1), ("nakhla", None, 1)]
    assert wire_totals(held, Query(outlets=("ufuq",)), HOUSES, PAIRS) == ()


def test_what_has_no_wire_is_refused_by_name() -> None:
    held = catalog(sent(1, *FULL), reading("ufuq-1", article(text(OWN, NEXT))))
    with pytest.raises(NotHeldError, match="no wire of ufuq-1"):
        wires(held, held.story("ufuq-1"))
    with pytest.raises(NotHeldError, match="no copy of it is held"):
        wires(held, held.story("wasla-1"))


def test_an_item_with_a_passage_in_common_is_told_and_is_no_source() -> None:
    report = [
        f"وتحدث الشاهد رقم {n} عن أمر آخر لا صلة له بالسفينة في حي بعيد من أحياء المدينة القديمة." for n in range(9)
    ]
    other = ("استعاد مؤرخ المدينة حوادث المرفأ في قرن كامل من الصور والدفاتر.", TUGS, FISH, *report)
    held = catalog(sent(1, *FULL), reading("ufuq-1", article(text(*other), at=NOON + timedelta(minutes=30))))
    (passing,) = lineage(held, held.story("ufuq-1"), HOUSES).passing
    assert (passing.other, passing.earlier) == ("wasla-1", "wasla-1")
    assert [each.copy.words for each in passing.passages] == [text(TUGS, FISH).rstrip(".")]
    assert lineage(held, held.story("ufuq-1"), HOUSES).link.source is None
