"""The links of a page that lead to lists of news: recognised by name and surroundings, not by the CMS."""

from __future__ import annotations

import pytest

from crawler.families import FAMILIES
from crawler.inspect.columns import columns, merge_columns

HOME = "http://www.example.gov.cn/"
GENERIC = FAMILIES["generic"]


def rows(*paths: str) -> str:
    return "".join(
        f'<li><a href="{path}">市政府召开防汛工作会议部署全市工作</a><span>2024-03-05</span></li>' for path in paths
    )


def found(html: str, url: str = HOME) -> dict[str, set[str]]:
    return {column.url.removeprefix(HOME): set(column.evidence) for column in columns(html, url, GENERIC)}


def test_names_that_say_news_are_candidates_and_others_are_not() -> None:
    menu = "".join(
        f'<li><a href="/{path}/">{name}</a></li>'
        for path, name in (
            ("yw", "今日要闻"),
            ("gg", "通知公告"),
            ("jg", "机构职能"),
            ("zn", "政府信息公开指南"),
            ("xx", "市长信箱"),
            ("lx", "联系我们"),
            ("xy", "下一页"),
            ("", "首页"),
        )
    )
    assert found(f"<ul>{menu}</ul>") == {"yw/": {"name", "address"}, "gg/": {"name", "address"}}


def test_a_heading_of_a_list_of_articles_is_a_candidate_with_any_name() -> None:
    articles = rows(*(f"/2024/0305/{number}.html" for number in range(4)))
    html = f'<div><h3><span>石溪</span><a href="/lm.jsp?id=7">更多&gt;&gt;</a></h3><ul>{articles}</ul></div>'
    (column,) = columns(html, HOME, GENERIC)
    assert (column.url, column.name, column.evidence) == (f"{HOME}lm.jsp?id=7", "", {"block"})


def test_a_menu_beside_articles_is_no_heading() -> None:
    menu = "".join(f'<a href="/lm{number}.jsp">栏目{number}</a>' for number in range(9))
    assert found(f"<div>{menu}<ul>{rows(*(f'/2024/0305/{n}.html' for n in range(4)))}</ul></div>") == {}


@pytest.mark.parametrize(
    ("article", "column"),
    [
        ("/xwzx/yw/202403/t20240305_8812.html", "xwzx/yw/"),
        ("/yaowen/2024-03-05/8812.html", "yaowen/"),
        ("/news/2024/0305/8812.html", "news/"),
        ("/szb/2024-03/05/content_8812.htm", "szb/"),
    ],
)
def test_the_folder_above_an_articles_day_is_its_column_though_nothing_links_it(article: str, column: str) -> None:
    assert found(f"<ul>{rows(article)}</ul>") == {column: {"articles"}}


def test_folders_where_a_cms_files_everything_are_no_columns() -> None:
    assert found(f"<ul>{rows('/art/2024/3/5/art_1234_5.html')}</ul>") == {}
    linked = f'<a href="/col/col1234/index.html">石溪</a><ul>{rows("/art/2024/3/5/art_1234_5.html")}</ul>'
    assert found(linked) == {"col/col1234/index.html": {"address", "articles"}}


def test_the_links_of_a_breadcrumb_are_candidates() -> None:
    html = '<div>当前位置：<a href="/">首页</a> &gt; <a href="/lm.jsp?id=7">石溪</a></div><p>正文</p>'
    assert found(html) == {"lm.jsp?id=7": {"trail"}}


def test_a_feed_is_a_candidate_and_a_dated_page_is_not() -> None:
    head = '<head><link rel="alternate" type="application/atom+xml" title="订阅" href="/feed"></head>'
    html = f'{head}<body><a href="/html/2024-03/05/node_2.htm">要闻</a></body>'
    assert found(html) == {"feed": {"feed"}}


def test_evidence_of_several_pages_adds_up() -> None:
    menu = columns('<a href="/yw/">要闻</a><a href="/gg/">公告</a>', HOME, GENERIC)
    trail = columns('<div>当前位置：<a href="/gg/">公告</a></div>', HOME, GENERIC)
    assert [(column.name, column.score) for column in merge_columns([*menu, *trail])] == [("公告", 7), ("要闻", 3)]


@pytest.mark.parametrize("html", ["", "<!-- -->", "{}", "<a href='http://[bad/'>要闻</a>"])
def test_strange_pages_have_no_candidates(html: str) -> None:
    assert columns(html, HOME, GENERIC) == []
