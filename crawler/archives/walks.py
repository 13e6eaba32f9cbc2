"""The index of a web archive walked from its first page to its last: what to ask next; it fetches nothing.

A walk ends whatever the server answers: pages that repeat, keys that lead nowhere and answers that stay broken end it
with a `problem`; what was read until then stands.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

from crawler.archives.rows import IndexPage, Row, read

TRIES: Final = 6  # times that one page is asked for, when what is wrong may pass
MAX_PAGES: Final = 5000  # of one walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of an index to ask for. `key` and `number` are the question's own marks of where it stands."""

    address: str
    key: str | None = None
    number: int = 0
    limit: int | None = None  # rows asked for at most


class Question(Protocol):
    """What is asked of an index, and the rule by which its pages follow each other."""

    def first(self) -> Step:
        """The page to begin with."""

    def after(self, step: Step, page: IndexPage) -> Step | None:
        """The page after this one; None after the last."""

    def otherwise(self, step: Step) -> Step | None:
        """Another way to ask for a page that led nowhere; None when there is none."""


class Walk:
    """One question and how far its answers were read.

    Ask for `address` until it is None, giving each answer to `answered`. The same address may have to be asked twice.
    """

    def __init__(self, question: Question, *, tries: int = TRIES, most: int = MAX_PAGES) -> None:
        """`tries`: how often one page is asked for, `most`: pages of the whole walk."""
        self.question = question
        self.problem: str | None = None  # why less was read than the index may hold
        self.pages = 0  # read
        self._tries = tries
        self._most = most
        self._step: Step | None = question.first()
        self._failed = 0  # times that this step brought nothing of use
        self._confirmed = False  # whether this step's empty answer was asked for again
        self._seen: set[bytes] = set()  # fingerprints of pages
        self._known: set[str] = {self._step.address} if self._step else set()

    @property
    def address(self) -> str | None:
        """What to ask now; None when the walk is at its end."""
        return self._step.address if self._step is not None else None

    @property
    def is_whole(self) -> bool:
        """Whether all that the index holds was read."""
        return self._step is None and self.problem is None

    def answered(
        self, content: bytes, status: int = 200, content_type: str | None = None, problem: str | None = None
    ) -> tuple[Row, ...]:
        """Take in an answer, content coding removed; the rows on it. `problem`: what kept it from being whole."""
        step = self._step
        if step is None:
            return ()
        page = read(content, status, content_type)
        if problem is not None or page.again:
            return self._troubled(page, problem or page.problem or "no answer")
        if page.problem is not None:
            self._end(page.problem)
            return ()
        if page.confirm and not self._confirmed:
            self._confirmed = True
            return ()
        self.pages += 1
        self._go(step, page)
        return page.rows

    def failed(self, said: str) -> None:
        """No answer came."""
        self._troubled(IndexPage(), said)

    def _troubled(self, page: IndexPage, said: str) -> tuple[Row, ...]:
        """The step is tried again; after the last try what could be read of it stands."""
        self._failed += 1
        if self._failed < self._tries:
            return ()
        self._end(f"{said} ({self._failed} times)")
        return page.rows

    def _end(self, problem: str | None = None) -> None:
        self._step = None
        self.problem = problem

    def _go(self, step: Step, page: IndexPage) -> None:
        """On to the next page, unless this one led nowhere."""
        mark = _fingerprint(page.rows)
        is_lost = step.key is not None and (not page.rows or mark in self._seen)
        if is_lost:
            other = self.question.otherwise(step)
            if other is None or other.address in self._known:
                return self._end("the key to its next page leads nowhere")
            return self._on(other)
        following = self.question.after(step, page)
        repeats = bool(page.rows) and mark in self._seen
        self._seen.add(mark)
        if following is None or repeats or page.past_end:
            return self._end()
        if following.address in self._known:
            return self._end("its pages go in a circle")
        if self.pages >= self._most:
            return self._end(f"more than {self._most} pages; the others were not asked for")
        return self._on(following)

    def _on(self, step: Step) -> None:
        self._step, self._failed, self._confirmed = step, 0, False
        self._known.add(step.address)


def _fingerprint(rows: tuple[Row, ...]) -> bytes:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.stamp} {row.url}\n".encode())
    return digest.digest()
