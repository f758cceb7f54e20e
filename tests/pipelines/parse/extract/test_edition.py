from __future__ import annotations

import datetime as dt

import pytest

from pipelines.model import Draft, Edition, Recipe
from pipelines.parse.extract.article import extract
from tests.pipelines.made import capture

BODY = "本报讯（记者 何榕）市住建局昨日召开会议，部署今年老旧小区改造工作，要求各县区倒排工期，按时完成任务。"
OLD = """<html><head><title>临江日报数字报-老街换新颜</title></head><body>
<table><tr><td><strong>第A03版：城事</strong></td><td><a href="node_2.htm">上一版</a>
<a href="a03.pdf">PDF</a></td></tr></table>
<img src="../../../images/2024-04/02/A03/brief.jpg" usemap="#PagePicMap"><map name="PagePicMap"></map>
<a id="pageLink" href="node_1.htm">第A01版：要闻</a><a id="pageLink" href="node_3.htm">第A03版：城事</a>
<founder-title>老街换新颜</founder-title><founder-content><p>{body}</p></founder-content></body></html>"""
URL = "http://epaper.example/html/2024-04/02/content_7.htm"
ADDRESSES = (URL, "http://epaper.example/pc/con/202404/02/content_7.html")


def draft(html: str, url: str) -> Draft:
    found = extract(html, capture(url=url), Recipe(name="generic/1"))
    assert isinstance(found, Draft), found
    return found


@pytest.mark.parametrize("url", ADDRESSES)
def test_the_newspaper_page_is_its_own_and_not_a_linked_one(url: str) -> None:
    found = draft(OLD.format(body=BODY), url)
    day = dt.date(2024, 4, 2)
    assert found.edition == Edition(paper="临江日报", issued_on=day, weekday=2, page="A03", name="城事")


def test_the_image_of_the_newspaper_page_is_a_file_of_the_article() -> None:
    (picture,) = (file for file in draft(OLD.format(body=BODY), URL).attachments if file.url.endswith(".jpg"))
    assert (picture.url, picture.media_type) == ("http://epaper.example/images/2024-04/02/A03/brief.jpg", "image/jpeg")


@pytest.mark.parametrize(
    ("label", "page", "name"),
    [
        ("A07：江海", "A07", "江海"),
        ("02版 综合新闻", "02", "综合新闻"),
        ("第1版", "1", None),
        ("本版：第T2版·副刊", "T2", "副刊"),
    ],
)
def test_forms_of_page_labels(label: str, page: str, name: str | None) -> None:
    edition = draft(OLD.format(body=BODY).replace("第A03版：城事</strong>", f"{label}</strong>"), URL).edition
    assert edition is not None
    assert (edition.page, edition.name) == (page, name)


@pytest.mark.parametrize(
    "url", ["http://news.example/2024-04/02/content_7.htm", "http://news.example/html/2024-04/02/x.htm"]
)
def test_a_page_of_a_news_site_has_no_edition(url: str) -> None:
    page = f"<html><body><h1>老街换新颜</h1><p>第3版：城事</p><div class='content'><p>{BODY}</p></div></body></html>"
    assert draft(page, url).edition is None


@pytest.mark.parametrize(
    ("line", "url", "page", "name"),
    [
        ("第04版：县域新闻", "/html/2024-05/01/nw.D110000bxrb_20240501_1-04.htm", "04", "县域新闻"),
        ("第04版：县域新闻", "/html/2024-05/01/content_1.htm", "04", "县域新闻"),
        ("《白溪日报》（2024年05月01日　第 04 版）", "/n/1.html", "04", None),
        ("陈一帆 《白溪日报》（2024年05月01日　第 04 版）", "/n/1.html", "04", None),
        ("白溪日报 2024年05月01日 星期三 04 版：县域新闻", "/n/1.html", "04", "县域新闻"),
    ],
)
def test_a_paper_without_the_tags_of_founder(line: str, url: str, page: str, name: str | None) -> None:
    html = f"<html><body><h1>老街换新颜</h1><p>{line}</p><div class='content'><p>{BODY}</p></div></body></html>"
    edition = draft(html, f"http://epaper.example{url}").edition
    assert edition is not None
    assert (edition.issued_on, edition.page, edition.name) == (dt.date(2024, 5, 1), page, name)
