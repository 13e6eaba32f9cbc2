"""The look-alike of Wayback answers as the real index and replay are known to, and fails only when it is told to."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from crawler.newsroom.archives import STORM, Archives, Holding, Trouble
from crawler.newsroom.archives.asked import Blocks
from tests.lookalikes import ARABIC, CAPTURES, asked, fetched, table

HOST = {"url": "sawari.example", "matchType": "host"}


@pytest.fixture(scope="module")
def wayback() -> Iterator[str]:
    with Archives.start(Holding(wayback=CAPTURES, wayback_blocks=Blocks(lines=4, page=2))) as archives:
        yield archives.wayback


@pytest.fixture(scope="module")
def cdx(wayback: str) -> str:
    return f"{wayback}/cdx/search/cdx"


def test_one_address_is_answered_under_all_its_spellings_in_seven_fields(cdx: str) -> None:
    rows = table(asked(cdx, url=ARABIC, output="json"))
    assert [row["timestamp"][:4] for row in rows] == ["2017", "2017", "2018", "2019"]
    assert [row["statuscode"] for row in rows] == ["200", "-", "301", "404"]
    assert rows[1]["mimetype"] == "warc/revisit" and rows[1]["digest"] == rows[0]["digest"]
    assert {row["urlkey"] for row in rows} == {"example,sawari)/2017/01/%d8%a3%d8%b3%d8%aa%d8%a7%d9%86%d8%a7"}
    plain = asked(cdx, url=ARABIC).text.splitlines()
    assert [line.split(" ") for line in plain] == [list(row.values()) for row in rows]


def test_matches_are_exact_prefix_host_and_domain(cdx: str) -> None:
    def found(**query: object) -> int:
        return len(table(asked(cdx, output="json", **query)))

    assert found(url="sawari.example/2017/02/*") == found(url="sawari.example/2017/02/", matchType="prefix") == 19
    assert found(**HOST) == 24
    assert found(url="*.sawari.example") == found(url="sawari.example", matchType="domain") == 25
    assert found(url="sawari.example/feed/") == 1


def test_a_filter_matches_the_whole_field_and_dates_are_inclusive_prefixes(cdx: str) -> None:
    assert asked(cdx, ("filter", "statuscode:2"), **HOST).body == b""
    assert len(asked(cdx, ("filter", "statuscode:2.."), **HOST).body.splitlines()) == 21
    both = asked(cdx, ("filter", "!statuscode:[45].."), ("filter", "!mimetype:application/.*"), **HOST)
    assert len(both.body.splitlines()) == 22
    days = asked(cdx, ("from", "201702"), ("to", "20170203"), fl="timestamp", **HOST)
    assert days.text.splitlines() == ["20170201120000", "20170202120000", "20170203120000"]
    assert asked(cdx, ("filter", "statuscode:["), **HOST).status == 400


def test_collapsing_keeps_the_first_of_neighbours_after_filtering(cdx: str) -> None:
    first = table(asked(cdx, url=ARABIC, output="json", collapse="urlkey"))
    assert [row["statuscode"] for row in first] == ["200"]
    gone = table(asked(cdx, ("filter", "statuscode:[34].."), url=ARABIC, output="json", collapse="urlkey"))
    assert [row["statuscode"] for row in gone] == ["301"]
    years = table(asked(cdx, url=ARABIC, output="json", collapse="timestamp:4"))
    assert [row["timestamp"] for row in years] == ["20170124080000", "20180101080000", "20190101080000"]


@pytest.mark.parametrize("again", [False, True], ids=["as told", "encoded once more"])
def test_a_resume_key_leads_through_the_whole_index(cdx: str, again: bool) -> None:
    seen, key = [], ""
    for _ in range(10):
        resume = f"&resumeKey={quote(key) if again else key}" if key else ""
        answer = fetched(f"{cdx}?url=sawari.example&matchType=host&output=json&limit=7&showResumeKey=true{resume}")
        rows = json.loads(answer.body)
        key = rows[-1][0] if rows[-2] == [] else ""
        seen += [tuple(row) for row in rows[1:] if len(row) > 1]
        if not key:
            break
    assert len(seen) == len(set(seen)) == 24


def test_a_text_answer_tells_its_resume_key_after_an_empty_line(cdx: str) -> None:
    lines = asked(cdx, url=ARABIC, limit=2, showResumeKey="true").text.split("\n")
    assert lines[2:] == ["", lines[3], ""] and lines[3].endswith("+20170301080000%21") and "%25d8" in lines[3]
    assert asked(cdx, url=ARABIC, limit=4, showResumeKey="true").text.count("\n") == 4


def test_pages_are_cut_before_they_are_filtered_and_past_the_end_there_is_not_one_byte(cdx: str) -> None:
    assert asked(cdx, showNumPages="true", **HOST).text == "3\n"
    pages = [asked(cdx, ("filter", "statuscode:404"), page=number, **HOST).body for number in range(4)]
    assert [bool(page) for page in pages].count(True) == 1
    assert asked(cdx, page=3, output="json", **HOST).body == b""
    assert sum(len(table(asked(cdx, page=number, output="json", **HOST))) for number in range(3)) == 24


def test_nothing_found_is_an_empty_answer_and_no_address_an_error(cdx: str) -> None:
    assert (asked(cdx, url="sawari.example/none").status, asked(cdx, url="sawari.example/none").body) == (200, b"")
    assert json.loads(asked(cdx, url="sawari.example/none", output="json").body) == []
    assert asked(cdx, output="json").status == 400
    assert asked(cdx, url="sawari.example", matchType="near").status == 400


def test_limits_count_from_either_end_and_the_servers_own_holds(cdx: str) -> None:
    assert [row["timestamp"][:4] for row in table(asked(cdx, url=ARABIC, output="json", limit=-2))] == ["2018", "2019"]
    assert len(table(asked(cdx, url=ARABIC, output="json", offset=3))) == 1
    with Archives.start(Holding(wayback=CAPTURES, most=5)) as small:
        assert len(table(asked(f"{small.wayback}/cdx/search/cdx", output="json", **HOST))) == 5


def test_the_index_is_coded_in_gzip_unless_it_is_asked_not_to(cdx: str) -> None:
    coded = fetched(f"{cdx}?url=sawari.example/feed/", compressed=True)
    assert coded.headers["Content-Encoding"] == "gzip" and coded.body.startswith(b"example,sawari)/feed ")
    assert "Content-Encoding" not in fetched(f"{cdx}?url=sawari.example/feed/&gzip=false", compressed=True).headers


def test_a_memento_is_the_recorded_body_with_the_original_headers_beside_the_archives_own(wayback: str) -> None:
    memento = fetched(f"{wayback}/web/20170124080000id_/{ARABIC}")
    assert (memento.status, memento.body) == (200, "<p>أول</p>".encode())
    assert memento.headers["memento-datetime"] == "Tue, 24 Jan 2017 08:00:00 GMT"
    assert memento.headers["x-archive-orig-content-type"] == "text/html; charset=UTF-8"
    assert f'<{ARABIC}>; rel="original"' in memento.headers["link"]
    assert b"WAYBACK MACHINE" in fetched(f"{wayback}/web/20170124080000/{ARABIC}").body


def test_an_inexact_time_is_led_to_the_nearest_capture_whatever_that_is(wayback: str) -> None:
    near = fetched(f"{wayback}/web/20170201000000id_/{ARABIC}")
    assert (near.status, near.headers["Location"]) == (302, f"{wayback}/web/20170124080000id_/{ARABIC}")
    late = fetched(f"{wayback}/web/2020id_/{ARABIC}")
    assert late.headers["Location"] == f"{wayback}/web/20190101080000id_/{ARABIC.replace('http://', 'http://www.')}"


def test_a_revisit_replays_as_its_original_a_redirect_and_a_404_as_themselves(wayback: str) -> None:
    revisit = fetched(f"{wayback}/web/20170301080000id_/{ARABIC}")
    assert (revisit.status, revisit.body) == (200, "<p>أول</p>".encode())
    assert revisit.headers["memento-datetime"].endswith("01 Mar 2017 08:00:00 GMT")
    hop = fetched(f"{wayback}/web/20180101080000id_/{ARABIC}")
    assert (hop.status, hop.headers["Location"]) == (301, f"{wayback}/web/20180101080000id_/http://sawari.example/")
    gone = fetched(f"{wayback}/web/20190101080000id_/{ARABIC}")
    assert gone.status == 404 and "memento-datetime" in gone.headers
    never = fetched(f"{wayback}/web/20190101080000id_/http://sawari.example/none")
    assert never.status == 404 and "memento-datetime" not in never.headers


def test_every_so_many_answers_go_wrong_as_they_were_told_to() -> None:
    outcomes: dict[int, str] = {}
    with Archives.start(Holding(wayback=CAPTURES), every=STORM) as archives:
        for turn in range(1, 30):
            try:
                answer = asked(f"{archives.wayback}/cdx/search/cdx", url=ARABIC, output="json")
            except http.client.IncompleteRead:
                outcomes[turn] = "truncated"
            except (http.client.RemoteDisconnected, ConnectionResetError):
                outcomes[turn] = "dropped"
            else:
                if answer.status != 200 or not answer.body.startswith(b"["):
                    outcomes[turn] = f"{answer.status} {answer.body[:5].decode()}".strip()
        assert len(archives.log) == 29
        assert archives.troubles["wayback"].shown.count(Trouble.TOO_MANY) == 4
    limits, busy = dict.fromkeys((7, 14, 21, 28), "429 <html"), dict.fromkeys((11, 22), "503 <html")
    others = {13: "truncated", 26: "truncated", 17: "200", 19: "200 <html", 29: "dropped"}
    assert outcomes == limits | busy | others
