"""A crawl's process that waits by a time shared with others; which one, TESTS_TIME says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.sharedtime import SharedTime

if __name__ == "__main__":
    from crawler.visit.process import main

    sys.exit(main(SharedTime(Path(os.environ["TESTS_TIME"]))))
