"""Texts of equal words have one verdict, and it is the one that the rule gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from archive.arabic import tokens
from archive.likeness.copies import Piece, compare
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
