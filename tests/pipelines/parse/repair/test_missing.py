"""Text that pages withhold, mask or print twice: paywall notices, masks, outlines."""

from __future__ import annotations

import pytest

from pipelines.model import Block, Draft
from pipelines.parse.repair import repair
from pipelines.parse.repair.drop_stubs import MissingText, drop_stubs, missing_text
from pipelines.parse.repair.masks import count_masked_chars
from pipelines.parse.repair.part_outline import outline, part_outline

LEAD = "会议要求抓好落实"

OFFERS = """登录后阅读全文
请登录后查看全文
登入後可閱讀全文
您需要登录后才可以查看该内容
阅读此信息需要您支付
阅读此信息需要您支付 10 点，点击这里支付
阅读此信息需要您支付…
本文为付费文章，购买后可阅读全文
訂閱後可繼續閱讀全文
本文為會員專享內容
本文限會員閱讀，請先登入
開通VIP解鎖全文
剩余60%未读，付费后可阅读全文
以下内容仅会员可见
正式会员可完整阅读
试读结束,购买后可阅读全文
您没有权限阅读本文，请先登录
（登录后阅读全文）
（此处省略1,024个字，登录后可见）
【省略725字,正式會員可完整閱讀】""".splitlines()

BUTTONS = ["点击展开", "点击展开全文", "展开剩余70%", "點擊閱讀全文>>", "打开APP阅读全文", "扫码阅读全文"]

SPOKEN = [
    "记者点击“登录后阅读全文”按钮后，被要求支付30元。",
    "记者看到，页面提示“全文共4031字，当前仅显示2036字”，其余要付费。",
    "会员可完整阅读，这是多家公文网站的做法。",
    "全文共4031字，语言平实。",
    "他说（此处省略500字）不必再讲。",
    "市民可登录市政务服务网查看办理结果。",
    "考生请登录后查看成绩。",
    "登录后查看更多评论",
    "市图书馆推出付费阅读服务",
    "（全部内容）",
    "收费公路信息公开",
    "付费阅读",
    "会议免费，会员优先。",
]


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("lead", [f"{LEAD}。\n", f"{LEAD}。", f"{LEAD}……", f"{LEAD}... "])
def test_paywall_notices_are_removed_and_recorded(lead: str, offer: str) -> None:
    text = lead + offer
    assert drop_stubs(text).text == lead.rstrip("\n… .")
    assert missing_text(text).truncated
    assert missing_text(text).paywall


@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_means_missing_text_only_at_the_end(button: str) -> None:
    assert missing_text(f"{LEAD}\n{button}") == MissingText(truncated=True)
    assert missing_text(f"{LEAD}\n{button}\n会议还指出，要加强督导。") == MissingText()
    assert drop_stubs(f"{LEAD}。\n{button}\n会议结束。").text == f"{LEAD}。\n会议结束。"


@pytest.mark.parametrize("sentence", SPOKEN)
def test_sentences_about_paywalls_stay(sentence: str) -> None:
    for text in (sentence, f"{LEAD}。\n{sentence}\n{LEAD}。", f"{LEAD}。{sentence}"):
        assert drop_stubs(text).text == text
        assert missing_text(text) == MissingText()


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        ("……(某网http://a.cn省略725字,正式會員可完整閱讀)……", MissingText(truncated=True, paywall=True, omitted=725)),
        ("未完,全文共4031字,當前僅顯示2036字", MissingText(truncated=True, full=4031, shown=2036)),
        (
            "……（未完，全文约３,500字，目前只显示1200字，请注册会员。\n收藏《发言》）",
            MissingText(truncated=True, paywall=True, full=3500, shown=1200),
        ),
        (
            "本文共 3821 字，仅显示前 500 字，购买后阅读",
            MissingText(truncated=True, paywall=True, full=3821, shown=500),
        ),
        ("剩余1234字，付费后可阅读", MissingText(truncated=True, paywall=True, omitted=1234)),
    ],
)
def test_counts_are_read(notice: str, expected: MissingText) -> None:
    assert missing_text(f"{LEAD}\n{notice}") == expected
    assert drop_stubs(f"{LEAD}\n{notice}").text == LEAD


def test_several_omissions_add_up_and_lines_around_them_are_not_joined() -> None:
    left = "各专班及其成员单位根据各自职责，在开展工作的同时，注重相互之间的衔接与协调，"
    stub = "……（省略{}字，会员可完整阅读）……"
    blocks = [left, stub.format(100), "充分发挥作用。", left, stub.format(20), "全面完成任务。"]
    article = repair(Draft(title=None, blocks=tuple(Block(text=text) for text in blocks)))
    assert article.text.split("\n") == [left, "充分发挥作用。", left, "全面完成任务。"]
    assert article.quality.omitted_chars == 120
    assert [made.before for made in article.repairs] == [f"{blocks[1]}\n", f"{blocks[4]}\n"]


def test_omitted_is_full_minus_shown() -> None:
    article = repair(Draft(title=None, blocks=(Block(text=f"{LEAD}（全文共900字，当前仅显示200字）"),)))
    assert article.quality.omitted_chars == 700


@pytest.mark.parametrize(
    ("below", "truncated"),
    [("登录后阅读全文", True), ("登录后发表评论", False), ("展开全文", False), ("会员中心", False)],
)
def test_notices_below_the_text_count_if_they_are_certain(below: str, truncated: bool) -> None:
    draft = Draft(title=None, blocks=(Block(text=f"{LEAD}。"),), below=("2024-03-05", below))
    assert repair(draft).quality.truncated is truncated


def test_a_torn_page_is_truncated() -> None:
    quality = repair(Draft(title=None, blocks=(Block(text=LEAD),), torn=True)).quality
    assert (quality.truncated, quality.paywall, quality.flags) == (True, False, ("torn",))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("***市委、***市政府", 6),
        ("对入*返*人员登记，健全_机制", 3),
        ("留守人员***人（其中_返乡***人）", 7),
        ("XX县第xx届运动会，20XX年", 6),
        ("××部队与○○公司，□□厂", 6),
        ("李×、张**参加", 3),
        ("某某公司李某某", 0),
        ("**重要**通知", 0),
        ("二○○八年3×4米，5*6", 0),
        ("联系人：____ 电话：______", 0),
        ("*注：数据为快报数", 0),
        ("MAX值，xxx.cn", 0),
        ("snake_case名", 0),
        ("新区*（2006年），注：标“*”者", 0),
        ("第一名：*华，（*某）李*、", 3),
    ],
)
def test_masks(text: str, count: int) -> None:
    assert count_masked_chars(text) == count


ENTRIES = ("一、抓早抓小，下好“先手棋”", "一是摸清底数", "二是健全机制", "二、抓细抓实，织密“一张网”")
BODY = "一、抓早抓小，下好“先手棋”。一是摸清底数。逐户登记。\n二、抓细抓实，织密“一张网”。全面铺开。"


@pytest.mark.parametrize("heading", ["目录", "目錄/提綱:……", "【提纲】", "文档目录：", "大綱"])
@pytest.mark.parametrize("end", ["……\n", "...\n", ""])
def test_an_outline_is_separated(heading: str, end: str) -> None:
    text = f"经验交流\n{heading}\n" + "\n".join(ENTRIES) + f"\n{end}{BODY}"
    assert part_outline(text).text == f"经验交流\n{BODY}"
    assert outline(text) == ENTRIES
    assert part_outline(part_outline(text).text).edits == ()


def test_an_outline_without_a_mark_at_its_end_stops_where_the_text_repeats_it() -> None:
    body = "第一章 总则\n第一条 为规范管理，制定本办法。\n第二章 职责\n第二条 市局负责。\n第三章 附则\n第三条 施行。"
    text = f"目录\n第一章 总则\n第二章 职责\n第三章 附则\n{body}"
    assert part_outline(text).text == body


def test_an_outline_without_a_mark_at_its_end_leaves_the_title_after_it() -> None:
    text = "目录\n" + "\n".join(ENTRIES) + f"\n在市工作会议上的发言\n{BODY}"
    assert part_outline(text).text == f"在市工作会议上的发言\n{BODY}"


@pytest.mark.parametrize(
    "text",
    [
        f"{BODY}\n目录\n一、甲\n二、乙\n三、丙",
        "目录\n序言\n春\n夏\n秋\n冬",
        "目录\n外商投资产业指导目录由三部分组成。\n鼓励类。",
        "公布目录\n一、甲\n二、乙",
    ],
)
def test_other_lists_are_not_outlines(text: str) -> None:
    assert part_outline(text).text == text


def test_the_article_has_the_mended_outline_and_its_repair() -> None:
    lines = ["目錄/提綱:……", *ENTRIES[:2], "二是健全機(jī)制", "……", *BODY.split("\n")]
    article = repair(Draft(title=None, blocks=tuple(Block(text=text) for text in lines)))
    assert article.text == BODY
    assert article.outline == (*ENTRIES[:2], "二是健全機制")
    assert article.quality.flags == ("machine-converted", "pinyin", "outline")
    assert [made.before for made in article.repairs] == ["\n".join(lines[:5]) + "\n"]
