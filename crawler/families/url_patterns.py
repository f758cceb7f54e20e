"""URL patterns of articles on Chinese local sites, and the publication date that many of them contain.

The first twenty patterns come from hulelan/china-governance (crawlers/govcms.py), which met them on 266 government
sites; the others belong to the CMSs or places named beside them.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.families.paper_layouts import is_issue_page
from crawler.families.patterns import UrlPattern, path_and_query

# Year, month and day; _MM and _DD always have two digits.
_Y, _M, _D = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>1[0-2]|0?[1-9])", r"(?P<d>3[01]|[12]\d|0?[1-9])"
_MM, _DD = r"(?P<m>0[1-9]|1[0-2])", r"(?P<d>0[1-9]|[12]\d|3[01])"
_HEX32 = r"[0-9a-f]{32}"
_UUID = r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"


URL_PATTERNS = (
    UrlPattern("t-date", rf"/t{_Y}{_MM}{_DD}_\d+\.s?html?$"),
    UrlPattern("art-date", rf"/art/{_Y}/{_M}/{_D}/art_\d+_\d+\.html$"),
    UrlPattern("art-hash", rf"/art/{_Y}/art_{_HEX32}\.html$"),
    UrlPattern("month-day-content", rf"/{_Y}-{_MM}/{_DD}/(?:content|c)_\w+\.s?html?$"),
    UrlPattern("date-hash-c", rf"/{_Y}{_MM}{_DD}/[0-9a-f]+/c\.html$"),
    UrlPattern("date-id-index", rf"/{_Y}{_MM}{_DD}\d{{4,}}/index\.s?html?$"),
    UrlPattern("arti", rf"/{_Y}/{_MM}/{_DD}/ARTI\w+"),
    UrlPattern("number-index", r"(?<!/channel)/\d{5,9}/index\.html$", loose=True),
    UrlPattern("long-number-index", r"/\d{12,}/index\.shtml$"),
    UrlPattern("month-hash", rf"/{_Y}{_MM}/{_HEX32}\.s?html$"),
    UrlPattern("pnidpv", r"/pnidpv\d+\.html$"),
    UrlPattern("c-content", r"/c\w+/content\.s?html$"),
    UrlPattern("portal-article", r"/portal/article/\w+/\w+"),
    UrlPattern("p1", r"/p1/(?:[^/]+/)*\d+\.html$", loose=True),
    UrlPattern("fabu", r"/fabu/xiangqing/\w+\.html$"),
    UrlPattern("iso-date", rf"/{_Y}-{_MM}-{_DD}/\w+\.s?html?$"),
    UrlPattern("year-monthday-id", rf"/{_Y}/{_MM}{_DD}/\d+(?:\.s?html?)?$"),  # also PHPCMS and DedeCMS
    UrlPattern("date-hash", rf"/{_Y}{_MM}{_DD}/{_HEX32}\.s?html$"),
    UrlPattern("date-id", rf"/{_Y}{_MM}{_DD}/\w+\.s?html?$"),
    UrlPattern("date-uuid", rf"/{_Y}{_MM}{_DD}/{_UUID}\.s?html?$"),  # Epoint
    UrlPattern("day-hash", rf"/{_Y}/{_M}/{_D}/{_HEX32}\.s?html$"),
    UrlPattern("columns-uuid", rf"/columns/{_UUID}/{_Y}{_MM}/{_DD}/{_UUID}\.html$"),
    UrlPattern("post", r"/content/(?:\d+/\d+/)?m?post_\d+\.html$"),  # gkmlpt and NFCMS, Guangdong
    UrlPattern("vsb", r"/info/\d+/\d+\.html?$"),  # 博达 VSB
    UrlPattern("vsb-dynamic", r"/[\w-]*content\.jsp\?.*\bwbnewsid=\d+"),
    UrlPattern("webplus", rf"/{_Y}/{_MM}{_DD}/c\d+a\d+/page\.(?:html?|psp)$"),  # 苏迪 WebPlus
    UrlPattern("webplus-hash", r"/[0-9a-f]{2}/[0-9a-f]{2}/c\d+a\d+/page\.(?:html?|psp)$"),
    UrlPattern("paper", rf"/{_Y}{_MM}/{_DD}/content_\w+\.html?$"),  # Founder digital papers since about 2018
    UrlPattern("paper-nw", rf"/{_Y}-{_MM}/{_DD}/nw\.[\w.-]+\.html?$"),  # the oldest layout of Founder digital papers
    UrlPattern("node-hash", r"/node_[0-9a-f]{6,32}/[0-9a-f]{6,32}\.s?html$"),  # Founder's news sites since about 2022
    UrlPattern("content-uuid", rf"/content/{_UUID}\.s?html?$"),  # truecms
    UrlPattern("paper-c", rf"/{_Y}{_MM}/{_DD}/c\d+\.html?$"),  # the same with short names
    UrlPattern("paper-html", rf"/{_Y}{_MM}{_DD}/html/content_\w+\.html?$"),
    UrlPattern("paper-default", rf"/{_Y}/{_MM}/{_DD}/\w{{2,3}}/\d+_\d+\.html?$"),  # below …/01/default.htm
    UrlPattern("paper-folder", rf"/\d{{8}}_\w{{2,3}}/(?:[a-z]+_)?{_Y}{_MM}{_DD}_\w{{1,20}}_\d+\.html?$"),
    UrlPattern("paper-numbered", rf"/{_Y}-{_MM}[-/]{_DD}/\d{{1,2}}/\d+\.s?html?$"),  # below …/1/index.html
    UrlPattern("content-id", r"/content_\d+(?:_\d+)?(?:\.s?html?)?$"),
    UrlPattern("t-id", r"/t\d{5,10}\.s?html?$"),  # 广西
    UrlPattern("c-id", r"/c\d\d_\d{4,}\.s?html?$"),  # 黑龙江
    UrlPattern("article-hash", rf"/article{_HEX32}\.s?html?$"),  # 周口
    UrlPattern("content-number", r"/Content-\d+\.s?html?$"),  # 安康
    UrlPattern("content-article", r"/content/article/\d+(?:\.s?html?)?$"),  # 龙讯 Lonsun, 安徽
    UrlPattern("public-content", r"/public(?:/content)?/\d+/\d+\.html$"),  # the same, in the disclosure tree
    UrlPattern("contents", r"/contents/\d+/\d+\.html$"),  # its lists are channels/N.html
    UrlPattern("content-year", rf"/content/{_Y}/\d{{4,}}\.html$"),
    UrlPattern("single", r"/single/\d+/\d+\.html$"),  # its lists are channel/list/N.html
    UrlPattern("show", r"/show/\d+\.s?html?$"),  # its lists are showList/N/page_1.html
    UrlPattern("name-show", r"/[a-z]+-show-\d+\.html$"),  # its lists are news-list-NAME.html
    UrlPattern("thtml", r"/[\w-]{0,60}(?:detail|content|show)[\w-]{0,60}\.thtml\?(?:.*&)?c?id=\d+"),  # 西藏
    UrlPattern("jeecms", r"/\d+\.jhtml$"),  # JEECMS
    UrlPattern("long-number", r"(?<!/list)/\d{12,20}\.s?html?$"),  # 陕西
    UrlPattern("phpcms-show", r"[?&]a=show\b.*&id=\d+"),
    UrlPattern("dede-view", r"/plus/view\.php\?.*\baid=\d+"),
    UrlPattern("empire-show", r"/e/action/ShowInfo\.php\?.*\bid=\d+"),
    UrlPattern("day-slug", rf"/{_Y}/{_MM}/{_DD}/[^/?]+/?$"),  # WordPress and many home-made systems
)
"""Patterns of article URLs. Lists and menus also match a `loose` one, so that the link's title must confirm it."""


@lru_cache(maxsize=1024)  # each link of a list is looked up several times
def url_pattern(url: str) -> UrlPattern | None:
    """Return the pattern that an article's URL matches, or None.

    An unknown query, as in t20240305_8812.html?from=home, is ignored. For loose patterns it is not, because there a
    query numbers the pages of a list. Pages of a digital paper's issue match none.
    """
    if is_issue_page(url):
        return None
    whole, path = path_and_query(url), urlsplit(url).path
    known = next((each for each in URL_PATTERNS if each.compiled.search(whole)), None)
    if known or whole == path:
        return known
    return next((each for each in URL_PATTERNS if not each.loose and each.compiled.search(path)), None)


def is_article_url(url: str) -> bool:
    """Return whether a URL matches a pattern of articles."""
    return url_pattern(url) is not None


def url_date(url: str) -> dt.date | None:
    """Return the date in an article's URL; None if it has none, or only year and month.

    >>> url_date("http://www.example.gov.cn/xwzx/202403/t20240305_8812.html")
    datetime.date(2024, 3, 5)
    """
    known = url_pattern(url)
    found = known.compiled.search(urlsplit(url).path) if known and "d" in known.compiled.groupindex else None
    try:
        return dt.date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None
    except ValueError:
        return None
