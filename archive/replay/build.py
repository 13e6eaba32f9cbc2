"""What pywb needs to play the shelves: one merged index, the addresses taken down, and a config; it plays nothing.

https://pywb.readthedocs.io/en/latest/manual/configuring.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive import cdx, scratch
from archive.audit.warcs import cdxj_key
from archive.cdx import CdxLine
from archive.errors import FormatError
from archive.holdings import Archive
from archive.replay import mementos
from archive.replay.lines import Entry, LeftOut
from archive.replay.revisits import playable
from archive.replay.runs import sort
from archive.storage import FolderStorage, Storage
from archive.takedowns import Takedowns

SHELF: Final = "replay/"
INDEX: Final = "index.cdxj"
BLOCKED: Final = "astana.aclj"
CONFIG: Final = "config.yaml"
NO_INDEX: Final = "warc-without-index"
_NOT_MODIFIED: Final = "304"  # pywb plays it as a blank page
_VIA: Final = b'"via": "'


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What was made: where, how many captures play, how many were left out and why, how many addresses are blocked.

    `broken`: what could not be used, and why, in lines; each is mended by astana rebuild --from warc.
    """

    place: str
    captures: int
    left_out: Mapping[str, int]  # LeftOut -> captures; NO_INDEX -> WARCs
    blocked: int
    broken: tuple[str, ...] = ()


def build(archive: Archive, out: Path | None = None) -> Replayed:
    """Merge the index of every WARC into one that pywb can search; equal shelves give equal bytes.

    Memory is bounded, however much is held: lines are sorted in runs on disk, in the folder for temporary files.

    Args:
        archive: whose captures.
        out: a folder for the three files; by default they lie under replay/ in the store.

    Raises:
        StorageError: the shelf could not be read, or the files not be written.
    """
    hidden = archive.takedowns()
    counts: Counter[LeftOut] = Counter()
    broken: list[str] = []
    with scratch.folder("astana-replay-") as folder:
        merged = folder / INDEX
        place, prefix = _place(archive, out)
        shelf = mementos.Shelf(storage=place, prefix=prefix, draft=folder / "mementos.warc.gz")
        merge = _Merge(storage=archive.storage, hidden=hidden, shelf=shelf, counts=counts, broken=broken)
        captures = playable(sort(merge.entries(), folder), archive.storage, merged, counts)
        mementos.tidy(shelf, frozenset(merge.kept))
        place.put(prefix + INDEX, merged, replace=True)
        place.put(prefix + BLOCKED, rules(hidden), replace=True)
        place.put(prefix + CONFIG, config(archive, out, mementos=bool(merge.kept)), replace=True)
    left_out = {reason.value: counts[reason] for reason in LeftOut if counts[reason]}
    indexes = frozenset(archive.storage.list("cdxj/"))
    if lacking := [key for key in archive.warcs() if cdxj_key(f"warc/{key}") not in indexes]:
        left_out[NO_INDEX] = len(lacking)
        broken += [f"warc/{key} has no index" for key in lacking]
    where = f"{place.url.rstrip('/')}/{prefix}".rstrip("/")
    return Replayed(place=where, captures=captures, left_out=left_out, blocked=len(hidden.keys), broken=tuple(broken))


def _place(archive: Archive, out: Path | None) -> tuple[Storage, str]:
    return (archive.storage, SHELF) if out is None else (FolderStorage(out), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merge:
    """The lines on their way into the index; `kept` grows with the files of mementos that it leads to."""

    storage: Storage
    hidden: Takedowns
    shelf: mementos.Shelf
    counts: Counter[LeftOut]
    broken: list[str]
    kept: set[str] = field(default_factory=set)

    def entries(self) -> Iterator[bytes]:
        """Every line that may play, ready to be sorted; the others are counted, and those that are none named."""
        for key in self.storage.list("cdxj/"):
            played: list[CdxLine] = []
            with self.storage.open(key) as lines:
                for number, line in enumerate(lines, 1):
                    if not line.strip() or line.startswith(b"!"):
                        continue
                    try:
                        if _VIA not in line or not self._is_exchange(line, played):
                            yield from self._entry(line)
                    except (ValueError, KeyError, TypeError, FormatError):
                        self.broken.append(f"line {number} of {key} is broken")
            yield from self._mementos(played)

    def _entry(self, line: bytes) -> Iterator[bytes]:
        entry = Entry.read(line)
        why = _why_not(entry, self.hidden)
        if why is None:
            yield entry.packed()
        else:
            self.counts[why] += 1

    def _is_exchange(self, line: bytes, played: list[CdxLine]) -> bool:
        """Whether a line leads to an exchange with an archive, which never plays itself; what it holds may."""
        (found,) = cdx.load(line.rstrip(b"\n"))
        if not found.via:
            return False
        is_hidden = any(map(self.hidden.hides, found.keys))
        self.counts[LeftOut.TAKEN_DOWN if is_hidden else LeftOut.EXCHANGE] += 1
        if found.original and found.length and not is_hidden:
            played.append(found)
        return True

    def _mementos(self, played: list[CdxLine]) -> Iterator[bytes]:
        if played:
            self.kept.add(mementos.key_of(played[0].filename))
            for line in mementos.lines_of(self.shelf, self.storage, played, self.broken):
                yield from self._entry(line)


def _why_not(entry: Entry, hidden: Takedowns) -> LeftOut | None:
    if hidden.hides(entry.urlkey):
        return LeftOut.TAKEN_DOWN
    if entry.status == _NOT_MODIFIED:
        return LeftOut.NOT_MODIFIED
    return LeftOut.UNADDRESSABLE if not entry.length else None


def rules(hidden: Takedowns) -> bytes:
    """The addresses taken down as pywb's access control: exact keys, sorted backwards, for so it searches them.

    https://pywb.readthedocs.io/en/latest/manual/access-control.html
    """
    lines = [f"{key}### - {json.dumps({'access': 'block'})}\n".encode() for key in hidden.keys]
    return b"".join(sorted(lines, reverse=True))


def block(archive: Archive) -> None:
    """Bring the rules of a replay index that was made before level with the takedowns. Raises StorageError."""
    if archive.storage.exists(SHELF + BLOCKED):
        archive.storage.put(SHELF + BLOCKED, rules(archive.takedowns()), replace=True)


def config(archive: Archive, out: Path | None, *, mementos: bool = False) -> bytes:
    """pywb's configuration; beside the shelves it names them relatively, so that a store may be moved.

    With `mementos` their records are sought beside it, too.
    """
    settings = archive.settings
    warcs = "../warc/" if out is None and not settings.is_s3 else f"{archive.storage.url.rstrip('/')}/warc/"
    return (
        "# Made by astana replay. Run it with: wayback -d <this folder>\n"
        "collections:\n"
        "  astana:\n"
        f"    index_paths: {INDEX}\n"
        f"    archive_paths: {json.dumps([warcs, './'] if mementos else warcs)}\n"
        f"    acl_paths: {BLOCKED}\n"
        "    default_access: allow\n"
    ).encode()
