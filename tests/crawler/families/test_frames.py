"""List pages whose list is on another page: in a frame, or at the target of a script's redirect."""

from __future__ import annotations

import pytest

from crawler.families import FAMILIES, list_requests
from tests.crawler.families.pages import TRS_LIST, page

HERE = "http://www.example.cn/xwzx/index.html"


@pytest.mark.parametrize("family", ["generic", "trs", "vsb", "dedecms"])
def test_a_list_in_a_frame_is_a_separate_list(family: str) -> None:
    frames = (
        '<iframe src="/module/xxgk/list.jsp"></iframe><iframe src="http://weather.example.com/list.html"></iframe>'
        '<iframe src="about:blank"></iframe><iframe src="/bsdt/search.html"></iframe>'
        '<IFRAME SRC="list_2.html"></IFRAME>'
    )
    listing = FAMILIES[family].listing(page(frames), HERE)
    assert listing.lists == list_requests(
        ["http://www.example.cn/module/xxgk/list.jsp", "http://www.example.cn/xwzx/list_2.html"]
    )


def test_a_frame_is_read_in_addition_to_the_pages_own_articles() -> None:
    listing = FAMILIES["trs"].listing(TRS_LIST.replace("</ul>", "</ul><iframe src='/gzdt/list.html'></iframe>"), HERE)
    assert listing.articles
    assert listing.lists == list_requests(["http://www.example.cn/gzdt/list.html"])


@pytest.mark.parametrize(
    ("markup", "target"),
    [
        ("<script>window.location.href='/yw/'</script>", "/yw/"),
        ("<script>top.location = '../yw/index.html'</script>", "/yw/index.html"),
        ("<script>location.assign('/yw/')</script>", "/yw/"),
        ('<meta http-equiv="refresh" content="0;url=/yw/">', "/yw/"),
        ("<script>location.href='/yw/' + day</script>", None),
        ("<script>location.href=''</script>", None),
        ("<script>location.href='javascript:void(0)'</script>", None),
        ("<script>location.href='index.html'</script>", None),
        ("<script>location.href='http://['</script>", None),
    ],
)
def test_a_page_that_only_redirects_is_followed(markup: str, target: str | None) -> None:
    listing = FAMILIES["generic"].listing(f"<html><head>{markup}</head><body></body></html>", HERE)
    assert listing.lists == list_requests([f"http://www.example.cn{target}"] if target else [])


def test_a_redirect_on_click_of_a_page_with_text_is_not_followed() -> None:
    script = "<script>function wap(){location.href='/wap/'}</script>"
    assert FAMILIES["generic"].listing(page(script + "<p>本栏目暂无内容。</p>" * 40), HERE).lists == ()
