"""A first outlet file, drafted from a look at a site; pure text, every line of it a proposal for a person to check."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from archive import urls
from archive.errors import UsageError
from crawler.outlet import OUTLET_ID, SeedKind, is_loopback
from crawler.scout.evidence import BY_NATURE, Evidence, SeedSeen
from crawler.scout.shapes import Shape, shapes

NOTHING = "(?!)"  # no address is a story yet: all that the seeds list is looked at
USUAL = (
    (SeedKind.FEED, "/feed/"),
    (SeedKind.FEED, "/rss"),
    (SeedKind.FEED, "/rss.xml"),
    (SeedKind.SITEMAP, "/news-sitemap.xml"),
)
POLITE, OWN = 5, 0.05  # seconds between requests; a site on this machine is one's own
HEAD = "# Drafted by `astana outlets add` on {day} from what the site showed then; guess: unchecked. Read each line."


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedLine:
    """A seed of the draft, and where it is from."""

    kind: SeedKind
    url: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file while it is drafted. `day` is None before it is finished."""

    id: str
    host: str  # with a port that is not the scheme's own
    base: str
    seeds: tuple[SeedLine, ...]
    name: str | None = None
    patterns: tuple[Shape, ...] = ()
    day: date | None = None

    def after(self, seen: Evidence) -> Draft:
        """With the seeds that the site's own pages named."""
        named = [(SeedKind.FEED, at, "the site's pages name it") for at in seen.offers.feeds if self._is_ours(at)]
        if seen.posts and self._is_ours(seen.posts):
            named.append((SeedKind.REST, seen.posts, "the site's pages name WordPress's REST"))
        known = {line.url for line in self.seeds}
        more = (SeedLine(kind=kind, url=at, source=why) for kind, at, why in named if at not in known)
        return replace(self, seeds=(*self.seeds, *more))

    def finished(self, seen: Evidence, today: date) -> Draft:
        """With the seeds that listed something, the maps that robots.txt names, and patterns of what was listed."""
        listed = {seed.url for seed in seen.seeds if seed.listed and seed.reason is None}
        kept = [line for line in self.seeds if line.url in listed]
        if seen.maps and self._is_ours(seen.maps[0]):
            at = f"{self.base}/robots.txt"
            kept.append(SeedLine(kind=SeedKind.SITEMAP, url=at, source=f"names {len(seen.maps)} maps"))
        found = _patterns(seen.seeds)
        return replace(self, seeds=tuple(kept), name=seen.offers.name, patterns=found, day=today)

    def _is_ours(self, url: str) -> bool:
        return urlsplit(url).netloc.removeprefix("www.") == self.host.removeprefix("www.")

    def text(self) -> str:
        """The file."""
        host = self.host.rpartition(":")[0] or self.host
        pace = OWN if is_loopback(host) and self.day is None else POLITE
        lines = [
            *([HEAD.format(day=self.day)] if self.day else []),
            f"name: {_quoted(self.name or self.host)}{'' if self.name else ' # guess'}",
            f"english: {_quoted(self.id)} # guess",
            "country: ZZ # guess: write its ISO 3166 code",
            "timezone: UTC # guess: write that of its printed times",
            "language: ar # guess",
            "",
            "hosts:",
            f"  - {self.host}",
            *self._seed_lines(),
            *self._story_lines(),
            "",
            "pace:",
            f"  delay: {pace}",
            "  concurrency: 1",
            *(["", "allow_private: true # it stands on this machine"] if is_loopback(host) else []),
        ]
        return "\n".join(lines) + "\n"

    def _seed_lines(self) -> list[str]:
        lines = ["", "seeds:"] if self.seeds else []
        for seed in self.seeds:
            lines += [f"  - kind: {seed.kind.value}", f"    url: {seed.url}", f"    source: {seed.source}"]
        return lines

    def _story_lines(self) -> list[str]:
        if self.day is None:
            return ["", "story:", f"  url: {_quoted(NOTHING)}"]
        if not self.patterns:
            return ["", "# No form of its stories' addresses could be told: say what a story is before you crawl it."]
        lines = ["", "story:", "  url:"]
        for shape in self.patterns:
            lines.append(f"    - {shape.url} # guess: {len(shape.examples)} listed, as {shape.examples[0][:80]}")
        ids = [shape.id for shape in self.patterns if shape.id]
        return [*lines, *(["  id:", *(f"    - {pattern} # guess" for pattern in ids)] if ids else [])]


def _quoted(words: str) -> str:
    return "'" + " ".join(words.split()).replace("'", "''") + "'"


def _patterns(seeds: tuple[SeedSeen, ...]) -> tuple[Shape, ...]:
    """Of what feeds list, whatever it looks like; else of links that bear a day or a number."""
    by_nature = [url for seed in seeds if seed.kind in BY_NATURE for url in seed.others]
    if by_nature:
        return shapes(map(urls.story_key, by_nature))
    linked = shapes(urls.story_key(url) for seed in seeds for url in seed.others)
    return tuple(shape for shape in linked if shape.id or "yyyy" in shape.url)


def begun(address: str, name: str | None) -> Draft:
    """What is asked of a site first: the address given, and the places where feeds and maps usually lie.

    Raises:
        UsageError: it is no address, or no id can be made of its host and none was given.
    """
    host, port = urls.split_host(address)
    parts = urlsplit(address)
    label = re.sub(r"[^a-z0-9]", "", host.removeprefix("www.").rpartition(".")[0])
    chosen = name or label
    if not OUTLET_ID.fullmatch(chosen):
        raise UsageError(f"{chosen!r} is no outlet's id: give one of lower-case letters and digits with --id")
    where = (host.removeprefix("www.") if port is None else f"{host}:{port}").lower()
    base = f"{parts.scheme.lower()}://{parts.netloc}"
    usual = [SeedLine(kind=kind, url=f"{base}{path}", source="guess") for kind, path in USUAL]
    given = SeedLine(kind=SeedKind.SECTION, url=address, source="given by hand")
    return Draft(id=chosen, host=where, base=base, seeds=(given, *usual))
