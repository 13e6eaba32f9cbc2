"""The books of one crawl: which candidates were listed, admitted, refused and why; it hands out, and never fetches.

Conservation: listed = admitted + refused + again (another address of a story that was admitted).
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from archive import urls
from archive.errors import UsageError
from archive.records import Reason, Rejection, Window
from crawler import scope
from crawler.discover import Candidate
from crawler.outlet import Outlet


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What came of one seed page: what to fetch now, and what its stories mean for turning the page."""

    fetch: tuple[Candidate, ...]
    keys: frozenset[str]  # stories on it
    older: frozenset[str]  # those of them that are older than the window


class Frontier:
    """Takes candidates in, lets out as many as the limit allows, and counts every verdict by address."""

    def __init__(self, *, outlet: Outlet, window: Window, known: scope.Held, limit: int | None = None) -> None:
        """`limit` counts stories that come; None lets out all."""
        self.outlet = outlet
        self.window = window
        self.known = known
        self.limit = limit
        self.admitted: dict[str, Candidate] = {}  # story key -> what is fetched for it
        self.again: set[str] = set()
        self.refused: dict[str, Reason] = {}  # address -> last refusal
        self.outside: dict[str, Rejection] = {}  # story key -> its refusal by date
        self.late: Counter[Reason] = Counter()  # admitted, then refused on the way (robots, redirects)
        self.waiting: deque[str] = deque()  # story keys held back by the limit
        self._let_out = 0
        self._lost = 0

    def offer(self, candidates: Iterable[Candidate]) -> Offer:
        """Judge the candidates of one seed page. An address without twin part goes before its AMP or print twin."""
        keys: set[str] = set()
        older: set[str] = set()
        for candidate in sorted(candidates, key=_is_twin):
            verdict = self._judge(candidate)
            key = self._key(candidate.url)
            if key is not None:
                keys.add(key)
                if isinstance(verdict, Rejection) and scope.is_older(verdict):
                    older.add(key)
        return Offer(fetch=self._let(), keys=frozenset(keys), older=frozenset(older))

    def _judge(self, candidate: Candidate) -> Candidate | Rejection:
        """Admit a story once. A refusal by date stands; one as held is lifted by a seed that knows of a change."""
        key = self._key(candidate.url)
        dated = self.outside.get(key) if key is not None else None
        verdict = dated or scope.admit(candidate, self.outlet, self.window, self.known)
        if key is not None and key in self.admitted:
            if self.admitted[key].url != candidate.url:
                self._again(candidate.url)
        elif isinstance(verdict, Rejection):
            self.refused[candidate.url] = verdict.reason
            if key is not None and verdict.reason is Reason.OUTSIDE_WINDOW:
                self.outside[key] = verdict
        elif key is not None:
            self.refused.pop(candidate.url, None)
            self.admitted[key] = candidate
            self.waiting.append(key)
        return verdict

    def _key(self, url: str) -> str | None:
        """The story's key of an address of this outlet; a key alone says nothing of the host."""
        return self.outlet.story_key(url) if self.outlet.owns(url) else None

    def _again(self, url: str) -> None:
        self.refused.pop(url, None)
        self.again.add(url)

    def _let(self) -> tuple[Candidate, ...]:
        out: list[Candidate] = []
        while self.waiting and (self.limit is None or self._let_out - self._lost < self.limit):
            out.append(self.admitted[self.waiting.popleft()])
            self._let_out += 1
        return tuple(out)

    def lost(self, reason: Reason | None = None) -> tuple[Candidate, ...]:
        """A story that was let out brought no page; with a limit, others may take its place."""
        if reason is not None:
            self.late[reason] += 1
        self._lost += 1
        return self._let()

    @property
    def is_full(self) -> bool:
        """Whether the limit holds back what more is found. A limit of nought asks the seeds alone: it is never full."""
        if self.limit == 0:
            return False
        return bool(self.waiting) or (self.limit is not None and self._let_out - self._lost >= self.limit)

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
        if after in self.admitted:
            return Rejection(reason=Reason.ALREADY_HELD, detail=f"{target} is fetched for itself")
        verdict = scope.admit(moved, self.outlet, self.window, self.known)
        if not isinstance(verdict, Rejection):
            self.admitted[after] = candidate  # under its listed address: the target, if listed too, is counted again
        return verdict

    def counts(self) -> dict[str, int]:
        """Distinct addresses listed, and what became of them; what still waits behind the limit is refused."""
        refused = len(self.refused) + len(self.waiting)
        admitted = self._let_out
        return {
            "listed": refused + admitted + len(self.again),
            "admitted": admitted,
            "again": len(self.again),
            "refused": refused,
        }

    def refusals(self) -> dict[str, int]:
        """Refused candidates by reason: those never let out, and those let out and then turned back."""
        counted: Counter[str] = Counter(reason.value for reason in self.refused.values())
        counted.update({reason.value: number for reason, number in self.late.items()})
        if self.waiting:
            counted[Reason.OVER_LIMIT.value] += len(self.waiting)
        return dict(sorted(counted.items()))


def _is_twin(candidate: Candidate) -> bool:
    """Whether the address carries an AMP, print, embed or tracking part that its story's own lacks."""
    try:
        own = urls.canonical(candidate.url)
    except UsageError:
        return True
    return len(own) < len(candidate.url)
