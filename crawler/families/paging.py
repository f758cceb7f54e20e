"""Finds the following pages of a list: from the CMS's paging script, or from the links or the library of a pager."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from crawler.families.rows import LinkRow, resolve
from crawler.families.script_pagers import clicked_rows, library_pages

MAX_PAGES = 10_000
"""Maximum number of pages of a list, whatever a page claims: 10,000 pages of 15 to 20 rows hold more than any section
that was surveyed (the largest had 2,289 articles)."""

_PAGING_CALL = re.compile(r"\bcreatePage(?:HTML)?\s*\(([^()]*)\)")  # createPageHTML(45, 0, "index", "html")
_PAGE_COUNT = re.compile(r"\bcountPage\s*=\s*[\"']?(\d{1,6})\b")  # var countPage = 45
_PAGE_FILE = re.compile(r"^(?P<name>[\w-]+?)(?:_(?P<number>\d{1,6}))?\.(?P<ending>s?html?)$")  # index_2.html

_ENDING = re.compile(r"\.[a-z]{3,5}$")

_NUMBER_OFFSETS = (0, -1)
"""The number in a page's URL minus the page's number: page 2 is 2.html or index_1.html."""

# The label of the link to the next page: 下一页, 下页, 后一页, next, or only an arrow; in both scripts.
_NEXT_LABEL = re.compile(r"^(?:下一?[页頁]|[后後]一?[页頁]|next(?: page)?)?\s*[>›»]{0,2}$", re.IGNORECASE)


def pager_pages(html: str, rows: list[LinkRow], url: str) -> tuple[str, ...]:
    """Return the pages after this one from its pager: its links and click handlers, else the call of its library."""
    return link_pages([*rows, *clicked_rows(html, url)], url) or library_pages(html, url, MAX_PAGES)


def script_pages(html: str, url: str) -> tuple[str, ...]:
    """Return the pages after this one to which TRS's paging script links.

    TRS calls createPageHTML(total, current, "index", "html"), on some sites with further arguments before or after
    these. The first page is index.html, the others are index_1.html to index_{total - 1}.html. The number of this page
    is read from its URL, because sites differ in whether `current` counts from 0.
    开普 names the pager's element first: createPageHTML("page_div", total, current, "list", "shtml", rows). Its first
    page is list.shtml, the others are list_2.shtml to list_{total}.shtml.
    """
    total, name, ending, first = _paging_script(html)
    here = _PAGE_FILE.match(urlsplit(url).path.rpartition("/")[2])
    if here:
        name, ending = name or here["name"], ending or here["ending"]
    current = int(here["number"] or first) if here else first
    stem, last = urljoin(url, name or "index"), min(total, MAX_PAGES)
    return tuple(f"{stem}_{number}.{ending or 'html'}" for number in range(current + 1, last + first))


def _paging_script(html: str) -> tuple[int, str, str, int]:
    """Return what the paging script says: number of pages (0 if unknown), file name, ending, number of the first."""
    count = _PAGE_COUNT.search(html)
    for call in _PAGING_CALL.finditer(html):
        arguments = [argument.strip().strip("\"'") for argument in call[1].split(",")]
        numbers = [int(argument) for argument in arguments if re.fullmatch(r"\d{1,6}", argument)]
        words = re.findall(r"[\"']([\w./-]+)[\"']\s*,\s*[\"'](s?html?)[\"']", call[1])
        if words and (numbers or count):
            total = int(count[1]) if count and "countPage" in arguments else next(iter(numbers), 0)
            return total, words[0][0], words[0][1], int(not re.search(r"^\s*[\"']?(?:\d|countPage\b)", call[1]))
    return (int(count[1]) if count else 0), "", "", 0


def link_pages(rows: Iterable[LinkRow], url: str) -> tuple[str, ...]:
    """Return the pages after this one from its pager, in order of their numbers, the target of 下一页 first.

    Numbers that a pager skips (1 2 3 … 25) are filled in, if the URLs of its pages differ in their number only.
    """
    numbered: dict[int, str] = {}
    following: str | None = None
    here = resolve(url, url) or url
    for row in rows:
        if not _same_list(row.url, here):
            continue
        if (label := row.text.strip("[]")).isdecimal() and 0 < int(label) <= MAX_PAGES:
            numbered.setdefault(int(label), row.url)
        elif row.url != here and ("next" in row.rel.split() or (row.text and _NEXT_LABEL.match(row.text))):
            following = following or row.url
    current = _current_number(numbered, following, here)
    numbered = _fill_gaps(numbered)
    ahead = [numbered[number] for number in sorted(numbered) if number > current and numbered[number] != here]
    return tuple(dict.fromkeys([following, *ahead] if following else ahead))


def _same_list(url: str, here: str) -> bool:
    """Return whether a link may be the pager's: it has the same host, and the same folder or script, as this page.

    The folder of the further pages may have the name of the first: /xw/zwyw.html or /xw/zwyw, and /xw/zwyw/2.html.
    """
    if urlsplit(url).netloc != urlsplit(here).netloc:
        return False
    return _folder(url) in (_folder(here), _stem(here)) or _folder(here) == _stem(url)


def _stem(url: str) -> str:
    return _ENDING.sub("", urlsplit(url).path)


def _folder(url: str) -> str:
    return re.sub(r"/page(?:/\d+)?$", "", urlsplit(url).path.rpartition("/")[0])


def _current_number(numbered: dict[int, str], following: str | None, here: str) -> int:
    """Return the number of this page: the pager's number for its URL, one less than that of the next page, the number
    in its URL, or the first number without a link.
    """
    for number, url in numbered.items():
        if url == here:
            return number
    for number, url in numbered.items():
        if url == following:
            return number - 1
    for number, url in numbered.items():
        for shift in _NUMBER_OFFSETS:
            pattern = _split_at_number(number + shift, url)
            if pattern and (found := re.fullmatch(rf"{re.escape(pattern[0])}(\d+){re.escape(pattern[1])}", here)):
                return int(found[1]) - shift
    return next(number for number in range(1, MAX_PAGES + 2) if number not in numbered) if numbered else 0


def _fill_gaps(numbered: dict[int, str]) -> dict[int, str]:
    later = {number: url for number, url in numbered.items() if number > 2}
    for shift in _NUMBER_OFFSETS:
        patterns = {_split_at_number(number + shift, url) for number, url in later.items()}
        if len(later) > 1 and len(patterns) == 1 and (pattern := patterns.pop()):
            return {n: f"{pattern[0]}{n + shift}{pattern[1]}" for n in range(2, max(later) + 1)} | numbered
    return numbered


def _split_at_number(number: int, url: str) -> tuple[str, str] | None:
    """Split a page's URL around the last occurrence of its number between non-digits; None if there is none."""
    places = list(re.finditer(rf"(?<!\d){number}(?!\d)", url))
    return (url[: places[-1].start()], url[places[-1].end() :]) if places else None
