"""What the steps of one re-clustering know of each other: the parts of the catalog, and where files for others lie."""

from __future__ import annotations

import mmap
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.catalog.opened import transaction
from archive.catalog.relinking import Part, held, parts, state
from archive.likeness.fingerprint import PERMUTATIONS

PART: Final = 20_000  # editions: what a step holds in memory grows with it
PARTS: Final = 24  # of a smaller catalog: who is ready first takes another, and nobody waits long at the end of a step
_PIECES: Final = 2  # of judging for each part
_LEAST: Final = 500  # editions: to begin a part costs as much as to sign some
BINS: Final = 64  # of band keys, by their highest bits
NUMBER: Final = 8  # bytes of an edition's number
_RANK: Final = 4  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One re-clustering. Editions are known by their rank: their place when sorted by story and number."""

    url: str = field(repr=False)  # of the catalog; it may hold a password
    folder: Path
    parts: tuple[Part, ...]
    state: str  # of the catalog when it was made; what is found for another one is not written

    @property
    def editions(self) -> int:
        """How many there are."""
        return self.parts[-1].first + self.parts[-1].editions

    @property
    def pieces(self) -> int:
        """Of judging: more than parts, for what they cost is known less well beforehand."""
        return _PIECES * len(self.parts)

    def files(self, kind: str, many: int) -> list[Path]:
        """Those that so many pieces of a step left, in order."""
        return [self.file(kind, number) for number in range(many)]

    def file(self, kind: str, *numbers: int) -> Path:
        """Where a step leaves something for another."""
        return self.folder / "-".join((kind, *map(str, numbers)))

    def numbers(self) -> array[int]:
        """The number of each edition, by rank."""
        found = array("q")
        found.frombytes(self.file("numbers").read_bytes())
        return found

    def ranks(self, kind: str) -> array[int]:
        """A rank for each edition, by rank, as a step left them."""
        found = array("I")
        found.frombytes(self.file(kind).read_bytes())
        return found

    @contextmanager
    def mapped(self, kind: str) -> Iterator[mmap.mmap | bytes]:
        """A file as bytes that are not read before they are asked for."""
        with self.file(kind).open("rb") as file:
            if not self.editions:  # an empty file cannot be mapped
                yield b""
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as found:
                yield found

    def bins(self, group: int) -> range:
        """The bins that one step of pairing up does; there are as many such steps as parts, up to one for each bin."""
        groups = min(BINS, len(self.parts))
        return range(group * BINS // groups, (group + 1) * BINS // groups)


def begin(url: str, folder: Path, size: int | None = None) -> Plan:
    """A plan for the catalog at an address; its files will lie in a folder. Raises CatalogError.

    Args:
        url: of the catalog.
        folder: an empty one.
        size: editions in a part; None: as many as is best for so many editions.
    """
    with transaction(url) as connection:
        size = size or min(PART, max(_LEAST, -(-held(connection) // PARTS)))
        plan = Plan(url=url, folder=folder, parts=parts(connection, size), state=state(connection))
    for name, each in (("numbers", NUMBER), ("stories", _RANK), ("sketches", PERMUTATIONS)):
        with plan.file(name).open("wb") as made:
            made.truncate(plan.editions * each)
    return plan
