"""Work done in a process apart that its own limits stop: time and memory of each page; what the work is, others say.

The process is a fork: it knows what this one knows; nothing is sent to it. It uses no connection of this one's, logs
nothing and writes nowhere but into its pipe. The kernel ends it when a page has used up its time, whatever code it
is in; its memory is looked at from here. Seconds are of its processor, so that a busy machine stops nothing.
"""

from __future__ import annotations

import _imp
import gc
import io
import logging
import os
import pickle
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final, NoReturn

from archive.errors import ArchiveError
from crawler.errors import ReadingStoppedError
from crawler.page.bounds import LAST_RESORT, Limit, Limits

LOOK: Final = 0.1  # seconds between two looks at the memory
STALLED: Final = 600.0  # seconds without anything said or any work done: no page does that, so none is blamed
IMPORTED: Final = 30.0  # seconds that an import of another thread is waited for
TIMES: Final = 2  # a process that was ended for no reason of the page's is begun anew so often
_NO_MEMORY: Final = 75  # exit status
_PIPE: Final = 1 << 20  # bytes that wait for us, where the kernel allows it
_STEP: Final = 1 << 16  # bytes of a stream
_HEAD: Final = struct.Struct("<cI")  # kind of what is said, and its length
_ERROR: Final = b"!"
_CRASHES: Final = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT})
_SLEEPS: Final = b"S"  # proc(5)

Said = tuple[bytes, bytes]  # its kind, one byte; and what is said
# A process forked between another's pipe and fork would hold that pipe's other end; one forked while another thread
# imports, that import's lock.
_forking = Lock()
_heard: set[int] = set()  # pipes that are read here


class Voice:
    """In the process apart: what it says to the one that forked it."""

    def __init__(self, to: int, limits: Limits) -> None:
        self._to = to
        self._seconds = limits.seconds
        self._most = _peak() + limits.memory
        self._parent = os.getppid()

    def begin(self) -> None:
        """Another page is begun: it has all the time that a page has. Nobody listens any more: it ends."""
        signal.setitimer(signal.ITIMER_PROF, self._seconds)
        if os.getppid() != self._parent:
            os._exit(1)

    def along(self, stream: BinaryIO) -> BinaryIO:
        """A stream; each step forward in it begins the time anew, so that what is passed over is not counted."""
        return io.BufferedReader(_Steps(stream, self), _STEP)

    def say(self, kind: bytes, said: bytes = b"") -> None:
        """Say something; `kind` is one byte. Unheard where too much memory was held on the way, however shortly."""
        if _peak() > self._most:
            os._exit(_NO_MEMORY)
        left = memoryview(_HEAD.pack(kind, len(said)) + said)
        while left:
            left = left[os.write(self._to, left) :]


class _Steps(io.RawIOBase):
    """A stream in whose steps a voice begins anew."""

    def __init__(self, stream: BinaryIO, voice: Voice) -> None:
        self._stream, self._voice = stream, voice

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]  # of all that can be written to
        self._voice.begin()
        data = self._stream.read(len(into))
        into[: len(data)] = data
        return len(data)


class Apart:
    """One process apart, seen from here."""

    def __init__(self, work: Callable[[Voice], None], limits: Limits = LAST_RESORT) -> None:
        """Begin it. `work` is called there, and the process ends with it.

        Raises:
            ReadingStoppedError: this machine has no room for another process.
        """
        self._limits = limits
        self._rest = bytearray()
        self._eaten = False
        self._pid, self._of = _forked(work, limits)
        self._began = _memory(self._pid)
        self._last, self._ticks, self._looked = time.monotonic(), -1, 0.0

    def fileno(self) -> int:
        """What tells, by being readable, that something was said or that the process ended."""
        return self._of

    def awaited(self) -> None:
        """Something was asked of it now: until then it stood still with reason."""
        self._last = time.monotonic()

    def heard(self) -> list[Said] | None:
        """What it said since, to be asked when it is readable; None when it ended.

        Raises:
            Exception: what the work raised there.
        """
        came = os.read(self._of, _PIPE)
        self._rest += came
        self._last = time.monotonic()
        return list(self._whole()) if came else None

    def look(self) -> None:
        """End it where it holds more memory than it may, or stands still; looked at now and then only."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        self._eaten = self._eaten or _memory(self._pid) - self._began > self._limits.memory
        ticks, is_asleep = _pulse(self._pid)
        if ticks != self._ticks or not is_asleep:
            self._ticks, self._last = ticks, now
        if self._eaten or now - self._last > STALLED:
            os.kill(self._pid, signal.SIGKILL)

    def end(self) -> Limit | None:
        """Why it ended, once it did: the limit that it met. None: it was done, or ended by somebody else.

        Raises:
            ReadingStoppedError: by somebody else, or for want of memory on this machine.
        """
        status = os.waitstatus_to_exitcode(self._reaped())
        if status == 0:
            return None
        if self._eaten or status == _NO_MEMORY:
            return Limit.MEMORY
        if status == -signal.SIGPROF:
            return Limit.TIME
        if -status in _CRASHES:
            return Limit.CRASH
        raise ReadingStoppedError(f"a process that read pages was ended from outside ({_name(status)})")

    def kill(self) -> None:
        """End it, whatever it is at."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            self._reaped()

    def _reaped(self) -> int:
        with _forking:
            _heard.discard(self._of)
            os.close(self._of)
        pid, self._pid = self._pid, 0
        return os.waitpid(pid, 0)[1]

    def _whole(self) -> Iterator[Said]:
        while len(self._rest) >= _HEAD.size:
            kind, length = _HEAD.unpack_from(self._rest)
            end = _HEAD.size + length
            if len(self._rest) < end:
                return
            said = bytes(self._rest[_HEAD.size : end])
            del self._rest[:end]
            if kind == _ERROR:
                raise pickle.loads(said)
            yield kind, said


def late(load: Callable[[], object]) -> None:
    """Do what may import something, with no fork meanwhile: it would wait for the lock of a module half imported."""
    with _forking:
        load()


def listen(several: Collection[Apart]) -> list[Apart]:
    """Those of them that said something or ended; none after a moment. All of them are looked at."""
    poll = select.poll()
    for each in several:
        poll.register(each, select.POLLIN)
    ready = {number for number, _ in poll.poll(LOOK * 1000)}
    for each in several:
        each.look()
    return [each for each in several if each.fileno() in ready]


@contextmanager
def _no_import() -> Iterator[None]:
    """While no other thread is at an import: a fork would wait for that module's lock, which nobody gives back there.

    Imports begin under the interpreter's own lock, which is held here. One that does not end is not waited for long.
    """
    until = time.monotonic() + IMPORTED
    while True:
        _imp.acquire_lock()
        if not _is_importing() or time.monotonic() > until:
            break
        _imp.release_lock()
        time.sleep(0.001)
    try:
        yield
    finally:
        _imp.release_lock()


def _is_importing() -> bool:
    """Whether a module is half imported."""
    specs = (getattr(module, "__spec__", None) for module in list(sys.modules.values()))
    return any(getattr(spec, "_initializing", False) for spec in specs)


def _forked(work: Callable[[Voice], None], limits: Limits) -> tuple[int, int]:
    """The process's number, and the pipe that it speaks into."""
    with _forking, _no_import():
        of, to = os.pipe()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(of)
            os.close(to)
            raise ReadingStoppedError(f"no process can be begun to read pages: {error.strerror}") from None
        _heard.add(of)
        if pid == 0:
            _imp.release_lock()
            _live(work, to, limits)
        os.close(to)
        return pid, of


def _live(work: Callable[[Voice], None], to: int, limits: Limits) -> NoReturn:
    """The process's whole life; it leaves by no other way, and runs nothing that others wanted to run at the end."""
    try:
        _part()
        voice = Voice(to, limits)
        try:
            work(voice)
        except MemoryError:
            os._exit(_NO_MEMORY)
        except Exception as error:
            _tell(voice, error)
            raise
        os._exit(0)
    finally:
        os._exit(1)


def _part() -> None:
    """Let go of what is the other process's: its pipes, signals, logs."""
    for pipe in _heard:
        os.close(pipe)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who forked us ends us
    for each in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPROF):
        signal.signal(each, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)
    gc.freeze()


def _tell(voice: Voice, error: Exception) -> None:
    """An exception as another process can raise it; where it cannot be made again, in words."""
    try:
        said = pickle.dumps(error)
        pickle.loads(said)
    except Exception:
        voice.say(_ERROR, pickle.dumps(ArchiveError(f"{type(error).__name__}: {error}")))
        raise
    voice.say(_ERROR, said)


def _memory(pid: int) -> int:
    """Bytes that a process holds; 0 where the system does not say, or it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def _peak() -> int:
    """The most bytes that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def _pulse(pid: int) -> tuple[int, bool]:
    """Clock ticks that a process has worked, and whether it sleeps; where the system does not say, it does not."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return -1, False
    return int(fields[11]) + int(fields[12]), fields[0] == _SLEEPS


def _name(status: int) -> str:
    return signal.Signals(-status).name if -status in signal.valid_signals() else f"status {status}"
