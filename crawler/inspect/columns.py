"""Finds the links of a page that lead to lists of news, best first, with the evidence for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from attrs import evolve, frozen

from crawler.families import Family
from crawler.families.feeds import discover_feeds
from crawler.families.rows import base_url, parse_html, resolve, rows
from crawler.families.selection import article_rows
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SITEMAP, DIRECTORY = "sitemap", "directory"
EVIDENCE_SCORES = {
    SITEMAP: 0,
    DIRECTORY: 6,
    "articles": 4,
    "trail": 4,
    "block": 3,
    "feed": 3,
    "name": 2,
    "address": 1,
    "other": -6,
}
"""The score of each kind of evidence.

"articles" (the URLs of articles are below this one) and "trail" (the breadcrumb of an article links it) are hardly
ever wrong. "name" counts less, because menus have the same names for columns without a list. "other", a name that
excludes news (概况, 办事), outweighs any single positive evidence except "directory": people chose these lists.
"""

EVIDENCE_LABELS = {
    SITEMAP: _("sitemap"),
    DIRECTORY: _("directory"),
    "articles": _("articles"),
    "trail": _("trail"),
    "block": _("block"),
    "feed": _("feed"),
    "name": _("name"),
    "address": _("address"),
    "other": _("other"),
}
"""The words for people, for each kind of evidence."""

MIN_SCORE = 2
"""Minimum score of a candidate: that of a name that says news."""

_NEWS_NAMES = (
    "要闻 新闻 动态 快[讯报] 资讯 时政",  # news
    "公告 公示 通告 通知 政策 文件 解读 发布 信息公开 主动公开 公开目录",  # notices and disclosure
    "报道 民生 社会 头条 关注 聚焦 焦点 要事 会议",
)
_OTHER_NAMES = (
    "概况 历史 沿革 地理 区划 人口 荣誉 风[景光] 特产",  # about the place
    "年[鉴报] 指南 制度 申请 领导 机构 职能 服务 办[事理] 查询",  # about the office, services
    "互动 信箱 征集 调查 访谈 投诉 举报 热线 问答",  # letters and surveys
    "数据 统计 视频 图片 图库 专[题栏] 地图",
    "关于 联系 招聘 版权 声明 登录 注册",  # about the site
    "英文 English 繁体 手机 移动版 无障碍 长者",  # other versions of the site
    "下载 友情 链接 名录 指数 行情 会员 广告 APP 微[信博]",
    "[上下]一 尾页 末页 返回",  # pagers
)


def _any_of(lines: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(" ".join(lines).split()))


_NEWS_NAME, _OTHER_NAME = _any_of(_NEWS_NAMES), _any_of(_OTHER_NAMES)
_MORE_LABEL = re.compile(r"^\W*(?:更多|查看更多|more)\W*$", re.IGNORECASE)
_TRAIL_LABEL = re.compile(r"(?:当前|现在|所在|您的)的?位置")
_DATED_ARTICLE = re.compile(r"^(/(?:[^/]+/)+?)(?:19|20)\d\d(?:[-/]?\d{1,2}){1,3}/[^/]+$")  # /yw/2024/0305/8812.html

_SHARED_FOLDERS = ("/a/", "/art/", "/content/", "/html/", "/info/", "/pc/con/")
"""Folders in which CMSs put the articles of all columns."""

DATED_FOLDER = re.compile(r"/(?:19|20)\d\d[-/]?(?:0[1-9]|1[0-2])(?:[-/]?\d\d)?/")
"""The folder of a month or of a paper's issue: a page in it gets no new articles later."""

MAX_NAME_CHARS = 14
"""Maximum length of a column's name: 政府信息公开工作年度报告 has 12 characters."""

MIN_BLOCK_ARTICLES = 3
"""Minimum number of articles under a heading for it to be the heading of a list."""

MAX_BLOCK_LISTS = 3
"""Maximum number of links to other lists in such a block: a block with more of them is a menu."""

MAX_BLOCK_LEVELS = 4
"""Ancestors of a link that are searched for its block: heading, box, column, row."""


@frozen(kw_only=True)
class ColumnLink:
    """A link that may lead to a list; `name` is empty if its text is only 更多 (more)."""

    url: str
    name: str = ""
    evidence: frozenset[str] = frozenset()

    @property
    def score(self) -> int:
        """How likely it is a list of news."""
        return sum(EVIDENCE_SCORES[evidence] for evidence in self.evidence)


def columns(html: str, url: str, family: Family) -> list[ColumnLink]:
    """Return the links of a page that may lead to lists of news, on any host, highest score first."""
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


def merge_columns(found: Iterable[ColumnLink]) -> list[ColumnLink]:
    """Return each URL once, with all evidence for it, highest score first."""
    by_url: dict[str, ColumnLink] = {}
    for column in found:
        known = by_url.get(column.url, column)
        by_url[column.url] = evolve(known, name=known.name or column.name, evidence=known.evidence | column.evidence)
    return sorted(by_url.values(), key=lambda column: -column.score)


def _feed_columns(html: str, url: str) -> Iterator[ColumnLink]:
    """Yield the feeds in a page's <link> elements."""
    for feed, title in discover_feeds(html, url).items():
        yield ColumnLink(url=feed, name=title, evidence=frozenset({"feed"}))


def _linked_columns(page: HtmlElement, url: str, family: Family, articles: set[str]) -> Iterator[ColumnLink]:
    base = base_url(page, url)
    anchors = [(anchor, to) for anchor in page.iter("a") if (to := resolve(anchor.get("href"), base))]
    kinds = {anchor: to in articles for anchor, to in anchors}
    counts: dict[HtmlElement, tuple[int, int]] = {}
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
        if _is_block_heading(anchor, kinds, counts):
            evidence.add("block")
        yield ColumnLink(
            url=to, name="" if _MORE_LABEL.match(label) else label.strip("·>»› "), evidence=frozenset(evidence)
        )


def _name_evidence(label: str) -> Iterator[str]:
    if _OTHER_NAME.search(label):
        yield "other"
    elif _NEWS_NAME.search(label):
        yield "name"


def _folder_columns(articles: Iterable[str]) -> Iterator[ColumnLink]:
    """Yield the folders above the dated folders of articles: CMSs give each column such a folder."""
    for url in articles:
        found = _DATED_ARTICLE.match(urlsplit(url).path)
        if found and found[1] not in _SHARED_FOLDERS:
            yield ColumnLink(url=urljoin(url, found[1]), evidence=frozenset({"articles"}))


def _column_ids(url: str) -> Iterator[str]:
    """Yield identifiers of an article's column in its URL: the folder above its date, or the column's number."""
    path = urlsplit(url).path
    if found := _DATED_ARTICLE.match(path):
        yield found[1]
    if found := re.search(r"/art_(\d+)_", path):
        yield found[1]
    if "/content/" in path:
        yield path.partition("content/")[0]


def _own_column_ids(url: str) -> Iterator[str]:
    """Yield the identifiers of this page that URLs of its articles contain, if it is a column."""
    path = urlsplit(url).path
    yield path.rpartition("/")[0] + "/"
    if found := re.search(r"/col(\d+)(?:/|$)", path):
        yield found[1]


def _breadcrumb_links(page: HtmlElement) -> set[HtmlElement]:
    """Return the links of a page's breadcrumb: 当前位置：首页 > 新闻中心 > 要闻."""
    for element in page.iter():
        if isinstance(element.tag, str) and _TRAIL_LABEL.search(element.text or ""):
            parent = element.getparent()
            return set((element if len(element) or parent is None else parent).iter("a"))
    return set()


def _is_block_heading(
    anchor: HtmlElement, kinds: dict[HtmlElement, bool], counts: dict[HtmlElement, tuple[int, int]]
) -> bool:
    """Return whether a link is the heading of a block of articles with few links to other lists.

    `kinds` says of each link whether it leads to an article; `counts` caches the links to articles and to other pages
    in an element.
    """
    for element in islice(anchor.iterancestors(), MAX_BLOCK_LEVELS):
        if element not in counts:
            are_articles = [kinds[each] for each in element.iter("a") if each in kinds]
            counts[element] = sum(are_articles), len(are_articles) - sum(are_articles)
        articles, others = counts[element]
        if articles >= MIN_BLOCK_ARTICLES or others > MAX_BLOCK_LISTS:
            return articles >= MIN_BLOCK_ARTICLES and others <= MAX_BLOCK_LISTS
    return False
