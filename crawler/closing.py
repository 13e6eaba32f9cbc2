"""«المصدر: رويترز», «(رويترز)», «…، وفقا لرويترز.»: the credit that closes a text, or stands on its page outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from archive import arabic
from crawler import attribution
from crawler.agencies import Sort
from crawler.signature import SIGNING, UNSIGNED, Desk, Signature, cut, sign

LABEL = 20  # code points of «المصدر:» in a box of its own
CLOSING = 80  # code points a closing credit has at most
STRANGER_WORDS = 3  # of an unknown paper's name beside «وكالات»
LAST_BRACKET = re.compile(r"(?<=[.!؟?»”\"…])\s*[(«“\"]\s*([^()«»“”\"]{2,40})[)»”\"]\s*\.?\s*$")
BRACKETS = re.compile(r"[.!؟?»”\"…]\s*[(«“\"]\s*([^()«»“”\"]{2,40})[)»”\"]")
INITIALS = re.compile(r"\s*(?:[ء-ي]\s*\.?\s*){1,3}")  # «ص.ش/ح.ع (د ب أ)»: who wrote and who checked
# «… روما - أ ف ب»: the last words of a text in the shape of a dateline.
LAST_DATELINE = re.compile(r"(\S+(?:\s\S+)?)\s*[-‐-―\u2212\u0640/(]\s*([^-‐-―\u2212\u0640/()]{2,30}?)\)?\s*\.?\s*$")


@lru_cache(maxsize=64)
def _beginnings(words: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted({arabic.fold(word) for word in words}, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(map(re.escape, longest))})(?![ء-ي])")


def _begins(folded: str, words: tuple[str, ...]) -> int:
    """How many code points of a folded line one of the table's words takes at its beginning; 0 for none."""
    found = _beginnings(words).match(folded)
    return found.end() if found else 0


def _last_line(paragraphs: Sequence[str], desk: Desk) -> str:
    """The last paragraph that is neither «انتهى» nor words under a photograph."""
    words = desk.agencies.words
    for paragraph in reversed(paragraphs):
        if len(paragraph) > 2 * CLOSING:
            return paragraph
        bare = arabic.fold(paragraph).strip(" ./-*")
        if desk.agencies.says("endings", bare) or not bare:
            continue
        return "" if _begins(bare, words.photographs) and len(bare) <= CLOSING else paragraph
    return ""


def _last_words(line: str, desk: Desk) -> Signature:
    """«… روما - أ ف ب», «…، وفقا لرويترز.»: a credit that ends the last paragraph without a line of its own."""
    shaped = LAST_DATELINE.search(line[-CLOSING:])
    words = shaped[1].split() if shaped else []
    placed = any(desk.sort(" ".join(words[at:])) is Sort.PLACE for at in range(len(words)))
    agency = desk.agencies.agency(shaped[2]) if shaped and placed else None
    agency = agency or attribution.closing(line, desk.agencies)
    last = re.split("[.،,؛؟!]", line.rstrip(" .)"))[-1].strip()[-CLOSING:]
    return Signature(agency=agency, words=last if agency else None, signed=agency is not None)


def closing(paragraphs: Sequence[str], desk: Desk) -> Signature:
    """«المصدر: رويترز», «(رويترز)», «وطن / وكالات» at the end."""
    line = whole = _last_line(paragraphs, desk)
    if bracket := LAST_BRACKET.search(line, max(0, len(line) - CLOSING)):
        line = bracket[1]
        several = {name for each in BRACKETS.findall(whole) if (name := desk.agencies.agency(each))}
        if len(several) > 1:  # pictures in a row, each with its own credit
            return Signature(words=line, partial=True, signed=True)
    signature = _credit_line(line, desk) if 0 < len(line) <= CLOSING else UNSIGNED
    return signature if signature.signed else _last_words(whole, desk)


def _credit_line(line: str, desk: Desk) -> Signature:
    """Who a short line credits that says nothing else."""
    folded = arabic.fold(line).lstrip(" -/(")
    start = _begins(folded, desk.agencies.words.sources)
    said = folded[start:].lstrip(" :|-/(") if start else line
    if chain := attribution.onward(said, desk.agencies):
        return Signature(agency=chain[0], behind=chain[1], words=line, signed=True)
    names = [line] if desk.agencies.agency(line) else cut(folded[start:] if start else line)
    names = [name for name in names if desk.agencies.agency(name) or not INITIALS.fullmatch(name)]
    signature = sign(names, desk)
    if start:
        return replace(signature, words=line, signed=True) if names else UNSIGNED
    strangers = [name for name in names if desk.sort(name) not in SIGNING]  # «وطن اف ام / وكالات»
    few = signature.partial and all(len(name.split()) <= STRANGER_WORDS for name in strangers)
    return signature if few or not strangers else UNSIGNED


def is_label(line: str, sources: tuple[str, ...]) -> bool:
    """Whether a line says that a source is named in the next: «المصدر», or a short one with a colon."""
    return len(line) <= LABEL and (line[-1:] == ":" or _begins(folded := arabic.fold(line), sources) == len(folded))


def elsewhere(lines: Sequence[str], desk: Desk) -> Signature:
    """«المصدر: رويترز» on the page outside the text: the first line that names a source, or its label and the next."""
    for said, following in pairwise((*lines, "")):
        line = f"{said} {following}" if is_label(said, desk.agencies.words.sources) else said
        if len(line) <= CLOSING and _begins(arabic.fold(line).lstrip(" -/("), desk.agencies.words.sources):
            signature = _credit_line(line, desk)
            if signature.agency or signature.partial:
                return signature
    return UNSIGNED
