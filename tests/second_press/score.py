"""Crawls the second press by the command line, compares what comes out with truth.json and prints every error.

python -m tests.second_press.score
"""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

from tests.second_press.serve import OUTLETS, load, serving

ROOT = Path(__file__).resolve().parents[2]
FIELDS = ("held", "title", "text", "published", "agency", "dateline", "flash", "topic", "cluster")
Key = tuple[str, int]
Errors = list[tuple[str, Key, str]]


def clean(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ")).strip()


def astana(env: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    print(f"$ astana {' '.join(words[:1])} … -> {done.returncode}")
    print(done.stdout if words[0] == "crawl" else "", done.stderr[-3000:])
    return done.stdout


def pulled() -> list[dict[str, Any]]:
    """What one real crawl of both outlets brings."""
    with tempfile.TemporaryDirectory() as temp, serving(Path(temp, "outlets")):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("ASTANA_", "PREFECT_"))}
        env |= {"ASTANA_STORE": str(Path(temp, "store")), "ASTANA_OUTLETS": str(Path(temp, "outlets"))}
        astana(env, "crawl", *OUTLETS, "--since", "2017-01-01", "--until", "2020-01-01")
        out = Path(temp, "pulled.jsonl")
        astana(env, "pull", "--include", "off-topic", "--format", "jsonl", "--out", str(out))
        lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
        if keep := os.environ.get("SECOND_PRESS_KEEP"):
            Path(keep).write_text("\n".join(lines), encoding="utf-8")
        return [json.loads(line) for line in lines]


def key_of(story: dict[str, Any]) -> Key:
    found = re.search(r"/(?:show|story)/(\d+)", str(story["url"]))
    return str(story["outlet"]), int(found[1]) if found else -1


def text_errors(want: list[str], got: list[str]) -> list[str]:
    said = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, want, got, autojunk=False).get_opcodes():
        if tag != "equal":
            said += [f"missing: {line}" for line in want[a:b]] + [f"too much: {line}" for line in got[c:d]]
    return said


def place_of(story: dict[str, Any]) -> str | None:
    line = story.get("dateline")
    return line.get("place") if isinstance(line, dict) else line


def compare(want: dict[str, Any], story: dict[str, Any], key: Key) -> Errors:
    errors: Errors = []

    def check(field: str, expected: object, found: object) -> None:
        if expected != found:
            errors.append((field, key, f"expected {expected!r}, found {found!r}"))

    check("title", clean(want["title"]), clean(story["title"]))
    got = [clean(line) for line in story["text"].split("\n\n") if clean(line)]
    if said := text_errors([clean(line) for line in want["text"]], got):
        errors.append(("text", key, "\n      ".join(["", *said])))
    when = story["published"]
    found = {"value": when["value"], "precision": when["precision"]} if when else None
    if found not in want["published"]:
        errors.append(("published", key, f"expected {want['published']}, found {when}"))
    check("agency", want["agency"], story["agency"])
    check("dateline", want["place"], place_of(story))
    check("flash", want["flash"], bool(story["flash"]))
    check("topic", want["topic"], story["topic"]["on"])
    return errors


def mates(labels: dict[Key, str]) -> dict[Key, set[Key]]:
    return {one: {other for other in labels if other != one and labels[other] == labels[one]} for one in labels}


def main() -> None:
    truth: dict[Key, dict[str, Any]] = {(one["outlet"], one["id"]): one for one in load("truth.json")}
    stories = pulled()
    counted = Counter(key_of(story) for story in stories)
    held = {key_of(story): story for story in stories}
    errors: Errors = [("held", key, f"pulled {n} times") for key, n in counted.items() if n > 1]
    errors += [("held", key, "pulled, and nobody wrote it") for key in held.keys() - truth.keys()]
    for key, want in truth.items():
        if key in held:
            errors += compare(want, held[key], key)
        else:
            errors += [(field, key, "not pulled") for field in FIELDS]
    wanted = mates({key: one["cluster"] or f"alone {key}" for key, one in truth.items()})
    found = mates({key: story["cluster"] for key, story in held.items() if key in truth})
    for key in found:
        if wanted[key] != found[key]:
            errors.append(("cluster", key, f"expected with {sorted(wanted[key])}, found with {sorted(found[key])}"))
    print(f"{'field':12} right/total")
    for field in FIELDS:
        wrong = {key for name, key, _ in errors if name == field}
        print(f"{field:12} {len(truth) - len(wrong & truth.keys())}/{len(truth)}")
    print(f"\n{len(errors)} errors")
    for field, key, said in sorted(errors, key=lambda error: (FIELDS.index(error[0]), error[1])):
        print(f"- {field} {key[0]}/{key[1]}: {said}")


if __name__ == "__main__":
    main()
