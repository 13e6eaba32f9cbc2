"""«أستانا (رويترز) -»: where an article says it was written and which wire it credits; a mention is never a source.

Order of trust: dateline or byline, closing line, attribution in the first two sentences of a report that bears no
other signature. What stands deeper is a mention; what stands under a photograph credits the photograph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archive import arabic
from archive.records import Dateline
from crawler.agencies import Agencies, Sort, load_agencies
from crawler.dating.written import patterns
from crawler.outlet import Outlet
from crawler.page import leads

HEAD = 120  # code points in which a dateline ends
CLOSING = 80  # code points a closing credit has at most
PLACE_WORDS = 2  # a place that the table does not know has no more words
STRANGER_WORDS = 3  # of an unknown paper's name beside «وكالات»
FIRST_LINE = 8  # words of a first line that may be a section or signature, so that the next line is looked at too
# Dashes of every kind, MINUS SIGN, TATWEEL as a dash, slashes, bar, colon, brackets, quotation marks, commas, plus;
# a full stop only at a word's end: «أ.ف.ب» is one name.
MARK = r"(?:[-‐-―\u2212\u0640/\\|:()\[\]«»“”\",،+\n]|\.(?=\s|$))"
MARKS = re.compile(rf"\s*{MARK}(?:\s|{MARK})*")
FINAL = re.compile(r"[-‐-―\u2212\u0640/\\|:.\n]")  # parts a dateline from its text
DASH = re.compile(r"[-‐-―\u2212\u0640]")
SENTENCE = re.compile(r"(?<=[.!؟?…])\s+|\n+")
LAST_BRACKET = re.compile(r"(?<=[.!؟?»”\"…])\s*\(([^()]{2,40})\)\s*\.?\s*$")
CONJUNCTION = re.compile("^[وف](?=...)")
SIGNING = (Sort.AGENCY, Sort.PARTIAL, Sort.OWN, Sort.HOMONYM)

__all__ = ["Agencies", "Credit", "is_signature", "load_agencies", "read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What an article says of its origin. `partial`: a wire is credited and none is named («وكالات»)."""

    dateline: Dateline = field(default_factory=Dateline)
    agency: str | None = None
    credit: str | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    """A few words between marks, the date among them, what the words are, the marks after them and where those end."""

    words: str
    date: str
    sort: Sort
    after: str
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signature:
    """Who signs or is credited, in what words; `signed` when anybody is, `partial` when a wire without a name is."""

    agency: str | None = None
    words: str | None = None
    partial: bool = False
    signed: bool = False


UNSIGNED = _Signature()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """The table and the names that the outlet signs itself with."""

    agencies: Agencies
    own: tuple[str, ...]

    def sort(self, words: str) -> Sort:
        """What the words are."""
        return self.agencies.sort(words, self.own)


# --- the first line -------------------------------------------------------------------------------------------------
def _split_date(words: str) -> tuple[str, str]:
    """«سوتشي 31 تموز» as place and date; figures and month names alone are a date."""
    months, tokens = patterns().months, arabic.tokens(words)
    for number in range(len(tokens)):
        rest = tokens[number:]
        named = any(" ".join(rest[at : at + size]) in months for at in range(len(rest)) for size in (1, 2))
        if rest[0].isdigit() or (number == 0 and " ".join(rest) in months):
            figure = re.search("[0-9]", arabic.digits(words))
            at = figure.start() if figure else 0
            return (words[:at].strip(), words[at:].strip()) if named or number == 0 else (words, "")
    return words, ""


def _segments(line: str, desk: _Desk) -> list[_Segment]:
    """A line's first words, cut at marks; the last segment may be the text itself."""
    found: list[_Segment] = []
    start = 0
    for marks in [*MARKS.finditer(line, 0, HEAD), None]:
        stop = marks.start() if marks else len(line)
        after = marks[0] if marks else "\n"
        end = marks.end() if marks else len(line)
        if words := line[start:stop].strip():
            place, date = _split_date(words)
            sort = desk.sort(place) if place else Sort.SECTION
            last = "\n" if end >= len(line) else ""
            found.append(_Segment(words=place, date=date, sort=sort, after=after + last, end=end))
        start = end
    return found


def _may_open(segment: _Segment, desk: _Desk) -> bool:
    """Whether words that the table does not know can be a place: few, and no verb before them."""
    words = segment.words.split()
    return len(words) <= PLACE_WORDS and not desk.agencies.says("verbs", words[0])


def _head(line: str, desk: _Desk) -> tuple[list[_Segment], int]:
    """The segments that may be a dateline, and the index after the last that signs it (0: none does)."""
    segments, signed = _segments(line, desk), 0
    for number, segment in enumerate(segments):
        if segment.sort in SIGNING:
            signed = number + 1
        elif segment.sort is Sort.OTHER and (signed or not _may_open(segment, desk)):
            return segments[:number], signed
    return segments, signed


def _signature(words: Sequence[str], desk: _Desk) -> _Signature:
    """Who signs with these words: the one agency named; of two it is not guessed which one."""
    sorts = {said: desk.sort(said) for said in words}
    named = [said for said, sort in sorts.items() if sort is Sort.AGENCY]
    credited = named or [said for said, sort in sorts.items() if sort in (Sort.PARTIAL, Sort.HOMONYM)]
    agencies = {desk.agencies.agency(said) for said in named}
    return _Signature(
        agency=agencies.pop() if len(agencies) == 1 else None,
        words="، ".join(credited) or None,
        partial=len(agencies) > 1 or (not named and any(sorts[said] is Sort.PARTIAL for said in credited)),
        signed=any(sort in SIGNING for sort in sorts.values()),
    )


def _ends(head: Sequence[_Segment]) -> bool:
    """Whether a signed head is parted from its text: by a dash or the like, or by a bracket behind a known place."""
    last = max(number for number, segment in enumerate(head) if segment.sort in SIGNING)
    if any(FINAL.search(segment.after) for segment in head[last:]):
        return True
    known = head[0].sort in SIGNING or any(segment.sort is Sort.PLACE for segment in head[:last])
    return known and ")" in head[last].after


def _is_place(segment: _Segment) -> bool:
    """A place of the table, one word, or words before a bracket; «بلدي نيوز - متابعات» is a paper's name."""
    return segment.sort is Sort.PLACE or len(segment.words.split()) == 1 or "(" in segment.after


def _opening(line: str, desk: _Desk) -> tuple[Dateline, _Signature]:
    """The dateline that a line begins with, and who signs it; an empty one when it begins with none."""
    segments, signed = _head(line, desk)
    places = [segment for segment in segments if segment.sort is Sort.PLACE]
    if signed:
        while signed < len(segments) and segments[signed].sort is Sort.PLACE:  # «أخبار الآن | دبي - …»
            signed += 1
        if not _ends(segments[:signed]):
            return Dateline(), UNSIGNED
    elif places and segments[0] is places[0] and DASH.search(places[0].after) and "\n" not in places[0].after:
        signed = 1
    else:
        return Dateline(), UNSIGNED
    head = segments[:signed]
    signature = _signature([segment.words for segment in head if segment.sort in SIGNING], desk)
    place = next((s.words for sort in (Sort.PLACE, Sort.OTHER) for s in head if s.sort is sort and _is_place(s)), None)
    dates = [segment.date for segment in head if segment.date]
    said = line[: head[-1].end].strip().rstrip("([« ")
    return Dateline(place=place, agency=signature.agency, date="/".join(dates) or None, said=said), signature


def _first_lines(paragraphs: Sequence[str], desk: _Desk) -> tuple[int, Dateline, _Signature]:
    """The opening of the first paragraph; of the second when the first is a mere section or label, or its summary."""
    for at, paragraph in enumerate(paragraphs[:2]):
        dateline, signature = _opening(paragraph, desk)
        if dateline.said:
            return at, dateline, signature
        summed = len(paragraphs) > 1 and leads.retells(paragraph, paragraphs[1])
        if len(paragraph.split()) > FIRST_LINE and not summed:
            break
    return 0, Dateline(), UNSIGNED


# --- byline, closing line, attribution ------------------------------------------------------------------------------
def _cut(line: str) -> list[str]:
    return [words for words in MARKS.split(line) if words and words.strip()]


def _begins(folded: str, words: Sequence[str]) -> int:
    """How many code points of a folded line one of the table's words takes at its beginning; 0 for none."""
    ends = (len(word) for word in map(arabic.fold, words) if re.match(rf"{re.escape(word)}(?![ء-ي])", folded))
    return max(ends, default=0)


def _last_line(paragraphs: Sequence[str], desk: _Desk) -> str:
    """The last paragraph that is neither «انتهى» nor words under a photograph."""
    words = desk.agencies.words
    for paragraph in reversed(paragraphs):
        bare = arabic.fold(paragraph).strip(" ./-*")
        if desk.agencies.says("endings", bare) or not bare:
            continue
        return "" if _begins(bare, words.photographs) and len(bare) <= CLOSING else paragraph
    return ""


def _closing(paragraphs: Sequence[str], desk: _Desk) -> _Signature:
    """«المصدر: رويترز», «(رويترز)», «وطن / وكالات» at the end."""
    line = _last_line(paragraphs, desk)
    if bracket := LAST_BRACKET.search(line):
        line = bracket[1]
    if not line or len(line) > CLOSING:
        return UNSIGNED
    folded = arabic.fold(line).lstrip(" -/(")
    start = _begins(folded, desk.agencies.words.sources)
    names = _cut(folded[start:] if start else line)
    signature = _signature(names, desk)
    if start:
        return (
            _Signature(agency=signature.agency, words=line, partial=signature.partial, signed=bool(names))
            if names
            else UNSIGNED
        )
    strangers = [name for name in names if desk.sort(name) not in SIGNING]  # «وطن اف ام / وكالات»
    few = signature.partial and all(len(name.split()) <= STRANGER_WORDS for name in strangers)
    return signature if few or not strangers else UNSIGNED


def _attributions(agencies: Agencies) -> Iterator[list[str]]:
    yield from sorted((arabic.tokens(words) for words in agencies.words.attributions), key=len, reverse=True)


def _attributed(sentence: str, agencies: Agencies) -> str | None:
    """The agency of «ذكرت وكالة X», «بحسب وكالة X» in a sentence."""
    tokens = arabic.fold(sentence).replace(" لوكاله ", " ل وكاله ")
    words = [CONJUNCTION.sub("", token) if token[1:] in _verbs(agencies) else token for token in arabic.tokens(tokens)]
    for phrase in _attributions(agencies):
        for at in range(len(words) - len(phrase)):
            if words[at : at + len(phrase)] == phrase and words[at + len(phrase)] == "وكاله":
                return agencies.named_first(words[at + len(phrase) :])
    return None


def _verbs(agencies: Agencies) -> set[str]:
    return {phrase[0] for phrase in _attributions(agencies)}


def _attribution(paragraphs: Sequence[str], after: int, agencies: Agencies) -> _Signature:
    """The credit in the first two sentences behind the dateline."""
    text = "\n".join(paragraphs)[after:].strip()
    for sentence in SENTENCE.split(text)[:2]:
        if name := _attributed(sentence, agencies):
            return _Signature(agency=name, words=sentence, signed=True)
    return UNSIGNED


def _chosen(signatures: Sequence[_Signature]) -> _Signature:
    """The most trusted that names an agency; else the most trusted that credits anybody; else none."""
    named = [signature for signature in signatures if signature.agency]
    worded = [signature for signature in signatures if signature.words]
    return next(iter([*named, *worded]), UNSIGNED)


def is_signature(line: str, agencies: Agencies, outlet: Outlet) -> bool:
    """Whether a line holds nothing but places and names that sign: «دمشق - سانا»."""
    desk = _Desk(agencies=agencies, own=(outlet.name, outlet.english, outlet.id))
    said = [desk.sort(words) for words in _cut(line)]
    return bool(said) and all(sort in (*SIGNING, Sort.PLACE) for sort in said)


def read(paragraphs: Sequence[str], byline: str | None, agencies: Agencies, outlet: Outlet) -> Credit:
    """Dateline and credit of an article's clean paragraphs, in order, and its printed byline.

    An outlet's own signature is no wire, unless the outlet is an agency itself. An ambiguous name is kept as the
    credit's words and no agency is guessed.
    """
    desk = _Desk(agencies=agencies, own=(outlet.name, outlet.english, outlet.id))
    at, dateline, opened = _first_lines(paragraphs, desk)
    signatures = [opened, _signature(_cut(byline or ""), desk), _closing(paragraphs, desk)]
    if not byline and not outlet.agency and not any(signature.signed for signature in signatures):
        signatures.append(_attribution(paragraphs[at : at + 2], len(dateline.said or ""), agencies))
    chosen = _chosen(signatures)
    return Credit(
        dateline=dateline, agency=chosen.agency, credit=chosen.words, partial=chosen.partial and not chosen.agency
    )
