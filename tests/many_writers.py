"""One of many writers, as a process to be killed: leases, spool, seals and ledger over one bucket; it tells each step.

python -m tests.many_writers STORE SPOOL OUTLET ROUNDS CAPTURES SEED
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from archive import ledger, spool, tenure
from archive.spool import Spool
from archive.storage import Storage, open_storage
from tests.captures import capture


def tell(**said: object) -> None:
    """One step, with the machine's steady clock; a reader that sees it knows that it has happened."""
    print(json.dumps({"at": time.monotonic(), **said}), flush=True)


def visit(storage: Storage, folder: Path, outlet: str, chance: random.Random, captures: int) -> None:
    """What a crawl does with the shelves: finish what was left, capture, seal, write down that it ran."""
    spool.finish(folder, outlet, storage)
    waiting = Spool.open(folder, outlet, f"w{chance.randrange(10**6)}", tenure.clock(), {"software": "practice"})
    tell(step="opened", recovered=waiting.recovered.captures)
    for _ in range(captures):
        body = chance.randbytes(chance.choice((500, 20_000, 150_000)))
        head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"
        written = waiting.append(capture(head + body, outlet=outlet))
        tell(step="reported", record=written.record)
    tell(step="sealing")
    sealed = waiting.seal(storage)
    assert sealed is not None
    event = ledger.write(storage, "run", {"outlet": outlet, "sealed": sealed.warc}, tenure.clock())
    tell(step="sealed", warc=sealed.warc, event=event.id)


def main(store: str, place: str, outlet: str, *numbers: str) -> None:
    rounds, captures, seed = map(int, numbers)
    storage, chance = open_storage(store), random.Random(seed)
    for number in range(rounds):
        with tenure.held(storage, f"crawl-{outlet}", 120) as lease:
            tell(step="began", token=lease.token, round=number)
            visit(storage, Path(place), outlet, chance, captures)
            lease.check()
            tell(step="ended")
    tell(step="done")


if __name__ == "__main__":
    main(*sys.argv[1:])
