"""Draws the pairs that people label: by seed, over strata of likeness, containment, and same or other outlet.

    python benchmarks/copies/draw.py ARTICLES.jsonl.xz PAIRS.tsv.gz > benchmarks/copies/pairs.tsv

One line a pair: id_a, id_b, stratum, how many pairs the stratum holds, how many of them were drawn. Their quotient is
the weight of a label in every figure about all pairs. Articles without text are left out; no text is printed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import lzma
import random
import sys
from collections import defaultdict
from pathlib import Path

SEED = 2026
WANTED = 448
EDGES = (0.1, 0.2, 0.3, 0.5, 0.8)  # of Jaccard
WITHIN = 0.8  # containment from which the shorter stands in the longer


def stratum(jaccard: float, containment: float, *, same: bool) -> str:
    band = sum(jaccard >= edge for edge in EDGES)
    return f"J{band}-{'in' if containment >= WITHIN else 'apart'}-{'same' if same else 'other'}"


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("articles", type=Path)
    given.add_argument("pairs", type=Path)
    args = given.parse_args()
    with lzma.open(args.articles, "rt") as lines:
        held = {row["id"] for row in map(json.loads, lines) if row["text"].strip()}
    strata: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with gzip.open(args.pairs, "rt") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            pair = min(row["id_a"], row["id_b"]), max(row["id_a"], row["id_b"])
            if set(pair) <= held:
                same = row["source_a"] == row["source_b"]
                strata[stratum(float(row["jaccard"]), float(row["containment"]), same=same)].append(pair)
    chance = random.Random(SEED)
    drawn = {name: [] for name in sorted(strata)}
    left = {name: chance.sample(sorted(set(pairs)), len(set(pairs))) for name, pairs in sorted(strata.items())}
    while sum(map(len, drawn.values())) < WANTED and any(left.values()):
        for name, pairs in left.items():  # one of each in turn: rare strata are drawn whole
            if pairs and sum(map(len, drawn.values())) < WANTED:
                drawn[name].append(pairs.pop())
    out = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    out.writerow(("id_a", "id_b", "stratum", "held", "drawn"))
    for name, pairs in drawn.items():
        out.writerows((*pair, name, len(set(strata[name])), len(pairs)) for pair in sorted(pairs))


if __name__ == "__main__":
    main()
