"""The program that forks what is killed."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.kills.board import Board

LONGEST: Final = 60.0  # seconds that one verb may take
ROOT: Final = Path(__file__).parents[2]


class Runner:
    """The program that forks what is killed; see `tests.kills.child`."""

    def __init__(self, folder: Path, through: Sequence[str] = ()) -> None:
        """`through`: a program, with its arguments, that starts it, such as one that notes its calls."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.board = Board(folder / "board")
        self._process = subprocess.Popen(
            [*through, sys.executable, "-m", "tests.kills.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )

    def start(self, verb: str, **given: Any) -> int:
        """Begin a verb; returns the number of its process."""
        self.board.clear()
        asked = {
            "verb": verb,
            "folder": str(self.folder),
            "out": str(self.folder / "out"),
            "errors": str(self.folder / "errors"),
            "board": str(self.folder / "board"),
            **given,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(asked)}\n".encode())
        self._process.stdin.flush()
        return int(self._said()["pid"])

    def _said(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the program that forks has died"
        return dict(json.loads(line))

    def has_ended(self) -> bool:
        """Whether the process is over; `end` then tells how at once."""
        return bool(select.select([self._process.stdout], [], [], 0)[0])

    def end(self) -> int:
        """Wait for the end of the process: its exit code, negative for a signal."""
        ready = select.select([self._process.stdout], [], [], LONGEST)[0]
        assert ready, f"a verb took more than {LONGEST} seconds: {self.words()}"
        return int(self._said()["ended"])

    def words(self) -> str:
        """What the process said last."""
        return "; ".join((self.folder / name).read_text("utf-8")[-400:] for name in ("errors", "out"))

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(LONGEST)
        self._process.stdout.close()
