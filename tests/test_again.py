"""The same crawl again, an edit, and rebuilding: what is known is not news, what is derived can be made again."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from archive import cdx, listed, texts
from archive.catalog import Catalog, ListingObject, Query, TextObject
from archive.digest import sha256_of
from archive.export import current, story_line
from archive.holdings import Archive
from archive.likeness.edits import Sort
from archive.revision import Declared
from flows.plans import Place
from tests.pressrun import WHOLE, PressRun, crawl, opened

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("desk")]

# The agency lists its wires by the day: a season of them is enough to ask again for.
SHORT = replace(WHOLE, since="2018-10-01", until="2019-02-01")

# What a stranger's machine may differ in: zone, locale, hash seed; and no network at all.
ELSEWHERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "4711", "PYTHONUTF8": "0"}
NO_NETWORK = """
import socket, sys
def refuse(*args, **kwargs): raise OSError("the network is off")
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse
from flows.cli import main
sys.argv = ["astana", *sys.argv[1:]]
main()
"""


def astana(place: Place, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, elsewhere and without a network."""
    settings = {"ASTANA_STORE": place.store or "", "ASTANA_OUTLETS": place.outlets or ""}
    return subprocess.run(
        [sys.executable, "-c", NO_NETWORK, *words],
        env={**os.environ, **settings, **(environment or ELSEWHERE)},
        capture_output=True,
        encoding="utf-8",
        timeout=200,
        check=False,
    )


def dump(place: Place) -> list[str]:
    with opened(place) as archive:
        return list(archive.catalog.dump())


def pull(place: Place) -> list[str]:
    with opened(place) as archive:
        return [story_line(story) for story in archive.pull(Query(include_off_topic=True))]


def editions(place: Place) -> dict[str, int]:
    return {fields["id"]: fields["editions"] for fields in map(json.loads, pull(place))}


def test_a_second_crawl_brings_nothing_new_and_an_edit_one_edition(press: PressRun, tmp_path: Path) -> None:
    place = press.copy(tmp_path)
    before, held = pull(place), editions(place)
    with opened(place) as archive:
        counted = archive.counts()

    again = crawl(place, SHORT)
    assert again.failures == ()
    assert pull(place) == before
    pages = {one.outlet: one.captures.get("page", 0) for one in again.outlets}
    assert sum(pages.values()) <= 5, f"only the faults are asked again: {pages}"
    with opened(place) as archive:
        now = archive.counts()
        assert now.stories == counted.stories
        assert now.editions == counted.editions

    press.newsroom.edit("nakhla")
    assert crawl(place, SHORT).failures == ()
    changed = {story: count for story, count in editions(place).items() if held.get(story) != count}
    assert list(changed.values()) == [2]
    with opened(place) as archive:
        (name,) = changed
        story = archive.story(name)
        assert story.outlet == "nakhla"
        assert [edition.ordinal for edition in story.editions] == [1, 2]
        assert story.current == 2
        assert story.editions[0].article.text != current(story).article.text
        found = archive.diff(name)
        assert found.sorts == {Sort.HEADLINE: 1, Sort.NUMBER: 1, Sort.ADDITION: 1}
        assert found.declared is Declared.DECLARED
        assert archive.counts().editions == counted.editions + 1
        assert archive.counts().stories == counted.stories
        assert len(repeats(archive)) >= 5, "what was asked for again is a revisit or a 304"


def repeats(archive: Archive) -> list[cdx.CdxLine]:
    """Captures that stand for bytes already held: revisits and 304s."""
    keys = archive.storage.list("cdxj/")
    every = [line for key in keys for line in cdx.load(archive.storage.get(key))]
    return [line for line in every if line.is_revisit or line.status == "304"]


def test_the_catalog_is_made_again_from_the_texts_elsewhere(press: PressRun, tmp_path: Path) -> None:
    place = press.copy(tmp_path)
    before, pulled = dump(place), pull(place)
    for left in Path(place.store or "").glob("catalog.db*"):
        left.unlink()
    done = astana(place, "rebuild")
    assert done.returncode == 0, done.stderr
    assert dump(place) == before
    assert pull(place) == pulled
    elsewhere = astana(place, "pull", "--include", "off-topic", "--format", "jsonl", "--out", "-")
    assert elsewhere.stdout.splitlines() == pulled


def test_texts_and_catalog_are_made_again_from_the_warcs_elsewhere(press: PressRun, tmp_path: Path) -> None:
    place = press.copy(tmp_path)
    store = Path(place.store or "")
    before, pulled = dump(place), pull(place)
    shutil.rmtree(store / "text")
    for left in store.glob("catalog.db*"):
        left.unlink()
    done = astana(place, "rebuild", "--from", "warc")
    assert done.returncode == 0, done.stderr
    assert dump(place) == before
    assert pull(place) == pulled


def test_texts_read_in_any_order_and_batching_make_the_same_catalog(press: PressRun, tmp_path: Path) -> None:
    with opened(press.place) as archive:
        found: list[TextObject | ListingObject] = []
        for key in archive.text_keys():
            data = archive.storage.get(key)
            head, readings = texts.load(data, key)
            found.append(TextObject(key=key, sha256=sha256_of(data), head=head, readings=tuple(readings)))
        for key in archive.storage.list("listed/"):
            if key.endswith("/current.json"):
                continue
            data = archive.storage.get(key)
            said, lines = listed.unpacked(io.BytesIO(data), key)
            found.append(ListingObject(key=key, sha256=sha256_of(data), head=said, lines=tuple(lines)))
        expected = list(archive.catalog.dump())
    # One object a reading: the finest batching there is.
    for seed in (1, 2):
        random.Random(seed).shuffle(found)
        with Catalog.open(f"sqlite:///{tmp_path}/{seed}.db") as catalog:
            for one in found:
                if isinstance(one, TextObject):
                    catalog.take([one])
                else:
                    catalog.take_listings([one])
            assert list(catalog.dump()) == expected
