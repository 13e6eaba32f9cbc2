"""How an exchange ended: why its answer is not whole, in which words, and as which error the crawl sees it; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from OpenSSL import SSL
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from twisted.internet.defer import CancelledError
from twisted.internet.error import ConnectionClosed

from archive.records import Truncation
from crawler.errors import CrawlerError, HandshakeError, NoHttpError, OverlongError
from crawler.visit.exchange import Exchange
from crawler.visit.framing import Unsized

if TYPE_CHECKING:
    from twisted.python.failure import Failure

NO_STATUS = "the first line of the answer has no status code"


def cut(flags: Iterable[str], exchange: Exchange) -> Truncation | None:
    """Why an answer that Scrapy accepted is not whole; one without a length ends with its connection.

    Over TLS the connection's end is one only when the server says so (RFC 9112 §9.8).
    """
    if exchange.overrun:
        return Truncation.LENGTH
    if exchange.silent:
        return Truncation.TIME
    if exchange.torn:
        return Truncation.DISCONNECT
    if exchange.problem is not None and not isinstance(exchange.body, Unsized):
        return Truncation.UNSPECIFIED  # broken chunks: all that came is kept, and nobody knows what was meant to
    if "dataloss" in flags:
        return Truncation.DISCONNECT
    return None if exchange.whole else Truncation.UNSPECIFIED


def cut_by(error: BaseException | None, exchange: Exchange) -> Truncation:
    """Why an answer that Scrapy gave up on is not whole."""
    if exchange.overrun or isinstance(error, DownloadCancelledError | CancelledError):
        return Truncation.LENGTH
    return Truncation.TIME if isinstance(error, DownloadTimeoutError) else Truncation.DISCONNECT


def said(error: BaseException | None, exchange: Exchange) -> str:
    """An error in one line, and whether it came before TLS stood."""
    words = _words(error)
    if exchange.unproven is not None:
        words = f"{words} ({exchange.unproven})"
    return words if exchange.left else f"before the TLS handshake was done: {words}"


def unproven(connection: Any) -> str | None:
    """What OpenSSL found wrong with a server's certificate; its own error says no more than that it did."""
    library: Any = SSL._lib  # type: ignore[attr-defined]  # pyOpenSSL shows it to no one
    code = library.SSL_get_verify_result(connection._ssl)
    if code == SSL.X509VerificationCodes.OK:
        return None
    words: bytes = SSL._ffi.string(library.X509_verify_cert_error_string(code))  # type: ignore[attr-defined]
    return words.decode("ascii", "replace")


def _words(error: BaseException | None) -> str:
    """With the reasons that Twisted wraps."""
    inner = "; ".join(dict.fromkeys(_words(reason) for reason in _reasons(error)))
    if isinstance(error, SSL.Error):
        inner = ", ".join(part[-1] for part in error.args[0]) if error.args and error.args[0] else ""
    return f"{type(error).__name__}: {inner or error}"


def _reasons(error: BaseException | None) -> list[BaseException | None]:
    wrapped: Iterable[Failure] = getattr(error, "reasons", None) or ()
    return [reason.value for reason in wrapped]


def final(error: BaseException | None, exchange: Exchange) -> CrawlerError | None:
    """What asking again would not mend, as an error that Scrapy does not try again."""
    if exchange.refused is not None:
        return NoHttpError(exchange.refused)
    if exchange.overrun:
        return OverlongError(said(error, exchange))
    reasons = _reasons(error)
    if not exchange.left and reasons and not any(isinstance(reason, ConnectionClosed) for reason in reasons):
        return HandshakeError(said(error, exchange))
    return None
