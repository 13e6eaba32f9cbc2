"""Documents without end, made of articles by a seeded script: what linking is measured on."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from sys import intern

from archive.arabic import tokens

SEED = 20170123
OUTLETS = ("alef", "bahr", "dar", "fajr", "hilal", "jisr", "kalima", "liwa", "manar", "nahar", "qalam", "sada")
BEGIN = datetime(2017, 1, 1, tzinfo=UTC)
ALONE = 0.7  # of all documents
FAMILIES = 0.1  # of the others
LARGEST = 50
OTHER_WORDS = 0.35
MOST_TEXTS = 8000  # of which documents are made
Words = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text as a catalog holds it, and when it was published."""

    words: Words
    at: datetime


class Press:
    """Documents without end, the same for the same seed."""

    def __init__(self, texts: Sequence[Words], seed: int) -> None:
        self.chance = Random(seed)
        self.texts = texts
        self.vocabulary = [word for text in texts for word in text]
        self.sizes = [1 / (size * size) for size in range(2, LARGEST + 1)]

    def documents(self, many: int) -> Iterator[Document]:
        made = 0
        while made < many:
            group = self._group()
            yield from group[: many - made]
            made += len(group)

    def _group(self) -> list[Document]:
        """Documents of one event; drawn so that the shares of documents, not of groups, come out."""
        [size] = self.chance.choices(range(2, LARGEST + 1), self.sizes)
        mean = sum(1 / n for n in range(2, LARGEST + 1)) / sum(self.sizes)
        if self.chance.random() < ALONE / (ALONE + (1 - ALONE) / mean):
            return [Document(words=self.alone(), at=self.day())]
        if self.chance.random() < FAMILIES:
            return self._family(size)
        head, at = self.alone(), self.day()
        later = (at + timedelta(minutes=self.chance.randrange(2000)) for _ in range(size))
        return [Document(words=self.copy(head) if n else head, at=when) for n, when in enumerate(later)]

    def day(self) -> datetime:
        return BEGIN + timedelta(minutes=self.chance.randrange(5_000_000))

    def alone(self) -> Words:
        """A text of real length and real words that no other has."""
        words = list(self.chance.choice(self.texts))
        return self._swapped(words, OTHER_WORDS)

    def _swapped(self, words: Words, share: float) -> Words:
        many = round(len(words) * share)
        places = self.chance.sample(range(len(words)), many)
        for place, word in zip(places, self.chance.choices(self.vocabulary, k=many), strict=True):
            words[place] = word
        return words

    def copy(self, head: Words) -> Words:
        """What another outlet makes of a wire."""
        how, words = self.chance.random(), list(head)
        if how < 0.3:
            return words
        if how < 0.6:
            return self._swapped(words, 0.03)
        if how < 0.8:
            return self._swapped(words[: max(12, int(len(words) * self.chance.uniform(0.5, 0.9)))], 0.02)
        more = self.chance.choice(self.texts)[: self.chance.randrange(20, 60)]
        return self._swapped(words, 0.02) + more

    def _family(self, size: int) -> list[Document]:
        """A template filled in anew each day: the same words, other figures."""
        form = self.alone()[:120]
        places = self.chance.sample(range(len(form)), max(1, len(form) // 15))
        at, made = self.day(), []
        for day in range(size):
            words = list(form)
            for place in places:
                words[place] = str(self.chance.randrange(1000))
            made.append(Document(words=words, at=at + timedelta(days=day)))
        return made


def read_texts(files: Iterable[Path]) -> list[Words]:
    found = []
    for file in files:
        with lzma.open(file, "rt") as lines:
            # One string for each word, wherever it stands: what is measured is not what the benchmark holds.
            found += [list(map(intern, tokens(json.loads(line)["text"]))) for line in lines]
    return [words for words in found if len(words) >= 12]
