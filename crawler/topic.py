"""Whether a text is about the topic: a score over a table of terms; the verdict is a label and refuses nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive import arabic
from archive.records import Topic
from crawler import facts, literals
from crawler.errors import FactsError
from crawler.facts import Facts

TABLE = Path(__file__).parent / "topic.yml"
CLITICS = "(?<![ء-ي])[وفبلك]{0,3}(?:ال|ل)?"
NO_LETTER = "(?![ء-ي])"


class PlaceWeights(Facts):
    """What a term's weight is multiplied by, by the place it stands in."""

    title: float = 1.5
    lead: float = 1.0
    text: float = 0.5


class Need(Facts):
    """At least so many different terms of a group, in title and lead or in the whole text."""

    group: str
    least: int = 1
    where: Literal["lead", "text"] = "lead"


class TermWords(Facts):
    """One row of the table."""

    name: str
    weight: float
    group: str | None = None
    words: tuple[str, ...] = ()
    pattern: str | None = None
    together: tuple[str, ...] = ()


class HintWords(Facts):
    """How a story is judged before it is fetched, by title, summary and slug."""

    keep: float = 0.5  # the score from which title and summary together make a story likely
    keep_title: float = 0.5  # the same of a title or a slug alone
    words: int = 3  # fewer words than these tell nothing
    latin: dict[str, str] = {}  # noqa: RUF012 - pydantic copies defaults


class TopicWords(Facts):
    """A topic's file."""

    name: str = "everything"
    accept: float = 0.0
    lead: int = 600
    places: PlaceWeights = PlaceWeights()
    hints: HintWords = HintWords()
    patterns: dict[str, str] = {}  # noqa: RUF012 - pydantic copies defaults
    needs: tuple[tuple[Need, ...], ...] = ()
    terms: tuple[TermWords, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A row compiled for folded text."""

    name: str
    weight: float
    group: str | None
    pattern: re.Pattern[str] | None
    needed: tuple[str, ...]  # no match holds none of these
    together: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRules:
    """A topic ready to judge by. Its digest, SHA-256 in hex over the whole table, is part of the reader's."""

    words: TopicWords
    terms: tuple[Term, ...]
    digest: str
    literals: tuple[str, ...] = ()  # what any term needs


# --- reading the table ----------------------------------------------------------------------------------------------
def _words_pattern(words: Iterable[str]) -> str:
    """Whole folded words behind their clitics; `*` is any ending."""
    alternatives = []
    for word in words:
        bare = arabic.fold(word).removeprefix("ال")
        alternatives.append(re.escape(bare).replace(r"\*", "[ء-ي]*").replace(r"\ ", " +"))
    longest = sorted(set(alternatives), key=lambda word: (-len(word), word))
    return f"{CLITICS}(?:{'|'.join(longest)}){NO_LETTER}"


def _compiled(row: TermWords, patterns: Mapping[str, str]) -> re.Pattern[str] | None:
    said = [_words_pattern(row.words)] if row.words else []
    if row.pattern is not None:
        whole = row.pattern
        for name, pattern in patterns.items():
            whole = whole.replace(f"{{{name}}}", pattern)
        said.append(whole)
    return re.compile("|".join(f"(?:{pattern})" for pattern in said)) if said else None


def _line(path: Path, name: str) -> int:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return next((number for number, line in enumerate(lines, 1) if f"name: {name}" in line), 1)


def _terms(words: TopicWords, path: Path) -> tuple[Term, ...]:
    names = {row.name for row in words.terms}
    groups = {row.group for row in words.terms}
    terms = []
    for row in words.terms:
        try:
            pattern = _compiled(row, words.patterns)
        except re.error as error:
            raise FactsError(f"{path}:{_line(path, row.name)}: pattern of {row.name!r}: {error}") from None
        strangers = [name for name in row.together if name not in names and name not in groups]
        if strangers or (pattern is None and not row.together):
            what = f"together names no term {strangers[0]!r}" if strangers else "neither words nor pattern nor together"
            raise FactsError(f"{path}:{_line(path, row.name)}: {row.name!r}: {what}")
        terms.append(
            Term(
                name=row.name,
                weight=row.weight,
                group=row.group,
                pattern=pattern,
                needed=literals.needed(pattern.pattern) if pattern else (),
                together=row.together,
            )
        )
    return tuple(terms)


def load_topic(path: Path | None = None) -> TopicRules:
    """The topic of a file, or the built-in one.

    Raises:
        FactsError: "file:line: what is wrong".
    """
    where = path or TABLE
    words = facts.load(where, TopicWords)
    digest = hashlib.sha256(words.model_dump_json().encode()).hexdigest()
    terms = _terms(words, where)
    every = sorted({word for term in terms for word in term.needed})
    return TopicRules(words=words, terms=terms, digest=digest, literals=tuple(every))


# --- judging --------------------------------------------------------------------------------------------------------
def _found(terms: Iterable[Term], text: str, literals: Iterable[str]) -> set[str]:
    """Names of the terms that stand in a folded text; of their literals, those that may stand there."""
    there = {literal for literal in literals if literal in text}
    here = {
        term.name: term.group
        for term in terms
        if term.pattern and not (term.needed and there.isdisjoint(term.needed)) and term.pattern.search(text)
    }
    named = {*here, *here.values()}
    return {*here, *(term.name for term in terms if term.together and named.issuperset(term.together))}


def _met(need: Need, groups: Mapping[str, str | None], lead: set[str], whole: set[str]) -> bool:
    names = lead if need.where == "lead" else whole
    return sum(groups[name] == need.group for name in names) >= need.least


def judge(title: str, text: str, rules: TopicRules) -> Topic:
    """Whether the text is on topic, its score, and the terms found, the heaviest first.

    Rules without terms accept everything with score 0.
    """
    if not rules.terms:
        return Topic(on=True, score=0.0)
    folded, words = arabic.fold(text), rules.words
    head = arabic.fold(title)
    lead, all_of_it = folded[: words.lead], f"{head} . {folded}"
    there = {literal for literal in rules.literals if literal in all_of_it}
    terms = [term for term in rules.terms if not term.needed or not there.isdisjoint(term.needed)]
    in_title, in_lead = _found(terms, head, there), _found(terms, lead, there)
    # Title and lead together: what needs several terms may have one here and one there.
    opening = in_title | in_lead | _found(terms, f"{head} . {lead}", there)
    whole = opening | _found(terms, folded, there)
    factors = {name: words.places.title if name in in_title else words.places.lead for name in opening}
    gains = {t.name: t.weight * factors.get(t.name, words.places.text) for t in rules.terms if t.name in whole}
    groups = {term.name: term.group for term in rules.terms}
    score = round(sum(gains.values()), 3)
    met = all(any(_met(need, groups, opening, whole) for need in line) for line in words.needs)
    named = sorted(gains, key=lambda name: (-gains[name], name))
    return Topic(on=met and score >= words.accept, score=score, terms=tuple(named))
