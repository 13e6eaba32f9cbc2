"""The ledger of gaps drawn as SVG: a row for each month, a square for each day; it reads nothing and decides nothing.

Left to right whatever stands around it. Every square says in words what it means; colour is never alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape

from archive.gaps import DayGap, OutletGaps
from archive.listings import State

# Colours that people who confuse red and green tell apart (Okabe and Ito), and the letter of each state.
COLOURS: Final = {
    State.HELD: "#009e73",
    State.FROM_ARCHIVE: "#56b4e9",
    State.LOST: "#d55e00",
    State.BLOCKED: "#e69f00",
    State.UNSEEN: "#cc79a7",
    State.OFF_TOPIC: "#8c8c8c",
    State.TAKEN_DOWN: "#000000",
    State.NOTHING: "#f0f0f0",
    State.NO_LISTING: "#ffffff",
}
LETTERS: Final = {
    State.HELD: "H",
    State.FROM_ARCHIVE: "A",
    State.LOST: "L",
    State.BLOCKED: "B",
    State.UNSEEN: "u",
    State.OFF_TOPIC: "o",
    State.TAKEN_DOWN: "x",
    State.NOTHING: ".",
    State.NO_LISTING: "?",
}
_CELL: Final = 14
_LEFT: Final = 76
_TOP: Final = 22
_LINE: Final = 18
_WIDTH: Final = _LEFT + 31 * _CELL + 12


def marked(day: DayGap) -> bool:
    """Whether something on a day is lost or blocked although the day is called better."""
    is_missing = any(day.counts.get(state) for state in (State.LOST, State.BLOCKED))
    return is_missing and day.state not in (State.LOST, State.BLOCKED)


def chart(ledgers: Sequence[OutletGaps]) -> str:
    """All outlets in one picture, one below the other, and what the colours mean."""
    parts: list[str] = []
    top = 0
    for ledger in ledgers:
        drawn, height = _outlet(ledger)
        parts.append(f'<g transform="translate(0 {top})">{drawn}</g>')
        top += height
    parts.append(f'<g transform="translate(0 {top})">{_legend()}</g>')
    height = top + _LINE * len(State) + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" direction="ltr" font-family="monospace" font-size="11">\n'
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _outlet(ledger: OutletGaps) -> tuple[str, int]:
    parts = [f'<text x="4" y="15" font-size="13" font-weight="bold">{escape(ledger.outlet)}</text>']
    row = 0
    for month, days in groupby(ledger.days, key=lambda day: f"{day.day:%Y-%m}"):
        y = _TOP + row * _CELL
        parts.append(f'<text x="4" y="{y + 11}">{month}</text>')
        parts += _squares(days, y)
        row += 1
    if not row:
        parts.append(f'<text x="{_LEFT}" y="{_TOP + 11}">nothing is known</text>')
    return "".join(parts), _TOP + max(row, 1) * _CELL + 12


def _squares(days: Iterator[DayGap], y: int) -> Iterator[str]:
    for day in days:
        x = _LEFT + (day.day.day - 1) * _CELL
        edge = "#d55e00" if marked(day) else "#bbbbbb"
        yield (
            f'<rect x="{x}" y="{y}" width="{_CELL - 2}" height="{_CELL - 2}" fill="{COLOURS[day.state]}" '
            f'stroke="{edge}"><title>{escape(said(day))}</title></rect>'
        )


def said(day: DayGap) -> str:
    """A day in words."""
    counts = ", ".join(f"{number} {state.value}" for state, number in day.counts.items())
    perhaps = ", ".join(f"perhaps {number} {state.value}" for state, number in day.perhaps.items())
    failed = f"{day.failed} failed polls" if day.failed else ""
    more = "; ".join(filter(None, (counts, perhaps, failed)))
    return f"{day.outlet} {day.day}: {day.state.value}" + (f" ({more})" if more else "")


def _legend() -> str:
    rows = (
        f'<rect x="4" y="{4 + number * _LINE}" width="12" height="12" fill="{COLOURS[state]}" stroke="#bbbbbb"/>'
        f'<text x="22" y="{14 + number * _LINE}">{LETTERS[state]} {state.value}</text>'
        for number, state in enumerate(State)
    )
    return "".join(rows)
