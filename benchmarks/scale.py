"""Stories linked at scale: arrival by arrival, all anew over parts, and one arrival when all are held.

    python -m benchmarks.scale ARTICLES.jsonl.xz … --documents 100000 [--catalog sqlite:////tmp/scale.db] [--keep]

ARTICLES: one JSON object a line with a text. Documents are made of them by a seeded script (press.py): seven tenths are
like no other (every third word is another article's), the rest copies in clusters of 2 to 50 (half of the clusters
pairs; copies are verbatim, respelled, cut or lengthened) and families of a template filled in anew. They are laid into
the catalog as folded texts; what is timed begins there and ends at verified links. Then single documents arrive, half
of them copies of what is held, and --batches of 500. Prints `name<TAB>value`; what the catalog held is lost.

With --keep the documents that --catalog was given before are linked again, not laid in again; --lay lays them in and
ends. A million take some minutes to be laid in, 6 GB for the catalog and 2 GB in TMPDIR while they are linked.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, inspect, select, text, update

from archive import scratch
from archive.catalog import Catalog, equals
from archive.catalog.compared import Compared
from archive.catalog.engine import make_engine
from archive.catalog.index import stamp
from archive.catalog.links import relink
from archive.catalog.meeting import put_many
from archive.catalog.opened import transaction
from archive.catalog.schema import (
    VERSION,
    bands,
    edges,
    editions,
    is_sqlite,
    mark,
    meta,
    number,
    sketches,
    stories,
)
from archive.reclustering.local import processes, recluster
from archive.reclustering.plan import Plan
from archive.records import Kind
from archive.texts import to_line
from benchmarks.machine import Memory, cpu_seconds
from benchmarks.press import MOST_TEXTS, OUTLETS, SEED, Document, Press, read_texts

BATCH = 500
LAID = 20_000  # in one transaction


def say(name: str, value: object) -> None:
    print(f"{name}\t{value:.4f}" if isinstance(value, float) else f"{name}\t{value}", flush=True)


@contextmanager
def timed(name: str, many: int) -> Iterator[None]:
    start, cpu = time.perf_counter(), cpu_seconds()
    yield
    spent = time.perf_counter() - start
    say(f"{name}, seconds", spent)
    say(f"{name}, CPU-seconds", cpu_seconds() - cpu)
    say(f"{name}, documents a second", many / spent)


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
    for table, rows in ((stories, [story for story, _ in both]), (editions, [edition for _, edition in both])):
        if is_sqlite(connection) and both:
            names = table.c.keys()
            put_many(connection, table.name, len(names), [row[name] for row in rows for name in names])
        else:
            connection.execute(insert(table), rows)
    return [str(story["id"]) for story, _ in both]


NOTHING = Compared(states={}, clusters={}, folded={}, same={}, story_of={})


def arrive(connection: Connection, documents: Iterable[tuple[int, Document]]) -> float:
    """Documents taken as arrivals are; returns the seconds from folded text to verified links."""
    ids = lay(connection, documents)
    begun = time.perf_counter()
    relink(connection, NOTHING, Compared.read(connection, ids))
    return time.perf_counter() - begun


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


@dataclass(slots=True)
class Spent:
    """When each step began and ended, the seconds that its pieces took, and the CPU-seconds spent until then."""

    processes: int
    pieces: dict[str, float] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)
    over: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    def say(self, memory: Memory) -> None:
        before = 0.0
        for step, begun in self.begun.items():
            say(f"{step}, seconds", self.over[step] - begun)
            say(f"{step}, CPU-seconds", self.cpu[step] - before)
            say(f"{step}, processes that waited, seconds", self.waited(step))
            say(f"{step}, MiB at most", memory.most.get(step, 0) / (1 << 20))
            before = self.cpu[step]

    def waited(self, step: str) -> float:
        """Seconds in which processes had no piece to do, summed over them; however busy the machine is."""
        return (self.over[step] - self.begun[step]) * self.processes - self.pieces[step]


async def link_anew(url: str, folder: Path, many: int, memory: Memory) -> tuple[Plan, Spent]:
    """All linked anew by so many processes; and what each step took."""
    spent, start, free = Spent(processes=many), cpu_seconds(), asyncio.Semaphore(many)

    async def told(name: str, plan: Plan, piece: int) -> None:
        if name not in spent.begun:
            spent.begun[name] = time.perf_counter()
            memory.step = name
        async with free:
            begun = time.perf_counter()
            await do(name, plan, piece)
        spent.pieces[name] = spent.pieces.get(name, 0.0) + time.perf_counter() - begun
        spent.cpu[name] = cpu_seconds() - start
        spent.over[name] = time.perf_counter()

    begun = time.perf_counter()
    with processes(many) as do:
        plan = await recluster(url, folder, told, lambda: None)
        ended = time.perf_counter()
    say("before the first step, seconds", min(spent.begun.values()) - begun)
    say("behind the last step, seconds", ended - max(spent.over.values()))
    return plan, spent


def lay_in(url: str, given: argparse.Namespace) -> None:
    """The documents as rows of the catalog; those that it was given by an earlier run stay when they are to be kept."""
    laid = to_line([VERSION, SEED, given.documents, *(file.name for file in given.articles)])
    if given.keep and _kept(url, laid):
        return
    Catalog.rebuild(url, ())
    documents = enumerate(Press(read_texts(given.articles)[:MOST_TEXTS], SEED).documents(given.documents))
    with timed("laid into the catalog", given.documents):
        for _ in range(0, given.documents, LAID):
            with transaction(url) as connection:
                lay(connection, islice(documents, LAID))
    with transaction(url) as connection:
        connection.execute(insert(meta).values(name="laid", value=laid))


def _kept(url: str, laid: str) -> bool:
    """Whether these documents lie in the catalog; if so, what an earlier run made of them and added is gone."""
    engine = make_engine(url)
    with engine.begin() as connection:
        if not inspect(connection).has_table("meta") or laid not in set(
            connection.execute(select(meta.c.value)).scalars()
        ):
            return False
        for name, value in mark().items():  # rows of another rule are what a run puts anew
            connection.execute(update(meta).where(meta.c.name == name).values(value=value))
        for table in (bands, sketches, edges):
            connection.execute(delete(table) if is_sqlite(connection) else text(f"TRUNCATE {table.name}"))
        connection.execute(update(stories).values(cluster=stories.c.id, jaccard=None, containment=None))
        added = editions.c.line >= json.loads(laid)[2]
        connection.execute(delete(stories).where(stories.c.id.in_(select(editions.c.story).where(added))))
        connection.execute(delete(editions).where(added))
    engine.dispose()
    return True


def link(url: str, folder: Path, given: argparse.Namespace) -> None:
    """All linked anew, and what came of it."""
    folder.mkdir()
    say_pace()
    with Memory() as memory, timed("linked anew", given.documents):
        plan, spent = asyncio.run(link_anew(url, folder, given.processes, memory))
    spent.say(memory)
    say("memory of all processes, MiB at most", max(memory.most.values(), default=0) / (1 << 20))
    say_pace()
    say("parts", len(plan.parts))
    with transaction(url) as connection:
        for kind, many in connection.execute(select(edges.c.kind, func.count()).group_by(edges.c.kind)):
            say(f"edges: {kind}", many)
        say("clusters", connection.execute(select(func.count(func.distinct(stories.c.cluster)))).scalar())


def arrivals(url: str, given: argparse.Namespace) -> None:
    """Single documents and batches that arrive when all are held."""
    press = Press(read_texts(given.articles)[:MOST_TEXTS], SEED + 1)
    one_by_one(url, press, given.arrivals, given.documents)
    more, took = given.documents + given.arrivals, 0.0
    for at in range(given.batches):
        with transaction(url) as connection:
            took += arrive(connection, enumerate(press.documents(BATCH), more + at * BATCH))
    if given.batches:
        say("batches of 500 arrivals, documents a second, one process", given.batches * BATCH / took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, nargs="+")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--arrivals", type=int, default=200, help="single arrivals when all are held")
    parser.add_argument("--batches", type=int, default=0, help="batches of 500 arrivals when all are held")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--catalog", help="an address that may be emptied; a file in a folder of its own by default")
    parser.add_argument("--keep", action="store_true", help="take the documents that lie in --catalog already")
    parser.add_argument("--lay", action="store_true", help="lay the documents into --catalog, and no more")
    given = parser.parse_args()
    with scratch.folder("astana-scale-") as folder:
        url = given.catalog or f"sqlite:///{folder / 'catalog.db'}"
        lay_in(url, given)
        if not given.lay:
            link(url, folder / "files", given)
            if given.arrivals or given.batches:
                arrivals(url, given)


if __name__ == "__main__":
    main()
