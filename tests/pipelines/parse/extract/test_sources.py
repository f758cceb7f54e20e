"""Sources that are not publishers, printed sources that are fuller than declared ones, and headlines of small sites."""

from __future__ import annotations

import pytest

from tests.pipelines.parse.extract.test_metadata import BODY, HEAD, NAME, PROSE, origins, read


@pytest.mark.parametrize(
    ("html", "source"),
    [
        (f"<meta name=ContentSource content='{NAME}'><p>来源：市水务局</p>", "市水务局"),
        ("<meta name=ContentSource content=浙江><p>来源：浙江监管局</p>", "浙江监管局"),
        ("<meta name=ContentSource content=广州市><p>2024-03-05</p>", None),
        ("<meta name=ContentSource content=请输入来源><p>来源：市水务局</p>", "市水务局"),
        ("<meta name=ContentSource content=市水务局><p>来源：市水务局办公室 2024-03-05</p>", "市水务局办公室"),
        ("<meta name=ContentSource content=临江日报><p>来源：临江日报社会新闻 2024-03-05</p>", "临江日报"),
        ("<p>来源：本网临江市住房保障办公室</p>", "临江市住房保障办公室"),
        ("<p>来源：上海奉贤</p>", "上海奉贤"),
        ("<div><span>原创</span><span>白溪发布</span><em>2024-03-12 09:00</em></div>", "白溪发布"),
    ],
)  # fmt: skip
def test_sources(html: str, source: str | None) -> None:
    assert read(HEAD + html + BODY).source == source


@pytest.mark.parametrize(
    "name", ["<a id=js_name>白溪发布</a>", '<script>var nickname = htmlDecode("白溪发布");</script>']
)
def test_the_source_on_wechat_is_the_account(name: str) -> None:
    assert (
        read(f"<title>{NAME}</title><h1>{NAME}</h1>{name}<div id=js_content><p>{PROSE}</p></div>").source == "白溪发布"
    )


@pytest.mark.parametrize("tag", ["h1", "h5"])
def test_a_headline_may_begin_with_the_name_of_the_site(tag: str) -> None:
    name = "临江市水文研究所召开汛期水情会商会议"
    logo = "<p>临江市水文研究所</p>"
    page = f"<title>临江市水文研究所</title>{logo}<{tag}>{name}</{tag}><p>21</p><p>2024年02月</p>{BODY}"
    found = read(f"{page}<h4>相关文章</h4><p><a href=/1>水文研究所开展业务培训</a></p><p>2020-01-18</p>")
    assert (found.title, str(found.published_at)) == (name, "2024-02-21")
    assert origins(found, "title") == ["heading"]
