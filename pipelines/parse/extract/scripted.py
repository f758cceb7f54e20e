"""Recognises pages whose text only a script could fetch: they are neither empty nor lists, but must be rendered."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from lxml.html import HtmlElement

from pipelines.model import Rejection
from pipelines.parse.extract.page import ParsedPage
from pipelines.text.urls import split_url

HINT = 'try `fangzhi fetch --render`, or render = "all" in the TOML of the site'
"""What may help: the page in a browser, after its scripts ran."""

_ZCJDPT = re.compile(
    r"""
    <(?:script|iframe)\b[^>]{0,300}//zcjd\.cloud\.gd\.gov\.cn\b | zcjd\.cloud\.gd\.gov\.cn/api/
    | \b(?:id|class)\s*=\s*["']?zcjdpt\b
    """,
    re.VERBOSE,
)
"""Guangdong's platform for the interpretation of policies, whose pages get their text from an API of another host."""

_ZCJDPT_API = "https://zcjd.cloud.gd.gov.cn/api/home/article"

_ROOTS = frozenset({"app", "root", "__next", "__nuxt", "q-app", "main-app", "react-root"})
"""Ids of the element in which a single-page application draws its page, in lower case."""

_BINDING = re.compile(r"""\b(?:v-html|ng-bind-html|v-text|:inner-html)\s*=|>\s*\{\{[^{}<>]{1,80}\}\}\s*<""")
"""A place in the markup of Vue or Angular that a script fills."""

_LOADS = re.compile(
    r"<script\b[^>]{0,300}\bsrc\s*="
    r"|\bfetch\(|\$\.(?:ajax|get|post|getJSON)\(|\baxios\b|XMLHttpRequest|\bnew Vue\(|createApp\(",
    re.IGNORECASE,
)
"""What a page must have to get a text by script: a file with scripts, or a request of its own."""

_NEEDS_SCRIPT = re.compile(
    r"enable\s+JavaScript|JavaScript\s+(?:enabled|is\s+required)|(?:启用|开启|打开|允许)\s*JavaScript", re.IGNORECASE
)


def scripted(page: ParsedPage, marked: tuple[HtmlElement, ...]) -> Rejection | None:
    """Reject a page without a text of its own whose markup shows that a script fills it; `marked` is its empty body."""
    if not _LOADS.search(page.html):
        return None
    empty = next((element for element in page.root.iter("div", "main") if _is_empty_root(element)), None)
    if empty is not None:
        return _rejection(f"a script draws the page into #{empty.get('id')}")
    binding = _BINDING.search(page.html)
    if binding:
        return _rejection(f"a script fills {binding[0].strip('<> ')!r}")
    if any(not element.text_content().strip() for element in marked):
        return _rejection("a script fills the element of the text")
    return _rejection("it asks for JavaScript") if _NEEDS_SCRIPT.search(page.html) else None


def on_other_host(page: ParsedPage) -> Rejection | None:
    """Reject a page without a text of its own that is known to get it from another host; name its address there."""
    url = split_url(page.url)
    is_platform = url.path.rstrip("/").endswith("/zcjdpt")
    if not is_platform and not _ZCJDPT.search(page.html):
        return None
    number = next(iter(parse_qs(url.query).get("id", ())), "") if is_platform else ""
    is_number = number.isascii() and number.isdecimal()
    return _rejection(f"its text is at {_ZCJDPT_API}?id={number}" if is_number else f"its text is in {_ZCJDPT_API}")


def _is_empty_root(element: HtmlElement) -> bool:
    return (element.get("id") or "").lower() in _ROOTS and not element.text_content().strip()


def _rejection(cause: str) -> Rejection:
    return Rejection(reason="scripted", detail=f"{cause}; {HINT}")
