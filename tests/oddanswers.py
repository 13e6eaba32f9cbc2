"""The odd exchanges of the wire tests: what real servers send, and what must then stand in the archive."""

from __future__ import annotations

import gzip
import zlib

import brotli
import zstandard

from archive.records import Truncation
from tests.oddserver import NOT_FOUND, After, Odd

PAGE = (
    "<html><head><title>صفحة للتجربة</title></head><body>"
    + "<p>سطر كتب لاختبار السلك وحده.</p>" * 80
    + "</body></html>"
).encode()
H = b"HTTP/1.1 "
OK = H + b"200 OK\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
GARBAGE = b"BYTES AFTER THE END"
GZIPPED = gzip.compress(PAGE, mtime=0)
BR = brotli.compress(PAGE)
ZSTD = zstandard.ZstdCompressor().compress(PAGE)
RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
DEFLATED = RAW.compress(PAGE) + RAW.flush()
LIMIT = 10_000

CLOSE, CUT, RESET, STALL = After.CLOSE, After.CUT, After.RESET, After.STALL
DISCONNECT, LENGTH, TIME, UNSPECIFIED = (
    Truncation.DISCONNECT,
    Truncation.LENGTH,
    Truncation.TIME,
    Truncation.UNSPECIFIED,
)


def sized(body: bytes, extra: bytes = HTML, status: bytes = b"200 OK") -> bytes:
    return H + status + b"\r\n" + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


def said(length: bytes, body: bytes = PAGE) -> bytes:
    """An answer whose head says this of its length."""
    return OK + HTML + b"Content-Length: " + length + b"\r\n\r\n" + body


def chunked(body: bytes, size: int = 700, trailer: bytes = b"", extension: bytes = b"") -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    framed = b"".join(b"%X%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in pieces)
    return framed + b"0\r\n" + trailer + b"\r\n"


_CHUNKED = OK + b"Transfer-Encoding: chunked\r\n" + HTML

WHOLE: dict[str, bytes] = {
    # Heads.
    "/case": H
    + b"200 Tout Va Bien\r\nsErVeR: oDD/1\r\nX-tight:no-space\r\nx-wide:   lots   \r\nCONTENT-LENGTH: %d\r\n\r\n"
    % len(PAGE)
    + PAGE,
    "/latin1-header": sized(PAGE, HTML + b"X-Latin: caf\xe9\r\nX-Utf8: \xd8\xa3\xd8\xb3\r\n"),
    "/arabic-header": sized(PAGE, HTML + "X-عنوان: محادثات أستانا\r\nX-Title: محادثات أستانا\r\n".encode()),
    "/repeats": sized(PAGE, b"Set-Cookie: a=1\r\nVia: x\r\nset-cookie: b=2\r\nSET-COOKIE: c=3\r\n" + HTML),
    "/fold": sized(PAGE, HTML + b"X-Fold: one\r\n\ttwo\r\n  three\r\n"),
    "/no-colon": sized(PAGE, b"this line has no colon\r\n" + HTML),
    "/nul-value": sized(PAGE, HTML + b"X-Nul: be\0fore\r\n"),
    "/nul-name": sized(PAGE, HTML + b"X-N\0ul: value\r\n"),
    "/bare-cr": sized(PAGE, HTML + b"X-Cr: one\rX-Two: two\r\n"),
    "/blank-name": sized(PAGE, HTML + b": no name\r\nX Y: a space\r\n"),
    "/huge-value": sized(PAGE, HTML + b"X-Huge: " + b"v" * 65_536 + b"\r\n"),
    "/many-headers": sized(PAGE, HTML + b"".join(b"X-H-%d: %d\r\n" % (n, n) for n in range(1000))),
    "/lf-only": sized(b"ok").replace(b"\r\n", b"\n"),
    "/no-reason": H + b"200\r\nContent-Length: 2\r\n\r\nok",
    "/arabic-reason": sized(PAGE, status="200 تم".encode()),
    "/two-spaces": sized(PAGE, status=b" 200  OK"),
    "/status-999": sized(b"denied", status=b"999 Request denied"),
    # Interim answers.
    "/early-hints": H + b"103 Early Hints\r\nLink: </a.css>\r\n\r\n" + sized(PAGE),
    "/continue": H + b"100 Continue\r\n\r\n" + sized(PAGE),
    "/interim": b"".join(H + b"%d Interim\r\nX-N: %d\r\n\r\n" % (n, n) for n in (100, 102, 103, 103)) + sized(b"ok"),
    # Lengths.
    "/length-twice": said(b"%d\r\nContent-Length: %d" % (len(PAGE), len(PAGE))),
    "/length-listed": said(b"%d, %d" % (len(PAGE), len(PAGE))),
    "/length-zeros": said(b"000%d" % len(PAGE)),
    "/length-and-chunks": _CHUNKED + b"Content-Length: 7\r\n\r\n" + chunked(PAGE),
    "/identity": OK + HTML + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok",
    "/http10-kept": b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc",
    "/big": sized(PAGE * 300),
    # Chunks.
    "/chunked": _CHUNKED + b"\r\n" + chunked(PAGE),
    "/chunk-extension": _CHUNKED + b"\r\n" + chunked(PAGE, 999, extension=b';name=value;q="\xd8\xa3"'),
    "/chunk-trailer": _CHUNKED + b"Trailer: X-Sum\r\n\r\n" + chunked(PAGE, 1500, b"X-Sum: 1\r\nX-More: 2\r\n"),
    "/chunk-zeros": _CHUNKED + b"\r\n0005 \r\nabcde\r\n00000\r\n\r\n",
    "/chunk-lf": _CHUNKED + b"\r\n" + chunked(b"abcdefgh", 3).replace(b"\r\n", b"\n"),
    "/chunked-gzip": _CHUNKED + b"Content-Encoding: gzip\r\n\r\n" + chunked(GZIPPED, 50),
    "/chunk-first-capital": OK + b"TRANSFER-ENCODING: Chunked\r\n\r\n" + chunked(PAGE),
    "/gzip-in-transfer": OK + HTML + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunked(GZIPPED, 99),
    # Codings.
    "/gzip": sized(GZIPPED, HTML + b"Content-Encoding: gzip\r\n"),
    "/gzip-ends-early": sized(GZIPPED[:-20], HTML + b"Content-Encoding: gzip\r\n"),
    "/br": sized(BR, HTML + b"Content-Encoding: br\r\n"),
    "/br-ends-early": sized(BR[:-9], HTML + b"Content-Encoding: br\r\n"),
    "/zstd": sized(ZSTD, HTML + b"Content-Encoding: zstd\r\n"),
    "/deflate": sized(zlib.compress(PAGE), HTML + b"Content-Encoding: deflate\r\n"),
    "/deflate-raw": sized(DEFLATED, HTML + b"Content-Encoding: deflate\r\n"),
    "/not-really-gzip": sized(PAGE, HTML + b"Content-Encoding: gzip\r\n"),
    # Statuses.
    "/hop": sized(b"<a>moved</a>", b"Location: /case?from=hop\r\n", b"301 Moved"),
    "/arabic-hop": sized(b"", "Location: /خبر\r\n".encode(), b"302 Found"),
    "/404": NOT_FOUND.answer,
    "/unauthorized": sized(b"who are you", b'WWW-Authenticate: Basic realm="x"\r\n', b"401 Unauthorized"),
    "/empty": sized(b""),
    "/204": H + b"204 No Content\r\nX-A: b\r\n\r\n",
    "/304": H + b'304 Not Modified\r\nETag: "x"\r\nContent-Length: 77\r\n\r\n',
    "/206": sized(PAGE[:9], b"Content-Range: bytes 0-8/9999\r\n", b"206 Partial Content"),
    "/post": sized(b"posted"),
}
ENDED: dict[str, bytes] = {
    "/until-close": OK + HTML + b"\r\n" + PAGE,
    "/http10": b"HTTP/1.0 200 OK\r\n" + HTML + b"\r\n" + PAGE,
    "/no-headers": OK + b"\r\n" + PAGE,
    "/no-body": OK + HTML + b"\r\n",
    "/connection-close": OK + b"Connection: Close\r\nContent-Length: 3\r\n\r\nabc",
}
ODD: dict[str, Odd] = {
    **{path: Odd(answer=answer) for path, answer in WHOLE.items()},
    **{path: Odd(answer=answer, after=CLOSE) for path, answer in ENDED.items()},
    "/drip": Odd(answer=sized(PAGE[:300]), pieces=3),
    "/drip-chunks": Odd(answer=_CHUNKED + b"\r\n" + chunked(PAGE[:200], 7, b"X: y\r\n", b";a=b"), pieces=2),
    "/drip-interim": Odd(answer=WHOLE["/interim"], pieces=1),
    "/head": Odd(answer=OK + HTML + b"Content-Length: 5000\r\n\r\n", method="HEAD"),
    "/500": Odd(answer=sized(b"err", b"", b"500 Oops"), asked=3),
    # Bytes that belong to no answer.
    "/excess": Odd(answer=sized(b"short") + GARBAGE, excess=len(GARBAGE), says="19 bytes came behind the end"),
    "/second-answer": Odd(answer=sized(b"one") + sized(b"two"), excess=len(sized(b"two")), says="behind the end"),
    "/204-body": Odd(answer=H + b"204 No\r\nContent-Length: 4\r\n\r\nbody", excess=4, says="4 bytes came behind"),
    "/304-body": Odd(answer=H + b"304 Not\r\nContent-Length: 4\r\n\r\nbody", excess=4, says="4 bytes came behind"),
    "/chunk-excess": Odd(answer=_CHUNKED + b"\r\n" + chunked(b"abc") + b"\r\n", excess=2, says="2 bytes came behind"),
    # Bodies whose end nobody knows; the connection's end is then theirs.
    "/lengths-differ": Odd(answer=said(b"7\r\nContent-Length: 9"), after=CLOSE, says="b'7, 9' contradicts itself"[1:]),
    "/length-negative": Odd(answer=said(b"-5"), after=CLOSE, says="'-5' is no length"),
    "/length-plus": Odd(answer=said(b"+%d" % len(PAGE)), after=CLOSE, says="is no length"),
    "/length-words": Odd(answer=said(b"many"), after=CLOSE, says="'many' is no length"),
    "/length-none": Odd(answer=said(b""), after=CLOSE, says="'' is no length"),
    "/length-endless": Odd(answer=said(b"9" * 5000), after=CLOSE, says="is no length"),
    "/transfer-odd": Odd(
        answer=OK + b"Transfer-Encoding: zipped\r\n\r\n" + PAGE, after=CLOSE, says="transfer coding 'zipped'"
    ),
    "/length-negative-open": Odd(answer=said(b"-5"), truncated=TIME, says="hung up on after a silence"),
    "/lengths-differ-open": Odd(answer=said(b"5, 6"), truncated=TIME, says="contradicts itself"),
    "/chunk-bad": Odd(
        answer=_CHUNKED + b"\r\n5\r\nabcde\r\nxyz\r\nmore",
        after=CLOSE,
        truncated=UNSPECIFIED,
        says=r"at b'xyz\r\nmore'",
    ),
    "/chunk-bad-open": Odd(answer=_CHUNKED + b"\r\n-5\r\nabcde\r\n0\r\n\r\n", truncated=TIME, says="broken at b'-5"),
    "/chunk-too-long": Odd(
        answer=_CHUNKED + b"\r\n5\r\nabcdefg\r\n0\r\n\r\n", after=CLOSE, truncated=UNSPECIFIED, says="broken at b'fg"
    ),
    # Answers cut short.
    "/torn-body": Odd(answer=said(b"%d" % (len(PAGE) + 500)), after=CLOSE, truncated=DISCONNECT, missing=500),
    "/torn-body-reset": Odd(answer=said(b"%d" % (len(PAGE) + 1)), after=RESET, truncated=DISCONNECT, missing=1),
    "/torn-gzip": Odd(
        answer=OK + HTML + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(GZIPPED) + GZIPPED[:-30],
        after=CLOSE,
        truncated=DISCONNECT,
        missing=30,
    ),
    "/torn-br": Odd(
        answer=OK + HTML + b"Content-Encoding: br\r\nContent-Length: %d\r\n\r\n" % len(BR) + BR[:-30],
        after=CLOSE,
        truncated=DISCONNECT,
        missing=30,
    ),
    "/torn-chunk": Odd(answer=_CHUNKED + b"\r\n" + chunked(PAGE)[:-400], after=CLOSE, truncated=DISCONNECT),
    "/torn-trailer": Odd(answer=_CHUNKED + b"\r\n" + chunked(PAGE)[:-2], after=CLOSE, truncated=DISCONNECT),
    "/torn-head": Odd(answer=OK + b"Content-Type: te", after=CLOSE, truncated=DISCONNECT, says="Connection", asked=3),
    "/torn-head-reset": Odd(answer=OK + b"X: ", after=RESET, truncated=DISCONNECT, says="Connection", asked=3),
    "/until-reset": Odd(answer=ENDED["/until-close"], after=RESET, truncated=DISCONNECT),
    "/until-silence": Odd(answer=ENDED["/until-close"], after=STALL, truncated=TIME, says="Timeout", asked=3),
    "/until-cut": Odd(answer=ENDED["/until-close"], after=CUT, tls=False),
    "/until-cut-tls": Odd(answer=ENDED["/until-close"], after=CUT, truncated=DISCONNECT, tls=True),
    "/stall": Odd(answer=said(b"5000", b"part"), after=STALL, truncated=TIME, missing=4996, says="Timeout", asked=3),
    "/interim-only": Odd(answer=WHOLE["/early-hints"][:49], after=CLOSE, says="Connection", asked=3),
    "/silent-close": Odd(answer=b"", after=CLOSE, says="Connection", asked=3),
    "/never": Odd(answer=b"", after=STALL, says="Timeout", asked=3),
    # Longer than may be taken.
    "/over": Odd(answer=sized(PAGE * 999), truncated=LENGTH, limit=LIMIT, says="is longer than 10000"),
    "/over-unsized": Odd(
        answer=OK + b"\r\n" + PAGE * 99,
        after=CLOSE,
        truncated=LENGTH,
        limit=LIMIT,
        says="its body is longer than 10000 bytes",
    ),
    "/over-chunked": Odd(
        answer=_CHUNKED + b"\r\n" + chunked(PAGE * 99),
        truncated=LENGTH,
        limit=LIMIT,
        says="its body is longer than 10000 bytes",
    ),
    "/over-heads": Odd(
        answer=OK + b"X-More: and more\r\n" * 99_000, truncated=LENGTH, limit=LIMIT, says="longer than may be taken"
    ),
    "/over-line": Odd(
        answer=OK + b"X-More: " + b"m" * 1_500_000, truncated=LENGTH, limit=LIMIT, says="longer than may be taken"
    ),
    # No HTTP, or hardly.
    "/status-99x": Odd(answer=sized(PAGE, status=b"99x Odd"), says="no status code"),
    "/status-none": Odd(answer=sized(PAGE, status=b""), says="no status code"),
    "/switching": Odd(answer=H + b"101 Switching Protocols\r\nUpgrade: x\r\n\r\n", after=CLOSE),
    "/not-http": Odd(answer=b"220 ftp.press.test\r\n", after=CLOSE, foreign=True, says="no HTTP answer"),
    "/not-http-open": Odd(answer=b"SSH-2.0-x\r\n", foreign=True, says="no HTTP answer"),
    "/http09": Odd(answer=PAGE, after=CLOSE, foreign=True, says="no HTTP answer: it begins with b'<html>"),
    "/leading-line": Odd(answer=b"\r\n" + sized(b"ok"), foreign=True, says="no HTTP answer"),
}
