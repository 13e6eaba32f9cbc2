"""The laws of the house that can be read from the source: who may know whom, and which room has which door."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("archive", "crawler", "flows")
MAY_KNOW = {"archive": {"archive"}, "crawler": {"archive", "crawler"}, "flows": {"archive", "crawler", "flows"}}
LONGEST_ROOM = 350

# Where files of people come in and are checked.
EDGES = {"crawler/outlet_file.py", "crawler/newsroom/press.py"}

# Each outside library, and the only rooms that may open its door.
DOORS: dict[str, set[str]] = {
    "boto3": {"archive/s3/asking.py"},
    "botocore": {"archive/s3/asking.py"},
    "mypy_boto3_s3": {"archive/s3/__init__.py", "archive/s3/asking.py", "archive/s3/reading.py"},
    "brotli": {"archive/http.py"},
    "cryptography": {"archive/wacz/sign.py"},
    "zstandard": {"archive/http.py"},
    "warcio": {"archive/warc/members.py"},
    "deflate": {"archive/gzip.py"},
    "isal": {"archive/gzip.py"},
    "sqlalchemy": {
        "archive/catalog/__init__.py",
        "archive/catalog/check.py",
        "archive/catalog/compared.py",
        "archive/catalog/counts.py",
        "archive/catalog/decisions.py",
        "archive/catalog/engine.py",
        "archive/catalog/equals.py",
        "archive/catalog/hidden.py",
        "archive/catalog/index.py",
        "archive/catalog/links.py",
        "archive/catalog/listed.py",
        "archive/catalog/listing.py",
        "archive/catalog/meeting.py",
        "archive/catalog/opened.py",
        "archive/catalog/pairs.py",
        "archive/catalog/pinned.py",
        "archive/catalog/polled.py",
        "archive/catalog/prints.py",
        "archive/catalog/query.py",
        "archive/catalog/questions.py",
        "archive/catalog/relinking.py",
        "archive/catalog/replacing.py",
        "archive/catalog/schema.py",
        "archive/catalog/tied.py",
        "archive/catalog/traces.py",
        "archive/catalog/witnesses.py",
    },
    "rensa": {"archive/likeness/fingerprint.py"},
    "surt": {"archive/urls.py"},
    "pydantic": {"archive/settings.py", "archive/texts.py", "crawler/facts.py", "crawler/loaded.py", *EDGES},
    "pydantic_settings": {"archive/settings.py"},
    "yaml": {"crawler/facts.py"},
    "jinja2": {"crawler/newsroom/pages.py"},
    "trafilatura": {"crawler/page/engines.py", "crawler/page/voices.py"},
    # A page is a tree of lxml's: the rooms that walk it.
    "lxml": {
        "crawler/dates.py",
        "crawler/dating/layout.py",
        "crawler/dating/stated.py",
        "crawler/dating/visible.py",
        "crawler/listing/feeds.py",
        "crawler/listing/links.py",
        "crawler/page/appstate.py",
        "crawler/page/blocks.py",
        "crawler/page/captions.py",
        "crawler/page/chosen.py",
        "crawler/page/content.py",
        "crawler/page/dom.py",
        "crawler/page/engines.py",
        "crawler/page/furniture.py",
        "crawler/page/inline.py",
        "crawler/page/others.py",
        "crawler/page/outlet_rules.py",
        "crawler/page/plain.py",
        "crawler/page/refusals.py",
        "crawler/page/seen.py",
        "crawler/page/structured.py",
        "crawler/page/taught.py",
        "crawler/page/thorough.py",
        "crawler/page/titles.py",
        "crawler/page/voices.py",
    },
    "cssselect": {"crawler/outlet_file.py", "crawler/page/outlet_rules.py"},
    "w3lib": {"crawler/listing/nouns.py"},
    "protego": {"crawler/visit/robots.py"},
    "scrapy": {
        "crawler/spider.py",
        "crawler/visit/errand.py",
        "crawler/visit/gates.py",
        "crawler/visit/manners.py",
        "crawler/visit/outcome.py",
        "crawler/wire.py",
    },
    "twisted": {
        "crawler/spider.py",
        "crawler/visit/addresses.py",
        "crawler/visit/answer.py",
        "crawler/visit/asking.py",
        "crawler/visit/manners.py",
        "crawler/visit/outcome.py",
        "crawler/wire.py",
    },
    "zope": {"crawler/visit/addresses.py", "crawler/wire.py"},
    "OpenSSL": {"crawler/visit/account.py", "crawler/visit/outcome.py"},
    "prefect": {
        "flows/artifacts.py",
        "flows/backfill.py",
        "flows/crawl.py",
        "flows/rebuild.py",
        "flows/recluster.py",
        "flows/runs.py",
        "flows/steps.py",
    },
    # Prefect's own client tells with it that no server answered.
    "httpx": {"flows/artifacts.py", "flows/runs.py"},
    "typer": {
        "flows/cli.py",
        "flows/commands_audit.py",
        "flows/commands_backfill.py",
        "flows/commands_cluster.py",
        "flows/commands_coding.py",
        "flows/commands_diff.py",
        "flows/commands_expect.py",
        "flows/commands_gaps.py",
        "flows/commands_keep.py",
        "flows/commands_lineage.py",
        "flows/commands_learn.py",
        "flows/commands_outlets.py",
        "flows/commands_read.py",
        "flows/commands_recluster.py",
        "flows/commands_run.py",
        "flows/commands_show.py",
        "flows/commands_takedown.py",
        "flows/commands_validate.py",
        "flows/demo.py",
        "flows/options.py",
    },
    "rich": {"flows/show.py"},
}


def rooms() -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@cache
def tree(room: str) -> ast.Module:
    return ast.parse((ROOT / room).read_text("utf-8"))


def imported(room: str) -> Iterator[str]:
    """Full names of all that a room imports, wherever the import stands."""
    for node in ast.walk(tree(room)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{room}: a relative import hides who knows whom"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_are_rooms_to_judge() -> None:
    assert {room.split("/")[0] for room in rooms()} == set(PACKAGES)


def of_every_room(test: Callable[[str], None]) -> Callable[[], None]:
    """A test put to every room; all rooms that fail are named. One test of many rooms costs what one of one does."""

    def tested() -> None:
        faults = []
        for room in rooms():
            try:
                test(room)
            except AssertionError as fault:
                faults.append(f"{room}: {fault}")
        assert not faults, "\n".join(faults)

    tested.__name__, tested.__doc__ = test.__name__, test.__doc__
    return tested


@of_every_room
def test_a_room_knows_only_rooms_below_it(room: str) -> None:
    package = room.split("/", maxsplit=1)[0]
    known = {name.split(".")[0] for name in imported(room)} & set(PACKAGES)
    assert known <= MAY_KNOW[package], f"{room} knows {sorted(known - MAY_KNOW[package])}"


@of_every_room
def test_a_library_is_imported_only_through_its_own_door(room: str) -> None:
    standard = set(sys.stdlib_module_names)
    for name in imported(room):
        library = name.split(".")[0]
        if library in standard or library in PACKAGES:
            continue
        assert library in DOORS, f"{room} imports {library}, for which the house has no door"
        assert room in DOORS[library], f"{room} imports {library}; only {sorted(DOORS[library])} may"


def test_every_door_is_used() -> None:
    used = {(name.split(".")[0], room) for room in rooms() for name in imported(room)}
    unused = [(library, room) for library, doors in DOORS.items() for room in doors if (library, room) not in used]
    assert unused == [], f"doors that nobody opens: {unused}"


@of_every_room
def test_a_room_opens_with_a_sentence_and_fits_one_head(room: str) -> None:
    assert ast.get_docstring(tree(room)), f"{room} does not say what it holds"
    assert len((ROOT / room).read_text("utf-8").splitlines()) <= LONGEST_ROOM, f"{room}: which two rooms is it?"


@of_every_room
def test_only_settings_read_the_environment(room: str) -> None:
    if room == "archive/settings.py":
        return
    for node in ast.walk(tree(room)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            assert node.attr not in ("environ", "getenv", "environb"), f"{room}:{node.lineno} reads the environment"


@of_every_room
def test_no_exception_is_swallowed_whole(room: str) -> None:
    for node in ast.walk(tree(room)):
        if isinstance(node, ast.ExceptHandler):
            names = [node.type] if not isinstance(node.type, ast.Tuple) else node.type.elts
            broad = [
                n for n in names if n is None or (isinstance(n, ast.Name) and n.id in ("Exception", "BaseException"))
            ]
            reraised = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
            assert not broad or reraised, f"{room}:{node.lineno} catches everything"


@of_every_room
def test_nouns_are_frozen_slotted_and_spelled_out(room: str) -> None:
    for node in ast.walk(tree(room)):
        if not isinstance(node, ast.ClassDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Name) and mark.id == "dataclass":
                pytest.fail(f"{room}: {node.name} is an open dataclass")
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "dataclass":
                said = {keyword.arg for keyword in mark.keywords}
                assert {"frozen", "slots"} <= said, f"{room}: {node.name} is not frozen and slotted"


@of_every_room
def test_no_product_room_knows_what_is_true_of_the_newsroom(room: str) -> None:
    strings = [n.value for n in ast.walk(tree(room)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    code = [text for text in strings if "truth/" in text or text == "truth"]
    assert code == [], f"{room} names the truth files"


def test_no_parser_of_pages_keeps_a_memory_between_pages() -> None:
    """trafilatura's `deduplicate=True` remembers over the whole process: the fourth equal text returns nothing."""
    for room in rooms():
        for node in ast.walk(tree(room)):
            off = isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant) and not node.value.value
            if isinstance(node, ast.keyword) and node.arg in ("deduplicate", "target_language") and not off:
                pytest.fail(f"{room}:{node.value.lineno} passes {node.arg}")


@of_every_room
def test_nothing_is_told_apart_by_its_place_in_memory(room: str) -> None:
    """`id()` of what was let go is given to the next thing made, and lxml makes its elements again and again."""
    called = (node.func for node in ast.walk(tree(room)) if isinstance(node, ast.Call))
    assert not [name for name in called if isinstance(name, ast.Name) and name.id == "id"], room


# What rooms replace or remove in a store: the keys, as they are written there. No other room reaches below warc/.
PURGING = "archive/purge/"
REPLACED: dict[str, set[str]] = {
    "archive/listed.py": {"place", "f'{SHELF}{outlet}/{POINTER}'"},
    "archive/reindexing.py": {"index"},
    "archive/replay/build.py": {"prefix + INDEX", "prefix + BLOCKED", "prefix + CONFIG", "SHELF + BLOCKED"},
    "archive/replay/mementos.py": {"shelf.prefix + key", "shelf.prefix + index_of(key)", "key"},
    "archive/s3/__init__.py": {"key"},  # an upload of its own that the server spoilt
    "archive/s3/parts.py": {"_place(key)", "place"},
    "archive/textshelf.py": {"f'text/{outlet}/current.json'", "key"},
    "flows/marks.py": {"_key(name)"},
}


def replacing(room: str) -> Iterator[str]:
    """The keys that a room replaces or removes objects under."""
    for node in ast.walk(tree(room)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            anew = [each for each in node.keywords if each.arg == "replace"]
            if (node.func.attr == "put" and anew) or node.func.attr == "delete":
                yield ast.unparse(node.args[0])


def test_only_a_purge_replaces_or_removes_anything_below_warc() -> None:
    found = {room: set(replacing(room)) for room in rooms() if not room.startswith(PURGING)}
    assert {room: keys for room, keys in found.items() if keys} == REPLACED
    assert any("becomes.key" in key for room in rooms() if room.startswith(PURGING) for key in replacing(room))
