"""Stories linked at scale: arrival by arrival, all anew over parts, and one arrival when all are held.

    python -m benchmarks.scale ARTICLES.jsonl.xz … --documents 100000 [--catalog sqlite:////tmp/scale.db]

ARTICLES: one JSON object a line with a text. Documents are made of them by a seeded script: seven tenths are like no
other (every third word is another article's), the rest copies in clusters of 2 to 50 (half of the clusters pairs;
copies are verbatim, respelled, cut or lengthened) and families of a template filled in anew. They are laid into the
catalog as folded texts; what is timed begins there and ends at verified links. Then single documents arrive, half of
them copies of what is held, and --batches of 500. Prints `name<TAB>value`; what the catalog holds is lost.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import lzma
import os
import resource
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from sys import intern
from threading import Event, Thread

from sqlalchemy import Connection, func, insert, select

from archive import scratch
from archive.arabic import tokens
from archive.catalog import Catalog, equals
from archive.catalog.compared import Compared
from archive.catalog.index import stamp
from archive.catalog.links import relink
from archive.catalog.opened import transaction
from archive.catalog.schema import edges, editions, number, stories
from archive.reclustering import steps
from archive.reclustering.local import processes, recluster
from archive.reclustering.plan import Plan
from archive.records import Kind
from archive.texts import to_line

SEED = 20170123
OUTLETS = ("alef", "bahr", "dar", "fajr", "hilal", "jisr", "kalima", "liwa", "manar", "nahar", "qalam", "sada")
BEGIN = datetime(2017, 1, 1, tzinfo=UTC)
ALONE = 0.7  # of all documents
FAMILIES = 0.1  # of the others
LARGEST = 50
OTHER_WORDS = 0.35
BATCH = 500
LAID = 20_000  # in one transaction
MOST_TEXTS = 8000  # of which documents are made
Words = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text as a catalog holds it, and when it was published."""

    words: Words
    at: datetime


class Press:
    """Documents without end, the same for the same seed."""

    def __init__(self, texts: Sequence[Words], seed: int) -> None:
        self.chance = Random(seed)
        self.texts = texts
        self.vocabulary = [word for text in texts for word in text]
        self.sizes = [1 / (size * size) for size in range(2, LARGEST + 1)]

    def documents(self, many: int) -> Iterator[Document]:
        made = 0
        while made < many:
            group = self._group()
            yield from group[: many - made]
            made += len(group)

    def _group(self) -> list[Document]:
        """Documents of one event; drawn so that the shares of documents, not of groups, come out."""
        [size] = self.chance.choices(range(2, LARGEST + 1), self.sizes)
        mean = sum(1 / n for n in range(2, LARGEST + 1)) / sum(self.sizes)
        if self.chance.random() < ALONE / (ALONE + (1 - ALONE) / mean):
            return [Document(words=self.alone(), at=self.day())]
        if self.chance.random() < FAMILIES:
            return self._family(size)
        head, at = self.alone(), self.day()
        later = (at + timedelta(minutes=self.chance.randrange(2000)) for _ in range(size))
        return [Document(words=self.copy(head) if n else head, at=when) for n, when in enumerate(later)]

    def day(self) -> datetime:
        return BEGIN + timedelta(minutes=self.chance.randrange(5_000_000))

    def alone(self) -> Words:
        """A text of real length and real words that no other has."""
        words = list(self.chance.choice(self.texts))
        return self._swapped(words, OTHER_WORDS)

    def _swapped(self, words: Words, share: float) -> Words:
        many = round(len(words) * share)
        places = self.chance.sample(range(len(words)), many)
        for place, word in zip(places, self.chance.choices(self.vocabulary, k=many), strict=True):
            words[place] = word
        return words

    def copy(self, head: Words) -> Words:
        """What another outlet makes of a wire."""
        how, words = self.chance.random(), list(head)
        if how < 0.3:
            return words
        if how < 0.6:
            return self._swapped(words, 0.03)
        if how < 0.8:
            return self._swapped(words[: max(12, int(len(words) * self.chance.uniform(0.5, 0.9)))], 0.02)
        more = self.chance.choice(self.texts)[: self.chance.randrange(20, 60)]
        return self._swapped(words, 0.02) + more

    def _family(self, size: int) -> list[Document]:
        """A template filled in anew each day: the same words, other figures."""
        form = self.alone()[:120]
        places = self.chance.sample(range(len(form)), max(1, len(form) // 15))
        at, made = self.day(), []
        for day in range(size):
            words = list(form)
            for place in places:
                words[place] = str(self.chance.randrange(1000))
            made.append(Document(words=words, at=at + timedelta(days=day)))
        return made


def say(name: str, value: object) -> None:
    print(f"{name}\t{value:.4f}" if isinstance(value, float) else f"{name}\t{value}", flush=True)


@contextmanager
def timed(name: str, many: int) -> Iterator[None]:
    start, cpu = time.perf_counter(), _cpu()
    yield
    spent = time.perf_counter() - start
    say(f"{name}, seconds", spent)
    say(f"{name}, CPU-seconds", _cpu() - cpu)
    say(f"{name}, documents a second", many / spent)


def _cpu() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent)


def read_texts(files: Iterable[Path]) -> list[Words]:
    found = []
    for file in files:
        with lzma.open(file, "rt") as lines:
            # One string for each word, wherever it stands: what is measured is not what the benchmark holds.
            found += [list(map(intern, tokens(json.loads(line)["text"]))) for line in lines]
    return [words for words in found if len(words) >= 12]


def rows_of(document: Document, serial: int) -> tuple[dict[str, object], dict[str, object]]:
    """A story's row and its edition's."""
    folded = " ".join(document.words)
    digest = hashlib.sha256(folded.encode()).hexdigest()
    outlet = OUTLETS[serial % len(OUTLETS)]
    story = f"{outlet}-{hashlib.sha256(str(serial).encode()).hexdigest()[:12]}"
    until = document.at + timedelta(minutes=1)
    bounds = {"earliest": stamp(document.at), "latest": stamp(until), "dated": True}
    row = {
        "number": number(story),
        "id": story,
        "outlet": outlet,
        **bounds,
        "day": document.at.date().isoformat(),
        "on_topic": True,
        "agency": None,
        "own": False,
        "cluster": story,
        "jaccard": None,
        "containment": None,
        "compared": to_line([bounds, [[digest, "news"]]]),
        "words": "",  # full-text search is not what is measured
    }
    edition = {
        "number": number(story, digest),
        "story": story,
        "ordinal": 1,
        "text_digest": digest,
        "kind": "news",
        "current": True,
        "object": "bench",
        "line": serial,
        "folded": folded,
        "equal": equals.key_of(outlet, Kind.NEWS, folded),
        "days": equals.days_of(document.at.date(), until.date()),
    }
    return row, edition


def lay(connection: Connection, documents: Iterable[tuple[int, Document]]) -> list[str]:
    """Rows of stories and editions, each by its serial number, that nothing ties together yet."""
    both = [rows_of(document, serial) for serial, document in documents]
    connection.execute(insert(stories), [story for story, _ in both])
    connection.execute(insert(editions), [edition for _, edition in both])
    return [str(story["id"]) for story, _ in both]


NOTHING = Compared(states={}, clusters={}, folded={}, same={}, story_of={})


def arrive(connection: Connection, documents: Iterable[tuple[int, Document]]) -> float:
    """Documents taken as arrivals are; returns the seconds from folded text to verified links."""
    ids = lay(connection, documents)
    begun = time.perf_counter()
    relink(connection, NOTHING, Compared.read(connection, ids))
    return time.perf_counter() - begun


class Memory:
    """The most that this process and its children held at once, looked at twice a second."""

    def __init__(self) -> None:
        self.most = 0
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            self.most = max(self.most, sum(map(_resident, [str(os.getpid()), *children])))


def _resident(process: str) -> int:
    """Bytes; shared ones counted for each."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # it has ended
        return 0


def say_pace() -> None:
    """How fast this machine is just now: 0.35 to 0.45 where nothing else runs."""
    begun, total = time.process_time(), 0
    for number_ in range(10_000_000):
        total += number_
    say("ten million additions, CPU-seconds", time.process_time() - begun)


def one_by_one(url: str, press: Press, many: int, start: int) -> None:
    """Single arrivals, half of them copies of what is held: each in a transaction of its own, committed."""
    spent: list[tuple[float, float]] = []
    with Catalog.open(url) as catalog:
        with catalog._begin() as connection:
            held = connection.execute(select(editions.c.folded).limit(many)).scalars().all()
        for serial in range(many):
            words = press.copy(held[serial].split()) if serial % 2 else press.alone()
            begun = time.perf_counter(), time.process_time()
            with catalog._begin() as connection:
                arrive(connection, [(start + serial, Document(words=words, at=press.day()))])
            spent.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    for share in (0.5, 0.95):
        for name, times in zip(("", "CPU-"), zip(*spent, strict=True), strict=True):
            value = sorted(times)[int(share * many)] * 1000
            say(f"one arrival among {start}, {name}milliseconds, p{round(share * 100)}", value)


async def link_anew(url: str, folder: Path, many: int) -> tuple[Plan, dict[str, float]]:
    """All linked anew by so many processes; and how long each step took."""
    spent: dict[str, float] = {}
    with processes(many) as do:

        async def told(name: str, plan: Plan, piece: int) -> None:
            begun.setdefault(name, time.perf_counter())
            await do(name, plan, piece)
            spent[name] = time.perf_counter() - begun[name]

        begun: dict[str, float] = {}
        plan = await recluster(url, folder, told, lambda: None)
    return plan, spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, nargs="+")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--arrivals", type=int, default=200, help="single arrivals when all are held")
    parser.add_argument("--batches", type=int, default=0, help="batches of 500 arrivals when all are held")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--catalog", help="an address that may be emptied; a file in a folder of its own by default")
    given = parser.parse_args()
    press = Press(read_texts(given.articles)[:MOST_TEXTS], SEED)
    with scratch.folder("astana-scale-") as folder:
        url = given.catalog or f"sqlite:///{folder / 'catalog.db'}"
        Catalog.rebuild(url, ())
        documents = enumerate(press.documents(given.documents))
        with timed("laid into the catalog", given.documents):
            for _ in range(0, given.documents, LAID):
                with transaction(url) as connection:
                    lay(connection, islice(documents, LAID))
        files = folder / "files"
        files.mkdir()
        say_pace()
        with Memory() as memory, timed("linked anew", given.documents):
            plan, spent = asyncio.run(link_anew(url, files, given.processes))
        for step in steps.STEPS:
            say(f"linked anew: {step.name}, seconds", spent[step.name])
        say("memory of all processes, MiB at most", memory.most / (1 << 20))
        say_pace()
        say("parts", len(plan.parts))
        with transaction(url) as connection:
            for kind, many in connection.execute(select(edges.c.kind, func.count()).group_by(edges.c.kind)):
                say(f"edges: {kind}", many)
            say("clusters", connection.execute(select(func.count(func.distinct(stories.c.cluster)))).scalar())
        one_by_one(url, press, given.arrivals, given.documents)
        more = given.documents + given.arrivals
        took = 0.0
        for at in range(given.batches):
            with transaction(url) as connection:
                took += arrive(connection, enumerate(press.documents(BATCH), more + at * BATCH))
        if given.batches:
            say("batches of 500 arrivals, documents a second, one process", given.batches * BATCH / took)


if __name__ == "__main__":
    main()
