"""The URL patterns of articles, and URLs that match none of them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.families.url_patterns import URL_PATTERNS, url_date, url_pattern

HEX = "0123456789abcdef" * 2
UUID = "01234567-89ab-cdef-0123-456789abcdef"
DAY = dt.date(2024, 3, 5)

EXAMPLES = {
    "t-date": ("/xwzx/yw/202403/t20240305_8812.shtml", DAY),
    "art-date": ("/art/2024/3/5/art_1234_56789.html", DAY),
    "art-hash": (f"/col/col9/art/2024/art_{HEX}.html", None),
    "month-day-content": ("/2024-03/05/content_123.htm", DAY),
    "date-hash-c": ("/20240305/0a1b2c/c.html", DAY),
    "date-id-index": ("/web/tzgg/202403051234/index.shtml", DAY),
    "arti": ("/2024/03/05/ARTIabc123.shtml", DAY),
    "number-index": ("/zwfw/tzgg/1234567/index.html", None),
    "long-number-index": ("/tzgg/998812345678/index.shtml", None),
    "month-hash": (f"/tzgg/202403/{HEX}.shtml", None),
    "pnidpv": ("/xxgk/tzgg/pnidpv12345.html", None),
    "c-content": ("/xwzx/c1001/content.html", None),
    "portal-article": ("/portal/article/c12/8812", None),
    "p1": ("/p1/tzgg/8812.html", None),
    "fabu": ("/fabu/xiangqing/8812.html", None),
    "iso-date": ("/news/2024-03-05/8812.html", DAY),
    "year-monthday-id": ("/safe/2024/0305/8812.html", DAY),
    "date-hash": (f"/tzgg/20240305/{HEX}.html", DAY),
    "date-id": ("/tzgg/20240305/8812.html", DAY),
    "date-uuid": (f"/003/003002/20240305/{UUID}.html", DAY),
    "day-hash": (f"/2024/3/5/{HEX}.shtml", DAY),
    "columns-uuid": (f"/columns/{UUID}/202403/05/{UUID}.html", DAY),
    "post": ("/gkmlpt/content/9/9103/post_9103540.html", None),
    "vsb": ("/info/1001/123.htm", None),
    "vsb-dynamic": ("/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1021&wbnewsid=8812", None),
    "webplus": ("/2024/0305/c12a345/page.htm", DAY),
    "webplus-hash": ("/1b/2c/c12a345/page.htm", None),
    "paper": ("/pc/con/202403/05/content_123.html", DAY),
    "paper-nw": ("/html/2024-03/05/nw.D110000jmrb_20240305_1-01.htm", DAY),
    "node-hash": ("/node_54a44f01a2/0742577d49.shtml", None),
    "content-uuid": (f"/rgs/xwzx/content/{UUID}.html", None),
    "paper-c": ("/pc/con/202403/05/c1234567.html", DAY),
    "paper-html": ("/szrb/20240305/html/content_20240305002002.htm", DAY),
    "paper-default": ("/epaper/xgrb/html/2024/03/05/01/01_41.htm", DAY),
    "paper-folder": ("/bjrb/mobile/2024/20240305/20240305_001/content_20240305_001_1.htm", DAY),
    "paper-numbered": ("/html/xmwb/2024-03-05/1/161378.html", DAY),
    "content-id": ("/28143/33668/content_1628935.html", None),
    "t-id": ("/zwdt/zwyw/t27491574.shtml", None),
    "c-id": ("/hegang/c107855/202403/c00_31245.shtml", None),
    "article-hash": (f"/xwzx/zkyw/article{HEX}.html", None),
    "content-number": ("/Content-2912345.html", None),
    "content-article": ("/content/article/7012345", None),
    "public-content": ("/public/161054643/503456.html", None),
    "contents": ("/contents/10436/67650.html", None),
    "content-year": ("/content/2026/1117684.html", None),
    "single": ("/single/86/12345.html", None),
    "show": ("/News/show/1425718.html", None),
    "name-show": ("/xxgk-show-10236169.html", None),
    "thtml": ("/news-detail.thtml?cid=88123", None),
    "jeecms": ("/zwyw/88123.jhtml", None),
    "long-number": ("/zwgk/zc/gfxwj/1991423953254031362.html", None),
    "phpcms-show": ("/index.php?m=content&c=index&a=show&catid=7&id=123", None),
    "dede-view": ("/plus/view.php?aid=123", None),
    "empire-show": ("/e/action/ShowInfo.php?classid=2&id=123", None),
    "day-slug": ("/2024/03/05/spring-ploughing/", DAY),
}


def test_every_pattern_has_an_example() -> None:
    assert list(EXAMPLES) == [each.name for each in URL_PATTERNS]


@pytest.mark.parametrize("name", EXAMPLES)
def test_articles_are_recognised_and_dated_by_their_url(name: str) -> None:
    path, day = EXAMPLES[name]
    found = url_pattern(f"http://www.example.gov.cn{path}")
    assert found
    assert found.name == name
    assert url_date(f"http://www.example.gov.cn{path}") == day


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/xwzx/yw/",
        "/xwzx/yw/index_3.html",
        "/col/col1234/index.html",
        "/html/2024-03/05/node_1.htm",
        "/html/2024-03/05/nbs.D110000jmrb_01.htm",
        "/pc/layout/202403/05/node_01.html",
        "/news/2.html",
        "/index.php?m=content&c=index&a=lists&catid=7&page=2",
        "/2024/03/",
        "/gkmlpt/index",
    ],
)
def test_lists_are_no_articles(path: str) -> None:
    assert url_pattern(f"http://www.example.gov.cn{path}") is None


@given(st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2099, 12, 31)), st.integers(1, 10**9))
def test_any_date_is_read_back(day: dt.date, number: int) -> None:
    for path in (
        f"{day:%Y%m}/t{day:%Y%m%d}_{number}.html",
        f"art/{day.year}/{day.month}/{day.day}/art_1_{number}.html",
        f"{day:%Y-%m}/{day:%d}/content_{number}.htm",
        f"{day:%Y}/{day:%m%d}/{number}.html",
    ):
        assert url_date(f"http://www.example.cn/{path}") == day


@pytest.mark.parametrize("path", ["/202402/t20240230_1.html", "/202413/t20241305_1.html"])
def test_an_invalid_date_gives_none(path: str) -> None:
    assert url_date(f"http://www.example.cn{path}") is None
