"""Pure. Every type that travels down the line, in travelling order.

`Capture → Job → Draft | Rejection → Article → Prints → Seen → Verdict → Location → Entry`

All are frozen, keyword-only and picklable. `body` is bytes, `html` decoded markup, `text` prose. A name in `_at`
is an aware time (UTC for captures, +08:00 for what a page says), one in `_on` a calendar day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Literal
from urllib.parse import urljoin

from attrs import field, frozen

Headers = tuple[tuple[str, str], ...]
"""Header fields as they came: order, case and repeats kept; bytes as Latin-1, so that they go back unchanged."""

KEPT, IMPORTED = "warc/", "warc/imported/"
"""How the keys of the archive's WARC files begin, and of those among them that other programs wrote."""

Moment = dt.datetime | dt.date
"""When a page says something happened: a time with +08:00 where it gives one, else the day alone."""


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


@frozen(kw_only=True)
class Person:
    """A byline's name with its role: reporter, correspondent, editor, photographer, proofreader, author."""

    name: str
    role: str


@frozen(kw_only=True)
class Image:
    """A picture in the body: absolute URL, and its caption where there is one."""

    url: str
    caption: str | None = None


@frozen(kw_only=True)
class Attachment:
    """A file that the article links: absolute URL and link text; the rest is known once it is archived itself."""

    url: str
    title: str
    media_type: str | None = None
    size: int | None = None
    digest: str | None = None
    location: Location | None = None


@frozen(kw_only=True)
class Document:
    """The disclosure table of an official document (索引号, 发布机构, 成文日期, 发文字号, 名称, 主题词)."""

    index_number: str | None = None
    issuer: str | None = None
    written_on: dt.date | None = None
    document_number: str | None = None
    subject: str | None = None
    keywords: str | None = None


@frozen(kw_only=True)
class Block:
    """One piece of the body in reading order, without line breaks in it.

    `parted` is whether the markup parts it from what stands before: by a rule, or by a container of its own.
    """

    text: str
    kind: Literal["paragraph", "heading", "item", "row", "caption"] = "paragraph"
    parted: bool = False


@frozen(kw_only=True)
class Evidence:
    """Where on its page one of an article's fields was read.

    `origin` is `meta:PubDate`, `enpproperty:date`, `json-ld:pubDate`, a tag or selector such as `h1` or
    `#pubtime_baidu`, `info-line`, `breadcrumb`, `url`, …, behind `recipe:` where a recipe names it; for `text` it is
    the container's marker. `furniture` is a line that repair took out of the text.
    """

    field: str
    origin: str


@frozen(kw_only=True)
class Edition:
    """The page of a newspaper that an article stands on: paper, day of issue, number and name of the page.

    `page` is as the paper counts, such as A03 or 2; `weekday` counts from 1, Monday, as ISO 8601 does.
    """

    paper: str | None = None
    issued_on: dt.date | None = None
    weekday: int | None = None
    page: str | None = None
    name: str | None = None


@frozen(kw_only=True)
class Repair:
    """One change made to the text: `text[start:end]` is `after` where `before` stood; `confidence` is from 0 to 1."""

    rule: str
    start: int
    end: int
    before: str
    after: str
    confidence: float = 1.0


@frozen(kw_only=True)
class Draft:
    """What extraction read from a page, before any repair: text still as damaged as the page has it.

    `below` are the short lines that stand right under the text and are none of it, where pages offer the rest of a
    text for money; `torn` is whether the page itself did not come whole. `repairs` are what was changed when a page of
    several articles was cut, in places of the blocks with a line break between them; `flags` go into its quality.
    """

    title: str | None
    blocks: tuple[Block, ...]
    below: tuple[str, ...] = ()
    torn: bool = False
    subtitle: str | None = None
    kicker: str | None = None
    published_at: Moment | None = None
    modified_at: Moment | None = None
    source: str | None = None
    authors: tuple[Person, ...] = ()
    dateline: str | None = None
    column: tuple[str, ...] = ()
    document: Document | None = None
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    parts: tuple[str, ...] = ()
    site_name: str | None = None
    site_code: str | None = None
    edition: Edition | None = None
    repairs: tuple[Repair, ...] = ()
    flags: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@frozen(kw_only=True)
class File:
    """What a capture holds that is no page: its media type, and its size in bytes without a content-encoding."""

    media_type: str
    size: int


@frozen(kw_only=True)
class Rejection:
    """Why a page gave no article; `reason` is kebab-case and the counter's name, `detail` is for people.

    `file` is what it is where the reason is `file`: a whole PDF, picture, archive, …
    """

    reason: str
    detail: str = ""
    file: File | None = None


@frozen(kw_only=True)
class Parts:
    """What `Quality.score` is the product of, each from 0 to 1, where 1 is faultless.

    `intact`: how little damage is left; `chinese`: the share of Chinese among the letters; `complete`: the share of
    the text that is there and not masked; `length`: how far the text is long enough to be read with certainty.
    """

    intact: float
    chinese: float
    complete: float
    length: float


@frozen(kw_only=True)
class Quality:
    """What is known to be missing or masked in the text, in characters, and what the text is worth from 0 to 1.

    `truncated`: there was more of it; `paywall`: for those who pay, subscribe or log in. `omitted_chars` is what the
    page says that it left out, or what `full_chars` and `shown_chars` leave. `flags` are kebab-case.
    """

    truncated: bool = False
    paywall: bool = False
    shown_chars: int | None = None
    full_chars: int | None = None
    omitted_chars: int | None = None
    masked_chars: int = 0
    score: float | None = None
    parts: Parts | None = None
    flags: tuple[str, ...] = ()


Script = Literal["hans", "hant", "mixed"]


@frozen(kw_only=True)
class Article:
    """A repaired text with what the page says about it; only `repair` makes one.

    `kicker` is the line over the headline (引题), `subtitle` the one under it (副题); neither is in title or text.
    `text` has one paragraph a line in the page's own script, `text_hans` is its simplified form. `outline` has the
    headings that a document site prints before a text, which tell of the chapters that it keeps back, too.
    `parts` are the addresses of the article's further pages, where the site shows it in several: each is a capture and
    an entry too. `site_name` and `site_code` are what the page declares of its site (SiteName; SiteIDCode, whose first
    six digits are a region's). `anchors` are what texts near this one are found by, if they are worked out already;
    they follow from the text and stand in no document.
    """

    title: str | None
    subtitle: str | None = None
    kicker: str | None = None
    text: str
    script: Script
    text_hans: str
    outline: tuple[str, ...] = ()
    published_at: Moment | None = None
    published_on: dt.date | None = None
    modified_at: Moment | None = None
    source: str | None = None
    authors: tuple[Person, ...] = ()
    dateline: str | None = None
    column: tuple[str, ...] = ()
    document: Document | None = None
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    parts: tuple[str, ...] = ()
    site_name: str | None = None
    site_code: str | None = None
    edition: Edition | None = None
    quality: Quality = Quality()
    repairs: tuple[Repair, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    anchors: tuple[int, ...] = field(default=(), eq=False, repr=False)


Outcome = tuple[Article, ...] | Rejection
"""What `read` makes of a page: its articles in reading order, never none of them, or the reason why there are none."""


@frozen(kw_only=True)
class Prints:
    """A capture's fingerprints: `sha256:…` of the bytes, and of the normalised simplified text of its articles.

    `articles` are those of each of them by itself, where a page holds several.
    """

    payload: str
    text: str | None = None
    articles: tuple[str, ...] = ()


@frozen(kw_only=True)
class Reference:
    """An earlier capture, as a revisit record must name it; the payload digest where it is asked about as well."""

    id: str
    url: str
    fetched_at: dt.datetime
    payload: str | None = None


@frozen(kw_only=True)
class Seen:
    """What the catalogue knows from before a capture.

    The first with its bytes, and the first of these that our own archive holds, which a revisit may refer to (others
    were read where they lie, in somebody else's files); the first with its text; the last article under its URL.
    """

    same_bytes: Reference | None = None
    kept: Reference | None = None
    same_text: Reference | None = None
    previous: Reference | None = None


@frozen(kw_only=True)
class Neighbour:
    """An earlier capture's simplified text that one may be near to, all of its articles."""

    id: str
    text: str


VerdictKind = Literal["new", "same-bytes", "same-text", "near-copy", "new-version"]


Relation = Literal["equal", "contains", "within"]
"""How a text stands to an earlier one that it is near to: nearly the same, larger with all of it, or a part of it."""


@frozen(kw_only=True)
class Verdict:
    """How a capture stands to what was there before; `of` is the id of the entry that it repeats or replaces.

    `similarity` of a near copy is the Jaccard index of the two texts where they are `equal`, else how much of the
    smaller one is in the larger.
    """

    kind: VerdictKind
    of: str | None = None
    similarity: float | None = None
    relation: Relation | None = None

    @property
    def repeats(self) -> bool:
        """Whether what came was there before, or nearly so: not where it holds an earlier text and more besides."""
        return self.kind in ("same-bytes", "same-text") or (self.kind == "near-copy" and self.relation != "contains")


@frozen(kw_only=True)
class Version:
    """The programs that read the page: the same bytes and the same version give the same entry."""

    fangzhi: str
    trafilatura: str


@frozen(kw_only=True)
class Entry:
    """One row of the catalogue: everything that is known of one capture; `redirect_to` is where a 3xx answer leads.

    `rendered` is the browser whose DOM was read, None for what came over the wire.
    """

    id: str
    site: str | None
    region: Region | None
    url: str
    final_url: str
    status: int | None
    redirect_to: str | None = None
    fetched_at: dt.datetime
    rendered: str | None = None
    outcome: Literal["article", "rejected"]
    reason: str | None
    articles: tuple[Article, ...]
    file: File | None = None
    verdict: Verdict
    digests: Prints
    location: Location | None
    recipe: str
    version: Version

    @property
    def score(self) -> float | None:
        """The quality of the worst of its articles, None without any."""
        return min((score for article in self.articles if (score := article.quality.score) is not None), default=None)


def capture_id(capture: Capture, payload: str) -> str:
    """Return the id of a capture with this payload digest: its second in UTC, then 12 digits that tell it from others.

    Ids sort by time. The same exchange has the same id through whichever door it comes and whatever reads it.
    """
    exact = capture.fetched_at.astimezone(dt.UTC).isoformat()
    told = hashlib.sha256(f"{capture.final_url}\n{exact}\n{payload}".encode() + capture.request_body).hexdigest()[:12]
    return f"{capture.fetched_at.astimezone(dt.UTC):%Y%m%d%H%M%S}-{told}"


def capture_reference(capture: Capture, payload: str) -> Reference:
    """Return a capture with this payload digest as others refer to it."""
    return Reference(id=capture_id(capture, payload), url=capture.final_url, fetched_at=capture.fetched_at)
