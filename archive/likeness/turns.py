"""Where a text turns to another matter, another act or another speaker, by its turns of phrase; pure, and it judges
nothing.

A report that is cut loses its end; a round-up says in words that it begins with something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from itertools import compress, count
from typing import Final

from archive.arabic import tokens

MATTER: Final = 25  # words that one text alone has, behind or before a turn: fewer are a sentence of the same report
ACT: Final = 12  # of another act or place, which is told in a sentence; or so many between its turn and the shared text
SPEECH: Final = 60  # words of a speaker whom the other text does not name at all: one of several
_NEAR: Final = 3  # words before the name of the speaker: «وكان», «وقال»
_TEXTS: Final = 1 << 12  # whose turns are remembered: a text is compared with many

_MATTERS: Final = """
من جهة أخرى|من جهة ثانية|من ناحية أخرى|من ناحية ثانية|من جانب آخر|من جانب ثان|على جانب آخر|من طرف آخر
على صعيد|على الصعيد نفسه|على الصعيد ذاته|على الصعيد السياسي|على الصعيد الإنساني|على الصعيد الميداني
على الصعيد الأمني|على الصعيد العسكري
في سياق آخر|في سياق منفصل|في سياق ذي صلة|في شأن آخر|في شأن ذي صلة|في موضوع آخر|في موضوع ذي صلة
في تطور آخر|في تطور لاحق|في حادث آخر|في حادث منفصل|في حادثة أخرى|في خبر آخر|في إطار آخر|في مجال آخر
في قضية أخرى|في مباراة أخرى|في مباراة ثانية|في المباراة الثانية
في غضون ذلك|في هذه الأثناء|في تلك الأثناء|في الأثناء
في سياق متصل|على صعيد متصل|في السياق|في ذات السياق
"""
# «كما استقبل»: after «كما» another act of the kind that a cable or a flash is about; «كما يعاقب» goes on with the same.
_ACTS: Final = """
استقبل بعث تلقى أجرى التقى عقد أصدر صرح غادر وصل رأس ترأس افتتح دشن رعى زار تمكن أنقذ قتل أصيب استشهد ضبط اجتمع
قدم رفع شيع هنأ اطلع ودع
"""
_PLACES: Final = "في منطقة|في محافظة|في مدينة|على ملعب"
_NEAR_BY: Final = "إلى ذلك"
_VOICES: Final = "من جهته|من جهتها|من جهتهم|من جانبه|من جانبها|من جانبهم|من ناحيته|من ناحيتها|بدوره|بدورها|بدورهم"

Span = tuple[int, int]  # words, half-open
Phrase = tuple[str, ...]


def _phrases(names: str) -> frozenset[Phrase]:
    """Folded phrases, and each with «و» before it."""
    listed = [name for line in names.split("\n") for name in line.split("|") if name]
    return frozenset(tuple(tokens(said)) for name in listed for said in (name, f"و{name}"))


def _acts() -> frozenset[Phrase]:
    """«كما استقبل», «كما استقبلت»; a last «ى» goes before the feminine ending."""
    masculine = tokens(_ACTS)
    feminine = [(act[:-1] if act.endswith("ي") else act) + "ت" for act in masculine]
    return frozenset(("كما", act) for act in (*masculine, *feminine))


_OTHER: Final = _phrases(_MATTERS)
_ANEW: Final = _acts() | _phrases(_PLACES)
_SPOKEN: Final = _phrases(_VOICES)
_ON: Final = _phrases(_NEAR_BY)
_FIRST: Final = frozenset(phrase[0] for phrase in _OTHER | _ANEW | _SPOKEN | _ON)
_LONGEST: Final = max(map(len, _OTHER))


class Turn(StrEnum):
    """Where a text turns to."""

    AWAY = "away"  # another matter, act or place
    ON = "on"  # another speaker, or something near by: «إلى ذلك» begins another matter, and more of the same


_WEIGHTIEST: Final = (*Turn,)  # first


def turned(words: tuple[str, ...], alone: Iterable[Span]) -> Turn | None:
    """Whether a stretch of a text (folded, arabic.tokens) that another text lacks is told to be about more than that.

    A turn to another matter says so of what stands before it or of what follows; another act or place says it of what
    follows, where it begins the stretch, or of what stands before it, where it leads to what both have; another speaker
    of what follows.
    """
    found = _turns(words)
    leading = {
        Turn.AWAY if turn is _OTHER or turn is _ANEW else Turn.ON
        for start, end in alone
        for at, turn in found
        if start <= at < end and _leads(turn, at - start, end - at)
    }
    return min(leading, default=None, key=_WEIGHTIEST.index)


def _leads(turn: frozenset[Phrase], before: int, after: int) -> bool:
    if turn is _OTHER or turn is _ON:
        return max(before, after) >= MATTER
    if turn is _ANEW:
        return after >= ACT if before <= 1 else before >= MATTER and after <= ACT
    return before <= _NEAR and after >= SPEECH


@lru_cache(maxsize=_TEXTS)
def _turns(words: tuple[str, ...]) -> tuple[tuple[int, frozenset[Phrase]], ...]:
    return tuple(_found(words))


def _found(words: tuple[str, ...]) -> Iterator[tuple[int, frozenset[Phrase]]]:
    for at in compress(count(), map(_FIRST.__contains__, words)):
        said = {words[at : at + length] for length in range(1, _LONGEST + 1)}
        for turn in (_OTHER, _ANEW, _SPOKEN, _ON):
            if not turn.isdisjoint(said):
                yield at, turn
