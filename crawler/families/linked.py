"""CMSs that list by links: rows that lead to articles, with a pager below them. One row of `LINKED` makes a family."""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.families.family import Family, Listing, asks
from crawler.families.fingerprints import mark
from crawler.families.frames import elsewhere
from crawler.families.paging import link_pages
from crawler.families.rows import LinkRow, rows
from crawler.families.selection import article_rows, articles, is_section
from crawler.families.url_patterns import dialect
from pipelines.model import Recipe

Pager = Callable[[list[LinkRow], str], tuple[str, ...]]


def is_known_article(url: str) -> bool:
    """Tell by its URL alone that a page is an article."""
    return dialect(url) is not None


def linked(
    name: str,
    marks: str,
    *,
    body: tuple[str, ...] = (),
    pager: Pager = link_pages,
    is_list: Callable[[str], bool] = is_section,
    free: bool = False,
) -> Family:
    """Return the family of a CMS that lists by links.

    `marks` is a verbose pattern met in its pages and in no other CMS's, `body` are the containers of an article's text,
    beside those that extraction knows. Where the CMS leaves the shape of its articles' URLs to each site (`free`), they
    are told as on unknown sites, by headline, day and company; else by their URL alone.
    """
    pattern = re.compile(marks, re.VERBOSE | re.IGNORECASE)

    def listing(html: str, url: str) -> Listing:
        found = list(rows(html, url))
        chosen = article_rows(found) if free else [row for row in found if is_known_article(row.url)]
        links = articles(chosen)
        return Listing(articles=links, pages=asks(pager(found, url)), lists=elsewhere(html, url, links))

    return Family(
        name=name,
        recognise=lambda html, url: mark(pattern, html, url),
        listing=listing,
        is_article=is_known_article,
        is_list=is_list,
        recipes=(Recipe(name=f"{name}/1", body=body),),
    )


LINKED = (
    # 苏迪 WebPlus: many universities and hospitals. Lists are list.htm and list2.htm, articles are page.htm.
    linked(
        "webplus",
        r"""
        \bwp_articlecontent\b                  # container of an article's text
        | /_js/_portletPlugs/                  # scripts of any page
        | \bwp_paging\b                        # pager
        | /c\d+a\d+/page\.(?:html?|psp)\b      # an article's URL, on lists
        """,
    ),
    # 方正翔宇, Founder's CMS of news sites, such as 水母网. Lists are node_12.htm and node_12_2.htm, articles
    # content_34.htm. The text is taken from within its comments alone: the templates put shares and notices around them
    # in the same container.
    linked(
        "founder",
        r"""
        <!--\s*enp(?:property|content)\b                # comments around an article's metadata and text
        | \bid=["']?(?:autopage|displaypagenum)\b       # pager
        | \bnode_\w{2,40}\.html?\b                      # a list's URL, on any page
        """,
        body=("comment:enpcontent",),
    ),
    # PHPCMS v9: trade sites and small towns. Addresses are plain paths or index.php?m=content&c=index&a=lists&catid=6.
    linked(
        "phpcms",
        r"""
        index\.php\?m=content(?:&amp;|&)c=(?:index|rss|hits)       # lists, feeds, and the counter of an article's views
        | \bclass=["']?Article-Tool\b                              # share buttons of an article
        | /statics/js/search_common\.js
        | /index\.php\?m=(?:comment|member)(?:&amp;|&)c=index
        """,
        body=("#Article .content",),
        free=True,
    ),
    # 织梦 DedeCMS: small news and trade sites. Lists are list_7_2.html or plus/list.php. The default template wraps the
    # text in one cell; the block below it names the editor in charge and has buttons to vote.
    linked(
        "dedecms",
        r"""
        /plus/(?:count|diggindex|feedback|heightsearch|list|search|view)\.php
        | /include/dedeajax2\.js
        | \bdede_pages\b                       # pager
        | \bdedecms\b
        | /list_\d+_\d+\.html\b                # a list's URL, on lists
        """,
        body=(".viewbox .content", ".viewbox #content"),
        free=True,
    ),
    # 帝国 EmpireCMS: many local portals. Lists are index_2.html or e/action/ListInfo.
    linked(
        "empirecms",
        r"""
        \bEmpireCMS\b                          # "Powered by EmpireCMS" in titles
        | /e/data/js/ajax\.js
        | /e/action/(?:ListInfo|ShowInfo)\b    # lists and articles that are made on request
        | /e/public/ViewClick/                 # counter of an article's views
        | /d/js/acmsd/                         # advertisements
        | \bclass=["']?epages\b                # pager
        """,
        body=("#text",),
        free=True,
    ),
)
"""Families that need no code of their own, in the order in which their marks are tried."""
