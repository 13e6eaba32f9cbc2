"""Eight writers, two outlets, one bucket, no lock server; three are killed: what they reported is held, once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest

from archive import cdx, warc
from archive.records import Capture
from archive.settings import load_settings
from archive.storage import Storage, open_storage
from crawler.orders import CrawlReport
from tests.desk import Desk
from tests.sites import Site, article, feed, served

pytestmark = [pytest.mark.service, pytest.mark.xdist_group("seaweed")]
ROOT = Path(__file__).parent.parent
OUTLETS = ("press", "nakhla")
ROUNDS, CAPTURES = 2, 6


@dataclass(slots=True)
class Writer:
    """A process, what it told, and after which of its lines it is killed."""

    number: int
    outlet: str
    store: str
    folder: Path
    fatal: int = 0  # the line that is its last; 0 lets it live
    delay: float = 0.0  # seconds between that line and the kill
    lines: list[Mapping[str, object]] = field(default_factory=list)
    killed: float = 0.0
    said: str = ""

    def run(self, rounds: int = ROUNDS, captures: int = CAPTURES) -> None:
        """Until it ends, by itself or by us."""
        given = (self.store, self.folder, self.outlet, rounds, captures, self.number)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.many_writers", *map(str, given)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            self.lines.append(json.loads(line))
            if len(self.lines) == self.fatal and not self.killed:
                time.sleep(self.delay)
                self.killed = time.monotonic()
                os.kill(process.pid, signal.SIGKILL)
        self.said = process.stderr.read()
        ended = process.wait()
        assert ended == (-signal.SIGKILL if self.killed and self.lines[-1]["step"] != "done" else 0), self.said

    def told(self, step: str) -> list[Mapping[str, object]]:
        return [line for line in self.lines if line["step"] == step]

    def tenures(self) -> list[tuple[float, float, object]]:
        """From when to when it held the lease, and the token; a killed one held it to its death."""
        ends = [float(str(line["at"])) for line in self.told("ended")]
        begun = self.told("began")
        ends += [self.killed] * (len(begun) - len(ends))
        return [(float(str(line["at"])), end, line["token"]) for line, end in zip(begun, ends, strict=True)]


def held(storage: Storage) -> Counter[str]:
    """How often each record is on the shelf."""
    found: Counter[str] = Counter()
    for key in storage.list("warc/"):
        with storage.open(key) as stream:
            for one in warc.read(stream, key, key.split("/")[1]):
                assert isinstance(one, Capture), f"{key}: {one}"
                found[one.record] += 1
    return found


def together(writers: list[Writer]) -> None:
    failed = list[BaseException]()

    def run(writer: Writer) -> None:
        try:
            writer.run()
        except BaseException as error:  # noqa: BLE001  # told below, where the test hears it
            failed.append(error)

    threads = [threading.Thread(target=run, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


@pytest.mark.long
@pytest.mark.parametrize("seed", [2026])
def test_of_eight_writers_three_are_killed_and_nothing_is_lost_or_doubled(
    bucket: str, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    store = f"{bucket}?patience=60"
    writers = [Writer(n, OUTLETS[n % 2], store, tmp_path / f"machine{n}") for n in range(8)]
    for victim in chance.sample(writers, 3):
        victim.fatal = chance.randint(2, ROUNDS * (CAPTURES + 5) - 3)
        victim.delay = chance.random() * 0.03
    together(writers)
    victims = [writer for writer in writers if writer.killed]
    assert len(victims) == 3

    # The machines of the dead start again and do one more round: what waited there is sealed.
    for victim in victims:
        again = Writer(victim.number + 100, victim.outlet, store, victim.folder)
        again.run(rounds=1, captures=1)
        writers.append(again)

    storage = open_storage(bucket)
    found = held(storage)
    reported = [str(line["record"]) for writer in writers for line in writer.told("reported")]
    assert len(reported) > 5 * ROUNDS * CAPTURES
    assert [record for record in reported if record not in found] == []
    assert [record for record, times in found.items() if times > 1] == []
    indexed = Counter(line.record for key in storage.list("cdxj/") for line in cdx.load(storage.get(key)))
    assert indexed == found
    stems = [key.removeprefix("warc/").removesuffix(".warc.gz") for key in storage.list("warc/")]
    assert stems == [key.removeprefix("cdxj/").removesuffix(".cdxj") for key in storage.list("cdxj/")]
    assert {str(line["warc"]) for writer in writers for line in writer.told("sealed")} <= set(storage.list("warc/"))
    runs = {key.rpartition("/")[2].removesuffix(".json") for key in storage.list("ledger/run/")}
    assert {str(line["event"]) for writer in writers for line in writer.told("sealed")} <= runs
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    one_at_a_time(writers)


def one_at_a_time(writers: list[Writer]) -> None:
    """Of each outlet: no two held the lease at one time, and whoever came later had the greater token."""
    by_outlet: dict[str, list[tuple[float, float, object]]] = defaultdict(list)
    for writer in writers:
        by_outlet[writer.outlet] += writer.tenures()
    for tenures in by_outlet.values():
        tenures.sort()
        assert len(tenures) >= 5
        for (_, end, token), (begin, _, later) in pairwise(tenures):
            assert end <= begin
            assert int(str(token)) < int(str(later))


def test_of_two_crawlers_for_one_outlet_on_two_machines_the_lease_lets_one_work(bucket: str, tmp_path: Path) -> None:
    """Real crawls over a bucket; the second is refused while the first works, and afterwards finds all held."""
    hold = threading.Event()
    pages = {"/feed": feed("/news/1", "/news/2"), "/news/1": article(1), "/news/2": replace(article(2), wait=hold)}
    with served(pages) as site:
        machines = [machine(tmp_path / name, site, bucket) for name in ("one", "two")]
        first = threading.Thread(target=lambda: reports.append(machines[0].crawl()))
        reports = list[CrawlReport]()
        first.start()
        while "/news/2" not in site.paths():
            time.sleep(0.02)  # the site tells nobody that it was asked
        refused = machines[1].crawl(run="r2")
        assert not refused.finished
        assert "crawl-trial is being worked on" in refused.ended
        asked = len(site.paths())
        hold.set()
        first.join()
        assert reports[0].finished and reports[0].captures["page"] == 2
        assert len(site.paths()) == asked  # the refused one asked the outlet for nothing
        second = machines[1].crawl(run="r3")
    assert second.finished and second.refused == {"already-held": 2}
    assert set(held(open_storage(bucket)).values()) == {1}


def machine(folder: Path, site: Site, store: str) -> Desk:
    """A desk with a spool of its own over the common store."""
    folder.mkdir()
    desk = Desk(folder, site)
    desk.settings = load_settings(
        store=store, spool=folder / "spool", outlets=folder / "outlets", contact="archive@a.example"
    )
    return desk
