"""Bytes become text by what is true of them, and the choice is recorded."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.page.decode import codec, decode

ARABIC = "أعلنت وزارة الخارجية في أستانا أن وفد المعارضة السورية وصل إلى العاصمة، وقال رئيس الوفد إن الجولة ستبدأ غداً."
HTML = "text/html"


def page(charset: str = "") -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    return f"<html><head>{meta}<title>خبر</title></head><body><p>{ARABIC}</p></body></html>"


@pytest.mark.parametrize(
    ("encoding", "content_type", "declared", "how"),
    [
        ("utf-8", "text/html; charset=UTF-8", "", "header"),
        ("utf-8", "text/html; charset=windows-1256", "", "valid-utf-8"),
        ("utf-8", HTML, "utf-8", "meta"),
        ("utf-8", HTML, "windows-1256", "valid-utf-8"),
        ("utf-8", HTML, "", "valid-utf-8"),
        ("cp1256", "text/html; charset=windows-1256", "", "header"),
        ("cp1256", HTML, "windows-1256", "meta"),
        ("cp1256", HTML, "", "guess"),
        ("cp1256", "text/html; charset=utf-8", "", "guess"),
        ("cp1256", "text/html; charset=iso-8859-1", "", "guess"),
        ("cp1256", HTML, "iso-8859-6", "guess"),
        ("iso8859-6", "text/html; charset=ISO-8859-6", "", "header"),
        ("iso8859-6", HTML, "", "guess"),
        ("iso8859-6", HTML, "windows-1256", "guess"),
        ("utf-16-le", "text/html; charset=utf-16", "", "guess"),
    ],
)
def test_arabic_comes_out_whatever_was_declared(encoding: str, content_type: str, declared: str, how: str) -> None:
    decoded = decode(page(declared).encode(encoding), content_type)
    assert ARABIC in decoded.text
    assert decoded.how == how
    assert decoded.problem is None
    assert codecs.lookup(decoded.encoding) == codecs.lookup(encoding)
    assert decoded.choice == f"{decoded.encoding} ({how})"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_decides_and_stays_in_the_text_so_that_offsets_stand(encoding: str) -> None:
    decoded = decode(page("windows-1256").encode(encoding), "text/html; charset=windows-1256")
    assert ARABIC in decoded.text
    assert decoded.how == "bom"


def test_a_few_torn_bytes_leave_a_page_utf_8_and_are_counted() -> None:
    data = (page() * 20).encode() + b"\xff\xfe torn"
    decoded = decode(data, "text/html; charset=utf-8")
    assert decoded.how == "mostly-utf-8"
    assert decoded.replaced == 2
    assert ARABIC in decoded.text


def test_a_page_cut_inside_a_letter_is_still_valid_utf_8() -> None:
    assert decode(ARABIC.encode()[:-1], HTML).how == "valid-utf-8"


def test_a_meta_tag_in_a_comment_declares_nothing() -> None:
    data = b"<!-- <meta charset=iso-8859-6> -->" + page().encode("cp1256")
    assert decode(data, HTML).encoding == "cp1256"


def test_latin_1_means_windows_1252_as_browsers_read_it() -> None:
    decoded = decode("<p>déjà vu — “oui”</p>".encode("cp1252"), "text/html; charset=iso-8859-1")
    assert "“oui”" in decoded.text
    assert decoded.how == "header"


def test_bytes_that_are_no_text_are_refused_with_a_reason() -> None:
    assert decode(bytes(range(256)) * 40, HTML).problem


@pytest.mark.parametrize("label", ["rot13", "hex", "zlib", "no-such-charset", "", "x" * 500])
def test_a_label_that_names_no_text_encoding_is_passed_over(label: str) -> None:
    assert codec(label) is None
    assert ARABIC in decode(page().encode(), f"text/html; charset={label}").text


@pytest.mark.parametrize("misread", ["cp1252", "cp1256"])
def test_utf_8_that_was_misread_before_it_was_sent_is_taken_back_where_that_proves_itself(misread: str) -> None:
    table = {byte: bytes([byte]).decode(misread, "ignore") or chr(byte) for byte in range(256)}
    twice = "".join(table[byte] for byte in ARABIC.encode())
    decoded = decode(page().replace(ARABIC, twice).encode(), "text/html; charset=utf-8")
    assert decoded.text == page()
    assert decoded.choice == f"utf-8 (header, parts misread as {misread} taken back)"


def test_a_text_whose_bytes_were_each_taken_for_a_code_point_is_taken_back_too() -> None:
    decoded = decode(page().replace(ARABIC, ARABIC.encode().decode("latin-1")).encode(), "text/html; charset=utf-8")
    assert decoded.text == page()


@pytest.mark.parametrize(
    "text",
    [
        ARABIC,
        "طظعغ طظعغ طظعغ طظعغ",
        "Ørsted Ålesund ÙÚÛ ØØØØ — «déjà vu»",
        "Ø£Ø³ØªØ§Ù†Ø وØ§Ù„ÙØ",
        "عطظ گچپ ط€ظ‎ ط",
    ],
)
def test_a_text_that_cannot_be_proved_misread_is_untouched(text: str) -> None:
    decoded = decode(f"<p>{text}</p>".encode(), "text/html; charset=utf-8")
    assert (decoded.text, decoded.misread) == (f"<p>{text}</p>", None)


def test_a_template_in_one_encoding_and_a_text_in_another_are_read_part_by_part() -> None:
    menu = "<ul><li>الصفحة الرئيسية</li><li>أخبار محلية</li><li>شؤون دولية</li><li>من نحن</li></ul>"
    data = menu.encode() + f"<p>{ARABIC}</p>".encode("cp1256") + "<div>جميع الحقوق محفوظة</div>".encode()
    decoded = decode(data, "text/html; charset=utf-8")
    assert decoded.text == f"{menu}<p>{ARABIC}</p><div>جميع الحقوق محفوظة</div>"
    assert (decoded.choice, decoded.replaced) == ("utf-8 (mixed with cp1256)", 0)


def test_a_long_line_of_a_torn_page_is_read_in_no_time() -> None:
    started = time.process_time()
    torn = decode(b"x" * 2_000_000 + page().encode() * 9 + b"\xc5\xe6\xe7 \xff" + b"y" * 2_000_000, HTML)
    assert torn.encoding == "utf-8"
    assert time.process_time() - started < 2.0


def test_a_page_of_one_encoding_with_a_foreign_name_is_not_called_mixed() -> None:
    data = page().encode("cp1256") + "<p>çà et là</p>".encode()
    assert decode(data, HTML).encoding == "cp1256"


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=40)))
def test_any_bytes_under_any_header_decode_without_raising(data: bytes, content_type: str | None) -> None:
    decoded = decode(data, content_type)
    assert decoded == decode(data, content_type)


@given(st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويةىأإآ ،.", min_size=1, max_size=200))
def test_valid_utf_8_is_always_read_as_utf_8(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=windows-1256").text == text
