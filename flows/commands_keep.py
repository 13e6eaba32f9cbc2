"""Commands that keep the archive: import, rebuild, verify; none of them asks the network for anything."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Exit, Option

from archive import scratch
from archive.errors import StorageError, UsageError
from archive.texts import to_line
from flows.options import Form, Where
from flows.plans import Rebuild, Source
from flows.show import Listing, note, progress

if TYPE_CHECKING:
    from archive.holdings import Archive
    from archive.imports import Imported
    from archive.rereading import Rereading
    from archive.settings import Settings
    from archive.verify import Reread, Verdict

logger = logging.getLogger(__name__)


def import_(
    files: Annotated[list[Path], Argument(metavar="FILE…", help="WARC, ARC or WACZ files.")],
    where: Where,
    form: Form,
    outlet: Annotated[
        str | None,
        Option(metavar="ID", help="Whose pages they are, when hosts do not tell; else each record's host decides."),
    ] = None,
    cut: Annotated[
        bool,
        Option(
            "--cut",
            help="Take only the answers of known outlets' hosts (of --outlet's) out of large .warc.gz files of all.",
        ),
    ] = False,
) -> None:
    """Shelve foreign WARC, ARC or WACZ files whole and unchanged, and read the articles in them."""
    from archive.holdings import open_archive

    settings = where.settings()
    _check_outlet(outlet, settings)
    refused: list[str] = []
    with progress(), scratch.folder("astana-cut-") as folder:
        taken = _cuts(files, folder, _hosts(settings, outlet), refused) if cut else files
        with open_archive(settings, create=True) as archive:
            imported = list(_shelved(archive, taken, outlet, refused))
        if imported:
            refused += asyncio.run(_read_and_index(settings))
    _imports().show(imported, as_json=form.as_json)
    for line in [damage for done in imported for damage in done.damages] + refused:
        note(line)
    if refused:
        raise Exit(1)


def _check_outlet(outlet: str | None, settings: Settings) -> None:
    from crawler.outlet import load_outlets

    if outlet is not None and outlet not in load_outlets(settings.outlets):
        raise UsageError(f"there is no outlet {outlet!r}; see astana outlets")


def _hosts(settings: Settings, outlet: str | None) -> frozenset[str]:
    """The hosts of all outlets, or of one."""
    from crawler.outlet import load_outlets

    outlets = load_outlets(settings.outlets)
    return frozenset[str]().union(*(one.all_hosts for name, one in outlets.items() if outlet in (None, name)))


def _cuts(files: list[Path], folder: Path, hosts: frozenset[str], refused: list[str]) -> Iterator[Path]:
    """A cut of each file, under the file's own name; the reasons of those that gave none are added to `refused`."""
    from crawler.cutting import cut

    for number, file in enumerate(files):
        into = folder / str(number) / file.name
        into.parent.mkdir()
        try:
            done = cut(file, hosts, into)
        except UsageError as error:
            refused.append(str(error))
            continue
        logger.info("%s: %d of %d records are of known hosts", file.name, done.taken, done.seen)
        if done.problem is not None:
            refused.append(f"{file}: {done.problem}; what came before it was taken")
        if done.taken:
            yield into
        into.unlink()


def _shelved(archive: Archive, files: Iterable[Path], outlet: str | None, refused: list[str]) -> Iterator[Imported]:
    """Every file that could be taken; the reasons of the others are added to `refused`."""
    from archive.imports import shelve
    from crawler.outlet import load_outlets
    from crawler.purging import knowledge

    is_of = knowledge(archive, load_outlets(archive.settings.outlets)).is_of
    for file in files:
        try:
            yield shelve(archive, file, datetime.now(UTC), outlet, is_of)
        except StorageError:
            raise
        except UsageError as error:
            refused.append(str(error))


async def _read_and_index(settings: Settings) -> list[str]:
    """What could not be read, by outlet."""
    from flows.moves import index, read

    done = await read(None, settings)
    await index(settings)
    return [f"{outlet}: {why}" for outlet, why in done.unread.items()]


def _imports() -> Listing[Imported]:
    return Listing(
        columns={
            "file": lambda done: done.file,
            "captures": lambda done: done.captures,
            "problems": lambda done: len(done.damages),
            "shelved at": lambda done: f"warc/{done.shelved}",
        },
        dump=lambda done: {
            "file": done.file,
            "shelved": done.shelved,
            "readable": list(done.readable),
            "captures": done.captures,
            "damages": list(done.damages),
        },
        none="nothing was imported",
    )


def rebuild(
    where: Where,
    form: Form,
    from_: Annotated[Source, Option("--from", help="Index the texts again, or read the WARCs first.")] = Source.TEXT,
    outlet: Annotated[str | None, Option(help="Read this outlet's WARCs only.", metavar="ID")] = None,
) -> None:
    """Make the catalog again from the texts, or the texts from the WARCs and then the catalog."""
    from flows import work
    from flows.moves import PLAIN
    from flows.reports import RunFailedError

    left = _left(where.settings(), outlet)
    if outlet is not None and left:
        raise UsageError(_left_said(left))
    try:
        with progress():
            report = asyncio.run(work.rebuild(Rebuild(source=from_, outlet=outlet), where.place(), PLAIN))
    except RunFailedError as failure:
        report = failure.report
    if form.as_json:
        print(to_line({"run": report.run, **report.dump()}))
    else:
        found = report.indexed
        read = f"{report.read} WARCs read; " if from_ is Source.WARC else ""
        print(f"{read}indexed {found.objects} texts, {found.readings} readings: {found.new_stories} stories")
        _tell_reread(report.reread)
    for name, trouble in report.failures:
        note(f"{name}: {trouble}")
    if left and from_ is Source.WARC:
        note(f"astana: {_left_said(left)}")
    if report.failures or (left and from_ is Source.WARC):
        raise Exit(1)


def _tell_reread(reread: Iterable[Rereading]) -> None:
    """What readers that changed read otherwise, with some captures of each sort to look at."""
    for one in reread:
        print(one.said)
        for change, examples in one.examples.items():
            for example in examples:
                print(f"{change.value}\t{example.story}\t{example.record}")


def _left(settings: Settings, only: str | None) -> Mapping[str, int]:
    """How many WARCs of which outlets cannot be read, because the outlet's file is not loaded."""
    from archive.holdings import open_archive
    from crawler.outlet import load_outlets
    from crawler.shelf import without_file

    outlets = load_outlets(settings.outlets)
    if only in outlets:
        return {}
    with open_archive(settings) as archive:
        left = without_file(archive, outlets)
    return {name: number for name, number in sorted(left.items()) if only in (None, name)}


def _left_said(left: Mapping[str, int]) -> str:
    number = sum(left.values())
    have = "1 WARC of {} has" if number == 1 else f"{number} WARCs of {{}} have"
    were = "was" if number == 1 else "were"
    return f"{have.format(', '.join(left))} no outlet file and {were} not read; set ASTANA_OUTLETS"


def verify(
    where: Where,
    form: Form,
    name: Annotated[
        str | None, Argument(metavar="ID|PERMALINK", help="A story, or the very text that a citation names.")
    ] = None,
    all_: Annotated[bool, Option("--all", help="Every edition of every story.")] = False,
) -> None:
    """Prove a citation offline: its bytes are as captured, its text is held, and what the page reads as today."""
    if (name is None) is not all_:
        raise UsageError("give a story's id or a permalink, or --all")
    faulty = 0

    def told(verdicts: Iterator[Verdict]) -> Iterator[Verdict]:
        nonlocal faulty
        for verdict in verdicts:
            faulty += not verdict.holds
            yield verdict

    with where.open() as archive:
        _verdicts().show(told(_judged(archive, name)), as_json=form.as_json)
    if faulty:
        raise Exit(1)


def _judged(archive: Archive, name: str | None) -> Iterator[Verdict]:
    from archive.catalog import Query
    from crawler.alone import Alone

    with Alone(_reader_of_any(archive)) as reread:
        if name is not None:
            yield archive.verify(name, reread)
            return
        for story in archive.pull(Query(include_off_topic=True)):
            yield from archive.verify_all(story.id, reread)


def _reader_of_any(archive: Archive) -> Reread:
    """Today's reader of whichever outlet a capture is of."""
    from archive.records import Article, Capture, Rejection, Unchanged
    from crawler import learning
    from crawler.extract import read
    from crawler.outlet import OTHER, load_outlets
    from flows.moves import reader_maker

    outlets = load_outlets(archive.settings.outlets)
    make = reader_maker(outlets, archive.settings, learning.tables(archive.storage))

    def reread(capture: Capture) -> Article | Rejection | Unchanged:
        return read(capture, make(outlets.get(capture.outlet, outlets[OTHER])))

    return reread


def _verdicts() -> Listing[Verdict]:
    import json

    from archive.verify import verdict_json

    return Listing(
        columns={
            "story": lambda verdict: verdict.story,
            "edition": lambda verdict: verdict.edition,
            "holds": lambda verdict: verdict.holds,
            "bytes same": lambda verdict: verdict.bytes_same,
            "text held": lambda verdict: verdict.text_held,
            "reads today": lambda verdict: verdict.today.value,
            "faults": lambda verdict: verdict.faults,
        },
        dump=lambda verdict: json.loads(verdict_json(verdict)),
        none="no story is held",
    )
