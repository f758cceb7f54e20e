"""The seed texts, corrected by hand: the text itself, with a list of small corrections."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen
from opencc import OpenCC

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"

_PINYIN = re.compile(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ]+\)")
_FULL = str.maketrans(",;:!?()", "，；：！？（）")


@frozen(kw_only=True)
class Proof:
    """The corrections of one seed text, as pairs of the wrong text (with full-width marks) and the right one.

    `begins` is the beginning of the body, `dropped` are beginnings of lines that do not belong to it, `shifted` are
    misaligned runs of GBK text, `simplified` are corrections of OpenCC's conversion.
    """

    begins: str = ""
    dropped: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    shifted: tuple[tuple[str, str], ...] = ()
    simplified: tuple[tuple[str, str], ...] = ()


PROOFS = {
    "000": Proof(
        dropped=("相關附件",),
        pairs=(("。 陳冀同志", "。陳冀同志"),),
        simplified=(("忙著", "忙着"), ("著眼", "着眼")),
    ),
    "001": Proof(
        dropped=("歡迎來到", "當前位置", "以最堅決", "2021/12/13", "來源", "上一篇", "下一篇"),
        shifted=(
            ("？！肮ぷ魅藛T", "。“工作人員"),
            ("？！按蠹倚量嗔？", "。“大家辛苦了"),
            ("？！懊總€", "。“每個"),
            ("？！叭罕娋蛹腋綦x", "。“群眾居家隔離"),
        ),
        simplified=(("著力", "着力"), ("承接著", "承接着")),
    ),
    "002": Proof(
        begins="在***市新冠",
        dropped=("……（新文秘", "收藏《"),
        pairs=(
            ("守土盡責，\n", "守土盡責，"),
            ("城區和\n", "城區和"),
            (" ……（未完，全文共4031字，當前僅顯示2036字，請閱讀下面提示信息。", ""),
        ),
        shifted=(("！暗靥菏脚挪椤本褪峭怀鰬艏丝谛畔⑴挪、", "。“地毯式排查”就是突出戶籍人口信息排查、"),),
    ),
    "003": Proof(
        pairs=(
            (" ▲老地方生活超市 ▲萬家喜超市 ▲流萬智慧農貿市場", ""),
            (" ▲錦江華庭 ▲御龍灣 ▲東方巴黎", ""),
            (" ▲城郊管委會井沖村 ▲略下村 ▲丹江街聯星村 ▲白源街大陂村", ""),
            ("。 |", "。"),
            ("。 ", "。\n"),
            (" “土", "“土"),
        ),
    ),
}


def seed(number: str) -> str:
    """Return a seed text as it is."""
    return next(SEEDS.glob(f"{number}_*.txt")).read_text("utf-8")


def proofread(number: str) -> str:
    """Return the body of a seed text as the article should have it."""
    proof = PROOFS[number]
    text = _PINYIN.sub("", seed(number)).translate(_FULL)
    text = text[text.index(proof.begins) :] if proof.begins else text
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    body = "\n".join(line for line in lines if not (proof.dropped and line.startswith(proof.dropped)))
    return _corrected(body, (*proof.pairs, *proof.shifted))


def simplified(number: str) -> str:
    """Return the simplified form of a corrected body: OpenCC's conversion with corrections."""
    return _corrected(OpenCC("t2s").convert(proofread(number)), PROOFS[number].simplified)


def _corrected(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after)
    return text


@frozen(kw_only=True)
class CorrectedArticle:
    """An article of the district page, corrected by hand."""

    title: str
    text: str


PAGE = "004"
HEADLINES = (
    "区委常委会会议",
    "区领导带队",
    "区领导检查",
    "区慈善会派发",
    "区总工会送",
    "“艺”心抗疫",
    "分秒必争",
    "打好疫情防控主动仗",
)
"""Beginnings of the headlines of the district page, in order."""

APART = ("□文/图", "通讯员 吴慧敏", "流调人员吃住在")
"""Beginnings of its bylines and its caption."""

COLUMN_BREAKS = (
    ("的“最强", "大脑”"),
    ("他强调，", "经促部门"),
    ("相关工作汇", "报。近期"),
    ("的黎妙", "燕、巫丹"),
    ("，对于", "一些特别"),
)
"""Where its columns break off and continue. The piece that begins with 燕 stands after another article."""

LAST_PIECE = "燕、巫丹"


def articles() -> list[CorrectedArticle]:
    """Return the articles of the district page, with columns joined, and without bylines and captions in the text."""
    lines = [line.strip().translate(_FULL) for line in seed(PAGE).split("\n") if line.strip()]
    body = [line for line in lines if not line.startswith(APART)]
    starts = [next(number for number, line in enumerate(body) if line.startswith(head)) for head in HEADLINES]
    back = next(number for number, line in enumerate(body) if line.startswith(LAST_PIECE))
    ends = [*starts[1:], back]
    found = [body[start:end] for start, end in zip(starts, ends, strict=True)]
    found[-2] += body[back:]
    split = [CorrectedArticle(title=title, text="\n".join(text)) for title, *text in found]
    pairs = [(f"{left}\n{right}", left + right) for left, right in COLUMN_BREAKS]
    return [CorrectedArticle(title=each.title, text=_joined(each.text, pairs)) for each in split]


def _joined(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for before, after in pairs:
        text = text.replace(before, after)
    return text
