"""Client-side redirects: pages that redirect every browser are followed; pages with a condition or own text are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.parse.extract.client_redirects import (
    MAX_VISIBLE_CHARS,
    client_redirect,
    client_redirects,
    may_redirect,
)

HERE = "http://www.example.cn/xwzx/1.html"
THERE = "http://www.example.cn/xwzx/2024/2.html"


def page(script: str, shown: str = "", attributes: str = "") -> str:
    return f"<html><head><title>跳转</title></head><body {attributes}>{shown}<script>{script}</script></body></html>"


@pytest.mark.parametrize(
    "html",
    [
        '<html><head><meta http-equiv="REFRESH" content="3; URL=2024/2.html"></head><body>页面正在跳转</body></html>',
        '<meta content="0 url=2024/2.html" http-equiv=refresh>',
        "<meta http-equiv='Refresh' content=\"0,'2024/2.html'\">",
        page("window.location.href='2024/2.html';"),
        page(r"window.location.href = '2024\/2.html';"),
        page("location = `2024/2.html`"),
        page("", attributes="onload=\"javascript:location.href='2024/2.html'\""),
        page('top.location.replace("/xwzx/2024/2.html#top")'),
        page("setTimeout(\"javascript:location.href='2024/2.html'\", 3000);"),
        page("setTimeout(function(){ window.location = '2024/2.html'; }, 0)"),
        page("setTimeout(() => { location.assign('2024/2.html') }, 10)"),
        page("window.onload = function () { location.href = '2024/2.html' }"),
        page("$(function(){ location.href='2024/2.html'; });"),
        page("(function(){ try { location.href='2024/2.html' } catch (e) {} })()"),
        page("function go(){ location.href='2024/2.html' }", attributes='onload="go()"'),
        page("function go(){ location.href='2024/2.html' } setTimeout(go, 500)", shown="<p>系统将自动跳转，请稍候</p>"),
    ],
)
def test_a_page_that_redirects_every_browser_is_followed(html: str) -> None:
    assert client_redirect(html, HERE) == THERE
    assert client_redirects(html, HERE)[0].partition("#")[0] == THERE


@pytest.mark.parametrize(
    "html",
    [
        page("if (/Android|iPhone/.test(navigator.userAgent)) location.href='2024/2.html'"),
        page("if (mobile) { window.location.href='2024/2.html' }"),
        page("mobile && (location.href='2024/2.html')"),
        page("if (a) { b() } else { location.href='2024/2.html' }"),
        page("function back(){ location.href='2024/2.html' }"),
        page("function back(){ location.href='2024/2.html' }", shown='<a onclick="back()">返回</a>'),
        page("$('#b').click(function(){ location.href='2024/2.html' })"),
        page("b.onclick = function(){ location.href='2024/2.html' }"),
        page("$.ajax({url: 'a', error: function(){ location.href='2024/2.html' }})"),
        page("document.cookie='C3VK=5f1a; max-age=300'; location.href='2024/2.html'"),
        page("location.href='2024/2.html'", shown="<p>您访问的页面不存在，3秒后返回首页</p>"),
        page("location.href='2024/2.html'", shown="<p>" + "市政府召开会议，部署防汛工作。" * 6 + "</p>"),
        page("location.href='1.html'"),
        page("location.href='javascript:void(0)'"),
        page("location.href='http://['"),
        page("location.href=`/m/${id}.html`"),
        '<meta http-equiv="refresh" content="600">',
        '<meta http-equiv="refresh" content="0;url=">',
        page("location.href='2024/2.html' + day"),
    ],
)
def test_a_page_with_a_condition_or_own_text_does_not_redirect(html: str) -> None:
    assert client_redirect(html, HERE) is None


def test_a_page_too_large_for_an_index_is_not_searched() -> None:
    nested = "<record>" * 30_000
    assert client_redirects(page("location.href='2024/2.html'", shown=nested), HERE) == ()


def test_unclosed_braces_are_counted_once() -> None:
    assert client_redirect(page("{" * 9_000 + "location.href='2024/2.html'"), HERE) is None


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be"])
def test_a_page_that_may_redirect_is_recognised_by_its_bytes_in_any_charset(charset: str) -> None:
    assert may_redirect(page("LOCATION.href='2024/2.html'").encode(charset, "replace"))
    assert not may_redirect(page("run()").encode(charset, "replace"))


@given(
    st.text(st.characters(codec="utf-8") | st.sampled_from("，。的　é\xa0中"), max_size=MAX_VISIBLE_CHARS),
    st.sampled_from(["utf-8", "gb18030", "big5", "utf-16-le"]),
)
def test_no_page_that_redirects_is_taken_for_one_with_much_text(shown: str, charset: str) -> None:
    html = page("location.href='2024/2.html'", shown=shown)
    body = html.encode(charset, "ignore")
    assert may_redirect(body) or client_redirect(body.decode(charset), HERE) is None


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5"])
def test_an_article_whose_script_names_a_location_need_not_be_decoded(charset: str) -> None:
    assert not may_redirect(page("location.href='2024/2.html'", shown="<p>" + 400 * "中").encode(charset, "replace"))
