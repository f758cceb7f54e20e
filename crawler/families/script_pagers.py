"""Pagers whose links are made by script: click handlers that go to another page, and calls of paging libraries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from attrs import frozen

from crawler.families.answers import with_page_number
from crawler.families.rows import LinkRow, base_url, parse_html, resolve

_GOES_TO = re.compile(r"""\blocation(?:\.href)?\s*(?:=|\.(?:assign|replace)\s*\()\s*(["'])(?P<url>[^"'<>]{1,500})\1""")

# An assignment to location, or a call that opens an address; `sum` is what stands at its right: texts and names added.
_EXPRESSION = re.compile(
    r"""\b(?:location(?:\.href)?\s*=(?!=)|location\.(?:assign|replace)\s*\(|window\.open\s*\()\s*(?P<sum>[^;\n]{1,500})"""
)
# A term of a sum: a text in quotes, or a name such as pageIndex, obj.curr or location.pathname.
_TERM = re.compile(r"""\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<name>[\w$.]+))\s*(?P<end>\+|[,)}]|$)""")
_CALLBACK_PARAMETER = re.compile(r"\bfunction\s*\w*\s*\(\s*(\w+)|\b(\w+)\s*=>|\(\s*(\w+)[\w\s,]*\)\s*=>")
_PAGE_NAME = re.compile(r"^\w+(?:\.(?:curr(?:ent)?|page(?:Index|No|Num)?|num|index))?$")

_SAMPLE = 987654321
"""A page number that no pager has: it is looked for in a URL that was made with it."""

_CALL_CHARS = 3_000
"""Characters of a call that are read: those of paging libraries with all their settings have under 1,000."""


@frozen(kw_only=True)
class PagerLibrary:
    """A library that makes pagers: the call that is made on a page, and the query parameter with the page's number.

    `parameter` is used if the call does not say where its links lead; libraries without one need it said.
    """

    call: re.Pattern[str]
    parameter: str | None = None


PAGER_LIBRARIES = (
    PagerLibrary(call=re.compile(r"\bLs\.pagination\s*\("), parameter="pageIndex"),  # 龙讯 Lonsun, 安徽
    PagerLibrary(call=re.compile(r"\blaypage(?:\.render)?\s*\(")),  # layui
    PagerLibrary(
        call=re.compile(
            r"\.(?:createPage|jqPaginator|myPagination|pag(?:e|er|ination|ing)|twbsPagination)\s*\(\s*\{", re.IGNORECASE
        )
    ),  # jQuery
)
_COUNT = re.compile(r"\b(?:pageCount|totalPages?|pageTotal|countPage|pages)[\"']?\s*[:=]\s*[\"']?(\d{1,6})\b")
_ROW_COUNT = re.compile(r"\b(?:count|total|totalCount|totalCounts|totalRecord)[\"']?\s*:\s*[\"']?(\d{1,8})\b")
_ROWS_A_PAGE = re.compile(r"\b(?:limit|pageSize|perPage|rows)[\"']?\s*:\s*[\"']?(\d{1,4})\b")
_CURRENT = re.compile(
    r"\b(?:currPage|curr|current(?:Page|Num)?|pageIndex|pageNo|pageNum)[\"']?\s*:\s*[\"']?(\d{1,6})\b"
)


def clicked_rows(html: str, url: str) -> Iterator[LinkRow]:
    """Yield the elements of a page whose click handler or `javascript:` link goes to a page, as links without a date.

    JEECMS has pagers of `<input type="button" value="下一页" onclick="location.href='index_2.jhtml'">`.
    """
    page = parse_html(html) if _GOES_TO.search(html) else None
    if page is None:
        return
    base = base_url(page, url)
    for element in page.xpath("//*[@onclick or starts-with(normalize-space(@href), 'javascript:')]"):
        goes_to = _GOES_TO.search(element.get("onclick") or "") or _GOES_TO.search(element.get("href") or "")
        if goes_to and (to := resolve(goes_to["url"], base)):
            label = " ".join((element.get("value") or element.text_content() or "").split())
            yield LinkRow(url=to, text=label, title=label, listed_on=None, share=1.0, rel="")


def library_pages(html: str, url: str, limit: int) -> tuple[str, ...]:
    """Return the pages after this one to which the pager of a paging library leads, at most up to page `limit`."""
    for library in PAGER_LIBRARIES:
        for called in library.call.finditer(html):
            call = _call_text(html, called.end())
            last = min(_page_count(call), limit)
            if last > 1 and (around := _around_number(call, url, library.parameter)):
                before, after = around
                current = _current_page(call, url, before, after)
                return tuple(f"{before}{number}{after}" for number in range(current + 1, last + 1))
    return ()


def _call_text(html: str, start: int) -> str:
    """Return the arguments of a call up to its closing parenthesis, or its first characters if there is none."""
    depth = 1
    for at, char in enumerate(html[start : start + _CALL_CHARS]):
        depth += (char == "(") - (char == ")")
        if not depth:
            return html[start : start + at]
    return html[start : start + _CALL_CHARS]


def _page_count(call: str) -> int:
    if stated := _COUNT.search(call):
        return int(stated[1])
    total, size = _ROW_COUNT.search(call), _ROWS_A_PAGE.search(call)
    return -(-int(total[1]) // int(size[1])) if total and size and int(size[1]) else 0


def _current_page(call: str, url: str, before: str, after: str) -> int:
    """Return the number of this page: that in its URL, else that in the call, else 1."""
    here = re.fullmatch(rf"{re.escape(before)}(\d{{1,6}}){re.escape(after)}", resolve(url, url) or url)
    found = here or _CURRENT.search(call)
    return int(found[1]) if found else 1


def _around_number(call: str, url: str, parameter: str | None) -> tuple[str, str] | None:
    """Return what stands before and after the number in the URLs of pages; None if the call does not say it."""
    found = _EXPRESSION.search(call)
    parts = _summed(found["sum"], call[: found.start()], url) if found else None
    if parts is None and parameter:
        parts = with_page_number(url.partition("#")[0], parameter, _SAMPLE).partition(str(_SAMPLE))[::2]
    resolved = resolve(f"{parts[0]}{_SAMPLE}{parts[1]}", url) if parts else None
    before, number, after = (resolved or "").partition(str(_SAMPLE))
    return (before, after) if number else None


def _summed(text: str, before: str, url: str) -> tuple[str, str] | None:
    """Return what a sum of texts and names in a script has before and after the page's number.

    None if it has a name whose value is unknown, or not exactly one number of a page. `before` is the script up to the
    sum: it names the parameters of the callback.
    """
    parameters = {name for found in _CALLBACK_PARAMETER.findall(before) for name in found if name}
    sides, at = [""], 0
    while term := _TERM.match(text, at):
        name = term["name"]
        if name is None:
            sides[-1] += term["double"] or term["single"] or ""
        elif name.removeprefix("window.") in ("location.pathname", "location.href"):
            sides[-1] += urlsplit(url).path
        elif name.partition(".")[0] in parameters and _PAGE_NAME.match(name):
            sides.append("")
        else:
            return None
        at = term.end()
        if term["end"] != "+":
            break
    return (sides[0], sides[1]) if len(sides) == 2 else None
