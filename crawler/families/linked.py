"""CMSs whose lists are rows of links with a pager below them. To add such a family, add a row to `LINKED`."""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.families.family import Family, Listing, list_requests
from crawler.families.fingerprints import find_fingerprint
from crawler.families.frames import frames_and_redirects
from crawler.families.generic import or_generic
from crawler.families.list_shapes import is_section
from crawler.families.paging import MAX_PAGES, link_pages
from crawler.families.rows import LinkRow, rows
from crawler.families.script_pagers import clicked_rows, library_pages
from crawler.families.selection import article_rows, articles
from crawler.families.url_patterns import is_article_url
from pipelines.model import Recipe

Pager = Callable[[list[LinkRow], str], tuple[str, ...]]


def link_family(
    name: str,
    fingerprints: str,
    *,
    body: tuple[str, ...] = (),
    pager: Pager = link_pages,
    is_list: Callable[[str], bool] = is_section,
    free_urls: bool = False,
) -> Family:
    """Return the family of a CMS whose lists are rows of links.

    `fingerprints` is a regular expression in verbose form that matches pages of this CMS and of no other; `body` names
    the containers of an article's text in addition to those that extraction knows. With `free_urls`, each site chooses
    the form of its article URLs: articles are recognised as on sites of unknown CMSs, by title, date and neighbouring
    rows. Without it, they are recognised by their URL alone, unless none is found so.
    """
    pattern = re.compile(fingerprints, re.VERBOSE | re.IGNORECASE)

    def listing(html: str, url: str) -> Listing:
        page_rows = list(rows(html, url))
        chosen = article_rows(page_rows) if free_urls else [row for row in page_rows if is_article_url(row.url)]
        links = articles(chosen)
        pages = pager([*page_rows, *clicked_rows(html, url)], url) or library_pages(html, url, MAX_PAGES)
        lists = frames_and_redirects(html, url, links)
        return or_generic(Listing(articles=links, pages=list_requests(pages), lists=lists), html, url)

    return Family(
        name=name,
        recognise=lambda html, url: find_fingerprint(pattern, html, url),
        listing=listing,
        is_article=is_article_url,
        is_list=is_list,
        recipes=(Recipe(name=f"{name}/1", body=body),),
    )


LINKED = (
    # 苏迪 WebPlus, the CMS of many universities and hospitals. Lists are list.htm and list2.htm, articles are page.htm.
    link_family(
        "webplus",
        r"""
        \bwp_articlecontent\b                  # container of an article's text
        | /_js/_portletPlugs/                  # scripts of any page
        | \bwp_paging\b                        # pager
        | /c\d+a\d+/page\.(?:html?|psp)\b      # an article's URL, on lists
        """,
    ),
    # 方正翔宇, Founder's CMS of news sites such as 水母网. Lists are node_12.htm and node_12_2.htm, articles are
    # content_34.htm. The text is only what stands between the comments: the templates put share buttons and notices
    # around them in the same container.
    link_family(
        "founder",
        r"""
        <!--\s*enp(?:property|content)\b                # comments around an article's metadata and text
        | \bid=["']?(?:autopage|displaypagenum)\b       # pager
        | \bnode_\w{2,40}\.html?\b                      # a list's URL, on any page
        """,
        body=("comment:enpcontent",),
    ),
    # PHPCMS v9, the CMS of trade sites and small towns. URLs are plain paths, or
    # index.php?m=content&c=index&a=lists&catid=6.
    link_family(
        "phpcms",
        r"""
        index\.php\?m=content(?:&amp;|&)c=(?:index|rss|hits)       # lists, feeds, and the counter of an article's views
        | \bclass=["']?Article-Tool\b                              # share buttons of an article
        | /statics/js/search_common\.js
        | /index\.php\?m=(?:comment|member)(?:&amp;|&)c=index
        """,
        body=("#Article .content",),
        free_urls=True,
    ),
    # 织梦 DedeCMS, the CMS of small news and trade sites. Lists are list_7_2.html or plus/list.php. The default
    # template wraps the text in one table cell; the block below it (left out) has the editor's name and vote buttons.
    link_family(
        "dedecms",
        r"""
        /plus/(?:count|diggindex|feedback|heightsearch|list|search|view)\.php
        | /include/dedeajax2\.js
        | \bdede_pages\b                       # pager
        | \bdedecms\b
        | /list_\d+_\d+\.html\b                # a list's URL, on lists
        """,
        body=(".viewbox .content", ".viewbox #content"),
        free_urls=True,
    ),
    # 帝国 EmpireCMS, the CMS of many local portals. Lists are index_2.html or e/action/ListInfo.
    link_family(
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
        free_urls=True,
    ),
    # 龙讯 Lonsun, the CMS of most sites in 安徽. A script makes the pager.
    link_family(
        "lonsun",
        r"""
        \bLs\.pagination\s*\(                        # pager
        | /(?:public|content)/column/\d+             # a list's URL, on any page
        | /content/article/\d+                       # an article's URL, on lists
        | /site/(?:tpl|label)/\d+
        """,
        free_urls=True,
    ),
    # JEECMS. Its pager consists of buttons with click handlers.
    link_family(
        "jeecms",
        r"""
        /[\w/-]+\.(?:jhtml|jspx)\b                   # URLs of lists and articles, and of scripts
        | \bjeecms\b
        """,
        free_urls=True,
    ),
)
"""Families that need no code of their own, in the order in which their fingerprints are tried."""
