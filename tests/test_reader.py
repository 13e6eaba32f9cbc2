"""A reader's digest changes with whatever changes a reading, and with nothing else."""

from __future__ import annotations

from dataclasses import replace

from crawler.page.taught import ROWS, taught
from crawler.reader import ROOMS
from tests.extraction import a_reader, an_outlet
from tests.rooms import ROOT, paths, reached

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
    plain = a_reader()
    tables = [taught(lines=lines) for lines in (("سطر", "آخر"), ("آخر", "سطر"))]
    assert len({replace(plain, learned=table).digest for table in tables}) == 1
    digests = {replace(plain, learned=taught(**{row: ("سطر",)})).digest for row in ROWS} | {plain.digest}
    assert len(digests) == len(ROWS) + 1


def test_every_room_that_reads_a_page_is_part_of_the_digest() -> None:
    seen = reached("crawler/extract.py", paths(NOT_READING, ".py"))
    assert len(seen) > 20
    assert seen - paths(ROOMS) == set()


def test_every_table_of_a_listed_room_is_listed() -> None:
    rooms = [ROOT / "crawler" / name for name in ROOMS["crawler"] if name.endswith(".py")]
    named = {
        f"{table.parent.name}/{table.name}".removeprefix("crawler/")
        for room in rooms
        for table in room.parent.glob("*.yml")
        if f'"{table.name}"' in room.read_text("utf-8")
    }
    assert len(named) > 5
    assert named - set(ROOMS["crawler"]) - {"agencies.yml", "topic.yml"} == set()
