"""How a read text is marked against the text a person read: bags of words, paragraphs, closing lines; pure."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.extraction.key import key, normalise

SEED = 2017
CLOSING = 80  # letters up to which a last paragraph is a closing line: where credits and signatures stand
SIGNING = ("", "كتب", "كتبت", "بقلم")
FOUND = 0.9  # share of a paragraph's words that a text must hold for it to be kept


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader says of a page: its text, who it says wrote it, and the CPU seconds it took."""

    text: str
    seconds: float
    byline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A page and what a person read in it. Of labelled Arabic pages there are keys of paragraphs, and no text."""

    name: str
    url: str
    html: str
    text: str = ""
    keys: tuple[tuple[str, int, str], ...] = ()  # SHA-256, letters, kind
    shown: tuple[str, ...] = ()  # snippets that must stand in the text
    hidden: tuple[str, ...] = ()  # snippets that must not


def f1(found: str, gold: str) -> float:
    """Harmonic mean of precision and recall over bags of words."""
    one, two = (Counter(re.findall(r"\w+", text.lower())) for text in (found, gold))
    if not one or not two:
        return float(one == two)
    common = sum((one & two).values())
    return 2 * common / (sum(one.values()) + sum(two.values()))


def keyed_f1(lines: Sequence[str], keys: Sequence[tuple[str, int, str]]) -> float:
    """The same over letters in whole paragraphs: a paragraph counts when its key is one of the labelled.

    Credits are counted apart: some readers keep them in the text, some as who wrote it.
    """
    credited = {hashed for hashed, _, kind in keys if kind == "credit"}
    wanted = {hashed: letters for hashed, letters, kind in keys if kind != "credit"}
    gold = sum(wanted.values())
    told = [line for line in lines if key(line) not in credited]
    right = sum(wanted.pop(hashed, 0) for hashed in dict.fromkeys(map(key, told)))
    said = sum(len(normalise(line)) for line in told)
    return 2 * right / (said + gold) if said + gold else 1.0


def credits_kept(lines: Sequence[str], byline: str, keys: Sequence[tuple[str, int, str]]) -> int:
    """How many of the labelled credits are among the lines, or are the byline with the word that stood before it."""
    said = set(map(key, (*lines, *(f"{label} {byline}" for label in SIGNING))))
    return sum(kind == "credit" and hashed in said for hashed, _, kind in keys)


def holds(found: str, paragraph: str) -> bool:
    """Whether nearly all words of a paragraph stand in a text, as often."""
    have, want = (Counter(re.findall(r"\w+", text.lower())) for text in (found, paragraph))
    return sum((have & want).values()) >= FOUND * sum(want.values())


def last(gold: str) -> str:
    """The last paragraph of a text."""
    return next(filter(None, map(str.strip, reversed(gold.splitlines()))), "")


def closing(gold: str) -> str:
    """The last paragraph if it is a mere line; else nothing."""
    line = last(gold)
    return line if len(normalise(line)) <= CLOSING else ""


def says(text: str, snippet: str) -> bool:
    """Whether the letters of a snippet stand in a text, one after the other."""
    return normalise(snippet) in normalise(text)


def half(names: Sequence[str], which: str) -> frozenset[str]:
    """The names of a seeded half: `tune`, `report`, or `all`."""
    if which == "all":
        return frozenset(names)
    ordered = sorted(names)
    random.Random(SEED).shuffle(ordered)
    tune = frozenset(ordered[: len(ordered) // 2])
    return tune if which == "tune" else frozenset(names) - tune


def mean(values: Sequence[float]) -> float:
    """Their mean; of none, zero."""
    return sum(values) / len(values) if values else 0.0


def worst(values: Sequence[float]) -> float:
    """The mean of the worst tenth."""
    return mean(sorted(values)[: max(1, len(values) // 10)])
