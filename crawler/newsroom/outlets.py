"""The outlet files of the practice press, written with its ports; every other fact is in templates/outlets/."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crawler.newsroom import ufuq
from crawler.newsroom.pages import render
from crawler.newsroom.paper import Paper

PACE = 0.01  # seconds between requests: it is our own machine, but a pace of nothing is not kept by the crawler


def write(folder: Path, papers: Mapping[str, Paper]) -> list[Path]:
    """`<id>.yml` for each paper, replaced when there; the folder is made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{name}.yml", paper) for name, paper in papers.items()]


def _write(path: Path, paper: Paper) -> Path:
    sections = [ufuq.section_slug(section) for section in ufuq.sections(paper)]
    host = paper.address.removeprefix("http://")
    text = render(f"outlets/{path.name}", paper=paper, host=host, pace=PACE, sections=sections)
    path.write_text(text, encoding="utf-8")
    return path
