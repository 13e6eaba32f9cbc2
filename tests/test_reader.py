"""A reader's digest changes with whatever changes a reading, and with nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

from crawler.reader import ROOMS
from tests.extraction import a_reader, an_outlet

ROOT = Path(__file__).resolve().parents[1]
# Nouns, loading and errors: they hold no judgement on a page. Outlet, topic and agencies bring digests of their own.
NOT_READING = {
    "archive": {"records", "terms", "errors", "urls", "digest"},
    "crawler": {"errors", "facts", "outlet", "outlet_file", "reader"},
}


def test_the_digest_is_sixteen_hex_digits_and_stable() -> None:
    assert a_reader().digest == a_reader().digest
    assert len(a_reader().digest) == 16
    int(a_reader().digest, 16)


def test_facts_of_the_outlet_that_change_a_reading_change_the_digest() -> None:
    plain = a_reader(an_outlet("صحيفة الواحة")).digest
    assert a_reader(an_outlet("صحيفة أخرى")).digest != plain
    assert a_reader(an_outlet("صحيفة الواحة", closed=None)).digest == plain


def test_learned_furniture_changes_the_digest_whatever_its_order() -> None:
    assert a_reader(learned=("سطر", "آخر")).digest == a_reader(learned=("آخر", "سطر")).digest
    assert a_reader(learned=("سطر",)).digest != a_reader().digest


def _imports(path: Path) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            package, _, room = node.module.partition(".")
            names = [room] if room else [alias.name for alias in node.names]
            found |= {(package, name) for name in names if package in NOT_READING}
    return {(package, room) for package, room in found if (ROOT / package / f"{room}.py").exists()}


def test_every_room_that_reads_a_page_is_part_of_the_digest() -> None:
    waiting, seen = {("crawler", "extract")}, set()
    while waiting:
        package, room = waiting.pop()
        if (package, room) in seen or room in NOT_READING[package]:
            continue
        seen.add((package, room))
        waiting |= _imports(ROOT / package / f"{room}.py")
    listed = {(package, name.removesuffix(".py")) for package, names in ROOMS.items() for name in names}
    assert seen - listed == set()


def test_every_table_of_a_listed_room_is_listed() -> None:
    rooms = {name.removesuffix(".py") for name in ROOMS["crawler"]}
    named = {
        table.name
        for table in (ROOT / "crawler").glob("*.yml")
        if any(
            table.name in (ROOT / "crawler" / f"{room}.py").read_text("utf-8")
            for room in rooms
            if (ROOT / "crawler" / f"{room}.py").exists()
        )
    }
    assert named - set(ROOMS["crawler"]) - {"agencies.yml", "topic.yml"} == set()
