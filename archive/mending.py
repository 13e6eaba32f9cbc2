"""Damage inside a waiting file is taken out of it, so that only whole captures are ever sealed; it drops no byte.

A power cut may tear the last write so that a later part of it is on the disk and an earlier one is not: what is whole
behind a torn response then stands for nothing. A disk may rot, too. Nothing refers to offsets in a waiting file before
it is sealed, so it may be written anew without the damaged captures; their bytes are kept beside it for people.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from archive import warc
from archive.digest import CHUNK
from archive.sealing import OPEN, sync_folder

DAMAGED = ".damaged"
_DRAFT = ".mending"
_BEGIN = ("response", "revisit", "warcinfo")  # the first record of a capture that was answered, or of the file
_END = ("metadata", "warcinfo")

Span = tuple[int, int]


def mend(path: Path, stream: BinaryIO) -> tuple[tuple[str, ...], int]:
    """Leave the whole captures of a waiting file under its name and the damaged ones beside it.

    Returns:
        What was done, in lines; and how many bytes of a torn tail, with no whole capture behind it, were cut off.

    The file of `stream` is no longer the one under the name then.

    Raises:
        OSError: the folder cannot be written; the file stays as it is.
    """
    good, bad = spans(stream)
    last = good[-1][1] if good else 0
    kept = [_keep(path, stream, span) for span in bad if span[0] < last]  # behind it is a torn tail: never reported
    draft = path.with_name(f"{path.name}{_DRAFT}")
    with draft.open("wb") as out:
        for span in good:
            _copy(stream, span, out)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    sync_folder(path.parent)
    said = tuple(f"{path.name}: what is damaged was taken out of it and lies in {one}" for one in kept)
    return said, sum(end - start for start, end in bad if start >= last)


def spans(stream: BinaryIO) -> tuple[list[Span], list[Span]]:
    """Where whole captures lie, and where damaged ones, from the first byte to the last whole record."""
    good: list[Span] = []
    bad: list[Span] = []
    start, is_hurt = 0, False
    stream.seek(0)
    for found in warc.records(stream):
        if isinstance(found, warc.Damage):
            is_hurt = True
            continue
        if is_hurt and found.type in _BEGIN:
            bad.append((start, found.offset))
            start, is_hurt = found.offset, False
        if found.type in _END:
            (bad if is_hurt else good).append((start, found.offset + found.length))
            start, is_hurt = found.offset + found.length, False
    return good, bad


def _keep(path: Path, stream: BinaryIO, span: Span) -> str:
    kept = path.with_name(f"{path.name.removesuffix(OPEN)}-{span[0]}{DAMAGED}")
    with kept.open("wb") as out:
        _copy(stream, span, out)
        out.flush()
        os.fsync(out.fileno())
    return kept.name


def _copy(stream: BinaryIO, span: Span, out: BinaryIO) -> None:
    start, end = span
    stream.seek(start)
    rest = end - start
    while rest:
        piece = stream.read(min(rest, CHUNK))
        if not piece:
            raise OSError(f"the file ends at {end - rest}")
        out.write(piece)
        rest -= len(piece)
