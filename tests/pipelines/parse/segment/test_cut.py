"""Cutting of small pages with several articles: headlines, bylines, captions, joins, flags."""

from __future__ import annotations

import pytest

from pipelines.model import Block, Draft, Edition, Image, Repair
from pipelines.parse.repair import language_model
from pipelines.parse.segment import segment

BODY = "市住房和城乡建设局昨日召开会议，部署今年老旧小区改造工作，要求各县区倒排工期，按时完成任务。"
MORE = "会议指出，要把群众满意作为标准，确保工程质量。"
FIRST = ("老旧小区改造提速 百姓住得更舒心", f"江门日报讯（记者/何榕 通讯员/区住建局）{BODY}", MORE)
SECOND = ("春耕备耕有序推进", "本报讯（记者 陈立）市农业农村局消息，全市已备足种子和化肥。", "农技人员深入田间指导。")


def page(*texts: str, **fields: object) -> tuple[Draft, ...]:
    blocks = tuple(Block(text=text) for text in texts)
    return segment(Draft(title="A03：城事", blocks=blocks, **fields), language_model)  # type: ignore[arg-type]


def texts(part: Draft) -> list[str]:
    return [block.text for block in part.blocks]


def removed(part: Draft) -> list[tuple[str, str]]:
    return [(made.rule, made.before.strip()) for made in part.repairs]


def test_people_come_from_the_articles_own_lines() -> None:
    one, two = page(*FIRST, *SECOND)
    assert [(each.name, each.role) for each in one.authors] == [("何榕", "reporter"), ("区住建局", "correspondent")]
    assert [(each.name, each.role) for each in two.authors] == [("陈立", "reporter")]
    assert (one.dateline, two.dateline) == ("江门日报讯（记者/何榕 通讯员/区住建局）", "本报讯（记者 陈立）")


def test_subtitle_and_bylines_are_separated_from_the_text() -> None:
    _, two = page(*FIRST, "最美的逆行", "——抗洪一线见闻", "□文/图 本报记者 陈立", "通讯员 李明", BODY)
    assert (two.title, two.subtitle, texts(two)) == ("最美的逆行", "抗洪一线见闻", [BODY])
    assert removed(two) == [("lift-bylines", "□文/图 本报记者 陈立"), ("lift-bylines", "通讯员 李明")]
    assert two.repairs[0] == Repair(rule="lift-bylines", start=0, end=0, before="□文/图 本报记者 陈立\n", after="")


def test_a_headline_in_two_lines_is_one_title() -> None:
    one, two = page(*FIRST, "全市春耕备耕现场会召开", *SECOND)
    assert two.title == "全市春耕备耕现场会召开 春耕备耕有序推进"
    assert len(one.blocks) == 2


def test_subheads_stay_in_their_article() -> None:
    one, _ = page(*FIRST, "抓早抓小", MORE, "两小时内集结", BODY, *SECOND)
    assert texts(one)[2:] == ["抓早抓小", MORE, "两小时内集结", BODY]


def test_a_headline_of_two_parts_needs_no_dateline_if_others_have_one() -> None:
    assert [part.title for part in page(*FIRST, *SECOND, "巩固成果不松劲 打好下半年攻坚战", BODY)][2:] == [
        "巩固成果不松劲 打好下半年攻坚战"
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ("一句话新闻", "●市图书馆昨日开馆。", "●春耕备耕全面展开。", "●全市夏粮收购结束。"),
        ("本周要闻", "市图书馆开馆", BODY, "春耕备耕展开", MORE),
        ("市图书馆开馆", "据新华社消息，昨日开馆。", "春耕备耕展开", "据本报消息，已备足种子。"),
        ("关于召开会议的通知", "时间：3月5日", "地点：市会议中心", "联系人：李明"),
        ("记者手记", BODY, "记者 走基层", MORE),
    ],
)
def test_digests_notices_and_subheads_stay_one_article(lines: tuple[str, ...]) -> None:
    assert len(page(*lines)) == 1


def test_a_join_is_recorded_with_its_confidence() -> None:
    left, right = BODY[:20], BODY[20:]
    one, _ = page(FIRST[0], f"江门日报讯（记者/何榕）{left}", right, *SECOND)
    (made,) = one.repairs
    assert texts(one) == [f"江门日报讯（记者/何榕）{BODY}"]
    assert (made.rule, made.start, made.before, made.after) == ("join-columns", 33 - 1, "\n", "")
    assert 0.5 < made.confidence < 1
    assert one.flags == ()


def test_a_quotation_that_continues_after_another_article_is_joined() -> None:
    cut = "负责人李明说：“我们吃住都在工地，就是为了让大家早一"
    rest = "天住进新房，这比什么都重要。”说完他又回到工地。"
    one, two = page(*FIRST, cut, *SECOND, rest)
    assert texts(one)[-1] == cut + rest
    assert texts(two) == list(SECOND[1:])


def test_missing_endings_and_beginnings_are_flagged() -> None:
    third = ("打好攻坚战 巩固新成果", "杂，要压实责任，抓好落实。")
    one, two, three = page(*FIRST[:2], "会议还通报了上半年工作", *SECOND, *third)
    assert (one.flags, two.flags, three.flags) == (("missing-tail",), (), ("missing-head",))


def test_weak_evidence_leaves_a_paragraph_torn() -> None:
    one, _ = page(*FIRST[:2], "会议通报了有关情况，并对下一步", "抓早抓小", f"一是{MORE}", *SECOND)
    assert "torn" in one.flags


def test_a_caption_is_assigned_to_its_image_and_its_article() -> None:
    images = (Image(url="http://e.example/1.jpg"), Image(url="http://e.example/2.jpg", caption="工地现场"))
    one, two = page(*FIRST, *SECOND, "图为农技人员在田间指导春耕。（陈立 摄）", images=images)
    assert [image.caption for image in two.images] == ["图为农技人员在田间指导春耕。（陈立 摄）"]
    assert [image.url for image in one.images] == ["http://e.example/2.jpg"]
    assert removed(two) == [("lift-captions", "图为农技人员在田间指导春耕。（陈立 摄）")]


def test_edition_and_its_files_are_on_every_article() -> None:
    edition = Edition(paper="江门日报", page="A03")
    assert [part.edition for part in page(*FIRST, *SECOND, edition=edition)] == [edition] * 2


def test_headings_after_rules_are_headlines_without_datelines() -> None:
    blocks = [
        each
        for title in ("市图书馆开馆迎客", "春耕备耕展开", "夏粮收购结束")
        for each in (Block(text=title, kind="heading", parted=title[0] != "市"), Block(text=BODY))
    ]
    parts = segment(Draft(title=None, blocks=tuple(blocks)), language_model)
    assert [part.title for part in parts] == ["市图书馆开馆迎客", "春耕备耕展开", "夏粮收购结束"]
    chapters = [Block(text=f"一、{block.text}", kind=block.kind, parted=block.parted) for block in blocks]
    assert len(segment(Draft(title=None, blocks=tuple(chapters)), language_model)) == 1


def test_a_page_of_two_articles_is_cut_if_one_has_no_dateline() -> None:
    torn = "、象棋两个项目吸引了四百多名职工，运动会持续三天，体育馆里加油声此起彼伏。"
    one, two = page(*FIRST, "全市职工运动会上周六在体育馆落下帷幕", torn)
    assert (one.title, two.title) == (FIRST[0], "全市职工运动会上周六在体育馆落下帷幕")
    assert two.flags == ("missing-head",)


def test_a_subhead_over_a_text_on_the_same_subject_is_not_a_headline() -> None:
    assert len(page(*FIRST, "老旧小区改造工作要求倒排工期", BODY)) == 1


def test_lines_of_verse_are_not_joined() -> None:
    verse = ("风从北边来，", "把柿子一个一个吹红，", "我问她冬天还有多远，", "她指了指屋檐下的燕巢。")
    _, two = page(*FIRST, "短歌一首", "□柳笛", *verse)
    assert tuple(texts(two)) == verse


def test_news_in_brief_has_its_own_head_and_its_items_are_not_joined() -> None:
    items = ("●市科技馆每周三免费开放夜场。", "●笋干节将于本月开幕。")
    *_, brief = page(*FIRST, *SECOND, "简讯", *items)
    assert (brief.title, tuple(texts(brief))) == ("简讯", items)


def test_two_open_ends_are_joined_with_their_own_continuations() -> None:
    between = ("消防站开展夏季练兵", "本报讯（记者 李明）昨日，滨海消防站的训练场上，消防员背着水带登上了训")
    ends = ("练塔，四十五秒完成出动，站长说，每天训练六个小时。", "剂，提醒居民按医嘱服用，医生还为老人量了血压。")
    cut = "社区卫生站向居民发放了防暑的冲"
    one, two, three = page(*FIRST, cut, *between, *SECOND, *ends)
    assert (texts(one)[-1], texts(two)[-1]) == (cut + ends[1], between[1] + ends[0])
    assert texts(three) == list(SECOND[1:])


@pytest.mark.parametrize(
    "dateline", ["本报北京一月十二日电（记者于海）", "本报福州电", "新华社广州十月三日电", "本报汉口10日讯"]
)
def test_datelines_with_a_day_in_hanzi_or_only_a_place(dateline: str) -> None:
    _, two = page(*FIRST, "市图书馆开馆迎客", f"{dateline}市图书馆昨日开馆。")
    assert two.title == "市图书馆开馆迎客"


@pytest.mark.parametrize("text", ["本报热线来电反映，路灯坏了。", "本报致电市供水公司。"])
def test_telephone_calls_to_the_newspaper_are_not_datelines(text: str) -> None:
    assert len(page(*FIRST, "市民来信照登", text)) == 1
