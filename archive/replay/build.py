"""What pywb needs to play the shelves: one merged index, the addresses taken down, and a config; it plays nothing.

https://pywb.readthedocs.io/en/latest/manual/configuring.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive import scratch
from archive.audit.warcs import cdxj_key
from archive.holdings import Archive
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
        found = sort(_entries(archive.storage, hidden, counts, broken), folder)
        captures = playable(found, archive.storage, merged, counts)
        place, prefix = _place(archive, out)
        place.put(prefix + INDEX, merged, replace=True)
        place.put(prefix + BLOCKED, rules(hidden), replace=True)
        place.put(prefix + CONFIG, config(archive, out), replace=True)
    left_out = {reason.value: counts[reason] for reason in LeftOut if counts[reason]}
    indexes = frozenset(archive.storage.list("cdxj/"))
    if lacking := [key for key in archive.warcs() if cdxj_key(f"warc/{key}") not in indexes]:
        left_out[NO_INDEX] = len(lacking)
        broken += [f"warc/{key} has no index" for key in lacking]
    where = f"{place.url.rstrip('/')}/{prefix}".rstrip("/")
    return Replayed(place=where, captures=captures, left_out=left_out, blocked=len(hidden.keys), broken=tuple(broken))


def _place(archive: Archive, out: Path | None) -> tuple[Storage, str]:
    return (archive.storage, SHELF) if out is None else (FolderStorage(out), "")


def _entries(storage: Storage, hidden: Takedowns, counts: Counter[LeftOut], broken: list[str]) -> Iterator[bytes]:
    """Every line that may play, ready to be sorted; the others are counted, and those that are none named."""
    for key in storage.list("cdxj/"):
        with storage.open(key) as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip() or line.startswith(b"!"):
                    continue
                try:
                    entry = Entry.read(line)
                except (ValueError, KeyError, TypeError):
                    broken.append(f"line {number} of {key} is broken")
                    continue
                why = _why_not(entry, hidden)
                if why is None:
                    yield entry.packed()
                else:
                    counts[why] += 1


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


def config(archive: Archive, out: Path | None) -> bytes:
    """pywb's configuration; beside the shelves it names them relatively, so that a store may be moved."""
    settings = archive.settings
    warcs = "../warc/" if out is None and not settings.is_s3 else f"{archive.storage.url.rstrip('/')}/warc/"
    return (
        "# Made by astana replay. Run it with: wayback -d <this folder>\n"
        "collections:\n"
        "  astana:\n"
        f"    index_paths: {INDEX}\n"
        f"    archive_paths: {json.dumps(warcs)}\n"
        f"    acl_paths: {BLOCKED}\n"
        "    default_access: allow\n"
    ).encode()
