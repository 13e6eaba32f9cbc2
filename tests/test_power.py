"""Power cut between any two file calls of a crawl and what follows it, on a disk that keeps only what was synced."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest

from tests.kills import power
from tests.kills.calls import Call
from tests.kills.campaign import Campaign, begun
from tests.kills.disk import SECTOR, Disk, File, Folder, Outcome, without
from tests.kills.power import Cut, Noted
from tests.kills.runner import Runner
from tests.kills.tally import Tally

SEED = 20170123
Note = Callable[[str, object], None]

pytestmark = pytest.mark.xdist_group("power")


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Noted:
    """Two crawls, extracted and indexed, and a rebuild, as strace saw them."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")  # agreed: Linux has it, other systems do not; .ci/run installs it
    return power.note(tmp_path_factory.mktemp("noted"), SEED)


@pytest.fixture
def left() -> Iterator[Path]:
    """Where what a cut leaves is written out: in memory where the system allows it, for the model has cut already."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        yield Path(folder) / "cut"


def _cuts(noted: Noted, moments: int, outcomes: Sequence[Outcome], given: Sequence[Call] | None = None) -> list[Cut]:
    """A seeded sample of moments, each with every outcome."""
    seeded = random.Random(SEED)
    every = power.moments(noted, given)
    chosen = every if moments >= len(every) else seeded.sample(every, moments)
    return [Cut(after=moment, outcome=one, seed=seeded.randrange(1 << 30)) for moment in chosen for one in outcomes]


def _found(noted: Noted, cuts: Sequence[Cut], to: Path, given: Sequence[Call] | None = None) -> Iterator[str]:
    for cut, store, disk in power.after(noted, cuts, to, given):
        for said in power.broken(noted, cut, store, disk):
            yield f"{cut.outcome} after {cut.after}: {said}"


def test_what_was_not_synced_is_what_a_cut_may_take() -> None:
    seeded = random.Random(SEED)
    file, folder = File(), Folder()
    file.write(1, 0, b"a" * SECTOR)
    file.sync(2)
    file.write(3, SECTOR, b"b" * SECTOR * 4)
    whole = b"a" * SECTOR + b"b" * SECTOR * 4
    assert file.left(Outcome.NOTHING, seeded) == b"a" * SECTOR
    assert file.left(Outcome.ZEROS, seeded) == b"a" * SECTOR + bytes(SECTOR * 4)
    assert file.left(Outcome.ALL, seeded) == whole
    torn = {file.left(Outcome.TORN, seeded) for _ in range(50)}
    assert len(torn) > 5 and all(one.startswith(b"a" * SECTOR) for one in torn)
    folder.put(4, "draft", file)
    folder.sync(5)
    folder.put(6, "final", file, "draft")
    assert set(folder.left(Outcome.NOTHING, seeded)) == {"draft"}
    assert {frozenset(folder.left(Outcome.MIXED, seeded)) for _ in range(50)} == {
        frozenset({"draft"}),
        frozenset({"final"}),
    }
    file.sync(3)
    assert file.left(Outcome.NOTHING, seeded) == b"a" * SECTOR, "a sync covers only what was written before it began"


@pytest.mark.slow
@pytest.mark.service
def test_the_model_of_the_disk_holds_what_the_disk_holds(noted: Noted) -> None:
    disk = Disk(noted.folder)
    for call in noted.calls:
        disk.take(call)
    assert len(noted.calls) > 500
    held = {path: data for path, data in disk.tree().items() if path.startswith("store/")}
    store = noted.folder / "store"
    real = {f"store/{path.relative_to(store).as_posix()}": path for path in store.rglob("*") if path.is_file()}
    assert held.keys() == real.keys()
    assert [path for path in held if held[path] != real[path].read_bytes()] == []


@pytest.mark.slow
@pytest.mark.service
def test_a_power_cut_takes_nothing_that_was_reported_and_leaves_nothing_half(
    noted: Noted, left: Path, record_property: Note
) -> None:
    cuts = _cuts(noted, 12, list(Outcome))
    assert list(_found(noted, cuts, left)) == []
    record_property("shown", f"power cuts: {len(cuts)} of {len(power.moments(noted)) * len(Outcome)}, nothing lost")


@pytest.mark.long
@pytest.mark.service
@pytest.mark.timeout(3600)
def test_two_thousand_power_cuts_take_nothing_that_was_reported_and_leave_nothing_half(
    noted: Noted, left: Path, record_property: Note
) -> None:
    cuts = _cuts(noted, 300, list(Outcome))
    assert len(cuts) > 2000
    assert list(islice(_found(noted, cuts, left), 5)) == []
    record_property("shown", f"power cuts: {len(cuts)} of {len(power.moments(noted)) * len(Outcome)}, nothing lost")


def _is_waiting(path: Path) -> bool:
    return path.name.endswith(".warc.gz.open")


def _is_draft(path: Path) -> bool:
    return path.name.startswith(".tmp-")


def _is_spool(path: Path) -> bool:
    return path.name == "spool"


def _is_shelf(path: Path) -> bool:
    """A folder of the shelves; no file of ours has a name without a dot."""
    return "." not in path.name and path.name != "spool"


@pytest.mark.slow
@pytest.mark.service
@pytest.mark.parametrize("unsynced", [_is_waiting, _is_draft, _is_spool, _is_shelf])
def test_a_program_that_left_out_a_sync_would_be_caught(
    noted: Noted, left: Path, unsynced: Callable[[Path], bool]
) -> None:
    careless = without(noted.calls, unsynced)
    assert len(careless) < len(noted.calls)
    cuts = _cuts(noted, 60, [Outcome.NOTHING, Outcome.NAMES, Outcome.BYTES], careless)
    assert next(_found(noted, cuts, left, careless), None) is not None


@pytest.mark.slow
@pytest.mark.service
def test_after_a_power_cut_the_texts_are_read_and_a_catalog_that_suffered_is_said_so_and_made_again(
    noted: Noted, tmp_path: Path, left: Path, record_property: Note
) -> None:
    seeded = random.Random(SEED)
    late = [moment for moment in power.moments(noted) if moment > len(noted.calls) // 3]
    outcomes = [Outcome.TORN, Outcome.MIXED, Outcome.NOTHING, Outcome.ZEROS]
    cuts = [
        Cut(after=moment, outcome=one, seed=1) for moment, one in zip(seeded.sample(late, 4), outcomes, strict=True)
    ]
    ended: Counter[str] = Counter()
    runner = Runner(tmp_path / "runner")
    try:
        with begun(tmp_path / "place", runner, SEED, Tally()) as campaign:
            for cut, store, disk in power.after(noted, cuts, left):
                assert list(power.broken(noted, cut, store, disk)) == []
                assert list(power.go_on(campaign, store, ended)) == []
            _lose(campaign, left / "store", ended)
    finally:
        runner.close()
    assert ended["rebuilt"] >= 1
    record_property("shown", f"catalogs after a power cut: {dict(ended)}")


def _lose(campaign: Campaign, store: Path, ended: Counter[str]) -> None:
    """A catalog whose pages a lying disk lost: no sync helps there, so it must be told."""
    path = store / "catalog.db"
    path.write_bytes(path.read_bytes()[:4096] + bytes(path.stat().st_size - 4096))
    assert list(power.go_on(campaign, store, ended)) == []
