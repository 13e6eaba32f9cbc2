"""Days of publication: ours beside htmldate's, on pages whose day somebody read; exact days and CPU time, one run.

`python benchmarks/dates.py FOLDER`: a folder with `dates.json`, {address: {"file": name, "date": day}}, and
`html/<name>.gz`; or one with `gold/<name>.json`, {"url", "ground_truth": {"publish_date"}}, and `html/<name>.html.gz`,
of which pages without a day are left out. Every outlet's zone counts as unknown, as it is to htmldate. `--errors` names
the pages that ours misses, with its claims; `--half tune` or `report` takes one half, drawn by a seed. Times are CPU
seconds of this process: the readers take turns page by page, of each page the best of `--rounds` counts, and before
each round what either remembers of earlier pages is forgotten.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from htmldate import find_date
from htmldate.meta import reset_caches

from archive import arabic
from archive.published import judge
from archive.records import Capture, Claim, Published
from crawler.dates import Page, claims
from crawler.dating import layout, written
from crawler.outlet import Outlet
from crawler.page import dom

CAPTURED = datetime(2026, 11, 22, 10, tzinfo=UTC)
SEED = 2017  # of the halves
OUTLET = Outlet(id="any", name="-", english="-", country="", timezone="UTC", language="en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A page and the day that a person read on it."""

    url: str
    html: str
    day: str | None  # None: a person found none


def labelled(folder: Path) -> Iterator[Labelled]:
    """The pages of a folder, unpacked."""
    yield from of_gold(folder) if (folder / "gold").is_dir() else of_list(folder)


def of_gold(folder: Path) -> Iterator[Labelled]:
    """Pages with a file of labels each, those that have a day."""
    for path in sorted((folder / "gold").glob("*.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        if day := said["ground_truth"].get("publish_date"):
            packed = (folder / "html" / f"{path.stem}.html.gz").read_bytes()
            yield Labelled(url=said["url"], html=gzip.decompress(packed).decode("utf-8", "replace"), day=day[:10])


def half_of(pages: list[Labelled], half: str) -> list[Labelled]:
    """One half of them: what is mended by the one is reported on the other."""
    drawn = sorted(pages, key=lambda page: page.url)
    random.Random(SEED).shuffle(drawn)
    middle = len(drawn) // 2
    return {"tune": drawn[:middle], "report": drawn[middle:], "both": pages}[half]


def of_list(folder: Path) -> Iterator[Labelled]:
    """Pages with one file of labels for all."""
    said = json.loads((folder / "dates.json").read_text(encoding="utf-8"))
    for url, entry in said.items():
        packed = (folder / "html" / f"{entry['file']}.gz").read_bytes()
        html, day = gzip.decompress(packed).decode("utf-8", "replace"), str(entry["date"])
        yield Labelled(url=url, html=html, day=None if day == "nan" else day)


def ours(page: Labelled) -> tuple[Published, tuple[Claim, ...]]:
    """Our verdict on a page, from its text on, and the claims behind it."""
    root = dom.parse(page.html)
    assert root is not None, page.url
    capture = Capture(
        outlet=OUTLET.id, url=page.url, date=CAPTURED.isoformat(), record="urn:x", request=b"", response=b""
    )
    found = claims(Page(root=root, url=page.url), capture, OUTLET)
    return judge(found, CAPTURED, OUTLET.timezone), found


def our_day(page: Labelled) -> str | None:
    """The local day of our verdict."""
    found, _ = ours(page)
    return (found.local or found.value or "")[:10] or None


def htmldate_day(page: Labelled, *, extensive: bool) -> str | None:
    """The day htmldate reads, in one of its two modes."""
    return find_date(page.html, url=page.url, original_date=True, extensive_search=extensive)


READERS: dict[str, Callable[[Labelled], str | None]] = {
    "ours": our_day,
    "htmldate fast": lambda page: htmldate_day(page, extensive=False),
    "htmldate extensive": lambda page: htmldate_day(page, extensive=True),
}


def timed(pages: list[Labelled], rounds: int) -> dict[str, float]:
    """CPU seconds of each reader over all pages: of each page the least of its rounds."""
    best = {name: [float("inf")] * len(pages) for name in READERS}
    for _ in range(rounds):
        forget()
        for at, page in enumerate(pages):
            for name, read in READERS.items():
                start = time.process_time()
                read(page)
                best[name][at] = min(best[name][at], time.process_time() - start)
    return {name: sum(seconds) for name, seconds in best.items()}


def forget() -> None:
    """Both remember strings of the pages that they read last; those of the next crawl are others."""
    reset_caches()
    for each in (arabic._folded, layout._part_named, written._found):
        each.cache_clear()


def errors(pages: list[Labelled]) -> Iterator[str]:
    """Each page that ours misses: its day, our verdict, our claims."""
    for page in pages:
        found, said = ours(page)
        if our_day(page) != page.day:
            yield f"{page.url}\n  labelled {page.day}, ours {found.local or found.value} ({found.source})"
            yield from (f"    {c.about} {c.source} {c.value} «{c.said[:70]}»" for c in said)


def main() -> None:
    """Print a line for each reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3, help="timed rounds of each reader, interleaved")
    parser.add_argument("--errors", action="store_true", help="name the pages that ours misses")
    parser.add_argument("--half", choices=("tune", "report", "both"), default="both")
    asked = parser.parse_args()
    pages = half_of(list(labelled(asked.folder)), asked.half)
    days = {name: [read(page) for page in pages] for name, read in READERS.items()}  # and loads what they load late
    gc.collect()
    gc.freeze()  # what libraries hold is not looked through again for each page, of either reader
    best = timed(pages, asked.rounds)
    for name, said in days.items():
        right = sum(day == page.day for day, page in zip(said, pages, strict=True))
        answered = sum(day is not None for day in said)
        print(
            f"{name:20} exact day {right} of {len(pages)} = {right / len(pages):.3f}; answered {answered};"
            f" {1000 * best[name] / len(pages):.1f} ms/page; ours {best[name] / best['ours']:.2f} x as fast"
        )
    if asked.errors:
        print(*errors(pages), sep="\n")


if __name__ == "__main__":
    main()
