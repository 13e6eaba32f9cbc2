"""The closed lists of the archive: every word that a record may say of a role, a reason, a kind; no other is valid."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a capture was made for, as the crawler said when it asked."""

    PAGE = "page"
    SEED = "seed"
    ROBOTS = "robots"
    UNKNOWN = "unknown"  # imported: nobody said


class Via(StrEnum):
    """Where a capture came from."""

    LIVE = "live"
    WAYBACK = "wayback"
    COMMONCRAWL = "commoncrawl"
    IMPORT = "import"


class RecordType(StrEnum):
    """How the response of a capture stands in its WARC."""

    RESPONSE = "response"
    REVISIT = "revisit"


class Truncation(StrEnum):
    """WARC-Truncated, WARC 1.1 §5.13."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


class NonArticle(StrEnum):
    """Captures that were never meant to hold an article; counted, not read."""

    SEED = "seed"
    ROBOTS = "robots"
    HOP = "hop"  # a redirect
    RESOURCE = "resource"  # an import's image, style, script …
    FAILED = "failed"  # no response arrived (connection refused, TLS failure, time-out)


class Reason(StrEnum):
    """The closed list of expected refusals (docs/reasons.md tells each in a sentence)."""

    # A candidate refused before anything was fetched.
    FOREIGN_HOST = "foreign-host"
    NOT_A_STORY = "not-a-story"
    OUTSIDE_WINDOW = "outside-window"
    ALREADY_HELD = "already-held"
    ROBOTS_DISALLOW = "robots-disallow"
    OVER_LIMIT = "over-limit"
    OVER_BUDGET = "over-budget"
    OFF_TOPIC_HINTS = "off-topic-hints"
    PRIVATE_ADDRESS = "private-address"
    BAD_URL = "bad-url"
    FETCH_FAILED = "fetch-failed"
    PURGED = "purged"
    # A capture refused when it was read.
    HTTP_STATUS = "http-status"
    SOFT_404 = "soft-404"
    NOT_HTML = "not-html"
    UNDECODABLE = "undecodable"
    TRUNCATED = "truncated"
    NO_TEXT = "no-text"
    NO_TITLE = "no-title"
    LISTING = "listing"
    BLOCK_PAGE = "block-page"
    CONSENT_PAGE = "consent-page"
    PARKED_PAGE = "parked-page"
    UNRESOLVED_REVISIT = "unresolved-revisit"
    UNREADABLE = "unreadable"
    BEYOND_BOUNDS = "beyond-bounds"
    NO_MEMENTO = "no-memento"


# A page was there, and no article could be made of it: of these a reader may be at fault.
UNREAD: Final = frozenset(
    {
        *(Reason.UNDECODABLE, Reason.TRUNCATED, Reason.BEYOND_BOUNDS),
        *(Reason.NO_TEXT, Reason.NO_TITLE, Reason.LISTING),
    }
)


class Precision(StrEnum):
    """How exact a time is."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Ground(StrEnum):
    """Why a story's date is what it is, or why it has none (docs/dates.md tells each in a sentence)."""

    MOST_TRUSTED = "most-trusted"
    AGREED = "agreed"
    OVERRULED = "two-against-one"
    LOCAL_DAY = "local-day"
    NO_CLAIM = "no-claim"
    NONE_CREDIBLE = "none-credible"
    FIGHT = "claims-fight"


class Loss(StrEnum):
    """Why a claim of publication is not the story's date (docs/dates.md tells each in a sentence)."""

    CLOCK = "clock"
    AFTER_FIRST_CAPTURE = "after-first-capture"
    TOO_OLD = "too-old"
    BARE_NEW_YEAR = "bare-new-year"
    LOCAL_TIME_AS_UTC = "local-time-as-utc"
    AFTER_LAST_CHANGE = "after-last-change"
    OVERRULED = "overruled"
    LESS_TRUSTED = "less-trusted"
    FIGHT = "fights"


class Kind(StrEnum):
    """What sort of piece an article is."""

    NEWS = "news"
    FLASH = "flash"
    LIVE = "live"
    ROUND_UP = "round-up"
    OPINION = "opinion"
    DOCUMENT = "document"
    GALLERY = "gallery"
    VIDEO = "video"


class CreditPlace(StrEnum):
    """Where a text names whom it is taken from, the most trusted place first."""

    DATELINE = "dateline"
    BYLINE = "byline"
    CLOSING = "closing"
    LEAD = "lead"  # an attribution in the first two sentences
    PAGE = "page"  # a line of the captured page outside its text


class EdgeKind(StrEnum):
    """How two stories' texts belong together."""

    COPY = "copy"  # the same item; makes clusters
    PART = "part"  # an item inside a longer piece; never bridges clusters
    SHARED = "shared"  # two items with a passage in common; never bridges clusters
