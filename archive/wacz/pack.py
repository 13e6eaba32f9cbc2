"""Stories to a WACZ file: chosen, copied, indexed, listed as pages, then signed; the file comes whole or not at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Final

from archive import cdx, gzip, scratch
from archive.catalog import Query
from archive.cdx import CdxLine
from archive.digest import sha256
from archive.errors import StorageError, UsageError
from archive.export import permalink
from archive.holdings import Archive
from archive.records import Edition, Story
from archive.replay.lines import LeftOut
from archive.replay.revisits import playable
from archive.replay.runs import sort
from archive.storage import Storage
from archive.texts import to_line
from archive.wacz.choose import Missing, Search, found, unpacked, wants
from archive.wacz.copy import Copying, copy, mementos
from archive.wacz.package import About, Package, Warcs

SUFFIX: Final = ".wacz"
BLOCK: Final = 1024  # lines of the index that are packed together
_STORIES: Final = 200  # looked up at once
_PAGES: Final = {"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What was exported, and what could not be: stories, texts of them, captures that play, and counts with reasons."""

    file: str
    stories: int
    pages: int
    captures: int
    left_out: Mapping[str, int]  # captures that are no lines of the index
    missing: Mapping[str, int]  # what should have gone along and is not on the shelf


class _Tally:
    """Counts that grow while lines flow by."""

    def __init__(self) -> None:
        self.stories = 0
        self.pages = 0
        self.first: Edition | None = None
        self.left_out: Counter[str] = Counter()
        self.missing: Counter[Missing] = Counter()


def export(archive: Archive, query: Query, out: Path, about: About) -> Packed:
    """Write the stories that a query gives to a WACZ: every capture of theirs, and what these need to be played.

    Args:
        archive: whose stories; what is taken down is not among them.
        query: which.
        out: the file, which must end in .wacz; one that is there is replaced when the new one is whole.
        about: what the file says of itself, and the key that signs it.

    Raises:
        UsageError: the name does not end in .wacz, or no story fits.
        WarcError: a record on the shelf is not as it was indexed.
        StorageError: the shelf cannot be read, or the file not be written.
    """
    if out.suffix != SUFFIX or out.is_dir():
        raise UsageError(f"a WACZ is a file whose name ends in {SUFFIX}, not {out}")
    draft = out.with_name(f".{out.name}.{token_hex(4)}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="astana-wacz-") as folder:
            try:
                done = _write(archive, query, draft, about, Path(folder))
                draft.replace(out)
            finally:
                draft.unlink(missing_ok=True)
    except OSError as error:
        said = f"{out} cannot be written: {error.strerror or error}"
        if error.errno in scratch.FULL:
            said += f" (there, or in the folder for temporary files {scratch.place()}: make room or set TMPDIR)"
        raise StorageError(said) from None
    return Packed(
        file=str(out),
        stories=done[0].stories,
        pages=done[0].pages,
        captures=done[1],
        left_out=dict(sorted(done[0].left_out.items())),
        missing={kind.value: number for kind, number in sorted(done[0].missing.items())},
    )


def _write(archive: Archive, query: Query, draft: Path, about: About, folder: Path) -> tuple[_Tally, int]:
    tally = _Tally()
    pages = folder / "pages.jsonl"
    lines = sort(_chosen(archive, query, pages, tally), _new(folder, "wants"))
    search = Search(storage=archive.storage, hidden=archive.takedowns(), missing=tally.missing)
    chosen = sort(found(lines, search), _new(folder, "chosen"))
    with Package(draft, about) as package:
        copied = _copied(archive.storage, chosen, package, tally, folder)
        entries = sort(copied, _new(folder, "entries"))
        index, left_out = folder / "index.cdxj", Counter[LeftOut]()
        captures = playable(entries, archive.storage, index, left_out)
        tally.left_out.update({reason.value: number for reason, number in left_out.items()})
        if not tally.stories:
            raise UsageError("no story fits; there is nothing to export")
        _add_index(package, index, folder)
        package.add("pages/pages.jsonl", pages)
        package.finish(_main_page(tally.first))
    return tally, captures


def _copied(
    storage: Storage, chosen: Iterable[bytes], package: Package, tally: _Tally, folder: Path
) -> Iterator[bytes]:
    """The lines of the index: of what is copied, then of what web archives played, in WARCs of its own."""
    with (folder / "exchanges.cdxj").open("w+b") as exchanges:
        warcs = Warcs(package)
        job = Copying(storage=storage, target=warcs, left_out=tally.left_out, exchanges=exchanges)
        yield from copy(_once(chosen), job)
        warcs.close()
        exchanges.seek(0)
        played = Warcs(package, "mementos")
        yield from mementos((line for line in cdx.read(exchanges) if line.original), storage, played)
        played.close()


def _new(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def _chosen(archive: Archive, query: Query, pages: Path, tally: _Tally) -> Iterator[bytes]:
    """What goes along with each story; its texts become lines of the list of pages on the way."""
    stories = archive.pull(query)
    with pages.open("w", encoding="utf-8", newline="\n") as out:
        out.write(f"{json.dumps(_PAGES)}\n")
        while batch := list(islice(stories, _STORIES)):
            for story in batch:
                tally.stories += 1
                tally.pages += len(story.editions)
                tally.first = tally.first or story.editions[0]
                out.writelines(f"{line}\n" for line in _pages(story))
            yield from wants(archive.catalog.readings_of([story.id for story in batch]))


def _pages(story: Story) -> Iterator[str]:
    for edition in story.editions:
        yield to_line(
            {
                "id": permalink(edition).removeprefix("/s/"),
                "url": edition.url,
                "ts": edition.captured,
                "title": edition.article.title,
                "text": edition.article.text,
            }
        )


def _once(packed: Iterable[bytes]) -> Iterator[CdxLine]:
    """The chosen lines, each once: a redirect may lead to several captures."""
    before = b""
    for line in packed:
        if line != before:
            yield unpacked(line)
        before = line


def _add_index(package: Package, index: Path, folder: Path) -> None:
    """The index in packed blocks, and the list of their first lines (ZipNum, as wabac.js and pywb read it)."""
    packed, heads = folder / "index.cdx.gz", folder / "index.idx"
    with index.open("rb") as lines, packed.open("wb") as blocks, heads.open("wb") as out:
        out.write(b"!meta 0 %b\n" % json.dumps({"format": "cdxj-gzip-1.0", "filename": packed.name}).encode())
        at = 0
        while block := list(islice(lines, BLOCK)):
            data = gzip.compress(b"".join(block))
            said = {"offset": at, "length": len(data), "digest": sha256(data)}
            out.write(b" ".join(block[0].split(b" ", 2)[:2]) + b" " + json.dumps(said).encode() + b"\n")
            at += blocks.write(data)
    package.add("indexes/index.cdx.gz", packed)
    package.add("indexes/index.idx", heads)


def _main_page(first: Edition | None) -> Mapping[str, object]:
    return {} if first is None else {"mainPageUrl": first.url, "mainPageDate": first.captured}
