"""«بحسب رويترز», «قال مسؤولان لوكالة X», «موفد سانا»: which agencies a sentence is taken from; a mere mention is none.

What stands in a dateline or byline is another room's. Sentences are looked at folded, so that hamza, marks and the
shape of quotation marks do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from archive import arabic
from crawler.agencies import Agencies
from crawler.literals import Gated, gated

BEGINS, ENDS = "(?<![ء-يa-z])[وف]?", "(?![ء-يa-z0-9])"
QUOTE = r"""[ ("'\[]*"""
QUOTED = r"""[ ]*[("'\[]+[ ]*"""
NEAR = 90  # code points between «قال» and «لوكالة»
ADJECTIVES = 4  # words between «وكالة» and a name in quotation marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The table as patterns over folded sentences; each catches the agency's name as group `name` or `plain`."""

    attributed: Gated
    told: Gated
    witnessed: Gated
    from_others: Gated
    next_to: re.Pattern[str]
    opening: re.Pattern[str]
    closing: Gated
    reporters: Gated


def _any(words: Iterable[str]) -> str:
    """One of some folded words or phrases, the longest first."""
    folded = {re.escape(arabic.fold(word)).replace(r"\ ", " +") for word in words}
    return f"(?:{'|'.join(sorted(folded, key=lambda word: (-len(word), word)))})"


def _name(spelling: str) -> str:
    """A name as it may stand: dots and spaces between its parts, its article swallowed by «ل»."""
    parts = arabic.tokens(spelling)
    whole = "[ .]*".join(map(re.escape, parts))
    return f"{whole}|ل{whole[1:]}" if whole.startswith("ال") else whole


def _names(spellings: Iterable[str]) -> str:
    alternatives = sorted({_name(spelling) for spelling in spellings}, key=lambda name: (-len(name), name))
    return f"(?:{'|'.join(alternatives)})"


def _before(words: str) -> str:
    """Words before a name, parted from it but for «ل»."""
    folded = arabic.fold(words)
    return folded if folded.endswith("ل") else f"{folded} +"


def _agency(agencies: Agencies) -> str:
    """An agency's name with what may stand before it; a plain word needs «وكالة» or quotation marks to be one."""
    words = agencies.words
    spellings = {spelling for name, said in words.agencies.items() for spelling in (name, *said)} | set(agencies.extra)
    plain = {spelling for spelling in spellings if agencies.says("plain", spelling)}
    house = rf"(?:ل|ب|لل)?{_any(words.around)} +"
    known = rf"(?:ل|ب)?(?:{house})*{QUOTE}(?P<name>{_names(spellings - plain)}){ENDS}"
    vouched = rf"(?:(?:{house})+{QUOTE}|(?:ل|ب)?(?:{house}(?:[ء-ي]+ +){{0,{ADJECTIVES}}})?{QUOTED})"
    return rf"(?:{known}|{vouched}(?P<plain>{_names(plain)}){ENDS})"


@lru_cache(maxsize=8)
def spoken(agencies: Agencies) -> Spoken:
    """The patterns of a table."""
    words, agency = agencies.words, _agency(agencies)
    said = f"{BEGINS}{_any(words.attributions)} +(?:(?:عنه|عنها|عنهم|امس|اليوم|ذلك) +)?"
    to, interviews = (f"(?<![ء-ي])(?:{'|'.join(map(_before, each))})" for each in (words.to, words.interviews))
    close = re.sub(r"\?P<(?:name|plain)>", "?:", agency)
    plain_too = f"(?:{close}|(?:ل|ب)?{_names(words.plain)})"
    told = f"{BEGINS}{_any(words.told)}{ENDS}"
    people = f"(?:{_any((*words.reporters, *words.witnesses))}|{_any(words.surveys)}(?= +ل))"
    others, reporters = _any(words.from_others), _any(words.reporters)
    speakers = f"{_any(words.speakers)}(?![ء-ي])"
    return Spoken(
        attributed=gated(said + agency, by=said),
        told=gated(rf"(?:{told}[^.!?\n]{{0,{NEAR}}}?{to}|{interviews}){agency}", by=f"(?:{told}|{interviews})"),
        witnessed=gated(f"{BEGINS}(?:ل|ال)?{people} +{agency}", by=people),
        from_others=gated(f"(?<![ء-ي]){others} +{agency}", by=others),
        next_to=re.compile(rf"[ \"')\]]*(?<![ء-ي])عن +{agency}"),
        opening=re.compile(rf"[ \"'(]*{agency}[ \"')]*(?: +نقلا)? +عن +(?:{speakers}|{close})[^:.\n]{{0,{NEAR}}}:"),
        closing=gated(rf"[.,;!?\"')\]] *{said}(?P<name>{plain_too})[ .\"')\]]*$", by=said),
        reporters=gated(f"{BEGINS}[لب]?(?:ال)?{reporters} +{agency}", by=reporters),
    )


def _found(match: re.Match[str], agencies: Agencies) -> str | None:
    """The canonical name of what a pattern caught."""
    said = match.groupdict()
    caught = said["name"] or said.get("plain") or ""
    return agencies.named_within(arabic.tokens(caught))


def _all(pattern: Gated, folded: str, agencies: Agencies) -> Iterator[str]:
    yield from filter(None, (_found(match, agencies) for match in pattern.finditer(folded)))


def source(sentence: str, agencies: Agencies, *, only_attributed: bool = False) -> tuple[str, ...]:
    """The agency that a sentence is taken from and, behind it, the one that it has it from; empty for none.

    With `only_attributed` no words said to an agency count, nor what its own people saw.
    """
    folded, patterns = arabic.fold(sentence), spoken(agencies)
    wanted = (patterns.attributed,) if only_attributed else (patterns.attributed, patterns.told, patterns.witnessed)
    for pattern in wanted:
        if match := pattern.search(folded):
            first = _found(match, agencies)
            return tuple(filter(None, (first, _behind(folded[match.end() :], first, agencies))))
    opened = None if only_attributed else patterns.opening.match(folded)  # «رويترز عن دبلوماسي: …»
    return tuple(filter(None, (_found(opened, agencies),))) if opened else ()


def _behind(rest: str, first: str | None, agencies: Agencies) -> str | None:
    """Whom an agency has it from: named right behind it («نقلت وكالة مهر عن سبوتنيك»), or as such further on."""
    patterns = spoken(agencies)
    beside = patterns.next_to.match(rest)
    beside_it = _found(beside, agencies) if beside else None
    named = (beside_it, *_all(patterns.from_others, rest, agencies))
    return next((name for name in named if name and name != first), None)


def closing(paragraph: str, agencies: Agencies) -> str | None:
    """The agency of a paragraph's last words, where a mark parts them from the text: «، بحسب رويترز.»."""
    match = spoken(agencies).closing.search(arabic.fold(paragraph)[-120:])
    return _found(match, agencies) if match else None


def onward(words: str, agencies: Agencies) -> tuple[str, ...]:
    """The agencies of «سانا نقلا عن سبوتنيك», in that order; empty where no second one is named."""
    folded = arabic.fold(words)
    match = spoken(agencies).from_others.search(folded)
    first = agencies.agency(folded[: match.start()]) if match else None
    second = _found(match, agencies) if match else None
    return (first, second) if first and second and first != second else ()


def reporters(text: str, agencies: Agencies) -> tuple[str, ...]:
    """Agencies whose own reporters speak in a text, in the order of their first words."""
    if not any(word in text for word in agencies.words.reporters):  # folding a whole text takes a millisecond
        return ()
    return tuple(dict.fromkeys(_all(spoken(agencies).reporters, arabic.fold(text), agencies)))
