"""What sort of edit each change between two texts is: a closed list, each by a written rule (docs/editions.md); pure.

The rules look at words, not at meaning: a sort says what was touched, never why.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from archive.likeness.telling import facts
from archive.likeness.typos import is_typo
from archive.likeness.units import QUOTATION_MARK, SENTENCE_ENDS, Unit, keyed, units
from archive.likeness.wording import Change, Op, Span, changes

CREDIT: Final = 8  # words: a longer change is not one of who said it alone
BEHIND: Final = 2  # words behind a word of saying that may name who says it
ELLIPSIS: Final = ".."  # key: «..», «...», «…»
COUNTED: Final = 2  # words that may change along with a number: «قتيل», «قتلى»


class Sort(StrEnum):
    """What an edit touched. The list is closed."""

    HEADLINE = "headline"
    NUMBER = "number"
    QUOTE = "quote"
    ATTRIBUTION = "attribution"
    REMOVAL = "removal"
    ADDITION = "addition"
    REWORDING = "rewording"
    MOVE = "move"
    CUT = "cut"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change, its sort, and whether all of it stands in quotation marks in both texts."""

    sort: Sort
    change: Change
    quoted: bool

    @property
    def words(self) -> int:
        """How many words it took and put, the larger of the two."""
        return max(len(_words(self.change.before)), len(_words(self.change.after)))


def edits(before: str, after: str, *, is_heading: bool = False) -> tuple[Edit, ...]:
    """The edits between two texts, in the order of the second; of two headings when `is_heading`."""
    found = changes(before, after)
    if not found:
        return ()
    one, other = _Side.of(before), _Side.of(after)
    told = (_Seen.of(change, one, other) for change in found)
    return tuple(Edit(sort=_sort(seen, is_heading=is_heading), change=seen.change, quoted=seen.quoted) for seen in told)


def sorts(given: Iterable[Edit]) -> dict[Sort, int]:
    """How many of each sort, in the list's order; where words changed, signs and spaces alone are not counted."""
    several = list(given)
    worded = [one for one in several if one.words or one.sort is not Sort.SPELLING]
    counted = Counter(one.sort for one in worded or several)
    return {sort: counted[sort] for sort in Sort if counted[sort]}


# ---- what the rules look at ------------------------------------------------------------------------------------------

_CLOSES: Final = {
    "«": "»", "»": "«", "“": "”“\"", "”": "“”\"", "„": "“”\"", "‟": "”\"", '"': '"“”', "‹": "›", "›": "‹", "″": "″",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One of the two texts."""

    text: str
    units: tuple[Unit, ...]
    quotations: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> _Side:
        """A text with what is needed of it."""
        found = tuple(units(text))
        return cls(text=text, units=found, quotations=tuple(quotations(text, found)))

    def is_quoted(self, span: Span) -> bool:
        """Whether the words of a span, or the place where none stand, lie within one quotation."""
        start = span.end - len(span.words.lstrip())
        end = span.start + len(span.words.rstrip())
        if start > end:
            start = end = span.start
        at = bisect_right(self.quotations, start, key=lambda one: one[0]) - 1
        return at >= 0 and end <= self.quotations[at][1]

    @property
    def tail(self) -> str:
        """The signs behind the last word."""
        last = next((at for at in range(len(self.units) - 1, -1, -1) if self.units[at].is_word), 0)
        return "".join(unit.key for unit in self.units[last + 1 :])

    def ends_with(self, span: Span) -> bool:
        """Whether no word stands behind a span."""
        at = bisect_left(self.units, span.end, key=lambda unit: unit.start)
        return not any(unit.is_word for unit in self.units[at:])

    def before(self, span: Span) -> list[Unit]:
        """The units before a span in its sentence, nearest first; no more than may matter."""
        at = bisect_left(self.units, span.start, key=lambda unit: unit.start)
        found: list[Unit] = []
        for unit in reversed(self.units[max(1, at - BEHIND) : at]):
            if unit.key in SENTENCE_ENDS or unit.is_last:
                break
            found.append(unit)
        return found


def quotations(text: str, given: Iterable[Unit]) -> list[tuple[int, int]]:
    """What stands between quotation marks, without them; a quotation that nobody closes ends with its paragraph."""
    found: list[tuple[int, int]] = []
    opened: tuple[str, int] | None = None
    for unit in given:
        if unit.key == QUOTATION_MARK:
            sign = text[unit.start]
            if opened is None:
                opened = (sign, unit.end)
            elif sign in _CLOSES.get(opened[0], opened[0]):
                found.append((opened[1], unit.start))
                opened = None
        if opened is not None and unit.is_last:
            found.append((opened[1], unit.end))
            opened = None
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A change as the rules see it."""

    change: Change
    one: _Side
    other: _Side
    was: tuple[str, ...]  # folded words
    now: tuple[str, ...]
    quoted: bool

    @classmethod
    def of(cls, change: Change, one: _Side, other: _Side) -> _Seen:
        """A change between two texts."""
        return cls(
            change=change,
            one=one,
            other=other,
            was=_words(change.before),
            now=_words(change.after),
            quoted=one.is_quoted(change.before) and other.is_quoted(change.after),
        )

    @property
    def longest(self) -> int:
        """Words on its longer side."""
        return max(len(self.was), len(self.now))


def _words(span: Span) -> tuple[str, ...]:
    return tuple(unit.key for unit in units(span.words) if unit.is_word)


def _marks(span: Span) -> int:
    return sum(unit.key == QUOTATION_MARK for unit in units(span.words))


# ---- the rules, in the order they are asked --------------------------------------------------------------------------


def _sort(seen: _Seen, *, is_heading: bool) -> Sort:
    if _is_spelling(seen):
        return Sort.SPELLING
    if is_heading:
        return Sort.HEADLINE
    found = next((sort for sort, holds in _RULES if holds(seen)), None)
    if found is not None:
        return found
    if not seen.now:
        return Sort.REMOVAL
    return Sort.REWORDING if seen.was else Sort.ADDITION


def _is_spelling(seen: _Seen) -> bool:
    """The same letters, marks, spaces and signs aside; or a typo; or the same number in figures and in words."""
    if seen.change.op is Op.MOVED or _marks(seen.change.before) != _marks(seen.change.after):
        return False
    if "".join(seen.was) == "".join(seen.now):
        return True
    if len(seen.was) == len(seen.now) and all(
        one == other or is_typo(one, other) for one, other in zip(seen.was, seen.now, strict=True)
    ):
        return True
    (value, rest), (other, more) = _counted(seen.was), _counted(seen.now)
    return bool(value) and rest == more and _values(value) == _values(other)


def _is_move(seen: _Seen) -> bool:
    return seen.change.op is Op.MOVED


def _is_cut(seen: _Seen) -> bool:
    """One text breaks off within a sentence that the other one goes on with, and has nothing more, or «…»."""
    one, other = seen.one, seen.other
    return _breaks_off(seen.change.before, one, seen.now, seen.change.after, other) or _breaks_off(
        seen.change.after, other, seen.was, seen.change.before, one
    )


def _breaks_off(lost: Span, whole: _Side, instead: tuple[str, ...], left: Span, cut: _Side) -> bool:
    if instead or not _words(lost) or not (cut.ends_with(left) and whole.ends_with(lost)):
        return False
    if ELLIPSIS not in cut.tail and SENTENCE_ENDS & set(cut.tail):
        return False
    before = whole.before(lost)
    return bool(before) and before[0].key not in SENTENCE_ENDS


def _is_number(seen: _Seen) -> bool:
    """Both sides count or date something, not the same, and hardly a word more changed."""
    (value, rest), (other, more) = _counted(seen.was), _counted(seen.now)
    return bool(value and other) and max(len(rest), len(more)) <= COUNTED and _values(value) != _values(other)


def _is_quote(seen: _Seen) -> bool:
    """Within a quotation in both texts; or quotation marks were set or taken off, and no words with them."""
    marks = _marks(seen.change.before) != _marks(seen.change.after)
    return seen.quoted or (marks and seen.was == seen.now)


def _is_attribution(seen: _Seen) -> bool:
    """Few words, of which one is of saying or a source; or they stand right behind such a word."""
    if seen.longest > CREDIT:
        return False
    if any(keyed(word)[1] in _SAYING or word in _SAYING for word in (*seen.was, *seen.now)):
        return True
    return _is_behind(seen.one, seen.change.before) and _is_behind(seen.other, seen.change.after)


def _is_behind(side: _Side, span: Span) -> bool:
    for unit in side.before(span):
        if unit.key in _THAT or not unit.is_word:
            return False
        if unit.key in _SAYING or unit.bare in _SAYING:
            return True
    return False


_RULES: Final[tuple[tuple[Sort, Callable[[_Seen], bool]], ...]] = (
    (Sort.MOVE, _is_move),
    (Sort.CUT, _is_cut),
    (Sort.NUMBER, _is_number),
    (Sort.QUOTE, _is_quote),
    (Sort.ATTRIBUTION, _is_attribution),
)

# ---- words -----------------------------------------------------------------------------------------------------------

_VERBS = """
قال قالت قالوا يقول تقول أعلن أعلنت يعلن تعلن أكد أكدت يؤكد تؤكد صرح صرحت أوضح أوضحت أفاد أفادت أضاف أضافت ذكر ذكرت
أشار أشارت نقل نقلت نقلا زعم زعمت ادعى ادعت اتهم اتهمت نفى نفت كشف كشفت شدد شددت رأى اعتبر اعتبرت بين بينت لفت لفتت
تحدث تحدثت رجح رجحت أبلغ أبلغت
"""
_SOURCES = """
بحسب حسب وفقا وفق مصدر مصادر المصدر المصادر وكالة وكالات الوكالة مراسل مراسلنا مراسلها ناطق متحدث المتحدث الناطق بيان
تصريح تصريحات شهود ناشطون ناشطين المرصد صحيفة قناة رويترز فرانس سبوتنيك تاس الأناضول سانا إنترفاكس
"""
_SCALE = "عشرات مئات ألف آلاف ألوف مليون ملايين مليار مليارات بالمئة بالمائة"
_SAYING = frozenset(key for word in f"{_VERBS} {_SOURCES}".split() for key in keyed(word)[:2])
_THAT = frozenset(keyed(word)[0] for word in ("أن", "إن", "أنه", "إنه", "أنها", "إنها", "بأن", "حيث"))
_SCALES = frozenset(keyed(word)[0] for word in _SCALE.split())
_DATES = frozenset({"day", "month", "hijri", "ordinal"})


def _counted(words: tuple[str, ...]) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """The numbers, ordinals, days and months among words, and the other words."""
    found: list[tuple[str, str]] = []
    rest: list[str] = []
    for word in words:
        plain = word.removeprefix("و")
        fact = next(facts([word]), None)
        if word in _SCALES or plain in _SCALES:
            found.append(("scale", plain if plain in _SCALES else word))
        elif any(map(str.isdigit, word)):
            found.append(("number", word))
        elif fact is not None and (fact.sort == "number" or fact.sort in _DATES):
            found.append((fact.sort, fact.which))
        else:
            rest.append(word)
    return found, tuple(rest)


def _values(found: list[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """What is counted: numbers side by side add up («خمسة وعشرون»), all else stands for itself."""
    numbers = [which for sort, which in found if sort == "number"]
    others = Counter(each for each in found if each[0] != "number")
    if numbers and all(which.isdecimal() for which in numbers):
        return others + Counter([("number", str(sum(map(int, numbers))))])
    return others + Counter(("number", which) for which in numbers)
