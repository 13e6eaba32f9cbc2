"""Captures of one outlet on local disk until their WARC is sealed; a capture that was reported is on disk, whole.

Written: the records of some captures are written behind what is there, then the file is synced once; only then are
they reported. When writing fails, the file is cut back to its last synced byte, and nothing of them was reported; when
syncing fails, nobody knows what the disk holds, so that this process does not write the file again. A new file's folder
is synced before its first capture, and so are the folders above it. Taken up again, a file keeps all up to its last
whole capture; what a crash tore behind it is cut off and said, what is damaged is taken out and kept apart
(archive.mending); the rest is synced before anything is built on it. How it is sealed: archive.sealing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from archive import cdx, mending, scratch, warc
from archive.cdx import CdxLine, Known
from archive.digest import CHUNK
from archive.errors import LeaseError, StorageError
from archive.finishing import finish
from archive.records import Address, Capture, Role
from archive.sealing import (
    OPEN,
    SEALING,
    Ended,
    Sealed,
    begun,
    keys_of,
    make_folder,
    new_stem,
    place,
    shelve,
    sync_folder,
    waiting_files,
)
from archive.storage import Storage

__all__ = ["OPEN", "SEALING", "Recovered", "Sealed", "Spool", "finish", "place"]

LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What was found in a waiting file when it was opened again."""

    captures: int = 0
    cut: int = 0  # bytes that were cut off its end
    said: tuple[str, ...] = ()  # damage, what was cut, and where what was damaged lies now


class Spool:
    """One waiting file of an outlet, held open and locked; see `Spool.open`. One thread at a time may use it."""

    def __init__(self, path: Path, stream: BinaryIO, outlet: str) -> None:
        self.path = path
        self.outlet = outlet
        self.stem = path.name.removesuffix(OPEN)
        self.recovered = Recovered()
        self._stream = stream
        self._end = 0  # all before it is synced
        self._digest = hashlib.sha256()  # of all before it
        # CDXJ lines, in the order of the file; memory must not grow with it.
        self._notes = cast("BinaryIO", TemporaryFile())  # noqa: SIM115  # closed when the file is shelved
        self._info = b""  # what the last warcinfo record says
        self._fields: Mapping[str, str] = {}  # what the next one is to say
        self._captures = 0
        self._pages = 0
        self._broken = False
        self._hurt: int | None = None  # where the first damage lies
        self._first = ""  # the type of the first whole record
        self._loose = 0  # whole records behind the last whole capture

    @classmethod
    def open(cls, folder: Path, outlet: str, writer: str, now: datetime, info: Mapping[str, str]) -> Spool:
        """Take up the outlet's waiting file, or begin one.

        Args:
            folder: made when absent.
            writer: who writes; its letters and digits become part of the stem.
            now: becomes the stem's time when a file is begun.
            info: fields of the warcinfo record; a file taken up that says otherwise gets a further one for what follows
                (WARC 1.1 §6.2).

        Raises:
            LeaseError: another process writes this outlet's file.
            StorageError: the folder cannot be written.
        """
        try:
            make_folder(folder)
            waiting = waiting_files(folder, outlet, OPEN)
            if not waiting:
                return cls.begin(folder, outlet, writer, now, info)
            spool = cls._taken_up(waiting[0], outlet)
            spool._fields = info
            if spool._info != warc.info_block(info):
                spool._commit(warc.warcinfo(f"{spool.stem}.warc.gz", info, now))
        except BlockingIOError:
            raise LeaseError(f"another process is writing the waiting file of {outlet} in {folder}") from None
        except OSError as error:
            raise _said(folder, error) from None
        return spool

    @classmethod
    def begin(cls, folder: Path, outlet: str, writer: str, now: datetime, info: Mapping[str, str]) -> Spool:
        """Begin a file, whatever waits already. Raises StorageError."""
        try:
            path = folder / f"{new_stem(folder, outlet, writer, now)}{OPEN}"
            spool = cls(path, _locked(path, "x+b"), outlet)
            spool._fields = info
            spool._commit(warc.warcinfo(f"{spool.stem}.warc.gz", info, now))
            sync_folder(folder)
        except OSError as error:
            raise _said(folder, error) from None
        return spool

    def following(self, now: datetime) -> Spool:
        """Begin the file that is written after this one; this one stays locked meanwhile. Raises StorageError."""
        return Spool.begin(self.path.parent, self.outlet, self.stem.rpartition("-")[2], now, self._fields)

    @classmethod
    def _taken_up(cls, path: Path, outlet: str) -> Spool:
        """The file as it was left; what is damaged before its last whole record is taken out of it first."""
        spool = cls(path, _locked(path, "r+b"), outlet)
        if spool._recover():
            return spool
        before = spool.recovered
        said, more = mending.mend(path, spool._stream)
        spool.close()
        spool = cls(path, _locked(path, "r+b"), outlet)
        spool._recover()
        said = (*said, *before.said[-1:]) if before.cut else said
        spool.recovered = replace(spool.recovered, cut=before.cut + more, said=said)
        return spool

    def _recover(self) -> bool:
        """Keep all up to the last whole capture, cut off what lies behind it; False when the rest is to be mended."""
        said: list[str] = []
        for found in warc.joined(self._seen(said), self._key, self.outlet):
            # What a torn tail still shows comes last, when it is known that it is torn.
            if isinstance(found, Capture) and found.address is not None and found.address.offset < self._end:
                self._note(cdx.line_of(found) if found.response else None)
        cut = self._stream.seek(0, os.SEEK_END) - self._end
        if cut:
            span = (self._end, self._end + cut)
            said.append(mending.cut_off(self.path, self._stream, span, is_torn=not self._loose))
        self._stream.truncate(self._end)
        os.fsync(self._stream.fileno())  # what only memory holds may not be built on, and a name neither
        sync_folder(self.path.parent)
        self._stream.seek(0)
        while data := self._stream.read(CHUNK):
            self._digest.update(data)
        self.recovered = Recovered(captures=self._captures, cut=cut, said=tuple(said))
        return self._first in ("warcinfo", "") and (self._hurt is None or self._hurt >= self._end)

    def _seen(self, said: list[str]) -> Iterator[warc.Record | warc.Damage]:
        """The records as they come by, damage and the end of what is whole noted."""
        for found in warc.records(self._stream):
            if isinstance(found, warc.Damage):
                said.append(f"{self.path.name} at {found.offset}: {found.said}")
                self._hurt = found.offset if self._hurt is None else self._hurt
            else:
                self._first = self._first or found.type
                self._loose += 1
                if found.type in ("warcinfo", "metadata"):  # a metadata record ends each capture
                    self._end, self._loose = found.offset + found.length, 0
                    self._info = found.block if found.type == "warcinfo" else self._info
            yield found

    @property
    def _key(self) -> str:
        return keys_of(self.outlet, self.stem)[0]

    @property
    def lines(self) -> Iterator[CdxLine]:
        """The CDXJ lines of what waits, in its order, addressed as they will lie once sealed; for `Known`."""
        self._notes.seek(0)
        yield from cdx.read(self._notes)

    @property
    def captures(self) -> int:
        """How many captures wait, those without a response too."""
        return self._captures

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return self._end

    def append(self, capture: Capture, known: Known | None = None) -> Capture:
        """Write one capture; see `extend`."""
        return self.extend((capture,), known)[0]

    def extend(self, captures: Sequence[Capture], known: Known | None = None) -> list[Capture]:
        """Write captures, all on disk when this returns; `known` decides on revisits and learns the new lines.

        Of captures given together none stands for another: what is referred to is on disk before.

        Returns:
            The captures as written, with their addresses.

        Raises:
            StorageError: they could not be written; nothing of them stays.
        """
        composed = [warc.compose(capture, known) for capture in captures]
        offset = self._end
        self._commit(b"".join(member for one in composed for member in one.members))
        written: list[Capture] = []
        for one in composed:
            address = self._address(one, offset)
            offset += sum(map(len, one.members))
            line = replace(one.cdx, offset=address.offset, filename=address.warc) if one.cdx is not None else None
            self._note(line)
            if known is not None and line is not None:
                known.add(line)
            written.append(replace(one.capture, address=address))
        return written

    def _address(self, composed: warc.Composed, offset: int) -> Address:
        """Of the response, which comes first; when none came, of the metadata record, which comes last."""
        before = composed.members[:-1] if composed.cdx is None else ()
        member = composed.members[len(before)]
        return Address(
            warc=self._key.removeprefix("warc/"),
            offset=offset + sum(map(len, before)),
            length=len(member),
            sha256=composed.cdx.sha256 if composed.cdx is not None else warc.sha256(member),
        )

    def _note(self, line: CdxLine | None) -> None:
        """Count a capture and keep its line; a redirect on the way to a page is no page."""
        self._captures += 1
        if line is not None:
            is_hop = line.status.startswith("3") and line.status != "304"
            self._pages += line.role == Role.PAGE.value and not is_hop
            try:
                self._notes.write(cdx.dump((line,)))
            except OSError as error:
                raise StorageError(f"{scratch.unwritable(error)}; what was captured waits") from None

    def _commit(self, data: bytes) -> None:
        """Write behind the last synced byte, and sync.

        Raises:
            StorageError: it failed; the file is as it was, or, after a failed sync, not to be written again.
        """
        if self._broken:
            raise StorageError(f"{self.path} could not be synced: what the disk holds of it is seen at the next start")
        try:
            self._stream.seek(self._end)
            rest = memoryview(data)
            while rest:
                rest = rest[self._stream.write(rest) :]
            self._broken = True  # until the disk says otherwise
            os.fsync(self._stream.fileno())
            self._broken = False
        except OSError as error:
            with suppress(OSError):  # then whoever takes the file up cuts it
                self._stream.truncate(self._end)
            raise StorageError(f"{self.path} cannot be written: {error.strerror or error}") from None
        self._end += len(data)
        self._digest.update(data)

    def due(self, now: datetime) -> bool:
        """Whether to seal at the end of a crawl: a page was captured, or captures of seeds waited longer than a day."""
        return self._pages > 0 or (self._captures > 0 and now - begun(self.stem) >= LONGEST_WAIT)

    def close(self, *, keep_waiting: bool = True) -> None:
        """Let the file go; with `keep_waiting` false, a file without any capture is removed. Captures always stay."""
        if not keep_waiting and not self._captures:
            self.path.unlink(missing_ok=True)
        self._stream.close()

    def end(self) -> Ended:
        """Let the file go for good, never to be written again.

        Raises:
            StorageError: the folder cannot be written; the file stays as it is.
        """
        sealing = self.path.with_name(f"{self.stem}{SEALING}")
        try:
            self.path.rename(sealing)
            sync_folder(sealing.parent)
        except OSError as error:
            raise StorageError(f"{self.path} cannot be sealed: {error.strerror or error}") from None
        finally:
            self._stream.close()
        return Ended(
            path=sealing,
            outlet=self.outlet,
            captures=self._captures,
            notes=self._notes,
            sha256=self._digest.hexdigest(),
        )

    def seal(self, storage: Storage) -> Sealed | None:
        """Put what waits under its final keys and let the file go; None when nothing waited.

        Raises:
            StorageError: it could not be put; the file stays, and `finish` seals it later.
        """
        if self._captures:
            return shelve(self.end(), storage)
        self.close(keep_waiting=False)
        return None


def _said(folder: Path, error: OSError) -> StorageError:
    return StorageError(f"the spool {folder} cannot be written: {error.strerror or error}")


def _locked(path: Path, mode: str) -> BinaryIO:
    """Open without a buffer, so that a failed write leaves nothing behind to be written later.

    Raises:
        BlockingIOError: another process holds the file, or has just renamed it to seal it.
    """
    stream = path.open(mode, buffering=0)
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not path.exists() or path.stat().st_ino != os.fstat(stream.fileno()).st_ino:
            raise BlockingIOError
    except OSError:
        stream.close()
        raise
    return cast("BinaryIO", stream)
