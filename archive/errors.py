"""The archive's exceptions: a broken world, never an expected refusal. Each says what to do next."""


class ArchiveError(Exception):
    """Root of all errors of this package; its text is one clear line for a person."""


class UsageError(ArchiveError):
    """What was asked makes no sense (unknown id, bad date, bad query). Ask again differently; a retry will not help."""


class SettingsError(UsageError):
    """A setting is wrong. Mend the environment, `.env` or `astana.toml`; the message names the setting."""


class NotHeldError(UsageError):
    """The archive holds no such thing. The message names the id; look with `astana search`."""


class TakenDownError(ArchiveError):
    """A person had it taken down; the message says when and why. It is kept, but asking otherwise will not show it."""


class StorageError(ArchiveError):
    """The store could not be read or written. Nothing half was left; mend the store and run again."""


class AlreadyThereError(StorageError):
    """An object that may be written once is there with other content. Never overwrite it; look at both."""


class OvertakenError(StorageError):
    """Another writer changed the object first, and nothing was written. Read it again and decide anew."""


class FormatError(ArchiveError):
    """The store or catalog was written by a newer program. Upgrade this one; nothing was changed."""


class TableError(ArchiveError):
    """A learned table that pages are to be read by is gone or damaged. Bring it back from a copy, or learn anew."""


class WarcError(ArchiveError):
    """A WARC or ARC file breaks its standard at a place that the message names. The file is kept; read on after it."""


class CatalogError(ArchiveError):
    """The catalog could not be reached or is not ours. Mend the address, or delete the file and rebuild."""


class ForeignCatalogError(CatalogError):
    """The database holds another program's tables. Nothing was touched; give the catalog a place of its own."""


class LeaseError(ArchiveError):
    """Someone else holds the lease on this outlet or catalog. Wait until it ends; do not remove it by hand."""

    def __init__(self, said: str, mark: str = "") -> None:
        super().__init__(said)
        self.mark = mark  # which writing of the holder's was seen; another one later means that it lives
