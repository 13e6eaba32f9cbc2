"""Texts of one house that grow: a flash, a short item, the full report; pure.

Each step is a text of its own story: editions of one story are told by `astana diff`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from archive.arabic import tokens
from archive.likeness.fingerprint import skeleton
from archive.likeness.sentences import Fate, sentences
from archive.likeness.telling import swapped
from archive.lineage.matching import sentences as aligned
from archive.lineage.matching import words_of
from archive.lineage.witness import Witness
from archive.records import Kind

FLASH_WORDS: Final = 20
SHORT_WORDS: Final = 90
APART: Final = timedelta(hours=24)
LONGER: Final = 1.25  # times the words of the step before
MISSING: Final = 7  # of so many words of a flash, one may be missing in the longer text's headline and first sentences
TAKEN_OVER: Final = 0.6  # of a short item's words, in sentences that the longer text has
LEAD: Final = 2  # sentences
TELLING: Final = 4  # words that tell something; a flash with fewer could be anything
_PARTS_EVENTS: Final = frozenset({"ordinal", "day", "month", "hijri", "place"})
_EMPTY: Final = frozenset(
    skeleton(word)
    for said in ("عاجل", "خبر", "الآن", "في", "من", "على", "إلى", "عن", "أن", "إن", "مع", "ب", "ل", "و", "هذا", "هذه",
                 "التي", "الذي", "ما", "لا", "قد", "بين", "بعد", "قبل", "حول", "خلال")
    for word in tokens(said)
)  # fmt: skip


class Stage(StrEnum):
    """How much of a report a text is."""

    FLASH = "flash"
    SHORT = "short"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A text in a chain."""

    text: Witness
    stage: Stage
    words: int


def chain(text: Witness, others: Iterable[Witness]) -> tuple[Step, ...]:
    """The texts of the same house that one text grew from and into, by time; empty where there are none."""
    house = sorted(
        (each for each in others if each.outlet == text.outlet and each.story != text.story),
        key=lambda each: (each.earliest, each.story),
    )
    before, after = [text], [text]
    for each in reversed(house):
        if _grew(each, before[0]):
            before.insert(0, each)
    for each in house:
        if _grew(after[-1], each):
            after.append(each)
    found = [*before, *after[1:]]
    return tuple(_step(each) for each in found) if len(found) > 1 else ()


def _step(text: Witness) -> Step:
    words = words_of(text.text)
    is_flash = text.kind is Kind.FLASH or words <= FLASH_WORDS
    stage = Stage.FLASH if is_flash else Stage.SHORT if words <= SHORT_WORDS else Stage.FULL
    return Step(text=text, stage=stage, words=words)


def _grew(one: Witness, other: Witness) -> bool:
    """Whether a text is the next step after another one: later, longer, and it says all that the first said."""
    if not (one.dated and other.dated) or not one.earliest <= other.earliest <= one.latest + APART:
        return False
    if words_of(other.text) < LONGER * words_of(one.text):
        return False
    if _step(one).stage is Stage.FLASH:
        return _is_said(one, other)
    found = aligned(one.text, other.text, (one.opening, other.opening))
    told = sum(len(each.source.keys) for each in found if each.source and each.fate is not Fate.DROPPED)
    whole = sum(len(each.source.keys) for each in found if each.source)
    return whole > 0 and told >= TAKEN_OVER * whole


def _is_said(flash: Witness, other: Witness) -> bool:
    """Whether the headline and first sentences of a text say what a flash said, of the same day, place and round."""
    lead = " ".join([other.title, *(each.said for each in sentences(other.text, other.opening)[:LEAD])])
    line = flash.text.removeprefix(flash.opening)
    said = {skeleton(word) for word in tokens(line)} - _EMPTY
    if len(said) < TELLING or len(said - {skeleton(word) for word in tokens(lead)}) > len(said) // MISSING:
        return False
    return not swapped(tokens(line), tokens(lead)) & _PARTS_EVENTS
