"""All rules together and each rule by itself: recorded repairs, undo, and what must stay."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.model import Block, Draft, Person
from pipelines.parse.repair import RULES, mend, repair
from pipelines.parse.repair.close_gaps import close_gaps
from pipelines.parse.repair.edits import Edit, apply_edits, record_edits, undo
from pipelines.parse.repair.strip_pinyin import strip_pinyin
from pipelines.parse.repair.widen_punctuation import widen_punctuation
from pipelines.text.script import script_of
from pipelines.text.simplify import simplify

CLEAN = (
    "3月4日，市住建局召开工作会议，部署今年老旧小区改造任务（详见附表）。\n"
    "会议9:30开始，全市今年计划改造小区26个，比上年增加3.5%；惠及居民1,200户。\n"
    "“汆（cuān烫）”是当地的做法，字典注作汆(烫)，网址为http://www.example.gov.cn/a?b=1,2。\n"
    "记者在现场看到，来源于群众的建议已有三成落实。编辑部将继续关注。"
)
MARKS = [
    "關(guān)", "政(zheng)(zheng)府(fu)", "(OK)", "会议", "，", ",", ":", "?!", "(含村干部)", "9:30", "\n", " ", "A",
    "责任编辑：李华", "来源:市府办", "上一篇：无", "相關(guān)附件:", "|", "**", "。", "€",
    '"', "紅 磡 及 九 龍 城", "\u3000", "(fǎ)", "\U0001f600",
]  # fmt: skip
LINES = [
    "▲会场", "登录后阅读全文", "……(省略9字,会员可完整阅读)……", "点击展开", "目录", "一、抓早", "一、抓早。", "二、抓小",
    "……", "首页 > 政务 > 正文", "国产精品无码_亚洲综合一区二区", "版权声明：本站所有。",
    "……（未完，全文共9字，当前仅显示3字", "会议指出，要抓好各项工作落实，各县区要加强协作配合，形成工作合力，",
    "确保按时完成任务。", "。 ",
]  # fmt: skip
damaged = st.lists(st.sampled_from(MARKS) | st.text(max_size=4), max_size=40).map("".join)
framed = st.lists(st.sampled_from([*MARKS, *LINES, "\n"]) | st.text(max_size=4), max_size=40).map("".join)


@given(damaged | framed)
def test_every_repair_has_its_position_and_can_be_undone(text: str) -> None:
    mended, repairs = mend(text)
    assert all(mended[made.start : made.end] == made.after for made in repairs)
    assert all(left.end <= right.start for left, right in pairwise(repairs))
    assert undo(mended, repairs) == text


@given(damaged)
def test_a_second_run_changes_nothing(text: str) -> None:
    mended, _ = mend(text)
    assert mend(mended) == (mended, ())


@given(framed)
def test_every_rule_finds_nothing_in_its_own_result(text: str) -> None:
    for name, rule in RULES:
        assert rule(rule(text).text).edits == (), name


@st.composite
def rounds(draw: st.DrawFn) -> tuple[str, list[list[Edit]]]:
    text = draw(st.text(alphabet="abcdef", max_size=12))
    size, out = len(text), []
    for _ in range(draw(st.integers(1, 4))):
        places = sorted(draw(st.lists(st.integers(0, size), max_size=6, unique=True)))
        places = places[: len(places) // 2 * 2]
        pairs = zip(places[::2], places[1::2], strict=True)
        edits = [Edit(start=start, end=end, after=draw(st.text(alphabet="XY", max_size=2))) for start, end in pairs]
        out.append(edits)
        size += sum(len(edit.after) - (edit.end - edit.start) for edit in edits)
    return text, out


@given(rounds())
def test_edits_of_several_rules_compose(case: tuple[str, list[list[Edit]]]) -> None:
    original, steps = case
    text, repairs = original, ()
    for number, edits in enumerate(steps):
        repairs = record_edits(text, repairs, f"rule-{number}", edits)
        text = apply_edits(text, edits).text
        assert all(text[made.start : made.end] == made.after for made in repairs)
        assert undo(text, repairs) == original


def test_clean_text_stays_as_it_is() -> None:
    assert mend(CLEAN) == (CLEAN, ())
    assert simplify(CLEAN) is CLEAN


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("相關(guān)部門、長(zhǎng)沙、調(diào)整", "相關部門、長沙、調整"),
        ("長（zhǎng）沙", "長沙"),
        ("政(zheng)(zheng)府(fu)網(wang)站(zhan)公(gong)開", "政府網站公開"),
        ("他会拼音（pīnyīn）和(and)英文(OK)", "他会拼音（pīnyīn）和(and)英文(OK)"),
        ("长(duǎn)沙", "长(duǎn)沙"),
        ("關(guan1)於區（qū）調(ɡuān)調(diǎo)", "關於區調(ɡuān)調(diǎo)"),
        ("務(wu\u0300)、長(zhăng)、強(qiánɡ)", "務、長、強"),
        ("垚(yáo)镇、長(cháng)沙、六(lù)安", "垚(yáo)镇、長(cháng)沙、六(lù)安"),
        ("关(guān)于发(fā)展经(jīng)济、产(chǎn)业的规(guī)定", "关于发展经济、产业的规定"),
        ("六(lù)安大(dài)城铅(yán)山蔚(yù)县单(shàn)县", "六(lù)安大(dài)城铅(yán)山蔚(yù)县单(shàn)县"),
        ("我們(men)發(fā)展經(jīng)濟(jì)、產(chǎn)業(yè)", "我們發展經濟、產業"),
        ("旅(lv)客綠(lv)色律(lv)師呂(lv)女士慮(lv)", "旅客綠色律師呂女士慮"),
    ],
)
def test_pinyin(damaged: str, mended: str) -> None:
    assert strip_pinyin(damaged).text == mended


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("会议指出,要抓落实;谁来抓?", "会议指出，要抓落实；谁来抓？"),
        ("比分3:2,10:30结束,共1,200人", "比分3:2,10:30结束，共1,200人"),
        ("他说:“好!”,见http://a.cn/?x,y", "他说：“好！”，见http://a.cn/?x,y"),
        ("Hello, world (2024)", "Hello, world (2024)"),
        ("采用标准,见附件(2022年版)(GB/T 2260)", "采用标准，见附件（2022年版）(GB/T 2260)"),
        ('会上他说:"干就要干好",到场的"110"民警笑了', "会上他说：“干就要干好”，到场的“110”民警笑了"),
        ('他說:"好",又說「不好」', "他說：「好」，又說「不好」"),
        ('他说"好"，又说"不好"。', "他说“好”，又说“不好”。"),
        ('按 "确定" 键，选 a="甲" 项。', '按 "确定" 键，选 a="甲" 项。'),
        ("要求如下:\n(1)抓落实,(2)重实效;图①:现场", "要求如下：\n（1）抓落实，（2）重实效；图①：现场"),
        ('比例下降,为3‰,屏幕13"大', '比例下降，为3‰，屏幕13"大'),
        ("写得好，编得好，印得好(见图)", "写得好，编得好，印得好(见图)"),
        ("抓早,抓小,精准_,筑起防线,\n,做好***:落实", "抓早，抓小，精准_，筑起防线，\n，做好***：落实"),
        ("会议指出,要抓落实, 要见效。 会后,走访“ 三农 ”干部", "会议指出，要抓落实，要见效。会后，走访“三农”干部"),
        ("听取广播等 “土办法” 情况,本报讯 “来了”。", "听取广播等“土办法”情况，本报讯 “来了”。"),
        ("弘扬“工匠精神” 打造强市:《“双减” 之后》", "弘扬“工匠精神” 打造强市：《“双减” 之后》"),
        ("会后,看《“双减” 之后》。", "会后，看《“双减” 之后》。"),
        ("会议指出，要抓落实。 会后“ 走访 ”", "会议指出，要抓落实。 会后“ 走访 ”"),
    ],
)
def test_punctuation(damaged: str, mended: str) -> None:
    assert widen_punctuation(damaged).text == mended


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("位 於 紅 磡 及 九 龍 城 的 居 民 ， 約 2 0 萬 人", "位於紅磡及九龍城的居民，約20萬人"),
        ("\u3000\u3000会议召开。 \n\u3000市政府", "会议召开。\n市政府"),
        ("李\u3000华、王 明、张 军", "李\u3000华、王 明、张 军"),
        ("李 华 王 明 张 军", "李 华 王 明 张 军"),
        ("日 一 二 三 四 五 六", "日 一 二 三 四 五 六"),
        ("区领导调研人才工作 学习先进经验", "区领导调研人才工作 学习先进经验"),
        ("床前明月光　疑是地上霜", "床前明月光　疑是地上霜"),
        ("现 将 有 关 情 况 通 报 如 下 。\n市 政 府", "现将有关情况通报如下。\n市政府"),
        ("使 用 GIS 系 统 的 单 位", "使用GIS系统的单位"),
    ],
)
def test_gaps(damaged: str, mended: str) -> None:
    assert close_gaps(damaged).text == mended


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("忙著接待，著眼長遠，著力解決，承接著", "忙着接待，着眼长远，着力解决，承接着"),
        ("顯著、著名、名著、著作、編著、土著、卓著", "显著、著名、名著、著作、编著、土著、卓著"),
        ("翻譯著新譯著，議論著論著", "翻译着新译著，议论着论著"),
        ("位於倫敦，對於單位，於潛鎮", "位于伦敦，对于单位，於潜镇"),
        ("乾縣、乾安縣、乾隆，曬乾道路", "乾县、乾安县、乾隆，晒干道路"),
        ("藉著春風，慰藉著，狼藉", "借着春风，慰藉着，狼藉"),
        ("覆上一層，顛覆，答覆", "覆上一层，颠覆，答复"),
        ("甚麼規畫，批覆同意，瞭望瞭解", "什么规划，批复同意，瞭望了解"),
        ("打開大砲，舖路", "打开大炮，铺路"),
    ],
)
def test_known_errors_of_conversion(traditional: str, simplified: str) -> None:
    assert simplify(traditional) == simplified


def test_zhu_stays_in_simplified_lines() -> None:
    assert simplify("他执著地走着。\n關於\n执著") == "他执著地走着。\n关于\n执著"


def test_machine_conversion_is_flagged() -> None:
    flags = repair(Draft(title=None, blocks=(Block(text="關(guān)於會(huì)議"),))).quality.flags
    assert "machine-converted" in flags
    assert repair(Draft(title=None, blocks=(Block(text="關於會議"),))).quality.flags == ()


def test_boilerplate_is_removed_and_its_data_is_kept() -> None:
    blocks = (
        "市住建局召开会议。",
        "会议要求抓好落实。",
        "（责任编辑：李华、王小明）",
        "来源：市住建局",
        "【字体：大 中 小】打印 关闭",
        "上一篇：无　下一篇：无",
    )
    at = dt.datetime(2024, 3, 4, 17, 30, tzinfo=dt.UTC)
    draft = Draft(title="會(huì)議", blocks=tuple(Block(text=text) for text in blocks), published_at=at)
    article = repair(draft)
    assert article.text == "市住建局召开会议。\n会议要求抓好落实。"
    assert article.authors == (Person(name="李华", role="editor"), Person(name="王小明", role="editor"))
    assert article.source == "市住建局"
    assert article.title == "會議"
    assert article.quality.flags == ("mended-title",)
    assert article.published_on == dt.date(2024, 3, 5)
    assert undo(article.text, article.repairs) == "\n".join(blocks)


def test_credits_inside_a_text_and_a_known_source_stay() -> None:
    blocks = [Block(text=f"第{number}段正文，说明情况。") for number in range(6)]
    draft = Draft(title=None, blocks=(*blocks, Block(text="来源：图虫"), *blocks), source="新华社")
    article = repair(draft)
    assert "来源：图虫" in article.text
    assert article.source == "新华社"


def test_masks_are_counted_and_stay() -> None:
    article = repair(Draft(title=None, blocks=(Block(text="***市健全_机制，对入*返*人员登记。"),)))
    assert article.quality.masked_chars == 6
    assert article.text == "***市健全_机制，对入*返*人员登记。"


def test_script() -> None:
    assert script_of("區委書記主持召開會議") == "hant"
    assert script_of("区委书记主持召开会议，馮征宇參加") == "mixed"
    assert script_of("ABC 123") == "hans"
    assert simplify("關於後勤\n关于后勤") == "关于后勤\n关于后勤"
    assert repair(Draft(title=None, blocks=(Block(text="關(guān)於顯著成效"),))).text_hans == "关于显著成效"
