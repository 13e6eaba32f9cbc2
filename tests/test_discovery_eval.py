"""Foreign corpora of feeds, sitemaps, robots.txt and addresses: no crash, no hang, no difference without a reason."""

from __future__ import annotations

import pytest

from benchmarks import discovery
from tests.extraction import EVAL, NO_EVAL

pytestmark = [
    pytest.mark.slow,  # three thousand feeds, four thousand robots.txt, fifty thousand addresses
    pytest.mark.skipif(not EVAL.is_dir(), reason=NO_EVAL),  # agreed: foreign files, not ours to copy
]


@pytest.mark.long
@pytest.mark.parametrize("part", ["feeds", "sitemaps", "robots", "urls"])
def test_no_file_of_the_corpora_is_a_crash_a_hang_or_an_unexplained_difference(
    part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert discovery.main([str(EVAL), part]) == 0, capsys.readouterr().out
