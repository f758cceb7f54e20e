"""A site's name, region and encoding, from meta tags or from what its pages have in common."""

from __future__ import annotations

import datetime as dt
import tomllib

import pytest

from crawler.inspect import FetchedPage
from crawler.inspect.identity import SiteMeta, charset, column_name, region, site_meta, site_name, slug_of
from crawler.inspect.toml import site_toml
from crawler.sites.serialize import site_from_mapping
from crawler.sites.site import Section, Site
from pipelines.model import Capture, Region

URL = "http://www.example.gov.cn/"


def fetched(html: str, content_type: str = "text/html; charset=utf-8", codec: str = "utf-8") -> FetchedPage:
    moment = dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
    headers = (("Content-Type", content_type),)
    capture = Capture(url=URL, final_url=URL, fetched_at=moment, status=200, headers=headers, body=html.encode(codec))
    return FetchedPage(url=URL, html=html, capture=capture)


def test_meta_tags_are_read_in_any_case_and_the_code_also_from_the_footer() -> None:
    head = '<title>要闻_江门市人民政府</title><META content="江门市人民政府" NAME="SiteName">'
    html = f"{head}<p>政府网站标识码：4407000001</p>"
    assert site_meta(fetched(html)) == SiteMeta(name="江门市人民政府", code="4407000001", title="要闻_江门市人民政府")


@pytest.mark.parametrize(
    ("titles", "name"),
    [
        (("首页-北山发布", "春耕-北山发布", "北山发布"), "北山发布"),
        (("华东物流网 - 物流行业门户", "春耕 - 物流新闻 - 华东物流网"), "华东物流网"),
        (("清河晚报 A01：要闻", "清河晚报"), "清河晚报"),
        (("临潭日报 第01版：要闻", "临潭日报 第02版"), "临潭日报"),
    ],
)
def test_without_meta_tags_a_site_is_named_after_the_common_part_of_its_titles(
    titles: tuple[str, ...], name: str
) -> None:
    assert site_name((SiteMeta(title=title) for title in titles), URL) == (name, "title")


def test_a_site_without_titles_is_named_after_its_host() -> None:
    assert site_name([SiteMeta()], URL) == ("www.example.gov.cn", "host")


def test_a_column_is_named_by_its_meta_tag_or_the_start_of_its_title() -> None:
    assert column_name(SiteMeta(column="要闻", title="x_江门"), "江门") == "要闻"
    assert column_name(SiteMeta(title="江门_要闻"), "江门") == "要闻"
    assert column_name(SiteMeta(title="江门"), "江门") == ""


def test_a_region_is_known_by_code_then_by_name() -> None:
    jiangmen = Region(code="440700", name="广东省江门市")
    assert region([SiteMeta(code="4407000001")], "x") == (jiangmen, "SiteIDCode 4407000001")
    assert region([SiteMeta(code="9901020001")], "清河区人民政府")[0] == Region(code="990102", name="清河区")
    assert region([SiteMeta()], "江门市人民政府") == (jiangmen, "name")
    assert region([SiteMeta()], "北山发布") == (None, "")


@pytest.mark.parametrize(
    ("content_type", "codec", "expected"),
    [
        ("text/html; charset=utf-8", "utf-8", None),
        ("text/html", "utf-8", None),
        ("text/html; charset=gbk", "gb18030", None),
        ("text/html; charset=ISO-8859-1", "utf-8", "utf-8"),
        ("text/html", "gb18030", "gb18030"),
    ],
)
def test_an_encoding_is_given_if_the_declared_one_is_wrong(content_type: str, codec: str, expected: str | None) -> None:
    assert charset(fetched("<p>今天，市政府召开会议，部署全市防汛工作。</p>", content_type, codec)) == expected


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://www.example.gov.cn/", "example"),
        ("http://czj.yangzhou.gov.cn/", "yangzhou-czj"),
        ("http://dzb.jmrb.com:8080/jmrb/", "jmrb-dzb-8080"),
        ("http://[::1]/", "1"),
    ],
)
def test_a_slug_is_made_of_the_host(url: str, slug: str) -> None:
    assert slug_of(url) == slug


def test_the_toml_is_read_as_the_site_it_was_made_of() -> None:
    site = Site(
        slug="a",
        name='政府"甲"\\',
        family="trs",
        hosts=("www.a.gov.cn", "news.a.gov.cn"),
        region=Region(code="440700", name="广东省江门市"),
        charset="gb18030",
        sections=(Section(name="要闻", url="http://www.a.gov.cn/yw/"),),
    )
    assert site_from_mapping(tomllib.loads(site_toml(site)), "a", "a.site_toml") == site
