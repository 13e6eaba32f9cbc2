"""«أستانا (رويترز) -»: where an article says it was written and which wire it credits; a mention is never a source.

Order of trust: dateline or byline, closing line, attribution in the first two sentences of a report that bears no
other signature, a source named on the captured page outside its text. What stands deeper is a mention; what stands
under a photograph credits the photograph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from archive import arabic
from archive.records import CreditPlace, Dateline, Sourcing
from crawler import attribution, closing
from crawler.agencies import Agencies, Sort, load_agencies
from crawler.dating.months import patterns
from crawler.outlet import Outlet
from crawler.page import leads
from crawler.signature import MARKS, SIGNING, UNSIGNED, Desk, Signature, cut, sign

HEAD = 120  # code points in which a dateline ends
PLACE_WORDS = 2  # a place that the table does not know has no more words
NAMES, NAME_WORDS = 2, 4  # writers in a line of their own, and words of a writer's name
FIRST_LINE = 8  # words of a first line that may be a section or signature, so that the next line is looked at too
FINAL = re.compile(r"[-‐-―\u2212\u0640/\\|:.\n]")  # parts a dateline from its text
DASH = re.compile(r"[-‐-―\u2212\u0640]")
SENTENCE = re.compile(r"(?<=[.!؟?…])\s+|\n+")

__all__ = ["Agencies", "Credit", "is_credit_line", "is_signature", "load_agencies", "read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What an article says of its origin."""

    dateline: Dateline = field(default_factory=Dateline)
    agency: str | None = None
    credit: str | None = None
    sourcing: Sourcing = field(default_factory=Sourcing)

    @property
    def partial(self) -> bool:
        """Whether wires are credited that nobody names."""
        return self.sourcing.partial


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    """A few words between marks, the date among them, what the words are, the marks after them and where those end."""

    words: str
    date: str
    sort: Sort
    after: str
    end: int


# --- the first line -------------------------------------------------------------------------------------------------
def _split_date(words: str) -> tuple[str, str]:
    """«سوتشي 31 تموز» as place and date; figures and month names alone are a date."""
    if len(words) > HEAD:  # the text itself
        return words, ""
    months, tokens = patterns().months, arabic.tokens(words)
    for number in range(len(tokens)):
        if tokens[number].isdigit() or (number == 0 and " ".join(tokens) in months):
            named = any(
                " ".join(tokens[at : at + size]) in months for at in range(number, len(tokens)) for size in (1, 2)
            )
            figure = re.search("[0-9]", arabic.digits(words))
            at = figure.start() if figure else 0
            return (words[:at].strip(), words[at:].strip()) if named or number == 0 else (words, "")
    return words, ""


def _segments(line: str, desk: Desk) -> list[_Segment]:
    """A line's first words, cut at marks; the last segment may be the text itself."""
    found: list[_Segment] = []
    start = 0
    for marks in [*MARKS.finditer(line, 0, HEAD), None]:
        stop = marks.start() if marks else len(line)
        after = marks[0] if marks else "\n"
        end = marks.end() if marks else len(line)
        if words := line[start:stop].strip():
            place, date = _split_date(words)
            sort = (desk.sort(place) if len(place) <= HEAD else Sort.OTHER) if place else Sort.SECTION
            if sort is Sort.AGENCY and desk.agencies.says("also_places", place) and not _placed(found):
                sort = Sort.PLACE
            last = "\n" if end >= len(line) else ""
            found.append(_Segment(words=place, date=date, sort=sort, after=after + last, end=end))
        start = end
    return _opened_by_name(found, desk)


def _opened_by_name(segments: list[_Segment], desk: Desk) -> list[_Segment]:
    """With the plain word that is an agency's name only here, before a dash and a place: «وطنية - بيروت - …»."""
    first, second = [*segments[:2], _NOWHERE, _NOWHERE][:2]
    dashed = DASH.search(first.after) and DASH.search(second.after)
    if second.sort is Sort.PLACE and dashed and desk.agencies.opener(first.words):
        return [replace(first, sort=Sort.AGENCY), *segments[1:]]
    return segments


_NOWHERE = _Segment(words="", date="", sort=Sort.OTHER, after="", end=0)


def _placed(segments: Sequence[_Segment]) -> bool:
    return any(segment.sort is Sort.PLACE for segment in segments)


def _may_open(segment: _Segment, desk: Desk) -> bool:
    """Whether words that the table does not know can be a place: few, and no verb before them."""
    words = segment.words.split()
    return len(words) <= PLACE_WORDS and not desk.agencies.says("verbs", words[0])


def _head(segments: Sequence[_Segment], desk: Desk) -> tuple[int, int]:
    """How many segments may be a dateline, and the index after the last that signs it (0: none does)."""
    signed = 0
    for number, segment in enumerate(segments):
        if segment.sort in SIGNING:
            signed = number + 1
        elif segment.sort is Sort.OTHER and (signed or not _may_open(segment, desk)):
            return number, signed
    return len(segments), signed


def _strange_place(segments: Sequence[_Segment], signed: int, desk: Desk) -> int:
    """How many segments behind a signature are a place that no table knows: «رويترز- لونبورغ (ألمانيا): …»."""
    if _placed(segments[:signed]) or not DASH.search(segments[signed - 1].after):
        return 0
    for number, segment in enumerate(segments[signed : signed + 2], 1):
        if segment.sort not in (Sort.OTHER, Sort.PLACE) or not _may_open(segment, desk):
            return 0
        if ":" in segment.after:
            return number
        if "(" not in segment.after:
            return 0
    return 0


def _is_writers_line(segments: Sequence[_Segment], desk: Desk) -> bool:
    """«سلمى العلي – جدة», alone on its line: somebody's name and a place."""
    *names, last = segments
    return (
        0 < len(names) <= NAMES
        and last.sort is Sort.PLACE
        and last.after.endswith("\n")
        and all(name.sort is Sort.OTHER and DASH.search(name.after) for name in names)
        and all(1 < len(name.words.split()) <= NAME_WORDS for name in names)
        and not any(desk.agencies.says("verbs", name.words.split()[0]) for name in names)
    )


def _ends(head: Sequence[_Segment]) -> bool:
    """Whether a signed head is parted from its text: by a dash or the like, or by a bracket behind a known place."""
    last = max(number for number, segment in enumerate(head) if segment.sort in SIGNING)
    if any(FINAL.search(segment.after) for segment in head[last:]):
        return True
    known = head[0].sort in SIGNING or any(segment.sort is Sort.PLACE for segment in head[:last])
    return known and ")" in head[last].after


def _is_place(segment: _Segment, desk: Desk) -> bool:
    """A place of the table, one word, or words before a bracket; «بلدي نيوز - متابعات» is a name, «المصدر» a label."""
    if desk.agencies.says("sources", segment.words):
        return False
    return segment.sort is Sort.PLACE or len(segment.words.split()) == 1 or "(" in segment.after


def _extent(segments: Sequence[_Segment], desk: Desk) -> tuple[int, int]:
    """How many segments are a dateline, and how many of these, at its end, a place that no table knows; 0 for none."""
    known, signed = _head(segments, desk)
    if signed:
        while signed < known and segments[signed].sort is Sort.PLACE:  # «أخبار الآن | دبي - …»
            signed += 1
        strange = _strange_place(segments, signed, desk)
        return (signed + strange, strange) if strange or _ends(segments[:signed]) else (0, 0)
    if not segments:
        return 0, 0
    if _is_writers_line(segments, desk):
        return len(segments), 0
    first = segments[0]
    return int(first.sort is Sort.PLACE and bool(DASH.search(first.after)) and "\n" not in first.after), 0


def _opening(line: str, desk: Desk) -> tuple[Dateline, Signature]:
    """The dateline that a line begins with, and who signs it; an empty one when it begins with none."""
    segments = _segments(line, desk)
    extent, strange = _extent(segments, desk)
    if not extent:
        return Dateline(), UNSIGNED
    head, stranger = segments[:extent], segments[extent - strange] if strange else _NOWHERE
    signature = sign([segment.words for segment in head if segment.sort in SIGNING], desk)
    if head[0].sort is Sort.AGENCY and (opener := desk.agencies.opener(head[0].words)):
        signature = replace(signature, agency=opener, words=head[0].words, signed=True)
    offers = (s for sort in (Sort.PLACE, Sort.OTHER) for s in head if s.sort is sort and _is_place(s, desk))
    place = stranger.words or next(offers, _NOWHERE).words or None
    if len(head) > 1 and head[-1].sort is Sort.PLACE:
        signature = replace(signature, signed=True)  # by a writer of the house, if by nobody else
    dates = [segment.date for segment in head if segment.date]
    said = line[: head[-1].end].strip().rstrip('([«“" ')
    return Dateline(place=place, agency=signature.agency, date="/".join(dates) or None, said=said), signature


def _first_lines(paragraphs: Sequence[str], desk: Desk) -> tuple[int, Dateline, Signature]:
    """The opening of the first paragraph; of the second when the first is a section, a label or its summary.

    A place and who signs behind it are believed there behind any lead of the same matter.
    """
    above = True
    for at, paragraph in enumerate(paragraphs[:2]):
        dateline, signature = _opening(paragraph, desk)
        signs = signature.signed and dateline.place is not None
        if dateline.said and (above or (signs and leads.are_of_one(paragraphs[0], paragraph))):
            return at, dateline, signature
        above = len(paragraph.split()) <= FIRST_LINE or _is_above(paragraph, paragraphs[1:2], desk)
    return 0, Dateline(), UNSIGNED


def _is_above(paragraph: str, following: Sequence[str], desk: Desk) -> bool:
    """Whether a paragraph is a summary: the next one tells it again, or is a line that signs the text."""
    return any(leads.retells(paragraph, line) or _is_credit_line(line, desk) for line in following)


# --- attribution, and the whole ------------------------------------------------------------------------------
def _attribution(paragraphs: Sequence[str], after: int, desk: Desk, *, opened: bool) -> Signature:
    """The credit in the first two sentences behind the dateline; behind a signed one only what is attributed."""
    text = "\n".join(paragraphs)[after:].strip()
    for sentence in SENTENCE.split(text, maxsplit=2)[:2]:
        if chain := attribution.source(sentence, desk.agencies, only_attributed=opened):
            behind = chain[1] if len(chain) > 1 else None
            return Signature(agency=chain[0], behind=behind, words=sentence, signed=True)
    return UNSIGNED


def _chosen(signatures: Sequence[Signature]) -> Signature:
    """The most trusted that names an agency; else the most trusted that credits anybody; else none."""
    named = [signature for signature in signatures if signature.agency]
    worded = [signature for signature in signatures if signature.words]
    return next(iter([*named, *worded]), UNSIGNED)


def _chain(chosen: Signature, lead: Signature) -> tuple[str, ...]:
    """The credited agency and the one it has the report from, be it named beside it or by the report's first words."""
    if not chosen.agency:
        return ()
    behind = chosen.behind or (lead.agency if chosen is not lead else None)
    return (chosen.agency, behind) if behind and behind != chosen.agency else (chosen.agency,)


def is_signature(line: str, agencies: Agencies, outlet: Outlet) -> bool:
    """Whether a line is nothing but places and names that sign, «دمشق - سانا», or a place and our reporter."""
    desk = Desk(agencies=agencies, own=(outlet.name, outlet.english, outlet.id))
    return _signs(line, desk) or _is_reporters(line, desk)


def is_credit_line(line: str, agencies: Agencies, outlet: Outlet) -> bool:
    """Whether a line is a place and a wire, or several wires, and nothing else: «أستانا-سانا», «عواصم - وكالات»."""
    return _is_credit_line(line, Desk(agencies=agencies, own=(outlet.name, outlet.english, outlet.id)))


def _signs(line: str, desk: Desk) -> bool:
    said = [desk.sort(words) for words in cut(line)]
    return bool(said) and all(sort in (*SIGNING, Sort.PLACE) for sort in said)


def _is_reporters(line: str, desk: Desk) -> bool:
    """«أستانا - من مراسلنا …»: a place, and behind it our reporter with no more words than a name has."""
    words = cut(line) if len(line) <= HEAD else []
    if len(words) != 2 or desk.sort(words[0]) is not Sort.PLACE:
        return False
    reporter, *name = words[1].split()[words[1].startswith("من ") :]
    ours = reporter.removesuffix("نا")
    named = ours != reporter and any(desk.agencies.says("reporters", said) for said in (ours, f"{ours[:-1]}ة"))
    return named and len(name) <= NAME_WORDS


def _is_credit_line(line: str, desk: Desk) -> bool:
    words = cut(line) if len(line) <= HEAD else []
    sorts = [desk.sort(said) for said in words]
    named = any(sort in (Sort.AGENCY, Sort.PARTIAL) for sort in sorts)
    return len(sorts) > 1 and named and all(sort in (*SIGNING, Sort.PLACE, Sort.SECTION) for sort in sorts)


def read(
    paragraphs: Sequence[str],
    byline: str | None,
    agencies: Agencies,
    outlet: Outlet,
    elsewhere: Sequence[str] = (),
) -> Credit:
    """Dateline and credit of an article's clean paragraphs, in order, its printed byline, and the page's other lines.

    An outlet's own signature is no wire, unless the outlet is an agency itself. An ambiguous name is kept as the
    credit's words and no agency is guessed. A report signed «وكالات» may name one of them in its first words: it is
    credited, and the credit stays partial.
    """
    desk = Desk(agencies=agencies, own=(outlet.name, outlet.english, outlet.id))
    at, dateline, opened = _first_lines(paragraphs, desk)
    bylined = replace(sign(cut(byline or ""), desk), where=CreditPlace.BYLINE)
    closed = replace(closing.closing(paragraphs, desk), where=CreditPlace.CLOSING)
    signatures = [opened, bylined, closed]
    named = any(signature.agency for signature in signatures)
    lead = _attribution(paragraphs[at : at + 2], len(dateline.said or ""), desk, opened=named)
    lead = replace(lead, where=CreditPlace.LEAD)
    partial = any(signature.partial for signature in signatures)
    silent = not byline and not outlet.agency and not any(signature.signed for signature in signatures)
    if named or partial or silent:
        signatures.append(lead)
    if not any(signature.signed for signature in signatures):
        signatures.append(replace(closing.elsewhere(elsewhere, desk), where=CreditPlace.PAGE))
    chosen = _chosen(signatures)
    chain = _chain(chosen, lead)
    return Credit(
        dateline=dateline,
        agency=chosen.agency,
        credit=chosen.words,
        sourcing=Sourcing(
            where=chosen.where if chosen.words else None,
            partial=partial or chosen.partial,
            chain=chain,
            leftover=_leftover(paragraphs, chain, agencies, outlet),
        ),
    )


def _leftover(paragraphs: Sequence[str], chain: Sequence[str], agencies: Agencies, outlet: Outlet) -> tuple[str, ...]:
    """Agencies whose own reporters speak in the text, that neither are credited nor are the outlet."""
    speaking = attribution.reporters("\n".join(paragraphs), agencies)
    return tuple(name for name in speaking if name not in chain and name != outlet.agency)
