"""The command that audits: everything on the shelves is read again; it asks the network for nothing but the store."""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TextIO

from typer import Exit, Option

from archive.errors import StorageError, UsageError
from archive.fixity import SHELVES
from flows.options import Form, Where
from flows.show import note, progress

if TYPE_CHECKING:
    from archive.audit import Finding, Passed
    from archive.holdings import Archive

SAID_EVERY: Final = 5.0  # seconds between two lines of progress
SHOWN: Final = 20  # remarks of a sort that are written out for a person; a report has them all
logger = logging.getLogger(__name__)


def audit(
    where: Where,
    form: Form,
    outlet: Annotated[str | None, Option(help="This outlet's shelves only.", metavar="ID")] = None,
    report: Annotated[
        Path | None, Option(help="Write every finding into this file too, one JSON object a line.", metavar="FILE")
    ] = None,
) -> None:
    """Read everything on the shelves again and hold each thing against the others; faults are named, nothing mended."""
    from archive.audit import finding_json

    counts = Counter[str]()
    tally = _Tally()
    with ExitStack() as stack:
        archive = stack.enter_context(where.open())
        _check_outlet(archive, outlet)
        stack.enter_context(progress())
        out = stack.enter_context(_opened(report)) if report is not None else None
        for finding in tally.watch(archive.audit(outlet)):
            counts["faults" if finding.fault else "remarks"] += 1
            counts[finding.kind] += 1
            line = _shown(finding_json(finding))
            if out is not None:
                out.write(f"{line}\n")
            if form.as_json:
                print(line)
            elif finding.fault or counts[finding.kind] <= SHOWN:
                print(_plain(finding))
    _summary(counts, tally, sys.stderr if form.as_json else sys.stdout)
    if counts["faults"]:
        raise Exit(1)


def _opened(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}") from None


def _plain(finding: Finding) -> str:
    place = finding.file if finding.offset is None else f"{finding.file} at {finding.offset}"
    what = " ".join(f"({each})" for each in (finding.record, finding.url) if each)
    return _shown(" ".join(f"{finding.kind}: {place}: {finding.said} {what}".split()))


def _shown(line: str) -> str:
    """A file's name need not be UTF-8: such bytes stand there as JSON would escape them."""
    return line.encode("utf-8", "backslashreplace").decode()


def _check_outlet(archive: Archive, outlet: str | None) -> None:
    from crawler.outlet import load_outlets

    if outlet is None or any(_holds(archive, f"{shelf}/{outlet}/") for shelf in SHELVES):
        return
    if outlet not in load_outlets(archive.settings.outlets):
        raise UsageError(f"the store holds nothing of {outlet!r}, and there is no such outlet; see astana outlets")


def _holds(archive: Archive, place: str) -> bool:
    """Whether anything lies there; a folder that may not be read is for the audit to name."""
    try:
        return next(archive.storage.list(place), None) is not None
    except StorageError:
        return archive.storage.exists("format.json")


class _Tally:
    """What was looked at so far; says so now and then."""

    def __init__(self) -> None:
        self.files = self.records = self.bytes = 0
        self.began = self._said = time.monotonic()

    def watch(self, found: Iterator[Finding | Passed]) -> Iterator[Finding]:
        """The findings alone."""
        from archive.audit import Finding

        for each in found:
            if isinstance(each, Finding):
                yield each
                continue
            self.files, self.records, self.bytes = self.files + 1, self.records + each.records, self.bytes + each.bytes
            if time.monotonic() - self._said >= SAID_EVERY:
                self._said = time.monotonic()
                logger.info("%s; at %s", self.told(), each.file)

    def told(self) -> str:
        """In words."""
        seconds = max(time.monotonic() - self.began, 0.001)
        size = self.bytes / 1e6
        pace = f"{seconds:.1f} s ({size / seconds:.1f} MB/s)"
        return f"{self.files} files, {self.records} records, {size:.1f} MB read in {pace}"


def _summary(counts: Counter[str], tally: _Tally, stream: TextIO) -> None:
    from archive.audit import REMARKS

    for kind in sorted(REMARKS):
        if counts[kind] > SHOWN and stream is sys.stdout:
            note(f"{kind}: {counts[kind] - SHOWN} more; --report FILE has them all")
    remarks = ", ".join(f"{counts[kind]} {kind}" for kind in sorted(REMARKS) if counts[kind]) or "none"
    print(f"{tally.told()}: {counts['faults']} faults; remarks: {remarks}", file=stream)
