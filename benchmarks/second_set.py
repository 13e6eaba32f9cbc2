"""Scores a set that was written by an author who had not seen the code, and prints every fault.

    python -m benchmarks.second_set [FOLDER]

Pages in layouts of their own, read without rules of any outlet (`pages.json`), and short texts in groups whose pairs,
sources and credits are known (`stories.json`). Of a folder is scored what it holds; without one, `tests/second_set/`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.second_set import score
from tests.second_set.serve import HERE


def told(title: str, found: score.Score) -> None:
    print(f"{title}\n{'':24} right/asked")
    for what, asked in found.asked.items():
        print(f"{what:24} {found.right[what]}/{asked}")
    for fault in sorted(found.faults, key=lambda each: (list(found.asked).index(each.what), each.where)):
        print(f"- {fault.what}, {fault.where}: {fault.said}")
    print()


def main(folder: Path) -> None:
    if (folder / "pages.json").exists():
        told("Pages", score.pages(folder))
    told("Stories", score.stories(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else HERE)
