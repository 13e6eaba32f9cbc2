"""What a crawl process says on standard output: one JSON line each, of docs/protocol.md; nobody need listen."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import suppress


def say(kind: str, **words: object) -> None:
    """One JSON line to the parent; one that has gone away is not missed."""
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps({"kind": kind, **words}, ensure_ascii=False) + "\n")
        sys.stdout.flush()


class JsonLines(logging.Handler):
    """Log records as lines of the protocol: all of ours, of others the warnings."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Handler; Scrapy sets the levels of its own loggers."""
        return record.levelno >= logging.WARNING or record.name.startswith("crawler.")

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        say("log", level=record.levelno, logger=record.name, message=self.format(record))
