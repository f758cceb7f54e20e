"""The seed texts as a proofreader would return them: the text itself, and a list of small corrections."""

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
    """A proofreader's marks on one seed, in pairs of what stands there, with full-width marks, and what should.

    `begins` is where the body begins, `dropped` how lines begin that are none of it; `shifted` are spans of GBK text
    that were torn by half a character.
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
    """Return a seed as it is."""
    return next(SEEDS.glob(f"{number}_*.txt")).read_text("utf-8")


def proofread(number: str) -> str:
    """Return the body of a seed as it should come out of its page."""
    proof = PROOFS[number]
    text = _PINYIN.sub("", seed(number)).translate(_FULL)
    text = text[text.index(proof.begins) :] if proof.begins else text
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    kept = "\n".join(line for line in lines if not (proof.dropped and line.startswith(proof.dropped)))
    return _marked(kept, (*proof.pairs, *proof.shifted))


def simplified(number: str) -> str:
    """Return the simplified form of a proofread body: OpenCC's, corrected."""
    return _marked(OpenCC("t2s").convert(proofread(number)), PROOFS[number].simplified)


def _marked(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after)
    return text


@frozen(kw_only=True)
class Sourced:
    """An article of a page as a proofreader would return it."""

    title: str
    text: str


PAGE = "004"
HEADS = (
    "区委常委会会议",
    "区领导带队",
    "区领导检查",
    "区慈善会派发",
    "区总工会送",
    "“艺”心抗疫",
    "分秒必争",
    "打好疫情防控主动仗",
)
"""How the headlines of the district page begin, in their order."""

APART = ("□文/图", "通讯员 吴慧敏", "流调人员吃住在")
"""How its bylines and its caption begin."""

SEAMS = (
    ("的“最强", "大脑”"),
    ("他强调，", "经促部门"),
    ("相关工作汇", "报。近期"),
    ("的黎妙", "燕、巫丹"),
    ("，对于", "一些特别"),
)
"""Where its columns break off and go on; the one that begins with 燕 stands behind another article."""

RETURN = "燕、巫丹"


def articles() -> list[Sourced]:
    """Return the articles of the district page, its columns joined, bylines and caption out of the text."""
    lines = [line.strip().translate(_FULL) for line in seed(PAGE).split("\n") if line.strip()]
    kept = [line for line in lines if not line.startswith(APART)]
    starts = [next(number for number, line in enumerate(kept) if line.startswith(head)) for head in HEADS]
    back = next(number for number, line in enumerate(kept) if line.startswith(RETURN))
    ends = [*starts[1:], back]
    found = [kept[start:end] for start, end in zip(starts, ends, strict=True)]
    found[-2] += kept[back:]
    told = [Sourced(title=title, text="\n".join(text)) for title, *text in found]
    pairs = [(f"{left}\n{right}", left + right) for left, right in SEAMS]
    return [Sourced(title=each.title, text=_joined(each.text, pairs)) for each in told]


def _joined(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for before, after in pairs:
        text = text.replace(before, after)
    return text
