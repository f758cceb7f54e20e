"""Epoint: from a column's script-only page to the script with the ids, then to the service with the list."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from crawler.families import FAMILIES, ListRequest, list_requests, recognise

EPOINT = FAMILIES["epoint"]
SITE = "http://www.nanping.gov.cn"
COLUMN = f"{SITE}/dynamic/zwgk/govInfoPub.html?categorynum=003002"
SERVICE = f"{SITE}/EWB-FRONT/rest/lightfrontaction/getgovinfolist"
GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"
SHELL = '<script src="/js/webBuilderCommon.js?v=3"></script><ul class="ewb-list" id="list"></ul>'
CONSTANTS = f'var siteInfo = {{"projectName":"/EWB-FRONT","siteGuid":"{GUID}"}};'


def form(page: int) -> str:
    fields = {"categorynum": "003002", "siteGuid": GUID, "pageIndex": page, "pageSize": 20}
    return json.dumps({"deptcode": "", **fields}, separators=(",", ":"))


def answered(count: int, **fields: object) -> str:
    one = {"infourl": "/003/003002/20240305/8b3f1c2e-5d4a-4f6b-9c7d-0e1f2a3b4c5d.html", "title": "关于…"}
    data = [{**one, "realtitle": "关于公布名单的通知", "infodate": "2024-03-05"}] * count
    return json.dumps({"custom": {"data": data, **fields}, "status": {"code": 200}})


def test_a_column_leads_to_its_script_and_then_to_the_service() -> None:
    (script,) = EPOINT.listing(SHELL, COLUMN).lists
    assert script == ListRequest(url=f"{SITE}/js/webBuilderCommon.js?categorynum=003002")
    assert EPOINT.listing(CONSTANTS, script.url).lists == (ListRequest(url=SERVICE, body=form(0)),)
    assert EPOINT.listing(f"{SHELL}<script>{CONSTANTS}</script>", COLUMN).lists == (
        ListRequest(url=SERVICE, body=form(0)),
    )
    assert EPOINT.listing("404", script.url).lists == ()


def test_an_external_service_gets_a_wrapped_body() -> None:
    (ask,) = EPOINT.listing(CONSTANTS.replace("/EWB-FRONT", "/EWB_YK_Mid"), COLUMN).lists
    body = json.loads(ask.body or "")
    assert ask.url == f"{SITE}/EWB_YK_Mid/rest/lightfrontaction/getgovinfolist"
    assert body == {"token": "", "params": json.loads(form(0))}
    (following,) = EPOINT.listing(answered(20), f"{ask.url}#{ask.body}").pages
    assert json.loads(following.body or "")["params"]["pageIndex"] == 1


@pytest.mark.parametrize(
    ("text", "page", "following"),
    [
        (answered(20, total=41), 1, [2]),
        (answered(20, total="41"), 1, [2]),
        (answered(20, total=40), 1, []),
        (answered(20), 0, [1]),
        (answered(3), 0, []),
    ],
)
def test_answers_are_read_until_the_last_page(text: str, page: int, following: list[int]) -> None:
    listing = EPOINT.listing(text, f"{SERVICE}#{form(page)}")
    (article,) = set(listing.articles)
    assert (article.title, article.listed_on) == ("关于公布名单的通知", dt.date(2024, 3, 5))
    assert EPOINT.is_article(article.url)
    assert listing.pages == tuple(ListRequest(url=SERVICE, body=form(number)) for number in following)


def test_static_lists_are_read_as_on_other_sites() -> None:
    rows = "".join(
        f'<li><a href="/003/003002/2024030{n}/8b3f1c2e-5d4a-4f6b-9c7d-0e1f2a3b4c5{n}.html">关于公布名单的通知</a></li>'
        for n in (1, 2)
    )
    html = f'<ul class="ewb-info-items">{rows}</ul><a href="2.html">2</a><a href="2.html">下一页</a>'
    listing = EPOINT.listing(html, f"{SITE}/003/003002/subPage.html")
    assert [article.listed_on for article in listing.articles] == [dt.date(2024, 3, 1), dt.date(2024, 3, 2)]
    assert listing.pages == list_requests([f"{SITE}/003/003002/2.html"])


def test_it_is_recognised() -> None:
    for html in (SHELL, '<div class="ewb-article-info">正文</div>', "<script>var p='/EWB-FRONT'</script>"):
        assert recognise(html, f"{SITE}/003/a.html") == EPOINT
    assert all(map(EPOINT.is_list, (COLUMN, SERVICE, f"{SITE}/js/webBuilderCommon.js", f"{SITE}/001/002/subPage.html")))
    assert not any(map(EPOINT.is_article, (COLUMN, SERVICE)))
