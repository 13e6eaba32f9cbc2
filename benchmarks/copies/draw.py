"""Draws the pairs that people label: by seed, over strata of likeness, containment, and same or other outlet.

    python benchmarks/copies/draw.py ARTICLES.jsonl.xz PAIRS.tsv.gz > benchmarks/copies/pairs.tsv
    python benchmarks/copies/draw.py ARTICLES.jsonl.xz PAIRS.tsv.gz --seed 90417 --wanted 210 \
        --fresh benchmarks/copies/pairs.tsv > benchmarks/copies/fresh-pairs.tsv
    python benchmarks/copies/draw.py ARTICLES.jsonl.xz PAIRS.tsv.gz --seed 61973 --wanted 200 \
        --fresh benchmarks/copies/{pairs,fresh-pairs}.tsv > benchmarks/copies/third-pairs.tsv

One line a pair: id_a, id_b, stratum, how many pairs the stratum holds, how many of them were drawn. Their quotient is
the weight of a label in every figure about all pairs. Articles without text are left out; no text is printed. A fresh
draw holds none of the pairs drawn before, which count as not held; and since figures about all pairs hang on the large
strata, its strata share by the root of what they hold, where the first draw took one of each in turn.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import lzma
import math
import random
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

SEED = 2026
WANTED = 448
EDGES = (0.1, 0.2, 0.3, 0.5, 0.8)  # of Jaccard
LEAST = 4  # of a stratum in a fresh draw
WITHIN = 0.8  # containment from which the shorter stands in the longer
Pair = tuple[str, str]


def stratum(jaccard: float, containment: float, *, same: bool) -> str:
    band = sum(jaccard >= edge for edge in EDGES)
    return f"J{band}-{'in' if containment >= WITHIN else 'apart'}-{'same' if same else 'other'}"


def by_turn(held: dict[str, int], wanted: int) -> dict[str, int]:
    """One of each stratum in turn: rare strata are drawn whole."""
    drawn = dict.fromkeys(held, 0)
    while sum(drawn.values()) < min(wanted, sum(held.values())):
        for name, many in held.items():
            if drawn[name] < many and sum(drawn.values()) < wanted:
                drawn[name] += 1
    return drawn


def by_root(held: dict[str, int], wanted: int) -> dict[str, int]:
    """About as many as asked for: each stratum by the root of what it holds, at least four where it holds them."""
    total = sum(math.sqrt(many) for many in held.values())
    return {name: min(many, max(LEAST, round(wanted * math.sqrt(many) / total))) for name, many in held.items()}


def strata(articles: Path, pairs: Path, without: set[Pair]) -> dict[str, list[Pair]]:
    """The pairs of each stratum, in order."""
    with lzma.open(articles, "rt") as lines:
        held = {row["id"] for row in map(json.loads, lines) if row["text"].strip()}
    found: dict[str, set[Pair]] = defaultdict(set)
    with gzip.open(pairs, "rt") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            pair = min(row["id_a"], row["id_b"]), max(row["id_a"], row["id_b"])
            if set(pair) <= held and pair not in without:
                same = row["source_a"] == row["source_b"]
                found[stratum(float(row["jaccard"]), float(row["containment"]), same=same)].add(pair)
    return {name: sorted(found[name]) for name in sorted(found)}


def earlier(paths: Iterable[Path]) -> set[Pair]:
    """The pairs of earlier draws."""
    found = set()
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            found |= {(row["id_a"], row["id_b"]) for row in csv.DictReader(lines, delimiter="\t")}
    return found


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("articles", type=Path)
    given.add_argument("pairs", type=Path)
    given.add_argument("--seed", type=int, default=SEED)
    given.add_argument("--wanted", type=int, default=WANTED)
    given.add_argument("--fresh", type=Path, nargs="+", default=(), help="the pairs of earlier draws, left out")
    args = given.parse_args()
    held = strata(args.articles, args.pairs, earlier(args.fresh))
    chance = random.Random(args.seed)
    mixed = {name: chance.sample(pairs, len(pairs)) for name, pairs in held.items()}
    shares = (by_root if args.fresh else by_turn)({name: len(pairs) for name, pairs in held.items()}, args.wanted)
    out = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    out.writerow(("id_a", "id_b", "stratum", "held", "drawn"))
    for name, pairs in mixed.items():
        drawn = sorted(pairs[::-1][: shares[name]])
        out.writerows((*pair, name, len(pairs), len(drawn)) for pair in drawn)


if __name__ == "__main__":
    main()
