"""Which rooms a room leads to by what it imports: a digest of sources must know them all."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
Rooms = Mapping[str, Iterable[str]]  # package -> modules, without their ending, or files


def paths(rooms: Rooms, ending: str = "") -> set[str]:
    """Rooms as paths below the root."""
    return {f"{package}/{room}{ending}" for package, names in rooms.items() for room in names}


def reached(first: str, left_out: set[str]) -> set[str]:
    """All rooms of archive and crawler that a room leads to, itself among them, but none through those left out."""
    waiting, seen = {first}, set[str]()
    while waiting:
        room = waiting.pop()
        if room not in seen and room not in left_out:
            seen.add(room)
            waiting |= _imports(ROOT / room)
    return seen


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("archive", "crawler"):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            found |= {f"{name.replace('.', '/')}.py" for name in names}
    return {room for room in found if (ROOT / room).exists()}
