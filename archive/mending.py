"""Damage inside a waiting file is taken out of it, so that only whole captures are ever sealed; it drops no byte.

A power cut may tear the last write so that a later part of it is on the disk and an earlier one is not: what is whole
behind a torn response then stands for nothing. A disk may rot, too. Nothing refers to offsets in a waiting file before
it is shelved, so it may be written anew without the damaged captures; their bytes are kept beside it for people. Only
the torn end of an unfinished write, in which nothing is whole, is dropped: it was never reported.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive import warc
from archive.digest import CHUNK
from archive.gzip import GzipError, decompressobj
from archive.sealing import OPEN, SEALING, begun, sync_folder

DAMAGED = ".damaged"
_DRAFT = ".mending"
_BEGIN = ("response", "revisit", "warcinfo")  # the first record of a capture that was answered, or of the file
_END = ("metadata", "warcinfo")
_LOST = {"description": "What was said first of this file was damaged on the disk; this was written in its place."}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Where whole captures lie and where damaged ones, and where the last whole record of either ends."""

    good: tuple[Span, ...] = ()
    bad: tuple[Span, ...] = ()
    captures: int = 0  # whole ones
    loose: int = 0  # whole records behind the end of the last capture
    is_named: bool = False  # the first of what is whole is a warcinfo record

    @property
    def end(self) -> int:
        """Behind it lies a torn tail."""
        return max((end for _, end in (*self.good, *self.bad)), default=0)


def mend(path: Path, stream: BinaryIO) -> tuple[tuple[str, ...], int]:
    """Leave the whole captures of a waiting file under its name and the damaged ones beside it.

    A file whose first warcinfo record is lost gets another.

    Returns:
        What was done, in lines; and how many bytes with no whole capture behind them were cut off.

    The file of `stream` is no longer the one under the name then.

    Raises:
        OSError: the folder cannot be written; the file stays as it is.
    """
    parts = read(stream)
    last = parts.good[-1][1] if parts.good else 0
    said = [f"{path.name}: what is damaged was taken out of it and lies in {_keep(path, stream, s)}" for s in parts.bad]
    tail = (parts.end, stream.seek(0, os.SEEK_END))
    if tail[0] < tail[1]:
        said.append(cut_off(path, stream, tail, is_torn=not parts.loose))
    draft = path.with_name(f"{path.name}{_DRAFT}")
    with draft.open("wb") as out:
        if parts.good and not parts.is_named:
            stem = _stem(path)
            out.write(warc.warcinfo(f"{stem}.warc.gz", _LOST, begun(stem)))
            said.append(f"{path.name}: its first warcinfo record was lost; another was written")
        for span in parts.good:
            for piece in _pieces(stream, span):
                out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    sync_folder(path.parent)
    return tuple(said), sum(end - start for start, end in (*parts.bad, tail) if start >= last)


def read(stream: BinaryIO) -> Parts:
    """Look through a waiting file, from the first byte to the last whole record."""
    good: list[Span] = []
    bad: list[Span] = []
    start, is_hurt, captures, loose, first = 0, False, 0, 0, ""
    stream.seek(0)
    for found in warc.records(stream):
        if isinstance(found, warc.Damage):
            is_hurt = True
            continue
        if is_hurt and found.type in _BEGIN:
            bad.append((start, found.offset))
            start, is_hurt = found.offset, False
        if found.type not in _END:
            loose += 1
            continue
        (bad if is_hurt else good).append((start, found.offset + found.length))
        if not is_hurt:
            captures += found.type == "metadata"
            first = first or found.type
        start, is_hurt, loose = found.offset + found.length, False, 0
    return Parts(good=tuple(good), bad=tuple(bad), captures=captures, loose=loose, is_named=first == "warcinfo")


def cut_off(path: Path, stream: BinaryIO, span: Span, *, is_torn: bool) -> str:
    """Keep what is about to be cut from a file's end, unless it is the torn end of an unfinished write.

    Args:
        is_torn: nothing in it is known to be whole.

    Returns:
        What is done, in a line.

    Raises:
        OSError: the folder cannot be written.
    """
    size = span[1] - span[0]
    if is_torn and _is_unfinished(stream, span):
        return f"{path.name}: {size} bytes of an unfinished write were cut off"
    return (
        f"{path.name}: {size} bytes behind its last whole capture were cut off and lie in {_keep(path, stream, span)}"
    )


def _is_unfinished(stream: BinaryIO, span: Span) -> bool:
    """Whether the bytes are the sound beginning of one gzip member, or blocks that were never written."""
    member, is_sound, is_blank = decompressobj(), True, True
    for piece in _pieces(stream, span):
        is_blank = is_blank and not piece.strip(b"\0")
        rest = piece
        while is_sound and rest:
            try:
                member.decompress(rest, CHUNK)
            except GzipError:
                is_sound = False
            is_sound = is_sound and not member.eof
            rest = member.unconsumed_tail
        if not is_sound and not is_blank:
            return False
    return True


def _stem(path: Path) -> str:
    return path.name.removesuffix(OPEN).removesuffix(SEALING)


def _keep(path: Path, stream: BinaryIO, span: Span) -> str:
    """The same bytes get the same name, others never do."""
    digest = hashlib.sha256()
    for piece in _pieces(stream, span):
        digest.update(piece)
    kept = path.with_name(f"{_stem(path)}-{span[0]}-{digest.hexdigest()[:8]}{DAMAGED}")
    with kept.open("wb") as out:
        for piece in _pieces(stream, span):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    sync_folder(kept.parent)
    return kept.name


def _pieces(stream: BinaryIO, span: Span) -> Iterator[bytes]:
    start, end = span
    stream.seek(start)
    rest = end - start
    while rest:
        piece = stream.read(min(rest, CHUNK))
        if not piece:
            raise OSError(f"the file ends at {end - rest}")
        yield piece
        rest -= len(piece)
