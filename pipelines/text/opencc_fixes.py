"""Known errors of OpenCC's conversion to simplified characters, and their corrections.

They were found by converting a month of a newspaper to traditional characters and back, by reading native traditional
text, and in OpenCC's own list of phrases, which also match across the boundary of two words (於倫 in 位於倫敦). The
list holds only certain cases.
"""

from __future__ import annotations

import functools
import re

from pipelines.text.surnames import SURNAMES

VARIANTS = str.maketrans(
    "砲舖籐姪隄粧欵讐濬徧凖袴傚効遶喒皁硏瑯牠妳衹揹擡伕幷",
    "炮铺藤侄堤妆款仇浚遍准裤效效绕咱皂研琅它你只背抬夫并",
)
"""Characters of traditional pages that are missing in OpenCC's table."""

_WORDS = """
乾安/乾安 乾務/乾务 乾潭/乾潭 乾驛/乾驿 乾州/乾州 二噁英/二噁英 甚麼/什么 甚么/什么 批覆/批复
規畫/规划 企畫/企划 策畫/策划 乾紅/干红 雰圍/氛围 拚搏/拼搏 拚命/拼命 打拚/打拼 痲痺/麻痹
痲疹/麻疹 徬徨/彷徨 薰陶/熏陶 薰染/熏染 薰心/熏心 座標/坐标 慰藉/慰藉 狼藉/狼藉 沈浸/沉浸
沈澱/沉淀 沈重/沉重 沈睡/沉睡 沈悶/沉闷 沈穩/沉稳 沈痛/沉痛 沈迷/沉迷 沈淪/沉沦 深沈/深沉
浮沈/浮沉 低沈/低沉 消沈/消沉 昏沈/昏沉 徐乾學/徐乾学 李乾順/李乾顺 李乾德/李乾德 崔乾祐/崔乾祐 羅乾象/罗乾象
王汎森/王汎森 薛應旂/薛应旂 乾/干 於/于 藉/借 覆/覆 祇/只
"""
CORRECTIONS = dict(pair.split("/") for pair in _WORDS.split())
"""Simplified forms by word, as a traditional page writes it: place names with 乾 (OpenCC knows 乾縣), words with a
character that has several simplified forms, and people whose names keep the character. Single characters apply only
where `KNOWN_ERRORS` matches them."""

_IN_CONTEXT = (
    r"乾(?<=[曬晒烘擦晾吹瀝沥榨蒸]乾)",  # OpenCC keeps 乾 in 曬乾|道路
    r"於(?=倫|單|坦|則|其一|戲|琳|敖|惟一|潛[在力能水伏])",  # OpenCC finds names with 於 in 位於|倫敦, 對於|單位
    r"藉(?<![狼慰蘊蕴醞枕藉]藉)(?![藉田])",  # OpenCC lists words with 借; only these keep 藉
    r"覆(?<![回答批反函]覆)(?=[上住])",  # OpenCC takes it for "reply": 覆上|一層
    r"祇(?<![神地]祇)",
)
_TITLES = "先生 女士 小姐 教授 老師/老师 博士 醫生/医生 律師/律师 院長/院长 校長/校长 局長/局长 主任 書記/书记 姓 氏"
_YU = {f"於{title}": f"於{simple or title}" for title, _, simple in (each.partition("/") for each in _TITLES.split())}
"""於 as a family name, before a title; its simplified form is not 于, which is another family name."""

_YU_IN_CONTEXT = rf"(?<![^\s，。、；：！？「『“（(姓])(?:{'|'.join(_YU)})(?<!姓(?=[名氏]))(?<!氏(?=族))"
_KNOWN_ERRORS = "|".join([*(word for word in CORRECTIONS if len(word) > 1), *_IN_CONTEXT, _YU_IN_CONTEXT])

CORRECTIONS |= _YU

_ZHU = r"""著(?:
      (?<=[顯显名專专原編编巨鉅卓昭遺遗拙撰知馨]著)
    | (?<=[譯译]著)(?<!翻[譯译]著)
    | (?<=[論论]著)(?<![議议談谈討讨爭争辯辩評评][論论]著)
    | (?<=新著)(?<![更刷創创革翻]新著)
    | (?<=土著)(?<![黃黄沙泥塵尘]土著)
    | (?<=所著)(?![重眼力手])
    | (?<=合著)(?<![配結结融混閉闭聯联組组迎契吻整復复聚切綜综符撮縫缝癒愈集黏粘]合著)
    | (?=作|述|稱|称|者|錄|录|[書书]立)
    | (?=名(?![字單单片牌冊册]))(?<![活住居有在傳传躍跃藏]著(?=名[為为叫]))  # 生活著名為白溪的族群
    | (?<=[\u4e00-\u9fff·][ \u3000]著)(?=$|[\s，。；、：）)》」]|的初版)          # 高爾基 著
    | (?:(?<=^SURNAME.著)|(?<=[，。：（(\s]SURNAME.著)|(?<=^SURNAME..著)|(?<=[，。：（(\s]SURNAME..著))
      (?<![看讀读唱捧拿對对朝隨随聽听向帶带跟望等想守忙]著)
      (?=，?[^，。]{2,10}(?:出版|[書书]局|[書书]店|印[書书][館馆]))                # 錢穆著，三聯書店
    | (?<=[，。；、他她曾其共還还]著)(?=有(?!力))
    | (?<![看讀读唱本按捧拿對对朝循隨随照舉举背聽听哼向依翻奏抱帶带跟嵌]著)(?=《)
    )""".replace("SURNAME", f"[{''.join(sorted(SURNAMES))}]")
"""著 that is read zhù. Of 2,845 著 and 着 in a newspaper, all converted to 著 first, 14 come out different from the
newspaper; 8 of these are 執著, which the standard of 2002 on variant words writes 执着."""


def restore_zhe(text: str) -> str:
    """Return a traditional text with 着 for each 著 that is read zhe, zhuó or zháo; OpenCC leaves these unchanged.

    >>> restore_zhe("忙著著書立說，成效顯著，著眼於名著，承接著")
    '忙着著書立說，成效顯著，着眼於名著，承接着'
    """
    if "著" not in text:
        return text
    zhu = {found.start() for found in _zhu().finditer(text)}
    return "".join("着" if char == "著" and at not in zhu else char for at, char in enumerate(text))


@functools.cache
def known_errors() -> re.Pattern[str]:
    """Return what finds known errors before conversion; `CORRECTIONS` has the simplified form of each match."""
    return re.compile(_KNOWN_ERRORS)


@functools.cache
def _zhu() -> re.Pattern[str]:
    return re.compile(_ZHU, re.VERBOSE)
