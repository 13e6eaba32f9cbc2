"""The file calls of a process, as strace(1) saw them: what was written, named and synced, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

COMMAND: Final = (
    *("strace", "-f", "-qq", "--seccomp-bpf", "-y", "-xx", "-ttt", "-s", "100000000", "-e", "signal=none", "-e"),
    "trace=openat,open,creat,lseek,write,pwrite64,writev,pwritev,sendfile,copy_file_range,ftruncate,truncate,fallocate,"
    "fsync,fdatasync,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat",
)
_LINE: Final = re.compile(r"(\d+) +(\d+\.\d+) (.*)", re.DOTALL)
_RESUMED: Final = re.compile(r"<\.\.\. (\w+) resumed>(.*)", re.DOTALL)
_CALL: Final = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)(.*)", re.DOTALL)
_HANDLE: Final = re.compile(r"(\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2}|[^>])*)>")
_STRING: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call that succeeded. `begun` and `ended` number the lines of the log, `at` is the clock's time of its end."""

    name: str
    begun: int
    ended: int
    at: float
    handle: str  # the path behind the file handle, "" when there is none
    number: int  # of that file handle, or of the one that was opened
    paths: tuple[str, ...]  # absolute
    data: bytes
    offset: int | None
    words: str  # what else stands in the call, with nothing of the data
    result: int


def read(log: Path) -> Iterator[Call]:
    """The calls of a log, in the order in which they ended."""
    open_calls: dict[str, tuple[int, str]] = {}
    with log.open(encoding="latin-1") as lines:
        for number, line in enumerate(lines):
            found = _LINE.fullmatch(line.rstrip("\n"))
            if found is None or found[3].startswith(("+++", "---")):
                continue
            pid, at, said = found.groups()
            begun = number
            if said.endswith("<unfinished ...>"):
                open_calls[pid] = number, said.removesuffix("<unfinished ...>")
                continue
            if resumed := _RESUMED.fullmatch(said):
                begun, before = open_calls.pop(pid)
                said = before + resumed[2]
            call = _CALL.fullmatch(said)
            if call is not None and int(call[3]) >= 0:
                yield _call(call, begun, number, float(at))


def _call(found: re.Match[str], begun: int, ended: int, at: float) -> Call:
    name, given, result = found[1], found[2], int(found[3])
    strings = [(_bytes(each[1]), each[2]) for each in _STRING.finditer(given)]
    assert not any(cut for _, cut in strings), f"strace cut the data of a {name}"
    numbered = [(each[1], _bytes(each[2]).decode()) for each in _HANDLE.finditer(given)]
    handles = [path for _, path in numbered]
    words = _STRING.sub("", _HANDLE.sub("", given))
    writes = name in ("write", "pwrite64", "writev", "pwritev")
    folder = handles[0] if handles else ""
    paths = () if writes else tuple(str(Path(folder, data.decode())) for data, _ in strings)
    data = b"".join(data for data, _ in strings)[:result] if writes else b""
    numbers = re.findall(r"-?\d+", words)
    offset = int(numbers[-1]) if name in ("pwrite64", "pwritev", "ftruncate", "truncate") else None
    first = numbered[0][0] if numbered else "AT_FDCWD"
    return Call(
        name=name,
        begun=begun,
        ended=ended,
        at=at,
        handle="" if paths else folder,
        number=result if name in ("openat", "open", "creat") else int(first) if first.isdecimal() else -1,
        paths=paths,
        data=data,
        offset=offset,
        words=words,
        result=result,
    )


def _bytes(hexed: str) -> bytes:
    return bytes.fromhex(hexed.replace("\\x", "")) if "\\x" in hexed else hexed.encode("latin-1")
