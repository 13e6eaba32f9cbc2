"""The books of one crawl: which candidates were listed, admitted, refused and why; it hands out, and never fetches.

Conservation: listed = admitted + refused + again (another address of a story that was admitted).
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

    def __init__(self, *, outlet: Outlet, window: Window, known: scope.Held, limit: int | None = None) -> None:
        """`limit` counts stories that come; None lets out all."""
        self.outlet = outlet
        self.window = window
        self.known = known
        self.limit = limit
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
            self._refused[candidate.url] = verdict.reason.value
            if key is not None and verdict.reason is Reason.OUTSIDE_WINDOW:
                self._outside[key] = verdict.detail
        elif key is not None:
            self._refused.pop(candidate.url)
            self._admitted[key] = candidate.url
            self._ahead.add(_written(candidate))
        return verdict

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
        return self._waiting > 0 or (self.limit is not None and self._let_out - self._lost >= self.limit)

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
        """Distinct addresses listed, and what became of them; what still waits behind the limit is refused."""
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
        if _is_twin(candidate):
            twins.append(candidate)
        else:
            yield candidate
    yield from twins


def _is_twin(candidate: Candidate) -> bool:
    """Whether the address carries an AMP, print, embed or tracking part that its story's own lacks."""
    try:
        own = urls.canonical(candidate.url)
    except UsageError:
        return True
    return len(own) < len(candidate.url)
