"""The rounds of the talks and the days on which they are written about; a table with a rule, it knows no article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from archive.errors import UsageError
from archive.records import Window
from crawler import facts
from crawler.facts import Facts

TABLE: Final = Path(__file__).parent / "rounds.yml"
# Coverage swells from about three days before a meeting to three days after it.
AROUND: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round: the first and the last day of the meeting, both included."""

    number: int
    first: date
    last: date
    place: str

    @property
    def window(self) -> Window:
        """From three days before to three days after the meeting, half-open."""
        return Window(since=self.first - AROUND, until=self.last + AROUND + timedelta(days=1))


class RoundFact(Facts):
    """One line of the table, as written."""

    number: int
    first: date
    last: date
    place: str


class RoundTable(Facts):
    """The whole table, as written."""

    rounds: tuple[RoundFact, ...]


def load_rounds(path: Path = TABLE) -> tuple[Round, ...]:
    """Every round, in the order of the table.

    Raises:
        FactsError: the table is broken; the message names file and line.
    """
    table = facts.load(path, RoundTable)
    return tuple(Round(number=it.number, first=it.first, last=it.last, place=it.place) for it in table.rounds)


@cache
def built_in() -> tuple[Round, ...]:
    """The rounds that the program comes with. Raises FactsError."""
    return load_rounds()


def window_of(number: int, rounds: Sequence[Round]) -> Window:
    """The days on which a round is written about.

    Raises:
        UsageError: there is no such round in the table.
    """
    for one in rounds:
        if one.number == number:
            return one.window
    raise UsageError(f"there is no round {number}; the table has rounds {rounds[0].number} to {rounds[-1].number}")
