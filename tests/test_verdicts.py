"""Texts of equal words have one verdict, and it is the one that the rule gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from archive.arabic import tokens
from archive.likeness.copies import Piece, compare, is_far
from archive.likeness.formulas import NONE
from archive.likeness.verdicts import Verdicts
from archive.records import EdgeKind, Kind
from tests.catalogs import WIRE
from tests.made import NOON


def piece(text: str) -> Piece:
    return Piece.of(tokens(text), Kind.NEWS, NOON, NOON + timedelta(minutes=1))


def later(one: Piece, days: int) -> Piece:
    return replace(one, earliest=one.earliest + timedelta(days=days), latest=one.latest + timedelta(days=days))


def test_texts_of_equal_words_are_compared_once() -> None:
    verdicts, one, other = Verdicts(NONE), piece(WIRE[7001]), piece(WIRE[7001] + " وقال مصدر إن اللقاء انتهى")
    said = verdicts.of(one, other)
    assert said.edge is EdgeKind.COPY
    assert verdicts.of(later(one, 1), later(other, 2)) is said


def test_a_verdict_is_asked_for_again_where_days_or_kinds_are_others() -> None:
    verdicts, flash = Verdicts(NONE), piece("عاجل: بدء المحادثات السورية في أستانا")
    other = piece("بدء المحادثات السورية في أستانا")
    for far in (flash, later(flash, 30), replace(flash, kind=Kind.DOCUMENT)):
        assert verdicts.of(far, other) == compare(far, other, NONE)
    assert verdicts.of(flash, other).edge is EdgeKind.COPY


def test_a_day_ends_where_the_next_begins() -> None:
    midnight, last = NOON - timedelta(hours=12), replace(piece(WIRE[7001]), earliest=NOON)
    after = replace(piece(WIRE[7001]), earliest=midnight + timedelta(days=6), latest=midnight + timedelta(days=7))
    ends = (
        NOON + timedelta(minutes=1),
        midnight + timedelta(days=1) - timedelta(minutes=1),
        midnight + timedelta(days=1),
    )
    assert all(is_far(replace(last, latest=end), after) for end in ends)
    assert not is_far(replace(last, latest=midnight + timedelta(days=1, minutes=1)), after)


def test_the_communique_is_inside_the_report_of_its_words_however_a_name_is_spelled() -> None:
    for names in (("لافرنتييف", "لافرينتييف"), ("لافرينتييف", "لافرنتييف")):
        said, report = (piece(f"{name} {WIRE[7001]}") for name in names)
        document = replace(said, kind=Kind.DOCUMENT)
        assert compare(document, report).inner == 0
        assert compare(report, document).inner == 1
        assert compare(report, document).edge is EdgeKind.PART
