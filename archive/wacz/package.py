"""A WACZ as it is being written: its parts one after the other into a zip, each hashed on its way, then the manifest.

Everything is stored, not packed: what is packed already must be readable by ranges, and equal input gives equal bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from archive.digest import CHUNK, sha256
from archive.settings import PRODUCT
from archive.wacz.sign import Key

VERSION: Final = "1.1.1"
MANIFEST: Final = "datapackage.json"
WARC_SIZE: Final = 1 << 30  # a WARC that is so large takes no further capture
_UNIX: Final = 3
_MODE: Final = 0o644 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a WACZ says of itself; `created` stands in it, so that the same again gives the same bytes."""

    created: datetime
    title: str
    description: str = ""
    key: Key | None = None

    @property
    def stamp(self) -> str:
        """The time of its making, to the second."""
        return self.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One part: where it lies, its hash and size."""

    path: str
    hash: str
    bytes: int

    @property
    def entry(self) -> Mapping[str, object]:
        """As the manifest lists it (https://specs.frictionlessdata.io/data-resource/)."""
        return {"name": self.path.rpartition("/")[2], "path": self.path, "hash": self.hash, "bytes": self.bytes}


class Package:
    """The zip being written; a context, whose end closes the file but writes no manifest by itself."""

    def __init__(self, path: Path, about: About) -> None:
        self._about = about
        self._zip = ZipFile(path, "w", ZIP_STORED)
        self._resources: list[Resource] = []
        self._part: Part | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._part is not None:
            self._part.close()  # an error came while it was written; a zip closes only without one under way
        self._zip.close()

    def _info(self, path: str, size: int) -> ZipInfo:
        moment = self._about.created.astimezone(UTC).timetuple()
        info = ZipInfo(path, (moment[0], moment[1], moment[2], moment[3], moment[4], moment[5]))
        info.create_system, info.external_attr, info.file_size = _UNIX, _MODE, size
        return info

    def part(self, path: str, size: int = 0) -> Part:
        """Begin a part; `size` is told where it is known, for parts of more than two gigabytes must tell."""
        self._part = Part(self._zip.open(self._info(path, size), "w"), path, self._resources)
        return self._part

    def add(self, path: str, file: Path) -> None:
        """A part that lies in a file."""
        with self.part(path, file.stat().st_size) as part, file.open("rb") as source:
            while data := source.read(CHUNK):
                part.write(data)

    def finish(self, more: Mapping[str, object]) -> None:
        """The manifest, its digest and, with a key, its signature."""
        said = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": self._about.title,
            "description": self._about.description,
            "created": self._about.stamp,
            "modified": self._about.stamp,
            "software": PRODUCT,
            **more,
            "resources": [resource.entry for resource in self._resources],
        }
        manifest = json.dumps({name: value for name, value in said.items() if value != ""}, indent=2).encode()
        digest: dict[str, object] = {"path": MANIFEST, "hash": sha256(manifest)}
        if self._about.key is not None:
            digest["signedData"] = self._about.key.sign(sha256(manifest), self._about.stamp, PRODUCT)
        self._zip.writestr(self._info(MANIFEST, len(manifest)), manifest)
        signed = json.dumps(digest, indent=2).encode()
        self._zip.writestr(self._info("datapackage-digest.json", len(signed)), signed)


class Part:
    """One part being written."""

    def __init__(self, stream: IO[bytes], path: str, resources: list[Resource]) -> None:
        self._stream, self._path, self._resources = stream, path, resources
        self._hash = hashlib.sha256()
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def write(self, data: bytes) -> int:
        """Append; returns where the bytes begin."""
        at = self.size
        self._stream.write(data)
        self._hash.update(data)
        self.size += len(data)
        return at

    def close(self) -> None:
        """End it and enter it in the manifest; once is enough."""
        if self._stream.closed:
            return
        self._stream.close()
        self._resources.append(Resource(path=self._path, hash=f"sha256:{self._hash.hexdigest()}", bytes=self.size))


class Warcs:
    """The WARCs of a package: one after the other, so that none grows beyond what is easily moved."""

    def __init__(self, package: Package, stem: str = "data", size: int = WARC_SIZE) -> None:
        self._package, self._stem, self._limit = package, stem, size
        self._part: Part | None = None
        self._count = 0
        self._name = ""

    def begin(self, *, fresh: bool) -> str:
        """See archive.wacz.copy.Target."""
        if self._part is not None and fresh and self._part.size >= self._limit:
            self.close()
        if self._part is None:
            self._count += 1
            self._name = f"{self._stem}-{self._count:05}.warc.gz"
            self._part = self._package.part(f"archive/{self._name}")
        return self._name

    def write(self, data: bytes) -> int:
        """See archive.wacz.copy.Target."""
        assert self._part is not None, "begin comes first"
        return self._part.write(data)

    def close(self) -> None:
        """End the WARC under way."""
        if self._part is not None:
            self._part.close()
            self._part = None
