"""Reading a page: ours beside other people's readers, in one run over pages whose text a person read.

    python benchmarks/extraction/score.py FOLDER [--peer-python PEERS/bin/python] [--half tune|report|all]
                                          [--modes fast thorough] [--every N] [--errors FILE] [--least .9]

FOLDER holds `extraction/wcxb` (English articles with their text) and `arabic_pages` (five labelled by keys of
paragraphs in arabic_gold.jsonl). Words are compared as bags. A seed parts the English pages into a half to tune on and
a half to report. Each page is given to every reader before the next page is; times are CPU seconds of the process that
reads. Ours counts all it does: decoding, text, places, dates, dateline, topic; "trafilatura all" is trafilatura asked
for title, author and date beside the text, too. `--errors` names the pages below
`--least`, with no text of theirs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from archive.records import Article, Capture, Hints, Role
from benchmarks.extraction import marks
from benchmarks.extraction.marks import Gold, Said
from crawler.agencies import load_agencies
from crawler.extract import Reader, read
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


def ours(modes: Sequence[str]) -> Callable[[Gold], dict[str, Said]]:
    """Our reader in each of its modes, as it reads a capture off the shelf."""
    outlet = load_outlets(None)[OTHER]
    readers = {mode: _reader(mode, outlet) for mode in modes}

    def ask(page: Gold) -> dict[str, Said]:
        response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.html.encode()
        capture = Capture(
            outlet=OTHER,
            url=page.url,
            date="2026-11-22T10:00:00Z",
            record="urn:uuid:00000000-0000-4000-8000-000000000001",
            request=b"",
            response=response,
            hints=Hints(role=Role.PAGE),
        )
        said = {}
        for mode, reader in readers.items():
            start = time.process_time()
            found = read(capture, reader)
            spent = time.process_time() - start
            is_read = isinstance(found, Article)
            said[f"ours {mode}"] = Said(found.text, spent, found.byline or "") if is_read else Said("", spent)
        return said

    return ask


def _reader(mode: str, outlet: Outlet) -> Reader:
    return Reader(outlet=outlet, topic=load_topic(None), agencies=load_agencies(()), mode=Mode(mode))


@dataclass(slots=True)
class Score:
    """What one reader did over the pages."""

    seconds: float = 0.0
    by_page: dict[str, float] = field(default_factory=dict)
    last: int = 0
    closing: int = 0
    shown: int = 0
    hidden: int = 0
    arabic: dict[str, float] = field(default_factory=dict)
    credits: int = 0

    def mark(self, page: Gold, said: Said) -> None:
        self.seconds += said.seconds
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


def main() -> None:
    """Read every page with every reader, and print the table and a line of JSON."""
    asked = _asked()
    pages = [*english(asked.folder / "extraction" / "wcxb", asked.half), *arabic(asked.folder / "arabic_pages")]
    pages = pages[:: asked.every]
    own = ours(asked.modes)
    scores: dict[str, Score] = {}
    with peers(asked.peer_python) as (theirs, versions):
        for warm in (own(pages[-1]), theirs(pages[-1].html)):  # loads what is loaded late
            scores.update((name, Score()) for name in warm)
        for page in pages:
            for name, said in {**own(page), **theirs(page.html)}.items():
                scores[name].mark(page, said)
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
    parser.add_argument("--errors", type=Path, help="where to write which pages ours reads badly")
    parser.add_argument("--least", type=float, default=0.9, help="F1 below which a page is named")
    return parser.parse_args()


if __name__ == "__main__":
    main()
