"""The ground truth of what a page of the city is shown with: every file that a browser loads for it.

It is read by lxml and regular expressions, not by the finder of the crawler, which is compared with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import cast
from urllib.parse import quote, urljoin

import lxml.html

from crawler.demo.model import HttpAnswer

ADDRESSES = (
    "//script/@src | //img/@src | //img/@data-original | //img/@data-src | //iframe/@src | //embed/@src"
    " | //object/@data | //input[@type='image']/@src | //video/@poster | //*/@background"
    " | //link[contains(@rel, 'stylesheet')]/@href | //link[contains(@rel, 'icon')]/@href"
)
"""The attributes by which the templates of the city refer to files."""

_IN_STYLES = re.compile(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""")
_BY_SCRIPT = re.compile(r"""\.src="(/[^"]+)";""")
"""How the templates add a script by a script."""

_SAFE = "/%?=&:;,@+~#"

AnswerMaker = Callable[[str], HttpAnswer | None]
"""Returns the answer of the city to a URL, None for a host that is not in it."""


def page_requisites(url: str, answer: AnswerMaker, charset: str) -> frozenset[str]:
    """Return the URLs of the files of a page, of its style sheets and of its frames that the city answers with 200.

    `charset` is that of the portal.
    """
    found: dict[str, None] = {}
    left = [url]
    while left:
        page = left.pop()
        shown = answer(page)
        if shown is None or shown.status != 200:
            continue
        found[page] = None
        left += (each for each in _references(page, shown, charset) if each not in found)
    return frozenset(found) - {url}


def _references(url: str, shown: HttpAnswer, charset: str) -> Iterator[str]:
    kind = next((value for name, value in shown.headers if name.lower() == "content-type"), "")
    if kind.startswith("text/css"):
        addresses = _in_styles(shown.body.decode(charset))
    elif kind.startswith("text/html"):
        addresses = _in_page(shown.body.decode(charset))
    else:
        return
    for address in addresses:
        if not address.startswith(("data:", "javascript:", "about:", "#")):
            yield quote(urljoin(url, address.strip()), safe=_SAFE).partition("#")[0]


def _in_styles(css: str) -> list[str]:
    return [address for pair in _IN_STYLES.findall(css) for address in pair if address]


def _in_page(html: str) -> list[str]:
    tree = lxml.html.document_fromstring(html)
    styles = [*_values(tree, "//@style"), *(each.text or "" for each in tree.iter("style"))]
    scripts = [each.text or "" for each in tree.iter("script") if "createElement" in (each.text or "")]
    return [
        *_values(tree, ADDRESSES),
        *(address for style in styles for address in _in_styles(style)),
        *(address for script in scripts for address in _BY_SCRIPT.findall(script)),
    ]


def _values(tree: lxml.html.HtmlElement, attributes: str) -> list[str]:
    return [str(value) for value in cast("list[object]", tree.xpath(attributes))]
