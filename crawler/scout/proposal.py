"""From evidence to changes of an outlet's file, each with its reason, as text edited line by line; pure.

A change is a proposal: a person reads the evidence and takes it or leaves it. Comments and order of the file stay.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from archive import urls
from archive.records import Reason
from crawler import facts
from crawler.outlet import Outlet, SeedKind
from crawler.outlet_file import OutletFile
from crawler.scout.evidence import BY_NATURE, INDEXES, Evidence, SeedSeen
from crawler.scout.shapes import shapes

GONE = (404, 410)
NOT_THERE = (Reason.SOFT_404, Reason.PARKED_PAGE)
ITEM = re.compile(r"^(?P<indent> *)- ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change and what speaks for it. `drop` and `old` are seeds' addresses as the file has them."""

    why: str
    drop: str | None = None
    old: str | None = None
    new: str | None = None  # address that takes the place of `old`
    add: tuple[SeedKind, str] | None = None  # a seed
    url: str | None = None  # a story pattern
    id: str | None = None  # an id pattern
    closed: date | None = None
    opened: bool = False  # the host is the outlet's own after all


def propose(outlet: Outlet, evidence: Evidence, today: date) -> tuple[Change, ...]:
    """What the evidence speaks for. Nothing is taken away as long as no seed answers: the whole site may be away."""
    answered = [seed for seed in evidence.seeds if seed.statuses]
    if answered and all(seed.reason is Reason.PARKED_PAGE for seed in answered):
        return (Change(why=f"every seed shows a parked page: {answered[0].problem}", closed=today),)
    changes = [*_moved(outlet, answered), *_added(outlet, evidence), *_patterns(outlet, answered)]
    if any(seed.works for seed in answered):
        changes += _gone(answered)
    return tuple(changes)


def _moved(outlet: Outlet, seeds: Sequence[SeedSeen]) -> Iterator[Change]:
    for seed in seeds:
        if seed.moved and seed.permanently and seed.works and "{" not in seed.url and outlet.owns(seed.moved):
            yield Change(why=f"{seed.kind} {seed.url} has moved for good", old=seed.url, new=seed.moved)


def _gone(seeds: Sequence[SeedSeen]) -> Iterator[Change]:
    for seed in seeds:
        is_no_listing = seed.listed == 0 and (seed.problem or "").startswith("neither feed nor sitemap")
        if "{yyyy}" in seed.url:  # one month's map that is not there says nothing of the others
            continue
        if set(seed.statuses) & set(GONE) or seed.reason in NOT_THERE or is_no_listing:
            yield Change(why=f"{seed.kind} {seed.url}: {seed.problem}", drop=seed.url)


def _added(outlet: Outlet, evidence: Evidence) -> Iterator[Change]:
    known = {_bare(seed.url) for seed in outlet.seeds}
    offered = [(SeedKind.SITEMAP, at, "robots.txt names it") for at in evidence.maps]
    offered += [(SeedKind.FEED, at, "its pages name it") for at in evidence.offers.feeds]
    if evidence.posts:
        offered.append((SeedKind.REST, evidence.posts, "its pages name WordPress's REST"))
    asks_robots = any(bare.endswith("/robots.txt") for bare in known)
    for kind, at, why in offered:
        if outlet.owns(at) and _bare(at) not in known and not (kind is SeedKind.SITEMAP and asks_robots):
            known.add(_bare(at))
            yield Change(why=f"{kind} {at}: {why}", add=(kind, at))


def _bare(url: str) -> str:
    """An address without what makes no difference to whoever asks."""
    return re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/")


def _patterns(outlet: Outlet, seeds: Sequence[SeedSeen]) -> Iterator[Change]:
    """Patterns for what feeds list and no pattern knows, and for numbered or dated pages that an archive captured.

    An address that the file calls no story is not argued with.
    """
    yield from _shaped(
        outlet, [url for seed in seeds if seed.kind in BY_NATURE for url in seed.others], "listed by feeds"
    )
    archived = [url for seed in seeds if seed.kind in INDEXES for url in seed.others]
    for change in _shaped(outlet, archived, "captured by an archive"):
        if change.id or "yyyy" in (change.url or ""):
            yield change


def _shaped(outlet: Outlet, unknown: list[str], where: str) -> Iterator[Change]:
    keys = [urls.story_key(url) for url in unknown]
    for shape in shapes(key for key in keys if not any(re.search(never, key) for never in outlet.story.never)):
        known = f"{len(shape.examples)} addresses {where} are no story by the file, as {shape.examples[0]}"
        yield Change(why=known, url=shape.url, id=shape.id)


def edited(text: str, changes: Iterable[Change]) -> str:
    """The file's text with the changes made.

    Raises:
        FactsError: the text would be no outlet's file any more.
    """
    lines = text.splitlines()
    for change in changes:
        lines = _edit(lines, change)
    new = "\n".join(lines) + "\n"
    facts.parse(new, OutletFile, "proposal")
    return new


def _edit(lines: list[str], change: Change) -> list[str]:
    if change.drop is not None:
        first, after = _entry(lines, change.drop)
        return _without_empty([*lines[:first], *lines[after:]], "seeds:")
    if change.old is not None and change.new is not None:
        first, after = _entry(lines, change.old)
        return [*lines[:first], *(line.replace(change.old, change.new) for line in lines[first:after]), *lines[after:]]
    if change.add is not None:
        kind, url = change.add
        return _appended(
            lines, "seeds:", [f"  - kind: {kind.value}", f"    url: {url}", f"    source: {_source(change)}"]
        )
    if change.opened:
        return reopened("\n".join(lines)).splitlines()
    if change.closed is not None:
        return [*lines, f"closed: {change.closed} # {_source(change)}"]
    lines = _with_pattern(lines, "url", change.url) if change.url else lines
    return _with_pattern(lines, "id", change.id) if change.id else lines


def reopened(text: str) -> str:
    """The file's text without its `closed`."""
    return re.sub(r"^closed:.*\n?", "", text, flags=re.MULTILINE)


def _source(change: Change) -> str:
    return change.why.rpartition(": ")[2].replace("#", "").strip() or "seen"


def _entry(lines: list[str], url: str) -> tuple[int, int]:
    """The lines of the seed with this address; (0, 0) when there is none."""
    named = re.compile(rf"(?:^|[\s{{])url: *(?P<quote>['\"]?){re.escape(url)}(?P=quote)(?=[\s,}}]|$)")
    at = next((number for number, line in enumerate(lines) if named.search(line)), None)
    if at is None:
        return 0, 0
    first = next((number for number in range(at, -1, -1) if ITEM.match(lines[number])), at)
    return first, _after(lines, first)


def _block(lines: list[str], key: str) -> tuple[int, int]:
    """A block's head and the line after its last one; (-1, -1) when there is none."""
    head = next((number for number, line in enumerate(lines) if line.split("#")[0].rstrip() == key), -1)
    return (head, _after(lines, head)) if head >= 0 else (-1, -1)


def _after(lines: list[str], head: int) -> int:
    """The line after the last one that stands deeper than the head does."""
    after = head + 1
    while after < len(lines) and lines[after].strip() and _indent(lines[after]) > _indent(lines[head]):
        after += 1
    return after


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _appended(lines: list[str], key: str, entry: list[str]) -> list[str]:
    head, after = _block(lines, key)
    return [*lines[:after], *entry, *lines[after:]] if head >= 0 else [*lines, "", key, *entry]


def _without_empty(lines: list[str], key: str) -> list[str]:
    """Without a block that has no entry left."""
    head, after = _block(lines, key)
    return [*lines[:head], *lines[after:]] if head >= 0 and after == head + 1 else lines


def _with_pattern(lines: list[str], name: str, pattern: str) -> list[str]:
    """The story block with one pattern more; a pattern that stood alone becomes the first of a list."""
    head, after = _block(lines, "story:")
    if head < 0:
        return [*lines, "", "story:", f"  {name}:", f"    - {pattern}"]
    at = next((number for number in range(head, after) if re.match(rf"  {name}:", lines[number])), None)
    if at is None:
        return [*lines[:after], f"  {name}:", f"    - {pattern}", *lines[after:]]
    alone = lines[at].partition(":")[2].strip()
    if alone and not alone.startswith("#"):
        return [*lines[:at], f"  {name}:", f"    - {alone}", f"    - {pattern}", *lines[at + 1 :]]
    end = at + 1
    while end < after and lines[end].startswith("    "):
        end += 1
    return [*lines[:end], f"    - {pattern}", *lines[end:]]


def diff(outlet: str, old: str, new: str) -> str:
    """The change as `patch` and people read it."""
    named = f"{outlet}.yml"
    return "".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"a/{named}", f"b/{named}"))
