"""Draws the texts whose credited agency is labelled: by seed, texts of each outlet in turn; no text is printed.

    python benchmarks/agencies/draw.py ARTICLES.jsonl.xz [any|near|names] > benchmarks/agencies/DRAW.tsv

One line a text: id, stratum, how many texts the stratum holds. Empty texts are left out, and those of the draws before.

any: two strata: a word of `crawler/agencies.yml`, be it a place or a verb, stands in the first or last 80 letters
(named), or none does (bare). near: an agency's name, or «وكالات» and its like, stands there; most of these are plain
words («مواقع», «فارس»). names: a name that is no plain word stands there. The strata are those of the table of the day.
"""

from __future__ import annotations

import argparse
import csv
import json
import lzma
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import yaml

from archive.arabic import fold, tokens
from crawler.agencies import Agencies, load_agencies

SEED = 2026
OF_EACH = 100
NEAR = 80
TABLE = Path(__file__).parents[2] / "crawler" / "agencies.yml"
PLAIN = frozenset({"فارس", "مهر", "اب", "رصد", "مواقع", "متابعه", "ام", "وام"})  # names that are also plain words
DRAWS = {"any": ("named", "bare"), "near": ("near",), "names": ("names",)}
Outlets = dict[str, list[str]]


def words(node: object) -> list[str]:
    """Every string of the table that could stand in a text."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [word for value in node.values() for word in words(value)]
    return [word for value in node for word in words(value)] if isinstance(node, list) else []


def names_a_wire(text: str, agencies: Agencies, passed_over: frozenset[str]) -> bool:
    """Whether an agency's name or a word for unnamed ones stands near an end, «و» and «ل» before it passed over."""
    wanted = {name for name in (*agencies.names, *agencies.rows["partial"]) if len(name) > 2 or not name.isascii()}
    wanted -= passed_over
    for said in (tokens(text[:NEAR]), tokens(text[-NEAR:])):
        for at, size in ((at, size) for at in range(len(said)) for size in range(1, agencies.longest + 1)):
            whole = "".join(said[at : at + size])
            if whole in wanted or (size == 1 and whole[0] in "ول" and whole[1:] in wanted):
                return True
    return False


def stratum(text: str, draw: str, agencies: Agencies, every: Sequence[str]) -> str | None:
    """The stratum of a draw that a text is in, if any."""
    if draw != "any":
        near = names_a_wire(text, agencies, PLAIN if draw == "names" else frozenset())
        return draw if near else None
    ends = f" {fold(text[:NEAR])} {fold(text[-NEAR:])} "
    named = any(f" {name} " in ends or f"({name})" in ends or f'"{name}"' in ends for name in every)
    return "named" if named else "bare"


def drawn(outlets: Outlets) -> list[str]:
    """`OF_EACH` ids, one of each outlet in turn, sorted."""
    chance = random.Random(SEED)
    left = {outlet: chance.sample(sorted(ids), len(ids)) for outlet, ids in sorted(outlets.items())}
    chosen: list[str] = []
    while len(chosen) < OF_EACH:
        chosen += [ids.pop() for ids in left.values() if ids]
    return sorted(chosen[:OF_EACH])


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("articles", type=Path)
    given.add_argument("draw", choices=DRAWS, nargs="?", default="any")
    args = given.parse_args()
    agencies, table = load_agencies(), yaml.safe_load(TABLE.read_text("utf-8"))
    every = sorted({fold(word) for word in words(table) if len(fold(word)) > 2 and not word.isascii()})
    before = list(DRAWS)[: list(DRAWS).index(args.draw)]
    held_back = {one for draw in before for one in Path(__file__).with_name(f"{draw}.tsv").read_text("utf-8").split()}
    strata: dict[str, Outlets] = {name: defaultdict(list) for name in DRAWS[args.draw]}
    with lzma.open(args.articles, "rt") as lines:
        for row in map(json.loads, lines):
            text = row["text"].strip()
            if text and row["id"] not in held_back and (name := stratum(text, args.draw, agencies, every)):
                strata[name][row["source"]].append(row["id"])
    out = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    out.writerow(("id", "stratum", "held"))
    for name, outlets in strata.items():
        out.writerows((one, name, sum(map(len, outlets.values()))) for one in drawn(outlets))


if __name__ == "__main__":
    main()
