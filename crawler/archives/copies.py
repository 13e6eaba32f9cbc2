"""Copies of the outlet's own listings that an archive holds: which are asked for, and what their items say; pure books.

A copy names stories with their titles and dates as they stood then, which no index does.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from archive import http
from archive.records import Capture, Hints, Role
from archive.scratch import Scratch
from crawler.archives.choosing import ListingCopy
from crawler.archives.judging import Worth, judge
from crawler.archives.walks import TRIES
from crawler.discover import Candidate, read_seed
from crawler.orders import SeedReport
from crawler.outlet import Seed

WORDS: Final = ("title", "summary", "published", "lastmod")  # what a listing says of an item


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One page of an index, or a copy of a listing, to ask for; `tries` went before."""

    url: str
    listing: ListingCopy | None = None
    tries: int = 0


class Listings:
    """Copies to ask for, one after the other; the items on them."""

    def __init__(self) -> None:
        self.lost: list[tuple[str, str]] = []  # address and why: copies that did not come
        self._ahead: deque[Question] = deque()
        self._reports: dict[tuple[str, str], SeedReport] = {}
        self._items = Scratch().book()  # an item on a listing -> both addresses, and the words

    def add(self, copy: ListingCopy, url: str) -> None:
        """A copy to ask for, and the archive's address of it."""
        self._ahead.append(Question(url=url, listing=copy))

    def next(self) -> Question | None:
        """The next copy to ask for."""
        if not self._ahead:
            return None
        question = self._ahead.popleft()
        if question.listing is not None and not question.tries:
            self._count(question.listing.seed, pages=1)
        return question

    def answered(self, question: Question, capture: Capture) -> None:
        """Read a copy that came, or ask again where the archive was ill."""
        verdict = judge(capture)
        listing = question.listing
        if verdict.memento is None or listing is None:
            self.failed(question, verdict.said, may_pass=verdict.worth is Worth.AGAIN)
            return
        self._read(listing, verdict.memento)

    def held(self, listing: ListingCopy, capture: Capture) -> bool:
        """Read a copy that is on the shelf already; whether it could be."""
        memento = judge(capture).memento
        if memento is not None:
            self._read(listing, memento)
        return memento is not None

    def _read(self, listing: ListingCopy, memento: Capture) -> None:
        message = http.parse(memento.response)
        held = http.content(message)
        named = message.header(b"Content-Type")
        kind = named.decode("latin-1") if named else None
        found = read_seed(listing.seed.kind, listing.row.url, held.data, kind)
        for item in found.candidates:
            self._note(listing.seed, item)
        problem = found.problem or held.problem
        said = f"{listing.row.stamp}: {problem}" if problem else None
        self._count(listing.seed, candidates=len(found.candidates), problem=said)

    def failed(self, question: Question, said: str, *, may_pass: bool = True) -> None:
        """No copy came: it is asked for again, or given up."""
        if may_pass and question.tries + 1 < TRIES:
            self._ahead.append(replace(question, tries=question.tries + 1))
            return
        self.lost.append((question.url, said))
        if question.listing is not None:
            self._count(question.listing.seed, problem=f"{question.url}: {said}")

    def _note(self, seed: Seed, item: Candidate) -> None:
        """Of each listing the fullest words for an item stay: that a tag's list names it says more than they do."""
        words = {name: said for name in WORDS if (said := getattr(item.hints, name))}
        said = json.dumps([item.url, seed.url, seed.kind.value, words])
        place = f"{item.url} {seed.url}"
        if len(said) > len(self._items.get(place) or ""):
            self._items[place] = said

    def _count(self, seed: Seed, *, pages: int = 0, candidates: int = 0, problem: str | None = None) -> None:
        key = (seed.kind.value, seed.url)
        before = self._reports.get(key) or SeedReport(kind=key[0], url=key[1])
        self._reports[key] = replace(
            before,
            pages=before.pages + pages,
            candidates=before.candidates + candidates,
            problem=problem or before.problem,
        )

    def items(self) -> Iterator[Candidate]:
        """Every item that a copy named, once for each listing."""
        for said in self._items.values():
            url, seed, kind, words = json.loads(said)
            yield Candidate(url=url, hints=Hints(role=Role.PAGE, seed=seed, seed_kind=kind, **words))

    def reports(self) -> tuple[SeedReport, ...]:
        """What each listing brought."""
        return tuple(self._reports.values())
