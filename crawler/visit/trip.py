"""The course of one crawl as books that decide what is asked next; it knows no Scrapy, no clock and no network."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from archive.records import Capture, Hints, Reason, Rejection, Role
from crawler import scope
from crawler.discover import Candidate, Further, Listing, read_seed
from crawler.orders import CrawlOrder, SeedReport, UrlError
from crawler.outlet import Outlet
from crawler.visit.books import MAX_HOPS, Answer, Ask, Mishaps
from crawler.visit.frontier import Frontier
from crawler.visit.seeds import SeedPage, Turning, numbered, search_terms, seed_pages

MAX_DEPTH = 3  # of sitemap indexes: the protocol knows one level, real sites two
# Sub-sitemaps that one crawl follows: daily maps of three years are 1,095, and an index made by a broken or hostile
# program has no end.
MAX_MAPS = 5000
NOT_MODIFIED = 304
PAST_THE_END = (400, 404, 410)  # what a listing answers for a page it does not have

HeldContent = Callable[[str], bytes]


class _Book:
    """What one seed brought so far."""

    def __init__(self, most: int) -> None:
        self.turning = Turning(most)
        self.pages = 0
        self.answered = 0
        self.candidates = 0
        self.skipped = 0
        self.left_out = 0  # sub-sitemaps beyond MAX_MAPS
        self.problem: str | None = None

    def said(self) -> str | None:
        """What was wrong with the seed, in one line."""
        bound = f"{self.left_out} sub-sitemaps were left out: a crawl follows {MAX_MAPS} at most"
        return "; ".join(filter(None, [self.problem, bound if self.left_out else None])) or None


class Trip:
    """Seed pages to ask for, one after the other; candidates let out; errors, answers and reasons counted."""

    def __init__(self, order: CrawlOrder, outlet: Outlet, frontier: Frontier, held_content: HeldContent) -> None:
        """`held_content` says what a seed page held when it was last captured whole, for a 304."""
        self.order = order
        self.outlet = outlet
        self.frontier = frontier
        self.held_content = held_content
        self.robots: dict[str, str] = {}  # origin -> verdict on its root, written by the gate
        self.delay = outlet.pace.delay  # seconds, raised by the gate
        self.answers: Counter[int] = Counter()
        self._mishaps = Mishaps()
        self._ahead: deque[SeedPage] = deque()
        self._books: dict[tuple[str, str], _Book] = {}
        self._asked: set[str] = set()
        self._maps: set[str] = set()  # sub-sitemaps followed
        self.refusal: str | None = None  # why nothing more may be asked of the outlet, written by the gate
        pages = [] if order.stories else self._seeds()
        for page in pages:
            self._book(page)
        self._ahead.extend(pages)
        frontier.offer(Candidate(url=url, hints=Hints(role=Role.PAGE)) for url in order.stories)

    def _seeds(self) -> list[SeedPage]:
        terms = search_terms(self.order.terms, self.order.kinds)
        today = self.order.now.astimezone(ZoneInfo(self.outlet.timezone)).date()
        pages = seed_pages(self.outlet, self.order.window, self.order.kinds, terms, today)
        return [page for page in pages if not self.order.seeds or page.seed.url in self.order.seeds]

    def _book(self, page: SeedPage) -> _Book:
        return self._books.setdefault((page.seed.kind, page.seed.url), _Book(self.order.pages))

    def next_seed(self) -> SeedPage | None:
        """The next seed page to ask for; None when there is none, or when the limit makes more of them pointless."""
        while self._ahead and not self.frontier.is_full and self.refusal is None:
            page = self._ahead.popleft()
            if page.url not in self._asked:
                self._asked.add(page.url)
                self._book(page).pages += 1
                return page
        self.frontier.settle()
        return None

    def seed_ask(self, page: SeedPage, url: str | None = None, hops: tuple[str, ...] = ()) -> Ask:
        """The request for a seed page, or for the address that it moved to."""
        hints = Hints(role=Role.SEED, seed=page.seed.url, seed_kind=page.seed.kind.value, hops=hops)
        return Ask(url=url or page.url, hints=hints)

    def page_ask(self, candidate: Candidate) -> Ask:
        """The request for a story's page."""
        return Ask(url=candidate.url, hints=candidate.hints)

    def next_pages(self, most: int) -> tuple[Candidate, ...]:
        """The next stories to ask for, at most so many."""
        return self.frontier.take(most)

    def seed_answered(self, page: SeedPage, answer: Answer) -> None:
        """Take in a seed page: its stories are judged, what follows it is remembered."""
        book = self._book(page)
        if answer.status >= 400:
            if not (page.number > 1 and answer.status in PAST_THE_END):
                book.problem = f"{answer.url} answered {answer.status}"
            return
        content = self.held_content(answer.url) if answer.status == NOT_MODIFIED else answer.content
        listing = read_seed(page.seed.kind, answer.url, content, answer.content_type)
        if listing.reason is Reason.SOFT_404 and page.number > 1:
            return
        problem = listing.problem or answer.problem
        # A page that could not be read and brought nothing (a captcha, say) is no answer of the seed.
        book.answered += bool(listing.candidates or listing.more or problem is None)
        if problem:
            book.problem = f"{answer.url}: {problem}"
        offer = self.frontier.offer(listing.candidates)
        book.candidates += len(listing.candidates)
        self._remember(page, listing)
        if page.is_paged and self._another(page, answer, book.turning.turn(offer.keys, offer.older, page.number)):
            self._ahead.appendleft(numbered(page, page.number + 1))

    def _another(self, page: SeedPage, answer: Answer, turned: bool) -> bool:
        """Whether the seed's next page is asked for; a count of pages that the server gave is believed."""
        return turned and (answer.total_pages is None or page.number < answer.total_pages)

    def _remember(self, page: SeedPage, listing: Listing) -> None:
        """Further maps go to the front of the queue, in their order, those that cannot hold the window left out."""
        book = self._book(page)
        wanted = [further for further in listing.more if self._wanted(page, further)]
        book.skipped += len(listing.more) - len(wanted)
        fresh = [further for further in wanted if further.url not in self._maps]
        followed = fresh[: MAX_MAPS - len(self._maps)]
        book.left_out += len(fresh) - len(followed)
        self._maps.update(further.url for further in followed)
        self._ahead.extendleft(
            replace(page, url=further.url, template=further.url, number=1, depth=page.depth + 1)
            for further in reversed(followed)
        )

    def _wanted(self, page: SeedPage, further: Further) -> bool:
        is_ours = scope.of_outlet(further.url, self.outlet) is None
        return is_ours and page.depth < MAX_DEPTH and scope.may_hold(further, self.outlet, self.order.window)

    def seed_failed(self, page: SeedPage, url: str, error: str) -> None:
        """A seed page brought no answer."""
        self._book(page).problem = f"{url}: {error}"
        self.error(url, error)

    def seed_moved(self, page: SeedPage, url: str, target: str, hops: int) -> Rejection | None:
        """Why a seed page's redirect is not followed; None when it is."""
        refused = scope.of_outlet(target, self.outlet)
        if refused is None and hops > MAX_HOPS:
            refused = Rejection(reason=Reason.FETCH_FAILED, detail=f"more than {MAX_HOPS} redirects")
        if refused is not None:
            self.seed_failed(page, url, f"moved to {target}: {refused.reason.value}")
        return refused

    def page_answered(self, status: int, candidate: Candidate | None = None, capture: Capture | None = None) -> None:
        """A page came; an error page makes room for another story under a limit."""
        self.answers[status] += 1
        if status >= 400:
            self.frontier.lost()

    def page_moved(self, candidate: Candidate, target: str) -> Candidate | Rejection:
        """Where a page's redirect leads, or why it is not followed; the hop itself is captured either way."""
        if len(candidate.hints.hops) >= MAX_HOPS:
            return Rejection(reason=Reason.FETCH_FAILED, detail=f"more than {MAX_HOPS} redirects")
        return self.frontier.follow(candidate, target)

    def page_lost(self, url: str, reason: Reason, error: str, candidate: Candidate | None = None) -> None:
        """No page came of an admitted candidate; others may take its place under a limit.

        A plain refusal is counted; only what went wrong is kept as an error.
        """
        if reason not in (Reason.ALREADY_HELD, Reason.PURGED, Reason.ROBOTS_DISALLOW):
            self.error(url, error)
        self.frontier.lost(reason)

    def error(self, url: str, said: str) -> None:
        """Keep one line for the report."""
        self._mishaps.add(url, said)

    def errors(self) -> tuple[UrlError, ...]:
        """The first of them, and how many more there were."""
        return self._mishaps.told()

    def finish(self) -> None:
        """Nothing more is asked for: what waits is admitted or refused for good."""
        self.frontier.settle()

    def counts(self) -> dict[str, int]:
        """Distinct addresses listed, and what became of them."""
        return self.frontier.counts()

    def refusals(self) -> dict[str, int]:
        """Refused candidates by reason."""
        return self.frontier.refusals()

    def seed_reports(self) -> tuple[SeedReport, ...]:
        """What each seed brought, in the file's order; seeds that the window ruled out do not stand here."""
        return tuple(
            SeedReport(
                kind=kind,
                url=url,
                pages=book.pages,
                candidates=book.candidates,
                skipped=book.skipped,
                problem=book.said(),
            )
            for (kind, url), book in self._books.items()
        )

    def verdict(self) -> tuple[bool, str]:
        """Whether the outlet worked as a whole, and one line on how the crawl ended. One readable seed is enough."""
        if self.order.stories:
            return self.refusal is None, f"{self.outlet.id}: {self.refusal or 'every story told of was asked for'}"
        if not self.outlet.seeds:
            return False, f"{self.outlet.id}: its file names no seed to crawl"
        if not self._books:
            return True, f"{self.outlet.id}: no seed can hold these days"
        if self.refusal is not None:
            return False, f"{self.outlet.id}: {self.refusal}"
        asked = [book for book in self._books.values() if book.pages]
        if any(book.answered for book in asked):
            troubled = sum(book.said() is not None for book in asked)
            end = f"{troubled} of {len(asked)} seeds had problems" if troubled else "every seed was followed to its end"
            return True, f"{self.outlet.id}: {end}"
        problem = next((book.problem for book in asked if book.problem), "no seed was asked")
        return False, f"{self.outlet.id}: no seed could be read: {problem}"
