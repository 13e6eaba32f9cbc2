"""One store and one outlet through many deaths: work is ordered, killed inside a window, begun again and checked."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from archive.settings import load_settings
from archive.storage import open_storage
from crawler.orders import CrawlOrder
from tests.kills import checks, outlet
from tests.kills.board import UPLOAD, WINDOWS
from tests.kills.runner import ROOT, Runner
from tests.kills.tally import ELSEWHERE, LAG, Tally

VERBS: Final = {"extract": "extract", "put-text": "extract", "index": "index", "rebuild": "rebuild"}  # else crawl
HASTY, SLOW = 0.01, 0.1  # seconds between two requests
NEW, MANY = 3, 32  # pages that an attempt finds unasked, and a slow one


class Campaign:
    """One store, one outlet, one seed."""

    def __init__(self, folder: Path, runner: Runner, seed: int, tally: Tally, bucket: str = "") -> None:
        """`bucket`: an address s3://… of the shelves; they are copied into the folder to be looked at."""
        self.folder = folder
        self.store = folder / "store"
        self.bucket = bucket
        self.runner = runner
        self.random = random.Random(seed)
        self.tally = tally
        self.pages = 0
        self.orders = 0
        self.forgiven: set[int] = set()
        self.seen = 0  # answers of the log that were there before the present verb began
        self.unread = self.unindexed = False

    @property
    def settings(self) -> dict[str, str]:
        """What the verbs are given."""
        return {
            "store": self.bucket or str(self.store),
            "spool": str(self.store / "spool"),
            "catalog": f"sqlite:///{self.store}/catalog.db",
            "outlets": str(self.folder / "outlets"),
            "contact": "archive@a.example",
        }

    def fetch(self) -> None:
        """Copy the shelves out of the bucket, as they are now."""
        for shelf in ("warc", "cdxj", "text", "ledger"):
            shutil.rmtree(self.store / shelf, ignore_errors=True)
        storage = open_storage(self.bucket)
        for key in storage.list(""):
            if not key.startswith("state/"):
                path = self.store / key
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(storage.get(key))

    def facts(self, port: int) -> None:
        """The outlet's file."""
        self.port = port
        (self.folder / "outlets").mkdir(exist_ok=True)
        self.pace(HASTY)

    def pace(self, delay: float) -> None:
        """Ask faster or more slowly from the next crawl on."""
        host = f"127.0.0.1:{self.port}"
        (self.folder / "outlets" / f"{checks.OUTLET}.yml").write_text(
            "name: تجربة\nenglish: Trial\ncountry: SY\ntimezone: Asia/Damascus\nlanguage: ar\n"
            f"hosts: ['{host}']\nseeds:\n  - {{kind: sitemap, url: 'http://{host}/map.xml'}}\n"
            "story: {url: '/news/[0-9]+', id: '/news/([0-9]+)'}\n"
            f"pace: {{delay: {delay}, concurrency: 2}}\nallow_private: true\n",
            encoding="utf-8",
        )

    def publish(self, more: int) -> None:
        """The outlet lists so many pages more."""
        self.pages += more
        draft = self.folder / "listed.tmp"
        draft.write_text(str(self.pages), encoding="ascii")
        draft.rename(self.folder / "listed")

    # ---- one verb ----------------------------------------------------------------------------------------------

    def start(self, verb: str) -> int:
        """Begin it, in a process of its own."""
        reported = str(self.folder / "reported")
        self.seen = len(outlet.answers(self.folder))
        if verb != "crawl":
            return self.runner.start(verb, settings=self.settings, reported=reported)
        self.orders += 1
        order = CrawlOrder(run=f"r{self.orders}", outlet=checks.OUTLET, now=datetime(2026, 1, 10, tzinfo=UTC))
        settings = load_settings(**self.settings).model_dump(mode="json")
        brief = {"order": order.dump(), "settings": settings, "report": str(self.folder / "report.json")}
        (self.folder / "brief.json").write_text(json.dumps(brief), encoding="utf-8")
        (self.folder / "report.json").unlink(missing_ok=True)
        return self.runner.start("crawl", brief=str(self.folder / "brief.json"), reported=reported)

    def ends(self, verb: str) -> int:
        """Do it; how it ended."""
        self.start(verb)
        return self.runner.end()

    def whole(self, verb: str) -> None:
        """Do it to its end."""
        code = self.ends(verb)
        assert code == 0, f"{verb} ended with {code}: {self.runner.words()}"
        self._learn()
        if verb == "crawl":
            report = json.loads((self.folder / "report.json").read_text("utf-8"))
            assert report["finished"], report["ended"]
        self._done(verb)

    def prepare(self, window: str) -> None:
        """Bring about that the verb has something to do."""
        if window not in VERBS:
            late = window in ("exchange", "append") and self.random.random() < 0.3
            self.pace(SLOW if late else HASTY)
            self.publish(MANY if late else NEW)
            return
        self.pace(HASTY)
        if window in ("extract", "put-text") and not self.unread:
            self.publish(NEW)
            self.whole("crawl")
        if window in ("index", "rebuild"):
            if not self.unread and not self.unindexed:
                self.publish(NEW)
                self.whole("crawl")
            if self.unread:
                self.whole("extract")
        if window == "rebuild" and self.unindexed:
            self.whole("index")

    # ---- one death ---------------------------------------------------------------------------------------------

    def kill(self, window: str) -> bool:
        """Order what passes through the window, and kill it there; False when it was over too soon."""
        self.prepare(window)
        slow = self._delay() == SLOW
        nth = self.random.randint(MANY - 4, MANY) if slow else 1
        if window in ("exchange", "append") and not slow:
            nth = self.random.randint(1, NEW + 4)
        share = self.random.random()
        board = self.runner.board
        verb = VERBS.get(window, "crawl")
        handle = os.pidfd_open(self.start(verb))  # a number may be given to another process meanwhile, a handle not
        while not (over := self.runner.has_ended()) and board.entered(window) < nth:
            time.sleep(0.0003)
        moment = time.monotonic() + share * self.tally.lasted.get(window, 0.001)
        while not over and time.monotonic() < moment:
            pass
        at = time.monotonic()
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        os.close(handle)
        code = self.runner.end()
        self._learn()
        if code != -signal.SIGKILL:
            assert code == 0, f"{verb} ended with {code}: {self.runner.words()}"
            self.tally.misses[window] += 1
            self._done(verb)
            return False
        # Several may be open at once: a page under way while another is written.
        self.tally.deaths[window if board.is_in(window) else board.shown() or ELSEWHERE] += 1
        self._after(verb, at)
        return True

    def _learn(self) -> None:
        """How long windows last, so that the next moment is chosen from a whole one."""
        seen = {window: self.runner.board.lasted(window) for window in (*WINDOWS, UPLOAD)}
        self.tally.lasted.update({window: seconds for window, seconds in seen.items() if seconds})

    def _delay(self) -> float:
        text = (self.folder / "outlets" / f"{checks.OUTLET}.yml").read_text("utf-8")
        return SLOW if f"delay: {SLOW}," in text else HASTY

    def _done(self, verb: str) -> None:
        if verb == "crawl":
            self.unread = True
        elif verb == "extract":
            self.unread, self.unindexed = False, True
        else:
            self.unindexed = False

    def _after(self, verb: str, at: float) -> None:
        """Begin again as one would, then look at what is left."""
        answers = outlet.answers(self.folder)[self.seen :]
        if verb == "crawl":
            young = {answer.number: at - answer.at for answer in answers if answer.at > at - LAG}
            self.tally.old += len(answers) - len(young)
            self.forgiven |= young.keys()
        self.pace(HASTY)
        begun = time.monotonic()
        self.whole(verb)
        self.tally.restart = max(self.tally.restart, time.monotonic() - begun)
        problems = list(self.check(verb))
        if verb == "crawl":
            held = checks.look(self.store).answers
            self.tally.lags += [age for number, age in young.items() if number not in held]
        self.tally.problems += problems

    def check(self, verb: str) -> Iterator[str]:
        """Everything that must be true now."""
        if self.bucket:
            self.fetch()
        found = checks.look(self.store)
        yield from found.problems
        reported = (self.folder / "reported").read_text("ascii").splitlines()
        yield from checks.lost(found, outlet.answers(self.folder), self.forgiven, reported)
        yield from checks.shelves(self.store, is_read=verb in ("extract", "index", "rebuild"))
        if left := [path.name for path in (self.store / "spool").glob("*.sealing")]:
            yield f"left in the spool: {left}"
        if verb in ("extract", "index", "rebuild"):
            yield from checks.all_read(self.store)
        if verb in ("index", "rebuild"):
            yield from checks.catalog(self.store, self.folder / "scratch.db")


@contextmanager
def begun(folder: Path, runner: Runner, seed: int, tally: Tally, bucket: str = "") -> Iterator[Campaign]:
    """A campaign with its outlet open."""
    folder.mkdir(parents=True)
    (folder / "listed").write_text("0", encoding="ascii")
    server = subprocess.Popen([sys.executable, "-m", "tests.kills.outlet", str(folder)], cwd=ROOT)
    try:
        while not (folder / "port").exists():
            assert server.poll() is None
            time.sleep(0.01)
        campaign = Campaign(folder, runner, seed, tally, bucket)
        campaign.facts(int((folder / "port").read_text("ascii")))
        campaign.publish(6)
        yield campaign
    finally:
        server.terminate()
        server.wait()


def run(folder: Path, seed: int, each: int, windows: Sequence[str] = WINDOWS, bucket: str = "") -> Tally:
    """Kill until each window has seen so many deaths; a store lives for as many kills as there are windows."""
    tally = Tally()
    runner = Runner(folder / "runner")
    rounds = random.Random(seed)
    try:
        for number in range(each * 4):
            wanting = [window for window in windows if tally.deaths[window] < each]
            if not wanting or tally.problems:
                break
            rounds.shuffle(wanting)
            shelves = f"{bucket}/{number}" if bucket else ""
            with begun(folder / f"store{number}", runner, seed + number, tally, shelves) as campaign:
                for window in wanting:
                    for _ in range(3):
                        before = tally.deaths[window]
                        campaign.kill(window)
                        if tally.problems or tally.deaths[window] > before:
                            break
                for verb in ("crawl", "extract", "index"):
                    campaign.whole(verb)
                tally.problems += [f"store {number}: {said}" for said in campaign.check("index")]
    finally:
        runner.close()
    return tally
