"""Repair of lines: boilerplate, credits, captions, spam, wrapped lines, and paragraphs in one line."""

from __future__ import annotations

import datetime as dt

import pytest

from pipelines.model import Block, Draft, Evidence, Image, Person
from pipelines.parse.repair import repair
from pipelines.parse.repair.credits import credit_fields, read_credits
from pipelines.parse.repair.drop_furniture import drop_furniture
from pipelines.parse.repair.drop_spam import drop_spam
from pipelines.parse.repair.join_lines import join_lines
from pipelines.parse.repair.lift_captions import assign_captions, captions, lift_captions
from pipelines.parse.repair.part_paragraphs import part_paragraphs

BODY = "市住建局召开工作会议，部署今年任务。\n会议要求抓好落实。"
CHINA = dt.timezone(dt.timedelta(hours=8))


@pytest.mark.parametrize(
    "line",
    """歡迎來到某某物流網! 請登錄  免費注冊  忘記密碼?
當前位置: 首頁 >  物流資訊  >  行業新聞  > 市領導檢查
您现在的位置：首页 > 新闻
首页 > 政务公开 > 部门动态
上一篇:社區背街小巷改造煥新顏
下一篇:這是本分類下的最后一篇文章
上一篇：无　下一篇：无
【字体：大 中 小】打印 关闭 分享
【打印】【关闭】
分享到：微信 微博 QQ空间
扫一扫在手机打开当前页
浏览次数：1024次
阅读 1.2万+
（本文已被浏览 53 次）
点赞 3　收藏 1　评论
阅读（128）
阅读(1.2万)
浏览：5次
点赞 3
分享 12
收藏(3)
３条评论
128 阅读
已有128人阅读
128人赞过
共 5 人参与
阅读 128 点赞 3 收藏 1
当前时间：10:25:33
现在是：2024年4月7日 星期日 10:25
临江 多云转小雨 7℃~16℃ 空气质量：优
当前在线 3 人　今日访问：1,099 人次
您是第123456位访客
今天是：2024年4月7日 星期日 农历二月廿九
相關附件:
收藏《在工作会议上的发言》
|
版权声明：凡本网注明“来源：某网”的作品，版权均属本网所有。
本文来源于网络，如有侵权请联系我们删除。
免责声明：本站内容来自互联网。
未经授权，不得转载。
Copyright © 2020 某市人民政府 版权所有
粤ICP备05012345号
信息来源:区融媒体中心
发布时间:2022-03-20 09:13 作者:祝佳 浏览量:
2021/12/13 22:23:10
审核:魏瑶  签发:陈晗
(责任编辑：admin)
责任编辑 李华
来源：江门日报 作者：何榕 责编：郑凯瑜 【字体：大 中 小】 打印 关闭
来源: 自治区人民政府门户网站 2021-09-24 16:37
文字:政府办 摄影:王京普 石金帅 编辑:申杨 赵凯""".splitlines(),
)
def test_boilerplate_is_removed(line: str) -> None:
    assert drop_furniture(f"{BODY}\n{line}").text == BODY
    assert drop_furniture(drop_furniture(f"{line}\n{BODY}").text).edits == ()


@pytest.mark.parametrize(
    "line",
    """来源：群众的建议，已有三成落实。
已有128人阅读了意见，全部收到答复。
点赞3家企业
收藏3件文物
共有5人参与评审
今天多云，最高气温16℃。
10:25 会议开始
时间：2024年3月5日
时间：3月5日上午9点
2024年3月5日
附件：1.申请表
编辑部将继续关注。
上一篇报道引起了关注。
我市发布版权保护工作声明
首页改版
本报记者 李华
未经批准不得擅自施工。
公司声明：产品合格。
记者：您好！
作者：
位置：市民中心三楼
所在位置：港口一路12号
声明：某某公司公章遗失，自即日起作废。
今天是2024年4月7日，离高考还有两个月。
访问3家企业
点赞！
阅读30篇文章
1 | 2 | 3""".splitlines(),
)
def test_prose_and_the_end_of_a_letter_stay(line: str) -> None:
    for text in (f"{BODY}\n{line}", f"{line}\n{BODY}"):
        assert drop_furniture(text).text == text


def test_a_pipe_after_the_text_is_removed() -> None:
    assert drop_furniture("营造祥和的社会环境。 |\n春耕|夏耘").text == "营造祥和的社会环境。\n春耕|夏耘"


def test_terms_of_use_inside_a_text_stay() -> None:
    lines = [f"第{number}段正文，说明情况。" for number in range(9)]
    text = "\n".join([*lines, "版权声明：双方各执一词。", *lines])
    assert drop_furniture(text).text == text


def test_a_date_with_its_weekday_is_removed_only_at_the_end() -> None:
    today = "2024年4月7日（星期日） 多云 7℃~16℃"
    assert drop_furniture(f"{BODY}\n{today}\n浏览：31次").text == BODY
    for text in (f"{today}\n{BODY}", f"活动安排如下：\n{today}\n上午九时，开幕式。"):
        assert drop_furniture(text).text == text


def test_counters_inside_a_text_are_rows_of_a_table() -> None:
    lines = [f"第{number}段正文，说明情况。" for number in range(9)]
    text = "\n".join([*lines, "听力 30", "阅读 40", "写作 30", *lines])
    assert drop_furniture(text).text == text


def test_credit_lines_give_people_time_and_source() -> None:
    found = read_credits(["发布时间：2022-03-20 09:13 来源：市府办", "文字:王京普 石金帅 编辑:Anna Lee 校对：赵六"])
    assert found.published_at == dt.datetime(2022, 3, 20, 9, 13, tzinfo=CHINA)
    assert found.source == "市府办"
    assert [(person.name, person.role) for person in found.people] == [
        ("王京普", "author"),
        ("石金帅", "author"),
        ("Anna Lee", "editor"),
        ("赵六", "proofreader"),
    ]
    assert credit_fields("来源：新华社，编辑有删节。") == ()
    assert [person.name for person in read_credits(["编辑：王大中 李小", "摄影：张中"]).people] == [
        "王大中",
        "李小",
        "张中",
    ]
    assert read_credits(["发布时间：2022-02-30 09:13"]).published_at is None


def test_boilerplate_fills_empty_fields_with_evidence() -> None:
    lines = (
        "当前位置：首页 > 政务公开 > 部门动态 > 正文",
        "2021/12/13 22:23:10",
        *BODY.split("\n"),
        "来源：互联网 责任编辑：李华",
    )
    article = repair(Draft(title=None, blocks=tuple(Block(text=text) for text in lines)))
    assert article.text == BODY
    assert article.published_at == dt.datetime(2021, 12, 13, 22, 23, 10, tzinfo=CHINA)
    assert article.published_on == dt.date(2021, 12, 13)
    assert article.source == "互联网"
    assert article.column == ("政务公开", "部门动态")
    assert article.authors == (Person(name="李华", role="editor"),)
    filled = [proof.field for proof in article.evidence if proof.origin == "furniture"]
    assert sorted(filled) == ["authors", "column", "published_at", "source"]


def test_known_fields_are_not_overwritten() -> None:
    at, known = dt.date(2024, 3, 5), (Person(name="李华", role="reporter"),)
    blocks = tuple(Block(text=text) for text in (*BODY.split("\n"), "来源：互联网 责任编辑：李华"))
    proof = (Evidence(field="source", origin="meta:ContentSource"),)
    draft = Draft(title=None, blocks=blocks, published_at=at, source="新华社", authors=known, evidence=proof)
    article = repair(draft)
    assert (article.published_at, article.source, article.authors) == (at, "新华社", known)
    assert article.evidence == proof


@pytest.mark.parametrize(
    "line",
    [
        "国产精品无码_亚洲综合一区二区三区_久久精品视频免费观看",
        "澳门新葡京官网 - 威尼斯人娱乐城【首存送彩金】",
        "澳門新葡京|百家樂|老虎機|真人娛樂",
    ],
)
def test_spam_is_removed(line: str) -> None:
    assert drop_spam(f"{line}\n{BODY}").text == BODY


@pytest.mark.parametrize(
    "line",
    [
        "警方捣毁一个网上赌博的百家乐平台，查获老虎机十二台。",
        "我市开展打击网上赌博专项行动",
        "威尼斯人酒店举行论坛",
        "亚洲自行车锦标赛开幕，欧美选手参加",
    ],
)
def test_news_about_casinos_and_places_stays(line: str) -> None:
    assert drop_spam(line).text == line


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("检查超市。 ▲老地方超市 ▲万家喜超市 超市是重点。", "检查超市。\n超市是重点。"),
        ("检查超市。\n▲工作人员在现场施工（李华 摄）\n超市是重点。", "检查超市。\n超市是重点。"),
        ("检查超市。\n△会议现场", "检查超市。"),
        ("▲会议现场 检查超市。", "检查超市。"),
    ],
)
def test_captions_are_removed(text: str, mended: str) -> None:
    assert lift_captions(text).text == mended
    assert captions(text)


@pytest.mark.parametrize(
    "text",
    [
        "▲加强领导\n▲明确责任。各县区要成立专班，层层压实责任，确保完成。\n会议结束。",
        "三角形△ABC全等，带▲的项目免费。",
        "指数\t▲3.5%\n▲12.1",
        "标▲ 为必选项目",
    ],
)
def test_bullets_triangles_and_arrows_stay(text: str) -> None:
    assert lift_captions(text).text == text


def test_captions_are_assigned_to_their_images() -> None:
    one, two = Image(url="http://a.cn/1.jpg"), Image(url="http://a.cn/2.jpg")
    known = Image(url="http://a.cn/3.jpg", caption="▲会议现场")
    assert assign_captions((one, known, two), ("甲处", "会议现场", "乙处")) == (
        Image(url=one.url, caption="甲处"),
        known,
        Image(url=two.url, caption="乙处"),
    )
    assert assign_captions((one,), ("甲处", "乙处")) is None
    blocks = (Block(text="检查超市。"), Block(text="▲老地方超市"))
    article = repair(Draft(title=None, blocks=blocks, images=(one,)))
    assert article.images[0].caption == "老地方超市"
    assert article.quality.flags == ("captions",)


LONG_LINE = "新冠肺炎疫情发生以来，市委市政府始终把群众安全摆在首位，快速响应，扎实工作"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (f"{LONG_LINE}，守土尽责，", "疫情防控取得显著成效。我们的做法是："),
        (f"{LONG_LINE}。通过多种渠道持续宣传，实现城区和", "农村无盲区、全覆盖，营造了氛围。"),
    ],
)
def test_wrapped_lines_are_joined(left: str, right: str) -> None:
    assert join_lines(f"{left}\n{right}").text == left + right


@pytest.mark.parametrize(
    "text",
    [
        "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。",
        f"{LONG_LINE}。\n会议还要求加强督导。",
        f"{LONG_LINE}，\n一、加强领导，明确责任。",
        f"{LONG_LINE}，\n（二）加强领导，明确责任。",
        f"{LONG_LINE}，\n李华：我同意这个意见。",
        f"{LONG_LINE}，\n附件：名单和材料清单，共三份。",
        f"{LONG_LINE}，\n广东省江门市蓬江区港口一路",
        f"{LONG_LINE}。营造安全祥和\n会议在下午继续进行，全部结束。",
        f"{LONG_LINE}\n会议在下午继续进行，全部结束。",
        f"单位\t数量，\n{LONG_LINE}。",
        f"{LONG_LINE}，\n充分发挥了重要作用。\n，的一句。",
        "尊敬的各位领导、各位来宾，\n女士们、先生们，大家上午好。",
    ],
)
def test_verse_lists_letters_and_uncertain_joins_stay(text: str) -> None:
    assert join_lines(text).text == text


def test_paragraphs_in_one_line_are_split() -> None:
    text = "一要管控。 要加强管理。” 二要保护。　要做好防护。"
    assert part_paragraphs(text).text == "一要管控。\n要加强管理。”\n二要保护。\n要做好防护。"
    assert part_paragraphs("一要管控。 要加强管理。 二要保护。").edits == ()
    assert part_paragraphs("雪好白。 一夜之间， 屋顶白了。 真美。 我喜欢。").edits == ()


def test_the_rows_of_a_weather_forecast_stay() -> None:
    text = f"{BODY}\n临江 晴 7℃~16℃\n江北 多云转小雨 6℃~14℃"
    assert drop_furniture(text).text == text
