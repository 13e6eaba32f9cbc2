"""The course of an order at a web archive as books: its indexes, copies of the outlet's listings, copies of stories.

It decides what is asked next, and what an answer is worth; it knows no Scrapy, no clock and no network. The outlet's
own host is never among what it asks for.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from archive.records import Capture, Hints, Reason, Rejection, Role, Via
from archive.scratch import Scratch
from crawler.archives import commoncrawl, wayback
from crawler.archives.choosing import Choice, ListingCopy, Pick, Refused, candidate, memento_name, spread
from crawler.archives.copies import Listings, Question
from crawler.archives.indexes import Indexes
from crawler.archives.judging import Reading, Verdict, Worth, judge
from crawler.archives.rows import Row, row_of
from crawler.archives.walks import TRIES
from crawler.discover import Candidate
from crawler.orders import CrawlOrder, SeedReport, UrlError
from crawler.visit.books import MAX_HOPS, Answer, Ask, Mishaps
from crawler.visit.frontier import Frontier

LISTINGS: Final = 100  # copies that are read of one listing
ALL_LISTINGS: Final = 600  # copies that are fetched of all of them: each page of a section is a listing of its own
SLACK: Final = 64 << 10  # bytes taken of an answer to a range, however short the range: an archive's words of refusal
BATCH: Final = 500  # candidates that are offered at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy of a story to fetch: the candidate, the row to ask by, rows to try in its place; `tries` went before."""

    story: Candidate
    row: Row
    spare: tuple[Row, ...] = ()
    url: str | None = None  # where the archive led on to
    tries: int = 0
    hops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What is known of pages: the exchange that brought a held copy, by its `memento_name`; how one is read."""

    shelved: Callable[[str], Capture | None] = lambda name: None
    reading: Reading = lambda memento: None


class Course:
    """Questions first, then copies; see crawler/visit/books.py for what each verb promises."""

    def __init__(
        self,
        *,
        order: CrawlOrder,
        indexes: Indexes,
        choice: Choice,
        frontier: Frontier,
        pages: Pages,
    ) -> None:
        """`choice` says which copies are wanted, `frontier` judges stories by date and hints."""
        self.order = order
        self.outlet = choice.outlet
        self.frontier = frontier
        self.refusal: str | None = None
        self.delay = min(lane.interval for lane in indexes.service.lanes)
        self.robots: dict[str, str] = {}
        self.answers: Counter[int] = Counter()
        self._service = indexes.service
        self._indexes = indexes
        self._choice = choice
        self._pages = pages
        self._listings: Listings | None = None  # None while the indexes are read
        self._left_out = 0  # copies of listings beyond LISTINGS
        self._picks = Scratch().book()  # story key -> its copies
        self._turned: Counter[str] = Counter()  # what the choice refused, by reason
        self._copies: deque[Copy] = deque()
        self._is_offered = False
        self._mishaps = Mishaps()

    # ---- indexes and listings ---------------------------------------------------------------------------------------

    def next_seed(self) -> Question | None:
        """See Books: the indexes to their end, then copies of the outlet's own listings; then stories are offered."""
        if self.refusal is not None:
            return None
        if self._listings is None:
            address, rows = self._indexes.next()
            self._choice.take(rows)
            if address is not None:
                return Question(url=address)
            self._listings = self._found_listings()
        question = self._listings.next()
        if question is None and not self._is_offered:
            self._is_offered = True
            self._offer(self._listings)
        return question

    def _found_listings(self) -> Listings:
        copies, self._left_out = self._choice.listings(LISTINGS)
        listings = Listings()
        fresh = [copy for copy in copies if not self._is_shelved(copy, listings)]
        chosen = spread(fresh, ALL_LISTINGS)
        self._left_out += len(fresh) - len(chosen)
        for copy in chosen:
            if (url := self._address(copy.row)) is not None:
                listings.add(copy, url)
        return listings

    def _is_shelved(self, copy: ListingCopy, listings: Listings) -> bool:
        """Read a copy from the shelf; whether it was there."""
        held = self._pages.shelved(memento_name(copy.row.url, copy.row.stamp))
        return held is not None and listings.held(copy, held)

    def _address(self, row: Row) -> str | None:
        """Where the archive gives a capture; None when its index does not say where."""
        if self._service.via is Via.WAYBACK:
            return wayback.replay_address(self._service.pages, row.url, row.stamp)
        place = commoncrawl.ranged(self._service.pages, row)
        return place.address if place is not None else None

    def seed_ask(self, page: Question, url: str | None = None, hops: tuple[str, ...] = ()) -> Ask:
        """See Books."""
        if page.listing is None:
            hints = Hints(role=Role.SEED, seed=self._service.index, seed_kind=self._service.via.value, hops=hops)
            return self._ask(url or page.url, hints)
        seed = page.listing.seed
        hints = Hints(role=Role.SEED, seed=seed.url, seed_kind=seed.kind.value, hops=hops)
        return self._ask_copy(url or page.url, hints, page.listing.row)

    def _ask(self, url: str, hints: Hints) -> Ask:
        lane = self._service.lane(url)
        is_public = lane is None or lane.public
        return Ask(url=url, hints=hints, via=self._service.via, public=is_public, keep=True, conditional=False)

    def _ask_copy(self, url: str, hints: Hints, row: Row) -> Ask:
        asked = self._ask(url, replace(hints, memento=row.url, memento_time=row.stamp))
        place = commoncrawl.ranged(self._service.pages, row) if self._service.via is Via.COMMONCRAWL else None
        if place is None:
            return asked
        # A coding on the way would be none of the record's; of a whole file no more than the range is read.
        headers = {"Range": place.header, "Accept-Encoding": "identity"}
        return replace(asked, headers=headers, most=max(place.length, SLACK))

    def seed_answered(self, page: Question, answer: Answer) -> None:
        """See Books."""
        if page.listing is None:
            rows = self._indexes.answered(answer.content, answer.status, answer.content_type, _torn(answer))
            self._choice.take(rows)
        elif self._listings is not None and answer.capture is not None:
            self._listings.answered(page, answer.capture)

    def seed_failed(self, page: Question, url: str, error: str) -> None:
        """See Books. Where nothing more may be asked, what was not asked for has not failed."""
        if self.refusal is not None:
            return
        if page.listing is None:
            self._indexes.failed(error)
        elif self._listings is not None:
            self._listings.failed(page, error)

    def seed_moved(self, page: Question, url: str, target: str, hops: int) -> Rejection | None:
        """See Books: only to another address of the archive's own that may be asked."""
        refused = self._strays(target, hops)
        if refused is not None:
            self.seed_failed(page, url, f"moved to {target}: {refused.reason.value}")
        return refused

    def _strays(self, target: str, hops: int) -> Rejection | None:
        if self._service.lane(target) is None:
            return Rejection(reason=Reason.FOREIGN_HOST, detail=target)
        if hops > MAX_HOPS:
            return Rejection(reason=Reason.FETCH_FAILED, detail=f"more than {MAX_HOPS} redirects")
        return None

    # ---- stories ----------------------------------------------------------------------------------------------------

    def _offer(self, listings: Listings) -> None:
        """All that the indexes know of, with the words that copies of listings have for it."""
        for judged in self._choice.stories():
            if isinstance(judged, Refused):
                self._turned[judged.why.reason.value] += 1
            else:
                self._pick(judged)
        self._turned.update(Counter(other.why.reason.value for other in self._choice.others()))
        offered = self._candidates(listings)
        while batch := tuple(islice(offered, BATCH)):
            self.frontier.offer(batch)
        self.frontier.settle()

    def _pick(self, pick: Pick) -> None:
        """Enter a copy to fetch; one of which the index does not say where it lies is none."""
        rows = [row.dump() for row in (pick.row, *pick.spare) if self._address(row) is not None]
        if not rows:
            self._turned[Reason.NO_MEMENTO.value] += 1
            return
        self._picks[pick.key] = json.dumps([*json.loads(self._picks.get(pick.key) or "[]"), rows])

    def _candidates(self, listings: Listings) -> Iterator[Candidate]:
        """First with the words of a listing, then by its address alone: the first to come stands."""
        for item in listings.items():
            named = self.outlet.story_key(item.url) if self.outlet.owns(item.url) else None
            if named is not None and named in self._picks:
                yield item
        for key in self._picks:
            first = self._rows(key)[0]
            yield candidate(Pick(key=key, row=first[0]), self._service.via, self._service.index)

    def _rows(self, key: str) -> list[list[Row]]:
        """The copies of a story, each with those to try in its place."""
        said = json.loads(self._picks.get(key) or "[]")
        return [[row for each in copy if (row := row_of(each)) is not None] for copy in said]

    def next_pages(self, most: int) -> tuple[Copy, ...]:
        """See Books."""
        if self.refusal is not None:
            return ()
        while len(self._copies) < most and (taken := self.frontier.take(1)):
            self._copies.extend(self._copies_of(taken[0]))
        return tuple(self._copies.popleft() for _ in range(min(most, len(self._copies))))

    def _copies_of(self, story: Candidate) -> Iterable[Copy]:
        copies = self._rows(self.outlet.key(story.url))
        return [Copy(story=story, row=rows[0], spare=tuple(rows[1:])) for rows in copies if rows]

    def page_ask(self, candidate: Copy) -> Ask:
        """See Books."""
        url = candidate.url or self._address(candidate.row) or self._service.pages
        return self._ask_copy(url, replace(candidate.story.hints, hops=candidate.hops), candidate.row)

    def page_answered(self, status: int, candidate: Copy, capture: Capture | None = None) -> None:
        """See Books: a copy that is none is asked for again, or another one in its place."""
        verdict = (
            judge(capture, self._pages.reading) if capture is not None else Verdict(worth=Worth.AGAIN, status=status)
        )
        if verdict.worth is Worth.GOOD:
            self.answers[verdict.status] += 1
        else:
            self._missed(candidate, verdict.said, may_pass=verdict.worth is Worth.AGAIN)

    def _missed(self, copy: Copy, said: str, *, may_pass: bool, reason: Reason = Reason.NO_MEMENTO) -> None:
        if may_pass and copy.tries + 1 < TRIES:
            self._copies.append(replace(copy, tries=copy.tries + 1, url=None, hops=()))
        elif copy.spare:
            self._copies.append(Copy(story=copy.story, row=copy.spare[0], spare=copy.spare[1:]))
        else:
            self._mishaps.add(self._address(copy.row) or copy.row.url, said)
            self.frontier.lost(Reason.FETCH_FAILED if may_pass else reason)

    def page_moved(self, candidate: Copy, target: str) -> Copy | Rejection:
        """See Books: to the nearest capture, which is judged by what it says of itself."""
        refused = self._strays(target, len(candidate.hops) + 1)
        if refused is not None:
            return refused
        hops = (*candidate.hops, candidate.url or self._address(candidate.row) or "")
        return replace(candidate, url=target, hops=hops)

    def page_lost(self, url: str, reason: Reason, error: str, candidate: Copy | None = None) -> None:
        """See Books."""
        if self.refusal is None and candidate is not None:
            self._missed(candidate, error, may_pass=reason is Reason.FETCH_FAILED, reason=reason)

    # ---- the report -------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """See Books."""
        self.frontier.settle()

    def counts(self) -> dict[str, int]:
        """See Books: what the choice refused is refused before anything is offered."""
        counted = self.frontier.counts()
        turned = self._turned.total()
        return {**counted, "listed": counted["listed"] + turned, "refused": counted["refused"] + turned}

    def refusals(self) -> dict[str, int]:
        """See Books."""
        return dict(sorted((self._turned + Counter(self.frontier.refusals())).items()))

    def errors(self) -> tuple[UrlError, ...]:
        """See Books."""
        lost = self._listings.lost if self._listings is not None else []
        return (*(UrlError(url=url, error=said) for url, said in lost), *self._mishaps.told())

    def seed_reports(self) -> tuple[SeedReport, ...]:
        """See Books: the questions to the indexes, then the listings."""
        kind = self._service.via.value
        asked = tuple(
            SeedReport(kind=kind, url=told.url, pages=told.pages, candidates=told.rows, problem=told.problem)
            for told in self._indexes.told()
        )
        return (*asked, *(self._listings.reports() if self._listings is not None else ()))

    def verdict(self) -> tuple[bool, str]:
        """See Books. An index that was not read to its end is a problem, and one that was not read at all a failure."""
        name = f"{self.outlet.id}, {self._service.via.value}"
        if self.refusal is not None:
            return False, f"{name}: {self.refusal}"
        asked = self._indexes.told()
        problems = [told.problem for told in asked if told.problem]
        if problems and len(problems) == len(asked):
            return False, f"{name}: no index could be read: {problems[0]}"
        if problems:
            return True, f"{name}: {len(problems)} of {len(asked)} indexes had problems"
        if not asked:
            return True, f"{name}: no index can hold these days"
        more = f"; {self._left_out} copies of listings were not read" if self._left_out else ""
        return True, f"{name}: every index was read to its end{more}"


def _torn(answer: Answer) -> str | None:
    """What kept an answer from being whole; lines that end well may be the half of them all the same."""
    is_cut = answer.capture is not None and answer.capture.truncated is not None
    return answer.problem or ("cut short on its way" if is_cut else None)
