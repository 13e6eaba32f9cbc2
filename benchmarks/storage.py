"""What a confirmed put costs, in a folder and in a bucket of a real server, and how much memory a large file takes.

.venv/bin/python -m benchmarks.storage [MEGABYTES]
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from archive.storage import FolderStorage, open_storage
from tests import seaweed


def timed(name: str, work: Callable[[], object], megabytes: float = 0.0) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rate = f" {megabytes / cpu:7.0f} MB a CPU second" if megabytes else ""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name:44} {wall:7.2f} s wall {cpu:7.2f} s CPU{rate}, peak memory {peak} MB", flush=True)


def main(megabytes: int = 300) -> None:
    with tempfile.TemporaryDirectory() as place, seaweed.running() as server:
        os.environ.update(server.environment)
        source = Path(place) / "source"
        with source.open("wb") as out:
            for _ in range(megabytes):
                out.write(os.urandom(1 << 20))
        folder = FolderStorage(Path(place) / "store")
        timed("copy without any check (shutil)", lambda: shutil.copyfile(source, Path(place) / "copy"), megabytes)
        timed("folder: put, read back, named", lambda: folder.put("warc/a/x", source), megabytes)
        bucket = open_storage(f"s3://{seaweed.BUCKET}/bench")
        bucket.put("warc/a/first", b"x")
        timed("bucket: put in parts, confirmed", lambda: bucket.put("warc/a/x", source), megabytes)

        def read() -> None:
            with bucket.open("warc/a/x") as stream:
                while stream.read(1 << 20):
                    pass

        timed("bucket: read as a stream, checked", read, megabytes)
        timed("bucket: 500 small puts", lambda: [bucket.put(f"text/{n}", b"%d" % n) for n in range(500)])
        timed("bucket: 500 ranges", lambda: [bucket.read("warc/a/x", n * 1000, 13_000) for n in range(500)])
        server.plant(f"bench/ledger/run/{n:05d}" for n in range(10_000))
        timed("bucket: list of 10,000 keys", lambda: sum(1 for _ in bucket.list("ledger/")))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
