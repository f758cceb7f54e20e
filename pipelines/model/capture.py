"""What was asked and what came over the wire, and what the line is told of it: a capture and its job."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from urllib.parse import urljoin

from attrs import field, frozen

Headers = tuple[tuple[str, str], ...]
"""Header fields as they came: order, case and repeats kept; bytes as Latin-1, so that they go back unchanged."""


KEPT, IMPORTED = "warc/", "warc/imported/"
"""How the keys of the archive's WARC files begin, and of those among them that other programs wrote."""


@frozen(kw_only=True)
class Location:
    """Where a WARC record lies: its file's key in the store, and the offset and length of its gzip member in bytes."""

    file: str
    offset: int
    length: int

    @property
    def kept(self) -> bool:
        """Whether the file is one of the archive's, not one that was read where it lies."""
        return self.file.startswith(KEPT)

    @property
    def own(self) -> bool:
        """Whether it is one of the archive's and we wrote it: only then a revisit of ours can name its record."""
        return self.kept and not self.file.startswith(IMPORTED)


@frozen(kw_only=True)
class Tls:
    """How a connection was secured: protocol as WARC-Protocol names it (`tls/1.3`), cipher suite by its IANA name.

    `certificate` is `trusted`, or what was wrong with the server's certificate.
    """

    protocol: str
    cipher: str | None = None
    certificate: str | None = None


@frozen(kw_only=True)
class Rendering:
    """How a body was made that did not come over the wire: a `browser`, such as `Chromium/150.0`, ran a page's scripts.

    `record_id` is the WARC-Record-ID of the response with that page, `fetched_at` when it came.
    """

    browser: str
    record_id: str
    fetched_at: dt.datetime


@frozen(kw_only=True)
class Capture:
    """One HTTP exchange: what was asked, and what came over the wire.

    `url` is what the caller asked for, `final_url` what this response answers: they differ behind a redirect.
    `body` has its content-encoding, transfer-encoding is taken off; `request_body` is what was posted. `truncated` is
    the WARC-Truncated reason if a limit cut the body. `stored` is the response's (or revisit's) record once it is
    archived, `record_id` the WARC-Record-ID of the record that it was read from. One that is `rendered` stands beside
    the capture of an exchange: its body is the page in UTF-8 as it was once its scripts had run.
    """

    url: str
    final_url: str
    fetched_at: dt.datetime
    status: int
    reason: str = ""
    http_version: str = "HTTP/1.1"
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)
    method: str = "GET"
    request_headers: Headers = ()
    request_body: bytes = field(default=b"", repr=False)
    ip_address: str | None = None
    tls: Tls | None = None
    truncated: Literal["length", "time", "disconnect"] | None = None
    stored: Location | None = None
    record_id: str | None = field(default=None, eq=False)
    rendered: Rendering | None = None

    def header(self, name: str) -> str:
        """Return the first value of a response header, whatever its case, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def redirect_to(self) -> str | None:
        """The absolute address that a 3xx answer leads to, None where it leads nowhere."""
        target = self.header("Location") if 300 <= self.status <= 399 else ""
        try:
            return urljoin(self.final_url, target) if target else None
        except ValueError:
            return None


@frozen(kw_only=True)
class Region:
    """A place as GB/T 2260 numbers it, such as 440700, 广东省江门市."""

    code: str
    name: str


@frozen(kw_only=True)
class Recipe:
    """How the pages of one layout are read: data that a site or a CMS family gives to extraction.

    `name` is `family/number` or `site/number`. `role` list marks pages that lead to articles and hold none. Selectors
    are CSS, best first; `body` also takes `comment:NAME` for what lies between `<!--NAME-->` and `<!--/NAME-->`, or
    between the same name with `begin` and with `end` behind it, as JCMS writes them. `pictures` are where an article's
    pictures stand that are not among its text, `files` links to a file of the page's own, such as a paper's PDF.
    A recipe is in force for captures made from `valid_from` until before `valid_until`.
    """

    name: str
    role: Literal["article", "list"] = "article"
    body: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    prune: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    charset: str | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None


@frozen(kw_only=True)
class Job:
    """A capture and all that the line needs to know to read it; `site` is the registry's slug, if it knows the page."""

    capture: Capture
    recipe: Recipe
    site: str | None = None
    region: Region | None = None
