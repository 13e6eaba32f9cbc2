"""A bucket's server, asked patiently: what is worth asking again, how long, and what is said when patience ends.

All repeating is done here, none by boto3, so that one number bounds it. It knows no shelves and keeps nothing.
"""

from __future__ import annotations

import logging
import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    ResponseStreamingError,
)
from botocore.loaders import create_loader
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from archive.errors import NotHeldError, OvertakenError, SettingsError, StorageError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

T = TypeVar("T")
MIB = 1 << 20
SMALLEST_PART = 5 * MIB  # S3 refuses smaller ones, the last excepted
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0  # seconds; a pause is any time up to a limit that doubles
OPENING = 20.0  # seconds that a server which does not answer is waited for at first
LATE = 4.0  # seconds: an answer about a lease that takes longer is not waited for
LOUD = 5  # tries, after which a person is told

_GONE = {"404", "NoSuchKey", "NotFound", "NoSuchUpload"}
_TAKEN = {"412", "PreconditionFailed"}
_OUTSIDE = {"416", "InvalidRange"}
# What a later try may mend; two writers in conflict (409), and bytes that changed on their way, are among them.
_PASSING = {
    "BadDigest",
    "ClientDisconnected",
    "ConditionalRequestConflict",
    "IncompleteBody",
    "InternalError",
    "OperationAborted",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "XAmzContentChecksumMismatch",
    "XAmzContentSHA256Mismatch",
}
_CHECKED = {"BadDigest", "InvalidDigest", "InvalidRequest", "XAmzContentChecksumMismatch"}
_PASSING_STATUS = {408, 409, 429, 500, 502, 503, 504}
_BROKEN = (
    HTTPClientError,
    IncompleteReadError,
    ResponseStreamingError,
    ResponseParserError,
    FlexibleChecksumError,
    OSError,
)
_ADVICE = {
    "AccessDenied": "the credentials may not do this: give them the right",
    "403": "the credentials are wrong or may not do this: look at AWS_ACCESS_KEY_ID and its rights",
    "InvalidAccessKeyId": "look at AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "look at AWS_SECRET_ACCESS_KEY",
    "RequestTimeTooSkewed": "set this machine's clock",
    "NoSuchBucket": "make the bucket, or mend ASTANA_STORE",
    "QuotaExceeded": "raise the quota or make room",
    "NotImplemented": "this server cannot do what the archive needs: see docs/storage.md",
}
_LOADER = create_loader()
logger = logging.getLogger(__name__)


class DamagedError(StorageError):
    """The bytes that came are not those that were put; asked again, they may be. If not, look into the store."""


class OutsideError(StorageError):
    """A range begins behind the object's end. There is nothing to read there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may stand behind `?` in an s3:// address."""

    patience: float = 120.0  # seconds during which one call is tried again
    timeout: float = 60.0  # seconds without a byte, after which a connection counts as dead
    whole: int = 64 * MIB  # bytes: larger files travel in parts
    part: int = 16 * MIB  # bytes of a part at least
    confirm: str = "checksum"  # or `read`: all that was put is read back


class Asking:
    """One bucket and prefix, and the client that reaches it; boto3 reads its own AWS_* variables."""

    def __init__(self, url: str) -> None:
        place, _, said = url.removeprefix("s3://").partition("?")
        self.bucket, _, prefix = place.partition("/")
        if not self.bucket:
            raise SettingsError(f"ASTANA_STORE: {url!r} names no bucket")
        self.url = f"s3://{place}"
        self.prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        self.options = _options(said)
        # A session of our own, as boto3's common one is not for several threads; what it reads from files is shared.
        session = get_session()
        session.register_component("data_loader", _LOADER)
        self._session = boto3.session.Session(botocore_session=session)
        self._authorities = session.get_config_variable("ca_bundle") or _named_authorities()
        self.client = self._client(self.options.timeout)
        self._quick = self._client(min(self.options.timeout, LATE))
        try:
            self.ask(
                "the bucket", lambda: self.client.head_bucket(Bucket=self.bucket), min(OPENING, self.options.patience)
            )
        except NotHeldError:
            advice = _ADVICE["NoSuchBucket"]
            raise StorageError(f"the bucket {self.bucket} cannot be reached: there is none; {advice}") from None
        except StorageError as error:
            raise StorageError(f"the bucket {self.bucket} cannot be reached: {error}") from None

    def _client(self, timeout: float) -> S3Client:
        config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=min(10.0, timeout),
            read_timeout=timeout,
            # We name a SHA-256 for all that is put, and hold what comes against it ourselves.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        try:
            return self._session.client("s3", config=config, verify=self._authorities)
        except (BotoCoreError, ValueError) as error:
            raise StorageError(f"the bucket {self.bucket} cannot be reached: {error}") from None

    def client_of(self, key: str) -> S3Client:
        """Where leases lie, a late answer is worse than asking again."""
        return self._quick if key.startswith("state/") else self.client

    def ask(self, what: str, call: Callable[[], T], patience: float | None = None) -> T:
        """The answer of a call, which is repeated while its failure may pass.

        Args:
            what: the key, for messages.
            call: safe to repeat; it reads its answer to the end.
            patience: seconds; the options' own when not given. One try is made in any case.

        Raises:
            NotHeldError: there is no such object or upload. OvertakenError: a condition did not hold.
            OutsideError: no such range. StorageError: it cannot be had, or not within patience.
        """
        patience = self.options.patience if patience is None else patience
        begun, tries = time.monotonic(), 0
        while True:
            tries += 1
            try:
                return call()
            except ClientError as error:
                if not _may_pass(error):
                    raise self._refused(what, error) from None
                said = str(error)
            except DamagedError as error:
                said = str(error)
            except _BROKEN as error:
                said = _said(error)
            except (BotoCoreError, ValueError) as error:
                raise StorageError(f"{what} in {self.url}: {error}") from None
            pause = random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**tries))  # "full jitter"
            waited = time.monotonic() - begun
            if waited + pause > patience:
                raise StorageError(
                    f"{what} in {self.url}: {said}; given up after {tries} tries in {waited:.0f} s, run again later"
                )
            level = logging.INFO if tries < LOUD else logging.WARNING
            logger.log(level, "%s in %s: %s; trying again in %.1f s", what, self.url, said, pause)
            time.sleep(pause)

    def refuses(self, what: str, call: Callable[[], object]) -> bool:
        """Whether the server refuses a call for a wrong checksum; other failures are as with `ask`."""

        def once() -> bool:
            try:
                call()
            except ClientError as error:
                if _code(error) in _CHECKED:
                    return True
                raise
            return False

        return self.ask(what, once)

    def _refused(self, what: str, error: ClientError) -> StorageError | NotHeldError:
        code = _code(error)
        if code in _GONE:
            return NotHeldError(f"the store holds no {what}")
        if code in _TAKEN:
            return OvertakenError(f"{what} in {self.url} has been written by another meanwhile")
        if code in _OUTSIDE:
            return OutsideError(f"{what} in {self.url} ends earlier")
        advice = _ADVICE.get(code)
        return StorageError(f"{what} in {self.url}: {error}" + (f"; {advice}" if advice else ""))


def age(answer: Mapping[str, Any], then: datetime) -> float:
    """Seconds between an instant that the server names and its answer, both by the server's clock."""
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    now = parsedate_to_datetime(date) if date else datetime.now(UTC)
    return max(0.0, (now - then).total_seconds())


def _named_authorities() -> str | None:
    """The file that SSL_CERT_FILE names; None when it names none: then boto3's own are believed."""
    known = ssl.get_default_verify_paths()
    return known.cafile if known.cafile != known.openssl_cafile else None


def _options(said: str) -> Options:
    given: dict[str, str] = dict(parse_qsl(said, keep_blank_values=True))
    usual = Options()
    try:
        options = Options(
            patience=float(given.pop("patience", usual.patience)),
            timeout=float(given.pop("timeout", usual.timeout)),
            whole=_bytes(given.pop("whole", str(usual.whole))),
            part=_bytes(given.pop("part", str(usual.part))),
            confirm=given.pop("confirm", usual.confirm),
        )
    except ValueError as error:
        raise SettingsError(f"ASTANA_STORE: an option behind the ? is no number: {error}") from None
    if given:
        raise SettingsError(f"ASTANA_STORE: no option is called {min(given)!r}; see docs/storage.md")
    if options.confirm not in ("checksum", "read"):
        raise SettingsError(f"ASTANA_STORE: confirm is checksum or read, not {options.confirm!r}")
    if options.part < SMALLEST_PART or options.timeout <= 0:
        raise SettingsError("ASTANA_STORE: a part has 5 MiB at least, and a timeout is longer than nothing")
    return options


def _bytes(said: str) -> int:
    found = re.fullmatch(r"(\d+)(MiB)?", said)
    if not found:
        raise ValueError(f"{said!r} is neither bytes nor MiB")
    return int(found[1]) * (MIB if found[2] else 1)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _may_pass(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _code(error) in _PASSING or (status in _PASSING_STATUS and _code(error) not in _TAKEN)


def _said(error: Exception) -> str:
    """The first line is enough: some of these carry a whole stack in their words."""
    return (str(error).splitlines() or [""])[0].strip()[:300] or type(error).__name__
