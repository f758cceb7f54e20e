"""Names of places: without their last part, and in pinyin as people type it."""

from __future__ import annotations

import re
import unicodedata

_WITH_ENDING = (
    "壮 回 维吾尔 蒙古 藏 苗 彝 土家 侗 布依 瑶 哈尼 傣 景颇 傈僳 白 纳西 羌 朝鲜 哈萨克 柯尔克孜 锡伯 塔吉克 满 畲 黎 "
    "水 仡佬 仫佬 毛南 普米 怒 独龙 拉祜 佤 布朗 东乡 保安 撒拉 土 裕固 达斡尔 鄂温克 各"
)
_WITHOUT_ENDING = "维吾尔 蒙古 哈萨克 柯尔克孜 锡伯 塔吉克"
_PEOPLE = "|".join((*(f"{each}族" for each in _WITH_ENDING.split()), *_WITHOUT_ENDING.split()))
_LAST_PART = re.compile(
    rf"(?:(?:{_PEOPLE})*自治[区州县旗]|(?:回|达斡尔)族区|特别行政区|地区|(?<=神农架)林区|(?<=六枝)特区"
    r"|(?<=..)(?:新区|矿区|示范区)|[省市县区旗盟])$"
)
_TONE_NUMBER = re.compile(r"(?<=[a-z])[1-5]")


def short_name(name: str) -> str:
    """Return a place's name without its last part; unchanged if a single character would be left.

    >>> short_name("开平市"), short_name("彭水苗族土家族自治县"), short_name("东乡族自治县"), short_name("忠县")
    ('开平', '彭水', '东乡', '忠县')
    """
    short = _LAST_PART.sub("", name)
    if len(short) < 2:  # 东乡族自治县: 东乡 is also the name of a people
        short = re.sub(r"族?自治[区州县旗]$", "", name)
    return short if len(short) >= 2 else name


def compact_pinyin(text: str) -> str:
    """Return pinyin as it is compared: lower case, without tones, blanks and apostrophes, and with u for ü.

    ü has several spellings (lü, lv, lyu); all become `lu`.

    >>> compact_pinyin("Kāi píng"), compact_pinyin("kai1ping2"), compact_pinyin("Lǚliáng"), compact_pinyin("Lu'an")
    ('kaiping', 'kaiping', 'luliang', 'luan')
    """
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    letters = re.sub(r"[\s'’·-]+", "", _TONE_NUMBER.sub("", plain))
    return re.sub(r"(?<=[ln])(?:v|yu)", "u", letters)


def is_latin(text: str) -> bool:
    """Tell whether a text has only letters of pinyin, tones, blanks and apostrophes."""
    return bool(re.fullmatch(r"[a-z][a-z1-5]*", compact_pinyin(text)))
