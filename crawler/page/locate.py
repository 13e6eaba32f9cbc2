"""Where a read paragraph stands in the decoded payload: offset and length in code points; it never changes a text."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from array import array
from bisect import bisect_left
from dataclasses import dataclass

# Markup that holds no words of the page. Scripts are indexed apart, for JSON-LD.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?:script|style|template)\b[^>]*>.*?(?:</(?:script|style|template)\s*>|\Z)|<[/!?a-zA-Z][^>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_MAY_MATTER = re.compile("[^\x00-/:-@\\[-`{-\x7f]+")  # runs without ASCII signs and spaces, which matter nowhere
_ONE_TO_ONE = re.compile("[0-9A-Za-z\u0621-\u063a\u0641-\u064a]+")  # each is compared by exactly one letter
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_ESCAPE = re.compile(r'\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|["\\/bfnrt])')
_NEAR = 400  # significant code points a word may stand away from the one before it when a paragraph is interrupted


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


def skeleton(text: str) -> str:
    """Letters and digits of a text, composed forms taken apart, marks and signs left out: what places are found by."""
    return text.translate(_SIGNIFICANT)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the decoded payload, in code points; offset -1 when the words stand nowhere in it."""

    offset: int
    length: int
    exact: bool  # False: other words stand in between


NOWHERE = Place(-1, 0, False)


class Index:
    """The significant letters of one payload, each with its offset; finds paragraphs one after the other."""

    def __init__(self, payload: str, letters: str, starts: array[int]) -> None:
        self.payload = payload
        self.letters = letters
        self.starts = starts
        self.cursor = 0

    def seek(self, line: int) -> None:
        """Look from a line of the payload on (1 is the first): menus before the text may hold the same words."""
        offset = 0
        for _ in range(line - 1):
            offset = self.payload.find("\n", offset) + 1
            if not offset:
                return
        self.cursor = max(self.cursor, bisect_left(self.starts, offset))

    def find(self, text: str) -> Place:
        """The place of a text after the one found before it, else anywhere; interrupted words only in their order."""
        wanted = skeleton(text)
        if not wanted:
            return NOWHERE
        at = self.letters.find(wanted, self.cursor)
        if at < 0:
            at = self.letters.find(wanted)
        if at >= 0:
            return self._place(at, at + len(wanted), exact=True)
        return self._interrupted([part for part in map(skeleton, text.split()) if part])

    def _interrupted(self, words: list[str]) -> Place:
        first = self.letters.find(words[0] + (words[1] if len(words) > 1 else ""), self.cursor)
        if first < 0:
            return NOWHERE
        at = first
        for word in words:
            found = self.letters.find(word, at, at + _NEAR + len(word))
            if found < 0:
                return NOWHERE
            at = found + len(word)
        return self._place(first, at, exact=False)

    def _place(self, first: int, after: int, *, exact: bool) -> Place:
        self.cursor = after
        start = self.starts[first]
        return Place(start, self._end(after - 1) - start, exact)

    def _end(self, last: int) -> int:
        """Just behind the source of a letter: one code point, or a whole reference or escape, and the marks on it."""
        at = self.starts[last]
        whole = _REFERENCE.match(self.payload, at) or _ESCAPE.match(self.payload, at)
        end = whole.end() if whole else at + 1
        while end < len(self.payload) and unicodedata.category(self.payload[end]) == "Mn":
            end += 1
        return end


class _Pen:
    """Writes the significant letters of stretches of a payload."""

    def __init__(self, payload: str, escape: re.Pattern[str]) -> None:
        self.payload = payload
        self.escape = escape
        self.pieces: list[str] = []
        self.starts = array("L")

    def write(self, start: int, end: int) -> None:
        at = start
        for found in self.escape.finditer(self.payload, start, end):
            self._plain(at, found.start())
            letters = skeleton(_meaning(found.group()))
            self.pieces.append(letters)
            self.starts.extend([found.start()] * len(letters))
            at = found.end()
        self._plain(at, end)

    def _plain(self, start: int, end: int) -> None:
        for run in _MAY_MATTER.finditer(self.payload, start, end):
            if _ONE_TO_ONE.fullmatch(run.group()):
                self.pieces.append(skeleton(run.group()))
                self.starts.extend(range(run.start(), run.end()))
                continue
            for at, letter in enumerate(run.group(), run.start()):
                kept = _SIGNIFICANT[ord(letter)]
                if kept:
                    self.pieces.append(kept)
                    self.starts.extend([at] * len(kept))

    def index(self) -> Index:
        return Index(self.payload, "".join(self.pieces), self.starts)


def index_html(payload: str) -> Index:
    """Index the words of a page that stand outside tags, comments, scripts and styles."""
    pen = _Pen(payload, _REFERENCE)
    at = 0
    for mark in _MARKUP.finditer(payload):
        pen.write(at, mark.start())
        at = mark.end()
    pen.write(at, len(payload))
    return pen.index()


def index_json(payload: str, start: int, end: int) -> Index:
    """Index the words of a JSON text inside a page, its escapes read."""
    pen = _Pen(payload, _ESCAPE)
    pen.write(start, end)
    return pen.index()


def _meaning(escaped: str) -> str:
    if escaped.startswith("&"):
        return html.unescape(escaped)
    try:
        return str(json.loads(f'"{escaped}"'))
    except json.JSONDecodeError:  # an escape a browser's JSON reader refuses too
        return " "


def words_in_order(payload: str, place: Place, text: str) -> bool:
    """Whether the words of a text stand in that stretch of a payload in their order: law 10 of the house."""
    stretch = payload[place.offset : place.offset + place.length]
    for index in (index_html(stretch), index_json(stretch, 0, len(stretch))):
        at = 0
        for word in filter(None, map(skeleton, text.split())):
            found = index.letters.find(word, at)
            if found < 0:
                break
            at = found + len(word)
        else:
            return True
    return False
