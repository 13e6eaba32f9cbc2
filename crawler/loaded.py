"""The table of loaded words (`loaded.yml`, or a researcher's own), read and checked; it looks into no text."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from archive.lineage.loaded import Pairs
from crawler import facts
from crawler.facts import Facts

TABLE = Path(__file__).parent / "loaded.yml"

Sides = dict[str, tuple[str, ...]]


class LoadedWords(Facts):
    """The table as it is written."""

    pairs: dict[str, Sides] = Field(min_length=1)

    @field_validator("pairs")
    @classmethod
    def _have_sides(cls, pairs: dict[str, Sides]) -> dict[str, Sides]:
        """A pair has two sides at least, each side a phrase at least, and no phrase stands on two sides of one pair."""
        for pair, sides in pairs.items():
            if len(sides) < 2 or not all(sides.values()):
                raise ValueError(f"{pair}: give two sides at least, each with a phrase")
            phrases = [phrase for several in sides.values() for phrase in set(several)]
            twice = sorted({phrase for phrase in phrases if phrases.count(phrase) > 1})
            if twice:
                raise ValueError(f"{pair}: {twice[0]} stands on two sides")
        return pairs


def load_pairs(path: Path | None = None) -> Pairs:
    """The pairs of a table; the built-in one unless another is named.

    Raises:
        FactsError: "file:line: what is wrong".
    """
    return Pairs.of(facts.load(path or TABLE, LoadedWords).pairs)
