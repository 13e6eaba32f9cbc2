"""What a run of kills came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from tests.kills.board import WINDOWS

ELSEWHERE: Final = "elsewhere"
LAG: Final = 2.0  # seconds: what the server had finished longer ago must be held


@dataclass(slots=True)
class Tally:
    """What a run of kills came to."""

    deaths: Counter[str] = field(default_factory=Counter)  # by the window the process was in when it died
    misses: Counter[str] = field(default_factory=Counter)  # the process had ended before the signal
    lags: list[float] = field(default_factory=list)  # seconds: how old the answers were that a kill took
    old: int = 0  # answers of killed crawls that had been finished more than LAG before the kill, all held
    restart: float = 0.0  # seconds that the slowest restart took
    problems: list[str] = field(default_factory=list)
    lasted: dict[str, float] = field(default_factory=dict)  # seconds a window lasts, as last seen

    def histogram(self) -> str:
        """A line a window."""
        names = (*WINDOWS, *(self.deaths.keys() - {*WINDOWS, ELSEWHERE}), ELSEWHERE)
        lines = [f"{name:>10} {self.deaths[name]:4d} {'#' * self.deaths[name]}" for name in names]
        lag = max(self.lags, default=0.0)
        return "\n".join(
            [
                f"{self.deaths.total()} kills, {self.misses.total()} came too late",
                *lines,
                f"answers finished more than {LAG:.0f} s before a kill: {self.old}, all held; "
                f"the oldest of {len(self.lags)} that a kill took was finished {lag * 1000:.0f} ms before it",
                f"slowest restart: {self.restart:.1f} s",
            ]
        )
