"""`astana validate`: file, place, rule and verdict of each finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.cli import run
from tests.captures import answer
from tests.rules import ID, INFO, RESPONSE, record


def test_the_command_says_file_place_rule_and_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "press.warc", tmp_path / "bad.warc"
    good.write_bytes(INFO + RESPONSE)
    bad.write_bytes(INFO.replace(b"press.warc", b"bad.warc") + record("response", answer(), WARC_Date="never"))
    assert run(["validate", str(good)]) == 0
    assert capsys.readouterr().out == f"{good}: valid, 0 errors, 0 warnings\n"
    assert run(["validate", str(good), str(bad)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith(f"{bad} at {len(INFO) - 2} {ID.format(1)}: error: 'never' is no date")
    assert lines[1].endswith("(WARC 1.1 §5.4)")
    assert lines[2] == f"{bad}: invalid, 1 errors, 0 warnings"
    assert run(["validate", str(bad), "--json"]) == 1
    finding, verdict = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (finding["paragraph"], finding["level"], finding["offset"]) == ("WARC 1.1 §5.4", "error", len(INFO) - 2)
    assert verdict == {"file": str(bad), "valid": False, "errors": 1, "warnings": 0}


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", str(tmp_path / "none.warc")]) == 2
    assert "there is no file" in capsys.readouterr().err
