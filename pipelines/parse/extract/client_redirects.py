"""Pages that only send the browser on: where to, and whether they do so whoever comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.model import Rejection
from pipelines.parse.extract import tree
from pipelines.parse.extract.refusals import MISSING

MOST_SHOWN = 200
"""Characters of a page that only sends on, such as 正在进入今日报纸，请稍候; scripts of full pages go elsewhere on a
click, which says nothing of the page."""

FORWARDING = 60
"""Hanzi of the longest text on such a page that takes an article's place: 页面正在跳转，如未跳转请点击这里."""

LARGEST = 20_000
"""Characters of the largest page that is looked at: those that only send on have under 5,000."""

MOST_PARSED = 10 * LARGEST
"""The same for an index that carries a calendar and menus in its scripts."""

# As browsers read it: https://html.spec.whatwg.org/multipage/semantics.html#shared-declarative-refresh-steps
_REFRESH = re.compile(r"^\s*\d*(?:\.\d*)?(?:\s*[;,]\s*|(?<=\d)\s+)(?:url\s*=\s*)?+[\"']?\s*+([^\"']+)", re.IGNORECASE)
_SCRIPT = re.compile(
    r"""\blocation(?:\.href)?\s*=\s*\\?["'`]((?:\\/|[^"'`\\+<>{\s])+)\\?["'`]\s*(?!\s*\+)
    | \blocation\.(?:replace|assign)\(\s*\\?["'`]((?:\\/|[^"'`\\+<>{\s])+)\\?["'`]\s*\)""",
    re.VERBOSE,
)
_SHOWN = "//text()[not(ancestor::script or ancestor::style or ancestor::title or ancestor::noscript)]"
_TAGS = re.compile(r"<(script|style|title).*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
_SENDS = re.compile(rb"refresh|location", re.IGNORECASE)
_CLICK = re.compile(r"\bon[a-z]*(?<!onload)\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)

# What may stand before the brace that opens a block which is run without any doing of the reader's.
_RUN = re.compile(
    r"""(?: \btry | (?:^|[;}\s])[(!]\s*function\s*\(\s*\)
    | (?:\bsetTimeout|\bready|\$|\bjQuery)\s*\(\s*(?:function\s*\w*\s*\(\s*\w*\s*\)|\(\s*\)\s*=>)
    | \bonload\s*=\s*(?:function\s*\w*\s*\(\s*\w*\s*\)|\(\s*\)\s*=>)
    | \baddEventListener\s*\(\s*["'](?:load|DOMContentLoaded)["']\s*,\s*(?:function\s*\(\s*\w*\s*\)|\(\s*\)\s*=>)
    )\s*$""",
    re.VERBOSE,
)
_NAMED = re.compile(r"\bfunction\s+(\w+)\s*\([^)]*\)\s*$")
_CONDITION = re.compile(r"\bif\s*\(|\belse\b|&&|\|\||\?|=>|\bfunction\b")


def forwards(html: str, url: str) -> tuple[str, ...]:
    """Return where a page without text of its own may send browsers, by meta refresh or script; none where it stays.

    There are several where a script asks what browser it is.

    >>> forwards("<script>window.location.href='html/2024-03/05/node_2.htm'</script>", "http://dzb.example.cn/")
    ('http://dzb.example.cn/html/2024-03/05/node_2.htm',)
    """
    root = tree.parse(html) if len(html) <= MOST_PARSED and _SENDS.search(html.encode("utf-8", "ignore")) else None
    if root is None or len(_shown(root)) > MOST_SHOWN:
        return ()
    scripts = (found[1] or found[2] for script in _scripts(root) for found in _SCRIPT.finditer(script))
    return tuple(dict.fromkeys(_absolute((*_refreshes(root), *scripts), url)))


def forward(html: str, url: str) -> str | None:
    """Return where a page in an article's place sends every browser on without its doing; None where it stays.

    A script that asks first, or waits for a click, says nothing of the page; one that sets a cookie guards it, and is
    left alone; and a page that says that there is none is one of these, though it leads home after a while.

    >>> forward("<script>if (mobile) location.href='/m/1.html'</script>", "http://www.example.cn/1.html")
    """
    if len(html) > LARGEST or not may_forward(html.encode("utf-8", "ignore")):
        return None
    root = tree.parse(html) if tree.hanzi(_TAGS.sub("", html)) < FORWARDING else None
    shown = _shown(root) if root is not None else ""
    if root is None or len(shown) > MOST_SHOWN or tree.hanzi(shown) >= FORWARDING or MISSING.search(shown):
        return None
    scripts = (found[1] or found[2] for script in _scripts(root) for found in _unconditional(script, html))
    return next(_absolute((*_refreshes(root), *scripts), url), None)


def may_forward(body: bytes) -> bool:
    """Tell a page that may send browsers on from one that cannot, by its bytes as they are, in whatever charset."""
    plain = body.replace(b"\0", b"")  # which stand between the letters of UTF-16
    return _SENDS.search(plain) is not None and b"document.cookie" not in plain


def forwarding(html: str, url: str) -> Rejection | None:
    """Refuse a page that only sends the browser on."""
    target = forward(html, url)
    return Rejection(reason="redirect", detail=f"the page forwards to {target}") if target else None


def _shown(root: HtmlElement) -> str:
    return "".join("".join(root.xpath(_SHOWN)).split())


def _refreshes(root: HtmlElement) -> Iterator[str]:
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "refresh" and (found := _REFRESH.match(meta.get("content") or "")):
            yield found[1]


def _scripts(root: HtmlElement) -> Iterator[str]:
    """Yield what runs when a page is opened, with \\/ as the / that it stands for."""
    texts = (
        element.text if element.tag == "script" else element.get("onload") for element in root.iter("script", "body")
    )
    return (unescape(text or "").replace("\\/", "/") for text in texts)


def _absolute(told: tuple[str, ...], url: str) -> Iterator[str]:
    """Yield the http addresses among those told, but for the page's own."""
    for each in told:
        try:
            target = urldefrag(urljoin(url, each.strip())).url
            if urlsplit(target).scheme in ("http", "https") and urlsplit(target).hostname and target != url:
                yield target
        except ValueError:
            continue


def _unconditional(script: str, html: str) -> Iterator[re.Match[str]]:
    """Yield the places of a script that go elsewhere and that are reached in any case."""
    for found in _SCRIPT.finditer(script):
        statement = re.split(r"[;{}]", script[: found.start()])[-1]
        delayed = re.sub(r"^.*\bsetTimeout\s*\(\s*(?:function\s*\(\s*\)|\(\s*\)\s*=>)?", "", statement, flags=re.DOTALL)
        if not _CONDITION.search(delayed) and all(_is_run(each, html) for each in _openers(script, found.start())):
            yield found


def _openers(script: str, place: int) -> Iterator[str]:
    """Yield what stands before each brace that is open at a place."""
    depth = 0
    for at in range(place - 1, -1, -1):
        if script[at] == "}":
            depth += 1
        elif script[at] == "{" and depth:
            depth -= 1
        elif script[at] == "{":
            yield script[max(0, at - 200) : at]


def _is_run(opener: str, html: str) -> bool:
    """Tell whether a block is run: by itself, or as a function that is called elsewhere than on a click."""
    if named := _NAMED.search(opener):
        return len(re.findall(rf"\b{named[1]}\b", _CLICK.sub("", html))) > 1
    return bool(_RUN.search(opener))
