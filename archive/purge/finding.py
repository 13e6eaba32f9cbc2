"""Which records of a file are to go: those of some addresses, and all that stand beside them; it changes nothing.

Own files and foreign ones, gzipped or plain. A damaged place goes too when its head, or the index, says whose it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import BinaryIO, Final

from archive import mementos, warc
from archive.takedowns import key_of
from archive.warc import fields as warc_fields
from archive.warc.read import url_of

_EXCHANGE: Final = frozenset({"response", "revisit", "request", "metadata", "resource", "conversion", "continuation"})
_ASKED: Final = "hint-memento"  # the address that another archive was asked for
_SEED: Final = "hint-seed"
_LINKS: Final = frozenset({"warc-record-id", "warc-concurrent-to", "warc-segment-origin-id"})
# Some browsers' crawlers keep the text or the picture of a page under its address with a word before it.
_VIEW: Final = re.compile(r"(?:urn:)?[A-Za-z-]+:(https?:/.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to go: SURT keys of addresses, ids of records that were purged before, and what is told of an address."""

    keys: frozenset[str]
    records: frozenset[str] = frozenset()
    more: Callable[[str], bool] = lambda url: False

    def takes(self, url: str) -> bool:
        """Whether an address, or what was made of it, is one of these."""
        shown, key = _shown(url)
        return key in self.keys or self.more(shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One record, or a place where none could be read, and where the next begins."""

    start: int
    end: int
    url: str
    names: frozenset[str]  # its own id, and those of the records it stands beside
    record: str
    kind: str  # of the record; `damage`
    is_meant: bool  # by its address, id or hint
    of: tuple[str, str] = ("", "")  # record and address that a revisit stands for
    seed: str = ""  # the listing that led to it, as a metadata record says


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A file: the parts that go, the revisits that may stand for them, whether each record can be sought by itself."""

    gone: tuple[Part, ...]
    revisits: tuple[Part, ...]
    is_seekable: bool
    is_gzip: bool


def look(stream: BinaryIO, wanted: Wanted, known: Mapping[int, str]) -> Looked:
    """Look through a file.

    Args:
        stream: seekable.
        wanted: what is to go.
        known: addresses that the file's index leads to, by offset: it still knows whose a damaged record was.
    """
    start = stream.read(2)
    is_gzip = start == b"\x1f\x8b"
    is_seekable = True
    parts: list[Part] = []
    for found in warc.records(stream):
        is_seekable = is_seekable and not (isinstance(found, warc.Record) and not found.length)
        parts.append(_part(found, wanted, known))
    size = stream.seek(0, 2)
    parts = list(_ended(parts, size))
    meant = _together(parts)
    revisits = [each for at, each in enumerate(parts) if at not in meant and each.kind == "revisit"]
    return Looked(
        gone=tuple(parts[at] for at in sorted(meant)),
        revisits=tuple(each for each in revisits if each.of != ("", "")),
        is_seekable=is_seekable,
        is_gzip=is_gzip,
    )


def _part(found: warc.Record | warc.Damage, wanted: Wanted, known: Mapping[int, str]) -> Part:
    if isinstance(found, warc.Damage):
        urls = [url for url in (found.url, known.get(found.offset)) if url]
        meant = any(map(wanted.takes, urls))
        return Part(
            start=found.offset, end=0, url=next(iter(urls), ""), names=frozenset(), record="", kind="damage",
            is_meant=meant,
        )  # fmt: skip
    url, record = url_of(found), bare(found.header("WARC-Record-ID") or "")
    is_info = found.type not in _EXCHANGE
    names = frozenset(bare(value) for name, value in found.headers if name.lower() in _LINKS) - {""}
    said = dict(warc_fields.load(found.block)) if found.type == "metadata" else {}
    of = ("", "")
    if found.type == "revisit":
        to = found.header("WARC-Refers-To-Target-URI")
        of = (bare(found.header("WARC-Refers-To") or ""), bare(to) if to else "")
    return Part(
        start=found.offset,
        end=found.offset + found.length,
        url=url,
        names=frozenset() if is_info else names,
        record=record,
        kind=found.type,
        is_meant=not is_info and (wanted.takes(url) or record in wanted.records or wanted.takes(said.get(_ASKED, ""))),
        of=of,
        seed=said.get(_SEED, ""),
    )


def _ended(parts: Iterable[Part], size: int) -> Iterator[Part]:
    """Each part up to the next: blank lines of a plain file go with it; damage behind damage is one place."""
    waiting: Part | None = None
    for each in parts:
        if waiting is not None and waiting.kind == each.kind == "damage":
            url = waiting.url if waiting.is_meant else each.url
            waiting = replace(waiting, is_meant=waiting.is_meant or each.is_meant, url=url)
            continue
        if waiting is not None:
            yield replace(waiting, end=max(waiting.end, each.start))
        waiting = each
    if waiting is not None:
        yield replace(waiting, end=size)


def _together(parts: list[Part]) -> set[int]:
    """The numbers of the parts that are meant, and of those that stand beside them by id."""
    meant = {at for at, each in enumerate(parts) if each.is_meant}
    names = {name for at in meant for name in parts[at].names}
    while True:
        more = {at for at, each in enumerate(parts) if at not in meant and not names.isdisjoint(each.names)}
        if not more:
            return meant
        meant |= more
        names |= {name for at in more for name in parts[at].names}


def stands_for(revisit: Part, records: Container[str], wanted: Wanted) -> bool:
    """Whether a revisit stands for what is to go."""
    record, url = revisit.of
    return record in records or (bool(url) and wanted.takes(url))


def bare(value: str) -> str:
    """An id or address without the angle brackets around it."""
    return value.strip().removeprefix("<").removesuffix(">")


@lru_cache(maxsize=256)
def _shown(url: str) -> tuple[str, str]:
    """The page that an address shows, played by another archive or not, and its SURT key."""
    inner = _VIEW.fullmatch(url) if not url.lower().startswith("http") else None
    played = mementos.playback(url)
    shown = inner[1] if inner else played.url if played else url
    return shown, key_of(shown)
