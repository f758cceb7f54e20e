"""Boilerplate that changes every hour makes no new version: counters, hot lists, dates, paging, share buttons."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.demo import build, registry
from crawler.demo.model import Truth
from crawler.demo.portals import PORTALS
from crawler.sites.folders import load
from crawler.sites.registry import Registry
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.history import versions
from pipelines.line.order import process, read_page
from pipelines.line.protocols import NullArchive, Stores
from pipelines.model import Capture
from tests.pipelines.made import capture

BASE = {portal.slug: f"http://{portal.slug}.example" for portal in PORTALS}
CITY = build(pages=150)
ARTICLES = {
    truth.portal: truth for truth in CITY.truth(BASE) if truth.kind == "article" and truth.linked and not truth.trap
}

TODAY = "<body\\g<1>><div class='date'>今天是2024年4月{}日　星期三　农历二月廿五　多云转晴　12℃~{}℃</div>"
HOT = (
    "<div class='rdph'><h3>热点排行</h3><ul><li><a href='/a/1.html'>市领导调研重点项目建设（{}次）</a></li>"
    "<li><a href='/a/2.html'>我市召开经济运行分析会议（{}次）</a></li></ul></div></body>"
)


TITLES = (
    "市领导调研重点项目建设情况",
    "我市召开三季度经济运行分析会议",
    "关于做好今冬明春火灾防控工作的通知",
    "清河区开展食品安全专项检查行动",
    "市民政局走访慰问困难群众家庭",
)

BOILERPLATE = {
    "paging in paragraphs": (
        "<p>上一篇：<a href='/a/{0}1.html'>{1}</a></p><p>下一篇：<a href='/a/{0}2.html'>{2}</a></p>"
    ),
    "paging in a box": (
        "<div class='pn'><div>上一条：<a href='/a/{0}1.html'>{1}</a></div>"
        "<div>下一条：<a href='/a/{0}2.html'>{2}</a></div></div>"
    ),
    "paging in one line": "<div>上一篇：<a href='/a/{0}1.html'>{1}</a><br>下一篇：没有了</div>",
    "share buttons": (
        "<div class='bdsharebuttonbox'><a href='#' data-cmd='more'>分享到：</a><a class='bds_tsina'>新浪微博</a>"
        "<a class='bds_weixin'>微信</a><a class='bds_count'>{0}</a></div>"
    ),
    "share count": "<p>分享到：<a href='#'>微信</a> <a href='#'>新浪微博</a> 已分享{0}次</p>",
    "QR code": "<div><img src='/qr{0}.png'><p>扫一扫在手机打开当前页</p></div>",
    "a counter": "<p>浏览次数：<span id='views'>{0}</span>次</p>",
    "a counter in words": "<div>（本文已被浏览 {0} 次）</div>",
    "reactions": "<div>点赞 {0}　收藏 {0}　评论 {0}</div>",
    "visitors": "<p>当前在线 {0} 人　今日访问 {0}9 人次</p>",
    "tools": "<p>【字体：<a>大</a> <a>中</a> <a>小</a>】【<a>打印</a>】【<a>关闭</a>】 浏览{0}次</p>",
    "today": "<p>今天是：2024年4月{0}日 星期三 农历二月廿五</p>",
    "related": (
        "<div><h3>相关阅读</h3><ul><li><a href='/r/{0}1.html'>{1}</a></li><li><a href='/r/{0}2.html'>{2}</a></li>"
        "<li><a href='/r/{0}3.html'>{3}</a></li></ul></div>"
    ),
    "hot list": (
        "<div><h3>热点新闻</h3><ol><li><a href='/h/{0}1.html'>{3}</a>（{0}）</li>"
        "<li><a href='/h/{0}2.html'>{2}</a>（{0}）</li><li><a href='/h/{0}3.html'>{1}</a>（{0}）</li></ol></div>"
    ),
}
"""Boilerplate in the container of a text, after its last paragraph. {0} is a count, the others are headlines."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder = tmp_path_factory.mktemp("sites")
    for name, toml in registry(BASE).items():
        (Path(folder) / name).write_text(toml, "utf-8")
    return load(folder)


def page_at(truth: Truth, hour: int) -> Capture:
    """Return the page of an article as it looks some hours later: another date, more views, another hot list."""
    answer = CITY.answer(truth.portal, truth.url.removeprefix(BASE[truth.portal]), BASE, accept_gzip=False)
    charset = next(portal.charset for portal in PORTALS if portal.slug == truth.portal)
    html = answer.body.decode(charset)
    html = re.sub(r"<body([^>]*)>", TODAY.format(hour, hour + 12), html, count=1)
    html = html.replace("</body>", HOT.format(hour * 31, hour * 17))
    html = re.sub(r'(id="hits">|class="WP_VisitCount"[^>]*>)\d*', rf"\g<1>{hour * 53}", html)
    made = capture(hour * 3600, html.encode(charset, "xmlcharrefreplace"), truth.final_url)
    return evolve(made, headers=answer.headers)


def with_boilerplate(truth: Truth, hour: int, boilerplate: str) -> Capture:
    """Return the page of an article at that hour with boilerplate after its last paragraph."""
    made = page_at(truth, hour)
    charset = next(portal.charset for portal in PORTALS if portal.slug == truth.portal)
    html = made.body.decode(charset)
    last = html.rindex((truth.text or "").rpartition("\n")[2])
    end = html.lower().index("</p>", last) + len("</p>")
    titles = [TITLES[(hour + number) % len(TITLES)] for number in range(3)]
    html = html[:end] + boilerplate.format(hour, *titles) + html[end:]
    return evolve(made, body=html.encode(charset, "xmlcharrefreplace"))


@pytest.fixture(scope="module")
def plain_texts(known: Registry) -> dict[str, str]:
    """The text of each portal's article, read from a page without boilerplate."""
    articles = {portal: read_page(known.job(page_at(truth, 1))) for portal, truth in ARTICLES.items()}
    return {portal: article.text for portal, (article,) in articles.items()}


@pytest.mark.parametrize("boilerplate", BOILERPLATE)
def test_boilerplate_in_the_container_of_the_text_makes_no_version(
    known: Registry, plain_texts: dict[str, str], boilerplate: str
) -> None:
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        for portal, truth in ARTICLES.items():
            pages = [with_boilerplate(truth, hour, BOILERPLATE[boilerplate]) for hour in (1, 7)]
            entries = [process(known.job(page), stores) for page in pages]
            assert [entry.verdict.kind for entry in entries] == ["new", "same-text"], portal
            assert entries[0].articles[0].text == plain_texts[portal], portal


@pytest.mark.parametrize("portal", sorted(ARTICLES))
def test_boilerplate_around_the_text_makes_no_version(known: Registry, portal: str) -> None:
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        entries = [process(known.job(page_at(ARTICLES[portal], hour)), stores) for hour in (1, 7, 23)]
        assert entries[0].outcome == "article"
        assert [entry.verdict.kind for entry in entries] == ["new", "same-text", "same-text"]
        assert len({entry.digests.payload for entry in entries}) == 3
        assert len(versions(catalogue.captures(ARTICLES[portal].final_url))) == 1
