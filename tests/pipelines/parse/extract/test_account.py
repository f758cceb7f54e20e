"""Each visible line between the headline and the end of the text is in the text, in another field, or in `left_out`."""

from __future__ import annotations

import pytest

from pipelines.model import Draft, Rejection
from pipelines.parse.extract.article import extract
from tests.pipelines.parse.extract.test_body import GENERIC, LINKS, MORE, PROSE, TITLE, capture


def draft(body: str, above: str = "") -> Draft:
    html = f"<title>{TITLE}</title><h1>{TITLE}</h1>{above}<div id=zoom>{body}</div>"
    found = extract(html, capture(), GENERIC)
    assert not isinstance(found, Rejection), found
    return found


def texts(body: str, above: str = "") -> list[str]:
    return [block.text for block in draft(body, above).blocks]


def left_out(body: str, above: str = "") -> list[tuple[str, str, str]]:
    return [(each.rule, each.place, each.text) for each in draft(body, above).left_out]


def paragraphs(*lines: str) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


@pytest.mark.parametrize(
    "lines",
    [
        ("停水区域：城东街道青石路、柳桥巷。", "时间：2026年3月2日8时至20时", PROSE),
        ("停水区域：青石路", "时间：2026年3月2日8时", "请居民提前储水，不便之处敬请谅解。"),
        ("招聘单位：白溪县中医院", "招聘岗位：护士2名", "报名时间：2024年3月1日", PROSE),
        ("听证会时间：2024年3月5日9时", "地点：县行政中心三楼会议室", PROSE),
        ("一、报名时间", "2024年8月1日至8月5日", "二、报名方式", "登录白溪教育网点击报名", PROSE),
        (
            "一、登录县政务服务网",
            "二、注册账号",
            "三、点击“我要报名”按钮",
            "四、打印准考证",
            "五、分享到朋友圈可加分",
            PROSE,
        ),
        ("（2018年10月1日白溪县人民政府令第746号公布　自2018年11月1日起施行）", "第一章　总则", PROSE),
        ("白政规〔2024〕3号", TITLE, "各镇人民政府，县政府各部门：", PROSE),
        ("转发县财政局通知", "附件下载说明", PROSE),
        ("① 打开手机微信", "② 扫一扫办事大厅二维码后选择科室", "第三步 点击收藏备用", PROSE),
    ],
)
def test_lines_of_a_notice_are_text(lines: tuple[str, ...]) -> None:
    assert texts(paragraphs(*lines), "<div>发布时间：2024-03-05　来源：县水务局</div>") == list(lines)


def test_an_end_in_the_middle_removes_only_its_own_line() -> None:
    lines = (PROSE, MORE, "分享到：微信 QQ", "一、关于汛前检查", PROSE, "返回列表", MORE, PROSE, "声明：", MORE)
    assert texts(paragraphs(*lines)) == [PROSE, MORE, "一、关于汛前检查", PROSE, MORE, PROSE, MORE]


def test_each_line_that_is_left_out_has_its_rule_and_place() -> None:
    head = paragraphs(TITLE, "发布时间：2024-03-05　来源：县水务局　浏览次数：12", "【字体：大 中 小】 打印")
    box = f"<p>相关阅读</p><ul>{LINKS}</ul>"
    found = left_out(head + paragraphs(PROSE, "分享到：微信", MORE) + box)
    assert found[0][:2] == ("info-line", "head")
    assert found[1] == ("tool", "head", "【字体：大 中 小】 打印")
    assert found[2] == ("tool", "body", "分享到：微信")
    assert {each[:2] for each in found[3:]} == {("related", "tail")}
    assert len(found) == 8


def test_lines_between_the_headline_and_the_container_are_accounted_for() -> None:
    above = "<div>发布时间：2024-03-05　来源：县水务局</div><p>第12期</p>"
    assert left_out(paragraphs(PROSE, MORE), above) == [
        ("info-line", "head", "发布时间：2024-03-05　来源：县水务局"),
        ("beside", "head", "第12期"),
    ]
