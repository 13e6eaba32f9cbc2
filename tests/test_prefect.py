"""A real Prefect server, a real worker, the newsroom: deployed, run, failed, cancelled."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.settings import hand_down, load_settings
from archive.storage import open_storage
from flows import journal, runs
from flows.journal import Outcome
from tests.practice import OUTLETS, SINCE, UNTIL, Practice, astana, of, practice

pytestmark = [pytest.mark.service, pytest.mark.slow, pytest.mark.timeout(420)]

ROOT = Path(__file__).parent.parent
POOL = "astana"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(words: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs until the end of the block; stopped by its own id, hard if it does not listen."""
    with log.open("wb") as out:
        process = subprocess.Popen(words, env=env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(what: Callable[[], Any], seconds: float) -> Any:
    """The first true answer; fails when none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.5)
    pytest.fail(f"nothing came of it in {seconds} seconds")


def healthy(api: str) -> bool:
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The server's address, what programs beside it need to know, and the press."""

    api: str
    env: dict[str, str]
    press: Practice

    def prefect(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", *words],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, name: str) -> journal.Run | None:
        """The run of Prefect's id, when it has ended."""
        storage = open_storage(str(self.press.store))
        found = [run for run in runs.all_runs(storage, self.api) if run.prefect == name]
        return found[0] if found and found[0].outcome is not Outcome.NOT_ENDED else None


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("prefect")
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    with practice(folder) as press:
        settings: dict[str, str | None] = {
            "PREFECT_HOME": str(folder / "home"),
            "PREFECT_API_URL": api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "ASTANA_STORE": str(press.store),
            "ASTANA_OUTLETS": str(press.outlets),
        }
        hand_down(settings)
        desk = Desk(api=api, env=dict(os.environ), press=press)
        server = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
        worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--name", "one"]
        with running([*server, "--no-ui"], desk.env, folder / "server.log"):
            until(lambda: healthy(api), 90)
            desk.prefect("work-pool", "create", POOL, "--type", "process")
            desk.prefect("deploy", "--all")
            with running(worker, desk.env, folder / "worker.log"):
                yield desk
        hand_down(dict.fromkeys(settings))


def order(desk: Desk, plan: dict[str, Any], deployment: str = "crawl/crawl") -> str:
    return runs.start(deployment, {"plan": plan}, desk.api)


@pytest.mark.long
def test_deploying_all_may_be_repeated(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    desk.prefect("deploy", "--all")
    lines = astana(capfd, "schedule", "--json").lines
    assert of(lines, "name") == ["backfill/backfill", "crawl/crawl", "rebuild/rebuild", "recluster/recluster"]
    assert of(lines, "when") == [[], ["cron 0 5 * * * Asia/Damascus"], [], []]
    assert of(lines, "active") == [False, True, False, False]
    assert astana(capfd, "schedule").out.splitlines()[1].startswith("crawl/crawl\tcron 0 5 * * * Asia/Damascus\tyes\t")


def test_a_worker_runs_a_deployment_end_to_end(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    name = order(desk, {"outlets": list(OUTLETS), "since": SINCE, "until": UNTIL})
    run = until(lambda: desk.run(name), 150)
    assert (run.kind, run.outcome) == ("crawl", Outcome.DONE)
    assert "COMPLETED" in desk.prefect("flow-run", "inspect", name).upper()
    assert {story["outlet"] for story in astana(capfd, "pull", "--format", "jsonl").lines} == set(OUTLETS)
    assert of(astana(capfd, "runs", "--json").lines, "prefect").count(name) == 1


@pytest.mark.long
def test_stories_are_linked_anew_in_tasks_to_the_clusters_they_were_in(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    crawled = order(desk, {"outlets": list(OUTLETS), "since": SINCE, "until": UNTIL})
    assert until(lambda: desk.run(crawled), 150).outcome is Outcome.DONE
    before = astana(capfd, "clusters", "--include", "off-topic", "--json").out
    assert before
    name = runs.start("recluster/recluster", {"processes": 2}, desk.api)
    run = until(lambda: desk.run(name), 150)
    assert (run.kind, run.outcome) == ("recluster", Outcome.DONE)
    assert astana(capfd, "clusters", "--include", "off-topic", "--json").out == before


def shown(desk: Desk, name: str) -> dict[str, Any]:
    """The artifacts of a flow run by their keys, the newest of each."""
    asked = json.dumps({"artifacts": {"flow_run_id": {"any_": [name]}}}).encode()
    request = urllib.request.Request(f"{desk.api}/artifacts/filter", asked, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found = sorted(json.load(answer), key=lambda artifact: artifact["created"])
    return {artifact["key"]: artifact["data"] for artifact in found}


@pytest.mark.long
def test_a_backfill_shows_how_far_it_is_and_what_each_source_brought(desk: Desk) -> None:
    name = order(desk, {"outlets": ["wasla"], "since": "2017-03-01", "until": "2017-05-01"}, "backfill/backfill")
    run = until(lambda: desk.run(name), 150)
    assert run.outcome is Outcome.DONE
    artifacts = shown(desk, name)
    assert artifacts["backfill-progress"] == 100
    rows = json.loads(artifacts["backfill-sources"])
    assert [(row["outlet"], row["source"], row["ended"]) for row in rows] == [
        ("wasla", "sitemap", "done"),
        ("wasla", "feed", "done"),
    ]
    assert rows[0]["new"] > 0


@pytest.mark.long
def test_a_failed_run_is_seen_as_failed(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    midan = desk.press.outlets / "midan.yml"
    text = midan.read_text("utf-8")
    midan.write_text(text.replace(desk.press.newsroom.hosts["midan"], f"127.0.0.1:{free_port()}"), "utf-8")
    name = order(desk, {"outlets": ["midan"], "since": SINCE, "until": UNTIL})
    run = until(lambda: desk.run(name), 90)
    midan.write_text(text, "utf-8")
    assert run.outcome is Outcome.FAILED
    assert run.reason.startswith("midan: ")
    assert "FAILED" in desk.prefect("flow-run", "inspect", name).upper()


@pytest.mark.long
def test_a_run_that_makes_no_sense_is_seen_as_failed_though_it_never_began(desk: Desk) -> None:
    name = order(desk, {"outlets": ["nobody"]})
    run = until(lambda: desk.run(name), 90)
    assert (run.outcome, run.id) == (Outcome.FAILED, name)
    assert "no outlet 'nobody'" in run.reason


@pytest.mark.long
def test_a_cancelled_run_stops_and_keeps_what_it_captured(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    wasla = desk.press.outlets / "wasla.yml"
    text = wasla.read_text("utf-8")
    wasla.write_text(text.replace("delay: 0.01", "delay: 0.3"), "utf-8")
    asked = len(desk.press.newsroom.log)
    name = order(desk, {"outlets": ["wasla"], "since": "2017-05-01", "until": "2019-01-01"}, "backfill/backfill")
    until(lambda: len(desk.press.newsroom.log) > asked + 10, 90)
    assert astana(capfd, "cancel", name).code == 0
    run = until(lambda: desk.run(name), 90)
    wasla.write_text(text, "utf-8")
    assert run.outcome is Outcome.INTERRUPTED
    quiet = len(desk.press.newsroom.log)
    assert astana(capfd, "cancel", name).code == 2
    assert len(desk.press.newsroom.log) == quiet


@pytest.mark.long
def test_a_crawl_by_hand_shows_at_the_server(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    said = astana(capfd, "crawl", "ufuq", "--since", SINCE, "--until", UNTIL, "--json")
    assert said.code == 0, said.err
    storage = open_storage(load_settings().store)
    run = next(run for run in journal.runs(storage) if run.id == said.lines[0]["run"])
    assert run.prefect is not None
    assert "COMPLETED" in desk.prefect("flow-run", "inspect", run.prefect).upper()


def test_a_server_that_is_not_there_is_named(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")
        said = astana(capfd, "schedule")
    assert said.code == 3
    assert "does not answer" in said.err
    assert "Traceback" not in said.err
