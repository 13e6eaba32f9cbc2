"""Every command the documents show is run, and what they show as its output is what comes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pressrun import PressRun

ROOT = Path(__file__).parent.parent
DOCS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
VERB = re.compile(r"\bastana ([a-z]+)\b")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shown() -> Iterator[tuple[str, list[str]]]:
    """Each `$ command` of the README with the lines shown under it."""
    for _, block in BLOCK.findall((ROOT / "README.md").read_text("utf-8")):
        command, output = "", list[str]()
        for line in block.splitlines():
            if line.startswith("$ "):
                if command:
                    yield command, output
                command, output = line[2:], []
            elif command:
                output.append(line)
        if command:
            yield command, output


@pytest.mark.slow
@pytest.mark.xdist_group("desk")
def test_the_readmes_commands_give_what_it_shows(press: PressRun, tmp_path: Path) -> None:
    for shelf in ("store", "outlets"):
        shutil.copytree(press.folder / shelf, tmp_path / "demo" / shelf)
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parent.parent)
    said = list[str]()  # what a reader has exported by then
    tried = 0
    for command, output in shown():
        if command.startswith("export "):
            said.append(command)
        done = subprocess.run(
            ["bash", "-c", " && ".join([". .venv/bin/activate", *said, command])],
            cwd=tmp_path,
            env=dict(os.environ),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        for line in output:
            assert line in done.stdout.splitlines(), f"{command} shows other output:\n{done.stdout}"
        tried += 1
    assert tried >= 10
    assert (tmp_path / "round-6.jsonl").stat().st_size > 0
    assert list((tmp_path / "wires").rglob("*.txt"))


@pytest.mark.xdist_group("desk")
def test_the_readmes_python_runs(press: PressRun, tmp_path: Path) -> None:
    shutil.copytree(press.folder / "store", tmp_path / "demo" / "store")
    (code,) = [
        block for language, block in BLOCK.findall((ROOT / "README.md").read_text("utf-8")) if language == "python"
    ]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert "/s/wasla-" in done.stdout


def test_make_demo_is_the_command_that_the_demo_test_runs() -> None:
    done = subprocess.run(["make", "-n", "demo"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert any(line.endswith("bin/astana demo") for line in done.stdout.splitlines())


@pytest.mark.xdist_group("desk")
def test_the_readme_says_what_was_counted(press: PressRun) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    from tests.pressrun import opened

    with opened(press.place) as archive:
        counts = archive.counts()
    for number, words in (
        (counts.captures, "all captures"),
        (counts.articles_on_topic, "on topic"),
        (counts.articles_off_topic, "off topic"),
        (counts.stories, "stories"),
        (counts.clusters, "clusters"),
        (counts.copies, "copies in them"),
        (counts.parts, "items found inside"),
    ):
        assert re.search(rf"│ {number} +│ .*{words}", readme), f"{number} {words}"


def verbs() -> set[str]:
    import typer.main

    from flows.cli import app

    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # a group has commands


def test_documents_name_no_verb_that_is_not_there() -> None:
    for path in DOCS:
        for _, block in BLOCK.findall(path.read_text("utf-8")):
            for verb in VERB.findall(block):
                assert verb in verbs() or verb == "worker", f"{path.name}: astana {verb}"


def test_every_verb_is_documented() -> None:
    said = "\n".join(path.read_text("utf-8") for path in DOCS)
    assert [verb for verb in verbs() if f"astana {verb}" not in said] == []


def test_every_reason_and_setting_is_documented() -> None:
    from archive.records import NonArticle, Reason
    from archive.settings import Settings

    reasons = (ROOT / "docs" / "reasons.md").read_text("utf-8")
    assert [reason.value for reason in (*Reason, *NonArticle) if f"`{reason.value}`" not in reasons] == []
    settings = (ROOT / "docs" / "settings.md").read_text("utf-8")
    names = [f"ASTANA_{name.upper()}" for name in Settings.model_fields if name != "prefect_api_url"]
    assert [name for name in names if f"`{name}`" not in settings] == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_documents_are_short_and_their_links_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 500
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_no_document_names_this_machine() -> None:
    for path in DOCS:
        assert not re.search(r"(?<![\w.])/(?:work|root|tmp|home/\w+/\.)", path.read_text("utf-8"))
