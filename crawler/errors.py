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
