"""Kicker, headline and subtitle are separated in every layout, and none of them stays in the text."""

from __future__ import annotations

import pytest

from pipelines.parse.extract.headlines import HeadlineGroup, add_from_body
from pipelines.parse.extract.page import Sourced
from tests.pipelines.parse.extract.test_metadata import PROSE, origins, read

KICKER = "全市防汛备汛工作视频会议要求压实责任"
TITLE = "三十二座水库迎汛前全部体检"
SUBTITLE = "隐患立查立改，确保安全度汛"
DATELINE = f"临江日报讯（记者/何晓岚）{PROSE}"
BODY = f"<div class=TRS_Editor><p>{DATELINE}</p><p>{PROSE}</p></div>"
NAMED = f"<title>{TITLE}_临江网</title>"


@pytest.mark.parametrize(
    ("head", "kicker", "subtitle"),
    [
        (f"{NAMED}<h3>{KICKER}</h3><h1>{TITLE}</h1><h2>{SUBTITLE}</h2>", "h3", "h2"),
        (f"{NAMED}<div class=yt>{KICKER}</div><div><h1>{TITLE}</h1></div><p class=ft>{SUBTITLE}</p>", ".yt", ".ft"),
        (f"{NAMED}<h1><span class=introtitle>{KICKER}</span>{TITLE}</h1>", ".introtitle", None),
        (f"{NAMED}<h1>{TITLE}</h1><p>——{SUBTITLE}</p>", None, "under-title"),
        (f"<title>{KICKER}</title><h2>{KICKER}</h2><!-- --><h1>{TITLE}</h1>", "h2", None),
        (f"<meta name=ArticleTitle content='{KICKER} {TITLE}'><h2>{KICKER}</h2><h1>{TITLE}</h1>", "h2", None),
        (f"<!--enpproperty <title>{TITLE}</title><introtitle>{KICKER}</introtitle><subtitle>{SUBTITLE}</subtitle>"
         "/enpproperty-->", "enpproperty:introtitle", "enpproperty:subtitle"),
        (f"<founder-introtitle>{KICKER}</founder-introtitle><founder-title>{TITLE}</founder-title>"
         f"<founder-subtitle>{SUBTITLE}</founder-subtitle>", "founder-introtitle", "founder-subtitle"),
        (f"<table><tr><td class=font02>{KICKER}</td></tr><tr><td class=font01><founder-title>{TITLE}</founder-title>"
         f"</td></tr><tr><td class=font02>{SUBTITLE}</td></tr></table>", ".font02", ".font02"),
    ],
)  # fmt: skip
def test_kicker_and_subtitle_are_found_in_each_layout(head: str, kicker: str | None, subtitle: str | None) -> None:
    found = read(head + BODY)
    assert found.title == TITLE
    assert (found.kicker, origins(found, "kicker")) == ((KICKER, [kicker]) if kicker else (None, []))
    assert (found.subtitle, origins(found, "subtitle")) == ((SUBTITLE, [subtitle]) if subtitle else (None, []))
    assert [block.text for block in found.blocks] == [DATELINE, PROSE]


@pytest.mark.parametrize(
    "head",
    [
        f"{NAMED}<h2>部门动态</h2><h1>{TITLE}</h1>",
        f"{NAMED}<h2>临江市水务局办公室</h2><h1>{TITLE}</h1>",
        f"{NAMED}<h2><a href=/>{KICKER}</a></h2><h1>{TITLE}</h1>",
        f"{NAMED}<div>{KICKER}</div><h1>{TITLE}</h1><div>来源：临江日报</div>",
        f"{NAMED}<h1>{TITLE}</h1><h2>一、抓好汛前检查工作</h2>",
        f"{NAMED}<div><h1>{TITLE}</h1><h2>{SUBTITLE}</h2><p>{PROSE}</p><h2>{KICKER}</h2></div>",
        f"<!--enpproperty <title>{TITLE}</title><introtitle>{TITLE}</introtitle>"
        "<subtitle>水库,防汛,体检,临江市,水务局</subtitle>/enpproperty-->",
    ],
)
def test_other_texts_around_a_headline_are_neither_kicker_nor_subtitle(head: str) -> None:
    found = read(head + BODY)
    assert (found.title, found.kicker, found.subtitle) == (TITLE, None, None)


def test_headlines_at_the_beginning_of_the_text_are_removed_from_it() -> None:
    stack = "".join(f"<p>{text}</p>" for text in (KICKER, TITLE, SUBTITLE, DATELINE, PROSE))
    found = read(f"{NAMED}<h1>{TITLE}</h1><div class=TRS_Editor>{stack}</div>")
    assert [block.text for block in found.blocks] == [DATELINE, PROSE]
    assert (found.kicker, found.subtitle) == (KICKER, SUBTITLE)
    assert origins(found, "kicker") == ["body"]


def read_opening(*lines: str) -> tuple[str | None, str | None, tuple[str, ...]]:
    found, repeated = add_from_body(HeadlineGroup(title=Sourced(TITLE, "h1")), lines)
    return found.kicker and found.kicker.value, found.subtitle and found.subtitle.value, repeated


def test_first_lines_are_headlines_only_before_a_dateline_and_with_the_pages_headline() -> None:
    says = f"{TITLE}现场会强调"
    assert read_opening(KICKER, TITLE, SUBTITLE, DATELINE) == (KICKER, SUBTITLE, (KICKER, SUBTITLE))
    assert read_opening(says, KICKER, SUBTITLE, DATELINE) == (says, f"{KICKER} {SUBTITLE}", (says, KICKER, SUBTITLE))
    assert read_opening(TITLE, "来源：临江日报", SUBTITLE, DATELINE) == (None, None, ())
    assert read_opening(KICKER, TITLE, "记者何 晓岚", DATELINE) == (KICKER, None, (KICKER,))
    for other in (
        (KICKER, TITLE, SUBTITLE, PROSE),
        (KICKER, SUBTITLE, DATELINE),
        (PROSE, TITLE, DATELINE),
        (DATELINE,),
    ):
        assert read_opening(*other) == (None, None, ())
