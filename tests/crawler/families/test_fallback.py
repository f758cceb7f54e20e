"""A family that recognises articles by their URL, on a site whose articles have other URLs."""

from __future__ import annotations

import pytest

from crawler.families import FAMILIES, list_requests
from tests.crawler.families.pages import TRS_LIST, page

HERE = "http://www.example.gov.cn/xwzx/yw/"
STRICT = ["trs", "vsb", "webplus", "founder", "founder-paper"]
ROWS = "".join(
    f'<li><a href="/nr/a{n}.html">我市召开第{n}次经济工作会议部署全年任务</a> 2024-03-05</li>' for n in range(9)
)


@pytest.mark.parametrize("family", STRICT)
def test_the_generic_rules_read_a_list_whose_articles_the_family_does_not_know(family: str) -> None:
    html = page(f"<ul>{ROWS}</ul><a href='index_2.html'>下一页</a>")
    listing = FAMILIES[family].listing(html, HERE)
    assert [link.url for link in listing.articles] == [f"http://www.example.gov.cn/nr/a{n}.html" for n in range(9)]
    assert listing.is_fallback
    assert listing.pages == list_requests([f"{HERE}index_2.html"])


@pytest.mark.parametrize("family", STRICT)
def test_a_list_with_articles_of_the_family_or_none_at_all_is_no_fallback(family: str) -> None:
    other = '<li><a href="/info/1021/8812.htm">市图书馆新馆下月开放</a> 2024-03-05</li>'
    assert not FAMILIES[family].listing(page(f"<ul>{ROWS}{other}</ul>"), HERE).is_fallback
    assert not FAMILIES[family].listing(page("<p>本栏目暂无内容。</p>"), HERE).is_fallback


def test_the_pages_that_the_family_computes_are_kept() -> None:
    html = page(f'<ul>{ROWS}</ul><script>createPageHTML(3, 0, "index", "html");</script>')
    assert FAMILIES["trs"].listing(html, HERE).pages == list_requests([f"{HERE}index_1.html", f"{HERE}index_2.html"])


def test_a_page_that_leads_to_the_list_in_a_frame_is_not_read_by_other_rules() -> None:
    assert not FAMILIES["trs"].listing(page(f"<iframe src='list.html'></iframe><ul>{ROWS}</ul>"), HERE).is_fallback
    assert not FAMILIES["trs"].listing(TRS_LIST, HERE).is_fallback
