"""Indexes made again from their WARCs, where these are as they were shelved; a sound index is left as it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Container, Iterator

from archive import cdx, fixity, warc
from archive.audit.stream import Hashed
from archive.audit.warcs import cdxj_key
from archive.cdx import CdxLine
from archive.digest import sha256_of
from archive.errors import ArchiveError, NotHeldError
from archive.fixity import IMPORTS, Fixity
from archive.records import Capture
from archive.storage import Storage

logger = logging.getLogger(__name__)


def mend(storage: Storage, outlet: str | None = None, step: Callable[[], None] = lambda: None) -> tuple[str, ...]:
    """Write every index anew that is missing or is not what its WARC gives; returns the keys of those written.

    Where the WARC itself is damaged, its index stays: it may be all that still tells what was there.

    Args:
        storage: the store.
        outlet: this one's WARCs only, and imports.
        step: called before each WARC; what it raises ends the work.

    Raises:
        StorageError: the store cannot be listed, or an index not be written.
    """
    known = fixity.load(storage)
    written: list[str] = []
    for key in _warcs(storage, known, outlet):
        step()
        index = cdxj_key(key)
        try:
            data = _lines(storage, key, known.get(key, ()))
        except (ArchiveError, OSError) as error:
            logger.warning("%s cannot be read, and its index is left as it is: %s", key, error)
            continue
        try:
            there: bytes | None = storage.get(index)
        except NotHeldError:
            there = None
        except ArchiveError:
            there = b""  # what cannot be read says nothing
        if data == there:
            continue
        if data is None:
            logger.warning("%s is damaged; %s is left as it is", key, index)
            continue
        storage.put(index, data, replace=there is not None)
        fixity.record(storage, index, sha256_of(data), len(data))
        logger.warning("%s was %s; it was written anew from its WARC", index, "not there" if there is None else "wrong")
        written.append(index)
    return tuple(written)


def _warcs(storage: Storage, known: Container[str], outlet: str | None) -> Iterator[str]:
    """Files that have, or had, an index: all own ones, and imports that can be read by address."""
    for key in storage.list(f"warc/{outlet}/" if outlet else "warc/"):
        if not key.startswith(f"warc/{IMPORTS}/") and key.endswith(".warc.gz"):
            yield key
    for key in storage.list(f"warc/{IMPORTS}/"):
        if (index := cdxj_key(key)) in known or storage.exists(index):
            yield key


def _lines(storage: Storage, key: str, known: Collection[Fixity]) -> bytes | None:
    """The index that a WARC gives; None when it is not as it was shelved, or, with nothing on record, has damage."""
    is_import = key.startswith(f"warc/{IMPORTS}/")
    lines: list[CdxLine] = []
    is_hurt = False
    with storage.open(key) as stream:
        hashed = Hashed(stream)
        whose = "" if is_import else key.split("/")[1]
        for found in warc.read(hashed, key.removeprefix("warc/"), whose):  # type: ignore[arg-type]  # it reads and seeks
            if not isinstance(found, Capture):
                is_hurt = True
            elif cdx.has_line(found):
                lines.append(cdx.line_of(found))
        digest = hashed.finish()
    if is_import:
        is_sound = digest == key.rpartition("/")[2].partition(".")[0]
    elif known:
        is_sound = Fixity(sha256=digest, size=hashed.hashed) in known
    else:
        is_sound = not is_hurt
    return cdx.dump(lines) if is_sound else None
