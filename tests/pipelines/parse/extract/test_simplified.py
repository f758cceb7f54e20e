"""Pages in traditional characters give the same values as in simplified ones, in the characters of the page."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.model import Draft, Recipe, Rejection
from pipelines.parse.extract.article import extract
from pipelines.text.script import has_traditional, opencc_table, simplified_copy
from tests.pipelines.made import capture

PROSE = "县水务局昨日启动汛前检查，各镇组织巡查队伍，对山塘和泵站开展排查，逐项销号，确保安全度汛。"
PAGE = """<html><head><title>{title}_云洲新闻网</title><meta name="keywords" content="汛前,检查"></head><body>
<div class="nav"><a href="/">首页</a> &gt; <a href="/yw/">{column}</a> &gt; 正文</div><h1>{title}</h1>
<p>发布时间：2024-03-05 09:30　来源：{source}　作者：{author}　浏览次数：12</p><div class="text">{body}</div>
<p>责任编辑：{editor}</p><p>【打印】【关闭】</p><div>相关阅读</div>
<p><a href="/1.html">县政府召开防汛会议部署各项工作</a></p></body></html>"""

FORMS = {char: forms[0] for char, forms in opencc_table("STCharacters").items()}
TRADITIONAL = str.maketrans({char: form for char, form in FORMS.items() if simplified_copy(form) == char})
"""Traditional forms of which the simplified copy is the character itself."""


def traditional(text: str) -> str:
    return text.translate(TRADITIONAL)


def read(html: str) -> Draft | Rejection:
    return extract(html, capture(body=html.encode()), Recipe(name="generic/1"))


def as_copy(value: object) -> object:
    """Return a value with all texts in it in simplified characters."""
    if isinstance(value, str):
        return simplified_copy(value)
    if isinstance(value, tuple):
        return tuple(map(as_copy, value))
    if attrs.has(type(value)):
        return {field.name: as_copy(getattr(value, field.name)) for field in attrs.fields(type(value))}
    return value


words = st.text(st.sampled_from("云洲临江县市水务局报网网业东门发为后里面团学会议产关"), min_size=4, max_size=14)
names = st.sampled_from(["张丽华", "刘云", "陈东门", "赵国强", "李晓东"])
pages = st.builds(
    PAGE.format,
    title=words,
    column=st.sampled_from(["要闻", "县区动态", "图片新闻"]),
    source=st.sampled_from(["云洲日报", "县水务局", "临江发布"]),
    author=names,
    editor=names,
    body=st.lists(words.map(lambda word: f"<p>{word}，{PROSE}</p>"), min_size=2, max_size=5).map("".join),
)


@given(pages)
def test_both_scripts_of_a_page_give_the_same_values(html: str) -> None:
    assert as_copy(read(traditional(html))) == as_copy(read(html))


@given(pages)
def test_values_have_the_characters_of_the_page(html: str) -> None:
    page = traditional(html)
    found = read(page)
    assert isinstance(found, Draft)
    names = [person.name for person in found.authors]
    texts = [found.title, found.source, *found.column, *names, *(block.text for block in found.blocks)]
    assert [text for text in texts if text and text not in page] == []


def test_a_page_without_traditional_characters_is_its_own_copy() -> None:
    html = PAGE.format(
        title="汛前检查启动", column="要闻", source="县水务局", author="刘云", editor="李晓东", body=PROSE
    )
    assert not has_traditional(html)
    assert simplified_copy(html) == html


MIXED = """<title>后来的故事</title><h1>后来的故事</h1>
<div id=zoom><p>皇后与太后，{0}。</p><p>後來，{0}。</p><p>后来，{0}。</p></div>"""


def test_a_line_keeps_its_own_form_of_a_character_that_has_two() -> None:
    prose = traditional(PROSE.rstrip("。"))
    found = read(MIXED.format(prose))
    assert isinstance(found, Draft)
    assert [block.text for block in found.blocks] == [f"皇后与太后，{prose}。", f"後來，{prose}。", f"后来，{prose}。"]


def test_a_text_of_several_elements_is_found_by_its_characters() -> None:
    page = f"<h1>縣水務局<br>啟動檢查</h1><p>記者：劉　雲</p><div id=zoom><p>{traditional(PROSE)}</p></div>"
    found = read(f"<title>縣水務局啟動檢查</title>{page}")
    assert isinstance(found, Draft)
    assert [(person.name, person.role) for person in found.authors] == [("劉雲", "reporter")]


@pytest.mark.parametrize("escape", [lambda char: f"\\u{ord(char):04x}", lambda char: char], ids=["escaped", "plain"])
def test_a_body_in_a_script_keeps_its_characters(escape: Callable[[str], str]) -> None:
    prose = traditional(PROSE) * 2
    markup = "".join(f"<p>{''.join(map(escape, prose))}<\\/p>" for _ in range(2))
    found = read(
        f'<title>啟動檢查</title><div id="app">載入中</div><script>var data = {{"body": "{markup}"}};</script>'
    )
    assert isinstance(found, Draft), found
    assert [block.text for block in found.blocks] == [prose, prose]


def test_words_on_a_picture_stay_as_they_are() -> None:
    image = '<p><img src="/1.jpg" alt="会议现场照片"></p>'
    found = read(f"<title>啟動檢查</title><div id=zoom><p>{traditional(PROSE)}</p>{image}<p>會議現場。</p></div>")
    assert isinstance(found, Draft)
    assert [image.caption for image in found.images] == ["会议现场照片"]
