"""Digital papers of every layout: the address of a day's issue, its pages, its articles, and the days before."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.families import FAMILIES, recognise
from crawler.families.issue_addresses import has_day, issue_of, issue_url, on_day
from crawler.families.list_shapes import is_section
from crawler.families.paper_layouts import PAPER_LAYOUTS, is_issue_page, issue_day, paper_layout
from crawler.families.url_patterns import is_article_url, url_date
from tests.crawler.families.test_url_patterns import EXAMPLES as ARTICLES

PAPER = FAMILIES["founder-paper"]
HOST = "http://dzb.example.cn"
DAY = dt.date(2024, 3, 5)
TEMPLATES = Path(__file__).with_name("paper_templates.txt").read_text("utf-8").split("\n")[:-1]
DIRECTORY = Path(__file__).parents[4] / "shared" / "field" / "directory.csv"

WITHOUT_DAY = {
    f"{HOST}{path}"
    for path in (
        "/api-electorn-paper/newspaper/getType",
        "/epaper/periodid-{i}.shtml",
        "/epaperPc/initEpaperData",
        "/index.php?m=home&c=Nparticle&a=lists&qiid={time_str}",
        "/index/index/index.html",
        "/news_paper/newsPaperByList.do",
        "/node_358332.htm",
        "/pdf/xxrbfm/index.shtml",
    )
}
"""Templates of APIs and of indexes that lead to the newest issue only."""

ISSUES = {
    "node": ("/pc/layout/202403/05/node_A0{}.html", "/pc/con/202403/05/content_88{}.html"),
    "node, col": ("/gsrb/202403/05/col0{}.html", "/gsrb/202403/05/c88{}.html"),
    "node, l": ("/hhrbpc/202403/05/l0{}.html", "/hhrbpc/202403/05/c88{}.html"),
    "html-page": ("/szrb/20240305/html/page_0{}.htm", "/szrb/20240305/html/content_2024030500{}.htm"),
    "shtml": ("/shtml/mmrb/20240305/vA{}.shtml", "/shtml/mmrb/20240305/9575{}.shtml"),
    "szbz": ("/Html/szbz/20240305/szbzA{}.Html", "/Html/szbz/20240305/szbz3761{}.Html"),
    "page-letters": ("/szbhtm/rb/content/20240305/Page0{}DK.htm", "/szbhtm/rb/content/20240305/Articel010{}JQ.htm"),
    "default": ("/epaper/xgrb/html/2024/03/05/0{}/default.htm", "/epaper/xgrb/html/2024/03/05/01/01_{}.htm"),
    "qpaper": ("/new/Html/2024-03-05/Qpaper_1159{}.html", "/new/Html/2024-03-05/223{}.html"),
    "page-list": (
        "/mrsb/2024/03/05/article_list_3_20240305A0{}.html",
        "/mrsb/2024/03/05/article_detail_3_20240305A0{}.html",
    ),
    "named-page": ("/html/qdrb/20240305/qdrb0{}.html", "/html/qdrb/20240305/qdrb13574{}.html"),
    "page-folder": (
        "/fzrb/2024/20240305/20240305_00{0}/20240305_00{0}.html",
        "/fzrb/2024/20240305/20240305_001/20240305_001_{}.html",
    ),
    "numbered-folder": ("/2024-03-05/{}/index.html", "/2024-03-05/1/1613{}.html"),
    "numbered-page": ("/html/xmwb/2024-03-05/{}.html", "/html/xmwb/2024-03-05/1/1613{}.html"),
}
"""Formats of the pages of an issue and of its articles."""


def issue_page(page: str, article: str) -> str:
    rows = "".join(f'<li><a href="{article.format(n)}">第{n}届春耕农机展今日开幕</a></li>' for n in range(10, 16))
    pages = "".join(f'<a href="{page.format(n)}">第0{n}版</a>' for n in (1, 2, 3))
    return f"<html><body><div>{pages}</div><ul>{rows}</ul></body></html>"


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_has_an_address_for_a_day(template: str) -> None:
    address = issue_url(template, DAY)
    assert not set(address) & set("{}")
    assert has_day(template) is (template not in WITHOUT_DAY)
    if template in WITHOUT_DAY:
        assert template.startswith(address)
        return
    assert issue_day(address) == DAY
    assert issue_day(issue_url(template, dt.date(2023, 12, 31))) == dt.date(2023, 12, 31)
    assert PAPER.is_list(address)
    assert not PAPER.is_article(address)
    layout = paper_layout(address)
    if layout and not layout.loose:
        assert recognise("", address) == PAPER
        assert is_section(address)
        assert not is_article_url(address)


def directory_templates() -> Iterator[str]:
    """Yield the templates of the country's papers, if their list is beside the checkout."""
    if DIRECTORY.exists():
        with DIRECTORY.open(encoding="utf-8") as file:
            yield from (row["template"] for row in csv.DictReader(file) if row["template"])


def test_each_paper_of_the_directory_has_an_address_for_a_day() -> None:
    dated = [template for template in directory_templates() if has_day(template)]
    assert not [template for template in directory_templates() if set(issue_url(template, DAY)) & set("{}")]
    assert [template for template in dated if issue_day(issue_url(template, DAY)) != DAY] == []
    assert len(dated) == (512 if DIRECTORY.exists() else 0)


@pytest.mark.parametrize("name", ISSUES)
def test_an_issue_of_each_layout_gives_its_articles_its_pages_and_the_days_before(name: str) -> None:
    page, article = (HOST + each for each in ISSUES[name])
    listing = PAPER.listing(issue_page(page, article), page.format(2))
    assert [link.url for link in listing.articles] == [article.format(n) for n in range(10, 16)]
    assert {link.listed_on for link in listing.articles} == {DAY}
    assert [request.url for request in listing.lists] == [page.format(1), page.format(3)]
    assert listing.pages[0].url == on_day(page.format(1), dt.date(2024, 3, 4))
    assert not listing.is_fallback
    assert PAPER.is_article(article.format(10))
    assert not PAPER.is_list(article.format(10))


def test_every_layout_has_an_example() -> None:
    shown = {layout.name for page, _ in ISSUES.values() if (layout := paper_layout(HOST + page.format(1)))}
    shown |= {layout.name for each in TEMPLATES if (layout := paper_layout(issue_url(each, DAY)))}
    assert shown == {layout.name for layout in PAPER_LAYOUTS}


@pytest.mark.parametrize("name", ARTICLES)
def test_no_article_is_a_page_of_an_issue(name: str) -> None:
    assert not is_issue_page(HOST + ARTICLES[name][0])


def test_articles_with_unknown_urls_are_read_by_the_generic_rules() -> None:
    page = f"{HOST}/html/2024-03/05/node_{{}}.htm"
    listing = PAPER.listing(issue_page(page, f"{HOST}/html/2024-03/05/nr/a{{}}.html"), page.format(1))
    assert len(listing.articles) == 6
    assert listing.is_fallback
    assert [request.url for request in listing.lists] == [page.format(2), page.format(3)]


def test_the_folder_of_a_day_leads_to_the_first_page_of_its_issue() -> None:
    folder = f"{HOST}/pc/layout/202403/05/"
    redirect = "<script>location.href='node_01.html'</script>"
    assert [request.url for request in PAPER.listing(redirect, folder).lists] == [f"{folder}node_01.html"]
    page = f"{folder}node_0{{}}.html"
    shown = PAPER.listing(issue_page(page, f"{HOST}/pc/con/202403/05/content_88{{}}.html"), folder)
    assert len(shown.articles) == 6
    assert [request.url for request in shown.lists] == [page.format(n) for n in (1, 2, 3)]
    assert shown.pages[0].url == f"{HOST}/pc/layout/202403/04/"


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/shtml/mmrb/20240305/9575.shtml", None),
        ("/html/2024-02/31/node_1.htm", None),
        ("/news/2024/03/05/12/", None),
        ("/2024-03/05/content_1.htm", None),
        ("/html/2024-03/05/node_1.htm?v=1", DAY),
        ("/html/2024-03/05/node_1.htm?div=-1", DAY),
    ],
)
def test_the_day_is_that_of_pages_of_an_issue_only(path: str, day: dt.date | None) -> None:
    assert issue_day(HOST + path) == day


def test_an_issue_is_the_url_up_to_its_day() -> None:
    assert issue_of(f"{HOST}/html/2024/03/05/01/default.htm") == f"{HOST}/html/2024/03/05"
    assert issue_of(f"{HOST}/yw/") == f"{HOST}/yw/"
    assert url_date(f"{HOST}/szrb/20240305/html/content_20240305002002.htm") == DAY
