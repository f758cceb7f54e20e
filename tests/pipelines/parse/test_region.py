"""The region of a page comes from its site's code, from the registry, or from its site's name, in this order."""

from __future__ import annotations

import datetime as dt

import pytest

from pipelines.line.order import make_entry, read_page
from pipelines.model import Capture, Digests, Job, Recipe, Region, Verdict
from pipelines.parse.region import region_by_name, region_of

JIANGMEN = Region(code="440700", name="广东省江门市")
XINHUI = Region(code="440705", name="广东省江门市新会区")
MADE = Region(code="990100", name="云岭省云洲市")
TEXT = "<p>今天，市政府召开会议，部署全市防汛工作。会议要求各区压实责任，落实值班制度。</p>" * 4


@pytest.mark.parametrize(
    ("code", "registered", "name", "region"),
    [
        ("4407000001", None, None, JIANGMEN),
        ("4407050001", JIANGMEN, None, XINHUI),  # the pages of a district on the host of its city
        (" 4407000001 ", XINHUI, None, JIANGMEN),
        ("9901000001", MADE, None, MADE),
        ("9901000001", None, "江门市人民政府", JIANGMEN),
        ("bm01000001", JIANGMEN, None, JIANGMEN),
        ("440700", None, None, None),
        (None, JIANGMEN, "新会区人民政府", JIANGMEN),
        (None, None, "广东省江门市新会区人民政府", XINHUI),
        (None, None, "江门市人民政府门户网站", JIANGMEN),
        ("", None, "", None),
    ],
)
def test_code_then_registry_then_name(
    code: str | None, registered: Region | None, name: str | None, region: Region | None
) -> None:
    assert region_of(code, registered, name) == region


@pytest.mark.parametrize("name", ["", "鼓楼区人民政府", "华东物流网", "朝阳区政府"])
def test_a_name_of_no_region_or_of_several_gives_none(name: str) -> None:
    assert region_by_name(name) is None


@pytest.mark.parametrize(("head", "region"), [("", MADE), ('<meta name="SiteIDCode" content="4407050001">', XINHUI)])
def test_an_entry_has_the_region_of_its_page(head: str, region: Region) -> None:
    html = f'<html><head>{head}<meta name="SiteName" content="江门市人民政府"></head><body>{TEXT}</body></html>'
    capture = Capture(
        url="http://a.cn/1.html",
        final_url="http://a.cn/1.html",
        fetched_at=dt.datetime(2024, 3, 5, tzinfo=dt.UTC),
        status=200,
        body=html.encode(),
    )
    job = Job(capture=capture, recipe=Recipe(name="generic/1"), region=MADE)
    entry = make_entry(job, read_page(job), Digests(payload="sha256:0"), Verdict(kind="new"), None)
    assert entry.region == region
    assert entry.articles[0].site_name == "江门市人民政府"
