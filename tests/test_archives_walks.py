"""Indexes walked page by page, against servers that page as the real ones do, fail as they do, or lie."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qs, quote_plus, unquote_plus, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.archives import commoncrawl, wayback
from crawler.archives.rows import Row
from crawler.archives.walks import Question, Walk
from crawler.archives.wayback import Asked, Match

ASKED = Asked(url="a.example", since=date(2017, 1, 1), until=date(2018, 1, 1))
LINES = [(f"example,a)/{number:03}", f"http://a.example/{number:03}") for number in range(23)]
STAMP = "20170123101500"
Server = Callable[[str], tuple[int, bytes]]


def captures(limit: int = 10) -> wayback.Captures:
    return wayback.Captures(base="https://web.example", asked=ASKED, limit=limit)


def crawled() -> commoncrawl.Captures:
    return commoncrawl.Captures(base="https://index.example", collection="CC-MAIN-2017-04", asked=ASKED)


def asked_of(address: str) -> dict[str, str]:
    return {name: said[0] for name, said in parse_qs(urlsplit(address).query).items()}


def walked(question: Question, server: Server, **bounds: int) -> tuple[Walk, list[Row], list[str]]:
    walk = Walk(question, **bounds)
    rows: list[Row] = []
    asked: list[str] = []
    while (address := walk.address) is not None:
        asked.append(address)
        assert len(asked) < 1000, "a walk ends"
        status, content = server(address)
        rows += walk.answered(content, status)
    return walk, rows, asked


class Machine:
    """Pages by resume keys; `decodes` says how often it decodes one after its framework did."""

    def __init__(self, decodes: int = 0) -> None:
        self.decodes = decodes

    def __call__(self, address: str) -> tuple[int, bytes]:
        asked = asked_of(address)
        key = asked.get("resumeKey", "")
        for _ in range(self.decodes):
            key = unquote_plus(key) if "%" in key else "?"
        begin = 0 if "resumeKey" not in asked else self._place(key)
        end = begin + int(asked["limit"])
        rows = [[key, STAMP, url, "text/html", "200", "D", "9"] for key, url in LINES[begin:end]]
        named = [["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"], *rows]
        more = [[], [quote_plus(f"{LINES[end][0]} {STAMP}!")]] if end < len(LINES) else []
        return 200, json.dumps([*named, *more] if rows else []).encode()

    def _place(self, key: str) -> int:
        """Where the key stands; one that cannot be read leads behind the end."""
        return next((at for at, (line, _) in enumerate(LINES) if key == f"{line} {STAMP}!"), len(LINES))


def whole_pywb(address: str) -> tuple[int, bytes]:
    """Knows limits, but neither pages nor keys."""
    limit = int(asked_of(address).get("limit", len(LINES)))
    said = [{"urlkey": key, "timestamp": STAMP, "url": url, "mime": "text/html"} for key, url in LINES[:limit]]
    return 200, "\n".join(map(json.dumps, said)).encode()


def zipnum(address: str) -> tuple[int, bytes]:
    """Common Crawl's: pages of five, the first alone unless a page is asked for."""
    asked = asked_of(address)
    if "showNumPages" in asked:
        return 200, b'{"pages": 5, "pageSize": 5, "blocks": 23}'
    page = int(asked.get("page", "0"))
    if page > 4:
        return 400, b'{"message": "Page 5 invalid: First Page is 0, Last Page is 4"}'
    said = [{"urlkey": key, "timestamp": STAMP, "url": url} for key, url in LINES[page * 5 : page * 5 + 5]]
    return 200, "\n".join(map(json.dumps, said)).encode()


def urls_of(rows: list[Row]) -> list[str]:
    return [row.url for row in rows]


ALL = [url for _, url in LINES]


def test_resume_keys_lead_to_the_last_row() -> None:
    walk, rows, asked = walked(captures(), Machine())
    assert (urls_of(rows), walk.is_whole, len(asked)) == (ALL, True, 3)


def test_a_server_that_decodes_keys_twice_is_asked_with_keys_encoded_twice() -> None:
    walk, rows, _ = walked(captures(), Machine(decodes=1))
    assert (urls_of(rows), walk.is_whole) == (ALL, True)


def test_a_key_that_leads_nowhere_in_either_form_is_told() -> None:
    walk, rows, _ = walked(captures(), Machine(decodes=9))
    assert urls_of(rows) == ALL[:10]
    assert walk.problem == "the key to its next page leads nowhere"


def test_a_pywb_that_stops_at_the_limit_is_asked_without_one() -> None:
    walk, rows, asked = walked(captures(), whole_pywb)
    assert (sorted(set(urls_of(rows))), walk.is_whole) == (ALL, True)
    assert ["limit" in asked_of(address) for address in asked] == [True, False]
    assert len(walked(captures(limit=100), whole_pywb)[2]) == 1


def test_every_page_of_common_crawl_is_asked_for_after_their_number() -> None:
    walk, rows, asked = walked(crawled(), zipnum)
    assert (urls_of(rows), walk.is_whole) == (ALL, True)
    assert [asked_of(address).get("page") for address in asked] == [None, "0", "1", "2", "3", "4"]
    assert asked[0].startswith("https://index.example/CC-MAIN-2017-04-index?url=a.example&matchType=host&output=json")
    assert asked_of(asked[1])["filter"] == "=status:200"


def test_an_index_that_ignores_pages_is_not_turned_for_ever() -> None:
    def counted(address: str) -> tuple[int, bytes]:
        return (200, b'{"pages": 4000}') if "showNumPages" in address else whole_pywb(address)

    for server in (whole_pywb, counted):
        walk, rows, asked = walked(crawled(), server)
        assert (sorted(set(urls_of(rows))), walk.problem) == (ALL, None)
        assert len(asked) <= 3


def test_an_empty_answer_is_asked_for_twice_and_then_believed() -> None:
    for question in (captures(), crawled()):
        walk, rows, asked = walked(question, lambda address: (200, b""))
        assert (rows, walk.is_whole, len(asked), len(set(asked))) == ([], True, 2, 1)
    assert len(walked(crawled(), lambda address: (404, b'{"message": "No Captures found for: x"}'))[2]) == 1


FAULTS = [(429, b""), (503, b"x"), (200, b'[["a"'), (200, b""), (200, b"<p>"), None]


def test_a_page_that_fails_now_and_then_is_asked_for_again_and_nothing_is_lost() -> None:
    servers: list[tuple[Question, Server]] = [(captures(), Machine()), (crawled(), zipnum)]
    for question, server in servers:
        served = 0

        def faulty(address: str, server: Server = server) -> tuple[int, bytes]:
            nonlocal served
            served += 1
            return FAULTS[served % len(FAULTS)] or server(address)

        walk, rows, _ = walked(question, faulty)
        assert (urls_of(rows), walk.is_whole) == (ALL, True)


def test_what_never_passes_is_given_up_after_its_tries_with_its_reason() -> None:
    walk, rows, asked = walked(captures(), lambda address: (503, b"busy"), tries=3)
    assert (rows, walk.problem, len(asked)) == ([], "answered 503: busy (3 times)", 3)
    walk = Walk(captures(), tries=2)
    walk.failed("refused")
    assert walk.address is not None
    walk.failed("refused")
    assert (walk.address, walk.problem) == (None, "refused (2 times)")


def test_a_ban_ends_the_walk_at_once() -> None:
    walk, _, asked = walked(captures(), lambda address: (403, b"blocked"))
    assert (walk.problem, len(asked)) == ("answered 403: blocked", 1)


def test_an_answer_that_was_not_whole_is_asked_for_again_however_well_it_reads() -> None:
    walk = Walk(captures(limit=100))
    content = whole_pywb(str(walk.address))[1]
    assert walk.answered(content, problem="5 bytes are missing") == ()
    assert urls_of(list(walk.answered(content))) == ALL
    assert walk.is_whole


def test_fresh_keys_without_end_are_bounded() -> None:
    turned = 0

    def endless(address: str) -> tuple[int, bytes]:
        nonlocal turned
        turned += 1
        names = ["timestamp", "original"]
        return 200, json.dumps([names, [STAMP, f"http://a.example/{turned}"], [], [f"k{turned}"]]).encode()

    walk, rows, _ = walked(captures(), endless, most=20)
    assert len(rows) == 20
    assert walk.problem == "more than 20 pages; the others were not asked for"


ANSWERS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"", b"[]", b'{"pages": 7}', b"3", b'{"message": "No Captures found for: x"}']),
    st.tuples(st.integers(0, 3), st.sampled_from([None, "k1", "k2", "a%20b"])).map(
        lambda said: json.dumps(
            [["timestamp", "original"], [STAMP, f"http://a.example/{said[0]}"], *([[], [said[1]]] if said[1] else [])]
        ).encode()
    ),
    st.integers(0, 3).map(lambda n: json.dumps({"timestamp": STAMP, "url": f"http://a.example/{n}"}).encode()),
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([200, 200, 200, 400, 404, 429, 503]), ANSWERS), min_size=1, max_size=30),
    st.booleans(),
)
def test_a_walk_ends_whatever_is_answered(answers: list[tuple[int, bytes]], is_common_crawl: bool) -> None:
    served = 0

    def server(address: str) -> tuple[int, bytes]:
        nonlocal served
        served += 1
        return answers[served % len(answers)]

    walked(crawled() if is_common_crawl else captures(limit=1), server, tries=3, most=12)
    assert served <= 12 * 3 * 2 * 2


def test_addresses_of_the_service_and_of_a_collection_are_made_as_they_are_served() -> None:
    assert wayback.index_address("https://web.example/") == "https://web.example/cdx/search/cdx"
    assert wayback.index_address("http://127.0.0.1:8080/coll") == "http://127.0.0.1:8080/coll/cdx"
    story = "http://a.example:80/%D8%A3?x=1&y=%20#no"
    at = wayback.replay_address("https://web.example", story, STAMP)
    assert at == f"https://web.example/web/{STAMP}id_/http://a.example:80/%D8%A3?x=1&y=%20%23no"
    assert wayback.replay_address("http://127.0.0.1:8080/coll/", "http://a.example/أ", STAMP) == (
        f"http://127.0.0.1:8080/coll/{STAMP}id_/http://a.example/%D8%A3"
    )


def test_an_address_that_is_encoded_already_is_asked_for_encoded_again() -> None:
    asked = Asked(url="http://a.example/%D8%A3", match=Match.EXACT, until=date(2017, 3, 1))
    address = wayback.Captures(base="https://web.example", asked=asked).first().address
    assert "url=http%3A%2F%2Fa.example%2F%25D8%25A3&matchType=exact" in address
    assert asked_of(address)["to"] == "20170228235959"
