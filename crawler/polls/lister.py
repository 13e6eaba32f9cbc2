"""All that reads listings of one outlet, and its digest: an object of the shelf says by this which lister made it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache

from crawler import sources
from crawler.outlet import Outlet

# Every room whose change may change what is listed. Their source is part of the digest.
ROOMS = {
    "archive": (
        "arabic.py",
        "bytemap.py",
        "cdx.py",
        "civil.py",
        "claims.py",
        "gzip.py",
        "http.py",
        "listed.py",
        "listings.py",
        "mementos.py",
        "urls.py",
        "warc/fields.py",
        "warc/members.py",
        "warc/own.py",
        "warc/read.py",
        "warc/source.py",
    ),
    "crawler": (
        "archives/commoncrawl.py",
        "archives/rows.py",
        "dates.py",
        "dating/calendars.py",
        "dating/moments.py",
        "dating/months.py",
        "dating/months.yml",
        "dating/relative.py",
        "dating/relative.yml",
        "dating/stated.py",
        "dating/written.py",
        "dating/yearless.py",
        "discover.py",
        "escapes.py",
        "listing/feeds.py",
        "listing/lines.py",
        "listing/links.py",
        "listing/nouns.py",
        "listing/posts.py",
        "page/decode.py",
        "page/dom.py",
        "page/encodings.yml",
        "page/mojibake.py",
        "page/refusals.py",
        "page/refusals.yml",
        "polls/cover.py",
        "polls/place.py",
        "polls/reading.py",
        "scope.py",
    ),
}
LIBRARIES = ("lxml", "w3lib", "brotli", "zstandard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lister:
    """One outlet's lister: its facts, as far as they tell a story's address and day."""

    outlet: Outlet
    digest: str = ""

    @classmethod
    def of(cls, outlet: Outlet) -> Lister:
        """The lister of an outlet as its file stands today."""
        summed = hashlib.sha256(_rooms())
        names = ("id", "timezone", "hosts", "story", "epochs")
        part = {name: value for name, value in asdict(outlet).items() if name in names}
        summed.update(json.dumps(part, ensure_ascii=False, sort_keys=True, default=str).encode())
        return cls(outlet=outlet, digest=summed.hexdigest()[:16])

    def zone(self, day: date) -> str:
        """The outlet's time zone on a day."""
        return self.outlet.zone_on(day)


@cache
def _rooms() -> bytes:
    """The rooms' part of the digest; read once a process."""
    return sources.digest(ROOMS, LIBRARIES)
