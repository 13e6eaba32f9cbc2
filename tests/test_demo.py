from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def demo(folder: Path) -> str:
    env = {**os.environ, "ASTANA_CATALOG": "postgresql://nobody@127.0.0.1:9/none", "ASTANA_STORE": "/nowhere"}
    words = [sys.executable, "-m", "flows.cli", "demo", "--dir", str(folder)]
    done = subprocess.run(words, env=env, cwd=folder.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Flow run" in done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def captures(said: str) -> list[tuple[int, str, str]]:
    """Rows of the first table."""
    table = said.partition("What is held")[0]
    rows = [tuple(cell.strip() for cell in line.strip("│ ").split("│")) for line in table.splitlines() if "│" in line]
    return [(int(number), sort, which) for number, sort, which in rows]


def commands(said: str) -> list[list[str]]:
    return [shlex.split(line) for line in said.split("Try:")[1].splitlines() if line.strip()]


@pytest.mark.long
def test_a_demonstration_ends_with_what_it_found_and_commands_that_work_and_may_be_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "demo folder"
    first = demo(folder)
    total, *parts = captures(first)
    assert total[0] == sum(number for number, _, _ in parts)
    assert {sort for _, sort, _ in parts} == {"article", "rejection", "unchanged", "non-article"}
    assert len(re.findall(r"warc/\w+/\d{4}/\d\d/\S+\.warc\.gz", first)) == 4
    assert len(commands(first)) == 3
    for words in commands(first):
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout or "pulled to" in done.stderr
    again = demo(folder)
    assert captures(again)[0][0] >= total[0]
    articles = [[row for row in captures(said) if row[1] == "article"] for said in (first, again)]
    assert articles[0] == articles[1]
    assert {path.name for path in folder.iterdir()} == {"outlets", "prefect", "pulled", "store"}
