"""Tasks looked at by several processes beside each other, answers in the order asked for; it judges nothing itself.

A helper is a plain new interpreter at the other end of two pipes: no thread, lock or connection of ours is in it. Its
pipe closed, it ends. When one is killed, its task is done here.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from threading import Condition, Thread
from typing import IO, Final

from archive.sound.looking import Looker, Sound, Task
from archive.storage import Storage, open_storage

_RUN: Final = "import sys; sys.path[:] = {path!r}; from archive.sound.helpers import serve; serve()"


class Pending:
    """A task that was given; what came of it is known when it is `done`."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.done = False
        self.sound: Sound | None = None


class Helpers:
    """This process, and those that were started to help it."""

    def __init__(self, storage: Storage) -> None:
        """Without any help yet."""
        self._storage = storage
        self._own = Looker(storage)
        self._changed = Condition()
        self._waiting: deque[Pending] = deque()
        self._closed = False
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads: list[Thread] = []

    @property
    def started(self) -> tuple[int, ...]:
        """The processes that were started, by their numbers."""
        return tuple(process.pid for process in self._processes)

    def start(self, number: int) -> None:
        """Have so many helpers."""
        while len(self._processes) < number:
            command = (sys.executable, "-c", _RUN.format(path=sys.path))
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            thread = Thread(target=self._feed, args=(process,), daemon=True)
            self._processes.append(process)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """End them, whatever they are at."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        for process in self._processes:
            process.kill()  # it writes nothing anywhere
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            process.wait()

    def give(self, task: Task) -> Pending:
        """Hand in a task."""
        pending = Pending(task)
        with self._changed:
            self._waiting.append(pending)
            self._changed.notify()
        return pending

    def take(self, pending: Pending) -> Sound | None:
        """What came of a task: done by a helper, or now by us; while a helper has it, we do another one."""
        while True:
            with self._changed:
                while not pending.done and not self._waiting:
                    self._changed.wait()
                if pending.done:
                    return pending.sound
                own = self._waiting.popleft()
            self._finish(own, self._own.look(own.task))

    def _finish(self, pending: Pending, sound: Sound | None) -> None:
        with self._changed:
            pending.sound, pending.done = sound, True
            self._changed.notify_all()

    def drop(self, tasks: Iterable[Pending]) -> None:
        """Nobody asks for them any more."""
        with self._changed:
            for each in tasks:
                with suppress(ValueError):
                    self._waiting.remove(each)

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        """One helper's tasks, one after the other."""
        assert process.stdin is not None
        assert process.stdout is not None
        own: Pending | None = None
        with suppress(OSError, EOFError, pickle.UnpicklingError), process.stdin as to, process.stdout as of:
            _send(to, self._storage.url)
            while True:
                with self._changed:
                    while not self._waiting and not self._closed:
                        self._changed.wait()
                    if self._closed:
                        return
                    own = self._waiting.popleft()
                _send(to, own.task)
                self._finish(own, pickle.load(of))
                own = None
        if own is not None:
            with self._changed:
                self._waiting.appendleft(own)
                self._changed.notify_all()


def _send(to: IO[bytes], what: object) -> None:
    with suppress(BrokenPipeError):  # the answer that does not come tells
        pickle.dump(what, to, pickle.HIGHEST_PROTOCOL)
        to.flush()


def serve() -> None:
    """A helper's life: the store's address first, then task for task until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us ends us
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError, BrokenPipeError):
        looker = Looker(open_storage(pickle.load(given)))
        while True:
            task = pickle.load(given)
            pickle.dump(looker.look(task), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
