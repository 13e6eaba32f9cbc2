"""What a listing's words make of a story before it is fetched: likely on topic, unlikely, or unknown; pure.

Recall goes first: unlikely is only what its own words show to be about something else. What nothing is told of is
unknown, and what is unlikely may be drawn for the sample that says how often the words were wrong.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit

from archive import arabic
from archive.records import Hints
from crawler import topic
from crawler.topic import TopicRules

# Whoever knows the salt and a story's id can tell whether it was drawn. Another salt is another sample: it stays.
SALT: Final = "astana sample of what hints refuse, 1"
DRAWS: Final = 1 << 64
CUT: Final = 180  # bytes of a slug, percent-encoded; WordPress cuts them at 200 and then back to a whole word
ENOUGH: Final = 4  # words of a slug that was perhaps cut, of which none is of the topic: the rest seldom is
MARKUP: Final = re.compile("<[^>]*>")
NAMES_OF_FILES: Final = re.compile(r"\.(?:html?|php|aspx?|jsp|shtml)$", re.IGNORECASE)
BETWEEN: Final = re.compile(r"[-_+/.,=&%]+")
WORD: Final = re.compile(r"[^\W\d_]{2,}")
LATIN: Final = re.compile("[a-z]+")


class Prospect(StrEnum):
    """What may be expected of a story."""

    LIKELY = "likely"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hinted:
    """The verdict on one candidate's words: its score by the topic's table and the terms found, the heaviest first.

    `fullness` is how much was told: 0 nothing, 1 an address that holds words, 2 a title, 3 a title and a summary.
    `sought`: a search for words of the topic, or a tag of them, led to it.
    """

    prospect: Prospect
    score: float
    terms: tuple[str, ...] = ()
    fullness: int = 0
    sought: bool = False

    @property
    def rank(self) -> tuple[int, int, float]:
        """Of several verdicts on one story the highest counts: that of the fullest words, then the most hopeful."""
        return self.fullness, _BETTER[self.prospect], self.score

    @property
    def expected(self) -> Prospect:
        """Where its own words say nothing of the topic, and nothing against it, and yet a search of the topic led to
        it, a story is unknown: those words stand in the text itself.
        """
        is_silent = self.prospect is Prospect.UNLIKELY and 0 <= self.score < SILENT
        return Prospect.UNKNOWN if is_silent and self.sought else self.prospect


_BETTER: Final = {Prospect.UNKNOWN: 0, Prospect.UNLIKELY: 1, Prospect.LIKELY: 2}
SILENT: Final = 1.0  # a score below it: nothing that weighs anything was said


def judge(hints: Hints, url: str, rules: TopicRules) -> Hinted:
    """Whether the story at an address may be on topic, by title, summary, slug and the words that were searched for.

    Rules without terms accept everything.
    """
    if not rules.terms:
        return Hinted(prospect=Prospect.LIKELY, score=0.0)
    said = rules.words.hints
    title, summary = plain(hints.title), plain(hints.summary)
    slug = " ".join(_slug(url, rules))
    head = title if len(WORD.findall(title)) >= said.words else f"{title} {slug}".strip()
    found = topic.judge(head, summary, rules)
    fullness = 3 if title and len(WORD.findall(summary)) >= said.words else 2 if title else 1 if slug else 0
    if found.on or found.score >= (said.keep if fullness == 3 else said.keep_title):
        prospect = Prospect.LIKELY
    elif fullness == 3:
        prospect = Prospect.UNLIKELY
    else:
        words = len(WORD.findall(head))
        told = fullness == 2 or words >= ENOUGH or not _may_be_cut(url)
        shows_another = told and words >= said.words and found.score <= 0
        prospect = Prospect.UNLIKELY if shows_another else Prospect.UNKNOWN
    return Hinted(
        prospect=prospect, score=found.score, terms=found.terms, fullness=fullness, sought=_is_sought(hints, rules)
    )


def together(verdicts: Iterable[Hinted]) -> Hinted:
    """One verdict on a story of which several listings speak; their order makes no difference.

    Raises:
        ValueError: there is no verdict.
    """
    several = list(verdicts)
    return replace(max(several, key=lambda one: one.rank), sought=any(one.sought for one in several))


def drawn(story: str) -> float:
    """Where a story id stands in [0, 1): the same for ever and everywhere; what lies below the share is sampled."""
    summed = hashlib.sha256(f"{SALT}\n{story}".encode()).digest()
    return int.from_bytes(summed[:8], "big") / DRAWS


def plain(words: str | None) -> str:
    """A hint as a reader would see it: feeds and REST answers hold markup, often escaped once more."""
    if not words:
        return ""
    return " ".join(html.unescape(MARKUP.sub(" ", html.unescape(words))).split())


def _slug(url: str, rules: TopicRules) -> list[str]:
    """The words of an address's last part that holds any; all of them in the topic's letters where it knows them."""
    try:
        parts = urlsplit(url).path.split("/")
    except ValueError:
        return []
    for part in reversed(parts):
        words = list(_words_of(unquote(unquote(NAMES_OF_FILES.sub("", part))), rules))
        if words:
            return words
    return []


def _may_be_cut(url: str) -> bool:
    """Whether the address is as long as where programs cut slugs: what it would go on to say is not known."""
    return max(map(len, url.split("/"))) >= CUT


def _is_sought(hints: Hints, rules: TopicRules) -> bool:
    """What was searched for stands in the address of a search, of a tag, of a REST listing."""
    try:
        parts = urlsplit(hints.seed or "")
    except ValueError:
        return False
    words = " ".join(_words_of(unquote(unquote(f"{parts.path} {parts.query}".replace("+", " "))), rules))
    return bool(words) and topic.judge(words, "", rules).score >= rules.words.hints.keep_title


def _words_of(text: str, rules: TopicRules) -> Iterator[str]:
    """The Arabic words of an address, and of its Latin ones those that the topic's table translates."""
    latin = rules.words.hints.latin
    for word in BETWEEN.sub(" ", arabic.fold(text)).split():
        if LATIN.fullmatch(word):
            if word in latin:
                yield latin[word]
        elif WORD.search(word):
            yield word
