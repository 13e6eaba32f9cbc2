"""The crawler's exceptions: a broken world or broken facts, never an expected refusal. Each says what to do next."""

from archive.errors import ArchiveError, SettingsError


class CrawlerError(ArchiveError):
    """Root of all errors of this package."""


class FactsError(SettingsError):
    """A YAML of facts (outlet, topic, agencies) is wrong. Mend the file; the message names file and line."""


class CrawlFailedError(CrawlerError):
    """A crawl's process died or ended badly. What it had reported is kept; run the crawl again."""


class PrivateAddressError(CrawlerError):
    """A host resolved to a private address and was not connected to. Allow it in the outlet's file if that is meant."""


class CredentialsError(CrawlerError):
    """An address holds a user name or password. It is not asked for: what is sent is recorded and shown."""


class HandshakeError(CrawlerError):
    """TLS could not be agreed on, or the server did not prove who it is. Asking again at once mends nothing."""


class NoHttpError(CrawlerError):
    """What a server sent is no HTTP answer. Its bytes are kept beside the capture; asking again mends nothing."""


class OverlongError(CrawlerError):
    """An answer is longer than may be taken. What came up to there is kept; asking again mends nothing."""


class BlockedError(CrawlerError):
    """A host wants to be left alone for a while. Ask it again after the time that the message says, not before."""


class ReadingStoppedError(CrawlerError):
    """The process that read pages was ended from outside. What it had read is kept; see why, and read again."""
