"""The first record of a file says what shapes a capture, and nothing of the machine."""

from __future__ import annotations

import getpass
import hashlib
import socket
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from archive import warc
from archive.records import Via
from archive.settings import load_settings
from crawler.orders import CrawlOrder
from crawler.outlet import BUILT_IN, Outlet, load_outlet
from crawler.settings import MOST_BYTES, TIMEOUT
from crawler.visit.account import NOT_DECLARED, account
from tests.composed import NOW, ROOT, ids

ORDER = CrawlOrder(run="r-1", outlet="sana", now=NOW)


@cache
def sana() -> Outlet:
    return load_outlet(BUILT_IN / "sana.yml")


def said_of(**given: object) -> dict[str, str]:
    return account(ORDER, load_settings(**given), sana())


def test_the_first_record_says_what_shapes_a_capture() -> None:
    said = said_of(vantage="Beirut,\n home line", contact="mailto:a@press.test")
    assert said["vantage"] == "Beirut, home line"
    assert said["operator"] == "mailto:a@press.test"
    assert "mailto:a@press.test" in said["http-header-user-agent"]
    assert said["http-header-accept-encoding"] == "gzip, deflate"
    assert (said["limit-bytes"], said["limit-seconds"]) == (str(MOST_BYTES), str(TIMEOUT))
    assert said["robots"].startswith("RFC 9309, obeyed")
    assert said["pace"].startswith(f"{sana().pace.delay} s")
    assert said["redirects"].startswith("5 at most")
    assert said["tls"].startswith("verified")
    assert "chunk framing" in said["tap"]
    assert "1xx" in said["tap"]
    assert said["outlet-file"] == "sha256:" + hashlib.sha256((BUILT_IN / "sana.yml").read_bytes()).hexdigest()


def test_what_nobody_declared_is_said_to_be_undeclared() -> None:
    said = said_of()
    assert (said["vantage"], said["operator"]) == (NOT_DECLARED, NOT_DECLARED)
    assert said_of(vantage="  ")["vantage"] == NOT_DECLARED


def test_the_first_record_names_no_machine_no_path_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-key")
    monkeypatch.setenv("ASTANA_TOKEN", "a-secret-token")
    block = warc.info_block(said_of(store=str(tmp_path / "store"), spool=str(tmp_path / "spool"))).decode()
    machine = {socket.gethostname(), getpass.getuser(), str(Path.home()), str(ROOT), str(tmp_path), str(Path.cwd())}
    for secret in {*machine, "a-secret-key", "a-secret-token"} - {"", "/", "root"}:
        assert secret not in block


def test_the_same_crawl_says_the_same() -> None:
    assert said_of() == said_of()
    assert said_of() != said_of(vantage="Beirut")
    first = warc.warcinfo("x.warc.gz", said_of(), NOW)
    assert first == warc.warcinfo("x.warc.gz", said_of(), NOW)
    assert ids(first) != ids(warc.warcinfo("y.warc.gz", said_of(), NOW))
    assert ids(first) != ids(warc.warcinfo("x.warc.gz", said_of(vantage="Beirut"), NOW))


def test_an_unverified_outlet_and_given_addresses_are_said() -> None:
    lax = replace(sana(), tls="unverified", allow_private=True)
    said = account(ORDER, load_settings(resolve="sana.sy:443=127.0.0.1:1"), lax)
    assert said["tls"].startswith("not verified")
    assert said["addresses"].startswith("given by the operator for sana.sy:443")
    assert "127.0.0.1" not in said["addresses"]
    assert said["addresses"].endswith("private ones allowed")


def test_an_order_at_a_web_archive_says_whom_it_asked_and_how_often() -> None:
    order = replace(ORDER, via=Via.WAYBACK)
    said = account(order, load_settings(), replace(sana(), allow_private=True, tls="unverified"))
    assert said["source"] == "wayback: https://web.archive.org"
    assert said["pace"].startswith("2.6 s between requests of the lane index, 1 s between requests of the lane page")
    assert (said["robots"].startswith("not asked"), said["tls"].startswith("verified")) == (True, True)
    assert said["addresses"].endswith("private ones refused"), "what the outlet's file allows is its own hosts"
    mirror = account(order, load_settings(wayback_url="http://127.0.0.1:8080/coll"), sana())
    assert mirror["addresses"].endswith("private ones allowed")
    assert "source" not in account(ORDER, load_settings(), sana())
