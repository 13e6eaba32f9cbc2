"""The outlet files of the practice press, written with its ports; every other fact is in templates/outlets/."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crawler.newsroom import sawari, ufuq
from crawler.newsroom.pages import render
from crawler.newsroom.paper import Paper
from crawler.newsroom.sawari import Site

PACE = 0.01  # seconds between requests: it is our own machine, but a pace of nothing is not kept by the crawler


def write(folder: Path, papers: Mapping[str, Paper], site: Site | None = None) -> list[Path]:
    """`<id>.yml` for each paper, and for sawari when it is open; replaced when there, the folder made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write(folder / f"{name}.yml", paper) for name, paper in papers.items()]
    return [*written, _write_sawari(folder / "sawari.yml", site)] if site else written


def _write_sawari(path: Path, site: Site) -> Path:
    hosts = {"host": _host(site.host), "former": _host(site.sold)}
    about = {"masthead": sawari.MASTHEAD, "address": site.host}
    sections = sawari.sections(site.pieces)
    path.write_text(render(f"outlets/{path.name}", paper=about, pace=PACE, sections=sections, **hosts), "utf-8")
    return path


def _host(address: str) -> str:
    return address.removeprefix("http://")


def _write(path: Path, paper: Paper) -> Path:
    sections = [ufuq.section_slug(section) for section in ufuq.sections(paper)]
    host = _host(paper.address)
    text = render(f"outlets/{path.name}", paper=paper, host=host, pace=PACE, sections=sections)
    path.write_text(text, encoding="utf-8")
    return path
