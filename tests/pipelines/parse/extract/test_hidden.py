"""Texts that a page keeps for its scripts, pages whose text only a script could fetch, and error pages."""

from __future__ import annotations

import html as entities
import json

import pytest
from attrs import evolve

from pipelines.model import Draft, Rejection
from pipelines.parse.extract.article import extract
from tests.pipelines.parse.extract.test_body import GENERIC, capture, outcome
from tests.pipelines.parse.extract.test_metadata import NAME, PROSE

SECOND = "检查从四月二日开始，至五月底结束，重点查看大坝、溢洪道和启闭设备，并逐库核对防汛责任人名单，逐项登记。"
MARKUP = f"<p>{PROSE}</p><p>{SECOND}</p>"
ESCAPED = entities.escape(MARKUP)
HEAD = f"<title>{NAME}</title><h1>{NAME}</h1>"
STATE = {"detail": {"title": NAME, "publishTime": "2024-03-02 09:15", "content": MARKUP}}


@pytest.mark.parametrize(
    ("html", "origin"),
    [
        (f"<noscript>{MARKUP}</noscript>", "noscript"),
        (f"<textarea readonly>{PROSE}\n{SECOND}</textarea>", "textarea"),
        (f"<textarea id=h style='display:none'>{ESCAPED}</textarea>", "textarea"),
        (f"<script id=__NEXT_DATA__ type=application/json>{json.dumps(STATE)}</script>", "script#__NEXT_DATA__"),
        (f"<script>window.__INITIAL_STATE__={json.dumps(STATE)}</script>", "script"),
        (f"<script>window.data = {json.dumps(json.dumps(STATE))};</script>", "script"),
        (f"<script>var c = '{PROSE}<br/>' + '{SECOND}';</script>", "script"),
        (f"<script>document.write('<p>{PROSE}</p>');document.write('<p>{SECOND}</p>');</script>",
         "script:document.write"),
        (f"<script type=text/template id=t>{MARKUP}</script>", "script#t"),
        (f"<input type=hidden id=c value='{ESCAPED}'>", "input#c"),
        (f"<div data-content='{ESCAPED}'></div>", "div[data-content]"),
    ],
)  # fmt: skip
def test_a_text_that_only_scripts_show_is_read(html: str, origin: str) -> None:
    found = outcome(f"{HEAD}{html}")
    assert isinstance(found, Draft), found
    assert [block.text for block in found.blocks] == [PROSE, SECOND]
    assert [each.origin for each in found.evidence if each.field == "text"] == [f"embedded:{origin}"]


def test_the_date_is_read_from_the_same_script() -> None:
    found = outcome(f"{HEAD}<script>window.__INITIAL_STATE__={json.dumps(STATE)}</script>")
    assert isinstance(found, Draft), found
    assert str(found.published_at) == "2024-03-02 09:15:00+08:00"


def test_a_visible_text_is_never_replaced() -> None:
    found = outcome(f"{HEAD}<div>{MARKUP}</div><textarea><p>{SECOND * 9}</p></textarea>")
    assert isinstance(found, Draft), found
    assert [block.text for block in found.blocks] == [PROSE, SECOND]


def test_a_script_with_several_texts_is_a_list() -> None:
    items = [{"content": f"<p>{PROSE}</p>"}, {"content": f"<p>{SECOND}</p>"}]
    found = outcome(f"<title>{NAME}</title><script>var items = {json.dumps(items)}</script>")
    assert isinstance(found, Rejection)


@pytest.mark.parametrize(
    "html",
    [
        "<div id=app></div><script src=/app.js></script>",
        "<h1>{{ title }}</h1><div v-html='content'></div><script src=/app.js></script>",
        "<div id=zoom></div><script>$.ajax({url: '/api/detail'})</script>",
        "<p>请启用JavaScript后访问</p><script src=/app.js></script>",
        "<div id=zcjdpt></div><a href=/>首页</a><script src=//zcjd.cloud.gd.gov.cn/app.js></script>",
    ],
)
def test_a_page_that_a_script_fills_is_scripted(html: str) -> None:
    found = outcome(f"<title>{NAME}</title>{html}")
    assert isinstance(found, Rejection)
    assert found.reason == "scripted"
    assert "render" in found.detail


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/zcjdpt?id=4798", "https://zcjd.cloud.gd.gov.cn/api/home/article?id=4798;"),
        ("/zcjdpt/?from=list&id=12", "https://zcjd.cloud.gd.gov.cn/api/home/article?id=12;"),
        ("/zcjdpt", "https://zcjd.cloud.gd.gov.cn/api/home/article;"),
        ("/zcjdpt?id=<script>", "https://zcjd.cloud.gd.gov.cn/api/home/article;"),
    ],
)
def test_a_page_of_zcjdpt_names_the_address_of_its_text(path: str, address: str) -> None:
    url = f"http://www.临江.gov.example{path}"
    html = f"<title>{NAME}</title><a href=/>首页</a><div class=wrap></div><script src=/zcjd.js></script>"
    found = extract(html, evolve(capture(), url=url, final_url=url), GENERIC)
    assert isinstance(found, Rejection)
    assert found.reason == "scripted"
    assert address in found.detail


def test_a_link_to_zcjdpt_makes_no_page_scripted() -> None:
    links = "".join(f"<li><a href=/zcjdpt?id={number}>第{number}号政策的解读</a></li>" for number in range(9))
    found = outcome(f"<title>{NAME}</title><ul>{links}</ul>")
    assert isinstance(found, Rejection)
    assert found.reason == "not-an-article"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<h1>“/”应用程序中的服务器错误。</h1><p>说明: 服务器上出现应用程序错误。</p>", "http-error"),
        ("<h1>Server Error in '/' Application.</h1><h2>Runtime Error</h2>", "http-error"),
        ("<h2>HTTP 错误 404.0 - Not Found</h2><h3>您要找的资源已被删除、已更名或暂时不可用。</h3>", "soft-404"),
        ("<h1>HTTP Status 500 – Internal Server Error</h1><p>类型 异常报告</p>", "http-error"),
        ("<center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>", "http-error"),
        ("<b>Fatal error</b>: Uncaught Error in /var/www/show.php on line 12", "http-error"),
        ("<h2>Error 404--Not Found</h2><p>From RFC 2068 Hypertext Transfer Protocol</p>", "soft-404"),
    ],
)  # fmt: skip
def test_error_pages_with_status_200(html: str, reason: str) -> None:
    footer = "<p>主办：临江市人民政府办公室 承办：临江市大数据局</p><p>网站标识码：3301990007 浙ICP备19900007号</p>"
    found = outcome(f"<title>临江市人民政府</title>{html}{footer}")
    assert isinstance(found, Rejection)
    assert found.reason == reason


def test_an_article_about_an_error_is_read() -> None:
    found = outcome(f"{HEAD}<div>{MARKUP}<p>升级期间可能显示“HTTP 错误 503”，请稍后再试。</p></div>")
    assert isinstance(found, Draft)
