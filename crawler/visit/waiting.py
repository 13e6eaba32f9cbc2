"""Stories that wait until every seed was read, each judged by the fullest words that any of them had for it.

What waits is let go likely stories first, then those drawn for the sample, then unknown ones within the budget: under a
budget as the lot falls, so that no end of the window goes before another. Verdicts are the same in whatever order the
seeds were read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Final

from archive.records import Hints, Reason
from archive.scratch import Book, Scratch
from archive.urls import story_id
from crawler import hinted
from crawler.hinted import Hinted, Prospect
from crawler.topic import TopicRules

SURE: Final = 3  # fullness of a likely story that need not wait: a title and a summary said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Economy:
    """What is fetched of what was listed.

    `sample` is the share of unlikely stories that is fetched all the same, 0 to 1; `budget` the number of stories
    fetched of which nothing is known, None for all of them; `told` what earlier listings said of a story, by its id.
    """

    topic: TopicRules
    sample: float
    budget: int | None = None
    told: Callable[[str], tuple[Hints, ...]] = lambda story: ()


class Heard(Enum):
    """What becomes of a story after one more address of it."""

    WAITS = "waits"
    SURE = "sure"  # it need not wait: take it out
    REFUSED = "refused"  # it was let go unfetched before, and this address says nothing new


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """One story that waited: what was kept for it, all its addresses, and whether it is fetched."""

    key: str
    kept: str
    addresses: tuple[str, ...]
    refused: Reason | None = None  # None: it is fetched
    sampled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """One story's line in the book."""

    verdict: Hinted
    kept: str  # of the fullest words
    addresses: tuple[str, ...]
    number: int  # in the order in which stories were first heard of
    gone: str | None = None  # let go; and its Reason where it was not fetched


class Waiting:
    """Takes in stories by key, and lets them go. Its books lie on disk."""

    def __init__(self, economy: Economy, outlet: str) -> None:
        """`outlet` is its id: what is drawn for the sample hangs on the ids of stories."""
        self.economy = economy
        self.outlet = outlet
        self._scratch = Scratch()
        self._stories = self._scratch.book()
        self._counted: Counter[Prospect] = Counter()  # of those that wait, by prospect
        self._spent = 0  # of the budget
        self._heard = 0

    def hear(self, key: str, url: str, hints: Hints, kept: str) -> Heard:
        """One more address of a story. What is `kept` of the fullest words comes back when the story is let go."""
        found = hinted.judge(hints, url, self.economy.topic)
        known = self._known(key)
        if known is None:
            earlier = (hinted.judge(each, url, self.economy.topic) for each in self.economy.told(self._id(key)))
            now = _Known(verdict=hinted.together([found, *earlier]), kept=kept, addresses=(url,), number=self._heard)
            self._heard += 1
        else:
            now = _Known(
                verdict=hinted.together([found, known.verdict]),
                kept=kept if found.rank > known.verdict.rank else known.kept,
                addresses=tuple(dict.fromkeys([*known.addresses, url])),
                number=known.number,
            )
            if known.gone is not None and now.verdict.expected is known.verdict.expected:
                self._note(key, replace(known, addresses=now.addresses))
                return Heard.REFUSED
            self._forget(known)
        self._counted[now.verdict.expected] += 1
        self._note(key, now)
        is_sure = now.verdict.expected is Prospect.LIKELY and now.verdict.fullness >= SURE
        return Heard.SURE if is_sure else Heard.WAITS

    def _id(self, key: str) -> str:
        return story_id(self.outlet, key)

    def _known(self, key: str) -> _Known | None:
        found = self._stories.get(key)
        if found is None:
            return None
        said = json.loads(found)
        verdict = said.pop("verdict")
        prospect, terms = Prospect(verdict.pop("prospect")), tuple(verdict.pop("terms"))
        addresses = tuple(said.pop("addresses"))
        return _Known(verdict=Hinted(prospect=prospect, terms=terms, **verdict), addresses=addresses, **said)

    def _note(self, key: str, known: _Known) -> None:
        self._stories[key] = json.dumps(asdict(known))

    def _forget(self, known: _Known) -> None:
        if known.gone is None:
            self._counted[known.verdict.expected] -= 1

    def waits(self, key: str) -> bool:
        """Whether a story was heard of and not let go."""
        known = self._known(key)
        return known is not None and known.gone is None

    def reason(self, key: str) -> Reason:
        """Why a story was let go unfetched. Raises KeyError."""
        known = self._known(key)
        if known is None or not known.gone:
            raise KeyError(key)
        return Reason(known.gone)

    def also(self, key: str, url: str) -> None:
        """An address of a story that waits, with nothing to say of it."""
        known = self._known(key)
        if known is not None and known.gone is None and url not in known.addresses:
            self._note(key, replace(known, addresses=(*known.addresses, url)))

    def take_out(self, key: str) -> LetGo:
        """A story that waits no longer, and is forgotten here. Raises KeyError."""
        known = self._known(key)
        if known is None:
            raise KeyError(key)
        self._stories.pop(key)
        self._forget(known)
        return LetGo(key=key, kept=known.kept, addresses=known.addresses)

    @property
    def ready(self) -> int:
        """How many of those that wait will be fetched at least."""
        unknown = self._counted[Prospect.UNKNOWN]
        return self._counted[Prospect.LIKELY] + min(unknown, self._left(unknown))

    def _left(self, most: int) -> int:
        budget = self.economy.budget
        return most if budget is None else max(0, budget - self._spent)

    def settle(self) -> Iterator[LetGo]:
        """Let go of all that waits: nothing more is listed for now. A story of which more is heard waits anew."""
        for key in self._in_order().values():
            known = self._known(key)
            if known is not None:
                yield self._let_go(key, known)

    def _in_order(self) -> Book:
        order = self._scratch.book()
        for key in self._stories:
            known = self._known(key)
            if known is not None and known.gone is None:
                order[self._place(key, known)] = key
        return order

    def _place(self, key: str, known: _Known) -> str:
        """A word that sorts likely before drawn before unknown, and these among themselves."""
        by_lot = f"{self._drawn(key):.18f} {key}"
        as_heard = f"{known.number:012}"
        if known.verdict.expected is Prospect.LIKELY:
            return f"1 {as_heard}"
        if known.verdict.expected is Prospect.UNLIKELY:
            return f"2 {by_lot}"
        hinted_at = 0 if known.verdict.sought or known.verdict.score > 0 else 1
        return f"3 {as_heard if self.economy.budget is None else f'{hinted_at} {by_lot}'}"

    def _drawn(self, key: str) -> float:
        return hinted.drawn(self._id(key))

    def _let_go(self, key: str, known: _Known) -> LetGo:
        refused, sampled = None, False
        if known.verdict.expected is Prospect.UNLIKELY:
            sampled = self._drawn(key) < self.economy.sample
            refused = None if sampled else Reason.OFF_TOPIC_HINTS
        elif known.verdict.expected is Prospect.UNKNOWN:
            refused = None if self._left(1) else Reason.OVER_BUDGET
            self._spent += refused is None
        self._forget(known)
        self._note(key, replace(known, gone=refused.value if refused else ""))
        return LetGo(key=key, kept=known.kept, addresses=known.addresses, refused=refused, sampled=sampled)
