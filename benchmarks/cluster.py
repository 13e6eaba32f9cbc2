"""How many true pairs the bands find, what the rule makes of them, and how fast; on a corpus given as an argument.

    python benchmarks/cluster.py ARTICLES.jsonl.xz PAIRS.tsv.gz [--catalog sqlite:////tmp/bench.db]

ARTICLES: one JSON object a line with id, source, date, title, text. PAIRS: tab-separated with the columns id_a, id_b,
jaccard, containment: exact word-5-gram likeness of all pairs. With --catalog the articles are indexed there too, by the
same path as a crawl's. Prints `name<TAB>value`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import lzma
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from archive.arabic import tokens
from archive.catalog import Catalog, TextObject
from archive.cluster import Edge, components
from archive.likeness.copies import Piece, compare
from archive.likeness.fingerprint import bands, signatures
from archive.records import (
    Address,
    Article,
    Claim,
    Dateline,
    EdgeKind,
    Hints,
    Kind,
    Paragraph,
    Precision,
    Reading,
    TextHead,
    Topic,
    Via,
)

Row = dict[str, str]
Pair = tuple[str, str]
OBJECT = 200  # articles in one text object, about a crawl's worth


def say(name: str, value: object) -> None:
    print(f"{name}\t{value:.4f}" if isinstance(value, float) else f"{name}\t{value}")


@contextmanager
def timed(name: str, many: int) -> Iterator[None]:
    start = time.perf_counter()
    yield
    spent = time.perf_counter() - start
    say(f"{name}, seconds", spent)
    say(f"{name}, per second", many / spent)


def read_articles(path: Path) -> dict[str, Row]:
    with lzma.open(path, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["id"]: row for row in rows if row["text"].strip()}


def read_pairs(path: Path, held: dict[str, Row]) -> dict[Pair, tuple[float, float]]:
    with gzip.open(path, "rt") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    named = {(min(r["id_a"], r["id_b"]), max(r["id_a"], r["id_b"])): r for r in rows}
    return {
        pair: (float(r["jaccard"]), float(r["containment"]))
        for pair, r in named.items()
        if pair[0] in held and pair[1] in held
    }


def instant(row: Row) -> datetime:
    return datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)


def pieces_of(rows: dict[str, Row]) -> dict[str, Piece]:
    made = {}
    for name, row in rows.items():
        at = instant(row)
        made[name] = Piece.of(tokens(row["text"]), Kind.NEWS, at, at + timedelta(minutes=1))
    return made


def candidates(pieces: dict[str, Piece]) -> set[Pair]:
    holders: dict[int, list[str]] = defaultdict(list)
    signed = signatures([piece.tokens for piece in pieces.values()])
    for name, signature in zip(pieces, signed, strict=True):
        for key in bands(signature):
            holders[key].append(name)
    return {pair for names in holders.values() for pair in combinations(sorted(names), 2)}


def reading_of(row: Row) -> Reading:
    at = instant(row)
    parts = [part.strip() for part in row["text"].split("\n") if part.strip()]
    claim = Claim(
        source="meta",
        about="published",
        said=row["date"],
        precision=Precision.MINUTE,
        value=at.isoformat(),
        earliest=at,
        latest=at + timedelta(minutes=1),
    )
    article = Article(
        title=row["title"],
        paragraphs=tuple(Paragraph(text=part, where="p", offset=-1, length=0) for part in parts),
        language="ar",
        kind=Kind.NEWS,
        topic=Topic(on=True, score=1.0),
        dateline=Dateline(),
        claims=(claim,),
    )
    return Reading(
        story=f"{row['source']}-{row['id']}",
        outlet=row["source"],
        url=f"https://{row['source']}.example/{row['id']}",
        record=f"urn:{row['id']}",
        date=(at + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        via=Via.IMPORT,
        address=Address(warc="bench.warc.gz", offset=0, length=0),
        payload_digest=None,
        hints=Hints(),
        outcome=article,
    )


def objects_of(rows: dict[str, Row]) -> Iterator[TextObject]:
    names = sorted(rows)
    for at in range(0, len(names), OBJECT):
        key = f"text/bench/0/2015/07/{at:06}.jsonl.gz"
        head = TextHead(schema=1, warc=f"{at}", outlet="bench", reader="0", non_articles={})
        readings = tuple(reading_of(rows[name]) for name in names[at : at + OBJECT])
        yield TextObject(key=key, sha256=f"{at}", head=head, readings=readings)


def judge(rows: dict[str, Row], pairs: dict[Pair, tuple[float, float]]) -> None:
    with timed("fold, shingles", len(rows)):
        pieces = pieces_of(rows)
    with timed("sign, band, pair up", len(rows)):
        found = candidates(pieces)
    say("candidate pairs", len(found))
    strata = {
        "J >= .5": [pair for pair, (j, _) in pairs.items() if j >= 0.5],
        "J >= .3": [pair for pair, (j, _) in pairs.items() if j >= 0.3],
        "J < .3, C >= .8": [pair for pair, (j, c) in pairs.items() if j < 0.3 and c >= 0.8],
    }
    for name, true in strata.items():
        say(f"pairs with {name}", len(true))
        say(f"of these in a band together: {name}", sum(pair in found for pair in true) / max(1, len(true)))
    with timed("verify pairs", len(found)):
        verdicts = {pair: compare(pieces[pair[0]], pieces[pair[1]]) for pair in sorted(found)}
    for what, many in sorted(Counter(str(v.edge or v.refusal) for v in verdicts.values()).items()):
        say(f"candidates judged {what}", many)
    edges = [
        Edge(kind=EdgeKind.COPY, inner=a, outer=b, inner_text="", outer_text="", likeness=v.likeness)
        for (a, b), v in verdicts.items()
        if v.edge is EdgeKind.COPY
    ]
    sizes = sorted((len(together) for together in components(rows, edges) if len(together) > 1), reverse=True)
    say("clusters", len(sizes))
    say("articles in clusters", sum(sizes))
    say("largest clusters", sizes[:5])


def index(rows: dict[str, Row], url: str) -> None:
    Catalog.rebuild(url, ())
    with Catalog.open(url) as catalog:
        with timed("index into the catalog", len(rows)):
            catalog.take(objects_of(rows))
        counts = catalog.counts()
        say("catalog: stories, clusters, copies, parts", (counts.stories, counts.clusters, counts.copies, counts.parts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--catalog", help="index into this empty catalog too; what it holds is lost")
    given = parser.parse_args()
    rows = read_articles(given.articles)
    say("articles with a text", len(rows))
    judge(rows, read_pairs(given.pairs, rows))
    if given.catalog:
        index(rows, given.catalog)


if __name__ == "__main__":
    main()
