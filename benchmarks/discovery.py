"""Discovery over the corpora that nobody here wrote: feeds, sitemaps, robots.txt and addresses; prints what differs.

    python -m benchmarks.discovery ../shared/eval [feeds|sitemaps|robots|urls]…

A crash, an answer slower than SLOW seconds, or a canonical address that is not its own canonical address is an error:
the program comes back with 1. Differences from the corpora's own expectations are counted by reason; one without a
reason in the table below is an error too.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urldefrag, urlsplit

from archive import urls
from archive.errors import UsageError
from crawler.discover import Listing, read_seed, resolved
from crawler.outlet_file import SeedKind
from crawler.visit import robots
from tests.rfc9309 import RULES, STATUSES

SLOW = 5.0
BASE = "https://a.example/f"
TOKEN = "AstanaArchive"
T = TypeVar("T")
EXPECTED_LINK = re.compile(r"entries\[0\]\[?\.?'?link'?\]? == u?'([^']*)'")


@dataclass(slots=True)
class Tally:
    """What one corpus gave."""

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    began: float = field(default_factory=time.perf_counter)

    def tried(self, what: str, work: Callable[[], T]) -> T | None:
        """The work's answer; None after a crash, which is an error, as slowness is."""
        start = time.perf_counter()
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            self.errors.append(f"crash: {what}: {error!r}")
            return None
        finally:
            took = time.perf_counter() - start
            self.slowest = max(self.slowest, (took, what))
            if took > SLOW:
                self.errors.append(f"{took:.1f} s: {what}")

    def told(self) -> bool:
        """Print it; whether all is well."""
        took = time.perf_counter() - self.began
        print(f"{self.name}: {took:.1f} s, slowest {self.slowest[0]:.2f} s ({self.slowest[1][-60:]})")
        for what, count in self.counts.most_common():
            print(f"  {count:7,} {what}")
        for error in self.errors[:20]:
            print(f"  ERROR {error}")
        return not self.errors


def files(packed: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a packed corpus, by its name."""
    with tarfile.open(packed) as tar:
        for member in tar:
            if member.isfile() and (stream := tar.extractfile(member)) is not None:
                yield member.name, stream.read()


# ---- feeds ---------------------------------------------------------------------------------------------------------

FEED_REASONS = {
    "http_item_link_base_content_location.xml": "the answer's own headers are the base: the crawler has its address",
    "http_item_link_base_docuri.xml": "the answer's own address is the base: the corpus has another one",
    "item_href_map_link.xml": "CDF, Microsoft's format of 1997, is not read",
    "item_image_link_conflict.xml": "a host is written in small letters",
    "rdf_item_links.xml": "an item has one page: its first link",
    "rss_channel_item_links.xml": "an item has one page: its first link",
    "feed_item_links_-_rss_channel_item_links.xml": "an item has one page: its first link",
}


def feeds(eval_: Path) -> Tally:
    """Every feed read, cut in half and read again; links held against feedparser's and gofeed's expectations."""
    tally = Tally("feeds")
    all_files = dict(files(eval_ / "feeds" / "files.tar.xz"))
    for name, content in all_files.items():
        if name.rpartition(".")[2] not in ("xml", "rss", "atom", "json", "html"):
            continue
        found = tally.tried(name, lambda content=content: _feed(content))
        tally.tried(f"half of {name}", lambda content=content: _feed(content[: len(content) // 2]))
        if found is None:
            continue
        tally.counts["files read"] += 1
        tally.counts["problem told" if found.problem else "no problem"] += 1
        wanted = _wanted(name, content, all_files)
        if wanted:
            _compare(tally, name, wanted, [candidate.url for candidate in found.candidates])
    return tally


def _feed(content: bytes) -> Listing:
    return read_seed(SeedKind.FEED, BASE, content, None)


def _wanted(name: str, content: bytes, all_files: dict[str, bytes]) -> list[str]:
    """The items' links that the corpus itself expects; empty where it says nothing of them."""
    said = EXPECTED_LINK.search(content[:2500].decode("utf-8", "replace"))
    if said is not None:
        return [said[1]]
    stem = name.removesuffix(".xml")
    twin = next((all_files[at] for at in (f"{stem}_expected.json", f"{stem}.json") if at in all_files), None)
    if twin is None or "gofeed" not in name:
        return []
    try:
        parsed = json.loads(twin)
    except ValueError:
        return []
    items = (parsed.get("items") or []) if isinstance(parsed, dict) else []
    return [item["link"].strip() for item in items if isinstance(item, dict) and item.get("link")]


def _compare(tally: Tally, name: str, wanted: list[str], got: list[str]) -> None:
    if got[: len(wanted)] == wanted or set(wanted) <= set(got):
        tally.counts["links as expected"] += 1
        return
    reason = FEED_REASONS.get(name.rpartition("/")[2])
    if reason is None:
        tally.errors.append(f"{name}: expected {wanted[:2]}, got {got[:2]}")
    else:
        tally.counts[f"differs: {reason}"] += 1


# ---- sitemaps ------------------------------------------------------------------------------------------------------


def sitemaps(eval_: Path) -> Tally:
    """Every file of the corpus that is no robots.txt read as a sitemap, whole and cut in half."""
    tally = Tally("sitemaps")
    for name, content in files(eval_ / "sitemaps_robots" / "files.tar.xz"):
        if "test_data" in name or "/robots/" in name:
            continue
        for what, part in ((name, content), (f"half of {name}", content[: len(content) // 2])):
            found = tally.tried(what, lambda part=part: read_seed(SeedKind.SITEMAP, BASE, part, None))
            if found is not None and part is content:
                sort = "stories listed" if found.candidates else "further maps" if found.more else "nothing"
                tally.counts[f"{sort}{', problem told' if found.problem else ''}"] += 1
    return tally


# ---- robots --------------------------------------------------------------------------------------------------------


def rules(eval_: Path) -> Tally:
    """The cases of RFC 9309, then every real robots.txt: parsed and asked, whole and cut in half."""
    tally = Tally("robots")
    for case, text, path, allowed in RULES:
        verdict = robots.read(TOKEN, 200, text.encode()).verdict(f"https://a.example{path}")
        if (verdict is robots.Verdict.ALLOWED) is allowed:
            tally.counts["cases of RFC 9309 as written"] += 1
        else:
            tally.errors.append(f"RFC 9309 {case}: {verdict}")
    for case, status, wanted in STATUSES:
        verdict = robots.read(TOKEN, status, b"User-agent: *\nDisallow: /").verdict("https://a.example/x")
        tally.counts["statuses of RFC 9309 as written"] += verdict is wanted
        tally.errors += [f"RFC 9309 {case}: {verdict}"] if verdict is not wanted else []
    for name, content in files(eval_ / "sitemaps_robots" / "files.tar.xz"):
        if "test_data" in name or "robots" in name.rpartition("/")[2]:
            for part in (content, content[: len(content) // 2]):
                asked = tally.tried(name, lambda part=part: robots.read(TOKEN, 200, part))
                sort = tally.tried(name, lambda asked=asked: asked.verdict("https://a.example/")) if asked else None
                if sort is not None and part is content:
                    tally.counts[f"real files: root {sort}"] += 1
                    tally.counts["sitemaps named"] += len(asked.sitemaps) if asked else 0
    return tally


# ---- addresses -----------------------------------------------------------------------------------------------------


def addresses(eval_: Path) -> Tally:
    """WHATWG's suite resolved, urlcanon's and the real Arabic addresses made canonical twice."""
    tally = Tally("urls")
    for suite in ("ada_wpt", "rust-url_wpt/url/tests"):
        for case in json.loads((eval_ / "urls" / suite / "urltestdata.json").read_text("utf-8")):
            if isinstance(case, dict):
                tally.tried(str(case["input"]), lambda case=case: _whatwg(tally, case))
    for path in sorted((eval_ / "urls" / "iipc-urlcanon").glob("*.json")):
        for said in _words(json.loads(path.read_text("utf-8", "surrogatepass"))):
            tally.tried(said, lambda said=said: _idempotent(tally, "urlcanon", said))
    with gzip.open(eval_ / "urls" / "arabic_iris_real.txt.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            tally.tried(line, lambda line=line: _idempotent(tally, "Arabic", resolved(BASE, line)))
    return tally


def _whatwg(tally: Tally, case: dict[str, str]) -> None:
    href = case.get("href")
    if href is not None and not href.startswith(("http://", "https://")):
        tally.counts["WHATWG: other schemes, never asked for"] += 1
        return
    got = resolved(case.get("base") or "about:blank", case["input"])
    mine = _idempotent(tally, "WHATWG", got)
    if case.get("failure"):
        sort = (
            "refused as it should be" if mine is None else "accepted: its host is in no outlet's list, so it is foreign"
        )
    else:
        sort = _difference(urldefrag(str(href)).url, got, mine)
    tally.counts[f"WHATWG: {sort}"] += 1
    if sort == "differs":
        tally.errors.append(f"WHATWG {case['input']!r}: {href} expected, {got} got")


def _difference(href: str, got: str, mine: str | None) -> str:
    if got == href:
        return "the same"
    if mine is None:
        if "@" in got or not re.match(r"https?://[^/]", got):
            return "refused: a user name, or no two slashes after the scheme: a mistake in a listing"
        return "refused: no host is left"
    if mine == urls.canonical(href):
        return "the same when canonical"
    if urlsplit(got).netloc != urlsplit(href).netloc:
        return "another notation of the host (numbers, escapes, IDNA 2003): in no outlet's list, so it is foreign"
    return "blanks at the end are left out" if href.rstrip("%20") == got.rstrip("%20") else "differs"


def _idempotent(tally: Tally, suite: str, url: str) -> str | None:
    """The canonical address, which is its own; None when there is none."""
    try:
        once = urls.canonical(url)
    except UsageError:
        tally.counts[f"{suite}: no web address"] += 1
        return None
    if urls.canonical(once) != once or urls.story_key(once) != urls.story_key(url):
        tally.errors.append(f"not idempotent: {url!r}: {once!r}")
    if resolved(BASE, once) != once and suite == "Arabic":
        tally.counts["Arabic: canonical, and asked for in another form"] += 1
    tally.counts[f"{suite}: canonical and its own canonical form"] += 1
    return once


def _words(said: object) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for key, value in said.items():
            yield from (*_words(key), *_words(value))
    elif isinstance(said, list):
        for value in said:
            yield from _words(value)


PARTS: dict[str, Callable[[Path], Tally]] = {
    "feeds": feeds,
    "sitemaps": sitemaps,
    "robots": rules,
    "urls": addresses,
}


def main(words: list[str]) -> int:
    """The parts named, all if none."""
    if not words or not Path(words[0]).is_dir():
        print("give the folder of the corpora", file=sys.stderr)
        return 2
    well = [PARTS[name](Path(words[0])).told() for name in words[1:] or PARTS]
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
