"""archive/lineage: likely sources among what is held, sources that are not, and directions refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.lineage.evidence import Evidence
from archive.lineage.told import tree_json
from archive.lineage.tree import Tree, grow
from archive.lineage.witness import Witness
from archive.records import EdgeKind, Kind
from archive.texts import to_line
from crawler.houses import houses_of
from tests.traced import AGENCIES, OUTLETS, catalog, sheets, traced
from tests.witnessed import (
    CREW,
    FISH,
    HOUSES,
    ITEM,
    LEAD,
    NEXT,
    OWN,
    TUGS,
    WIRE,
    branch,
    tree,
    undated,
    witness,
)

SHEETS = sheets()
WIRES = frozenset(story for story in SHEETS if story.startswith("wasla-"))
COPIES = {story: str(sheet.source).replace("/", "-") for story, sheet in SHEETS.items() if sheet.source}
ROUND_UPS = {story: {one.replace("/", "-") for one in sheet.embed} for story, sheet in SHEETS.items() if sheet.embed}
TABLE = houses_of(OUTLETS, AGENCIES)
UNCREDITED = {"midan-5107", "midan-5109", "nakhla-4010", "ufuq-9011"}


# ---- the practice press ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("story", sorted(COPIES))
def test_a_copy_is_traced_to_the_manuscript_it_was_made_from(story: str) -> None:
    assert traced(story).link.source == COPIES[story]


@pytest.mark.slow
@pytest.mark.parametrize("story", sorted(set(SHEETS) - set(COPIES)))
def test_what_was_copied_from_nobody_has_no_source_among_what_is_held(story: str) -> None:
    assert traced(story).link.source is None


@pytest.mark.parametrize("story", sorted(ROUND_UPS))
def test_items_inside_a_round_up_came_from_their_wires_and_not_from_the_round_up(story: str) -> None:
    inside = traced(story).inside
    assert {each.pair.source.story for each in inside if each.pair} == ROUND_UPS[story]
    assert {each.piece for each in inside} == {story}
    for item in ROUND_UPS[story]:
        (each,) = traced(item).inside
        assert (each.piece, each.pair and each.pair.copy.story) == (story, story)


@pytest.mark.slow
@pytest.mark.parametrize("story", sorted(set(COPIES) - UNCREDITED))
def test_where_the_wire_is_withheld_its_credited_copies_have_an_unseen_source_by_name(story: str) -> None:
    link = traced(story, WIRES).link
    assert (link.source, link.unseen) == (None, WIRE)
    assert Evidence.CREDIT in link.evidence


@pytest.mark.slow
@pytest.mark.parametrize("story", sorted(ROUND_UPS))
def test_where_the_wire_is_withheld_datelines_left_inside_a_round_up_name_it(story: str) -> None:
    found = traced(story, WIRES)
    assert (found.link.unseen, found.link.evidence) == (WIRE, (Evidence.LEFTOVER,))
    assert all(each.pair is None and each.unseen == WIRE for each in found.inside)


@pytest.mark.slow
@pytest.mark.parametrize("story", sorted(UNCREDITED - {"midan-5109"}))
def test_where_the_wire_is_withheld_an_uncredited_copy_is_traced_to_nobody(story: str) -> None:
    link = traced(story, WIRES).link
    assert (link.source, link.unseen) == (None, None)


@pytest.mark.slow
def test_two_copies_of_a_withheld_wire_stay_siblings() -> None:
    (siblings,) = traced("nakhla-4005", WIRES).tree.siblings
    assert (siblings.one, siblings.other) == ("nakhla-4005", "ufuq-9003")
    assert siblings.why == "both from a source that is not held"


def test_the_earliest_held_is_named_alone_only_where_no_dates_overlap() -> None:
    assert traced("nakhla-4005").tree.earliest == ("wasla-7006",)
    assert traced("ufuq-9001").tree.earliest == ("midan-5101", "wasla-7001")  # midan prints the day alone


def test_the_press_has_parts_and_no_flash_that_grew() -> None:
    held = catalog()
    assert any(edge.kind is EdgeKind.PART for edge in held.parts("midan-5116"))
    # The flash tells that the round began, the report of the next day that it ended.
    assert traced("wasla-7023").chain == ()
    assert traced("nakhla-4019").chain == ()


# ---- one rule after another ------------------------------------------------------------------------------------------


def source_of(story: str, grown: Tree) -> tuple[str | None, str | None]:
    link = grown.link(story)
    return link.source, link.unseen


def own(*sentences: str, minute: float = 0, **more: object) -> Witness:
    return witness("wasla-1", *sentences, minute=minute, **more)


def test_dates_that_overlap_give_no_direction() -> None:
    grown = tree(witness("nakhla-1", minute=0, lasts=60), witness("ufuq-1", minute=30, lasts=60))
    assert [link.source for link in grown.links] == [None, None]
    assert grown.siblings[0].why == "their dates overlap, and no credit tells"
    assert grown.earliest == ("nakhla-1", "ufuq-1")


@pytest.mark.parametrize(
    "signed",
    [
        witness("nakhla-1", byline="ميساء قطان"),
        witness("nakhla-1", *ITEM, "وعلمت «النخلة» أن السفينة تبحر غدًا."),
    ],
)
def test_a_later_text_of_the_same_words_likely_came_from_the_earlier_one(signed: Witness) -> None:
    grown = tree(signed, witness("ufuq-1", LEAD, CREW, NEXT, minute=30))
    assert source_of("ufuq-1", grown) == ("nakhla-1", None)
    assert grown.link("ufuq-1").evidence == (Evidence.DATES,)


@pytest.mark.parametrize(
    "unsigned",
    [
        witness("nakhla-1"),
        witness("nakhla-1", byline="النخلة"),
        witness("nakhla-1", byline="ميساء قطان", partial=True, credit="وكالات"),
    ],
)
def test_of_two_papers_that_do_not_say_whose_work_it_is_the_dates_alone_tell_nothing(unsigned: Witness) -> None:
    grown = tree(unsigned, witness("ufuq-1", LEAD, CREW, NEXT, minute=30))
    assert [link.source for link in grown.links] == [None, None]
    assert grown.siblings[0].why.startswith("only the dates tell")


def test_an_agency_that_names_a_paper_had_its_item_from_there_if_it_surely_came_later() -> None:
    taken = f"وعلمت «النخلة» أن {LEAD}"
    paper, agency = witness("nakhla-1", taken, CREW, TUGS), own(taken, CREW, TUGS, minute=30)
    assert source_of("wasla-1", tree(paper, agency)) == ("nakhla-1", None)
    assert source_of("wasla-1", tree(paper, replace(agency, agency=WIRE, credit=WIRE))) == ("nakhla-1", None)
    overlapping = own(taken, CREW, TUGS, lasts=60)
    assert source_of("wasla-1", tree(paper, overlapping)) == (None, None)


def test_dates_alone_do_not_make_a_source_of_a_text_that_lacks_sentences_of_the_later_one() -> None:
    grown = tree(witness("nakhla-1", LEAD, CREW, NEXT), witness("ufuq-1", LEAD, CREW, TUGS, FISH, minute=30))
    assert source_of("ufuq-1", grown) == (None, None)
    assert "lacks" in grown.siblings[0].why


def test_among_three_houses_dates_alone_tell_nothing_of_any_two() -> None:
    grown = tree(
        witness("nakhla-1", byline="ميساء قطان"),
        witness("ufuq-1", minute=30, byline="رامي خلف"),
        witness("midan-1", minute=60),
    )
    assert [link.source for link in grown.links] == [None, None, None]
    assert {each.why for each in grown.siblings} == {
        "several houses have it, and the dates alone tell nothing of any two"
    }
    again = tree(witness("nakhla-1"), witness("ufuq-1", minute=30), witness("nakhla-2", minute=60))
    assert source_of("nakhla-2", again) == ("nakhla-1", None)  # of one house they do
    assert again.earliest == ("nakhla-1",)


def test_a_reading_that_two_texts_share_against_a_sibling_may_be_their_wires() -> None:
    slips = CREW.replace("الهيكل", "الهيلك").replace("شقوقًا", "شقوفًا")
    texts = witness("nakhla-1"), witness("nakhla-2", LEAD, slips, TUGS, minute=10), witness("ufuq-1", minute=30)
    assert Evidence.VARIANTS not in tree(*texts).link("ufuq-1").evidence


def test_an_undated_text_is_before_nothing_that_is_known() -> None:
    grown = tree(undated(witness("nakhla-1")), witness("ufuq-1", minute=30))
    assert [link.source for link in grown.links] == [None, None]


def test_evidence_on_both_sides_refuses_a_direction() -> None:
    # The wire came later than the paper and is credited by nobody, but an agency's own text speaks for itself.
    grown = tree(witness("nakhla-1"), own(minute=30))
    assert [link.source for link in grown.links] == [None, None]
    assert grown.siblings[0].why == "the evidence is on both sides"


def test_a_copy_printed_before_the_held_text_of_its_wire_had_one_that_is_not_held() -> None:
    grown = tree(witness("nakhla-1", agency=WIRE), own(minute=30))
    assert source_of("nakhla-1", grown) == (None, WIRE)


def test_a_copy_without_credit_shares_the_unseen_source_that_its_sibling_credits() -> None:
    grown = tree(witness("nakhla-1", agency=WIRE), witness("ufuq-1", minute=30))
    assert source_of("ufuq-1", grown) == (None, WIRE)
    assert grown.link("ufuq-1").evidence == (Evidence.SIBLING,)


def test_whose_name_was_left_standing_is_the_source_and_not_the_agency_it_credits_itself() -> None:
    said = f"{OWN} وعلمت «النخلة» أن التحقيق في أسباب الجنوح بدأ."
    grown = tree(witness("nakhla-1", LEAD, CREW, said, agency=WIRE), witness("ufuq-1", LEAD, CREW, said, minute=30))
    assert source_of("nakhla-1", grown) == (None, WIRE)
    assert source_of("ufuq-1", grown) == ("nakhla-1", None)
    assert Evidence.LEFTOVER in grown.link("ufuq-1").evidence


def test_a_name_left_standing_directs_texts_whose_dates_overlap() -> None:
    said = f"{OWN} وقال أحدهم لـ «النخلة» إن المشهد لا يُنسى."
    grown = tree(witness("nakhla-1", LEAD, said, lasts=600), witness("ufuq-1", LEAD, said, lasts=600))
    assert source_of("ufuq-1", grown) == ("nakhla-1", None)
    assert source_of("nakhla-1", grown) == (None, None)


@pytest.mark.parametrize("word", ["لبناء", "لوفاء", "لأفق"])
def test_a_plain_word_is_no_name_of_a_house(word: str) -> None:
    said = f"{OWN} وخُصصت ساحة {word} المدينة الجديدة."
    houses = replace(TABLE, outlets={**TABLE.outlets, "ufuq": ("أفق",)})
    grown = grow(
        (branch(witness("ufuq-1", LEAD, said, lasts=600)), branch(witness("nakhla-1", LEAD, said, lasts=600))), houses
    )
    assert [(link.source, link.unseen) for link in grown.links] == [(None, None), (None, None)]


def test_who_was_told_something_names_a_source_that_is_not_held() -> None:
    grown = grow([branch(witness("nakhla-1", LEAD, "وقال أحد البحارة لرويترز إن القاطرات عملت طوال الليل."))], TABLE)
    assert (grown.links[0].unseen, grown.links[0].evidence) == ("رويترز", (Evidence.LEFTOVER,))


def test_a_house_credited_in_the_closing_line_is_the_source() -> None:
    grown = tree(witness("nakhla-1", lasts=600), witness("ufuq-1", *ITEM, "المصدر: النخلة", lasts=600))
    assert source_of("ufuq-1", grown) == ("nakhla-1", None)


def test_shared_slips_tell_a_copy_of_a_copy_from_a_copy_of_the_wire() -> None:
    slips = CREW.replace("الهيكل", "الهيلك").replace("شقوقًا", "شقوفًا")
    through = tree(own(), witness("nakhla-1", LEAD, slips, TUGS, NEXT, minute=10, agency=WIRE),
                   witness("ufuq-1", LEAD, slips, TUGS, minute=30, agency=WIRE))  # fmt: skip
    assert source_of("ufuq-1", through) == ("nakhla-1", None)
    assert Evidence.VARIANTS in through.link("ufuq-1").evidence
    straight = tree(own(), witness("nakhla-1", LEAD, slips, TUGS, NEXT, minute=10, agency=WIRE),
                    witness("ufuq-1", LEAD, CREW, TUGS, FISH, minute=30, agency=WIRE))  # fmt: skip
    assert source_of("ufuq-1", straight) == ("wasla-1", None)


def test_a_paragraph_of_the_houses_own_tells_a_copy_of_a_copy() -> None:
    grown = tree(own(), witness("nakhla-1", LEAD, OWN, CREW, minute=10), witness("ufuq-1", LEAD, OWN, CREW, minute=30))
    assert [source_of(story, grown)[0] for story in ("nakhla-1", "ufuq-1")] == ["wasla-1", "nakhla-1"]


def test_spelling_of_a_house_is_no_shared_slip() -> None:
    spelled = [each.replace("السفينة", "السفينه").replace("المدير", "المُدير") for each in ITEM]
    grown = tree(own(), witness("nakhla-1", *spelled, minute=10), witness("ufuq-1", *spelled, minute=30))
    assert source_of("ufuq-1", grown) == ("wasla-1", None)
    assert grown.link("ufuq-1").alike == ("nakhla-1",)


def test_a_source_is_looked_for_in_every_edition_that_is_held_of_it() -> None:
    taken = branch(own(LEAD, CREW), own(LEAD, CREW.replace("بخير", "سالمون"), TUGS, FISH, NEXT), own(LEAD, TUGS))
    grown = tree(taken, witness("nakhla-1", LEAD, CREW.replace("بخير", "سالمون"), TUGS, FISH, minute=30))
    link = grown.link("nakhla-1")
    assert link.pair
    assert (link.source, link.pair.by.edition) == ("wasla-1", 2)


def test_texts_of_one_house_are_no_copies_of_its_own_credit() -> None:
    grown = tree(own(lasts=600), witness("wasla-2", LEAD, CREW, TUGS, lasts=600))
    assert [link.source for link in grown.links] == [None, None]


def test_passages_say_where_they_stand_in_both_texts() -> None:
    grown = tree(own(), witness("nakhla-1", OWN, LEAD, NEXT, minute=30))
    pair = grown.link("nakhla-1").pair
    assert pair
    assert [each.copy.words for each in pair.match.passages] == [LEAD.rstrip("."), NEXT.rstrip(".")]
    for each in pair.match.passages:
        assert pair.by.text[each.source.start : each.source.end] == each.source.words == each.copy.words


HOUSE = st.sampled_from(["nakhla", "midan", "ufuq", "wasla"])
MADE = st.lists(
    st.tuples(HOUSE, st.integers(0, 3), st.integers(0, 5), st.sampled_from([None, WIRE]), st.integers(0, 2)),
    min_size=2,
    max_size=6,
)


@given(MADE, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_in_which_texts_are_given_changes_nothing(made: list[tuple], random: object) -> None:  # type: ignore[type-arg]
    texts = [
        replace(witness(f"{house}-{number}", *ITEM[: 5 - cut], *([OWN] if cut else []), minute=minute), agency=agency)
        for number, (house, cut, minute, agency, _) in enumerate(made)
    ]
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert tree(*texts) == tree(*shuffled)


@given(MADE)
@settings(max_examples=15, deadline=None)
def test_no_source_leads_round_to_itself_and_none_came_after_its_copy(made: list[tuple]) -> None:  # type: ignore[type-arg]
    grown = grow(
        (
            branch(witness(f"{house}-{number}", *ITEM[: 5 - cut], minute=minute, lasts=1 + lasts, agency=agency))
            for number, (house, cut, minute, agency, lasts) in enumerate(made)
        ),
        HOUSES,
    )
    for link in grown.links:
        seen, here = {link.copy.story}, link
        while here.pair is not None:
            assert not here.copy.current.is_before(here.pair.source.current)
            assert here.source not in seen
            seen.add(str(here.source))
            here = grown.link(str(here.source))


def test_two_prints_of_a_document_are_both_its_authors() -> None:
    texts = [replace(each, kind=Kind.DOCUMENT) for each in (own(), witness("nakhla-1", minute=30))]
    assert source_of("nakhla-1", tree(*texts)) == (None, None)
    credited = replace(texts[1], agency=WIRE)
    assert source_of("nakhla-1", tree(texts[0], credited)) == ("wasla-1", None)


def test_what_siblings_share_is_told_by_places_in_both_texts() -> None:
    one, other = witness("nakhla-1"), witness("ufuq-1", OWN, LEAD, CREW, NEXT, minute=30)
    (told,) = json.loads(to_line(dict(tree_json(tree(one, other)))))["siblings"]
    assert (told["one"], told["one_edition"], told["other"]) == ("nakhla-1", 1, "ufuq-1")
    for each in told["passages"]:
        here, there = each["one"], each["other"]
        assert one.text[here["start"] : here["end"]] == other.text[there["start"] : there["end"]]
    assert told["passages"]
