"""One verb, one meaning, on every surface: what the command reads, Python reads by the same name."""

from __future__ import annotations

import inspect

import pytest
import typer.main

import archive
from archive.holdings import Archive
from flows.cli import app

READING = (
    "pull",
    "get",
    "search",
    "story",
    "diff",
    "clusters",
    "cluster",
    "lineage",
    "wire",
    "gaps",
    "expect",
    "verify",
)
KEEPING = ("audit", "import", "rebuild", "recluster", "learn", "takedown", "replay", "export", "validate")
CODING = ("sample", "agree")
ORDERS = ("crawl", "backfill", "runs", "cancel", "schedule", "outlets", "demo")


def commands() -> dict[str, object]:
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # a group has commands


def test_every_command_is_of_a_known_sort() -> None:
    assert sorted(commands()) == sorted((*READING, *KEEPING, *CODING, *ORDERS))


@pytest.mark.parametrize("verb", READING)
def test_a_reading_verb_stands_in_python_too_and_says_what_it_does(verb: str) -> None:
    method = getattr(Archive, verb)
    assert inspect.getdoc(method), f"Archive.{verb} is not documented"
    hints = inspect.signature(method).return_annotation
    assert hints is not inspect.Signature.empty


@pytest.mark.parametrize("verb", (*READING, *KEEPING, *CODING, *ORDERS))
def test_every_command_helps(verb: str) -> None:
    assert getattr(commands()[verb], "help", None), f"astana {verb} says nothing of itself"


def test_the_package_hands_out_what_a_script_needs() -> None:
    assert {name for name in archive.__all__ if not hasattr(archive, name)} == set()
    with pytest.raises(AttributeError, match="nothing"):
        archive.nothing  # noqa: B018  # asking is the test
