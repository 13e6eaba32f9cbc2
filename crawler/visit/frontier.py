"""The books of one crawl: which candidates were listed, admitted, refused and why; it hands out, and never fetches.

Conservation: listed = admitted + refused + again (another address of a story that was admitted).

With an economy, stories are judged by their hints: what is likely by title and summary is let out at once, the rest
waits until the seeds are read (crawler/visit/waiting.py).
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace

from archive import urls
from archive.errors import UsageError
from archive.records import Hints, Reason, Rejection, Role, Window
from archive.scratch import Scratch
from crawler import scope
from crawler.discover import Candidate
from crawler.outlet import Outlet
from crawler.visit.waiting import Economy, Heard, LetGo, Waiting

NEAR = 64  # candidates that are read from the disk at once
_HINTS = tuple(field.name for field in fields(Hints))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the stories of one seed page mean for turning the page."""

    keys: frozenset[str]  # stories on it
    older: frozenset[str]  # those of them that are older than the window


class Frontier:
    """Takes candidates in, lets out as many as the limit allows, and counts every verdict by address.

    Its books lie on disk: a hundred thousand candidates take no more memory than a thousand.
    """

    def __init__(
        self,
        *,
        outlet: Outlet,
        window: Window,
        known: scope.Held,
        limit: int | None = None,
        economy: Economy | None = None,
    ) -> None:
        """`limit` counts stories that come; None lets out all. Without an economy no hint refuses anything."""
        self.outlet = outlet
        self.window = window
        self.known = known
        self.limit = limit
        self._waits = Waiting(economy, outlet.id) if economy is not None else None
        scratch = Scratch()
        self._admitted = scratch.book()  # story key -> address that is fetched for it
        self._again = scratch.book()  # addresses of stories that are fetched at another
        self._refused = scratch.book()  # address -> reason of its last refusal
        self._outside = scratch.book()  # story key -> its refusal by date, in words
        self._late: Counter[Reason] = Counter()  # admitted, then refused on the way (robots, redirects)
        self._ahead = scratch.pile()  # what was admitted, in its order: let out first, then held back by the limit
        self._near: deque[bytes] = deque()  # of it, what is taken next
        self._let_out = 0
        self._taken = 0  # of those let out
        self._lost = 0

    def offer(self, candidates: Iterable[Candidate]) -> Offer:
        """Judge the candidates of one seed page. An address without twin part goes before its AMP or print twin."""
        keys: set[str] = set()
        older: set[str] = set()
        for candidate in _twins_last(candidates):
            key = self._key(candidate.url)
            verdict = self._judge(candidate, key)
            if key is not None:
                keys.add(key)
                if isinstance(verdict, Rejection) and scope.is_older(verdict):
                    older.add(key)
        self._let()
        return Offer(keys=frozenset(keys), older=frozenset(older))

    def _judge(self, candidate: Candidate, key: str | None) -> Candidate | Rejection:
        """Admit a story once. A refusal by date stands; one as held is lifted by a seed that knows of a change."""
        verdict = self._dated(key) or scope.admit(candidate, self.outlet, self.window, self.known)
        fetched = self._admitted.get(key) if key is not None else None
        if fetched is not None:
            if fetched != candidate.url:
                self._refused.pop(candidate.url)
                self._again[candidate.url] = ""
        elif isinstance(verdict, Rejection):
            self._refuse(candidate, key, verdict)
        elif key is not None:
            self._refused.pop(candidate.url)
            if self._waits is None:
                self._admit(key, candidate)
            else:
                self._hear(self._waits, key, candidate)
        return verdict

    def _admit(self, key: str, candidate: Candidate) -> None:
        self._admitted[key] = candidate.url
        self._ahead.add(_written(candidate))

    def _refuse(self, candidate: Candidate, key: str | None, why: Rejection) -> None:
        """By date a story is refused with all its addresses, even if it waits; for other reasons only the address is,
        and not that when its story waits at another.
        """
        is_dated = why.reason is Reason.OUTSIDE_WINDOW
        if key is not None and is_dated:
            self._outside[key] = why.detail
        if key is not None and self._waits is not None and self._waits.waits(key):
            self._waits.also(key, candidate.url)
            if is_dated:
                self._end(replace(self._waits.take_out(key), refused=why.reason))
        else:
            self._refused[candidate.url] = why.reason.value

    def _hear(self, waits: Waiting, key: str, candidate: Candidate) -> None:
        """Judge a story by its hints, as far as they go now."""
        heard = waits.hear(key, candidate.url, candidate.hints, _written(candidate).decode())
        if heard is Heard.REFUSED:
            self._refused[candidate.url] = waits.reason(key).value
        elif heard is Heard.SURE:
            self._end(waits.take_out(key))

    def settle(self) -> None:
        """Nothing more is listed for now: what waited is admitted or refused for good, and counted."""
        for one in self._waits.settle() if self._waits is not None else ():
            self._end(one)
        self._let()

    def _end(self, one: LetGo) -> None:
        """Enter what became of a story that waited, and of each address of it."""
        fetched = self._admitted.get(one.key)
        if one.refused is None and fetched is None:
            candidate = _read(one.kept.encode())
            hints = replace(candidate.hints, sampled=True) if one.sampled else candidate.hints
            own = min(one.addresses, key=lambda url: (_is_twin(url), url != candidate.url))
            self._admit(one.key, replace(candidate, url=own, hints=hints))
            fetched = own
        for url in one.addresses:
            self._refused.pop(url)
            if fetched is None and one.refused is not None:
                self._refused[url] = one.refused.value
            elif url != fetched:
                self._again[url] = ""

    def _key(self, url: str) -> str | None:
        """The story's key of an address of this outlet; a key alone says nothing of the host."""
        return self.outlet.story_key(url) if self.outlet.owns(url) else None

    def _dated(self, key: str | None) -> Rejection | None:
        said = self._outside.get(key) if key is not None else None
        return Rejection(reason=Reason.OUTSIDE_WINDOW, detail=said) if said is not None else None

    def _let(self) -> None:
        room = len(self._ahead) if self.limit is None else self.limit + self._lost
        self._let_out = max(self._let_out, min(len(self._ahead), room))

    def take(self, most: int) -> tuple[Candidate, ...]:
        """The next candidates to fetch, in the order in which they were admitted; none when none is let out."""
        taken: list[Candidate] = []
        while len(taken) < most and self._taken < self._let_out:
            if not self._near:
                self._near.extend(self._ahead.some(range(self._taken, min(self._let_out, self._taken + NEAR))))
            taken.append(_read(self._near.popleft()))
            self._taken += 1
        return tuple(taken)

    def lost(self, reason: Reason | None = None) -> None:
        """A story that was let out brought no page; with a limit, others may take its place."""
        if reason is not None:
            self._late[reason] += 1
        self._lost += 1
        self._let()

    @property
    def _waiting(self) -> int:
        """How many stories the limit holds back."""
        return len(self._ahead) - self._let_out

    @property
    def is_full(self) -> bool:
        """Whether the limit holds back what more is found. A limit of nought asks the seeds alone: it is never full."""
        if self.limit == 0:
            return False
        ready = self._waits.ready if self._waits is not None else 0
        return self._waiting > 0 or (self.limit is not None and self._let_out - self._lost + ready >= self.limit)

    def follow(self, candidate: Candidate, target: str) -> Candidate | Rejection:
        """Where a redirect of a candidate leads: the candidate at its new address, or why not to go there."""
        moved = replace(
            candidate, url=target, hints=replace(candidate.hints, hops=(*candidate.hints.hops, candidate.url))
        )
        refused = scope.of_outlet(target, self.outlet)
        if refused is not None:
            return refused
        before, after = self.outlet.story_key(candidate.url), self.outlet.story_key(target)
        if after is None:
            return Rejection(reason=Reason.NOT_A_STORY, detail=target)
        if after == before:
            return moved
        if after in self._admitted:
            return Rejection(reason=Reason.ALREADY_HELD, detail=f"{target} is fetched for itself")
        verdict = scope.admit(moved, self.outlet, self.window, self.known)
        if not isinstance(verdict, Rejection):
            self._admitted[after] = candidate.url  # as listed: the target, if listed too, is counted again
        return verdict

    def counts(self) -> dict[str, int]:
        """Distinct addresses listed, and what became of them; what still waits behind the limit is refused.

        With an economy, `settle` comes first.
        """
        refused = len(self._refused) + self._waiting
        return {
            "listed": refused + self._let_out + len(self._again),
            "admitted": self._let_out,
            "again": len(self._again),
            "refused": refused,
        }

    def refusals(self) -> dict[str, int]:
        """Refused candidates by reason: those never let out, and those let out and then turned back."""
        counted: Counter[str] = Counter(self._refused.values())
        counted.update({reason.value: number for reason, number in self._late.items()})
        if self._waiting:
            counted[Reason.OVER_LIMIT.value] += self._waiting
        return dict(sorted(counted.items()))


def _written(candidate: Candidate) -> bytes:
    said = {name: value for name in _HINTS if (value := getattr(candidate.hints, name))}
    return json.dumps([candidate.url, said]).encode()


def _read(written: bytes) -> Candidate:
    url, said = json.loads(written)
    hops = tuple(said.pop("hops", ()))
    return Candidate(url=url, hints=Hints(role=Role(said.pop("role")), hops=hops, **said))


def _twins_last(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    twins: list[Candidate] = []
    for candidate in candidates:
        if _is_twin(candidate.url):
            twins.append(candidate)
        else:
            yield candidate
    yield from twins


def _is_twin(url: str) -> bool:
    """Whether the address carries an AMP, print, embed or tracking part that its story's own lacks."""
    try:
        own = urls.canonical(url)
    except UsageError:
        return True
    return len(own) < len(url)
