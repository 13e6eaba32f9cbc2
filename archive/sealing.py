"""A waiting file that is written no more becomes a WARC and a CDXJ on the shelves; it never changes a byte of it.

A waiting file ends in `.open`. To be sealed it is first renamed to `.sealing`; then its SHA-256 is taken, WARC and CDXJ
are put under their final keys, what they are is written to the ledger, and it is removed. Each step may be done twice,
so a crash between any two costs nothing but the repetition.
"""

from __future__ import annotations

import logging
import os
import re
import string
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from archive import cdx, fixity, warc
from archive.cdx import CdxLine
from archive.digest import sha256_of
from archive.errors import StorageError
from archive.records import Capture
from archive.storage import Storage

OPEN = ".warc.gz.open"
SEALING = ".warc.gz.sealing"
_DRAFT = ".cdxj.draft"
_STAMP = "%Y%m%d%H%M%S"
_SAFE = frozenset(string.ascii_letters + string.digits)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A WARC that lies under its final key, with its CDXJ beside it."""

    stem: str
    warc: str  # storage key
    cdxj: str  # storage key
    captures: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A file that is written no more and waits to be shelved; `notes` are the CDXJ lines of the bytes of `sha256`."""

    path: Path
    outlet: str
    captures: int
    notes: BinaryIO
    sha256: str  # hex


def place(folder: Path, warc_key: str) -> Path | None:
    """Where a WARC waits that is not on the shelf yet, given its key below `warc/`; None when it does not wait here."""
    stem = warc_key.rpartition("/")[2].removesuffix(".warc.gz")
    paths = (folder / f"{stem}{ending}" for ending in (OPEN, SEALING))
    return next((path for path in paths if path.exists()), None)


def shelve(ended: Ended, storage: Storage) -> Sealed:
    """Put a file under its final keys and remove it.

    Raises:
        StorageError: the store or the spool cannot be written; nothing is lost.
    """
    with ended.notes:
        return put(ended.path, ended.outlet, storage, ended)


def put(path: Path, outlet: str, storage: Storage, ended: Ended | None = None) -> Sealed:
    """The steps of sealing; the CDXJ lines are those kept while writing, or else read out of the file.

    Raises:
        StorageError: the store or the spool cannot be written; nothing is lost.
    """
    stem = path.name.removesuffix(SEALING)
    key, cdxj = keys_of(outlet, stem)
    draft = path.with_name(f"{stem}{_DRAFT}")
    counted: Counter[str] = Counter()
    try:
        sha256 = sha256_of(path)
        if ended and sha256 != ended.sha256:
            logger.warning("%s is not what was written; it is kept as it is, what is whole of it is listed", path)
            ended = None
        if ended:
            ended.notes.seek(0)
        with draft.open("wb") as out, path.open("rb") as stream:
            cdx.write(cdx.read(ended.notes) if ended else _lines(stream, key, outlet, counted), out)
        size = path.stat().st_size
        storage.put(key, path)
        storage.put(cdxj, draft)
        fixity.record(storage, key, sha256, size)
        fixity.record(storage, cdxj, sha256_of(draft), draft.stat().st_size)
        draft.unlink()
        path.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise StorageError(f"{path} cannot be sealed: {error.strerror or error}") from None
    finally:
        draft.unlink(missing_ok=True)
    captures = ended.captures if ended else counted["captures"]
    return Sealed(stem=stem, warc=key, cdxj=cdxj, captures=captures, bytes=size)


def _lines(stream: BinaryIO, key: str, outlet: str, counted: Counter[str]) -> Iterator[CdxLine]:
    for found in warc.read(stream, key, outlet):
        if isinstance(found, Capture):
            counted["captures"] += 1
            if found.response:
                yield cdx.line_of(found)


def waiting_files(folder: Path, outlet: str, ending: str) -> list[Path]:
    """An outlet's files, oldest first; what bears such a name and is no file is said and left alone."""
    name = re.compile(rf"{re.escape(outlet)}-\d{{17}}-\d{{5}}-[0-9A-Za-z]+{re.escape(ending)}")
    named = sorted(path for path in folder.glob(f"*{ending}") if name.fullmatch(path.name))
    for path in named:
        if not path.is_file():
            logger.warning("%s is no file; it is left alone: take it away", path)
    return [path for path in named if path.is_file()]


def new_stem(folder: Path, outlet: str, writer: str, now: datetime) -> str:
    """`<outlet>-<UTC YYYYMMDDhhmmssmmm>-<serial>-<writer>`; the serial parts files of one millisecond."""
    instant = now.astimezone(UTC)
    stamp = f"{instant.strftime(_STAMP)}{instant.microsecond // 1000:03d}"
    serial = len(list(folder.glob(f"{outlet}-{stamp}-*")))
    return f"{outlet}-{stamp}-{serial:05d}-{''.join(filter(_SAFE.__contains__, writer)) or '0'}"


def begun(stem: str) -> datetime:
    """When a file was begun, as its stem says."""
    stamp = stem.rsplit("-", 3)[1]
    return datetime.strptime(stamp[:14], _STAMP).replace(tzinfo=UTC)


def keys_of(outlet: str, stem: str) -> tuple[str, str]:
    """The storage keys of a stem's WARC and CDXJ; year and month are those of its creation."""
    inside = f"{outlet}/{begun(stem):%Y/%m}/{stem}"
    return f"warc/{inside}.warc.gz", f"cdxj/{inside}.cdxj"


def make_folder(folder: Path) -> None:
    """A folder whose name, and the names of those above it, outlast a power cut, whoever made them."""
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for place in folder.parents:
        with nullcontext() if any(place == one.parent for one in made) else suppress(OSError):
            sync_folder(place)


def sync_folder(folder: Path) -> None:
    """Make names in a folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
