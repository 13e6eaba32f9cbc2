from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from surt import surt

from archive import urls
from archive.errors import UsageError


@pytest.mark.parametrize(
    ("written", "known_as"),
    [
        ("HTTPS://WWW.Example.NET:443/a/b#x", "https://www.example.net/a/b"),
        ("http://example.net.", "http://example.net/"),
        ("http://example.net/خبر", "http://example.net/%D8%AE%D8%A8%D8%B1"),
        ("http://example.net/%d8%ae%d8%a8%d8%b1", "http://example.net/%D8%AE%D8%A8%D8%B1"),
        ("http://example.net/%25D8%25AE%25D8%25A8%25D8%25B1", "http://example.net/%D8%AE%D8%A8%D8%B1"),
        ("http://example.net/a?utm_source=x&id=7&fbclid=y", "http://example.net/a?id=7"),
        ("http://example.net/n.php?id=7&PHPSESSID=0a1b", "http://example.net/n.php?id=7"),
        ("http://example.net/n;jsessionid=9?id=7", "http://example.net/n?id=7"),
        ("http://example.net/story/12/amp", "http://example.net/story/12/"),
        ("http://example.net/story/12/amp/", "http://example.net/story/12/"),
        ("http://example.net/amp/story/12", "http://example.net/story/12"),
        ("http://example.net/story/12?amp", "http://example.net/story/12"),
        ("http://example.net/story/12/embed", "http://example.net/story/12/"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ("http://example.net/%252525D8%252525AE", "http://example.net/%D8%AE"),
        ("http://مثال.إختبار/", "http://xn--mgbh0fb.xn--kgbechtv/"),
    ],
)
def test_one_page_has_one_canonical_address(written: str, known_as: str) -> None:
    assert urls.canonical(written) == known_as


def test_a_short_number_is_a_storys_and_no_session() -> None:
    page = "https://a.example/modules.php?name=News&file=article"
    assert urls.canonical(f"{page}&sid=1234") == f"{page}&sid=1234"
    assert urls.canonical(f"{page}&sid=5f2c9a0b7d") == page


def test_mirror_hosts_ports_and_schemes_share_a_story_key() -> None:
    keys = {
        urls.story_key(url)
        for url in (
            "https://example.net/archives/12/x/",
            "http://www.example.net/archives/12/x",
            "http://mirror.example.org:8080/archives/12/x?utm_medium=rss",
            "http://example.net/archives/12/x/amp/",
        )
    }
    assert keys == {"/archives/12/x"}


def test_a_story_id_is_the_outlet_and_twelve_letters_and_never_changes() -> None:
    assert urls.story_id("sana", "690038") == "sana-" + urls.story_id("sana", "690038")[5:]
    assert urls.story_id("nakhla", "4012") == "nakhla-t5euwa2uze6l"
    assert urls.story_id("midan", "4012") != urls.story_id("nakhla", "4012")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "ftp://example.net/x",
        "/only/path",
        "http://",
        "http://h:99999/",
        "http://./",
        "javascript:x",
        "http://[bad/",
        "http://h/?\ud800",
    ],
)
def test_what_is_no_web_address_is_refused(bad: str) -> None:
    with pytest.raises(UsageError):
        urls.canonical(bad)


@given(
    st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40), st.text(alphabet="abخبر=&%?", max_size=20)
)
def test_canonical_is_idempotent(path: str, query: str) -> None:
    once = urls.canonical(f"http://example.net/{path}?{query}")
    assert urls.canonical(once) == once


_PART = st.from_regex(r"(?:[a-z0-9_.-]|%[89A-Fa-f][0-9A-Fa-f]){1,8}", fullmatch=True)


@given(st.lists(_PART, min_size=1, max_size=4).map("/".join))
def test_the_short_way_to_a_surt_key_gives_what_the_long_one_gives(path: str) -> None:
    url = f"https://www.a.example/{path}"
    assert urls.surt(url) == str(surt(url))


def test_surt_sorts_by_host_backwards() -> None:
    assert urls.surt("http://www.example.net/a?b=1") == "net,example)/a?b=1"


def decoded_again_and_again(path: str) -> str:
    """The rule as it is written down: decoded as often as it was encoded, then encoded anew."""
    raw = path.encode()
    while (decoded := unquote_to_bytes(raw)) != raw:
        raw = decoded
    return quote(raw)


@settings(max_examples=300)
@given(path=st.text(st.sampled_from("%%%%2255aAfF30gé"), max_size=40))
def test_a_path_is_decoded_as_often_as_it_was_encoded(path: str) -> None:
    start = "https://press.test/x"
    assert urls.canonical(start + path) == urls.canonical(start + decoded_again_and_again(path))


def test_an_address_that_is_encoded_again_and_again_is_no_trap() -> None:
    assert urls.canonical(f"https://press.test/%{'25' * 200_000}d8") == "https://press.test/%D8"
