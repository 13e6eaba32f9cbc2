"""Lines sorted by their bytes in bounded memory: runs on disk, merged; it knows nothing of what they say."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

RUN: Final = 48 << 20  # bytes of lines that are sorted at once
WIDTH: Final = 64  # runs that are merged at once: each is an open file


def sort(lines: Iterable[bytes], folder: Path, run: int = RUN, width: int = WIDTH) -> Iterator[bytes]:
    """Lines, each with its line feed, in the order of their bytes; runs lie in `folder` until it is removed."""
    runs: list[Path] = []
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if size >= run:
            runs.append(_write(sorted(batch), folder, f"{len(runs)}.run"))
            batch, size = [], 0
    round_ = 0
    while len(runs) >= width:
        parts = [runs[at : at + width] for at in range(0, len(runs), width)]
        runs = [_merged(part, folder, f"{round_}-{number}.run") for number, part in enumerate(parts)]
        round_ += 1
    yield from heapq.merge(*map(_read, runs), sorted(batch))


def _write(lines: Iterable[bytes], folder: Path, name: str) -> Path:
    path = folder / name
    with path.open("wb") as out:
        out.writelines(lines)
    return path


def _merged(runs: Sequence[Path], folder: Path, name: str) -> Path:
    path = _write(heapq.merge(*map(_read, runs)), folder, name)
    for run in runs:
        run.unlink()
    return path


def _read(run: Path) -> Iterator[bytes]:
    with run.open("rb") as lines:
        yield from lines
