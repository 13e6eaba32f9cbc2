"""What every test shares: a clean environment, and no skip without a reason that the project agreed to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.authority",
    "tests.bucketed",
    "tests.catalogs",
    "tests.postgres",
    "tests.practice",
    "tests.pressrun",
    "tests.seaweed",
    "tests.spooled",
]

ALLOWED_SKIPS = Path(__file__).with_name("allowed_skips.txt")
_KEPT_OUT = ("ASTANA_", "PREFECT_", "AWS_")

_skips: list[tuple[str, str]] = []
_counted = {"passed": 0, "failed": 0, "skipped": 0}
_shown: list[object] = []  # what a test measured and wants seen: record_property("shown", …)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our own options."""
    parser.addoption("--write-golden", action="store_true", help="Write down what golden pages are read as now.")


def pytest_configure() -> None:
    """No setting of the machine reaches a test."""
    for name in list(os.environ):
        if name.startswith(_KEPT_OUT) and name != "AWS_CA_BUNDLE":
            del os.environ[name]
    os.environ.update(PREFECT_SERVER_ANALYTICS_ENABLED="false", DO_NOT_TRACK="1")


@pytest.fixture(scope="session")
def _folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Empty folders, one after the other; pytest's own way lists all that were made before, for each one."""
    base = tmp_path_factory.mktemp("cwd")

    def made() -> Iterator[Path]:
        for number in count():
            folder = base / str(number)
            folder.mkdir()
            yield folder

    return made()


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, _folders: Iterator[Path]) -> None:
    """Nothing is written into the checkout by a default path."""
    monkeypatch.chdir(next(_folders))


def agreed_skips() -> list[str]:
    """Reasons that a skip may give: one a line, `#` starts a comment."""
    lines = ALLOWED_SKIPS.read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        _counted[report.outcome] += 1
    if report.when == "call":
        _shown.extend(value for name, value in report.user_properties if name == "shown")
    if report.skipped and isinstance(report.longrepr, tuple):
        _skips.append((report.nodeid, report.longrepr[2].removeprefix("Skipped: ")))


def _not_agreed() -> list[tuple[str, str]]:
    agreed = agreed_skips()
    return [(test, reason) for test, reason in _skips if not any(known in reason for known in agreed)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _not_agreed() and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for test, reason in _not_agreed():
        terminalreporter.write_line(f"SKIPPED WITHOUT AN AGREED REASON {test}: {reason}", red=True)
    for words in _shown:
        terminalreporter.write_line(str(words))
    terminalreporter.write_line(
        f"{sum(_counted.values())} tests: {_counted['passed']} passed, {_counted['failed']} failed, "
        f"{_counted['skipped']} skipped (each for a reason in tests/allowed_skips.txt)"
    )
