"""All shelves of a store, one against the other; it goes on after every fault and changes nothing."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from archive import fixity, ledger, listed
from archive.audit.beside import Beside, Plan, Seen
from archive.audit.findings import Finding, Kind, Passed
from archive.audit.foreign import audit_import
from archive.audit.learned import audit_learned
from archive.audit.listings import audit_listed
from archive.audit.purged import Purges
from archive.audit.texts import audit_text, gathered
from archive.audit.twins import audit_twins
from archive.audit.warcs import Shelved, Wanted, audit_warc, cdxj_key, warc_key
from archive.audit.withheld import Readable, unreadable
from archive.cdx import CdxLine, load
from archive.digest import sha256_of
from archive.errors import ArchiveError, FormatError, NotHeldError
from archive.fixity import IMPORTS, Fixity
from archive.records import is_imported
from archive.storage import Storage

AT_ONCE: Final = 8  # small objects fetched beside each other
WANTED_AT_ONCE: Final = 50_000  # revisits held before their originals are looked up
_DERIVED: Final = "replay/"
_OURS: Final = re.compile(
    r"(?:warc|cdxj|text|listed|ledger|learned|state|replay|spool)/.*|format\.json|catalog\.db.*", re.DOTALL
)
_TEXT: Final = re.compile(r"text/(?P<outlet>[^/]+)/(?P<reader>[^/]+)/(?P<below>.+)\.jsonl\.gz")
_POINTER: Final = re.compile(r"text/[^/]+/current\.json")

Found = Finding | Passed


class Shelves:
    """A store while it is audited: what is listed once, and the revisits whose originals are still to be seen."""

    def __init__(self, storage: Storage, outlet: str | None = None, processes: int | None = None) -> None:
        self._given = storage
        self._storage = Readable(storage)
        self._processes = processes
        self._outlet = outlet
        self._fixity: Mapping[str, tuple[Fixity, ...]] = {}
        self._texts: dict[str, list[str]] = defaultdict(list)  # by outlet/…/stem of the WARC
        # What each reader of an outlet read, so named.
        self._readers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._seen: set[str] = set()  # files that were looked at
        self._wanted: list[Wanted] = []
        self._strays: list[str] = []

    def audit(self) -> Iterator[Found]:
        """Every shelf in turn: WARCs with their indexes and texts, pointers, what is lost, the ledger."""
        purges = Purges.of(self._storage)
        self._fixity = purges.without(fixity.load(self._storage))
        for key in self._storage.list(f"text/{self._outlet}/" if self._outlet else "text/"):
            if (parts := _TEXT.fullmatch(key)) is not None:
                below = parts["below"]
                inside = below if is_imported(below) else f"{parts['outlet']}/{below}"
                self._texts[inside].append(key)
                self._readers[parts["outlet"]][parts["reader"]].add(inside)
            elif not _POINTER.fullmatch(key):
                self._strays.append(key)
        outlet = ""
        keys = self._storage.list(f"warc/{self._outlet}/" if self._outlet else "warc/")
        with Beside(self._given, self._processes) as beside:
            for plan, seen in beside.looked(self._plan(key) for key in keys):
                if plan.warc.split("/")[1] != outlet:
                    yield from self._originals(outlet)
                    outlet = plan.warc.split("/")[1]
                yield from self._passed(plan, seen) if seen is not None else self._file(plan, outlet)
                if len(self._wanted) >= WANTED_AT_ONCE:
                    yield from self._originals(outlet)
        yield from self._originals(outlet)
        yield from self._pointers()
        listings = audit_listed(self._storage, self._fixity, self._outlet)
        yield from (each for each in listings if not self._storage.withholds(each.file))
        self._seen.update(key for key in self._fixity if key.startswith(listed.SHELF))
        yield from audit_learned(self._storage, self._outlet)
        yield from purges.findings(self._storage, self._outlet)
        yield from audit_twins(self._storage, self._outlet)
        lost = self._lost()
        yield from (each for each in lost if not self._storage.withholds(each.file))
        if self._outlet is None:
            yield from self._store()
            yield from self._ledger()
        for folder, said in sorted(self._storage.refused.items()):
            yield Finding(kind=Kind.UNREADABLE, file=folder, said=f"nothing in this folder could be read: {said}")

    def _plan(self, key: str) -> Plan:
        """A WARC or imported file, with all that hangs on it."""
        stem = re.sub(r"(\.warc|\.arc)?(\.gz)?$", "", key.removeprefix("warc/"))
        texts = tuple(sorted(self._texts.pop(stem, ())))
        index = cdxj_key(key)
        self._seen |= {key, index, *texts}
        return Plan(
            warc=key,
            cdxj=index,
            texts=texts,
            fixity={each: self._fixity.get(each, ()) for each in (key, index, *texts)},
        )

    def _passed(self, plan: Plan, seen: Seen) -> Iterator[Found]:
        """A file in which nothing is wrong."""
        yield from (_unrecorded(key) for key in (plan.cdxj, plan.warc) if key not in self._fixity)
        for key, (readings, size) in zip(plan.texts, seen.texts, strict=True):
            if key not in self._fixity:
                yield _unrecorded(key)
            yield Passed(file=key, records=readings, bytes=size)
        self._wanted += seen.wanted
        yield Passed(file=plan.warc, records=seen.records, bytes=seen.size)

    def _file(self, plan: Plan, outlet: str) -> Iterator[Found]:
        """A file looked at closely, to say what is wrong."""
        key, index = plan.warc, plan.cdxj
        cdxj = None
        try:
            cdxj = self._storage.get(index)
            yield from self._known(index, cdxj)
        except NotHeldError:
            pass
        except ArchiveError as error:
            yield unreadable(self._storage, index, error)
        if key not in self._fixity and (outlet != IMPORTS or cdxj is not None):
            yield _unrecorded(key)
        parts = []
        for text in plan.texts:
            try:
                data = self._storage.get(text)
            except ArchiveError as error:
                yield unreadable(self._storage, text, error)
                continue
            if text not in self._fixity:
                yield _unrecorded(text)
            findings, readings = audit_text(text, data, self._fixity.get(text, ()))
            yield from findings
            yield Passed(file=text, records=sum(map(len, readings.values())), bytes=len(data))
            parts.append((text, readings))
        shelved = Shelved(key=key, cdxj=cdxj, fixity=self._fixity.get(key, ()), readings=gathered(parts))
        try:
            with self._storage.open(key) as stream:
                for each in audit_import(stream, shelved) if outlet == IMPORTS else audit_warc(stream, shelved):
                    if isinstance(each, Wanted):
                        self._wanted.append(each)
                    elif not (cdxj is None and each.file == index and self._storage.exists(index)):
                        yield each  # an index that is there now was told above, or came between WARC and CDXJ
        except (ArchiveError, OSError) as error:
            yield unreadable(self._storage, key, error)

    def _known(self, key: str, data: bytes) -> Iterator[Finding]:
        known = self._fixity.get(key)
        if known is None:
            yield _unrecorded(key)
        elif Fixity(sha256=sha256_of(data), size=len(data)) not in known:
            yield Finding(kind=Kind.FIXITY, file=key, said=f"its {len(data)} bytes are not those on record")

    def _originals(self, outlet: str) -> Iterator[Finding]:
        """Look up what the revisits collected stand for, in all indexes of their outlet."""
        left: dict[str, list[Wanted]] = defaultdict(list)
        for each in self._wanted:
            left[each.of].append(each)
        self._wanted.clear()
        keys = self._storage.list(f"cdxj/{outlet}/") if left else iter(())
        for _, data in ahead(self._storage, keys):
            for raw in () if isinstance(data, ArchiveError) else data.split(b"\n"):
                with suppress(FormatError):
                    for line in load(raw):
                        for wanted in left.pop(line.record, ()):
                            yield from _unfit(wanted, line)
        for waiting in left.values():
            for wanted in waiting:
                yield _revisit(
                    wanted, f"no capture {wanted.of or 'without a name'} of {wanted.of_url} is on the shelves"
                )

    def _unpointed(self) -> Iterator[Finding]:
        """Outlets with texts and no pointer: lost, unless the first reading of an outlet is under way."""
        for outlet, readers in sorted(self._readers.items()):
            key = f"text/{outlet}/current.json"
            if self._storage.exists(key):
                continue
            warcs = self._storage.list(f"warc/{outlet}/")
            names = {warc.removeprefix("warc/").removesuffix(".warc.gz") for warc in warcs}
            if len(readers) == 1 and any(names - read for read in readers.values()):
                said = "nothing says yet which reader is current, for there are files that none has read"
                yield Finding(kind=Kind.UNREAD, file=key, said=said)
            else:
                said = f"texts of {', '.join(sorted(readers))} are there; which reader is current is not said"
                yield Finding(kind=Kind.LOST, file=key, said=said)

    def _pointers(self) -> Iterator[Finding]:
        yield from self._unpointed()
        for key in self._storage.list(f"text/{self._outlet}/" if self._outlet else "text/"):
            if not _POINTER.fullmatch(key):
                continue
            try:
                data = self._storage.get(key)
            except ArchiveError as error:
                yield unreadable(self._storage, key, error)
                continue
            outlet = key.split("/")[1]
            try:
                reader = str(json.loads(data)["reader"])
            except (ValueError, KeyError, TypeError):
                yield Finding(kind=Kind.POINTER, file=key, said="it names no reader")
                continue
            if data != f'{{"reader": "{reader}"}}\n'.encode():
                yield Finding(kind=Kind.POINTER, file=key, said="it is not written as this archive writes")
            read = {each.rpartition("/")[2] for each in self._storage.list(f"text/{outlet}/{reader}/")}
            if not self._storage.is_whole(f"text/{outlet}/{reader}/"):
                continue
            if not read:
                yield Finding(kind=Kind.POINTER, file=key, said=f"no text of the reader {reader} is on the shelf")
                continue
            for warc in self._storage.list(f"warc/{outlet}/"):
                name = warc.rpartition("/")[2].removesuffix(".warc.gz")
                if f"{name}.jsonl.gz" not in read:
                    yield Finding(kind=Kind.UNREAD, file=warc, said=f"the current reader {reader} has not read it")

    def _lost(self) -> Iterator[Finding]:
        """What is on record, or hangs on a WARC, and is not there."""
        for stem, keys in sorted(self._texts.items()):
            for key in keys:
                self._seen.add(key)
                yield Finding(kind=Kind.LOST, file=f"warc/{stem}", said=f"{key} was read from it; it is not there")
        for key in self._storage.list(f"cdxj/{self._outlet}/" if self._outlet else "cdxj/"):
            if key in self._seen:
                continue
            self._seen.add(key)
            if not self._storage.exists(warc_key(key)):  # else it was sealed since the WARCs were listed
                yield Finding(kind=Kind.LOST, file=key, said="the WARC that it leads into is not there")
        for key in sorted(set(self._fixity) - self._seen):
            if self._outlet in (None, key.split("/")[1]):
                yield Finding(kind=Kind.LOST, file=key, said="it is on record, and not there")

    def _store(self) -> Iterator[Finding]:
        """The store's own format, and objects of no shelf."""
        try:
            whole = type(json.loads(self._storage.get("format.json"))["format"]) is int  # true is none
        except (ValueError, KeyError, TypeError):
            whole = False
        except NotHeldError:
            yield Finding(kind=Kind.LOST, file="format.json", said="the store's format is not said")
            whole = True
        if not whole:
            yield Finding(kind=Kind.STORE, file="format.json", said="it does not say the store's format")
        for key in (*self._strays, *(key for key in self._storage.list("") if not _OURS.fullmatch(key))):
            yield Finding(kind=Kind.STRAY, file=key, said="it is of no shelf; this archive did not put it there")
        derived = sum(1 for _ in self._storage.list(_DERIVED))
        if derived:
            said = f"{derived} objects that can be made again any time were not audited"
            yield Finding(kind=Kind.DERIVED, file=_DERIVED, said=said)

    def _ledger(self) -> Iterator[Found]:
        for key, data in ahead(self._storage, self._storage.list("ledger/")):
            if isinstance(data, ArchiveError):
                yield unreadable(self._storage, key, data)
                continue
            if key.startswith(fixity.SHELF):
                said = fixity.read_key(key)
                if said is None or data != fixity.content(*said):
                    yield Finding(kind=Kind.LEDGER, file=key, said="its bytes are not those that were written")
            else:
                try:
                    ledger.load(data, key)
                except ArchiveError as error:
                    yield Finding(kind=Kind.LEDGER, file=key, said=str(error))
            yield Passed(file=key, bytes=len(data))


def ahead(storage: Storage, keys: Iterable[str]) -> Iterator[tuple[str, bytes | ArchiveError]]:
    """Objects in the order of their keys, some of them fetched before they are asked for: on S3 each takes its time.

    One that cannot be had comes as its error.
    """

    def fetch(key: str) -> bytes | ArchiveError:
        try:
            return storage.get(key)
        except ArchiveError as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting: list[tuple[str, Future[bytes | ArchiveError]]] = []
        for key in keys:
            waiting.append((key, pool.submit(fetch, key)))
            if len(waiting) > 4 * AT_ONCE:
                first, data = waiting.pop(0)
                yield first, data.result()
        yield from ((key, data.result()) for key, data in waiting)


def _unrecorded(key: str) -> Finding:
    return Finding(kind=Kind.UNRECORDED, file=key, said="no fixity on record")


def _revisit(wanted: Wanted, said: str) -> Finding:
    return Finding(
        kind=Kind.REVISIT, file=wanted.file, said=said, offset=wanted.offset, record=wanted.record, url=wanted.url
    )


def _unfit(wanted: Wanted, line: CdxLine) -> Iterator[Finding]:
    """What keeps a capture from being what a revisit stands for."""
    for name, said, true in (
        ("URL", wanted.of_url, line.url),
        ("date", wanted.of_date, line.date),
        ("payload digest", wanted.digest, line.digest),
    ):
        if said != true:
            yield _revisit(wanted, f"it names {line.record} with the {name} {said}; that capture's is {true}")
    if not line.is_full:
        yield _revisit(wanted, f"it stands for {line.record}, which is no whole 200 response")
