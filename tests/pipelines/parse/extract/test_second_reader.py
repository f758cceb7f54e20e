"""Pages without a known container on which our own block is not the whole text, or more: trafilatura reads them too."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter

import pytest

from pipelines.model import Draft, Rejection
from pipelines.parse.extract import container, tree
from pipelines.parse.extract.article import extract
from pipelines.parse.extract.beside import with_prose_beside
from pipelines.parse.extract.doubt import doubtful_region
from pipelines.parse.extract.judge import Judgement, judge, settled
from pipelines.parse.extract.lines import lay_out
from pipelines.parse.extract.second_reader import lines_of_second_reader
from pipelines.parse.extract.unlike_text import surroundings
from tests.pipelines.parse.extract.test_body import GENERIC, LINKS, TITLE, capture

TEXT = (
    "市水务局近日启动汛前检查，对全市三十二座水库、五十六公里堤防逐一排查，发现隐患立即整改，确保安全度汛。",
    "各镇街组织巡查队伍，对山塘、泵站和低洼易涝点开展拉网式排查，登记造册，逐项销号，并备足沙袋和抽水设备。",
    "检查组来到青石水库大坝，查看溢洪道和放水涵管，要求管理单位落实二十四小时值班，每两小时上报一次水位。",
    "针对去年内涝严重的柳桥片区，市政部门提前疏通雨水管网十一公里，更换破损井盖八十六个，增设移动泵车三台。",
    "应急管理部门在六个乡镇设置物资前置点，储备冲锋舟、救生衣和照明灯具，保证灾害发生后一小时内送达现场。",
    "市水务局负责人表示，检查将持续到本月底，对整改不力的单位予以通报，对造成后果的依法追究责任。",
)
TRADITIONAL_TITLE = "汛期檢查啟動"
TRADITIONAL = (
    "水利署近日啟動汛期檢查，對轄內三十二座水庫、五十六公里堤防逐一排查，發現缺失立即改善，確保安全度汛。",
    "各鄉鎮公所組織巡查隊伍，對抽水站與低窪地區展開全面清查，造冊列管，逐項改善，並備妥沙包與抽水設備。",
    "檢查小組來到青石水庫，查看溢洪道與放水設施，要求管理單位落實二十四小時值班，每兩小時回報一次水位。",
    "針對去年淹水嚴重的柳橋里，工務單位提前疏通雨水下水道十一公里，更換破損人孔蓋八十六個，增設抽水機三台。",
    "消防單位在六個鄉鎮設置物資據點，儲備救生艇、救生衣與照明燈具，確保災害發生後一小時內送達現場。",
    "水利署官員表示，檢查將持續到本月底，對改善不力的單位予以公布，並依法追究相關人員的責任。",
)
OFFERS = "".join(f"<p><a href=/offer{number}>开户优惠火热进行中第{number}期</a></p>" for number in range(4))
TEASERS = (
    "景区周末迎来客流高峰，停车位一度告急，交警部门建议错峰出行。",
    "公交集团新开通三条社区线路，沿途设站二十六个，方便居民换乘。",
    "文化馆暑期免费课程开始报名，共有书法、舞蹈、摄影等十二个班。",
    "供电公司完成迎峰度夏检修，更换变压器四十台，保障居民用电。",
    "图书馆延长开放时间至晚上九点，自习座位可以通过手机预约。",
    "菜市场改造完成后重新开业，摊位统一编号，价格每日公示。",
)
SCRIPTS = [(TITLE, TEXT), (TRADITIONAL_TITLE, TRADITIONAL)]


def paragraphs(lines: tuple[str, ...] | list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def page(title: str, body: str) -> str:
    return f"<title>{title}</title><body><ul>{LINKS}</ul><div><h1>{title}</h1>{body}</div><ul>{LINKS}</ul>"


def draft(html: str) -> Draft:
    found = extract(html, capture(), GENERIC)
    assert not isinstance(found, Rejection), found
    return found


def texts(found: Draft) -> list[str]:
    return [block.text for block in found.blocks]


def origins(found: Draft) -> list[str]:
    return [each.origin for each in found.evidence if each.field == "text"]


def judged(html: str, title: str, second: tuple[str, ...]) -> Judgement:
    """Return the judgement on a page if the second reader has read these lines."""
    root = tree.parse_html(html)
    assert root is not None
    layout = lay_out(root)
    found = container.find_body(root, layout, html, (), title)
    assert found is not None
    numbers = frozenset(number for number, line in enumerate(layout.lines) if line.text in second)
    return judge(with_prose_beside(found, layout, title), surroundings(layout, title), numbers)


@pytest.mark.parametrize(("title", "text"), SCRIPTS)
@pytest.mark.parametrize("size", [1, 2])
def test_an_article_in_boxes_between_advertisements_is_joined(title: str, text: tuple[str, ...], size: int) -> None:
    boxes = [f"<div class=part>{paragraphs(text[start : start + size])}</div>" for start in range(0, 6, size)]
    found = draft(page(title, f"<div>{OFFERS}</div>".join(boxes)))
    assert texts(found) == list(text)
    assert origins(found) == ["densest", "second-reader"]
    assert not found.flags
    assert {each.rule for each in found.left_out} == {"links"}


@pytest.mark.parametrize(("title", "text"), SCRIPTS)
def test_a_lead_above_an_advertisement_is_joined(title: str, text: tuple[str, ...]) -> None:
    body = f"<div>{paragraphs(text[:2])}</div><div>{OFFERS * 9}</div><div><div>{paragraphs(text[2:])}</div></div>"
    found = draft(page(title, body))
    assert texts(found) == list(text)
    assert origins(found) == ["densest", "second-reader"]


@pytest.mark.parametrize("name", ["tuijian-list", "sidebar", "hot news"])
@pytest.mark.parametrize(("title", "text"), SCRIPTS)
def test_a_short_article_is_not_lost_beside_boxes_of_other_texts(title: str, text: tuple[str, ...], name: str) -> None:
    others = "".join(f"<div><h3>第{number}期</h3><p>{each * 3}</p></div>" for number, each in enumerate(TEASERS))
    found = draft(page(title, f"<div>{paragraphs(text[:2])}</div><div class='{name}'>{others}</div>"))
    assert texts(found) == list(text[:2])
    assert {each.rule for each in found.left_out} == {"related"}


def test_a_short_article_is_not_lost_beside_teasers_with_a_link_to_the_rest() -> None:
    teasers = "".join(
        f"<dl><dd>看点第{number}期</dd><dd>{each * 2}<a href=/{number}>[详细]</a></dd></dl>"
        for number, each in enumerate(TEASERS)
    )
    found = draft(page(TITLE, f"<div>{paragraphs(TEXT[:2])}</div><div class=zx>{teasers}</div>"))
    assert texts(found) == list(TEXT[:2])
    assert {each.rule for each in found.left_out} == {"links"}


def test_comments_below_a_text_are_left_out() -> None:
    comments = "".join(f"<li><b>网友{number}：</b><p>{each}</p></li>" for number, each in enumerate(TEASERS[:4]))
    found = draft(page(TITLE, f"<div>{paragraphs(TEXT)}<ul class=comment-list>{comments}</ul></div>"))
    assert texts(found) == list(TEXT)
    assert {each.rule for each in found.left_out} == {"comments"}


def test_disclaimers_between_advertisements_are_no_paragraphs() -> None:
    terms = "<div><p>白溪网声明：频道所载内容仅供参考，并不构成投资建议，据此操作风险自担，与本网无关。</p></div>"
    body = f"<div>{paragraphs(TEXT[:2])}</div><div>{OFFERS}</div>{terms}"
    assert texts(draft(page(TITLE, body))) == list(TEXT[:2])


def test_a_marked_body_does_not_import_the_second_reader() -> None:
    marked = page(
        TITLE, f"<div id=zoom>{paragraphs(TEXT[:2])}</div><div>{OFFERS}</div><div>{paragraphs(TEXT[2:])}</div>"
    )
    script = (
        "import sys\n"
        "from pipelines.parse.extract.article import extract\n"
        "from tests.pipelines.parse.extract.test_body import GENERIC, capture\n"
        "extract(sys.argv[1], capture(), GENERIC)\n"
        "print('trafilatura' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, marked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_hidden_paragraphs_and_scripts_are_not_read() -> None:
    hidden = f"<div style='display:none'>{paragraphs(TEXT)}</div><script>var text = '{TEXT[0]}';</script>"
    html = page(TITLE, f"<div>{paragraphs(TEXT[:2])}</div>{hidden}<div>{OFFERS}</div><div>{paragraphs(TEXT[2:])}</div>")
    assert texts(draft(html)) == list(TEXT)


SIDE_TEXT = paragraphs([each * 3 for each in TEASERS])


def test_the_text_below_the_headline_replaces_a_block_far_from_it() -> None:
    html = page(TITLE, f"<div>{paragraphs(TEXT[:2])}</div><ul>{LINKS * 9}</ul><div>{SIDE_TEXT}</div>")
    judgement = judged(html, TITLE, TEXT[:2])
    assert judgement.replaces
    assert len(judgement.taken) == 2
    assert set(judgement.rules.values()) == {"other-article"}


def test_a_block_below_the_headline_is_not_replaced() -> None:
    html = page(TITLE, f"<div>{paragraphs(TEXT)}</div><ul>{LINKS * 9}</ul><h1>另一篇文章</h1>{paragraphs(TEASERS)}")
    judgement = judged(html, TITLE, TEASERS)
    assert not judgement.taken
    assert set(judgement.rules.values()) == {"other-article"}


def test_two_texts_without_a_headline_are_a_disagreement() -> None:
    html = page("", f"<div>{paragraphs(TEXT)}</div><ul>{LINKS * 9}</ul><div>{paragraphs(TEASERS)}</div>")
    assert judged(html, TITLE, TEASERS).is_unsettled


def test_what_only_we_have_stays() -> None:
    rows = "<table><tr><td>水库</td><td>数量</td></tr><tr><td>青石水库</td><td>12</td></tr></table>"
    judgement = judged(page(TITLE, f"<div>{TEXT[0]}<br>{paragraphs(TEXT[1:])}{rows}</div>"), TITLE, TEXT[2:])
    assert judgement == Judgement()


def generated() -> list[str]:
    """Return pages of paragraphs, advertisements, teasers, notices and boxes in random order."""
    choose = random.Random(11)
    extra = (f"<div>{OFFERS}</div>", f"<ul>{LINKS}</ul>", f"<p>{TEASERS[0]}</p>", f"<aside><p>{TEASERS[1]}</p></aside>")
    marks = ("<p>相关阅读</p>", "<p>责任编辑：李华</p>", f"<h2><a href=/x>{TEASERS[2]}</a></h2>", f"<h1>{TITLE}</h1>")
    made = []
    for _ in range(120):
        boxes = [f"<div>{paragraphs([line])}</div>" for line in TEXT]
        for part in choose.choices((*extra, *marks), k=choose.randint(2, 12)):
            boxes.insert(choose.randint(0, len(boxes)), part)
        made.append(page(TITLE, "".join(boxes)))
    return made


def test_the_text_stays_in_the_order_of_the_page_without_repetitions() -> None:
    asked = 0
    for html in generated():
        root = tree.parse_html(html)
        assert root is not None
        layout = lay_out(root)
        found = container.find_body(root, layout, html, (), TITLE)
        assert found is not None
        found = with_prose_beside(found, layout, TITLE)
        region = doubtful_region(found, layout, TITLE, ())
        if region is None:
            continue
        asked += 1
        around = surroundings(layout, TITLE)
        result = settled(found, around, judge(found, around, lines_of_second_reader(layout, region)))
        assert list(result.numbers) == sorted(set(result.numbers))
        assert [line.text for line in result.lines] == [layout.lines[number].text for number in result.numbers]
        known = Counter(line.text for line in (*result.lines, *result.above, *result.between))
        known += Counter(each.text for each in result.judged)
        assert known <= Counter(line.text for line in layout.lines)
        ours = {line.text for line in (*found.lines, *found.above, *found.between)}
        assert ours <= set(known)
        extent = layout.lines[result.numbers[0] : result.numbers[-1] + 1]
        assert {line.text for line in extent} <= set(known)
    assert asked >= 30  # enough of the pages leave a doubt
