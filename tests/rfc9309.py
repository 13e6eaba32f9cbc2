"""What RFC 9309 says of a robots.txt, as cases: section, file, address, and what is allowed."""

from __future__ import annotations

from crawler.visit import robots

# https://www.rfc-editor.org/rfc/rfc9309: section, file, address, allowed
RULES = (
    ("2.2.1 token without case", "User-agent: astanaarchive\nDisallow: /x", "/x", False),
    (
        "2.2.1 several groups of one agent are one",
        "User-agent: a\nUser-agent: AstanaArchive\nDisallow: /x\n\nUser-agent: AstanaArchive\nDisallow: /y",
        "/y",
        False,
    ),
    (
        "2.2.1 the group for all only without an own",
        "User-agent: *\nDisallow: /\n\nUser-agent: AstanaArchive\nAllow: /",
        "/x",
        True,
    ),
    ("2.2.1 no group at all", "User-agent: other\nDisallow: /", "/x", True),
    ("2.2.2 the longest match", "User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/b/c", True),
    ("2.2.2 allow wins of equals", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
    ("2.2.2 paths with case", "User-agent: *\nDisallow: /A", "/a", True),
    ("2.2.2 empty disallow", "User-agent: *\nDisallow:", "/x", True),
    ("2.2.2 octets compared encoded", "User-agent: *\nDisallow: /foo/bar/\u30c4", "/foo/bar/%E3%83%84", False),
    ("2.2.2 encoded ASCII is the letter", "User-agent: *\nDisallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
    ("2.2.2 /robots.txt is allowed", "User-agent: *\nDisallow: /", "/robots.txt", True),
    ("2.2.3 comments", "User-agent: * # all\nDisallow: /x # this", "/x", False),
    ("2.2.3 $ ends", "User-agent: *\nDisallow: /*.php$", "/a.php?x", True),
    ("2.2.3 * is any", "User-agent: *\nDisallow: /*/amp", "/7/slug/amp", False),
    ("2.2.4 other records part no group", "User-agent: *\nSitemap: https://a.example/m.xml\nDisallow: /x", "/x", False),
    ("2.2 lines end in CR, LF or both", "User-agent: *\rDisallow: /x\r\nDisallow: /y\n", "/y", False),
    ("2.3 a mark of order first", "\ufeffUser-agent: *\nDisallow: /x", "/x", False),
)
STATUSES = (
    ("2.3.1.2 too many redirects are no file", 301, robots.Verdict.ALLOWED),
    *((f"2.3.1.3 unavailable: {status}", status, robots.Verdict.ALLOWED) for status in (400, 401, 403, 404, 410, 451)),
    *((f"2.3.1.4 unreachable: {status}", status, robots.Verdict.UNREACHABLE) for status in (500, 502, 503, 504, 429)),
)
