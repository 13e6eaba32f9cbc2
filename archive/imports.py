"""Foreign WARC, ARC and WACZ files onto the shelves, whole and unchanged; it reads no page and decides no outlet.

A file whose records cannot be sought one by one (one gzip member for all, or WARCs inside a WACZ) is kept as it came,
and a seekable copy of its records is derived beside it: same heads, same blocks, one member each.
"""

from __future__ import annotations

import errno
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from archive import cdx, fixity, ledger, warc
from archive.digest import CHUNK, sha256_of
from archive.errors import AlreadyThereError, NotHeldError, UsageError
from archive.fixity import IMPORTS
from archive.holdings import Archive
from archive.purge.refusing import IsOf, Refusing
from archive.records import Capture

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_INNER: Final = (".warc", ".warc.gz", ".arc", ".arc.gz")
# What a WACZ may unpack to: so much, or so many times its own size. Bombs unpack to a thousand times and more.
ROOM: Final = 1 << 28
TIMES: Final = 100
# Of other packings a few bytes may unfold to gigabytes in memory before anybody can count them.
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ENCRYPTED: Final = 1  # a bit of a member's flags
# zipfile says RuntimeError of what it cannot do, EOFError of sizes that are not true, zlib.error of what it inflates.
_UNZIPPED: Final = (zipfile.BadZipFile, RuntimeError, EOFError, zlib.error, ValueError, OSError)


Lost = tuple[warc.Damage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of one file: keys below `warc/`, captures found, and each place that gave none, with its reason."""

    file: str
    shelved: str
    readable: tuple[str, ...]
    captures: int
    damages: tuple[str, ...]


def shelve(
    archive: Archive, file: Path, now: datetime, outlet: str | None = None, is_of: IsOf | None = None
) -> Imported:
    """Keep a file whole, index what can be read in it, and say so in the ledger. Safe to repeat.

    Args:
        archive: where to.
        file: the WARC, ARC or WACZ.
        now: the time of the ledger's entry.
        outlet: whose pages they are, when the importer knows better than their hosts tell.
        is_of: whether an address is a story's: what was purged has other spellings than the ledger knows.

    Raises:
        UsageError: it is no WARC, ARC or WACZ, it cannot be read, it was imported before as another outlet's, or it
            holds what was purged.
        StorageError: it could not be shelved.
    """
    extension = _extension(file)
    shelved = f"{IMPORTS}/{sha256_of(file)}.{extension}"
    refusing = Refusing.of(archive.storage, is_of)
    refusing.check_file(file)
    known = _known(archive, shelved, file, outlet)
    readable: list[str] = []
    damages: list[str] = []
    captures = 0
    with _readable_parts(file, extension) as parts:
        for name, part, _ in parts:
            refusing.check_records(name, part)
        _put(archive, f"warc/{shelved}", file)
        for name, part, lost in parts:
            damages += [f"{name}: {_told(damage)}" for damage in lost]
            key = shelved if part == file else f"{IMPORTS}/{sha256_of(part)}.{_extension(part, name)}"
            if part != file:
                _put(archive, f"warc/{key}", part)
            lines, said = _index(part, key)
            try:
                _put(archive, f"cdxj/{key}.cdxj", cdx.dump(lines))
            except AlreadyThereError:
                if not known:
                    raise
                said.append(
                    "its index on the shelf says otherwise than what is read now; astana rebuild --from warc mends it"
                )
            readable.append(key)
            captures += len(lines)
            damages += [f"{name}: {line}" for line in said]
        done = Imported(
            file=file.name, shelved=shelved, readable=tuple(readable), captures=captures, damages=tuple(damages)
        )
        if not known:
            _note(archive, done, outlet, now)
        _check_again(archive, refusing, parts, is_of)
    return done


def _check_again(archive: Archive, before: Refusing, parts: list[tuple[str, Path, Lost]], is_of: IsOf | None) -> None:
    """What was purged while the file was being shelved may have come too late for that. Raises UsageError."""
    now = Refusing.of(archive.storage, is_of)
    if now.events == before.events:
        return
    for name, part, _ in parts:
        if (said := now.first(name, part)) is not None:
            raise UsageError(f"{said}, while this file was imported: run that purge once more")


def _put(archive: Archive, key: str, data: bytes | Path) -> None:
    """Shelve a file, and put its fixity on record."""
    archive.storage.put(key, data)
    size = len(data) if isinstance(data, bytes) else data.stat().st_size
    fixity.record(archive.storage, key, sha256_of(data), size)


def _known(archive: Archive, shelved: str, file: Path, outlet: str | None) -> bool:
    """Whether the ledger holds the file already: as this outlet's, for its stories would stand twice. UsageError."""
    for event in ledger.read(archive.storage, "import"):
        if event.said.get("shelved") == shelved:
            before = event.said.get("outlet")
            if before != outlet:
                whose = f"pages of {before}" if before else "pages of whichever outlets their hosts tell"
                raise UsageError(f"{file} was imported before as {whose}; it stays so")
            return True
    return False


def _note(archive: Archive, done: Imported, outlet: str | None, now: datetime) -> None:
    """The ledger's entry of a file."""
    said = {"file": done.file, "shelved": done.shelved, "readable": list(done.readable), "captures": done.captures}
    ledger.write(archive.storage, "import", {**said, "outlet": outlet, "damages": list(done.damages)}, now)


def assigned(archive: Archive) -> dict[str, str]:
    """Which outlet a person said that all captures of an imported file belong to, by its readable keys."""
    said: dict[str, str] = {}
    for event in ledger.read(archive.storage, "import"):
        readable = event.said.get("readable")
        for key in readable if isinstance(readable, list) else []:
            said.pop(str(key), None)
            if outlet := event.said.get("outlet"):
                said[str(key)] = str(outlet)
    return said


def _extension(file: Path, named: str | None = None) -> str:
    """By content first, for names lie: zip is WACZ; gzip or plain, WARC or ARC by the first record's first letters.

    Errors name the file, or what it is `named`.
    """
    name = named or str(file)
    try:
        with file.open("rb") as stream:
            start = stream.read(4)
            stream.seek(0)
            if start == _ZIP:
                return "wacz"
            lost: list[warc.Damage] = []
            for found in warc.records(stream):
                if isinstance(found, warc.Record) and found.long is not None:
                    lost.append(warc.too_long(found, found.long))
                elif isinstance(found, warc.Record):
                    return found.format + (".gz" if start[:2] == _GZIP else "")
                else:
                    lost.append(found)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror or error}") from None
    # Damage with an address was a record's; without one, the bytes may be anything.
    why = next((f": {_told(damage)}" for damage in lost if damage.url), "")
    raise UsageError(f"{name} holds no {'readable ' if why else ''}WARC or ARC record{why}; nothing was imported")


@contextmanager
def _readable_parts(file: Path, extension: str) -> Iterator[list[tuple[str, Path, Lost]]]:
    """The file itself, or what was derived of it: its name, the part, and what a copy had to leave out."""
    where = "the folder for temporary files"
    with ExitStack() as stack:
        try:
            where = tempfile.gettempdir()
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            inner = list(_unpack(file, folder)) if extension == "wacz" else [("", file)]
            parts = [(f"{file.name}!{name}" if name else file.name, *_seekable(part, folder)) for name, part in inner]
        except OSError as error:
            why = error.strerror or error
            raise UsageError(
                f"{file} could not be unpacked in {where}: {why}; give TMPDIR a folder with room; nothing was imported"
            ) from None
        yield parts


def _unpack(file: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """The WARCs of a WACZ as files of the folder. Raises UsageError; OSError when the folder is full."""
    try:
        with zipfile.ZipFile(file) as packed:
            inner = [part for part in packed.infolist() if part.filename.startswith("archive/")]
            inner = sorted((part for part in inner if part.filename.endswith(_INNER)), key=lambda part: part.filename)
            _check_inner(file, inner)
            for number, member in enumerate(inner):
                part = folder / f"{number}.part"
                with packed.open(member) as source, part.open("wb") as out:
                    _copy(source, out, member.file_size)
                yield member.filename, part
    except _UNZIPPED as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise
        said = str(error) or "a part of it is shorter than it says"
        raise UsageError(f"{file} is no readable WACZ: {said}; nothing of it was imported") from None


def _check_inner(file: Path, inner: list[zipfile.ZipInfo]) -> None:
    """Refuse, before a byte is unpacked, what has nothing to read in it or would unpack without bound."""
    if not inner:
        raise UsageError(f"{file} holds no WARC below archive/; nothing of it was imported")
    for member in inner:
        if member.compress_type not in _PACKINGS:
            said = f"{member.filename} is neither stored nor deflated, as a WACZ must be; pack it so"
            raise UsageError(f"{file} is no readable WACZ: {said}; nothing of it was imported")
        if member.flag_bits & _ENCRYPTED:
            raise UsageError(f"{file} is no readable WACZ: {member.filename} is encrypted; nothing of it was imported")
    declared, most = sum(member.file_size for member in inner), max(ROOM, TIMES * file.stat().st_size)
    if declared > most:
        said = f"it would unpack to {declared} bytes, and more than {most} are not believed of its size"
        raise UsageError(f"{file} is no readable WACZ: {said}; nothing of it was imported")


def _copy(source: IO[bytes], out: IO[bytes], most: int) -> None:
    """No more than what was declared, whatever is there. Raises ValueError."""
    while chunk := source.read(CHUNK):
        most -= len(chunk)
        if most < 0:
            raise ValueError("a part of it is longer than it says")
        out.write(chunk)


def _seekable(part: Path, folder: Path) -> tuple[Path, Lost]:
    with part.open("rb") as stream:
        if warc.is_seekable(stream):
            return part, ()
        stream.seek(0)
        copy = folder / f"{part.name}.seekable"
        with copy.open("wb") as out:
            lost = warc.make_seekable(stream, out)
    return copy, lost


def _index(part: Path, key: str) -> tuple[list[cdx.CdxLine], list[str]]:
    lines: list[cdx.CdxLine] = []
    damages: list[str] = []
    with part.open("rb") as stream:
        for found in warc.read(stream, key, ""):
            if isinstance(found, Capture):
                if cdx.has_line(found):
                    lines.append(cdx.line_of(found))
            else:
                damages.append(_told(found))
    return lines, damages


def _told(damage: warc.Damage) -> str:
    return f"at byte {damage.offset}: {damage.said}" + (f" ({damage.url})" if damage.url else "")


def of_import(archive: Archive, key: str) -> list[cdx.CdxLine]:
    """The index of an imported file. Raises NotHeldError."""
    try:
        return cdx.load(archive.storage.get(f"cdxj/{key}.cdxj"))
    except NotHeldError:
        raise NotHeldError(f"no import {key} is held") from None
