"""No step of reading a page costs more than in proportion to the page, whatever the page contains."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from pipelines.dedupe.winnowing import fingerprints
from pipelines.line.order import read_page
from pipelines.model import Block, Capture, Draft, Job, Recipe, Rejection
from pipelines.parse.decode import decode
from pipelines.parse.extract.article import extract
from pipelines.parse.repair import RULES, language_model, repair
from pipelines.parse.repair.clean_characters import clean_characters
from pipelines.parse.repair.edits import MAX_ROUNDS
from pipelines.parse.repair.masks import count_masked_chars
from pipelines.parse.repair.mend_gbk_shift import mend_gbk_shift
from pipelines.parse.repair.unescape_html import unescape_html
from pipelines.parse.segment import segment
from pipelines.text.script import script_of
from pipelines.text.simplify import simplify
from tests.pipelines.parse.cost.kinds import PAGES, SENTENCE, TEXTS, page, page_of, page_of_text, text_of
from tests.pipelines.parse.cost.measure import MAX_GROWTH, excess

SIZES = [(10_000, 20_000), (20_000, 40_000), (10_000, 40_000)]
"""Characters of the smaller and the larger input. Excess of twice the size shows slowly, of four times quickly."""

RECIPE = Recipe(name="generic/1")
URL = "http://www.example.gov.cn/a/content_12.html"
AT = dt.datetime(2024, 3, 13, tzinfo=dt.UTC)
TORN = "任務?!肮ぷ魅藛T怎么調配，要抓好落实。"

STEPS: dict[str, Callable[[str], object]] = {
    **dict(RULES),
    "masks": count_masked_chars,
    "fingerprints": fingerprints,
    "script": script_of,
    "simplify": simplify,
}
"""What works on the text of an article: every rule of repair, and what follows."""


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Load the dictionaries, which would count as a cost of the first text."""
    read(page(f"<p>{text_of('prose', 500)}{TORN}</p>"))


def capture(html: str) -> Capture:
    headers = (("content-type", "text/html"),)
    return Capture(url=URL, final_url=URL, fetched_at=AT, status=200, headers=headers, body=html.encode())


def read(html: str) -> object:
    return read_page(Job(capture=capture(html), recipe=RECIPE))


def decoded(html: str) -> str | Rejection:
    return decode(capture(html))


def segmented(html: str) -> object:
    found = extract(html, capture(html), RECIPE)
    return segment(found, language_model) if isinstance(found, Draft) else found


def mended(text: str) -> object:
    """Repair a text as one of ten articles of a page, with a tenth of the budget, so that it is soon used up."""
    return repair(Draft(title=None, blocks=tuple(Block(text=line) for line in text.split("\n"))), articles=10)


def test_there_are_as_many_kinds_as_the_review_had() -> None:
    assert len(TEXTS) >= 101
    assert len(PAGES) >= 50


@pytest.mark.parametrize("kind", TEXTS)
def test_all_rules_together(kind: str) -> None:
    assert excess(mended, text_of(kind, 2_500), text_of(kind, 10_000), 4) <= MAX_GROWTH


@pytest.mark.parametrize("kind", PAGES)
def test_the_way_from_bytes_to_articles(kind: str) -> None:
    assert excess(read, page_of(kind, 2_500), page_of(kind, 10_000), 4) <= MAX_GROWTH


@pytest.mark.soak
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", TEXTS)
def test_each_rule(kind: str, step: str) -> None:
    for small, large in SIZES:
        assert excess(STEPS[step], text_of(kind, small), text_of(kind, large), large / small) <= MAX_GROWTH


@pytest.mark.soak
@pytest.mark.parametrize("step", [decoded, segmented, read], ids=lambda step: step.__name__)
@pytest.mark.parametrize("kind", [*TEXTS, *PAGES])
def test_each_stage(kind: str, step: Callable[[str], object]) -> None:
    made = page_of_text if kind in TEXTS else page_of
    for small, large in SIZES:
        assert excess(step, made(kind, small), made(kind, large), large / small) <= MAX_GROWTH


def test_a_page_with_hundreds_of_torn_runs_is_an_article() -> None:
    """Before the rule had a budget, a worker was killed after a minute, and the article was lost."""
    found = read(page("".join(f"<p>第{number}段，{SENTENCE * 4}{TORN}</p>" for number in range(400))))
    assert isinstance(found, tuple)
    assert "repair-limit" in found[0].quality.flags
    assert "guessed-characters" in found[0].quality.flags
    assert found[0].text.count("第") == 400


def test_a_page_within_the_budget_has_no_flag() -> None:
    found = read(page(f"<p>{SENTENCE * 4}{TORN}</p>"))
    assert isinstance(found, tuple)
    assert "repair-limit" not in found[0].quality.flags


def test_the_articles_of_a_page_share_the_budget() -> None:
    whole, part = (mend_gbk_shift(f"{SENTENCE}{TORN}\n" * 20, steps) for steps in (60_000, 30_000))
    assert len(whole.edits) > len(part.edits) > 0
    assert whole.unfinished
    assert part.unfinished


def test_a_budget_gives_the_same_result_each_time() -> None:
    text = f"{SENTENCE}{TORN}\n" * 20
    assert mend_gbk_shift(text, 20_000) == mend_gbk_shift(text, 20_000)


def test_full_width_words_are_read_in_one_pass() -> None:
    text = "Ａ" * 50_000
    assert clean_characters(text).text == text
    assert clean_characters("Ａ" * 3 + "b" + "Ａ" * 3).text == "AAAbAAA"


def test_nested_references_end_at_a_limit() -> None:
    """A text can ask for a round for each of its characters."""
    assert unescape_html("&" + "amp;" * 20_000 + "lt;").text == "<"
    nested = unescape_html("&" + "#38;" * 1_000 + "x")
    assert nested.unfinished
    assert len(nested.text) == len("&" + "#38;" * (1_000 - MAX_ROUNDS) + "x")
