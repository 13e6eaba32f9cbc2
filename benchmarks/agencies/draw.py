"""Draws the texts whose credited agency people label: by seed, half of them with an agency's name near an end.

    python benchmarks/agencies/draw.py ARTICLES.jsonl.xz > benchmarks/agencies/texts.tsv

One line a text: id, stratum (named: a name of `crawler/agencies.yml` stands in the first or last 80 letters; bare:
none does), how many texts the stratum holds. Texts of each outlet are drawn in turn. Empty texts are left out; no text
is printed.
"""

from __future__ import annotations

import argparse
import csv
import json
import lzma
import random
import sys
from collections import defaultdict
from pathlib import Path

import yaml

from archive.arabic import fold

SEED = 2026
OF_EACH = 100
NEAR = 80
TABLE = Path(__file__).parents[2] / "crawler" / "agencies.yml"


def words(node: object) -> list[str]:
    """Every string of the table that could stand in a text."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [word for value in node.values() for word in words(value)]
    return [word for value in node for word in words(value)] if isinstance(node, list) else []


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("articles", type=Path)
    args = given.parse_args()
    table = yaml.safe_load(TABLE.read_text("utf-8"))
    names = sorted({fold(word) for word in words(table) if len(fold(word)) > 2 and not word.isascii()})
    strata: dict[str, dict[str, list[str]]] = {"named": defaultdict(list), "bare": defaultdict(list)}
    with lzma.open(args.articles, "rt") as lines:
        for row in map(json.loads, lines):
            text = row["text"].strip()
            if text:
                ends = f" {fold(text[:NEAR])} {fold(text[-NEAR:])} "
                named = any(f" {name} " in ends or f"({name})" in ends or f'"{name}"' in ends for name in names)
                strata["named" if named else "bare"][row["source"]].append(row["id"])
    chance = random.Random(SEED)
    out = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    out.writerow(("id", "stratum", "held"))
    for name, outlets in strata.items():
        left = {outlet: chance.sample(sorted(ids), len(ids)) for outlet, ids in sorted(outlets.items())}
        drawn: list[str] = []
        while len(drawn) < OF_EACH:
            drawn += [ids.pop() for ids in left.values() if ids]
        held = sum(map(len, outlets.values()))
        out.writerows((one, name, held) for one in sorted(drawn[:OF_EACH]))


if __name__ == "__main__":
    main()
