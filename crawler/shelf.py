"""The second move over the shelves: each WARC without a text of the current reader becomes one; it fetches nothing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from archive import texts
from archive.errors import AlreadyThereError, ArchiveError, CatalogError, StorageError, WarcError
from archive.holdings import Archive
from archive.imports import assigned, of_import
from archive.purge import ending
from archive.records import Reading, TextHead
from archive.rereading import Rereading, reread
from crawler.extract import Reader
from crawler.outlet import Outlet, owner_of
from crawler.readings import DAMAGED, read_warc
from crawler.rejudging import rejudged

MakeReader = Callable[[Outlet], Reader]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What the move did: WARCs read now, for which outlets, and what a changed reader changed."""

    warcs: tuple[str, ...]
    outlets: tuple[str, ...]
    reread: tuple[Rereading, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One WARC to be read for one outlet; `owner` tells the outlet of each capture where a file may hold several.

    `anew`: it is opened, whatever an earlier reading says.
    """

    warc: str
    owner: Callable[[str], str] | None = None
    anew: bool = False


Text = tuple[TextHead, list[Reading]]
ReadAll = Callable[[Archive, Sequence[Task], Reader], None]  # reads WARCs of one outlet to their texts


def one_by_one(archive: Archive, tasks: Sequence[Task], reader: Reader) -> None:
    """Read WARCs one after the other. Raises as `extract`."""
    for task in tasks:
        _read(archive, task, reader)


def extract(  # noqa: PLR0913  # what is read, by which readers, how much of it and by whom
    archive: Archive,
    outlets: Mapping[str, Outlet],
    make_reader: MakeReader,
    only: frozenset[str] | None = None,
    *,
    anew: bool = False,
    read: ReadAll | None = None,
) -> Extracted:
    """Read every WARC that the current reader of its outlet has not read, then say that this reader is current.

    `read` is who reads the WARCs of an outlet; by default this process does, one by one.
    When the reader of an outlet changed, all its WARCs are read again, so that no story mixes readers. With `anew`
    every WARC is read, and a text that stands there already must come out the same.

    Raises:
        AlreadyThereError: read anew, a WARC gave another text than the one on the shelf.
        StorageError: a WARC could not be read or a text not be written; what was written before is whole.
        WarcError: a WARC's records cannot be addressed.
    """
    done: list[str] = []
    touched: list[str] = []
    changed: list[Rereading] = []
    for name, tasks in sorted(_work(archive, outlets, only).items()):
        reader = make_reader(outlets[name])
        already: frozenset[str] = frozenset() if anew else archive.texts_of(name, reader.digest)
        wanted = [task for task in tasks if texts.key(task.warc, name, reader.digest) not in already]
        left = [replace(task, anew=anew) for task in wanted]
        (read or one_by_one)(archive, left, reader)
        done += [task.warc for task in left]
        if tasks:
            changed += _changed(archive, name, reader)
            archive.set_reader(name, reader.digest)
            touched.append(name)
    return Extracted(warcs=tuple(done), outlets=tuple(touched), reread=tuple(changed))


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


def _read(archive: Archive, task: Task, reader: Reader) -> None:
    """One WARC to its text; whatever is wrong with it is told by the WARC's name."""
    size = archive.storage.size(f"warc/{task.warc}")
    head, readings = _judged(archive, task, reader) or _opened(archive, task, reader)
    damaged = head.non_articles.get(DAMAGED, 0)
    told = f"warc/{task.warc} is damaged at {damaged} {'place' if damaged == 1 else 'places'}"
    if damaged:
        logger.warning("%s; what is whole was read", told)
    try:
        text = archive.put_text(head, readings)
    except AlreadyThereError as error:
        raise AlreadyThereError(f"{told if damaged else f'warc/{task.warc} reads otherwise now'}: {error}") from None
    if ending.overtook(archive.storage, f"warc/{task.warc}", size, text) and task.warc in archive.warcs(head.outlet):
        _read(archive, task, reader)


def _opened(archive: Archive, task: Task, reader: Reader) -> Text:
    with archive.storage.open(f"warc/{task.warc}") as stream:
        try:
            return read_warc(stream, task.warc, reader, task.owner)
        except WarcError as error:
            raise WarcError(f"warc/{task.warc}: {error}") from None


def _judged(archive: Archive, task: Task, reader: Reader) -> Text | None:
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
    return frozenset(name for name, outlet in outlets.items() if _is_judgeable(archive, make_reader(outlet)))


def _is_judgeable(archive: Archive, reader: Reader) -> bool:
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
