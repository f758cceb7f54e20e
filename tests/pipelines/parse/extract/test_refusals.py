"""Challenges and firewall pages are recognised by content, regardless of status; articles about them are accepted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve
from opencc import OpenCC

from pipelines.line.order import read_page
from pipelines.model import Headers, Job, Recipe, Rejection
from tests.pipelines.made import capture

STATE = 'var s="5q2k9x";var d=\'' + "a9F" * 900 + "';"
BLOCKED = "<html><head><title>{0}</title><style>{1}</style></head><body><h1>{0}</h1><p>{2}</p></body></html>"
STYLE = ".c{background:url(data:image/png;base64," + "iVBORw0KGgo" * 500 + ")}"

CHALLENGES = {
    "加速乐, first stage": (
        521,
        "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+(+[]+'')+(';');"
        "location.href=location.pathname+location.search</script>",
    ),
    "加速乐, second stage": (
        521,
        f'<script>{STATE}go({{"bts":["1709600000.1|0|a","b%3D"],"chars":"abc","ct":"0f","ha":"md5",'
        '"tn":"__jsl_clearance_s","vt":"3600","wt":"1500"})</script>',
    ),
    "瑞数": (
        412,
        '<!DOCTYPE html><html><head><meta content="{qq!x" r="m"><!--[if lt IE 9]><script r=\'m\'></script><![endif]-->'
        "<script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=90711;$_ts.cd=\"qr\";</script></head></html>",
    ),
    "瑞数, with double quotes": (202, '<script r="m">var $_ts = window["$_ts"] || {};$_ts.cd = "qr";</script>'),
    "C3VK": (200, '<script>document.cookie="C3VK=5f1a2b; path=/; max-age=300";location.reload()</script>'),
    "acw": (200, f"<script>var arg1='{'0A1B2C3D' * 5}';{STATE}setCookie('acw_sc__v2', x)</script>"),
    "EdgeOne": (200, '<script>document.cookie="EO_Bot_Ssid=4123;path=/";location.reload()</script>'),
    "captcha": (200, "<html><body><p>请输入验证码</p><input name=code><img src=/captcha.jpg></body></html>"),
    "电信云防护": (405, BLOCKED.format("405", STYLE, "您的请求可能存在威胁，已被拦截。电信云防护")),
    "阿里云": (405, BLOCKED.format("405", STYLE, "很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。")),
    "创宇": (403, BLOCKED.format("403", STYLE, "当前访问疑似黑客攻击，已被网站管理员设置为拦截。")),
    "WZWS": (403, BLOCKED.format("WZWS", "", "reason:GeoBL")),
    "too often": (403, BLOCKED.format("提示", "", "您的访问过于频繁，请稍后再试。")),
    "WeChat": (200, BLOCKED.format("微信公众平台", "", "当前环境异常，完成验证后即可继续访问。")),
}
EMPTY_RESPONSES: dict[str, tuple[int, Headers]] = {
    "412 to a request without conditions": (412, ()),
    "521 with 加速乐's cookie": (521, (("Set-Cookie", "__jsluid_h=5c2; max-age=31536000; path=/; HttpOnly"),)),
}

TEXT = "市网信办发布提示：市民登录政务网时如遇“请输入验证码”“访问过于频繁”等提示，系云防护系统升级所致，请稍后再试。"
ARTICLE = f"<html><head><title>提示</title></head><body><div id=zoom>{f'<p>{TEXT}</p>' * 5}</div></body></html>"


def reason(html: str, status: int, headers: Headers = ()) -> str | None:
    made = capture(body=html.encode())
    made = evolve(made, status=status, headers=(*made.headers, *headers))
    outcome = read_page(Job(capture=made, recipe=Recipe(name="generic/1")))
    return outcome.reason if isinstance(outcome, Rejection) else None


@pytest.mark.parametrize("convert", [str, OpenCC("s2t").convert], ids=["hans", "hant"])
@pytest.mark.parametrize("name", CHALLENGES)
def test_a_challenge_page_is_recognised_with_any_status(name: str, convert: Callable[[str], str]) -> None:
    own, html = CHALLENGES[name][0], convert(CHALLENGES[name][1])
    assert reason(html, own) == "challenge"
    if len(html) < 4_000:
        assert {reason(html, status) for status in (200, 403, 412, 503)} == {"challenge"}


@pytest.mark.parametrize("name", EMPTY_RESPONSES)
def test_an_empty_response_that_only_firewalls_send_is_a_challenge(name: str) -> None:
    status, headers = EMPTY_RESPONSES[name]
    assert reason("", status, headers) == reason("<html></html>", status, headers) == "challenge"


def test_other_errors_are_not_challenges() -> None:
    for status in (403, 404, 500, 503, 521):
        assert reason("<html><body><h1>Error</h1></body></html>", status) == "http-error"


def test_an_article_about_challenges_is_accepted() -> None:
    assert reason(ARTICLE, 200) is None


def test_an_article_with_the_cookie_of_a_firewall_is_accepted() -> None:
    assert reason(ARTICLE, 200, (("Set-Cookie", "__jsluid_h=5c2; path=/"),)) is None
