"""Pagers whose links are made by script: click handlers, and calls of paging libraries."""

from __future__ import annotations

import pytest

from crawler.families.paging import MAX_PAGES, pager_pages
from crawler.families.script_pagers import library_pages
from tests.crawler.families.pages import page

HERE = "http://www.example.gov.cn/public/column/16?type=4&action=list"
LONSUN = 'Ls.pagination("#page_info", function(pageIndex){ %s }, {currPage: %d, pageCount: 4});'


@pytest.mark.parametrize(
    ("script", "url", "pages"),
    [
        (LONSUN % ("load(pageIndex);", 1), HERE, [f"{HERE}&pageIndex={n}" for n in (2, 3, 4)]),
        (LONSUN % ("load(pageIndex);", 1), f"{HERE}&pageIndex=3", [f"{HERE}&pageIndex=4"]),
        (LONSUN % ("load(pageIndex);", 4), HERE, []),
        (
            LONSUN % ("location.href = '/content/column/7?pageIndex=' + pageIndex;", 2),
            HERE,
            [f"http://www.example.gov.cn/content/column/7?pageIndex={n}" for n in (3, 4)],
        ),
        (
            "laypage.render({elem:'p',count:40,limit:15,curr:1,jump:function(obj, first){if(!first){"
            'window.location.href="?page="+obj.curr+"&size=15";}}})',
            HERE,
            [f"http://www.example.gov.cn/public/column/16?page={n}&size=15" for n in (2, 3)],
        ),
        (
            "$('#p').createPage({pageCount:3,current:1,backFn:function(p){location.href='list_' + p + '.html'}});",
            "http://www.example.gov.cn/yw/list.html",
            ["http://www.example.gov.cn/yw/list_2.html", "http://www.example.gov.cn/yw/list_3.html"],
        ),
        (
            "$('#p').pagination({totalPage:3,callback:(num)=>{location.assign(location.pathname + '?p=' + num)}});",
            "http://www.example.gov.cn/yw?p=2",
            ["http://www.example.gov.cn/yw?p=3"],
        ),
        ("$('#p').pagination({totalPage:3,callback:function(p){location.href=base + p}});", HERE, []),
        ("$('#p').pagination({totalPage:3,callback:function(p){load(p)}});", HERE, []),
        ("Ls.pagination('#p', function(pageIndex){}, {currPage: 1});", HERE, []),
        ("Ls.pagination('#p', function(pageIndex){", HERE, []),
    ],
)
def test_calls_of_paging_libraries_are_followed_without_running_them(script: str, url: str, pages: list[str]) -> None:
    assert list(library_pages(page(f"<script>{script}</script>"), url, MAX_PAGES)) == pages


@pytest.mark.parametrize(
    "button",
    [
        """<input type="button" value="下一页" onclick="location.href='index_2.jhtml';">""",
        """<a href="javascript:void(0)" onclick="window.location.href='index_2.jhtml'">下一页</a>""",
        """<a href="javascript:location.href='index_2.jhtml'">下一頁</a>""",
        """<span onclick='location.replace("index_2.jhtml")'>2</span>""",
    ],
)
def test_click_handlers_lead_on_as_links_do(button: str) -> None:
    here = "http://www.example.gov.cn/zwyw/index.jhtml"
    assert pager_pages(page(button), [], here) == ("http://www.example.gov.cn/zwyw/index_2.jhtml",)


def test_the_page_count_of_a_library_is_limited() -> None:
    script = "Ls.pagination('#p', function(pageIndex){}, {currPage: 1, pageCount: 999999})"
    assert len(library_pages(script, HERE, MAX_PAGES)) == MAX_PAGES - 1


def test_click_handlers_of_other_elements_are_no_pager() -> None:
    html = page("""<div onclick="location.href='/search.jhtml'">搜索</div><a onclick="location.href=next">下一页</a>""")
    assert pager_pages(html, [], "http://www.example.gov.cn/zwyw/index.jhtml") == ()
