"""WARCs read by processes apart, one or several beside each other; what a page is read as, others say.

A page that meets the limits of the process that reads it is refused by name, and its WARC is gone on with behind it by
another process: what was read before it is not read again.
"""

from __future__ import annotations

import os
import pickle
import struct
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from threading import Event
from typing import Final

from archive import texts
from archive.errors import WarcError
from archive.folder import FolderStorage
from archive.holdings import Archive
from archive.records import Capture, Reading, Rejection, TextHead
from archive.storage import Storage, open_storage
from crawler.alone import warm
from crawler.apart import TIMES, Apart, Voice, late, listen
from crawler.errors import ReadingStoppedError
from crawler.page.bounds import LAST_RESORT, Limit, Limits, is_stopped, stopped
from crawler.page.engines import is_loaded, load
from crawler.reader import Reader
from crawler.readings import Owner, candidates, head

_MANY: Final = 4_096  # WARCs that a process is given at most; then another one goes on, with the memory it began with
_TICKET: Final = struct.Struct("<I")  # the number of a WARC that is still to be read
_OPENED: Final = struct.Struct("<IQ")  # the number of a WARC, and its size
_BEGUN, _LINE, _STOPPED, _HEAD, _LOADED = b"b", b"l", b"s", b"h", b"m"

Met = tuple[str, int]  # a record's id, and its offset in the WARC


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One WARC to be read for one outlet; `owner` tells the outlet of each capture where a file may hold several.

    `anew`: it is opened, whatever an earlier reading says; `stopped`: what this reader was stopped at before, by its
    record and where that begins in the WARC: one id may name several.
    """

    warc: str
    owner: Owner | None = None
    anew: bool = False
    stopped: Mapping[Met, Rejection] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What was read in one WARC: the lines of its text, and which of them say that reading them was stopped."""

    task: Task
    size: int  # of the WARC when reading began, in bytes
    head: TextHead
    lines: Sequence[bytes]
    stopped: Sequence[bytes] = ()


class _Opened:
    """A WARC that a process is at, seen from here."""

    def __init__(self, number: int, size: int) -> None:
        self.number, self.size = number, size
        self.lines: list[bytes] = []
        self.stopped: list[bytes] = []
        self.met: dict[int, Rejection] = {}  # what reading was stopped at, by its place
        self.lost: Counter[tuple[int, bool]] = Counter()  # how often a process ended at a place; from outside, or not

    @property
    def place(self) -> int:
        """Which of its pages is next."""
        return len(self.lines)

    def again(self, *, outside: bool = False) -> bool:
        """A process ended at this place; whether none is to try it again."""
        self.lost[self.place, outside] += 1
        return self.lost[self.place, outside] >= TIMES


@dataclass(frozen=True, slots=True)
class Hands:
    """So many processes read the WARCs of an outlet; `limits` are each page's. Once `ended` is set, they end."""

    many: int = 1
    limits: Limits = LAST_RESORT
    ended: Event = field(default_factory=Event)

    def __call__(self, archive: Archive, tasks: Sequence[Task], reader: Reader) -> Generator[Text, None, None]:
        """What is read in each WARC, one after the other as they are done.

        Raises:
            WarcError: a WARC's records cannot be addressed, or reading it stops where no page is.
            StorageError: a WARC cannot be read. FactsError: a table or the outlet's file is broken.
            ReadingStoppedError: a process was ended from outside, twice at the same place; or all were, by `ended`.
        """
        if tasks:
            warm(reader)
            texts.ready()
        left = iter(tasks)
        while some := list(islice(left, _MANY)):
            yield from _Crew(archive.storage, some, reader, self).texts()


class _Crew:
    """The processes that read some WARCs, and what they have said."""

    def __init__(self, storage: Storage, tasks: Sequence[Task], reader: Reader, hands: Hands) -> None:
        self._storage, self._tasks, self._reader, self._hands = storage, tasks, reader, hands
        self._at: dict[Apart, _Opened | None] = {}
        self._is_own = False
        self._tickets, to = os.pipe()
        os.set_blocking(self._tickets, False)
        os.write(to, b"".join(map(_TICKET.pack, range(len(tasks)))))
        os.close(to)

    def texts(self) -> Iterator[Text]:
        """What is read, until all is."""
        done = 0
        try:
            for _ in range(min(self._hands.many, len(self._tasks))):
                self._begin(None)
            while self._at:
                if self._hands.ended.is_set():
                    raise ReadingStoppedError("reading was broken off")
                for apart in listen(self._at):
                    for text in self._heard(apart):
                        yield text
                        done += 1
        finally:
            for apart in self._at:
                apart.kill()
            os.close(self._tickets)
        if done < len(self._tasks):
            raise ReadingStoppedError(f"only {done} of {len(self._tasks)} WARCs were read")

    def _begin(self, opened: _Opened | None) -> None:
        """A process more, that goes on with a WARC if one is given, and then takes others."""
        self._at[Apart(partial(self._work, opened), self._hands.limits)] = opened

    def _heard(self, apart: Apart) -> Iterator[Text]:
        """What one has said since; or its end."""
        heard = apart.heard()
        if heard is None:
            self._ended(apart, self._at.pop(apart))
            return
        for kind, said in heard:
            opened = self._at[apart]
            if kind == _LOADED:
                late(load)  # the next process needs not
            elif kind == _BEGUN:
                self._at[apart] = opened or _Opened(*_OPENED.unpack(said))
            elif opened is not None and kind == _HEAD:
                self._at[apart] = None
                yield self._text(opened, pickle.loads(said))
            elif opened is not None:
                opened.lines.append(said)
                opened.stopped += [said] if kind == _STOPPED else []

    def _text(self, opened: _Opened, head: TextHead) -> Text:
        task = self._tasks[opened.number]
        return Text(task=task, size=opened.size, head=head, lines=opened.lines, stopped=opened.stopped)

    def _ended(self, apart: Apart, opened: _Opened | None) -> None:
        """One process is no more. Where it was at a page, another goes on: at the page again, or behind it.

        Only time is counted from the page's beginning. Memory may have been eaten, and a library been broken, by pages
        before it: the page is blamed when it ends a process that began with it.
        """
        try:
            limit = apart.end()
        except ReadingStoppedError:
            if opened is None or opened.again(outside=True):
                raise
            limit = None
        if opened is None:
            return
        if limit is not None and opened.place in opened.met:
            warc = self._tasks[opened.number].warc
            raise WarcError(f"warc/{warc}: reading it stops behind {opened.place} pages, where there is no page")
        if limit is Limit.TIME or (limit is not None and opened.again()):
            opened.met[opened.place] = stopped(limit, self._hands.limits)
        self._begin(opened)

    def _work(self, opened: _Opened | None, voice: Voice) -> None:
        """In a process apart: WARC for WARC, until none is left."""
        before = is_loaded()
        if opened is not None:
            self._read(opened, voice)
        while number := self._next():
            self._read(_Opened(*number), voice)
        if is_loaded() and not before:
            voice.say(_LOADED)

    def _next(self) -> tuple[int, int] | None:
        """The number of a WARC that nobody has taken, and its size."""
        try:
            ticket = os.read(self._tickets, _TICKET.size)
        except BlockingIOError:  # a process that was forked at that moment holds the other end
            return None
        if not ticket:
            return None
        (number,) = _TICKET.unpack(ticket)
        return number, self._reached().size(f"warc/{self._tasks[number].warc}")

    def _reached(self) -> Storage:
        """The store, without a connection of the process that forked this one."""
        if not isinstance(self._storage, FolderStorage) and not self._is_own:
            self._storage, self._is_own = open_storage(self._storage.url), True
        return self._storage

    def _read(self, opened: _Opened, voice: Voice) -> None:
        """One WARC, from the place on that was reached."""
        task, reader = self._tasks[opened.number], self._reader
        voice.say(_BEGUN, _OPENED.pack(opened.number, opened.size))
        counts: Counter[str] = Counter()
        owner = task.owner and _heeded(task.owner, voice)
        with self._reached().open(f"warc/{task.warc}") as stream:
            try:
                for place, found in enumerate(candidates(voice.along(stream), task.warc, reader, owner, counts)):
                    voice.begin()
                    if place >= opened.place:
                        known = opened.met.get(place) or task.stopped.get(_met(found.capture))
                        _say(voice, found.reading(reader, known))
                        voice.begin()
            except WarcError as error:
                raise WarcError(f"warc/{task.warc}: {error}") from None
        voice.say(_HEAD, pickle.dumps(head(task.warc, reader, counts)))


def _heeded(owner: Owner, voice: Voice) -> Owner:
    """The same; each capture that it is asked about begins the time anew: it may be another's, and is passed over."""

    def heeded(url: str) -> str:
        voice.begin()
        return owner(url)

    return heeded


def _met(capture: Capture) -> Met:
    return capture.record, capture.address.offset if capture.address is not None else -1


def _say(voice: Voice, reading: Reading) -> None:
    voice.say(_STOPPED if is_stopped(reading.outcome) else _LINE, texts.reading_to_json(reading).encode())
