"""Lists of every shape: told from articles, and read with their articles and the page that follows."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve

from crawler.families import FAMILIES, recognise
from crawler.families.list_pages import is_list_page, shows_list
from crawler.families.list_shapes import LIST_SHAPES, is_section, list_shape, may_be_section
from crawler.sites.registry import Registry
from crawler.sites.site import Section, Site
from pipelines.model import Capture
from tests.crawler.families.pages import page
from tests.crawler.families.shapes import EXAMPLES, HOST
from tests.crawler.families.test_url_patterns import EXAMPLES as ARTICLES

PROSE = "<p>本网讯　3月5日，市图书馆新馆正式向市民开放。新馆位于人民路，藏书三十万册，设有少儿阅览区和古籍阅览室。</p>"


@pytest.mark.parametrize("script", ["hans", "hant"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_list_of_each_shape_gives_its_articles_and_its_next_page(name: str, script: str) -> None:
    example = EXAMPLES[name]
    html, url = example.html(script), HOST + example.first
    listing = recognise(html, url).listing(html, url)
    assert [link.url for link in listing.articles] == [example.article_url(n) for n in range(11, 26)]
    assert all(link.listed_on for link in listing.articles)
    assert not listing.is_fallback
    assert listing.pages[0].url == HOST + example.second


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_shape_is_told_from_articles(name: str) -> None:
    example = EXAMPLES[name]
    html, url = example.html(), HOST + example.first
    family = recognise(html, url)
    assert is_list_page(html, url, family)
    assert family.is_list(url) is not example.loose
    assert may_be_section(url)
    assert not family.is_article(url)
    assert not family.is_list(example.article_url(12))
    assert not is_list_page(page(PROSE * 3), example.article_url(12), family)


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_pages_of_a_section_are_lists_and_its_articles_are_not(name: str, charset: str) -> None:
    example = EXAMPLES[name]
    html = example.html()
    family = recognise(html, HOST + example.first).name
    registered = Section(name="要闻", url=HOST + example.first)
    site = Site(slug="a", name="甲", family=family, hosts=("www.example.gov.cn",), sections=(registered,))
    other = evolve(site, sections=(Section(name="公告", url=f"{HOST}/tzgg/"),))
    for path in (example.first, example.second):
        assert role(site, path, html, charset) == "list"
    assert role(other, example.first, html, charset) == "list", "a column that is not registered"
    assert role(site, example.article.format(12), page(PROSE * 3), charset) == "article"


def role(site: Site, path: str, html: str, charset: str) -> str:
    body = html.replace("utf-8", charset).encode(charset)
    headers = (("Content-Type", f"text/html; charset={charset}"),)
    at, url = dt.datetime(2024, 3, 5, tzinfo=dt.UTC), HOST + path
    captured = Capture(url=url, final_url=url, fetched_at=at, status=200, headers=headers, body=body)
    return Registry(sites={"a": site}).job(captured).recipe.role


@pytest.mark.parametrize("name", ARTICLES)
def test_no_article_has_the_shape_of_a_list(name: str) -> None:
    url = f"{HOST}{ARTICLES[name][0]}"
    assert list_shape(url) is None
    assert not any(family.is_list(url) for family in FAMILIES.values() if family.is_article(url))


@pytest.mark.parametrize("path", ["/about.html", "/zwgk/jgzn.shtml", "/ldzc", "/xw/yw.htm"])
def test_a_page_with_the_name_of_a_column_is_a_list_only_if_it_shows_one(path: str) -> None:
    box = "".join(
        f'<li><a href="/yw/{n}.html">我市召开第{n}次经济工作会议部署工作</a> 2024-03-05</li>' for n in range(9)
    )
    url, generic = HOST + path, FAMILIES["generic"]
    assert not is_section(url)
    assert is_list_page(page(f"<ul>{box}</ul>"), url, generic)
    assert not is_list_page(page(f"{PROSE * 2}<h3>相关新闻</h3><ul>{box}</ul>"), url, generic)
    assert not is_list_page(page(f'<meta name="ArticleTitle" content="简介"><ul>{box}</ul>'), url, generic)
    assert not is_list_page(page("<p>机构职能：负责全市图书馆的管理工作。</p>"), url, generic)
    assert not is_list_page("", url, generic)


def test_summaries_in_the_rows_of_a_list_are_no_text_of_its_own() -> None:
    title, summary = "我市召开第{0}次经济工作会议部署工作", "会议强调，要抓好春耕生产。会议要求，各县区要落实责任。"
    row = f'<li><a href="/yw/{{0}}.html">{title}</a> 2024-03-05<p>{summary}</p></li>'
    rows = "".join(map(row.format, range(10)))
    assert shows_list(page(f"<ul>{rows}</ul>"), f"{HOST}/yw.shtml")
    in_layout = f"<table><tr><td>{PROSE * 3}</td><td><ul>{rows}</ul></td></tr></table>"
    assert not shows_list(page(in_layout), f"{HOST}/yw.shtml")


@pytest.mark.parametrize(
    ("path", "is_list"),
    [
        ("/col/col9/index.html?number=A00001&vc_xxgkarea=Y01000", True),
        ("/zwgk/?gk=3&cid=15493", True),
        ("/htlist/?szyw", True),
        ("/list.asp?s=17", True),
        ("/index.php?c=category&id=3", True),
        ("/index.php?c=show&id=3", False),
        ("/yw/?id=12&page=2", False),
        ("/yw/index.html?page=all", False),
        ("/?p=1700", False),
        ("/archiver/?tid-1011.html", False),
        ("/news/53.html", False),
        ("/news/12/1.html", False),
        ("/channel/20240305/8812.html", False),
        ("/list/content_8812", False),
    ],
)
def test_the_parameters_of_a_list_name_a_column_or_a_page(path: str, is_list: bool) -> None:
    assert is_section(HOST + path) is is_list


def test_every_shape_has_an_example() -> None:
    shown = {shape.name for each in EXAMPLES.values() if (shape := list_shape(HOST + each.first))}
    elsewhere = {"jcms-col", "node", "dedecms", "empirecms", "php-category"}  # in the tests of the CMSs
    assert shown | elsewhere == {shape.name for shape in LIST_SHAPES}
