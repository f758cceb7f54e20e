"""博达 VSB, the CMS of most universities and many county and city departments; list pages are numbered downwards."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from crawler.families.linked import link_family
from crawler.families.list_shapes import is_section
from crawler.families.paging import MAX_PAGES, link_pages
from crawler.families.rows import LinkRow

_FINGERPRINTS = r"""
    \bvsb_content | \bv_news_content\b | _newscontent_fromname\b | _showDynClicks\(\s*["']wbnews   # articles
    | /_sitegray/_sitegray | _simple_list_gotopage_fun | [?&]wbtreeid=\d                           # any page
    | /info/\d{4,5}/\d+\.html?\b
"""
# A numbered list page, such as /xwzx/72.htm, but no article, such as /info/1021/8812.htm.
_NUMBERED_PAGE = re.compile(r"^(?P<folder>/(?:(?!info/)[^/]+/)+)(?P<number>\d{1,5})\.htm$")


def _pages(rows: list[LinkRow], url: str) -> tuple[str, ...]:
    """Return the pages after this one: xw.htm is followed by xw/72.htm, then xw/71.htm; xw/1.htm has the oldest rows.

    Dynamic lists (list.jsp) are numbered upwards: their pages are read from the links of the pager.
    """
    host, path = urljoin(url, "/"), urlsplit(url).path
    if here := _NUMBERED_PAGE.match(path):
        folder, last = here["folder"], int(here["number"]) - 1
    else:
        folder = f"{path.removesuffix('.htm').removesuffix('/')}/"
        ahead = [
            found
            for row in rows
            if row.url.startswith(host) and (found := _NUMBERED_PAGE.match(urlsplit(row.url).path))
        ]
        last = max((int(found["number"]) for found in ahead if found["folder"] == folder), default=0)
        if not last:
            return link_pages(rows, url)
    return tuple(urljoin(host, f"{folder}{number}.htm") for number in range(min(last, MAX_PAGES), 0, -1))


def _is_list(url: str) -> bool:
    return is_section(url) or bool(_NUMBERED_PAGE.match(urlsplit(url).path))


VSB = link_family("vsb", _FINGERPRINTS, pager=_pages, is_list=_is_list)
