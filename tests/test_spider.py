"""The spider feeds Scrapy a few pages at a time, seeds first, and no answer, refusal or fault lets it stall."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from itertools import count
from types import SimpleNamespace

import pytest
from scrapy import Request
from scrapy.exceptions import DontCloseSpider
from scrapy.http import TextResponse
from twisted.python.failure import Failure

from archive.cdx import Known
from crawler.spider import AHEAD, OutletSpider
from crawler.visit.manners import DisallowedError
from tests.tiny import trip

STORIES = 150
HOST = "https://a.example"
MAP = "".join(f"<url><loc>{HOST}/{number}</loc></url>" for number in range(1, STORIES + 1))

Answer = Callable[[Request], TextResponse | Exception]


class Course:
    """Scrapy's part: requests by priority, then in their order; one answered at a time."""

    def __init__(self, answer: Answer, limit: int | None = None, maps: int = 1) -> None:
        self.trip = trip(*(f"{HOST}/map-{number}.xml" for number in range(maps)), limit=limit)
        self.spider = OutletSpider(trip=self.trip, known=Known())
        self.spider.crawler = SimpleNamespace(engine=SimpleNamespace(crawl=self.take))  # type: ignore[assignment]
        self.answer = answer
        self.queue: list[tuple[int, int, Request]] = []
        self.asked: list[str] = []
        self.most = 0  # pages in the queue at once
        self.broken: list[Exception] = []
        self._numbers = count()

    def take(self, request: Request) -> None:
        heapq.heappush(self.queue, (-request.priority, next(self._numbers), request))
        self.most = max(self.most, sum(one.priority == 0 for _, _, one in self.queue))

    async def run(self) -> None:
        async for request in self.spider.start():
            self.take(request)
        while True:
            while self.queue:
                await self._answer_next()
            try:
                self.spider.on_idle()
            except DontCloseSpider:
                continue
            return

    async def _answer_next(self) -> None:
        request = heapq.heappop(self.queue)[2]
        self.asked.append(request.url.removeprefix(HOST))
        came = self.answer(request)
        try:
            if isinstance(came, Exception):
                failure = Failure(came)
                failure.request = request  # type: ignore[attr-defined]  # as Scrapy does
                following = request.errback(failure)
            else:
                came.request = request
                following = request.callback(came, **request.cb_kwargs)
            async for another in following:
                self.take(another)
        except ZeroDivisionError as error:
            self.broken.append(error)


def course(answer: Answer, **given: int) -> Course:
    made = Course(answer, **given)
    asyncio.run(made.run())
    return made


def came(request: Request, status: int = 200, body: str = "", **headers: str) -> TextResponse:
    if "/map-" in request.url and not body:
        body = f"<urlset>{MAP}</urlset>"
    return TextResponse(request.url, status=status, headers=headers, body=body.encode(), encoding="utf-8")


def number_of(request: Request) -> int:
    return int(request.url.rpartition("/")[2])


def stories(made: Course) -> list[int]:
    return [int(path[1:]) for path in made.asked if path[1:].isdecimal()]


def test_scrapy_holds_a_few_pages_at_a_time_and_all_are_asked_in_their_order() -> None:
    made = course(came)
    assert stories(made) == list(range(1, STORIES + 1))
    assert made.most <= AHEAD < STORIES
    assert made.trip.answers == {200: STORIES}


def test_every_seed_is_asked_before_the_first_story() -> None:
    made = course(came, maps=3)
    assert made.asked[:3] == ["/map-0.xml", "/map-1.xml", "/map-2.xml"]
    assert len(stories(made)) == STORIES
    assert made.trip.frontier.counts()["listed"] == STORIES


def odd(request: Request) -> TextResponse | Exception:
    """Whatever can become of a page, in turn; the last one is a redirect to a story that is not listed."""
    if "/map-" in request.url:
        return came(request)
    number = number_of(request)
    fates: list[TextResponse | Exception] = [
        DisallowedError("robots.txt disallows it"),
        ConnectionResetError("reset"),
        came(request, 404),
        came(request, 304),  # asked without a condition
        came(request, 302, Location=f"{HOST}/1"),  # fetched for itself
        came(request, 302, Location="https://b.example/1"),
        came(request, 302, Location=f"{HOST}/{number + 10_000}"),
        came(request),
    ]
    return fates[number % len(fates)] if number <= STORIES else came(request)


def test_refusals_errors_and_redirects_let_the_next_story_out() -> None:
    made = course(odd)
    listed = [number for number in stories(made) if number <= STORIES]
    assert listed == list(range(1, STORIES + 1))
    assert len(stories(made)) > STORIES  # redirects were followed
    assert made.most <= AHEAD  # the hop of a page takes the page's own place
    counts = made.trip.frontier.counts()
    assert counts["admitted"] == STORIES == counts["listed"]
    late = sum(made.trip.frontier.refusals().values())
    assert late + sum(made.trip.answers.values()) == STORIES


def test_under_a_limit_what_failed_is_replaced_and_no_more_is_asked() -> None:
    made = course(odd, limit=10)
    good = [number for number in stories(made) if number > STORIES or number % 8 == 7]
    assert len(good) == 10
    assert max(number for number in stories(made) if number <= STORIES) < STORIES // 2


def test_an_answer_that_breaks_the_program_stalls_nothing() -> None:
    made = Course(came)

    def broken(response: TextResponse, candidate: object) -> None:
        raise ZeroDivisionError

    made.spider._after_page = broken  # type: ignore[assignment, method-assign]  # a fault of ours, not a page's
    asyncio.run(made.run())
    assert len(made.broken) == STORIES
    assert stories(made) == list(range(1, STORIES + 1))


@pytest.mark.parametrize("fault", [DisallowedError("no"), TimeoutError("late")])
def test_a_seed_that_brings_nothing_lets_the_next_one_out(fault: Exception) -> None:
    made = course(lambda request: fault if "map-0" in request.url else came(request), maps=2)
    assert len(stories(made)) == STORIES
    assert made.trip.seed_reports()[0].problem
