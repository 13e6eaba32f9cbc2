"""Work in a process apart: it is heard, and whatever it does it ends within its own limits and harms nothing here."""

from __future__ import annotations

import errno
import faulthandler
import os
import signal
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from threading import Event, Thread

import pytest

from archive.errors import ArchiveError, WarcError
from archive.records import Capture, Hints, Reason, Rejection, Role
from crawler.alone import Alone
from crawler.apart import Apart, Voice, late, listen
from crawler.errors import ReadingStoppedError
from crawler.page.bounds import Limit, Limits, stopped

TIGHT = Limits(seconds=0.15, memory=64 << 20)


def heard(work: Callable[[Voice], None]) -> tuple[list[tuple[bytes, bytes]], Apart]:
    """All that a work says, and its process after its end."""
    apart, said = Apart(work, TIGHT), list[tuple[bytes, bytes]]()
    while True:
        for each in listen([apart]):
            came = each.heard()
            if came is None:
                return said, apart
            said += came


def met(work: Callable[[Voice], None]) -> Limit | None:
    return heard(work)[1].end()


def test_what_is_said_is_heard_whole_and_in_order() -> None:
    long = os.urandom(3 << 20)

    def work(voice: Voice) -> None:
        voice.say(b"a", long)
        voice.say(b"b")

    said, apart = heard(work)
    assert said == [(b"a", long), (b"b", b"")]
    assert apart.end() is None


def test_what_hangs_in_c_is_ended_by_its_time() -> None:
    def work(voice: Voice) -> None:
        voice.begin()
        print(len(str(9 ** (9**9))))  # nothing of Python's runs until that is done

    assert met(work) is Limit.TIME


def test_each_page_has_its_own_time() -> None:
    def work(voice: Voice) -> None:
        start = time.process_time()
        for number in range(1, 5):
            voice.begin()
            while time.process_time() < start + number * TIGHT.seconds / 3:
                pass

    assert met(work) is None


def test_what_eats_memory_is_ended() -> None:
    def work(voice: Voice) -> None:
        eaten = []
        while True:
            eaten.append(bytes(1 << 20))

    assert met(work) is Limit.MEMORY


def test_a_crash_is_told_apart_from_an_end_from_outside() -> None:
    def work(voice: Voice) -> None:
        faulthandler.disable()
        os.kill(os.getpid(), signal.SIGSEGV)

    assert met(work) is Limit.CRASH
    with pytest.raises(ReadingStoppedError, match="SIGKILL"):
        met(lambda voice: os.kill(os.getpid(), signal.SIGKILL))


def test_what_is_raised_there_is_raised_here() -> None:
    def work(voice: Voice) -> None:
        raise WarcError("the third record is none")

    with pytest.raises(WarcError, match="third record"):
        heard(work)


class ChoosyError(Exception):
    """It takes only numbers, and passes on words."""

    def __init__(self, number: int) -> None:
        super().__init__(f"number {int(number)}")


def test_what_cannot_be_raised_here_is_told_in_words() -> None:
    def work(voice: Voice) -> None:
        raise ChoosyError(1)

    with pytest.raises(ArchiveError, match="ChoosyError: number 1"):
        heard(work)


def test_none_is_forked_while_something_is_imported() -> None:
    def load() -> None:
        begun.set()
        done.wait()

    def fork() -> None:
        forked.append(met(lambda voice: None))

    begun, done, forked = Event(), Event(), list[Limit | None]()
    importing, forking = Thread(target=late, args=[load], daemon=True), Thread(target=fork)
    importing.start()
    begun.wait()
    forking.start()
    forking.join(0.1)
    assert not forked
    done.set()
    importing.join()
    forking.join()
    assert forked == [None]


SLOWLY = """
import tests.test_apart as begun
begun.IMPORTING.set()
for number in range(3_000_000):
    pass
done = True
"""
IMPORTING = Event()


def test_none_is_forked_while_another_thread_is_at_an_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slowly_imported.py").write_text(SLOWLY)
    monkeypatch.syspath_prepend(tmp_path)

    def work(voice: Voice) -> None:
        voice.say(b"a" if import_module("slowly_imported").done else b"b")

    importing = Thread(target=import_module, args=("slowly_imported",))
    importing.start()
    IMPORTING.wait()
    apart = Apart(work)
    said = next((apart.heard() for _ in range(100) if listen([apart])), None)  # half imported, it would wait for ever
    apart.kill()
    importing.join()
    assert said == [(b"a", b"")]


def test_a_process_that_is_left_alone_is_gone() -> None:
    def work(voice: Voice) -> None:
        voice.say(b"p", str(os.getpid()).encode())
        signal.pause()

    apart = Apart(work, TIGHT)
    while not listen([apart]):
        pass
    ((_, number),) = apart.heard() or []
    apart.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(int(number), 0)


def asked(what: str) -> Capture:
    return Capture(
        outlet="o",
        url=f"https://a.example/{what}",
        date="2017-01-01T00:00:00Z",
        record="",
        request=b"",
        response=b"",
        hints=Hints(role=Role.PAGE),
    )


def obeyed(capture: Capture) -> Rejection:
    """What an address asks for; and which process did it."""
    match capture.url.rpartition("/")[2]:
        case "hang":
            print(len(str(9 ** (9**9))))
        case "crash":
            faulthandler.disable()
            os.kill(os.getpid(), signal.SIGSEGV)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raise":
            raise WarcError("no record")
    return Rejection(reason=Reason.NO_TEXT, detail=str(os.getpid()))


def test_one_process_reads_what_is_asked_of_it_one_after_the_other() -> None:
    with Alone(obeyed, TIGHT) as read:
        assert len({read(asked("page")) for _ in range(3)} - {None}) == 1
        assert read(asked("page")) != obeyed(asked("page"))


def test_where_no_process_can_be_begun_that_is_said_and_nothing_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    before = list(Path("/proc/self/fd").iterdir())
    with monkeypatch.context() as full, Alone(obeyed, TIGHT) as read:
        full.setattr(os, "fork", refused)
        with pytest.raises(ReadingStoppedError, match="no process can be begun"):
            read(asked("page"))
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)
    assert not met(lambda voice: None)


def test_what_ends_the_process_is_named_and_what_comes_after_it_is_read() -> None:
    with Alone(obeyed, TIGHT) as read:
        read(asked("page"))
        assert read(asked("hang")) == stopped(Limit.TIME, TIGHT)
        assert read(asked("page")) == read(asked("page"))
        assert read(asked("crash")) == stopped(Limit.CRASH, TIGHT)
        with pytest.raises(ReadingStoppedError, match="SIGKILL"):
            read(asked("kill"))
        with pytest.raises(WarcError, match="no record"):
            read(asked("raise"))
        assert read(asked("page")) == read(asked("page"))
