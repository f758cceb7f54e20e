"""Texts of one template: notices that offices publish every day with other names and figures."""

from __future__ import annotations

from crawler.demo.prose import SeededRandom, vocabulary
from crawler.demo.templated_notices import fill_slots

GOODS = "{白菜|土豆|西红柿|黄瓜|猪肉|鸡蛋|青椒|大葱}每公斤{1-30}.{0-9}元，环比{上涨|下降}{0-9}.{0-9}%"

KINDS = {kind: form["text"] for kind, form in vocabulary()["templates"].items()} | {
    "water": (
        "尊敬的用户：因{road}供水管网抢修，定于{@day}{0-11}时至{@day}{12-23}时对以下区域停止供水：{community}、{community}、"
        "{community}及周边用户。请上述区域的用户提前做好储水准备，关好用水阀门，以免来水时造成损失。"
        "恢复供水初期水质可能出现短暂浑浊，请放水片刻后使用。由此给您带来的不便敬请谅解。供水服务热线：{@phone}。"
    ),
    "candidate": (
        "为进一步扩大民主，接受社会监督，根据干部选拔任用工作的有关规定，现将拟任职人选的有关情况公示如下：\n"
        "{@name}，{男|女}，汉族，{1965-1990}年{1-12}月生，{大学|研究生|大专}学历，现任{bureau}{科长|副局长|主任}，"
        "拟任{bureau}{局长|副局长|总工程师}。\n公示时间为{@day}至{@day}。在公示期限内，个人和单位均可通过来信、来电、来访"
        "等形式反映公示对象的有关问题。反映情况应当实事求是，以真实姓名反映的，我们将为反映人严格保密。受理电话：{@phone}。"
    ),
    "tender": (
        "{district}{road}提升改造工程（项目编号：YZ{2020-2024}-{1000-9999}）的评标工作已经结束，现将中标结果公告如下：\n"
        "中标人：{company}，中标价：{100-9000}.{10-99}万元，工期：{60-400}天，项目负责人：{@name}。\n"
        "第二中标候选人：{company}。\n第三中标候选人：{company}。\n"
        "投标人或者其他利害关系人对中标结果有异议的，请在公示期内以书面形式向招标人提出，逾期不予受理。"
    ),
    "warning": (
        "市气象台{2020-2024}年{@day}{0-23}时{0-59}分发布{大风|大雾|暴雨|寒潮|道路结冰|高温|雷电}{蓝|黄|橙}色预警信号："
        "预计未来{6|12|18|24}小时内，{district}、{district}将受到影响，请注意防范。\n"
        "防御指南：政府及相关部门按照职责做好防范应对工作；有关单位和人员密切关注最新的天气信息；居民尽量减少外出，"
        "驾驶人员减速慢行，注意路况，确保安全；加固户外的临时搭建物，妥善安置易受影响的室外物品。"
    ),
    "prices": (
        "据市发展改革委价格监测中心对全市{8-28}家农贸市场和超市的监测，{@day}全市主要农副产品价格总体平稳。其中，"
        f"{GOODS}，{GOODS}，{GOODS}，{GOODS}，{GOODS}，{GOODS}。"
        "监测中心认为，目前我市主要农副产品货源充足，市场供应平稳有序，预计后期价格将保持基本稳定。"
    ),
    "accident": (
        "{@day}{0-23}时{0-59}分许，{@name}（{男|女}，{20-70}岁）驾驶小型客车沿{road}行驶至{road}路口时，"
        "与{@name}驾驶的电动自行车发生碰撞，造成{1-4}人受伤。"
        "接报后，公安交警、应急、卫生健康等部门立即赶赴现场开展救援处置工作，伤者已全部送医救治，无生命危险。"
        "目前，事故原因正在进一步调查中，道路交通已经恢复正常。公安机关提醒广大驾驶人遵守交通法规，安全文明出行。"
    ),
}


def texts(kind: str, count: int) -> list[str]:
    """Return this many texts of one template."""
    return [fill_slots(KINDS[kind], SeededRandom(f"{kind}/{number}")) for number in range(count)]
