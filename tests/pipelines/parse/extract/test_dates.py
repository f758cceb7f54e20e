"""Dates of publication in the forms that pages print, and the dates of other articles, which are not taken."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.pipelines.parse.extract.test_metadata import BODY, HEAD, NAME, PROSE, origins, read


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("时间：2024年03月12日 上午12:30", "2024-03-12T00:30:00+08:00"),
        ("时间：2024年03月12日 中午12:30", "2024-03-12T12:30:00+08:00"),
        ("时间：2024年03月12日 凌晨1:05", "2024-03-12T01:05:00+08:00"),
        ("2024-03-12 08:30 PM 来源：临江日报", "2024-03-12T20:30:00+08:00"),
        ("发布时间：2024年3月12日 晚上12:30", "2024-03-12"),
        ("发布时间：二〇二四年三月十二日", "2024-03-12"),
        ("發佈日期：民國113年3月12日", "2024-03-12"),
        ("發布日期：113/03/12", "2024-03-12"),
        ("發佈時間：2024年3月12日（星期二）12時30分", "2024-03-12T12:30:00+08:00"),
        ("发布时间：20240312", "2024-03-12"),
        ("发布时间：20240312091500", "2024-03-12T09:15:00+08:00"),
        ("发布时间：24-03-12", "2024-03-12"),
        ("发布时间：２０２４年３月１２日", "2024-03-12"),
        ("发布时间：Tue Mar 12 09:15:00 CST 2024", "2024-03-12T09:15:00+08:00"),
        ("发布时间：Tue Mar 12 2024 09:15:00 GMT+0800 (中国标准时间)", "2024-03-12T09:15:00+08:00"),
        ("发布时间：1710206100000", "2024-03-12T09:15:00+08:00"),
        ("发布时间：1710206100", "2024-03-12T09:15:00+08:00"),
        ("发布时间：2024-02-31", None),
        ("发布时间：24-13-12", None),
        ("浏览次数：20231108", None),
        ("发布时间：2024-06-01 23:00", "2024-06-01"),
    ],
)  # fmt: skip
def test_forms_of_dates(text: str, published: str | None) -> None:
    found = read(f"{HEAD}<div>{text}</div>{BODY}")
    assert (found.published_at and found.published_at.isoformat()) == published


@pytest.mark.parametrize(
    ("text", "published", "origin"),
    [
        ("2小时前　来源：临江日报", "2024-06-01", "relative"),
        ("10小时前　来源：临江日报", "2024-05-31", "relative"),
        ("昨天 09:30　来源：临江日报", "2024-05-31T09:30:00+08:00", "relative"),
        ("3天前", "2024-05-29", "relative"),
        ("03-12 09:15 来源：临江日报", "2024-03-12T09:15:00+08:00", "without-year"),
        ("12-30 09:15 来源：临江日报", "2023-12-30T09:15:00+08:00", "without-year"),
        ("<p>12</p><p>2024年03月</p>", "2024-03-12", "date-block"),
        ("<p>2024</p><p>03-12</p>", "2024-03-12", "date-block"),
        ("<p>昨天下午，市水务局召开会议，部署工作。</p>", None, None),
    ],
)
def test_dates_that_are_clear_with_the_time_of_the_capture(
    text: str, published: str | None, origin: str | None
) -> None:
    found = read(f"{HEAD}<div>{text}</div>{BODY}")
    assert (found.published_at and found.published_at.isoformat()) == published
    assert origins(found, "published_at") == ([origin] if origin else [])


def test_the_url_decides_the_day_and_the_page_gives_the_time() -> None:
    url = "http://www.linjiang.example/art/2023/3/12/art_1_2.html"
    found = read(f"{HEAD}<div>03-12 09:15</div>{BODY}", url=url)
    assert (str(found.published_at), origins(found, "published_at")) == ("2023-03-12", ["url"])


@pytest.mark.parametrize(
    "below",
    [
        "<h3>相关文章</h3><ul><li><a href=/1>市水务局部署水库安全度汛</a></li></ul><p>2020-01-18</p>",
        "<p>推荐阅读</p><div>发布时间：2020-01-18 来源：临江日报</div>",
        "<div><p><a href=/1>市水务局部署水库安全度汛</a></p><p>2020-01-18</p><p><a href=/2>全市防汛会议召开了</a></p>"
        "<p>2020-01-17</p></div>",
    ],
)
def test_the_date_of_another_article_is_not_taken(below: str) -> None:
    assert read(HEAD + BODY + below).published_at is None


def test_a_printed_time_wins_over_a_declared_day() -> None:
    found = read(f"<meta name=PubDate content=2024-03-14>{HEAD}<p>发布时间：2024-03-12 09:15</p>{BODY}")
    assert str(found.published_at) == "2024-03-12 09:15:00+08:00"


@pytest.mark.parametrize(
    ("script", "origin"),
    [
        ("window.ct = '1710205200';", "script:ct"),
        ('var oriCreateTime = "1710205200";', "script:oriCreateTime"),
        ("var createTime = '2024-03-12 09:00';", "script:createTime"),
        ('(function(e,t){})(0,"1710205200","2024-03-12",document.getElementById("publish_time"));',
         "script:publish_time"),
    ],
)  # fmt: skip
def test_an_article_of_wechat_is_dated_by_its_script(script: str, origin: str) -> None:
    body = f"<em id=publish_time></em><div id=js_content><p>{PROSE}</p></div><script>{script}</script>"
    found = read(f"<title>{NAME}</title><h1>{NAME}</h1>{body}")
    assert found.published_at == dt.datetime.fromisoformat("2024-03-12T09:00:00+08:00")
    assert origins(found, "published_at") == [origin]
