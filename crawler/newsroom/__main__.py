"""`python -m crawler.newsroom`: the practice press open until it is stopped; says where on one JSON line."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from threading import Event

from archive.errors import ArchiveError
from crawler.newsroom.archives import CALM, STORM
from crawler.newsroom.port import Hours
from crawler.newsroom.server import Newsroom


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m crawler.newsroom", description=__doc__)
    parser.add_argument("--dir", type=Path, default=Path("demo/outlets"), help="folder for the outlet files")
    parser.add_argument("--slow", type=float, default=0.0, metavar="SECONDS", help="how long the slow answers wait")
    parser.add_argument("--archives", action="store_true", help="open sawari and the web archives that hold it")
    parser.add_argument("--storm", action="store_true", help="let every so many answers of the archives go wrong")
    parser.add_argument(
        "--port", action="append", default=[], metavar="OUTLET=PORT", help="a fixed port; free ones are taken otherwise"
    )
    return parser.parse_args(words)


def _ports(words: list[str]) -> dict[str, int]:
    pairs = (word.partition("=") for word in words)
    return {name: int(port) if port.isdecimal() else 0 for name, _, port in pairs}


def _archives(newsroom: Newsroom) -> dict[str, str]:
    """Their addresses under the names of the settings that lead there."""
    if newsroom.archives is None:
        return {}
    return {
        "ASTANA_WAYBACK_URL": newsroom.wayback,
        "ASTANA_COMMONCRAWL_INDEX_URL": newsroom.commoncrawl_index,
        "ASTANA_COMMONCRAWL_DATA_URL": newsroom.commoncrawl_data,
    }


def main(words: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; 0 when stopped, 2 when it could not open."""
    asked = _arguments(words)
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        newsroom = Newsroom.start(
            ports=_ports(asked.port),
            hours=Hours(slow=asked.slow),
            archives=asked.archives,
            every=STORM if asked.storm else CALM,
        )
    except ArchiveError as error:
        print(error, file=sys.stderr)
        return 2
    with newsroom:
        newsroom.write_outlets(asked.dir)
        said = {"hosts": newsroom.hosts, "outlets": str(asked.dir.absolute())}
        print(json.dumps(said | _archives(newsroom)), flush=True)
        stopped.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
