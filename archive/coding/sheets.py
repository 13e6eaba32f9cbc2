"""A sheet for a coder: CSV that spreadsheets open with its Arabic right, and that reads back what the coder wrote.

What is read back are three columns alone: `question`, `code` and `label`, and the `weight` of the line. Weights begin
with a letter: of «1.125» a spreadsheet of another country makes a date, or a thousand.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from archive.errors import UsageError

MARK: Final = "\ufeff"  # the byte order mark, by which spreadsheets know UTF-8
FIRST: Final = ("question", "code", "stratum", "weight")
LAST: Final = ("label", "note")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is carried out, not shown
CELL: Final = 32_000  # UTF-16 units; a spreadsheet breaks a cell that holds 768 more into several
_CUT: Final = "…"
_TIMES: Final = "x"


class Question(StrEnum):
    """What the coders are asked."""

    TOPIC = "topic"  # is the story about the talks?
    AGENCY = "agency"  # which agency does the text credit?
    COPIES = "copies"  # what are the two texts to each other?


NONE: Final = "none"
LABELS: Final = {
    Question.TOPIC: ("yes", "no"),
    Question.AGENCY: (),  # a name, or none
    Question.COPIES: ("copy", "part", "shared", "template", "different"),
}


_LINK: Final = re.compile(r"/s/([^/\s]+)/[0-9a-f]{16}")  # a permalink


def is_code(question: Question, code: str) -> bool:
    """Whether a code can be one of a sheet: a permalink, or for copies those of two stories."""
    links = [_LINK.fullmatch(link) for link in code.split(" ")]
    wanted = 2 if question is Question.COPIES else 1
    return len(links) == len({link[1] for link in links if link}) == wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing to code. `shown` is what the coder reads, column by column."""

    question: Question
    code: str
    stratum: str = ""
    weight: float = 1.0
    shown: Mapping[str, str] = field(default_factory=dict)
    label: str = ""


def write(lines: Sequence[Line]) -> str:
    """The sheet; every line shows the columns that the first one does."""
    out = io.StringIO(newline="")
    columns = tuple(lines[0].shown) if lines else ()
    rows = csv.writer(out)
    rows.writerow([*FIRST, *columns, *LAST])
    for line in lines:
        shown = [_plain(line.shown[column]) for column in columns]
        weight = f"{_TIMES}{line.weight:.6g}"
        rows.writerow([line.question.value, line.code, line.stratum, weight, *shown, line.label, ""])
    return MARK + out.getvalue()


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, or breaks: what is too long for one is cut."""
    units = cell.encode("utf-16-le", "surrogatepass")
    if len(units) > 2 * CELL:
        cell = units[: 2 * CELL].decode("utf-16-le", "ignore") + _CUT
    return f" {cell}" if cell.startswith(FORMULA) else cell


def read(data: bytes, name: str) -> list[Line]:
    """What a coder gave back, without the columns that were shown; separators as spreadsheets change them.

    Raises:
        UsageError: no such sheet, or a label that is none; the message names the sheet and the line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} cannot be read as UTF-8: {error}") from None
    heading = text.partition("\n")[0]
    separator = max(",;\t", key=heading.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restval="")
    if missing := {"question", "code", "weight", "label"} - set(rows.fieldnames or ()):
        raise UsageError(f"{name} is no sheet of astana sample: it has no column {', '.join(sorted(missing))}")
    try:
        lines = [_line(row, f"{name}, line {rows.line_num}") for row in rows if any(map(_is_filled, row.values()))]
    except csv.Error as error:
        raise UsageError(f"{name} is no table behind line {rows.line_num}: {error}") from None
    _only_once(lines, name)
    return lines


def _is_filled(cell: str | list[str]) -> bool:
    """Whether anything stands in a cell, or in those behind the last column; spreadsheets save empty rows, too."""
    return bool("".join(cell).strip())


def _line(row: Mapping[str, str], place: str) -> Line:
    try:
        question = Question(row["question"].strip())
        weight = float(row["weight"].strip().removeprefix(_TIMES).replace(",", "."))
    except ValueError as error:
        raise UsageError(f"{place}: {error}") from None
    if not 0 < weight < float("inf"):
        raise UsageError(f"{place}: not a weight: {row['weight']}")
    label = " ".join(row["label"].split())
    labels = LABELS[question]
    if labels:
        label = label.casefold()
        if label and label not in labels:
            raise UsageError(f"{place}: {label} is none of the labels: {', '.join(labels)}")
    return Line(question=question, code=row["code"].strip(), weight=weight, label=label)


def _only_once(lines: Iterable[Line], name: str) -> None:
    seen: set[str] = set()
    asked = {line.question for line in lines}
    if len(asked) > 1:
        raise UsageError(f"{name} mixes questions: {', '.join(sorted(asked))}")
    for line in lines:
        if line.code in seen:
            raise UsageError(f"{name} codes {line.code} twice")
        seen.add(line.code)
