"""Reading a page: ours beside other people's readers, in one run over pages whose text a person read.

    python benchmarks/extraction/score.py FOLDER [--peer-python PEERS/bin/python] [--half tune|report|all]
                                          [--modes fast thorough] [--every N] [--rounds N] [--errors FILE]
                                          [--least .9]

FOLDER holds `extraction/wcxb` (English articles with their text) and `arabic_pages` (five labelled by keys of
paragraphs in arabic_gold.jsonl). Words are compared as bags. A seed parts the English pages into a half to tune on and
a half to report. Readers take turns page by page; times are CPU seconds of the process that reads. Ours counts all it
does from the bytes of the response on: decoding, text, places, dates, dateline, topic; "ours fast, text" is its default
mode asked for title, text and places alone, as trafilatura's default gives a text alone, and "trafilatura all" is
trafilatura asked for title, author and date beside the text, too. Peers are given the decoded text. How many times
trafilatura's default pace ours is, is told last. In its turn each reader of ours reads another page, so that none finds
lines remembered that another one read. `--rounds` reads all pages so often, and takes the least time of each page.
`--errors` names the pages below `--least`, with no text of theirs.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from archive.records import Article, Capture, Hints, Role
from benchmarks.extraction import marks
from benchmarks.extraction.marks import Gold, Said
from crawler.agencies import load_agencies
from crawler.extract import Reader, Text, read, read_text
from crawler.outlet import OTHER, Outlet, load_outlets
from crawler.page import decode
from crawler.reader import Mode
from crawler.topic import load_topic

HERE = Path(__file__).parent
Answer = Callable[[str], dict[str, Said]]


def english(folder: Path, which: str) -> Iterator[Gold]:
    """The labelled English pages of a half."""
    files = {path.stem: path for path in sorted((folder / "gold").glob("*.json"))}
    wanted = marks.half(list(files), which)
    for name, path in files.items():
        if name not in wanted:
            continue
        said = json.loads(path.read_text("utf-8"))
        truth = said["ground_truth"]
        html = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        yield Gold(
            name=name,
            url=said["url"],
            html=decode.decode(html, None).text,
            text=truth.get("main_content") or "",
            shown=tuple(truth.get("with") or ()),
            hidden=tuple(truth.get("without") or ()),
        )


def arabic(folder: Path) -> Iterator[Gold]:
    """The five Arabic pages whose paragraphs were labelled by reading."""
    for line in (HERE / "arabic_gold.jsonl").read_text("utf-8").splitlines():
        said = json.loads(line)
        html = gzip.decompress((folder / said["file"]).read_bytes())
        keys = tuple((each["sha256"], each["letters"], each["kind"]) for each in said["paragraphs"])
        yield Gold(name=Path(said["file"]).stem, url=said["url"], html=decode.decode(html, None).text, keys=keys)


@contextmanager
def peers(python: str | None) -> Iterator[tuple[Answer, dict[str, str]]]:
    """Other readers in a process of their own; without an interpreter for them there are none."""
    if python is None:
        yield (lambda _: {}), {}
        return
    command = [python, "-W", "ignore", str(HERE / "peers.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        hello = json.loads(process.stdout.readline())

        def ask(html: str) -> dict[str, Said]:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps({"html": html}) + "\n")
            process.stdin.flush()
            return {name: Said(*said) for name, said in json.loads(process.stdout.readline()).items()}

        yield ask, hello["versions"]
        process.stdin.close()


def ours(modes: Sequence[str]) -> dict[str, Callable[[Gold], Said]]:
    """Our reader in each of its modes, and asked for a text and its places alone, reading captures off the shelf."""
    outlet = load_outlets(None)[OTHER]
    asked: dict[str, Callable[[Gold], Said]] = {}
    for mode in modes:
        asked[f"ours {mode}"] = partial(_read, _reader(mode, outlet))
    if "fast" in modes:
        asked["ours fast, text"] = partial(_read_text, _reader("fast", outlet))
    return asked


def _capture(page: Gold) -> Capture:
    return Capture(
        outlet=OTHER,
        url=page.url,
        date="2026-11-22T10:00:00Z",
        record="urn:uuid:00000000-0000-4000-8000-000000000001",
        request=b"",
        response=b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.html.encode(),
        hints=Hints(role=Role.PAGE),
    )


def _read(reader: Reader, page: Gold) -> Said:
    capture = _capture(page)
    start = time.process_time()
    found = read(capture, reader)
    spent = time.process_time() - start
    return Said(found.text, spent, found.byline or "") if isinstance(found, Article) else Said("", spent)


def _read_text(reader: Reader, page: Gold) -> Said:
    capture = _capture(page)
    start = time.process_time()
    found = read_text(capture, reader)
    spent = time.process_time() - start
    return Said("\n\n".join(each.text for each in found.paragraphs) if isinstance(found, Text) else "", spent)


def _reader(mode: str, outlet: Outlet) -> Reader:
    return Reader(outlet=outlet, topic=load_topic(None), agencies=load_agencies(()), mode=Mode(mode))


@dataclass(slots=True)
class Score:
    """What one reader did over the pages."""

    spent: dict[str, float] = field(default_factory=dict)  # CPU seconds on each page, the least of all rounds
    by_page: dict[str, float] = field(default_factory=dict)
    last: int = 0
    closing: int = 0
    shown: int = 0
    hidden: int = 0
    arabic: dict[str, float] = field(default_factory=dict)
    credits: int = 0

    @property
    def seconds(self) -> float:
        return sum(self.spent.values())

    def mark(self, page: Gold, said: Said) -> None:
        """Take in what was said of a page; of one that was marked before, only the time."""
        known = self.spent.get(page.name)
        self.spent[page.name] = min(said.seconds, said.seconds if known is None else known)
        if known is not None:
            return
        if page.keys:
            lines = list(filter(None, map(str.strip, said.text.splitlines())))
            self.arabic[page.name] = marks.keyed_f1(lines, page.keys)
            self.credits += marks.credits_kept(lines, said.byline, page.keys)
            return
        self.by_page[page.name] = marks.f1(said.text, page.text)
        self.last += marks.holds(said.text, marks.last(page.text))
        self.closing += bool(marks.closing(page.text)) and marks.holds(said.text, marks.closing(page.text))
        self.shown += sum(marks.says(said.text, snippet) for snippet in page.shown)
        self.hidden += sum(marks.says(said.text, snippet) for snippet in page.hidden)


def table(scores: dict[str, Score], pages: Sequence[Gold]) -> Iterator[str]:
    """A line for each reader, the best first."""
    texts = [page for page in pages if not page.keys]
    closing = sum(bool(marks.closing(page.text)) for page in texts)
    shown, hidden = sum(len(page.shown) for page in texts), sum(len(page.hidden) for page in texts)
    labelled = sum(kind == "credit" for page in pages for _, _, kind in page.keys)
    yield f"{len(texts)} pages with their text, {len(pages) - len(texts)} with keys of paragraphs"
    yield (
        f"{'reader':22}{'F1':>7}{'worst 10th':>12}{'last kept':>11}{f'closing /{closing}':>13}"
        f"{f'with /{shown}':>12}{f'without /{hidden}':>15}{'Arabic':>8}{f'credit /{labelled}':>11}{'pages/CPU s':>13}"
    )
    for name, score in sorted(scores.items(), key=lambda each: -marks.mean(list(each[1].by_page.values()))):
        values = list(score.by_page.values())
        yield (
            f"{name:22}{marks.mean(values):7.4f}{marks.worst(values):12.3f}{score.last:11}{score.closing:13}"
            f"{score.shown:12}{score.hidden:15}{marks.mean(list(score.arabic.values())):8.3f}{score.credits:11}"
            f"{len(pages) / score.seconds:13.1f}"
        )
    for page in pages:
        if page.keys:
            yield f"{page.name:32}" + "  ".join(
                f"{name} {score.arabic[page.name]:.2f}" for name, score in scores.items()
            )
    if (stock := scores.get("trafilatura")) is not None:
        own = {name: score for name, score in scores.items() if name.startswith("ours")}
        told = (f"{name} {stock.seconds / score.seconds:.2f}" for name, score in own.items())
        yield "times as many pages in a CPU-second as trafilatura's default: " + ", ".join(told)


def main() -> None:
    """Read every page with every reader, and print the table and a line of JSON."""
    asked = _asked()
    pages = [*english(asked.folder / "extraction" / "wcxb", asked.half), *arabic(asked.folder / "arabic_pages")]
    pages = pages[:: asked.every]
    own = ours(asked.modes)
    scores: dict[str, Score] = {}
    with peers(asked.peer_python) as (theirs, versions):
        for name in [*own, *theirs(pages[-1].html)]:
            scores[name] = Score()
        for ask in own.values():
            ask(pages[-1])  # loads what is loaded late
        gc.freeze()  # as the processes that read for a crawl do: what was there before is not walked through again
        for at in (at for _ in range(asked.rounds) for at in range(len(pages))):
            for name, said in theirs(pages[at].html).items():
                scores[name].mark(pages[at], said)
            for turn, (name, ask) in enumerate(own.items()):
                page = pages[(at + turn * len(pages) // len(own)) % len(pages)]
                scores[name].mark(page, ask(page))
    print(*table(scores, pages), sep="\n")
    if asked.errors:
        asked.errors.write_text("\n".join(_errors(scores, asked.least)) + "\n", "utf-8")
    f1s = {name: round(marks.mean(list(score.by_page.values())), 4) for name, score in scores.items()}
    print(json.dumps({"half": asked.half, "f1": f1s, "versions": versions, "cores": os.cpu_count()}))


def _errors(scores: dict[str, Score], least: float) -> Iterator[str]:
    for name, score in scores.items():
        if name.startswith("ours"):
            low = sorted((value, page) for page, value in score.by_page.items() if value < least)
            yield from (f"{name}\t{page}\t{value:.3f}" for value, page in low)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer-python", help="the interpreter that other readers are installed for")
    parser.add_argument("--half", choices=("tune", "report", "all"), default="report")
    parser.add_argument("--modes", nargs="*", choices=("fast", "thorough"), default=["fast", "thorough"])
    parser.add_argument("--every", type=int, default=1, help="one page in so many, for a first look")
    parser.add_argument(
        "--rounds", type=int, default=1, help="how often all is read; the least time of each page counts"
    )
    parser.add_argument("--errors", type=Path, help="where to write which pages ours reads badly")
    parser.add_argument("--least", type=float, default=0.9, help="F1 below which a page is named")
    return parser.parse_args()


if __name__ == "__main__":
    main()
