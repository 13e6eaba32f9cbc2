"""Commands over the crawled practice press, in this process or as a program of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from archive.settings import hand_down
from tests.practice import Practice

Say = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def held(crawled: Practice) -> Iterator[Practice]:
    """The practice press, crawled once, as the place that every command works on."""
    hand_down({"ASTANA_STORE": str(crawled.store), "ASTANA_OUTLETS": str(crawled.outlets)})
    yield crawled
    hand_down({"ASTANA_STORE": None, "ASTANA_OUTLETS": None})


@pytest.fixture(scope="module")
def one(held: Practice) -> str:
    """A story that a wire agency printed first and others copied."""
    with held.open() as archive:
        return next(iter(archive.clusters())).canonical


def program(*words: str, settings: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *words],
        env={**os.environ, **(settings or {})},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
