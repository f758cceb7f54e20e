"""A capture of one HTTP exchange, and the job that tells the line how to read it."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from urllib.parse import urljoin

from attrs import field, frozen

from pipelines.masking import without_credentials

Headers = tuple[tuple[str, str], ...]
"""Header fields as received: order, case and repetitions are kept; bytes are decoded as Latin-1, so none is lost."""


MAX_BODY_BYTES = 96 << 20
"""The longest body that is captured or read from an archive: with all copies of it, replay then takes below 500 MB."""

KEPT, IMPORTED = "warc/", "warc/imported/"
"""Prefixes of the storage keys of all WARC files in the archive, and of those that other programs wrote."""

NO_SITES = frozenset({"imported", "shared"})
"""Folders below `warc/` that belong to no site: no site may have such a name."""


@frozen(kw_only=True)
class Location:
    """Where a WARC record is: the key of its file in the store, and offset and length of its gzip member in bytes."""

    file: str
    offset: int
    length: int

    @property
    def kept(self) -> bool:
        """Whether the file is in the archive, not a file outside it that was only read."""
        return self.file.startswith(KEPT)

    @property
    def own(self) -> bool:
        """Whether fangzhi wrote the file into the archive: its revisit records may refer only to such files."""
        return self.kept and not self.file.startswith(IMPORTED)


@frozen(kw_only=True)
class Tls:
    """The TLS of a connection: the protocol as in WARC-Protocol (`tls/1.3`), the cipher suite by its IANA name.

    `certificate` is `trusted`, or what is wrong with the server's certificate.
    """

    protocol: str
    cipher: str | None = None
    certificate: str | None = None


@frozen(kw_only=True)
class Rendering:
    """The origin of a rendered body: `browser`, such as `Chromium/150.0`, ran the scripts of a page.

    `record_id` is the WARC-Record-ID of the response with that page, `fetched_at` the time when it was fetched.
    """

    browser: str
    record_id: str
    fetched_at: dt.datetime


@frozen(kw_only=True)
class Capture:
    """One HTTP exchange: the request, and the response as it came over the wire.

    `url` is the URL that the caller requested, `final_url` the one that returned this response: they differ after a
    redirect. `head` has the bytes of the response's head with its blank line; it is empty if the capture is read from a
    record. `body` still has its content-encoding but no transfer-encoding; `request_body` is the body of a POST
    request. `truncated` is the WARC-Truncated reason if a limit cut the body. `stored` is the location of the response
    or revisit record once it is archived, `record_id` the WARC-Record-ID of the record that the capture was read from.
    A `rendered` capture comes in addition to that of an exchange: its body is the page in UTF-8 after its scripts ran.
    `requisite_of` is the URL of the page for which a requisite was requested, such as a style sheet; None for a page.
    """

    url: str
    final_url: str
    fetched_at: dt.datetime
    status: int
    reason: str = ""
    http_version: str = "HTTP/1.1"
    headers: Headers = ()
    head: bytes = field(default=b"", eq=False, repr=False)
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
    requisite_of: str | None = None

    def header(self, name: str) -> str:
        """Return the first value of a response header, in any case, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def redirect_to(self) -> str | None:
        """The absolute URL that a 3xx response redirects to, None if it has no valid one."""
        target = self.header("Location") if 300 <= self.status <= 399 else ""
        try:
            return without_credentials(urljoin(self.final_url, target)) if target else None
        except ValueError:
            return None


@frozen(kw_only=True)
class Region:
    """A region with its code in GB/T 2260, such as 440700, 广东省江门市."""

    code: str
    name: str


@frozen(kw_only=True)
class Recipe:
    """How to extract pages of one layout: data that a site or a CMS family passes to extraction.

    `name` is `family/number` or `site/number`. The `role` list marks pages that link to articles and contain none.
    Selectors are CSS, the best first. `body` also accepts `comment:NAME` for the markup between `<!--NAME-->` and
    `<!--/NAME-->`, or between `<!--NAMEbegin-->` and `<!--NAMEend-->` as JCMS writes them. `pictures` selects pictures
    of an article outside its text, `files` links to a file of the page itself, such as a newspaper page's PDF. A recipe
    is valid for captures made from `valid_from` until before `valid_until`.
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
    """A capture and all that the line needs to read it; `site` is the slug of the page's site if it is registered."""

    capture: Capture
    recipe: Recipe
    site: str | None = None
    region: Region | None = None
