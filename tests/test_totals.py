"""archive/lineage/totals.py and proportions.py: shares of copies, never without n and interval."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.lineage.credits import Stated, checks
from archive.lineage.swaps import against
from archive.lineage.totals import Judged, Total, totals
from archive.proportions import share
from crawler.loaded import load_pairs
from tests.witnessed import CREW, HOUSES, LEAD, NEXT, WIRE, tree, witness

PAIRS = load_pairs()
TALKS = "وقال مسؤول في الحكومة إن الميناء الصغير سيبقى مفتوحًا أمام قوارب الصيد طوال الأسبوع."


def judged(number: int, *sentences: str, outlet: str = "nakhla", month: str = "2017-09", **more: object) -> Judged:
    wire = witness("wasla-1", LEAD, CREW, TALKS, NEXT)
    copy = witness(f"{outlet}-{number}", *sentences, minute=30, month=month, **more)
    (check,) = checks(tree(wire, copy), HOUSES)
    return Judged(check=check, against=against(copy, [wire], PAIRS))


KEPT = (LEAD, CREW, TALKS)
TURNED = (LEAD, CREW, TALKS.replace("الحكومة", "النظام"))
CUT = (LEAD, CREW, NEXT)


def of(found: tuple[Total, ...], outlet: str, month: str | None) -> Total:
    return next(each for each in found if (each.outlet, each.month) == (outlet, month))


def test_each_outlet_is_told_by_month_and_in_all() -> None:
    found = totals(
        [
            judged(1, *KEPT, agency=WIRE),
            judged(2, *TURNED),
            judged(3, *CUT, month="2017-10"),
            judged(4, *KEPT, outlet="ufuq"),
        ]
    )
    assert [(each.outlet, each.month, each.copies) for each in found] == [
        ("nakhla", "2017-09", 2),
        ("nakhla", "2017-10", 1),
        ("nakhla", None, 3),
        ("ufuq", "2017-09", 1),
        ("ufuq", None, 1),
    ]
    told = dict(of(found, "nakhla", None).stated)
    assert (told[Stated.CREDITED].found, told[Stated.NONE].found, told[Stated.NONE].n) == (1, 2, 3)


def test_a_turn_is_counted_of_the_copies_whose_wire_said_the_other_side_and_could_have_kept_it() -> None:
    found = of(totals([judged(1, *KEPT), judged(2, *TURNED), judged(3, *CUT)]), "nakhla", None)
    (turn,) = found.turns
    assert (turn.pair, turn.wire, turn.outlet) == ("rule in Damascus", "government", "regime")
    assert (turn.share.found, turn.share.n) == (1, 2)  # the third copy left the sentence out
    assert (found.swapped.found, found.swapped.n, found.requoted.found) == (1, 3, 0)


def test_a_side_that_was_always_kept_is_told_as_none_of_so_many() -> None:
    (turn,) = of(totals([judged(1, *KEPT), judged(2, *KEPT)]), "nakhla", None).turns
    assert (turn.share.found, turn.share.n) == (0, 2)
    assert turn.share.high == pytest.approx(0.8419, abs=1e-4)


def test_nothing_adds_up_to_nothing() -> None:
    assert totals([]) == ()


# Clopper and Pearson's bounds, from their definition.
@settings(max_examples=20)
@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_beyond_its_bounds_a_share_would_hardly_show_what_was_counted(counts: tuple[int, int]) -> None:
    found, n = counts
    told = share(found, n)
    assert told.low <= found / n <= told.high

    def at_least(p: float) -> float:
        return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(found, n + 1))

    if found:
        assert at_least(told.low) == pytest.approx(0.025, abs=1e-6)
    if found < n:
        assert 1 - at_least(told.high) + comb(n, found) * told.high**found * (1 - told.high) ** (
            n - found
        ) == pytest.approx(0.025, abs=1e-6)


def test_of_nothing_a_share_may_be_anything() -> None:
    told = share(0, 0)
    assert (told.likely, told.low, told.high) == (None, 0.0, 1.0)
    with pytest.raises(ValueError, match="no share"):
        share(3, 2)
