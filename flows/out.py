"""Where taken-out stories go: standard output, a file or a folder, each file whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from secrets import token_hex
from typing import IO, TYPE_CHECKING

from archive.errors import StorageError, UsageError
from archive.export import current, file_name, text_file

if TYPE_CHECKING:
    from archive.records import Story

STDOUT = "-"


def texts(stories: Iterable[Story], place: str) -> int:
    """A text file for each story, in folders of outlet, year and month; on standard output parted by form feeds.

    Raises:
        UsageError: the place is a file. StorageError: a file could not be written.
    """
    if place != STDOUT and Path(place).is_file():
        raise UsageError(f"{place} is a file; text files go into a folder")
    count = 0
    for story in stories:
        text = text_file(current(story))
        if place == STDOUT:
            sys.stdout.write(f"\f\n{text}" if count else text)
        else:
            _write(Path(place) / file_name(story), [text.encode()])
        count += 1
    if place != STDOUT:
        Path(place).mkdir(parents=True, exist_ok=True)
    return count


def lines(given: Iterable[str], place: str) -> int:
    """One line each. Raises UsageError, StorageError."""
    count = 0

    def counted() -> Iterable[bytes]:
        nonlocal count
        for line in given:
            count += 1
            yield f"{line}\n".encode()

    if place == STDOUT:
        _copy(counted(), sys.stdout.buffer)
    else:
        _write(Path(place), counted())
    return count


def content(data: bytes, place: str) -> None:
    """One thing, as it is. Raises UsageError, StorageError."""
    if place == STDOUT:
        _copy([data], sys.stdout.buffer)
    else:
        _write(Path(place), [data])


def _copy(pieces: Iterable[bytes], stream: IO[bytes]) -> None:
    for piece in pieces:
        stream.write(piece)
    stream.flush()


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write beside, then rename: whoever reads the path sees the old file or the new one."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it")
    draft = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as stream:
                _copy(pieces, stream)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}") from None
