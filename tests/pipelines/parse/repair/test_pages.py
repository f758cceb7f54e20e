"""Pages with the defects of mirrors, document sites and previews, read from their bytes to the article."""

from __future__ import annotations

import pytest
from attrs import evolve

from pipelines.line.order import read_page
from pipelines.model import Article, Block, Draft, Job, Recipe
from pipelines.parse.repair import language_model
from pipelines.parse.segment import segment
from tests.pipelines.made import capture

PROSE = "市住房和城乡建设局三月四日召开会议，部署今年老旧小区改造工作，要求各县区倒排工期，按时完成任务。"
LONG_LINE = "会议强调，要始终把群众安全摆在首位，严格落实各项措施，快速响应，靠前指挥，守土尽责，"

MIRROR = f"""<title>市住建局部署小区改造</title></head><body><h1>市住建局部署小区改造</h1><div class="content">
<p>国产精品无码_亚洲综合一区二区三区_久久精品视频</p><p>相关附件:</p><p>{PROSE} ▲工地现场 ▲居民代表 {LONG_LINE}
<br>确保完成任务。会议还通报了有关情况。 一要抓早。 二要抓小。 三要抓实。 |</p>
<p>责任编辑：李华　来源：市政府办</p></div>"""

DOCUMENTS = f"""<title>改造工作发言</title></head><body><h1>改造工作发言</h1><div class="content">目录/提纲:……<br>
一、抓早抓小，下好“先手棋”<br>二、健全_机制<br>三、织密“一张网”<br>……<br>在***市改造工作会议上的发言<br>
一、抓早抓小，下好“先手棋”。{PROSE}{LONG_LINE}<br>……(某文秘网http://a.example省略725字,正式会员可完整阅读)……<br>
二、健全_机制。{PROSE}各级各部门要 ……(未完,全文共4031字,当前仅显示2036字,请阅读下面提示信息。<br>
收藏《改造工作发言》)</div>"""

PREVIEW = f"""<title>市住建局部署小区改造</title></head><body><h1>市住建局部署小区改造</h1>
<div class="content"><p>{PROSE}</p><p>{PROSE}</p></div><div class="wall"><p>￥2.00</p>
<p>剩余60%内容，付费后可阅读全文</p>
<a href="/login">登录</a></div>"""


def read(html: str, encoding: str = "utf-8") -> Article:
    head = f'<!DOCTYPE html><html><head><meta charset="{encoding}">'
    body = f"{head}{html}<div class='foot'>主办：某某网</div></body></html>".encode(encoding)
    outcome = read_page(Job(capture=capture(body=body), recipe=Recipe(name="generic/1")))
    assert isinstance(outcome, tuple), outcome
    return outcome[0]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_paragraphs_and_credits_of_a_mirror_are_restored(encoding: str) -> None:
    article = read(MIRROR, encoding)
    assert article.text.split("\n") == [
        PROSE,
        f"{LONG_LINE}确保完成任务。会议还通报了有关情况。",
        "一要抓早。",
        "二要抓小。",
        "三要抓实。",
    ]
    assert article.source == "市政府办"
    assert [(person.name, person.role) for person in article.authors] == [("李华", "editor")]
    assert {"spam", "captions"} <= set(article.quality.flags)
    assert not article.quality.truncated


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_outline_and_omissions_of_a_document_site_are_recorded(encoding: str) -> None:
    article = read(DOCUMENTS, encoding)
    assert article.text.split("\n") == [
        "在***市改造工作会议上的发言",
        f"一、抓早抓小，下好“先手棋”。{PROSE}{LONG_LINE}",
        f"二、健全_机制。{PROSE}各级各部门要",
    ]
    assert article.outline == ("一、抓早抓小，下好“先手棋”", "二、健全_机制", "三、织密“一张网”")
    quality = article.quality
    assert (quality.omitted_chars, quality.full_chars, quality.shown_chars) == (725, 4031, 2036)
    assert (quality.truncated, quality.paywall, quality.masked_chars) == (True, True, 4)


def test_a_price_below_the_text_is_a_paywall() -> None:
    article = read(PREVIEW)
    assert article.text == f"{PROSE}\n{PROSE}"
    assert (article.quality.truncated, article.quality.paywall) == (True, True)
    whole = read(PREVIEW.replace("剩余60%内容，付费后可阅读全文", "登录后发表评论"))
    assert not whole.quality.truncated
    assert article.quality.score is not None
    assert whole.quality.score is not None
    assert article.quality.score < whole.quality.score


@pytest.mark.parametrize("change", [{"truncated": "length"}, {"headers": (("Content-Length", "99999"),)}])
def test_an_incomplete_page_is_truncated(change: dict) -> None:
    body = f"<html><body><div class='content'><p>{PROSE}</p><p>{PROSE}</p>".encode()
    job = Job(capture=evolve(capture(body=body), **change), recipe=Recipe(name="generic/1"))
    outcome = read_page(job)
    assert isinstance(outcome, tuple)
    assert (outcome[0].quality.truncated, outcome[0].quality.flags) == (True, ("torn",))


def test_of_several_articles_only_the_last_is_truncated() -> None:
    blocks = [
        Block(text=text) for head in ("春耕开始", "夏粮入仓") for text in (head, f"云洲日报讯（记者 李华）{PROSE}")
    ]
    parts = segment(Draft(title=None, blocks=tuple(blocks), below=("登录后阅读全文",), torn=True), language_model)
    assert [(part.below, part.torn) for part in parts] == [((), False), (("登录后阅读全文",), True)]
