"""Makes the data file of the directory: `python -m crawler.directory.make directory.csv [OUT]`.

The CSV has one row for each list page of a site, with all columns of `crawler.directory.columns` except `own` and
`pinyin`, which are derived here. Columns that are not named there are left out. Without OUT the
file in the package is replaced.
"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.directory.columns import COLUMNS
from crawler.directory.load import FILE
from crawler.directory.names import compact_pinyin, short_name
from crawler.directory.places import GOVERNMENTS

READINGS = """
六合 lu he; 六枝 lu zhi; 六安 lu an; 闵行 min hang; 召陵 shao ling; 吴堡 wu bu; 台州 tai zhou; 天台 tian
tai; 丽水 li shui; 乐亭 lao ting; 乐陵 lao ling; 乐清 yue qing; 蔚县 yu xian; 盂县 yu xian; 长子 zhang
zi; 单县 shan xian; 洪洞 hong tong; 浚县 xun xian; 大埔 da bu; 黄埔 huang pu; 番禺 pan yu; 东阿 dong
e; 铅山 yan shan; 黟县 yi xian; 歙县 she xian; 枞阳 zong yang; 莘县 shen xian; 荥阳 xing yang; 荥经
ying jing; 井陉 jing xing; 盱眙 xu yi; 尉犁 yu li; 尉氏 wei shi; 繁峙 fan shi; 涡阳 guo yang; 牟平 mu
ping; 中牟 zhong mu; 冠县 guan xian; 任县 ren xian; 任丘 ren qiu; 任城 ren cheng; 任泽 ren ze; 隰县 xi
xian; 犍为 qian wei; 筠连 jun lian; 会理 hui li; 会东 hui dong; 会泽 hui ze; 会同 hui tong; 会昌 hui
chang; 会宁 hui ning; 新会 xin hui; 四会 si hui; 柏乡 bai xiang; 蠡县 li xian; 曲阳 qu yang; 大城 dai
cheng; 行唐 xing tang; 曲沃 qu wo ; 茌平 chi ping; 无棣 wu di; 泌阳 bi yang; 渑池 mian chi; 漯河 luo
he; 郯城 tan cheng; 百色 bai se; 覃塘 qin tang; 句容 ju rong; 华阴 hua yin; 洞口 dong kou; 且末 qie
mo; 莎车 sha che; 叶城 ye cheng; 伽师 jia shi; 乾县 qian xian; 乾安 qian an; 阿城 a cheng; 珲春 hun
chun; 宕昌 tan chang ; 瓦房店 wa fang dian; 东莞 dong guan; 莞城 guan cheng; 斗门 dou men; 儋州 dan
zhou ; 厦门 xia men; 重庆 chong qing; 綦江 qi jiang; 鄯善 shan shan ; 迭部 die bu; 若尔盖 ruo er gai;
石拐 shi guai; 泊头 bo tou; 勐海 meng hai; 勐腊 meng la; 巴彦淖尔 ba yan nao er; 解放 jie fang; 睢县 sui
xian; 柘城 zhe cheng; 郏县 jia xian; 浉河 shi he; 武陟 wu zhi; 秭归 zi gui; 郧阳 yun yang; 硚口 qiao
kou; 汨罗 mi luo; 耒阳 lei yang; 攸县 you xian; 溆浦 xu pu; 澧县 li xian; 宿州 su zhou; 宿迁 su qian;
宿松 su song; 宿城 su cheng; 宿豫 su yu; 亳州 bo zhou; 砀山 dang shan; 婺源 wu yuan; 弋阳 yi yang; 万载
wan zai; 邗江 han jiang; 邳州 pi zhou; 睢宁 sui ning; 沭阳 shu yang
"""
"""Readings of place names: characters with several readings whose usual reading is another one, or is uncertain."""

CHARACTER_READINGS = {
    "长": "chang",
    "都": "du",
    "朝": "chao",
    "曾": "zeng",
    "佛": "fo",
    "棱": "ling",
    "乐": "le",
    "什": "shi",
    "勒": "le",
    "圩": "xu",
    "尾": "wei",
    "蚌": "beng",
}
"""Readings of single characters in names of regions: all of them usual there, and less so in other words."""

_KEEP: Any = list
"""What pypinyin does with characters that have no reading, such as Latin letters: each stays as it is."""

MARKS = " |｜·>»"
"""Marks around the name of a list that belong to the menu in which it stood."""

MAX_READINGS = 64
"""Combinations of readings that are compared with a host: six characters with two readings each."""

MIN_EVIDENCE = 4
"""Letters of a reading that a host must contain: shorter runs occur in other words."""


def main(path: str, out: str = "") -> None:
    """Write the data file from a CSV, into the package or another place, and print what was read and left out."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if missing := COLUMNS.keys() - {"own", "pinyin"} - set(rows[0]):
        sys.exit(f"{path} lacks the columns {', '.join(sorted(missing))}")
    text = io.StringIO()
    writer = csv.DictWriter(text, list(COLUMNS), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    made = completed(rows)
    writer.writerows(made)
    data = gzip.compress(text.getvalue().encode("utf-8"), 9, mtime=0)
    with as_file(files("crawler.directory").joinpath(FILE)) as target:
        Path(out or target).write_bytes(data)
    left_out = ", ".join(sorted(set(rows[0]) - set(COLUMNS))) or "none"
    print(f"{len(made)} rows, {len(data):,} bytes; columns left out: {left_out}")  # noqa: T201 - a report to its user


def completed(given: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the rows with their own names and pinyin; family names are written as the program writes them."""
    rows = [dict(row) for row in given]
    regions = {row["name"] for row in rows if row["level"] in GOVERNMENTS}
    below: dict[str, set[str]] = defaultdict(set)
    for region in regions:
        below[region[:2]].add(region)
    hosts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        hosts[row["code"], row["name"]].append(urlsplit(row["url"]).hostname or "")
    readings = dict(each.split(maxsplit=1) for each in READINGS.split(";"))
    for row in rows:
        row["own"] = own_name(row["name"], below[row["name"][:2]])
        row["pinyin"] = reading(
            row["own"], hosts[row["code"], row["name"]], readings, is_region=row["level"] in GOVERNMENTS
        )
        row["cms"] = row["cms"].replace("_", "-")
        row["list_name"] = row["list_name"].strip(MARKS)
    return rows


def own_name(name: str, regions: Iterable[str]) -> str:
    """Return the end of a full name: what follows the longest of the regions whose names begin it.

    >>> own_name("江苏省南京市鼓楼区", ["江苏省", "江苏省南京市", "江苏省南京市鼓楼区"])
    '鼓楼区'
    """
    above = max((each for each in regions if each != name and name.startswith(each)), key=len, default="")
    return name.removeprefix(above).strip()


def reading(own: str, hosts: Iterable[str], readings: Mapping[str, str], *, is_region: bool) -> str:
    """Return the syllables of a name: those that a host spells, else those of the tables, else the usual ones."""
    from pypinyin import Style, lazy_pinyin, pinyin

    usual = [each.lower() for each in lazy_pinyin(own, errors=_KEEP)]
    short = short_name(own)
    size = len(short)
    choices = pinyin(short, style=Style.NORMAL, heteronym=True, errors=_KEEP)
    text = " ".join(hosts)
    spelled = itertools.islice(itertools.product(*choices), MAX_READINGS)
    for syllables in ([usual[:size]] if len(usual) >= size else []), spelled:
        for each in syllables:
            joined = compact_pinyin("".join(each))
            if len(joined) >= MIN_EVIDENCE and joined in text:
                return " ".join((*each, *usual[size:]))
    for name, known in readings.items():
        if own.startswith(name):
            return " ".join((*known.split(), *usual[len(name) :]))
    if is_region and len(usual) == len(own):
        usual[:size] = [CHARACTER_READINGS.get(char, each) for char, each in zip(short, usual[:size], strict=True)]
    return " ".join(usual)


if __name__ == "__main__":
    main(*sys.argv[1:])
