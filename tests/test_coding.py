"""Samples, labels, agreement and scores: the pure rooms of coding by hand."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.coding.agreement import agreement
from archive.coding.drawing import Stratum, draw, shared
from archive.coding.scores import Judged, interval, scores, share
from archive.coding.sheets import Line, Question, read, write
from archive.errors import UsageError

SIZES = st.dictionaries(st.tuples(st.sampled_from("abcdef")), st.integers(1, 40), min_size=1)


def things(sizes: dict[Stratum, int]) -> list[tuple[str, Stratum]]:
    return [(f"{stratum[0]}{number}", stratum) for stratum, size in sizes.items() for number in range(size)]


@given(SIZES, st.integers(1, 120), st.integers(0, 5), st.randoms())
def test_a_sample_is_the_same_in_any_order_and_its_weights_stand_for_all(
    sizes: dict[Stratum, int], number: int, seed: int, order: object
) -> None:
    several = things(sizes)
    drawn = draw(several, number, seed)
    order.shuffle(several)  # type: ignore[attr-defined]  # a random.Random
    assert draw(several, number, seed) == drawn
    assert len({one.key for one in drawn}) == len(drawn) == min(number, sum(sizes.values()))
    if number >= len(sizes):
        for stratum, size in sizes.items():
            assert sum(one.weight for one in drawn if one.stratum == stratum) == pytest.approx(size)


@given(SIZES, st.integers(6, 120))
def test_strata_share_evenly_as_far_as_they_reach(sizes: dict[Stratum, int], number: int) -> None:
    shares = shared(sizes, number)
    least = (
        min(share for stratum, share in shares.items() if share < sizes[stratum]) if number < sum(sizes.values()) else 0
    )
    assert all(share <= sizes[stratum] for stratum, share in shares.items())
    assert not least or all(share <= least + 1 for share in shares.values())


def test_another_seed_draws_others() -> None:
    several = things({("a",): 400})
    assert {one.key for one in draw(several, 20, 1)} != {one.key for one in draw(several, 20, 2)}


@pytest.mark.parametrize(
    ("one", "other", "alpha"),
    [
        # Krippendorff 2011, sections A (ten things, two labels) and B (twelve things, five labels).
        ("0100000010", "1110010000", 0.095),
        ("aabbdcccedda", "babbbcccEddd".lower(), 0.692),
    ],
)
def test_alpha_is_what_its_author_computes(one: str, other: str, alpha: float) -> None:
    found = agreement(list(zip(one, other, strict=True)))
    assert found.alpha == pytest.approx(alpha, abs=0.0006)
    assert (found.coded, found.same) == (len(one), sum(a == b for a, b in zip(one, other, strict=True)))


def test_where_all_labels_are_one_nothing_tells_agreement_from_chance() -> None:
    assert agreement([("yes", "yes")] * 9).alpha is None


def test_intervals_are_wilsons() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for found, of, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert interval(found / of, of) == pytest.approx((low, high), abs=0.00006)


def test_a_line_that_stands_for_many_widens_the_interval() -> None:
    even = share([(True, 1.0)] * 30 + [(False, 1.0)] * 10)
    uneven = share([(True, 1.0)] * 29 + [(True, 50.0)] + [(False, 1.0)] * 10)
    assert even.value == 0.75
    assert uneven.value is not None and uneven.value > 0.85
    assert uneven.high - uneven.low > even.high - even.low


def test_precision_counts_what_the_archive_found_and_recall_what_there_was_to_find() -> None:
    said = [("yes", "yes"), ("yes", "yes"), ("yes", None), (None, "yes"), (None, None), ("yes", "yes")]
    found = scores(Judged(people=people, archive=archive) for people, archive in said)
    assert (found.precision.value, found.precision.things) == (0.75, 4)
    assert (found.recall.value, found.recall.things) == (0.75, 4)
    assert scores([Judged(people=None, archive=None)]).precision.value is None


SHOWN = st.dictionaries(st.sampled_from(["title", "text"]), st.text(st.characters(exclude_categories=["Cs", "Cc"])))


@given(st.lists(SHOWN, min_size=1, max_size=5))
def test_a_sheet_reads_back_as_it_was_written_whatever_it_shows(shown: list[dict[str, str]]) -> None:
    lines = [
        Line(
            question=Question.TOPIC,
            code=f"/s/a-{n}/0",
            weight=1.5,
            label="yes",
            shown={"title": "", "text": "", **each},
        )
        for n, each in enumerate(shown)
    ]
    back = read(write(lines).encode(), "sheet.csv")
    assert [(line.code, line.weight, line.label) for line in back] == [(one.code, 1.5, "yes") for one in lines]


def test_no_cell_is_a_formula() -> None:
    sheet = write([Line(question=Question.TOPIC, code="x", shown={"title": "=1+1"})])
    assert ",=" not in sheet


def test_a_spreadsheet_may_save_with_semicolons_and_commas_in_numbers() -> None:
    given_back = "question;code;stratum;weight;label;note\r\ntopic;/s/a/1;;2,5; YES ;\r\n"
    assert read(given_back.encode("utf-8-sig"), "sheet.csv") == [
        Line(question=Question.TOPIC, code="/s/a/1", weight=2.5, label="yes")
    ]


@pytest.mark.parametrize("empty", [",,,,,", ";;;;;", "", ",,,,,,,,"])
def test_rows_that_a_spreadsheet_adds_empty_are_no_lines(empty: str) -> None:
    separator = ";" if ";" in empty else ","
    sheet = write([Line(question=Question.TOPIC, code="/s/a/1", label="yes")]).replace(",", separator)
    (line,) = read(f"{sheet}{empty}\r\n{empty}\r\n".encode(), "sheet.csv")
    assert (line.code, line.label) == ("/s/a/1", "yes")


@pytest.mark.parametrize("letter", ["س", "😀"])
def test_a_text_too_long_for_a_cell_is_cut_and_its_line_reads_back(letter: str) -> None:
    sheet = write([Line(question=Question.TOPIC, code="/s/a/1", label="no", shown={"text": letter * 200_000})])
    assert 30_000 < len(sheet.encode("utf-16-le")) / 2 < 32_767
    assert letter + "…" in sheet
    assert [line.label for line in read(sheet.encode(), "sheet.csv")] == ["no"]


def test_a_weight_is_no_number_that_another_country_reads_otherwise() -> None:
    sheet = write([Line(question=Question.TOPIC, code="/s/a/1", weight=1.125)])
    assert ",x1.125," in sheet
    assert [line.weight for line in read(sheet.encode(), "sheet.csv")] == [1.125]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("question,code,weight\n", "no column label"),
        ("question,code,weight,label\ntopic,a,1,perhaps\n", "line 2: perhaps is none of the labels: yes, no"),
        ("question,code,weight,label\ntopic,a,1,yes\ntopic,a,1,no\n", "codes a twice"),
        ("question,code,weight,label\ntopic,a,1,yes\nagency,b,1,no\n", "mixes questions"),
        ("question,code,weight,label\ntaste,a,1,yes\n", "line 2: 'taste' is not a valid"),
        ("question,code,weight,label\ntopic,a,0,yes\n", "not a weight"),
    ],
)
def test_a_sheet_that_is_none_is_refused_with_its_line(rows: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(rows.encode(), "sheet.csv")


def test_labels_are_counted_as_pairs() -> None:
    assert agreement([("a", "b"), ("a", "b"), ("b", "b")]).pairs == Counter({("a", "b"): 2, ("b", "b"): 1})
