"""A disk that keeps no promise it did not make: after a power cut only what was synced is there for sure.

The model is harsher than any file system we know. A file's bytes that were not synced may be missing, zero or mixed in
sectors; a name that was made, moved or removed without a sync of its folder may be there or not, each by itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from tests.kills.calls import Call

SECTOR: Final = 512


class Outcome(StrEnum):
    """What the cut spared of that which was not synced."""

    NOTHING = "nothing"
    NAMES = "names"  # every name, no byte: files as long as synced
    ZEROS = "zeros"  # every name, lengths without bytes
    TORN = "torn"  # every name, some sectors
    MIXED = "mixed"  # any of it
    BYTES = "bytes"  # every byte, no name
    ALL = "all"  # everything: as after a SIGKILL


@dataclass(slots=True)
class File:
    """Bytes as a reader would see them, and as they are on the platter; `since`: the writes in between."""

    now: bytearray = field(default_factory=bytearray)
    safe: bytes = b""
    since: list[tuple[int, int, bytes | None]] = field(default_factory=list)  # line, offset or size, bytes

    def write(self, line: int, offset: int, data: bytes) -> None:
        """Bytes at an offset; a hole before them is zeros."""
        _write(self.now, offset, data)
        self.since.append((line, offset, data))

    def cut(self, line: int, size: int) -> None:
        """A new size."""
        _cut(self.now, size)
        self.since.append((line, size, None))

    def sync(self, begun: int) -> None:
        """All that was written before the sync began is safe."""
        safe = bytearray(self.safe)
        for line, offset, data in self.since:
            if line < begun:
                _write(safe, offset, data) if data is not None else _cut(safe, offset)
        self.safe = bytes(safe)
        self.since = [change for change in self.since if change[0] >= begun]

    def left(self, outcome: Outcome, seeded: random.Random) -> bytes:
        """What a power cut leaves."""
        if not self.since or outcome in (Outcome.NOTHING, Outcome.NAMES):
            return self.safe
        if outcome in (Outcome.ALL, Outcome.BYTES):
            return bytes(self.now)
        if outcome is Outcome.MIXED:
            return self.left(seeded.choice([one for one in Outcome if one is not Outcome.MIXED]), seeded)
        left = bytearray(self.safe)
        for _, offset, data in self.since:
            if data is None:
                _cut(left, offset)
                continue
            _write(left, offset, bytes(len(data)) if offset + len(data) > len(left) else b"")
            for start in range(0, len(data), SECTOR):
                if outcome is Outcome.TORN and seeded.random() < 0.5:
                    _write(left, offset + start, data[start : start + SECTOR])
        return bytes(left)


@dataclass(slots=True)
class Folder:
    """Names as a reader would see them, and as they are on the platter; `since`: what was done in between."""

    now: dict[str, File | Folder] = field(default_factory=dict)
    safe: dict[str, File | Folder] = field(default_factory=dict)
    since: list[tuple[int, str, File | Folder | None, str | None]] = field(default_factory=list)

    def put(self, line: int, name: str, node: File | Folder | None, moved_from: str | None = None) -> None:
        """A name given, taken away (no node), or moved: a move within a folder happens whole or not at all."""
        change = (line, name, node, moved_from)
        _name(self.now, change)
        self.since.append(change)

    def sync(self, begun: int) -> None:
        """All names given before the sync began are safe."""
        for change in self.since:
            if change[0] < begun:
                _name(self.safe, change)
        self.since = [change for change in self.since if change[0] >= begun]

    def left(self, outcome: Outcome, seeded: random.Random) -> dict[str, File | Folder]:
        """The names that a power cut leaves."""
        names = dict(self.safe)
        for change in self.since:
            kept = (
                seeded.random() < 0.5 if outcome is Outcome.MIXED else outcome not in (Outcome.NOTHING, Outcome.BYTES)
            )
            if kept:
                _name(names, change)
        return names


def _write(into: bytearray, offset: int, data: bytes) -> None:
    if offset > len(into) and data:
        into.extend(bytes(offset - len(into)))
    into[offset : offset + len(data)] = data


def _cut(what: bytearray, size: int) -> None:
    del what[size:]
    what.extend(bytes(size - len(what)))


def _name(names: dict[str, File | Folder], change: tuple[int, str, File | Folder | None, str | None]) -> None:
    _, name, node, moved_from = change
    if moved_from is not None:
        names.pop(moved_from, None)
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


class Disk:
    """Everything below one folder, which is safe itself; fed with calls, one after the other."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.top = Folder()
        self._gone: dict[str, File | Folder] = {}
        self._positions: dict[tuple[int, int], int] = {}  # of an open file, by the numbers of handle and file

    def _parts(self, path: str) -> tuple[str, ...] | None:
        try:
            return Path(path).relative_to(self.root).parts
        except ValueError:
            return None

    def find(self, path: str) -> File | Folder | None:
        """What stands at a path now."""
        parts = self._parts(path)
        node: File | Folder | None = self.top if parts is not None else None
        for part in parts or ():
            node = node.now.get(part) if isinstance(node, Folder) else None
        return node

    def _handle(self, call: Call) -> File | Folder | None:
        return self.find(call.handle) or self._gone.get(call.handle)

    def _place(self, path: str) -> tuple[Folder, str] | None:
        """The folder that a path's last name stands in."""
        parent = self.find(str(Path(path).parent))
        return (parent, Path(path).name) if isinstance(parent, Folder) else None

    def take(self, call: Call) -> bool:
        """One call; True when it changed or saved something here."""
        name = call.name.removesuffix("at").removesuffix("at2").removesuffix("64")
        if name in ("open", "creat"):
            return self._open(call)
        if call.paths:
            return self._named(name, call)
        node = self._handle(call)
        if node is None:
            return False
        if name in ("fsync", "fdatasync"):
            node.sync(call.begun)
            return True
        return isinstance(node, File) and self._written(name, node, call)

    def _open(self, call: Call) -> bool:
        place, node = self._place(call.paths[0]), self.find(call.paths[0])
        if place is None:
            return False
        if node is None and "O_CREAT" in call.words:
            node = File()
            self._positions[call.number, id(node)] = 0
            place[0].put(call.ended, place[1], node)
            return True
        if isinstance(node, File):
            self._positions[call.number, id(node)] = len(node.now) if "O_APPEND" in call.words else 0
            if "O_TRUNC" in call.words:
                node.cut(call.ended, 0)
                return True
        return False

    def _named(self, name: str, call: Call) -> bool:
        places = [self._place(path) for path in call.paths]
        if None in places:
            assert all(self._parts(path) is None for path in call.paths), f"half of {call} is unknown"
            return False
        (folder, last), *more = [place for place in places if place is not None]
        node = self.find(call.paths[0])
        if name == "mkdir":
            folder.put(call.ended, last, Folder())
        elif name in ("unlink", "rmdir"):
            assert node is not None, call
            self._gone[call.paths[0]] = node
            folder.put(call.ended, last, None)
        elif name == "link":
            more[0][0].put(call.ended, more[0][1], node)
        elif name == "rename":
            assert more[0][0] is folder, "a move between folders"
            folder.put(call.ended, more[0][1], node, last)
        elif name == "truncate" and isinstance(node, File):
            node.cut(call.ended, call.offset or 0)
        else:
            raise AssertionError(f"the model does not know {call}")
        return True

    def _written(self, name: str, node: File, call: Call) -> bool:
        at = call.number, id(node)
        if name == "lseek":
            self._positions[at] = call.result
            return False
        if name == "ftruncate":
            node.cut(call.ended, call.offset or 0)
        elif name in ("pwrite", "pwritev"):
            node.write(call.ended, call.offset or 0, call.data)
        elif name in ("write", "writev"):
            node.write(call.ended, self._positions.get(at, 0), call.data)
            self._positions[at] = self._positions.get(at, 0) + len(call.data)
        else:
            raise AssertionError(f"the model does not know {call}")
        return True

    def leave(self, to: Path, outcome: Outcome, seeded: random.Random) -> None:
        """Write out what a power cut now would leave."""
        _leave(self.top, to, outcome, seeded)

    def read(self, path: str) -> bytes:
        """The bytes of a file as a reader would see them now; none when it is not there."""
        node = self.find(path)
        return bytes(node.now) if isinstance(node, File) else b""

    def tree(self) -> dict[str, bytes]:
        """Every file as a reader would see it now."""
        return dict(_tree(self.top, ""))


def _leave(folder: Folder, to: Path, outcome: Outcome, seeded: random.Random) -> None:
    to.mkdir(parents=True, exist_ok=True)
    for name, node in folder.left(outcome, seeded).items():
        if isinstance(node, Folder):
            _leave(node, to / name, outcome, seeded)
        else:
            (to / name).write_bytes(node.left(outcome, seeded))


def _tree(folder: Folder, before: str) -> Iterator[tuple[str, bytes]]:
    for name, node in folder.now.items():
        if isinstance(node, Folder):
            yield from _tree(node, f"{before}{name}/")
        else:
            yield f"{before}{name}", bytes(node.now)


def without(calls: Iterable[Call], unsynced: Callable[[Path], bool]) -> list[Call]:
    """The calls as they would be had nobody synced certain files or folders."""
    return [call for call in calls if not (call.name in ("fsync", "fdatasync") and unsynced(Path(call.handle)))]
