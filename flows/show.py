"""How findings look: tables on a terminal, plain lines elsewhere, JSON lines when asked; it finds nothing itself."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markup import escape
from rich.measure import Measurement
from rich.status import Status
from rich.table import Table
from rich.text import Text

from archive.texts import to_line

T = TypeVar("T")
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
SPOKEN: Final = ("flows", "crawler")  # whose log lines are progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """How things of one sort are listed: columns for people, all of it as JSON for programs."""

    columns: Mapping[str, Callable[[T], object]]
    dump: Callable[[T], Mapping[str, object]]
    none: str = "nothing found"

    def show(self, things: Iterable[T], *, as_json: bool) -> int:
        """Write them to stdout as they come (a table at its end); returns how many there were."""
        if as_json:
            return _lines(to_line(dict(self.dump(thing))) for thing in things)
        rows = ([_cell(cell(thing)) for cell in self.columns.values()] for thing in things)
        count = self._table(rows) if sys.stdout.isatty() else _lines("\t".join(row) for row in rows)
        if not count:
            note(self.none)
        return count

    def _table(self, rows: Iterable[list[str]]) -> int:
        table = Table(box=None, pad_edge=False)
        for name in self.columns:
            table.add_column(name, overflow="fold")  # a figure is never cut
        for row in rows:
            table.add_row(*(_Apart(cell=cell) for cell in row))
        if table.row_count:
            Console().print(table)
        return table.row_count


@dataclass(frozen=True, slots=True, kw_only=True)
class _Apart:
    """A cell of a table: where it takes several lines, each of them is isolated, for terminals turn line by line."""

    cell: str

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, Text(self.cell))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = Text(self.cell).wrap(console, options.max_width, overflow="fold")
        yield Text("\n".join(apart(line.plain.rstrip()) for line in lines), overflow="fold")


def _lines(lines: Iterable[str]) -> int:
    count = 0
    for line in lines:
        print(line)
        count += 1
    return count


def apart(cell: str) -> str:
    """A cell isolated from its neighbours if it is read from right to left, so that no terminal turns the row round."""
    return f"\N{FIRST STRONG ISOLATE}{cell}\N{POP DIRECTIONAL ISOLATE}" if _RIGHT_TO_LEFT.search(cell) else cell


def _cell(value: object) -> str:
    """One value in one line."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{number} {name}" for name, number in value.items()) or "-"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return " ".join(str(value).split())


def facts(pairs: Mapping[str, object]) -> None:
    """One thing's facts, a line each."""
    width = max(map(len, pairs), default=0)
    for name, value in pairs.items():
        print(f"{name:{width}}  {_cell(value)}")


def table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """A small table with rules, for the end of a demonstration; drawn wherever it is written to."""
    drawn = Table(*columns, title=title, title_justify="left")
    for row in rows:
        drawn.add_row(*(escape(_cell(value)) for value in row))
    width = None if sys.stdout.isatty() else 120
    Console(width=width, highlight=False).print(drawn)


def lettered(line: str, styles: Mapping[str, str]) -> None:
    """A line in which letters have colours, on a terminal; the same without them elsewhere."""
    if not sys.stdout.isatty():
        print(line)
        return
    drawn = Text(line)
    for at, letter in enumerate(line):
        if letter in styles:
            drawn.stylize(styles[letter], at, at + 1)
    Console(highlight=False, soft_wrap=True).print(drawn)


def styled(parts: Iterable[tuple[str, str | None]]) -> None:
    """A line whose parts have colours, on a terminal; the same without them elsewhere."""
    several = list(parts)
    if not sys.stdout.isatty():
        print("".join(words for words, _ in several))
        return
    drawn = Text()
    for words, style in several:
        drawn.append(words, style)
    Console(highlight=False, soft_wrap=True).print(drawn)


def note(line: str) -> None:
    """A line to the person, beside the output."""
    print(line, file=sys.stderr)


@contextmanager
def progress() -> Iterator[None]:
    """While it lasts, what long work says is shown: the last line on a terminal, every line elsewhere."""
    if sys.stderr.isatty():
        with Console(stderr=True).status("…") as status, _heard(_StatusLine(status)):
            yield
    else:
        with _heard(logging.StreamHandler(sys.stderr)):
            yield


@contextmanager
def _heard(handler: logging.Handler) -> Iterator[None]:
    handler.setFormatter(logging.Formatter("%(message)s"))
    loggers = [logging.getLogger(name) for name in SPOKEN]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)


class _StatusLine(logging.Handler):
    """A log handler that keeps the last line beside a spinner; warnings stay."""

    def __init__(self, status: Status) -> None:
        super().__init__()
        self._status = status

    def emit(self, record: logging.LogRecord) -> None:
        """Show one record."""
        line = escape(self.format(record))
        if record.levelno >= logging.WARNING:
            self._status.console.print(line)
        else:
            self._status.update(line)
