"""Captures of one outlet on local disk until their WARC is sealed; a capture that was reported is on disk, whole.

A waiting file ends in `.open`. To seal it, it is first renamed to `.sealing` and never written again; then WARC and
CDXJ are put under their final keys, then it is removed. Each step may be done twice, so a crash between any two costs
nothing but the repetition.
"""

from __future__ import annotations

import fcntl
import os
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

from archive import cdx, warc
from archive.cdx import CdxLine, Known
from archive.errors import LeaseError, StorageError
from archive.records import Address, Capture, Role
from archive.storage import Storage

OPEN = ".warc.gz.open"
SEALING = ".warc.gz.sealing"
LONGEST_WAIT = timedelta(days=1)
_STAMP = "%Y%m%d%H%M%S"
_SAFE = frozenset(string.ascii_letters + string.digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What was found in a waiting file when it was opened again."""

    captures: int = 0
    cut: int = 0  # bytes of a torn tail that were cut off: no capture that was reported lay in them
    said: tuple[str, ...] = ()  # damage inside the file, which stays as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A WARC that lies under its final key, with its CDXJ beside it."""

    stem: str
    warc: str  # storage key
    cdxj: str  # storage key
    captures: int
    bytes: int


class Spool:
    """The one waiting file of an outlet, held open and locked; see `Spool.open`."""

    def __init__(self, path: Path, stream: BinaryIO, outlet: str) -> None:
        self.path = path
        self.outlet = outlet
        self.stem = path.name.removesuffix(OPEN)
        self.recovered = Recovered()
        self._stream = stream
        self._lines: list[CdxLine] = []
        self._info = b""  # what the last warcinfo record says
        self._captures = 0
        self._pages = 0

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
            folder.mkdir(parents=True, exist_ok=True)
            waiting = _waiting(folder, outlet, OPEN)
            path = waiting[0] if waiting else folder / f"{_stem(folder, outlet, writer, now)}{OPEN}"
            spool = cls(path, _locked(path, "r+b" if waiting else "x+b"), outlet)
            spool._recover()
            begins = not spool._stream.tell()
            if spool._info != warc.info_block(info):
                spool._write(warc.warcinfo(f"{spool.stem}.warc.gz", info, now))
            if begins:
                _sync_folder(folder)
        except BlockingIOError:
            raise LeaseError(f"another process is writing the waiting file of {outlet} in {folder}") from None
        except OSError as error:
            raise StorageError(f"the spool {folder} cannot be written: {error.strerror or error}") from None
        return spool

    def _recover(self) -> None:
        """Keep all up to the last whole capture, cut off what a crash left half written, say both."""
        self._stream.seek(0)
        whole = 0
        said: list[str] = []
        for found in warc.records(self._stream):
            if isinstance(found, warc.Damage):
                said.append(f"{self.path.name} at {found.offset}: {found.said}")
            elif found.type in ("warcinfo", "metadata"):  # a metadata record ends each capture
                whole = found.offset + found.length
                self._info = found.block if found.type == "warcinfo" else self._info
        size = self._stream.seek(0, os.SEEK_END)
        if size > whole:
            self._stream.truncate(whole)
            os.fsync(self._stream.fileno())
        for capture in _captures(self._stream, self._key, self.outlet):
            self._count(capture)
        self._stream.seek(0, os.SEEK_END)
        self.recovered = Recovered(captures=self._captures, cut=size - whole, said=tuple(said))

    @property
    def _key(self) -> str:
        return _keys(self.outlet, self.stem)[0]

    @property
    def lines(self) -> tuple[CdxLine, ...]:
        """The CDXJ lines of what waits, addressed as they will lie once sealed; for `Known`."""
        return tuple(self._lines)

    @property
    def captures(self) -> int:
        """How many captures wait, those without a response too."""
        return self._captures

    def append(self, capture: Capture, known: Known | None = None) -> Capture:
        """Write a capture, on disk when this returns; `known` decides on revisits and learns the new line.

        Returns:
            The capture as written, with its address.

        Raises:
            StorageError: it could not be written; nothing of it stays.
        """
        composed = warc.compose(capture, known)
        offset = self._stream.seek(0, os.SEEK_END)
        try:
            self._write(b"".join(composed.members))
        except OSError as error:
            self._stream.truncate(offset)
            raise StorageError(f"{self.path} cannot be written: {error.strerror or error}") from None
        written = replace(composed.capture, address=self._address(composed, offset))
        line = self._count(written)
        if known is not None and line is not None:
            known.add(line)
        return written

    def _address(self, composed: warc.Composed, offset: int) -> Address:
        """Of the response, which comes first; when none came, of the metadata record, which comes last."""
        before = composed.members[:-1] if composed.cdx is None else ()
        member = composed.members[len(before)]
        return Address(
            warc=self._key.removeprefix("warc/"),
            offset=offset + sum(map(len, before)),
            length=len(member),
            sha256=warc.sha256(member),
        )

    def _count(self, capture: Capture) -> CdxLine | None:
        self._captures += 1
        self._pages += capture.hints.role is Role.PAGE
        if not capture.response:
            return None
        line = cdx.line_of(capture)
        self._lines.append(line)
        return line

    def _write(self, data: bytes) -> None:
        # At an outlet's pace, a request a second at best, a sync for each capture costs nothing that matters.
        rest = memoryview(data)
        while rest:
            rest = rest[self._stream.write(rest) :]
        os.fsync(self._stream.fileno())

    def due(self, now: datetime) -> bool:
        """Whether to seal at the end of a crawl: a page was captured, or captures of seeds waited longer than a day."""
        return self._pages > 0 or (self._captures > 0 and now - _begun(self.stem) >= LONGEST_WAIT)

    def close(self, *, keep_waiting: bool = True) -> None:
        """Let the file go; with `keep_waiting` false, a file without any capture is removed. Captures always stay."""
        if not keep_waiting and not self._captures:
            self.path.unlink(missing_ok=True)
        self._stream.close()

    def seal(self, storage: Storage) -> Sealed | None:
        """Put what waits under its final keys and let the file go; None when nothing waited.

        Raises:
            StorageError: it could not be put; the file stays, and `finish` seals it later.
        """
        if not self._captures:
            self.close(keep_waiting=False)
            return None
        sealing = self.path.with_name(f"{self.stem}{SEALING}")
        try:
            self.path.rename(sealing)
            _sync_folder(sealing.parent)
        except OSError as error:
            raise StorageError(f"{self.path} cannot be sealed: {error.strerror or error}") from None
        finally:
            self._stream.close()
        return _put(sealing, self.outlet, storage)


def finish(folder: Path, outlet: str, storage: Storage) -> tuple[Sealed, ...]:
    """Seal what an earlier process had begun to seal; call it before a crawl and before anything is listed.

    Raises:
        StorageError: the store or the spool cannot be written; nothing is lost.
    """
    return tuple(_put(path, outlet, storage) for path in _waiting(folder, outlet, SEALING))


def _put(path: Path, outlet: str, storage: Storage) -> Sealed:
    stem = path.name.removesuffix(SEALING)
    key, cdxj = _keys(outlet, stem)
    try:
        with path.open("rb") as stream:
            found = list(_captures(stream, key, outlet))
        size = path.stat().st_size
        storage.put(key, path)
        storage.put(cdxj, cdx.dump(cdx.line_of(capture) for capture in found if capture.response))
        path.unlink()
    except OSError as error:
        raise StorageError(f"{path} cannot be sealed: {error.strerror or error}") from None
    return Sealed(stem=stem, warc=key, cdxj=cdxj, captures=len(found), bytes=size)


def _captures(stream: BinaryIO, key: str, outlet: str) -> list[Capture]:
    return [found for found in warc.read(stream, key, outlet) if isinstance(found, Capture)]


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


def _waiting(folder: Path, outlet: str, ending: str) -> list[Path]:
    """An outlet's files, oldest first."""
    name = re.compile(rf"{re.escape(outlet)}-\d{{17}}-\d{{5}}-[0-9A-Za-z]+{re.escape(ending)}")
    return sorted(path for path in folder.glob(f"*{ending}") if name.fullmatch(path.name))


def _stem(folder: Path, outlet: str, writer: str, now: datetime) -> str:
    """`<outlet>-<UTC YYYYMMDDhhmmssmmm>-<serial>-<writer>`; the serial parts files of one millisecond."""
    instant = now.astimezone(UTC)
    stamp = f"{instant.strftime(_STAMP)}{instant.microsecond // 1000:03d}"
    serial = len(list(folder.glob(f"{outlet}-{stamp}-*")))
    return f"{outlet}-{stamp}-{serial:05d}-{''.join(filter(_SAFE.__contains__, writer)) or '0'}"


def _begun(stem: str) -> datetime:
    stamp = stem.rsplit("-", 3)[1]
    return datetime.strptime(stamp[:14], _STAMP).replace(tzinfo=UTC)


def _keys(outlet: str, stem: str) -> tuple[str, str]:
    """The storage keys of a stem's WARC and CDXJ; year and month are those of its creation."""
    begun = _begun(stem)
    place = f"{outlet}/{begun:%Y}/{begun:%m}/{stem}"
    return f"warc/{place}.warc.gz", f"cdxj/{place}.cdxj"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
