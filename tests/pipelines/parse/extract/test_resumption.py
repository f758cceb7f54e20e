"""A line that usually ends an article takes no prose of the article with it, in both scripts."""

from __future__ import annotations

from collections.abc import Callable

import opencc
import pytest

from tests.pipelines.parse.extract.test_body import LINKS, MORE, PROSE, TITLE, texts

START = f"<p>{PROSE}</p><p>{MORE}</p>"
NUMBERED = "三、现场确认时请携带身份证原件"
SHORT = "请有关单位于三月十日前报送检查结果。"
REST = (
    *("相关表格从县水务局网站下载。", NUMBERED, SHORT, "联系我们领取证件的居民，请携带身份证原件。", MORE),
    "1.登录县政务服务网",
)
"""Lines of an article that follow an end; some begin as labels do."""

ENDS = (
    "<p>免责声明：本文仅代表作者本人观点，与本网无关。</p>",
    "<p>声明：</p>",
    "<p>上一篇：<a href=/1.html>县水务局发布第一号通知</a></p><p>下一篇：<a href=/2.html>县水务局通知</a></p>",
    "<p>责任编辑：李华</p>",
    "<p>编辑：</p>",
    "<p>分享到：微信 微博</p>",
    "<p>返回列表</p>",
    "<p>调查</p>",
    "<p>您可能关注</p>",
    f"<p>相关阅读</p><ul>{LINKS}</ul>",
    "<p>附件：<a href=/a.pdf>1.汛前检查名单.pdf</a></p><p><a href=/b.pdf>2.堤防检查情况统计表.pdf</a></p>",
    "<p>凡本网注明来源为其他媒体的信息，均为转载。</p>",
    "<p>网站标识码：3301990007　浙ICP备19900007号</p>",
)


def simplified(text: str) -> str:
    return text


SCRIPTS = (simplified, opencc.OpenCC("s2t").convert)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("gap", ["", "<p>县水务局</p>" * 6])
def test_prose_below_an_end_is_text(end: str, gap: str, script: Callable[[str], str]) -> None:
    html = f"<title>{TITLE}</title><div id=zoom>{START}{end}{gap}{''.join(f'<p>{line}</p>' for line in REST)}</div>"
    found = texts(script(html))
    assert [line for line in (PROSE, MORE, *REST) if script(line) not in found] == []


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("end", "last"),
    [(end, SHORT) for end in ENDS if not end.startswith(("<p>调查", "<p>您", "<p>相关"))]
    + [(end, NUMBERED) for end in ENDS],
)
def test_one_last_sentence_below_an_end_is_text(end: str, last: str, script: Callable[[str], str]) -> None:
    found = texts(script(f"<title>{TITLE}</title><div id=zoom>{START}{end}<p>{last}</p></div>"))
    assert found[-1] == script(last)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    "tail",
    [
        f"<p>免责声明：本文仅代表作者本人观点。</p><p>评论 66 文明上网理性发言</p><p>南方之南</p><p>{MORE}</p>",
        f"<p>责任编辑：李华</p><p>177条评论</p><p>云游</p><p>{MORE}</p><p>09:01举报赞118回复</p><p>{PROSE}</p>",
        f"<p>责任编辑：李华</p><p>用户7919988804</p><p>{MORE}</p>",
        f"<p>责任编辑：李华</p><p>请先登录后发表评论</p><p>{MORE}</p>",
        "<p>声明：</p><p>本网转载其他媒体的稿件，版权归原作者所有，如有侵权请与本网联系。</p>",
        "<p>责任编辑：李华</p>" + f"<h3><a href=/1.html>县水务局发布第一号通知</a></h3><p>{MORE}</p><p>更多</p>" * 2,
        "<p>调查</p><p>你如何看待汛前检查的范围与方式？</p><p>1.你所在的镇街有没有启动检查？</p><p>没有</p>",
    ],
)
def test_comments_terms_teasers_and_surveys_are_no_prose_of_the_article(
    tail: str, script: Callable[[str], str]
) -> None:
    html = f"<title>{TITLE}</title><div id=zoom>{START * 2}{tail}</div>"
    found = [line for line in texts(script(html)) if line != script("责任编辑：李华")]
    assert found == [script(line) for line in (PROSE, MORE) * 2]


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_organisers_of_an_event_are_no_footer(script: Callable[[str], str]) -> None:
    lines = ("主办单位：县文化馆", "承办单位：城东街道办事处", "活动期间请遵守场馆秩序，听从工作人员安排。")
    html = f"<title>{TITLE}</title><div id=zoom>{START}{''.join(f'<p>{line}</p>' for line in lines)}</div>"
    assert texts(script(html))[2:] == [script(line) for line in lines]
