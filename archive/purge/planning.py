"""What becomes of each file that holds what is to go, worked out to the last byte before anything is touched.

Every new file is made once, on local disk, and read: it must hold every other capture as the old one does, and none of
those that go. Only then may a tombstone say so.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final

from archive import cdx, ledger, scratch, warc
from archive.audit.warcs import cdxj_key
from archive.cdx import CdxLine
from archive.digest import sha256_of
from archive.errors import ArchiveError, NotHeldError, UsageError, WarcError
from archive.http import parse, payload
from archive.purge import texts
from archive.purge.finding import Looked, Part, Wanted, look, stands_for
from archive.purge.splicing import index, notice, splice, told_anew
from archive.records import Capture, NonArticle, is_imported
from archive.storage import Storage
from archive.tombstones import Gone, Object, Rehomed, Rewritten, TextWas, below
from archive.warc.read import record_id, url_of

# Whose a capture of a file is, by its key below warc/, and what it is counted as when it is no candidate of an article.
Tell = Callable[[str, Capture], tuple[str, NonArticle | None]]
# How many captures of a file are fewer that are no articles: by outlet and sort.
Counts = Mapping[str, Mapping[str, int]]
_PACKED: Final = ".wacz"
DAMAGED: Final = "damaged"  # how a text's head counts places that gave no capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done; and what stays: other addresses of the same bytes, listings that led to them."""

    files: tuple[Rewritten, ...]
    twins: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Planner:
    """One purge while it is planned."""

    storage: Storage
    wanted: Wanted
    at: str  # WARC-Date of the records that say so
    tell: Tell
    said: Mapping[str, Counts] = field(default_factory=dict)  # by the file's key, where nobody can `tell`
    looked: dict[str, Looked] = field(default_factory=dict)  # by the file's key

    def plan(self) -> Plan:
        """Look through every WARC, then say what becomes of those concerned. Raises ArchiveError, StorageError."""
        indexed = frozenset(self.storage.list("cdxj/"))
        records: set[str] = set(self.wanted.records)
        seeds: set[str] = set()
        imports = self._imports()
        for key in self.storage.list("warc/"):
            if key.endswith(_PACKED):
                self._check_known(key, imports)
                continue
            found = self._look(key, indexed)
            if not found.is_seekable and found.gone:
                self._check_known(key, imports)
            elif found.gone or found.revisits:
                self.looked[key] = found
                records.update(part.record for part in found.gone if part.record)
                seeds.update(part.seed for part in found.gone if part.seed)
        orphans = {
            key: [part for part in found.revisits if stands_for(part, records, self.wanted)]
            for key, found in self.looked.items()
        }
        homes, twins = self._homes(orphans, indexed)
        by_warc = self._texts()
        files = [
            self._file(key, orphans[key], homes, by_warc)
            for key, found in sorted(self.looked.items())
            if found.gone or orphans[key]
        ]
        return Plan(files=(*files, *self._containers(files, imports)), twins=twins, listings=tuple(sorted(seeds)))

    def _imports(self) -> dict[str, frozenset[str]]:
        """What can be read of each imported file, by the keys below warc/, as the ledger says."""
        said = (event.said for event in ledger.read(self.storage, "import"))
        return {str(each["shelved"]): frozenset(map(str, list(each.get("readable") or ()))) for each in said}  # type: ignore[call-overload]

    def _check_known(self, key: str, imports: Mapping[str, frozenset[str]]) -> None:
        """What was copied out of a container stands for it; of one whose import was broken off nobody knows."""
        if below(key) not in imports:
            raise UsageError(f"the import of {key} was broken off: import that file again first; nothing was purged")

    def _look(self, key: str, indexed: frozenset[str]) -> Looked:
        place = cdxj_key(key)
        lines = cdx.load(self.storage.get(place)) if place in indexed else []
        with self.storage.open(key) as stream:
            return look(stream, self.wanted, {line.offset: line.original or line.url for line in lines})

    # ---- revisits of what goes -----------------------------------------------------------------------------------

    def _homes(
        self, orphans: Mapping[str, Sequence[Part]], indexed: frozenset[str]
    ) -> tuple[dict[tuple[str, int], CdxLine], tuple[str, ...]]:
        """For revisits elsewhere the capture that each may stand for now; and where bytes that go are held as well."""
        places = {(below(key), part.start) for key, parts in orphans.items() for part in parts}
        going = {(below(key), part.start) for key, found in self.looked.items() for part in found.gone}
        revisits: list[CdxLine] = []
        digests: set[str] = set()
        for key in sorted(indexed):
            for line in self._lines(key):
                if (line.filename, line.offset) in places:
                    revisits.append(line)
                elif (line.filename, line.offset) in going and line.digest != cdx.NOTHING and line.status == "200":
                    digests.add(line.digest)
        wanted = digests | {line.digest for line in revisits}
        full: dict[str, list[CdxLine]] = defaultdict(list)
        for key in sorted(indexed) if wanted else ():
            for line in self._lines(key):
                if line.digest in wanted and line.is_full and (line.filename, line.offset) not in going:
                    full[line.digest].append(line)
        homes = {(line.filename, line.offset): home for line in revisits if (home := _home(line, full[line.digest]))}
        return homes, tuple(sorted({line.url for digest in digests for line in full[digest]}))

    def _lines(self, key: str) -> Iterator[CdxLine]:
        with self.storage.open(key) as stream:
            yield from cdx.read(stream)

    # ---- one file ------------------------------------------------------------------------------------------------

    def _texts(self) -> dict[str, list[str]]:
        """Keys of text objects by outlet-less place of their WARC: `_import/…` or `<outlet>/YYYY/MM/stem`."""
        found: dict[str, list[str]] = defaultdict(list)
        for key in self.storage.list("text/"):
            _, outlet, *inside = key.split("/")
            if len(inside) > 1 and key.endswith(".jsonl.gz"):
                place = "/".join(inside[1:]).removesuffix(".jsonl.gz")
                found[place if is_imported(place) else f"{outlet}/{place}"].append(key)
        return found

    def _file(
        self,
        key: str,
        orphans: Sequence[Part],
        homes: Mapping[tuple[str, int], CdxLine],
        by_warc: Mapping[str, Sequence[str]],
    ) -> Rewritten:
        found = self.looked[key]
        stem = below(key).removesuffix(".gz").removesuffix(".warc").removesuffix(".arc")
        objects = {text: self.storage.get(text) for text in by_warc.get(stem, ())}
        read: dict[int, set[str]] = defaultdict(set)
        for text, data in objects.items():
            for offset, digest in texts.digests(data, text).items():
                read[offset].add(digest)
        with self.storage.open(key) as stream:
            homeless = [part for part in orphans if (below(key), part.start) not in homes]
            gone = [_gone(stream, part, read[part.start]) for part in sorted([*found.gone, *homeless], key=_start)]
            housed = [part for part in orphans if (below(key), part.start) in homes]
            draft = Rewritten(
                was=Object(key=key, sha256="", size=0),
                becomes=None,
                index=self._object(cdxj_key(key)),
                gone=tuple(gone),
                rehomed=tuple(_rehomed(stream, part, homes[below(key), part.start], found) for part in housed),
            )
            return self._checked(stream, replace(draft, tail=self._tail(key, gone, found)), objects)

    def _object(self, key: str) -> Object | None:
        try:
            data = self.storage.get(key)
        except NotHeldError:
            return None
        return Object(key=key, sha256=sha256_of(data), size=len(data))

    def _tail(self, key: str, gone: Sequence[Gone], found: Looked) -> str:
        """An ARC knows no record that could say it: there the ledger alone does."""
        if ".arc" in key.rpartition("/")[2]:
            return ""
        name = "" if is_imported(below(key)) else key.rpartition("/")[2]
        data = notice(name, self.at, [each.record for each in gone if each.record], is_gzip=found.is_gzip)
        return base64.b64encode(data).decode()

    def _checked(self, stream: BinaryIO, draft: Rewritten, objects: Mapping[str, bytes]) -> Rewritten:
        """The new file made and read, so that nothing but what is meant goes."""
        key = draft.was.key
        with scratch.folder("astana-purge-") as folder:
            new = folder / "new"
            with new.open("wb") as out:
                made = splice(stream, draft, out)
            bare_size = made.becomes[1] - len(draft.added)
            if not bare_size:
                draft, made = replace(draft, tail=""), replace(made, becomes=("", 0))
            name = key
            if is_imported(below(key)):
                folder_, _, file = key.rpartition("/")
                name = f"{folder_}/{made.becomes[0]}.{file.partition('.')[2]}"
            becomes = Object(key=name, sha256=made.becomes[0], size=made.becomes[1]) if bare_size else None
            draft = replace(draft, was=Object(key=key, sha256=made.was[0], size=made.was[1]), becomes=becomes)
            fewer = self._fewer(stream, new, draft)
            if becomes is not None and draft.index is not None:
                with new.open("rb") as made_anew:
                    data = index(made_anew, below(becomes.key))
                is_same = Object(key=cdxj_key(becomes.key), sha256=sha256_of(data), size=len(data)) == draft.index
                draft = replace(draft, index=None if is_same else draft.index)
        was = [
            TextWas(key=text, sha256=sha256_of(data), size=len(data), fewer=fewer(text.split("/")[1]))
            for text, data in sorted(objects.items())
            if becomes is None or texts.without(data, text, draft, fewer(text.split("/")[1])) != (text, data)
        ]
        return replace(draft, texts=tuple(was))

    def _fewer(self, old: BinaryIO, new: Path, changes: Rewritten) -> Callable[[str], dict[str, int]]:
        """How many captures fewer of an outlet the new file has, by the sorts that are no articles."""
        before = _counted(old, below(changes.was.key), self.tell)
        with new.open("rb") as stream:
            after = _counted(stream, below(changes.was.key), self.tell)
        gone = {each.offset for each in changes.gone}
        told = {each.offset: each.sha256 for each in changes.rehomed}
        kept = Counter(
            (record, told.get(offset, digest)) for record, offset, digest in before.captures if offset not in gone
        )
        if kept != Counter((record, digest) for record, _, digest in after.captures):
            raise ArchiveError(f"{changes.was.key} would lose more than what is meant; nothing was purged")
        lost = {DAMAGED: before.damaged - after.damaged} if before.damaged > after.damaged else {}
        fewer = before.counts - after.counts
        said = self.said.get(changes.was.key, {})
        return lambda outlet: {
            **{kind: number for (whose, kind), number in fewer.items() if whose == outlet},
            **said.get(outlet, {}),
            **lost,
        }

    # ---- containers ----------------------------------------------------------------------------------------------

    def _containers(self, files: Sequence[Rewritten], imports: Mapping[str, frozenset[str]]) -> Iterator[Rewritten]:
        """Files as they came whose records were copied out, one of which goes: they hold the same bytes."""
        changed = {below(each.was.key) for each in files}
        for shelved, readable in sorted(imports.items()):
            key = f"warc/{shelved}"
            if shelved in changed or changed.isdisjoint(readable) or not self.storage.exists(key):
                continue
            with self.storage.open(key) as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # it reads
            was = Object(key=key, sha256=digest, size=self.storage.size(key))
            yield Rewritten(was=was, becomes=None, index=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """The captures of a file: record, offset and digest; by outlet and sort those that are no articles; damage."""

    captures: list[tuple[str, int, str]]
    counts: Counter[tuple[str, str]]
    damaged: int


def _counted(stream: BinaryIO, key: str, tell: Tell) -> _Counted:
    counted = _Counted(captures=[], counts=Counter(), damaged=0)
    damaged = 0
    for found in warc.read(stream, key, "" if is_imported(key) else key.split("/", maxsplit=1)[0]):
        if not isinstance(found, Capture):
            damaged += found.broken
            continue
        where = found.address
        place = (where.offset, where.sha256 or "") if where else (-1, "")
        counted.captures.append((found.record, *place))
        outlet, kind = tell(key, found)
        if kind is not None:
            counted.counts[outlet, kind.value] += 1
    return replace(counted, damaged=damaged)


def _start(part: Part) -> int:
    return part.start


def _home(revisit: CdxLine, full: Sequence[CdxLine]) -> CdxLine | None:
    """The capture that a revisit may stand for: packed alike; one of its own address first, one of our own first."""
    fit = [line for line in full if line.record and line.date and (line.te, line.ce) == (revisit.te, revisit.ce)]
    return min(
        fit, key=lambda line: (line.url != revisit.url, is_imported(line.filename), line.order), default=None
    )  # fmt: skip


def _read(stream: BinaryIO, part: Part) -> tuple[bytes, warc.Record | None]:
    stream.seek(part.start)
    data = stream.read(part.end - part.start)
    found = next(warc.records(io.BytesIO(data)), None)
    return data, found if isinstance(found, warc.Record) else None


def _gone(stream: BinaryIO, part: Part, read: set[str]) -> Gone:
    data, record = _read(stream, part)
    block = payload_ = ""
    if record is not None:
        block = record.long.sha256 if record.long else warc.sha256(record.block)
        payload_ = record.header("WARC-Payload-Digest") or ""
        if record.type == "response" and record.long is None:
            payload_ = warc.payload_digest(payload(parse(record.block)))
    return Gone(
        record=record_id(record) if record else part.record,
        kind=part.kind,
        date=(record.header("WARC-Date") or record.header("archive-date") or "") if record else "",
        url=url_of(record) if record else part.url,
        payload=payload_,
        block=block,
        member=warc.sha256(data),
        offset=part.start,
        length=part.end - part.start,
        texts=tuple(sorted(read)),
    )


def _rehomed(stream: BinaryIO, part: Part, home: CdxLine, found: Looked) -> Rehomed:
    data, record = _read(stream, part)
    if record is None:
        raise WarcError(f"the revisit at {part.start} cannot be read")
    made, size = told_anew(record, data, (home.record, home.url, home.date), is_gzip=found.is_gzip)
    return Rehomed(
        record=part.record,
        url=part.url,
        was=part.of[0],
        of=home.record,
        offset=part.start,
        length=part.end - part.start,
        becomes=base64.b64encode(made).decode(),
        size=size,
        sha256=warc.sha256(made[:size]),
    )
