from __future__ import annotations

import datetime as dt

import pytest

from pipelines.model import Capture, Draft, Recipe, Rejection
from pipelines.parse.extract.article import extract

GENERIC = Recipe(name="generic/1")
PROSE = "市水务局近日启动汛前检查，对全市三十二座水库、五十六公里堤防逐一排查，发现隐患立即整改，确保安全度汛。"


def capture(url: str = "http://a.example/show.php?id=1", status: int = 200) -> Capture:
    return Capture(url=url, final_url=url, fetched_at=dt.datetime(2024, 3, 5, 17, tzinfo=dt.UTC), status=status)


def read(html: str, recipe: Recipe = GENERIC, url: str = "http://a.example/show.php?id=1") -> Draft:
    found = extract(html, capture(url), recipe)
    assert isinstance(found, Draft), found
    return found


def texts(draft: Draft) -> list[str]:
    return [block.text for block in draft.blocks]


def test_a_recipe_selects_the_fields() -> None:
    html = f"""<html><body><h1>栏目大标题</h1><p class="t">汛前检查启动</p>
        <i class="d">2024-03-05 08:00</i><b class="s">水务报</b><div class="TRS_Editor">{PROSE}又及。</div>
        <div class="mine"><p>{PROSE}</p><p class="ad">广告位招租，欢迎来电。</p></div></body></html>"""
    recipe = Recipe(
        name="a/1", body=(".none", ".mine"), prune=(".ad", "[["), title=(".t",), published=(".d",), source=(".s",)
    )
    found = read(html, recipe)
    assert (found.title, found.source, texts(found)) == ("汛前检查启动", "水务报", [PROSE])
    assert found.published_at == dt.datetime(2024, 3, 5, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.mark.parametrize(
    ("name", "opening", "closing"),
    [
        ("comment:enpcontent", "enpcontent", "/enpcontent"),
        ("comment:ZJEG_RSS.content.begin", "ZJEG_RSS.content.begin", "ZJEG_RSS.content.end"),
        ("comment:ZJEG_RSS.content", " ZJEG_RSS.content.begin ", "ZJEG_RSS.content.end"),
        ("comment:<$[信息内容]>", "<$[信息内容]>begin", "<$[信息内容]>end"),
        ("comment:正文", "正文", "/正文"),
    ],
)
def test_comments_may_mark_the_body(name: str, opening: str, closing: str) -> None:
    marked = f"<!--{opening}--><p>　　{PROSE}</p><!--{closing}-->"
    html = f"<body><div><p>{PROSE}此为导读。</p>{marked}<p>{PROSE}此为声明。</p></div></body>"
    assert texts(read(html, Recipe(name="a/1", body=(name,)))) == [PROSE]


def test_a_marker_around_a_fragment_is_ignored() -> None:
    body = "".join(f"<p>{PROSE}第{number}段。</p>" for number in range(20))
    html = f'<body><div class="text_content">{PROSE[:44]}</div><div>{body}</div></body>'
    assert len(read(html).blocks) == 20


def test_an_early_closing_tag_hides_nothing() -> None:
    html = f"<html><body><div>页头</div></body></html><h1>汛前检查启动</h1><div id=Zoom><p>{PROSE}</p></div></html>"
    assert texts(read(html)) == [PROSE]


@pytest.mark.parametrize(
    ("html", "url", "published"),
    [
        ('<meta name=PubDate content="2024-03-05T01:30:00Z">', "http://a.example/1", "2024-03-05T09:30:00+08:00"),
        ('<meta name=PubDate content="2024-03-07 09:30">', "http://a.example/202403/t20240301_1.html", "2024-03-01"),
        (
            "<div>发布时间：2024-03-01</div><div>更新：2024年3月1日 8时5分</div>",
            "http://a.example/1",
            "2024-03-01T08:05:00+08:00",
        ),
        ("<footer>版权所有 日期：2019-01-01</footer>", "http://a.example/2024-02/03/content_1.htm", "2024-02-03"),
        ("<footer>版权所有 日期：2019-01-01</footer>", "http://a.example/1", None),
        (
            '<script type="application/ld+json">{"@type":"Article","datePublished":"2024-01-02"}</script>',
            "http://a.example/1",
            "2024-01-02",
        ),
    ],
)
def test_dates(html: str, url: str, published: str | None) -> None:
    page = f"<title>汛前检查启动</title><body><h1>汛前检查启动</h1>{html}<div id=zoom><p>{PROSE}</p></div></body>"
    found = read(page, url=url).published_at
    assert (found and found.isoformat()) == published


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>汛前检查启动_临江市水务局</title>", "汛前检查启动"),
        ("<title>临江在线 - 汛前检查启动</title>", "汛前检查启动"),
        (
            "<title>临江在线</title><meta name=ArticleTitle content='汛前检查启动-临江市水务局'>",
            "汛前检查启动",
        ),
        ("<title>临江在线</title><meta property='og:title' content='汛前检查启动|临江在线'>", "汛前检查启动"),
    ],
)
def test_titles_have_no_site_name(head: str, title: str) -> None:
    shown = f"<h1>临江在线</h1><div class=bt>汛前检查启动</div><div id=zoom><p>{PROSE}</p></div>"
    page = f"<html><head>{head}</head><body>{shown}</body></html>"
    assert read(page).title == title


def test_a_notice_that_something_does_not_exist_is_an_article() -> None:
    html = f"<title>情况说明</title><div class=TRS_Editor><p>{PROSE[:30]}，网传情况不存在。</p></div>"
    assert isinstance(extract(html, capture(), GENERIC), Draft)


def test_a_recipe_for_lists_gives_no_article() -> None:
    found = extract(f"<div class=TRS_Editor><p>{PROSE}</p></div>", capture(), Recipe(name="a/2", role="list"))
    assert isinstance(found, Rejection)
    assert found.reason == "not-an-article"


@pytest.mark.parametrize(
    "html",
    [
        "",
        "\0",
        "<" * 5000,
        "<!--" * 5000,
        "<div>" * 20_000,
        "<table><tr><td>" * 2000,
        '<p a="' + "x" * 100_000,
        "<title>" + "字 " * 50_000,
        "&#0;&#xd800;&#x110000;",
    ],
    ids=["nothing", "nul", "lt", "comments", "deep", "tables", "attribute", "title", "references"],
)
def test_hostile_pages_are_rejected(html: str) -> None:
    assert isinstance(extract(html, capture(), GENERIC), Rejection)
