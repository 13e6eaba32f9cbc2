"""Where a read paragraph stands in the decoded payload: offset and length in code points; it never changes a text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from operator import itemgetter

from archive.bytemap import ByteMap
from crawler.page.stretches import EVERY_TAG, GAP, MARKUP, Run, between_markup, between_quoted_tags, meaning

_NEAR = 400  # significant code points a word may stand away from the one before it when a paragraph is interrupted
_TOGETHER = 50  # texts whose letters are looked up together: one odd letter among them, and each is looked up alone
_STEP = 2_000  # letters that are read at once
_MOST_LETTERS = 32  # that one code point stands for: ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM has 18


class _Significant(dict[int, str]):
    """Code point -> the letters and digits it is compared by; marks, spaces and punctuation are nothing."""

    def __missing__(self, code: int) -> str:
        kept = "".join(
            part
            for part in unicodedata.normalize("NFKD", chr(code)).casefold()
            if unicodedata.category(part)[0] in "LN"
        ).replace("\N{ARABIC TATWEEL}", "")
        self[code] = kept
        return kept


_SIGNIFICANT = _Significant()
# What pages are mostly made of: letters of Arabic and of Europe's west, their signs and spaces, digits of both.
_COMMON = (
    *map(chr, range(0x20, 0x7F)),
    *bytes(range(0x80, 0x100)).decode("cp1256"),
    *"\t\n\r\f\u0653\u0654\u0655\u0670\u0671\u06cc\u200b\ufeff",
    *map(chr, range(0x0660, 0x066A)),
)
_PARTING = "\N{START OF HEADING}"  # between texts whose letters are looked up together; no page that was read holds it
_COMMON_LETTERS = ByteMap(
    {_PARTING: _PARTING} | {sign: kept for sign in _COMMON if len(kept := sign.translate(_SIGNIFICANT)) < 2}
)
_LOWER = bytes(range(128)).lower() + bytes(128)
_ASCII_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum())


def skeleton(text: str) -> str:
    """Letters and digits of a text, composed forms taken apart, marks and signs left out: what places are found by."""
    if text.isascii():
        return text.encode().translate(_LOWER, _ASCII_SIGNS).decode()
    letters = None if _PARTING in text else _COMMON_LETTERS.put(text)
    return text.translate(_SIGNIFICANT) if letters is None else letters


def skeletons(texts: Sequence[str]) -> list[str]:
    """Those of several texts: many at once where their letters are common."""
    found: list[str] = []
    for at in range(0, len(texts), _TOGETHER):
        some = texts[at : at + _TOGETHER]
        said = _COMMON_LETTERS.put(_PARTING.join(some))
        parted = [] if said is None else said.split(_PARTING)
        found += parted if len(parted) == len(some) else map(skeleton, some)
    return found


def _says(letter: str) -> bool:
    return bool(_SIGNIFICANT[ord(letter)])


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the decoded payload, in code points; offset -1 when the words stand nowhere in it."""

    offset: int
    length: int
    exact: bool  # False: other words stand in between


NOWHERE = Place(-1, 0, False)


class Index:
    """The significant letters of one payload, each with its offset; finds paragraphs one after the other.

    It reads the payload from `start` on, and only as far as what is looked for: most of a page lies behind its article.
    What is not found there is looked for in all of it, then by a `careful` index of it, which takes longer to make.
    """

    def __init__(
        self,
        payload: str,
        runs_from: Callable[[int], Iterator[list[Run]]],
        start: int = 0,
        careful: Index | None = None,
        gap: re.Pattern[str] | None = None,
    ) -> None:
        self.payload = payload
        self._gap = gap  # what says nothing between two texts
        self._is_ahead = False  # whether the last place lies behind the letters that were taken in
        self._careful = careful
        self._letters = ""
        self._runs_from = runs_from
        self._whole = start == 0
        self._ahead = runs_from(start)
        self._runs: list[Run] = []
        self._firsts: list[int] = []  # of each run, the place of its first letter among the letters
        self.cursor = 0  # letters before it were found already
        self._behind = start  # offset where the last place ends

    @property
    def letters(self) -> str:
        """All letters of what is indexed."""
        if self._whole:
            self._read_on(len(self.payload) * _MOST_LETTERS)
        else:
            self._read_all()
        return self._letters

    def find(self, text: str, letters: str = "") -> Place:
        """The place of a text after the one found before it, else anywhere; interrupted words only in their order.

        `letters` are its skeleton, where that is known.
        """
        wanted = letters or skeleton(text)
        if not wanted:
            return NOWHERE
        if self._gap is not None and (place := self._next_to(text)):
            return place
        if self._is_ahead:
            self._catch_up()
        at = self._seek(wanted)
        if at < 0 and not self._whole:
            self._read_all()
            at = self._seek(wanted)
        if at < 0:
            at = self._letters.find(wanted)
        if at >= 0:
            return self._place(at, at + len(wanted), exact=True)
        place = self._interrupted([part for part in map(skeleton, text.split()) if part])
        if place is NOWHERE and self._careful is not None:
            self._careful.pass_to(self._behind)
            return self._careful.find(text, wanted)
        return place

    def _next_to(self, text: str) -> Place | None:
        """The place of a text that stands right behind the last place, sign for sign: what most paragraphs do."""
        assert self._gap is not None
        found = self._gap.match(self.payload, self._behind)
        at = found.end() if found else self._behind
        if not self.payload.startswith(text, at) or "&" in text or "<" in text:
            return None
        first, last = at, at + len(text) - 1
        while not _SIGNIFICANT[ord(self.payload[first])]:
            first += 1
        while not _SIGNIFICANT[ord(self.payload[last])]:
            last -= 1
        self._behind, self._is_ahead = _with_marks(self.payload, last + 1), True
        return Place(first, self._behind - first, True)

    def _catch_up(self) -> None:
        """Look for letters behind the last place from now on; those before it that were not taken in are passed by."""
        self._is_ahead = False
        if self._runs and self._behind < self._runs[-1][1]:
            at = bisect_right(self._runs, self._behind, key=itemgetter(0)) - 1
            start, end, _ = self._runs[at]
            inside = len(skeleton(self.payload[start : min(self._behind, end)]))
            self.cursor = self._firsts[at] + inside if at >= 0 else 0
            return
        self._ahead, self._whole = self._runs_from(self._behind), False
        self._runs, self._firsts, self._letters, self.cursor = [], [], "", 0

    def pass_to(self, offset: int) -> None:
        """Find what comes behind an offset of the payload first."""
        self._read_on(len(self.payload) * _MOST_LETTERS)
        at = bisect_left(self._runs, (offset, 0, False))
        self.cursor = self._firsts[at] if at < len(self._firsts) else len(self._letters)

    def _seek(self, wanted: str) -> int:
        """Where letters stand after the cursor, the payload read as far as they are; -1 if nowhere."""
        at = self._letters.find(wanted, self.cursor)
        while at < 0:
            known = len(self._letters)
            if not self._read_on(max(_STEP, 2 * len(wanted))):
                return -1
            at = self._letters.find(wanted, max(self.cursor, known - len(wanted)))
        return at

    def _read_all(self) -> None:
        """Begin again at the payload's start, the cursor where it was."""
        self._whole = True
        self._ahead = self._runs_from(0)
        self._runs, self._firsts, self._letters = [], [], ""
        self.pass_to(self._behind)

    def _read_on(self, many: int) -> bool:
        """Take in so many letters more; False at the payload's end."""
        known = length = len(self._letters)
        pieces: list[str] = []
        while length < known + many and (runs := next(self._ahead, None)) is not None:
            letters = self._letters_of(runs)
            self._runs += runs
            *firsts, length = accumulate(map(len, letters), initial=length)
            self._firsts += firsts
            pieces += letters
        self._letters += "".join(pieces)
        return length > known

    def _letters_of(self, runs: Sequence[Run]) -> Sequence[str]:
        """What each run says; all of them at once where their letters are common."""
        payload = self.payload
        sources = [payload[start:end] if plain else meaning(payload[start:end]) for start, end, plain in runs]
        return skeletons(sources)

    def _interrupted(self, words: list[str]) -> Place:
        first = self._letters.find(words[0] + (words[1] if len(words) > 1 else ""), self.cursor)
        if first < 0:
            return NOWHERE
        at = first
        for word in words:
            found = self._letters.find(word, at, at + _NEAR + len(word))
            if found < 0:
                return NOWHERE
            at = found + len(word)
        return self._place(first, at, exact=False)

    def _place(self, first: int, after: int, *, exact: bool) -> Place:
        start = self._offset(first)
        self.cursor, self._behind = after, self._end(after - 1)
        return Place(start, self._behind - start, exact)

    def _offset(self, letter: int) -> int:
        """Where in the payload a letter stands."""
        at = bisect_right(self._firsts, letter) - 1
        (start, end, plain), inside = self._runs[at], letter - self._firsts[at]
        if not plain:
            return start
        if inside == 0:
            return next(at for at in range(start, end) if _says(self.payload[at]))
        if letter + 1 == (self._firsts[at + 1] if at + 1 < len(self._firsts) else len(self._letters)):
            return next(at for at in range(end - 1, start - 1, -1) if _says(self.payload[at]))
        source = self.payload[start:end]
        return start + bisect_right(range(len(source)), inside, key=lambda to: len(skeleton(source[: to + 1])))

    def _end(self, last: int) -> int:
        """Just behind the source of a letter: one code point, or a whole reference or escape, and the marks on it."""
        _, end, plain = self._runs[bisect_right(self._firsts, last) - 1]
        return _with_marks(self.payload, self._offset(last) + 1 if plain else end)


def _with_marks(payload: str, end: int) -> int:
    """Just behind the marks on a letter."""
    while end < len(payload) and unicodedata.category(payload[end]) == "Mn":
        end += 1
    return end


def index_html(payload: str, line: int = 1) -> Index:
    """Index the words of a page that stand outside tags, comments, scripts and styles, from a line on (1 is the first).

    Menus before an article may hold the same words; what stands only before that line is found there all the same.
    """
    start = _begin(payload, line)
    return Index(payload, partial(between_markup, payload, MARKUP), start, _index_carefully(payload), GAP)


def _begin(payload: str, line: int) -> int:
    """Where a line begins; the payload's start for one that it does not have."""
    start, left = 0, line - 1
    while start < len(payload) and (many := payload.count("\n", start, start + _STEP)) < left:
        start, left = start + _STEP, left - many  # counted by thousands: a page may have as many lines
    for _ in range(left):
        start = payload.find("\n", start) + 1
        if not start:
            break
    return start


def _index_carefully(payload: str) -> Index:
    return Index(payload, partial(between_markup, payload, EVERY_TAG))


def index_json(payload: str, start: int, end: int) -> Index:
    """Index the words of a JSON text inside a page, its escapes read, the tags in its strings left out."""
    return Index(payload, lambda at: between_quoted_tags(payload, max(at, start), end))


def words_in_order(payload: str, place: Place, text: str) -> bool:
    """Whether the words of a text stand in that stretch of a payload in their order: law 10 of the house."""
    stretch = payload[place.offset : place.offset + place.length]
    for index in (index_html(stretch), index_json(stretch, 0, len(stretch)), _index_carefully(stretch)):
        letters, at = index.letters, 0
        for word in filter(None, map(skeleton, text.split())):
            found = letters.find(word, at)
            if found < 0:
                break
            at = found + len(word)
        else:
            return True
    return False
