"""The command `astana` whose crawls wait by a time of the test's own; TESTS_TIME says which."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from crawler import crawl
    from flows import cli

    crawl.PROGRAM = "tests.hurried"
    sys.exit(cli.run(sys.argv[1:]))
