"""Which texts of a collection that nobody labelled the topic's table takes: their ids and scores, none of their words.

    python benchmarks/topic/taken.py ARTICLES.jsonl.xz…

Each line of a collection is a JSON object with `id`, `title` and `text`. Of collections of other years and beats nearly
all that is taken is wrong: look each up.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path

from crawler.topic import judge, load_topic


def main() -> None:
    rules, texts = load_topic(), 0
    for path in map(Path, sys.argv[1:]):
        with lzma.open(path, "rt") as lines:
            for row in map(json.loads, lines):
                texts += 1
                verdict = judge(row.get("title") or "", row.get("text") or "", rules)
                if verdict.on:
                    print(f"{path.name}\t{row['id']}\t{verdict.score}\t{', '.join(verdict.terms[:4])}")
    print(f"{texts} texts")


if __name__ == "__main__":
    main()
