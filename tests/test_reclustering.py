"""All stories linked anew, part by part: the same rows as arrival by arrival, whatever the parts and the processes."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, update

from archive.catalog import Catalog
from archive.catalog.opened import transaction
from archive.catalog.schema import bands, edges, sketches, stories
from archive.errors import CatalogError, LeaseError, StorageError
from archive.reclustering import sharing, steps
from archive.reclustering.local import Do, processes, recluster
from archive.reclustering.plan import Plan, begin
from tests.catalogs import WIRE, dated, press_objects
from tests.made import shelf


async def here(name: str, plan: Plan, number: int) -> None:
    """Done in this process."""
    steps.do(name, plan, number)


def nobody() -> None:
    """No lease to lose."""


def anew(url: str, folder: Path, size: int, do: Do = here, check: Callable[[], None] = nobody) -> Plan:
    folder.mkdir()
    return asyncio.run(recluster(url, folder, do, check, size))


def dump(url: str) -> list[str]:
    with Catalog.open(url) as catalog:
        return list(catalog.dump())


def spoil(url: str) -> None:
    """Forget and invent what ties stories together."""
    with transaction(url) as connection:
        for table in (bands, sketches, edges):
            connection.execute(delete(table))
        connection.execute(insert(bands), [{"value": 1, "edition": 2}])
        connection.execute(update(stories).values(cluster="wasla-7001", jaccard=0.5))


@pytest.mark.parametrize("size", [pytest.param(1000, marks=pytest.mark.slow), 7])
def test_linking_anew_gives_the_rows_of_arrivals_whatever_the_parts(address: str, tmp_path: Path, size: int) -> None:
    with Catalog.open(address) as catalog:
        catalog.take(press_objects())
    expected = dump(address)
    spoil(address)
    plan = anew(address, tmp_path / "files", size)
    assert len(plan.parts) == -(-plan.editions // size)
    assert dump(address) == expected


def test_a_story_of_several_editions_lies_in_one_part(address: str, tmp_path: Path) -> None:
    texts = [WIRE[7001], WIRE[7002], WIRE[7001] + "\n\n" + WIRE[7002], WIRE[7003]]
    with Catalog.open(address) as catalog:
        for day, text in enumerate(texts):
            catalog.take([shelf(f"a{day}", [dated("a-x", text, day)]), shelf(f"b{day}", [dated("b-y", text, day)])])
    expected = dump(address)
    spoil(address)
    assert [part.editions for part in anew(address, tmp_path / "files", 1).parts] == [4, 4]
    assert dump(address) == expected


def test_an_empty_catalog_is_linked_anew_too(address: str, tmp_path: Path) -> None:
    Catalog.open(address).close()
    assert anew(address, tmp_path / "files", 10).editions == 0


def test_what_is_written_to_meanwhile_stays_as_it_is(address: str, tmp_path: Path) -> None:
    objects = press_objects()
    with Catalog.open(address) as catalog:
        catalog.take(objects[1:])

        async def late(name: str, plan: Plan, number: int) -> None:
            if name == "pair up":
                catalog.take(objects[:1])
            await here(name, plan, number)

        with pytest.raises(CatalogError, match="astana recluster"):
            anew(address, tmp_path / "files", 1000, late)
        taken = list(catalog.dump())
    Catalog.rebuild(address, objects)
    assert dump(address) == taken


def test_a_text_put_in_the_place_of_another_meanwhile_is_not_linked_by_the_old_one(
    address: str, tmp_path: Path
) -> None:
    old, new = (shelf("a", [dated("a-x", said, 1)]) for said in (WIRE[7001], WIRE[7002]))
    with Catalog.open(address) as catalog:
        catalog.take([old])

        async def late(name: str, plan: Plan, number: int) -> None:
            if name == "pair up":
                catalog.drop(catalog.taken())
                catalog.take([new])
            await here(name, plan, number)

        with pytest.raises(CatalogError, match="astana recluster"):
            anew(address, tmp_path / "files", 1000, late)


def test_who_lost_the_lease_writes_nothing(address: str, tmp_path: Path) -> None:
    with Catalog.open(address) as catalog:
        catalog.take(press_objects())
    spoil(address)
    before, asked = dump(address), list[int]()

    def check() -> None:
        asked.append(1)
        if len(asked) == len(steps.STEPS):
            raise LeaseError("taken over")

    with pytest.raises(LeaseError):
        anew(address, tmp_path / "files", 1000, here, check)
    assert dump(address) == before


def test_a_step_that_breaks_leaves_nothing_written_and_nobody_waiting(address: str, tmp_path: Path) -> None:
    objects = press_objects()
    with Catalog.open(address) as catalog:
        catalog.take(objects[1:])
    before = dump(address)

    async def broken(name: str, plan: Plan, number: int) -> None:
        if name == "measure":
            raise StorageError("no room")
        await here(name, plan, number)

    with pytest.raises(StorageError, match="no room"):
        anew(address, tmp_path / "files", 1000, broken)
    assert dump(address) == before
    with Catalog.open(address) as catalog:
        assert catalog.take(objects).objects == 1


async def killed(name: str, plan: Plan, number: int) -> None:
    """Done in this process, until most of it is written; then it is killed."""
    if name == "measure":
        os.kill(os.getpid(), signal.SIGKILL)
    await here(name, plan, number)


@pytest.mark.slow
def test_who_is_killed_while_writing_leaves_the_catalog_as_it_was(address: str, tmp_path: Path) -> None:
    with Catalog.open(address) as catalog:
        catalog.take(press_objects())
    expected = dump(address)
    spoil(address)
    before = dump(address)
    process = get_context("spawn").Process(target=anew, args=(address, tmp_path / "killed", 1000, killed))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert dump(address) == before
    anew(address, tmp_path / "files", 1000)
    assert dump(address) == expected


@pytest.mark.slow
def test_two_processes_give_what_one_gives(address: str, tmp_path: Path) -> None:
    with Catalog.open(address) as catalog:
        catalog.take(press_objects())
    expected = dump(address)
    spoil(address)
    with processes(2) as do:
        anew(address, tmp_path / "files", 30, do)
    assert dump(address) == expected


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_a_process_does_as_many_pieces_as_there_are(address: str, tmp_path: Path) -> None:
    with Catalog.open(address) as catalog:
        catalog.take(press_objects())
    plan = begin(address, tmp_path)

    async def often(do: Do) -> None:
        await asyncio.gather(*(do("sign", plan, 0) for _ in range(40)))

    with processes(1) as do:
        asyncio.run(often(do))
    assert any(plan.numbers())


def test_stories_that_hang_together_are_judged_by_one_piece(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalog.db'}"
    with Catalog.open(url) as catalog:
        found = [dated(f"a-{serial:02}", f"{WIRE[7001 + serial % 4]}\n\n{serial}") for serial in range(16)]
        catalog.take([shelf("a", found)])
    plan = begin(url, tmp_path, size=8)
    for step in steps.STEPS[:4]:
        for number in range(step.pieces(plan)):
            step.do(plan, number)
    pieces = [sharing.meeting(plan, number) for number in range(plan.pieces)]
    # Ranks are by story: those of one text are each fourth one, and lie in both parts.
    together = [range(first, 16, 4) for first in range(4)]
    assert pieces == [[(one, other) for one in some for other in some if one < other] for some in together]
