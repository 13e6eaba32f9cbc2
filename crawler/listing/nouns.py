"""What a listing lists, and one address as it will be asked for; bounds on all of it. It reads no format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from urllib.parse import urldefrag, urljoin

from w3lib.url import safe_url_string

from archive.records import Hints, Reason, Role
from crawler.outlet_file import SeedKind

MAX_CANDIDATES = 50_000  # of one listing: the bound of the sitemap protocol
MAX_BYTES = 64 << 20  # of a listing, unpacked; the protocol says 50 MiB
MAX_ADDRESS = 4096  # code points of an address, MAX_HINT of a hint: longer ones are mistakes or attacks
MAX_HINT = 20_000
SURROGATES = re.compile("[\ud800-\udfff]")
WHOLE = re.compile(r"(?P<site>https?://[^/?#]*)(?P<path>[^?#]*)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
DOTS = re.compile(r"/(?:\.|%2e){1,2}(?=[/?#]|$)", re.IGNORECASE)
DOT = re.compile(r"%2e", re.IGNORECASE)
ABSOLUTE = re.compile(r"https?://[^/?#]", re.IGNORECASE)
# A session of the crawler's own visit. `sid` is left alone: it numbers the stories of some content systems.
SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/?#;]*", re.IGNORECASE)
SESSION_PAIR = re.compile(
    r"(?:phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|session_?id)=[^&]*(?:&|$)", re.IGNORECASE
)
DOTTED_HOST = re.compile(r"^(https?://(?:[^/?#@]*@)?[^/?#:\[\]@]*[^/?#:\[\]@.])\.+(?=[:/?#]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A discovered address and all that its seed said of it, letter for letter."""

    url: str
    hints: Hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """One more seed page that a seed page names (a sitemap of an index, or of a robots.txt)."""

    url: str
    lastmod: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one seed page lists. `problem` says in one line why less was read than the page may hold.

    `reason` is set when the page is no listing at all: a soft 404, a consent, block or parked page.
    """

    candidates: tuple[Candidate, ...] = ()
    more: tuple[Further, ...] = ()
    problem: str | None = None
    reason: Reason | None = None


Listed = TypeVar("Listed", Candidate, Further)


def hinted(kind: SeedKind, seed: str, **said: str | None) -> Hints:
    """Hints of a page that a seed lists; what was not said, or is blank, is left out."""
    kept = {name: text[:MAX_HINT] for name, text in said.items() if text}
    return Hints(role=Role.PAGE, seed=seed, seed_kind=kind.value, **kept)  # type: ignore[arg-type]  # keys are Hints' own


def resolved(base: str, said: str, encoding: str = "utf-8") -> str:
    """An address as it will be requested: absolute, no fragment, percent-encoded (its query in the page's encoding).

    Without the session of whoever asked for the listing, without the dot that may end a host, dots in the path
    resolved. What cannot be an address comes back as it was said, for scope to refuse.
    """
    words = SURROGATES.sub("\ufffd", re.sub(r"[\t\r\n]", "", said.strip()))[:MAX_ADDRESS]
    try:
        # urljoin would lose an empty parameter or query of an address that needs no base.
        slashed = _slashed(words)
        whole = _undotted(slashed if ABSOLUTE.match(slashed) else urljoin(base, slashed))
        return _without_session(DOTTED_HOST.sub(r"\1", safe_url_string(urldefrag(whole).url, encoding=encoding)))
    except (ValueError, LookupError):
        return words


def _slashed(words: str) -> str:
    """As browsers read an address: backslashes before the query are slashes, more than two at its start are two."""
    if "\\" not in words and not words.startswith("///"):
        return words
    path, mark, rest = words.partition("?")
    return re.sub(r"^(https?:)?//+", r"\1//", path.replace("\\", "/"), flags=re.IGNORECASE) + mark + rest


def _undotted(url: str) -> str:
    """Without `.` and `..` among the parts of its path."""
    found = WHOLE.fullmatch(url) if DOTS.search(url) else None
    if found is None:
        return url
    path = urljoin("http://x", DOT.sub(".", found["path"])).removeprefix("http://x")
    return f"{found['site']}{path}{found['rest']}"


def _without_session(url: str) -> str:
    path, mark, query = SESSION_PATH.sub("", url).partition("?")
    if not SESSION_PAIR.search(query):
        return path + mark + query
    kept = re.sub(r"(?<![^&])" + SESSION_PAIR.pattern, "", query, flags=re.IGNORECASE).rstrip("&")
    return f"{path}?{kept}" if kept else path


def firsts(found: Iterator[Listed]) -> Iterator[Listed]:
    """The first of each address, at most MAX_CANDIDATES."""
    seen: set[str] = set()
    for listed in found:
        if len(seen) >= MAX_CANDIDATES:
            return
        if listed.url not in seen:
            seen.add(listed.url)
            yield listed


def firsts_of(found: Iterable[str]) -> tuple[str, ...]:
    """Each address once, in the order in which it came, at most MAX_CANDIDATES."""
    return tuple(islice(dict.fromkeys(found), MAX_CANDIDATES))
