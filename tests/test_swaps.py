"""archive/lineage/swaps.py and loaded.py: wording of the outlet's own, never a word that a version of the wire has."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.lineage.loaded import Pairs
from archive.lineage.swaps import Against, against
from archive.lineage.witness import Witness
from crawler.errors import FactsError
from crawler.loaded import load_pairs
from tests.witnessed import FISH, NEXT, OWN, witness

PAIRS = load_pairs()
TALKS = "استقبل وفد الحكومة السورية ممثلي الفصائل في قاعة جانبية قبل أن يبدأ الحوار الذي دعت إليه الأمم المتحدة."
SAID = "وقال متحدث إن «قوات الحكومة السورية تراجعت كيلومترين عن الطريق» منذ صباح أمس."
COUNT = "ووصل إلى القاعة 12 صحفيًا من بلدان الجوار بعد تأخر استمر ساعتين عند المعبر."
WIRED = (TALKS, SAID, COUNT, NEXT)


def compared(copy: tuple[str, ...], *takes: tuple[str, ...]) -> Against:
    versions = [witness("wasla-1", *sentences, minute=number) for number, sentences in enumerate(takes or (WIRED,))]
    return against(witness("nakhla-1", *copy, minute=60), versions, PAIRS)


def swapped(found: Against) -> list[tuple[str, str]]:
    return [(swap.before.words, swap.after.words) for swap in found.swaps]


def changed(old: str, new: str, *, of: tuple[str, ...] = WIRED) -> tuple[str, ...]:
    assert any(old in sentence for sentence in of)
    return tuple(sentence.replace(old, new) for sentence in of)


def test_a_loaded_word_in_the_place_of_the_wires_is_told_with_both_sides() -> None:
    (swap,) = compared(changed("وفد الحكومة السورية", "وفد النظام السوري")).narration
    assert (swap.before.words, swap.after.words) == ("الحكومة السورية", "النظام السوري")
    assert [(each.pair, each.wire, each.outlet) for each in swap.loaded] == [
        ("rule in Damascus", "government", "regime")
    ]


def test_a_word_that_another_take_of_the_wire_has_is_no_swap_of_the_outlets() -> None:
    copy = changed("الفصائل", "فصائل المعارضة")
    assert swapped(compared(copy)) == [("الفصائل", "فصائل المعارضة")]
    assert swapped(compared(copy, WIRED, changed("الفصائل", "فصائل المعارضة"))) == []
    # Neither is it where the take that has the word differs elsewhere, and another one is nearer.
    other = (changed("الفصائل", "فصائل المعارضة")[0], "لم يحضر أحد من المدعوين.", FISH)
    assert swapped(compared(copy, WIRED, other)) == []


def test_a_corrected_number_of_a_later_take_is_the_wires() -> None:
    assert swapped(compared(changed("12", "14"), WIRED, changed("12", "14"))) == []
    assert swapped(compared(changed("12", "15"), WIRED, changed("12", "14"))) == [("12", "15")]


def test_words_put_into_a_quotation_are_told_apart_from_narration() -> None:
    found = compared(changed("«قوات الحكومة السورية", "«قوات النظام"))
    assert [(swap.before.words, swap.after.words) for swap in found.quotes] == [("الحكومة السورية", "النظام")]
    assert found.narration == ()


def test_spelling_and_datelines_and_what_was_left_out_are_no_wording() -> None:
    versions = [witness("wasla-1", f"أستانا (وصلة) - {TALKS}", *WIRED[1:], opening="أستانا (وصلة) -")]
    spelled = f"أستانة – وصلة: {TALKS.replace('الفصائل', 'الفصائِل')}"
    copy = witness("nakhla-1", spelled, COUNT, OWN, minute=60, opening="أستانة – وصلة:")
    assert against(copy, versions, PAIRS).swaps == ()


def test_a_passage_told_anew_is_no_swap_of_words() -> None:
    anew = "التقى الطرفان على انفراد في قاعة صغيرة لم يدخلها المصورون ولم يعرف أحد ما قيل فيها حتى المساء."
    assert compared((anew, *WIRED[1:])).swaps == ()


def test_the_nearest_version_is_the_one_that_the_copy_was_cut_from() -> None:
    later = changed("ساعتين", "ساعة واحدة")
    found = compared(later[:3], WIRED, later)
    assert found.nearest.text == "\n\n".join(later)
    assert len(found.versions) == 2


def test_chances_are_the_wires_own_words_in_narration_that_the_copy_goes_on_with() -> None:
    kept = compared(WIRED).chances
    assert {(each.pair, each.side, each.kept) for each in kept} == {
        ("rule in Damascus", "government", True),
        ("armed opponents", "factions", True),
    }
    taken = compared(changed("وفد الحكومة السورية", "وفد النظام")).chances
    assert [each.kept for each in taken if each.pair == "rule in Damascus"] == [False]
    assert compared(WIRED[1:]).chances == ()  # the sentence is left out: nothing was decided about its words


SENTENCES = st.lists(st.sampled_from([TALKS, SAID, COUNT, NEXT, FISH, OWN]), min_size=1, max_size=5)


@given(SENTENCES, SENTENCES)
@settings(max_examples=20, deadline=None)
def test_a_copy_of_any_held_version_has_no_wording_of_its_own(one: list[str], other: list[str]) -> None:
    assert compared(tuple(one), tuple(one), tuple(other)).swaps == ()


# ---- the table -------------------------------------------------------------------------------------------------------


def test_particles_may_be_written_with_a_phrase_and_the_longest_one_wins() -> None:
    found = PAIRS.in_text("وللنظام السوري جيشه، وبقوات النظام مقاتلون")
    assert [(each.pair, each.side, each.said) for each in found][:2] == [
        ("rule in Damascus", "regime", "وللنظام السوري"),
        ("its troops", "regime troops", "وبقوات النظام"),
    ]


def test_phrases_say_where_they_stand() -> None:
    said = f"{TALKS}\n\n{SAID}"
    for each in PAIRS.in_text(said):
        assert said[each.start : each.end] == each.said


def test_an_empty_table_finds_nothing() -> None:
    assert Pairs.of({}).in_text(TALKS) == ()


def table(folder: Path, lines: str) -> Path:
    path = folder / "pairs.yml"
    path.write_text(lines, encoding="utf-8")
    return path


def test_a_researchers_own_table_is_read(tmp_path: Path) -> None:
    own = load_pairs(table(tmp_path, "pairs:\n  city:\n    old: [نور سلطان]\n    new: [أستانا]\n"))
    assert [(each.pair, each.side) for each in own.in_text("وصل إلى نور سلطان")] == [("city", "old")]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("pairs:\n  city:\n    old: [نور سلطان]\n", "two sides"),
        ("pairs:\n  city:\n    old: [نور سلطان]\n    new: [نور سلطان]\n", "on two sides"),
        ("pairs:\n  city:\n    old: [نور سلطان]\n    new: []\n", "each with a phrase"),
        ("words: {}\n", "key is missing"),
    ],
)
def test_a_broken_table_is_refused_with_file_and_line(tmp_path: Path, lines: str, wrong: str) -> None:
    with pytest.raises(FactsError, match=wrong) as told:
        load_pairs(table(tmp_path, lines))
    assert "pairs.yml:" in str(told.value)


def test_no_phrase_of_the_built_in_table_stands_for_two_sides_of_a_pair_when_folded() -> None:
    for places in PAIRS.phrases.values():
        assert len({pair for pair, _ in places}) == len(places)


def test_witnesses_of_the_wire_keep_their_order_whatever_it_was() -> None:
    takes: list[Witness] = [witness("wasla-1", *WIRED, minute=number) for number in (3, 1, 2)]
    found = against(witness("nakhla-1", *WIRED, minute=9), takes, PAIRS)
    assert [each.earliest.minute for each in found.versions] == [1, 2, 3]
