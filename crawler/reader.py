"""All that reads a page, and its digest: a text says by this which reader made it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from crawler import sources
from crawler.agencies import Agencies
from crawler.outlet import Outlet
from crawler.page.taught import NOTHING, Taught
from crawler.topic import TopicRules

# Every room whose change may change a reading. Their source is part of the digest, so that no change can be forgotten.
ROOMS = {
    "archive": ("arabic.py", "bytemap.py", "civil.py", "gzip.py", "http.py", "mementos.py"),
    "crawler": (
        "agencies.py",
        "attribution.py",
        "page/appstate.py",
        "page/article.py",
        "page/blocks.py",
        "page/bounds.py",
        "page/captions.py",
        "page/chosen.py",
        "page/closers.py",
        "page/content.py",
        "closing.py",
        "dateline.py",
        "dates.py",
        "page/decode.py",
        "page/dom.py",
        "page/edges.py",
        "page/encodings.yml",
        "page/engines.py",
        "escapes.py",
        "extract.py",
        "dating/calendars.py",
        "dating/layout.py",
        "page/furniture.py",
        "page/furniture.yml",
        "page/inline.py",
        "page/inline.yml",
        "page/kinds.py",
        "page/kinds.yml",
        "page/language.py",
        "page/languages.yml",
        "page/leads.py",
        "page/locate.py",
        "dating/moments.py",
        "dating/months.py",
        "dating/months.yml",
        "dating/relative.py",
        "dating/relative.yml",
        "page/mojibake.py",
        "page/names.py",
        "page/others.py",
        "page/outlet_rules.py",
        "page/plain.py",
        "page/references.py",
        "page/refusals.py",
        "page/refusals.yml",
        "page/spared.py",
        "dating/stated.py",
        "page/stretches.py",
        "page/structured.py",
        "page/taught.py",
        "page/text.py",
        "page/thorough.py",
        "page/titles.py",
        "page/told.py",
        "page/voices.py",
        "readings.py",
        "literals.py",
        "signature.py",
        "topic.py",
        "dating/visible.py",
        "dating/written.py",
        "dating/yearless.py",
    ),
}
LIBRARIES = ("trafilatura", "lxml", "brotli", "zstandard")


class Mode(StrEnum):
    """How much the general reader may cost (ASTANA_READING)."""

    FAST = "fast"  # the page's own shape; an engine where that is doubtful
    THOROUGH = "thorough"  # every engine, on every page


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One outlet's reader: its facts, the topic, the agencies, and furniture learned from its pages."""

    outlet: Outlet
    topic: TopicRules
    agencies: Agencies
    learned: Taught = NOTHING
    mode: Mode = Mode.FAST

    @property
    def digest(self) -> str:
        """16 hex digits of the SHA-256 over all that decides how a page is read; law 3 hangs on it."""
        return self._digest(self.topic.digest.encode())

    @property
    def pages(self) -> str:
        """The same over all but the topic: readers that share it differ in labels alone."""
        return self._digest(b"")

    def _digest(self, topic: bytes) -> str:
        summed = hashlib.sha256(_rooms())
        for part in (self.outlet.reading_part(), topic, self.agencies.digest.encode()):
            summed.update(hashlib.sha256(part).digest())
        if self.mode is not Mode.FAST:
            summed.update(self.mode.encode())
        if self.learned:
            summed.update(bytes.fromhex(self.learned.digest))
        return summed.hexdigest()[:16]


@cache
def _rooms() -> bytes:
    """The rooms' part of the digest; read once a process."""
    return sources.digest(ROOMS, LIBRARIES)
