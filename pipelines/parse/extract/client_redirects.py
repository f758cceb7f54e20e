"""Finds client-side redirects: pages without own content that send the browser on by meta refresh or script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.masking import without_credentials
from pipelines.model import Rejection
from pipelines.parse.extract import tree
from pipelines.parse.extract.refusals import NOT_FOUND_TEXT
from pipelines.text.script import simplified_copy

MAX_VISIBLE_CHARS = 200
"""Visible characters of a page that only redirects, such as 正在进入今日报纸，请稍候. Scripts of pages with more text
redirect on a click, which says nothing about the page."""

MAX_VISIBLE_HANZI = 60
"""Chinese characters of the longest text on a redirect at an article's URL: 页面正在跳转，如未跳转请点击这里."""

MAX_REDIRECT_CHARS = 20_000
"""Characters of the largest page at an article's URL that is examined: pages that only redirect have under 5,000."""

MAX_HIGH_PAIRS = 3 * MAX_VISIBLE_CHARS // 2
"""Pairs of bytes as Chinese characters have them in a page that may only redirect: with more, it has more visible
characters than `MAX_VISIBLE_CHARS`, also in UTF-8, where three bytes of a character hold up to one and a half."""

MAX_INDEX_CHARS = 10 * MAX_REDIRECT_CHARS
"""The same for the index of a site, which may contain a calendar and menus in its scripts."""

MAX_ASSIGNMENTS = 20
"""Redirects of a script, and open braces around one, that are examined: scripts that only redirect have some five."""

MAX_OPENER_CHARS = 200
"""Characters before an opening brace in which the head of its function or call is searched for."""

# As in browsers: https://html.spec.whatwg.org/multipage/semantics.html#shared-declarative-refresh-steps
_REFRESH = re.compile(
    r"""
    ^\s*\d*(?:\.\d*)?                  # seconds
    (?:\s*[;,]\s*|(?<=\d)\s+)          # separator
    (?:url\s*=\s*)?+["']?\s*+([^"']+)  # target
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ASSIGNMENT = re.compile(
    r"""
    \blocation(?:\.href)?\s*=\s*\\?["'`]((?:\\/|[^"'`\\+<>{\s])+)\\?["'`]\s*(?!\s*\+)    # location.href = "…"
    | \blocation\.(?:replace|assign)\(\s*\\?["'`]((?:\\/|[^"'`\\+<>{\s])+)\\?["'`]\s*\)  # location.replace("…")
    """,
    re.VERBOSE,
)
_VISIBLE_TEXT = "//text()[not(ancestor::script or ancestor::style or ancestor::title or ancestor::noscript)]"
_TAG_PATTERN = r"<(script|style|title).*?</\1>|<[^>]+>"
_TAGS = re.compile(_TAG_PATTERN, re.DOTALL | re.IGNORECASE)
_TAGS_IN_BYTES = re.compile(_TAG_PATTERN.encode(), re.DOTALL | re.IGNORECASE)
_REDIRECT_WORDS = (b"refresh", b"location")
_HIGH_PAIR = re.compile(rb"[\xa4-\xf9][\xa1-\xfe]")
"""A Chinese character in GBK or Big5, or two thirds of one in UTF-8; no space or line end of any charset."""

_EVENT_HANDLER = re.compile(r"\bon[a-z]*(?<!onload)\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)

_RUN_ON_LOAD = re.compile(
    r"""
    (?:
        \btry
        | (?:^|[;}\s])[(!]\s*function\s*\(\s*\)                               # (function () {…})()
        | (?:\bsetTimeout|\bready|\$|\bjQuery)\s*\(\s*                        # $(function () {…})
          (?:function\s*\w*\s*\(\s*\w*\s*\)|\(\s*\)\s*=>)
        | \bonload\s*=\s*(?:function\s*\w*\s*\(\s*\w*\s*\)|\(\s*\)\s*=>)      # onload = function () {…}
        | \baddEventListener\s*\(\s*["'](?:load|DOMContentLoaded)["']\s*,\s*  # an event of loading
          (?:function\s*\(\s*\w*\s*\)|\(\s*\)\s*=>)
    )\s*$
    """,
    re.VERBOSE,
)
"""Text before the opening brace of a block that runs without an action of the reader."""

_NAMED_FUNCTION = re.compile(r"\bfunction\s+(\w+)\s*\([^)]*\)\s*$")
_CONDITION = re.compile(r"\bif\s*\(|\belse\b|&&|\|\||\?|=>|\bfunction\b")
_TIMEOUT = re.compile(
    r"""
    ^.*\bsetTimeout\s*\(\s*               # setTimeout(
    (?:function\s*\(\s*\)|\(\s*\)\s*=>)?  # function () or () =>
    """,
    re.VERBOSE | re.DOTALL,
)


def client_redirects(html: str, url: str) -> tuple[str, ...]:
    """Return the targets of a page without own text, by meta refresh or script; empty if it does not redirect.

    There are several if a script distinguishes browsers.

    >>> client_redirects("<script>window.location.href='html/2024-03/05/node_2.htm'</script>", "http://dzb.example.cn/")
    ('http://dzb.example.cn/html/2024-03/05/node_2.htm',)
    """
    is_candidate = len(html) <= MAX_INDEX_CHARS and _has_redirect_word(html.encode("utf-8", "ignore"))
    root = tree.parse_html(html) if is_candidate else None
    if root is None or len(_visible_text(root)) > MAX_VISIBLE_CHARS:
        return ()
    targets = (found[1] or found[2] for script in _scripts(root) for found in _ASSIGNMENT.finditer(script))
    return tuple(dict.fromkeys(_absolute_urls((*_refreshes(root), *targets), url)))


def client_redirect(html: str, url: str) -> str | None:
    """Return the target to which a page at an article's URL sends every browser; None if it does not redirect.

    A script with a condition, or one that runs on a click, says nothing about the page. A page whose script sets a
    cookie is protected, and is not followed. A page which says that nothing exists here is a soft 404, although it
    redirects to the home page after some seconds.

    >>> client_redirect("<script>if (mobile) location.href='/m/1.html'</script>", "http://www.example.cn/1.html")
    """
    if len(html) > MAX_REDIRECT_CHARS or not may_redirect(html.encode("utf-8", "ignore")):
        return None
    root = tree.parse_html(html) if tree.count_hanzi(_TAGS.sub("", html)) < MAX_VISIBLE_HANZI else None
    text = _visible_text(root) if root is not None else ""
    if root is None or len(text) > MAX_VISIBLE_CHARS or tree.count_hanzi(text) >= MAX_VISIBLE_HANZI:
        return None
    if NOT_FOUND_TEXT.search(simplified_copy(text)):
        return None
    targets = (found[1] or found[2] for script in _scripts(root) for found in _unconditional(script, html))
    return next(_absolute_urls((*_refreshes(root), *targets), url), None)


def may_redirect(body: bytes) -> bool:
    """Return whether a page can redirect browsers, from its bytes before decoding, in any charset.

    It takes a tenth of the time that decoding the page would take. A page with `MAX_HIGH_PAIRS` has more text than one
    that only redirects.
    """
    plain = body.replace(b"\0", b"")  # which are between the letters in UTF-16
    return _has_redirect_word(plain) and b"document.cookie" not in plain and not _has_much_text(body)


def _has_redirect_word(page: bytes) -> bool:
    lower = page.lower()  # two plain searches are ten times faster than a pattern
    return any(word in lower for word in _REDIRECT_WORDS)


def _has_much_text(body: bytes) -> bool:
    """Return whether a page has more text outside scripts than one that only redirects; False in UTF-16."""
    if b"\0" in body or len(body) < 2 * MAX_HIGH_PAIRS:
        return False
    pairs = _HIGH_PAIR.finditer(_TAGS_IN_BYTES.sub(b"", body))
    return next(islice(pairs, MAX_HIGH_PAIRS, None), None) is not None


def redirect_rejection(html: str, url: str) -> Rejection | None:
    """Reject a page that only redirects the browser."""
    target = client_redirect(html, url)
    return Rejection(reason="redirect", detail=f"the page forwards to {target}") if target else None


def _visible_text(root: HtmlElement) -> str:
    return "".join("".join(root.xpath(_VISIBLE_TEXT)).split())


def _refreshes(root: HtmlElement) -> Iterator[str]:
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh" and (found := _REFRESH.match(meta.get("content") or "")):
            yield found[1]


def _scripts(root: HtmlElement) -> Iterator[str]:
    """Yield the scripts that run when a page is opened, with each escaped slash (\\/) as a plain slash."""
    texts = (
        element.text if element.tag == "script" else element.get("onload") for element in root.iter("script", "body")
    )
    return (unescape(text or "").replace("\\/", "/") for text in texts)


def _absolute_urls(targets: Iterable[str], url: str) -> Iterator[str]:
    """Yield the absolute HTTP URLs of the targets, without the page's own."""
    for each in targets:
        try:
            target = without_credentials(urldefrag(urljoin(url, each.strip())).url)
            if urlsplit(target).scheme in ("http", "https") and urlsplit(target).hostname and target != url:
                yield target
        except ValueError:
            continue


def _unconditional(script: str, html: str) -> Iterator[re.Match[str]]:
    """Yield the redirects of a script that always run."""
    for found in islice(_ASSIGNMENT.finditer(script), MAX_ASSIGNMENTS):
        statement = re.split(r"[;{}]", script[: found.start()])[-1]
        statement = _TIMEOUT.sub("", statement)
        openers = list(islice(_openers(script, found.start()), MAX_ASSIGNMENTS))
        if len(openers) == MAX_ASSIGNMENTS:
            return
        if not _CONDITION.search(statement) and all(_always_runs(opener, html) for opener in openers):
            yield found


def _openers(script: str, position: int) -> Iterator[str]:
    """Yield the text before each brace that is open at a position."""
    depth = 0
    for at in range(position - 1, -1, -1):
        if script[at] == "}":
            depth += 1
        elif script[at] == "{" and depth:
            depth -= 1
        elif script[at] == "{":
            yield script[max(0, at - MAX_OPENER_CHARS) : at]


def _always_runs(opener: str, html: str) -> bool:
    """Return whether a block runs by itself, or is a function that is called other than by an event handler."""
    if named := _NAMED_FUNCTION.search(opener):
        return len(re.findall(rf"\b{named[1]}\b", _EVENT_HANDLER.sub("", html))) > 1
    return bool(_RUN_ON_LOAD.search(opener))
