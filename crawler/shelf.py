"""The second move over the shelves: each WARC without a text of the current reader becomes one; it fetches nothing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial

from archive import texts
from archive.errors import AlreadyThereError, ArchiveError, CatalogError, StorageError, TableError
from archive.holdings import Archive
from archive.imports import assigned, of_import
from archive.purge import ending
from archive.records import Reading, Reason, Rejection, TextHead
from archive.rereading import Rereading, reread
from crawler.extract import Reader
from crawler.hands import Hands, Task, Text
from crawler.outlet import Outlet, owner_of
from crawler.page.bounds import is_stopped
from crawler.readings import DAMAGED
from crawler.rejudging import rejudged

MakeReader = Callable[[Outlet], Reader]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What the move did: WARCs read now, for which outlets, what a changed reader changed, which pages were stopped."""

    warcs: tuple[str, ...]
    outlets: tuple[str, ...]
    reread: tuple[Rereading, ...] = ()
    stopped: tuple[Reading, ...] = ()  # by the limits of the process that read them
    unread: Mapping[str, str] = field(default_factory=dict)  # outlets whose learned table is damaged, and what is wrong


ReadAll = Callable[[Archive, Sequence[Task], Reader], Generator[Text, None, None]]  # reads WARCs of one outlet


def extract(  # noqa: PLR0913  # what is read, by which readers, how much of it and by whom
    archive: Archive,
    outlets: Mapping[str, Outlet],
    make_reader: MakeReader,
    only: frozenset[str] | None = None,
    *,
    anew: bool = False,
    read: ReadAll | None = None,
    step: Callable[[], None] = lambda: None,
) -> Extracted:
    """Read every WARC that the current reader of its outlet has not read, then say that this reader is current.

    `read` is who reads the WARCs of an outlet; by default one process apart does, one by one. `step` is called before
    each text that is made without opening its WARC: what it raises ends the work.
    When the reader of an outlet changed, all its WARCs are read again, so that no story mixes readers. With `anew`
    every WARC is read, and a text that stands there already must come out the same.

    Raises:
        AlreadyThereError: read anew, a WARC gave another text than the one on the shelf.
        StorageError: a WARC could not be read or a text not be written; what was written before is whole.
        TableError: the one outlet that was asked for has a learned table that is damaged; of several it is told.
        WarcError: a WARC's records cannot be addressed.
        ReadingStoppedError: a process that reads was ended from outside.
    """
    done: list[str] = []
    touched: list[str] = []
    changed: list[Rereading] = []
    stopped: list[Reading] = []
    unread: dict[str, str] = {}
    for name, tasks in sorted(_work(archive, outlets, only).items()):
        try:
            reader = make_reader(outlets[name])
        except TableError as damaged:
            if only is not None and len(only) == 1:
                raise
            unread[name] = str(damaged)
            continue
        already: frozenset[str] = frozenset() if anew else archive.texts_of(name, reader.digest)
        wanted = [task for task in tasks if texts.key(task.warc, name, reader.digest) not in already]
        left = [replace(task, anew=anew) for task in wanted]
        opened = list(_unjudged(archive, left, reader, step))
        stopped += _read(archive, opened, reader, read or Hands())
        done += [task.warc for task in left]
        if tasks:
            changed += _changed(archive, name, reader)
            archive.set_reader(name, reader.digest)
            touched.append(name)
    said = Extracted(warcs=tuple(done), outlets=tuple(touched), reread=tuple(changed), stopped=tuple(stopped))
    return replace(said, unread=unread)


def _changed(archive: Archive, name: str, reader: Reader) -> Iterator[Rereading]:
    """What a reader that is about to be current reads otherwise than the one before it."""
    before = _before(archive, reader)
    if before is not None:
        found = reread(archive.storage, name, before, reader.digest)
        logger.info("%s", found.said)
        yield found


def without_file(archive: Archive, outlets: Mapping[str, Outlet]) -> Counter[str]:
    """How many WARCs each outlet has on the shelf whose file is not among these: nothing reads them."""
    said = assigned(archive)
    owners = [warc.split("/")[0] for warc in archive.warcs()]
    owners += [said[warc] for warc in archive.imports() if warc in said]
    return Counter(owner for owner in owners if owner not in outlets)


def _read(archive: Archive, tasks: Sequence[Task], reader: Reader, read: ReadAll) -> Iterator[Reading]:
    """WARCs of an outlet to their texts; gives what reading was stopped at. What is purged meanwhile is read again."""
    again: list[Task] = []
    with closing(read(archive, [_reminded(archive, task, reader) for task in tasks], reader)) as found:
        for text in found:
            again += [] if _put(archive, text) else [text.task]
            yield from (texts.reading_from_json(line.decode()) for line in text.stopped)
    if again:
        yield from _read(archive, again, reader, read)


def _put(archive: Archive, text: Text) -> bool:
    """One WARC's text on the shelf, and whether it may stay; whatever is wrong is told by the WARC's name."""
    warc, head = text.task.warc, text.head
    damaged = head.non_articles.get(DAMAGED, 0)
    told = f"warc/{warc} is damaged at {damaged} {'place' if damaged == 1 else 'places'}"
    if damaged:
        logger.warning("%s; what is whole was read", told)
    try:
        key = archive.put_lines(head, text.lines)
    except AlreadyThereError as error:
        raise AlreadyThereError(f"{told if damaged else f'warc/{warc} reads otherwise now'}: {error}") from None
    return not (ending.overtook(archive.storage, f"warc/{warc}", text.size, key) and warc in archive.warcs(head.outlet))


def _reminded(archive: Archive, task: Task, reader: Reader) -> Task:
    """A WARC to be read again, with what reading it was stopped at: what stopped a reader once is not read by it again.

    Otherwise the same reader would make two texts of one page, on a slow machine and on a fast one.
    """
    if not task.anew:
        return task
    key = texts.key(task.warc, reader.outlet.id, reader.digest)
    try:
        held = texts.rejected(archive.storage.get(key), Reason.BEYOND_BOUNDS)
    except StorageError:
        raise
    except ArchiveError:
        return task  # none there, or damaged
    met = {(each.record, each.address.offset): each.outcome for each in held if isinstance(each.outcome, Rejection)}
    return replace(task, stopped={place: outcome for place, outcome in met.items() if is_stopped(outcome)})


def _unjudged(archive: Archive, tasks: Sequence[Task], reader: Reader, step: Callable[[], None]) -> Iterator[Task]:
    """Those of the WARCs that have to be opened: no text could be made of what an earlier reader read."""
    for task in tasks:
        step()
        if not _is_judged(archive, task, reader):
            yield task


def _is_judged(archive: Archive, task: Task, reader: Reader) -> bool:
    """Whether a WARC's text could be made without opening it, and was."""
    if task.anew:
        return False
    size = archive.storage.size(f"warc/{task.warc}")
    found = _judged(archive, task, reader)
    if found is None:
        return False
    head, readings = found
    lines = [texts.reading_to_json(each).encode() for each in readings]
    return _put(archive, Text(task=task, size=size, head=head, lines=lines))


def _judged(archive: Archive, task: Task, reader: Reader) -> tuple[TextHead, list[Reading]] | None:
    """What the reader before this one read, judged by this one's topic, where that is all they differ by.

    Of an import the WARC is opened: whose a record is hangs on the files of other outlets, too.
    """
    before = None if task.anew or task.owner is not None else _before(archive, reader)
    if before is None:
        return None
    key = texts.key(task.warc, reader.outlet.id, before)
    try:
        return rejudged(*texts.load(archive.storage.get(key), key), reader)
    except StorageError:
        raise
    except ArchiveError:
        return None  # not there, or damaged: the WARC tells it


def _before(archive: Archive, reader: Reader) -> str | None:
    """The reader that is current and not this one; None where the pointer names none."""
    try:
        before = archive.reader(reader.outlet.id)
    except CatalogError:
        return None
    return before if before != reader.digest else None


def judgeable(archive: Archive, outlets: Mapping[str, Outlet], make_reader: MakeReader) -> frozenset[str]:
    """Outlets whose reader changed by its topic alone: their texts can be judged anew without opening a WARC.

    Raises:
        StorageError: the store cannot be read.
    """
    return frozenset(name for name, outlet in outlets.items() if _is_judgeable(archive, outlet, make_reader))


def _is_judgeable(archive: Archive, outlet: Outlet, make_reader: MakeReader) -> bool:
    try:
        reader = make_reader(outlet)
    except TableError:  # its texts stay those of the reader before
        return False
    before = _before(archive, reader)
    if before is None:
        return False
    for key in archive.texts_of(reader.outlet.id, before):  # what one text says of its reader, all of them say
        try:
            return texts.load(archive.storage.get(key), key)[0].pages == reader.pages
        except StorageError:
            raise
        except ArchiveError:
            continue
    return False


def _work(archive: Archive, outlets: Mapping[str, Outlet], only: frozenset[str] | None) -> dict[str, list[Task]]:
    """What there is to read, by outlet. An outlet whose file is gone is left as it was last read."""
    work = {name: [Task(warc=warc) for warc in archive.warcs(name)] for name in outlets if only is None or name in only}
    said = assigned(archive)
    for warc in archive.imports():
        owner = _owner(outlets, said.get(warc))
        for name in sorted({owner(line.original or line.url) for line in of_import(archive, warc)}):
            if name in work:
                work[name].append(Task(warc=warc, owner=owner))
    return work


def _owner(outlets: Mapping[str, Outlet], said: str | None) -> Callable[[str], str]:
    """Whose an imported capture is: what the importer said, else its host's, else nobody's that is known."""
    if said is not None:
        return lambda _: said
    return partial(owner_of, outlets=tuple(outlets.values()))
