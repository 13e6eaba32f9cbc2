"""What a host's robots.txt allows, by RFC 9309; it decides from status and bytes, and never fetches.

https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1: a missing file (4xx) allows all, an unreachable one disallows all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from protego import Protego

MAX_BYTES = 512 << 10  # parsed; the RFC asks for at least 500 KiB
MAX_HOPS = 5
MAX_DELAY = 300.0  # seconds between requests; an outlet that asks for more is not crawled: its crawl would stand still
ASKED_TOO_OFTEN = 429  # a 4xx that says nothing about rules: the host answers, but not us, not now


class Verdict(StrEnum):
    """What stands in a capture's hints."""

    ALLOWED = "allowed"
    DISALLOWED = "disallowed"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One origin's rules for one product token."""

    token: str
    rules: Protego | None = None  # None: no rules, everything is allowed
    reachable: bool = True
    said: str = ""  # why it is unreachable

    def verdict(self, url: str) -> Verdict:
        """Whether the address may be asked for."""
        if not self.reachable:
            return Verdict.UNREACHABLE
        if self.rules is None or self.rules.can_fetch(url, self.token):
            return Verdict.ALLOWED
        return Verdict.DISALLOWED

    @property
    def delay(self) -> float:
        """Seconds that the file asks to keep between requests; 0 when it does not, or asks for what is no time."""
        asked = self.rules.crawl_delay(self.token) if self.rules is not None else None
        seconds = float(asked) if asked is not None else 0.0
        return seconds if math.isfinite(seconds) and seconds > 0 else 0.0

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Addresses of sitemaps that the file names."""
        return tuple(self.rules.sitemaps) if self.rules is not None else ()


def unreachable(token: str, said: str) -> Rules:
    """No answer, or one that must not be read: everything is disallowed."""
    return Rules(token=token, reachable=False, said=said)


def read(token: str, status: int, content: bytes) -> Rules:
    """The rules that an answer to /robots.txt means, redirects followed; more than MAX_HOPS of them mean no file.

    The body of a 5xx is an error page and is never parsed.
    """
    if status >= 500 or status == ASKED_TOO_OFTEN:
        return unreachable(token, f"answered {status}")
    if 200 <= status < 300:
        text = content[:MAX_BYTES].decode("utf-8-sig", "replace")
        return Rules(token=token, rules=Protego.parse(text))
    return Rules(token=token)


def product_token(agent: str) -> str:
    """The name that robots.txt groups are addressed to: the User-Agent header up to its version."""
    return agent.partition("/")[0].partition(" ")[0].strip()
