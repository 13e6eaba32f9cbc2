"""Whether the order in which articles arrive, or how many come at once, shows in what ties them together.

    python -m benchmarks.order ARTICLES.jsonl.xz [--articles 5000] [--orders 10] [--equal 0] [--days 1]
        [--catalog URL]

ARTICLES: one JSON object a line with id, source, date, text. A seeded sample of them is taken in random orders and
random batches, arrival by arrival, and once more linked anew over parts: every row of stories (clusters, canonical
copies, likeness), edges, bands and sketches is digested. Prints `name<TAB>value`; comes back with 1 when two differ.
What the catalog holds is lost.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import lzma
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from archive import scratch
from archive.arabic import tokens
from archive.catalog import Catalog
from archive.catalog.opened import transaction
from archive.catalog.schema import edges, stories
from archive.reclustering import steps
from archive.reclustering.local import recluster
from archive.reclustering.plan import Plan
from benchmarks.press import OUTLETS, SEED, Document
from benchmarks.scale import arrive, lay, say

Known = tuple[int, Document]  # its serial number, by which its story's id is made
LARGEST = 400  # articles in one batch
EDITED = "يوم"  # stands in the place of words of the other editor's
PARTS = 7


def sample(file: Path, many: int) -> list[Known]:
    with lzma.open(file, "rt") as lines:
        rows = [row for row in map(json.loads, lines) if row["text"].strip()]
    chosen = Random(SEED).sample(sorted(rows, key=lambda row: str(row["id"])), min(many, len(rows)))
    return [(serial, read(row)) for serial, row in enumerate(chosen)]


def read(row: dict[str, str]) -> Document:
    return Document(words=tokens(row["text"]), at=datetime.fromisoformat(row["date"]).replace(tzinfo=UTC))


def printed_again(given: list[Known], many: int, days: int) -> list[Known]:
    """The first article in equal words, under so many more addresses of its outlet, over so many days; of more than one
    day every second time in the words of another editor, whose text is an item of its own some days later.
    """
    at, document = -(-len(given) // len(OUTLETS)), given[0][1]
    edited = [EDITED if days > 1 and place % 7 == 6 else word for place, word in enumerate(document.words)]
    return [
        (
            (at + more) * len(OUTLETS),
            Document(words=edited if more % 2 else document.words, at=document.at + timedelta(days=more // 2 % days)),
        )
        for more in range(many)
    ]


def batches(given: list[Known], chance: Random) -> Iterator[list[Known]]:
    chance.shuffle(given)
    start = 0
    while start < len(given):
        size = chance.choice((1, 2, 10, 100, LARGEST))
        yield given[start : start + size]
        start += size


def digest(url: str) -> str:
    """Of every row that says what belongs together."""
    found = hashlib.sha256()
    with Catalog.open(url) as catalog:
        for line in catalog.dump():
            if line.partition("\t")[0] in ("stories", "edges", "bands", "sketches"):
                found.update(line.encode())
    return found.hexdigest()


def by_arrival(url: str, given: list[Known], seed: int) -> str:
    Catalog.rebuild(url, ())
    for some in batches(list(given), Random(seed)):
        with transaction(url) as connection:
            arrive(connection, some)
    return digest(url)


def anew(url: str, given: list[Known]) -> str:
    Catalog.rebuild(url, ())
    with transaction(url) as connection:
        lay(connection, given)

    async def here(name: str, plan: Plan, piece: int) -> None:
        steps.do(name, plan, piece)

    with scratch.folder("astana-order-") as folder:
        asyncio.run(recluster(url, folder, here, lambda: None, max(1, len(given) // PARTS)))
    return digest(url)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="ARTICLES")
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--orders", type=int, default=10)
    parser.add_argument("--equal", type=int, default=0, help="more texts of one outlet, in the words of one article")
    parser.add_argument("--catalog", help="an address that may be emptied; a file in a folder of its own by default")
    parser.add_argument("--days", type=int, default=1, help="over which these are published")
    asked = parser.parse_args()
    given = sample(asked.file, asked.articles)
    given += printed_again(given, asked.equal, asked.days)
    say("articles", len(given))
    with scratch.folder("astana-order-") as folder:
        url = asked.catalog or f"sqlite:///{folder / 'catalog.db'}"
        found = {anew(url, given)}
        with transaction(url) as connection:
            for kind, many in connection.execute(select(edges.c.kind, func.count()).group_by(edges.c.kind)):
                say(f"edges: {kind}", many)
            say("clusters", connection.execute(select(func.count(func.distinct(stories.c.cluster)))).scalar())
        for seed in range(asked.orders):
            one = by_arrival(url, given, seed)
            say(f"order {seed}, as linked anew", one in found)
            found.add(one)
    say("different outcomes", len(found))
    sys.exit(len(found) > 1)


if __name__ == "__main__":
    main()
