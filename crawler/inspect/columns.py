"""Which links of a page lead to lists of news, best first, and by what that is seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from attrs import evolve, frozen

from crawler.families import Family
from crawler.families.feeds import discover_feeds
from crawler.families.rows import parse_html, resolve, rows
from crawler.families.selection import article_rows

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SITEMAP = "sitemap"
EVIDENCE_SCORES = {SITEMAP: 0, "articles": 4, "trail": 4, "block": 3, "feed": 3, "name": 2, "address": 1, "other": -6}
"""What each evidence counts: that articles lie below an address, or that an article's own trail names it, is hardly
ever wrong; a menu's names are the same over columns without a list; what a name excludes (概况, 办事) no single one
outweighs."""

MIN_SCORE = 2
"""From here on a link is worth a look: a name that says news, or more."""

_NEWS_NAME = re.compile(
    r"要闻|新闻|动态|快[讯报]|资讯|时政|公告|公示|通告|通知|政策|文件|解读|发布|信息公开|主动公开|公开目录|报道|民生|社会"
    r"|头条|关注|聚焦|焦点|要事|会议"
)
_OTHER_NAME = re.compile(
    r"概况|历史|沿革|地理|区划|人口|荣誉|风[景光]|特产|年[鉴报]|指南|制度|申请|领导|机构|职能|服务|办[事理]|查询|互动|信箱|征集|调查"
    r"|访谈|投诉|举报|热线|问答|数据|统计|视频|图片|图库|专[题栏]|地图|关于|联系|招聘|版权|声明|登录|注册|英文|English|繁体|手机|移动版"
    r"|无障碍|长者|下载|友情|链接|名录|指数|行情|会员|广告|APP|微[信博]|[上下]一|尾页|末页|返回"
)
_MORE_LABEL = re.compile(r"^\W*(?:更多|查看更多|more)\W*$", re.IGNORECASE)
_TRAIL_LABEL = re.compile(r"(?:当前|现在|所在|您的)的?位置")
_DATED_ARTICLE = re.compile(r"^(/(?:[^/]+/)+?)(?:19|20)\d\d(?:[-/]?\d{1,2}){1,3}/[^/]+$")
_SHARED_FOLDERS = (
    "/a/",
    "/art/",
    "/content/",
    "/html/",
    "/info/",
    "/pc/con/",
)  # CMSs file the articles of all columns there
DATED_FOLDER = re.compile(
    r"/(?:19|20)\d\d[-/]?(?:0[1-9]|1[0-2])(?:[-/]?\d\d)?/"
)  # an issue's or a month's page: not for long

MAX_NAME_CHARS = 14
"""Characters of a column's name: 政府信息公开工作年度报告 has 12."""

FEWEST = 3
"""Articles under a heading, from which it is one over a list, and the most other lists that such a block leads to."""

MAX_BLOCK_LEVELS = 4
"""Elements above a link within which its block lies: heading, box, column, row."""


@frozen(kw_only=True)
class Column:
    """A link that may lead to a list; `name` is empty where it says no more than 更多."""

    url: str
    name: str = ""
    evidence: frozenset[str] = frozenset()

    @property
    def score(self) -> int:
        """Return how likely it is a list of news."""
        return sum(EVIDENCE_SCORES[evidence] for evidence in self.evidence)


def columns(html: str, url: str, family: Family) -> list[Column]:
    """Return the links of a page that may lead to lists of news, on whatever host, the likeliest first."""
    page = parse_html(html)
    if page is None:
        return []
    articles = {row.url for row in article_rows(list(rows(html, url)))}
    found = merge_columns(
        (*_feed_columns(html, url), *_linked_columns(page, url, family, articles), *_folder_columns(articles))
    )
    return [
        column for column in found if column.score >= MIN_SCORE and not DATED_FOLDER.search(urlsplit(column.url).path)
    ]


def merge_columns(found: Iterable[Column]) -> list[Column]:
    """Return each address once, with all that was seen of it anywhere, the likeliest first."""
    once: dict[str, Column] = {}
    for column in found:
        known = once.get(column.url, column)
        once[column.url] = evolve(known, name=known.name or column.name, evidence=known.evidence | column.evidence)
    return sorted(once.values(), key=lambda column: -column.score)


def _feed_columns(html: str, url: str) -> Iterator[Column]:
    """Yield the feeds that a page's head names."""
    for feed, title in discover_feeds(html, url).items():
        yield Column(url=feed, name=title, evidence=frozenset({"feed"}))


def _linked_columns(page: HtmlElement, url: str, family: Family, articles: set[str]) -> Iterator[Column]:
    base = _base(page, url)
    anchors = [(anchor, to) for anchor in page.iter("a") if (to := resolve(anchor.get("href"), base))]
    kinds = {anchor: to in articles for anchor, to in anchors}
    around: dict[HtmlElement, tuple[int, int]] = {}
    trail = _breadcrumb_links(page)
    below = {place for to in articles for place in _column_ids(to)}
    for anchor, to in anchors:
        label = "".join((anchor.text_content() or "").split())
        if kinds[anchor] or family.is_article(to) or urlsplit(to).path in ("", "/") or len(label) > MAX_NAME_CHARS:
            continue
        evidence = set(_name_evidence(label))
        if family.is_list(to):
            evidence.add("address")
        if any(place in below for place in _own_column_ids(to)):
            evidence.add("articles")
        if anchor in trail:
            evidence.add("trail")
        if _heads_block(anchor, kinds, around):
            evidence.add("block")
        yield Column(
            url=to, name="" if _MORE_LABEL.match(label) else label.strip("·>»› "), evidence=frozenset(evidence)
        )


def _name_evidence(label: str) -> Iterator[str]:
    if _OTHER_NAME.search(label):
        yield "other"
    elif _NEWS_NAME.search(label):
        yield "name"


def _folder_columns(articles: Iterable[str]) -> Iterator[Column]:
    """Yield the folders in which CMSs file articles by month or day: they are their columns."""
    for url in articles:
        found = _DATED_ARTICLE.match(urlsplit(url).path)
        if found and found[1] not in _SHARED_FOLDERS:
            yield Column(url=urljoin(url, found[1]), evidence=frozenset({"articles"}))


def _column_ids(url: str) -> Iterator[str]:
    """Yield what an article's address says of its column: the folder above its date, or a number that stands for it."""
    path = urlsplit(url).path
    if found := _DATED_ARTICLE.match(path):
        yield found[1]
    if found := re.search(r"/art_(\d+)_", path):
        yield found[1]
    if "/content/" in path:
        yield path.partition("content/")[0]


def _own_column_ids(url: str) -> Iterator[str]:
    """Yield by what articles would name this page as their column."""
    path = urlsplit(url).path
    yield path.rpartition("/")[0] + "/"
    if found := re.search(r"/col(\d+)(?:/|$)", path):
        yield found[1]


def _breadcrumb_links(page: HtmlElement) -> set[HtmlElement]:
    """Return the links of the way down to an article: 当前位置：首页 > 新闻中心 > 要闻."""
    for element in page.iter():
        if isinstance(element.tag, str) and _TRAIL_LABEL.search(element.text or ""):
            around = element.getparent()
            return set((element if len(element) or around is None else around).iter("a"))
    return set()


def _heads_block(
    anchor: HtmlElement, kinds: dict[HtmlElement, bool], around: dict[HtmlElement, tuple[int, int]]
) -> bool:
    """Tell whether a link stands over a list of articles, with few links to other lists beside it."""
    for element in islice(anchor.iterancestors(), MAX_BLOCK_LEVELS):
        if element not in around:
            told = [kinds[each] for each in element.iter("a") if each in kinds]
            around[element] = sum(told), len(told) - sum(told)
        articles, others = around[element]
        if articles >= FEWEST or others > FEWEST:
            return articles >= FEWEST and others <= FEWEST
    return False


def _base(page: HtmlElement, url: str) -> str:
    return urljoin(url, str(next(iter(page.xpath("//base/@href")), "")))
