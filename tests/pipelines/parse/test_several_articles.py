"""Pages whose markup shows several articles, from bytes to articles."""

from __future__ import annotations

from contextlib import closing

import pytest

from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.order import process, read_page
from pipelines.line.protocols import NullArchive, Stores
from pipelines.model import Article, Job, Recipe
from tests.pipelines.made import capture

TITLES = ("老街换新颜游客来", "春耕生产全面展开", "夏粮收购工作启动")
PROSE = "市住建局昨日召开会议，部署今年老旧小区改造工作，要求各县区倒排工期，按时完成任务，确保群众满意。"
PAPER = "http://epaper.example/html/2024-03/02/content_1.htm"


def articles(html: str, url: str = PAPER) -> tuple[Article, ...]:
    outcome = read_page(job(0, html, url))
    assert isinstance(outcome, tuple), outcome
    return outcome


def job(number: int, html: str, url: str) -> Job:
    body = f"<html><body>{html}</body></html>".encode()
    return Job(capture=capture(number, body=body, url=url), recipe=Recipe(name="generic/1"))


def founder(title: str, author: str = "", text: str = PROSE) -> str:
    return (
        f"<table><tr><td><founder-title>{title}</founder-title></td></tr>"
        f"<tr><td><founder-author>{author}</founder-author></td></tr>"
        f"<tr><td><div><founder-content><p>{title}：{text}</p></founder-content></div></td></tr></table>"
    )


@pytest.mark.parametrize("author", ["", "本报记者 何榕"])
def test_founder_titles_and_texts_are_articles(author: str) -> None:
    found = articles("".join(founder(title, author) for title in TITLES))
    assert [article.title for article in found] == list(TITLES)
    assert [article.text for article in found] == [f"{title}：{PROSE}" for title in TITLES]
    assert [[person.name for person in article.authors] for article in found] == [["何榕"] if author else []] * 3


def test_a_text_that_is_twice_on_a_page_is_one_article() -> None:
    assert len(articles(founder(TITLES[0]) * 2)) == 1


def test_headings_between_rules_are_headlines() -> None:
    body = "<hr>".join(f"<h2>{title}</h2><p>{title}：{PROSE}</p>" for title in TITLES)
    found = articles(f"<h1>临潭县一周要闻汇编</h1><div class='content'>{body}</div>")
    assert [article.title for article in found] == list(TITLES)


def test_numbered_headings_between_rules_are_chapters() -> None:
    body = "<hr>".join(f"<h2>{at}、{title}</h2><p>{PROSE}</p>" for at, title in zip("一二三", TITLES, strict=True))
    assert len(articles(f"<h1>临潭县一周要闻汇编</h1><div class='content'>{body}</div>")) == 1


def test_each_editor_block_may_be_an_article() -> None:
    body = "".join(f"<div class='TRS_Editor'><p>{title}</p><p>本报讯（记者 何榕）{PROSE}</p></div>" for title in TITLES)
    found = articles(f"<h1>临潭县一周要闻汇编</h1><div>{body}</div>")
    assert [article.title for article in found] == list(TITLES)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_reprint_of_one_article_of_a_page_is_the_same_text_in_either_order(order: tuple[int, int]) -> None:
    page = job(1, "".join(map(founder, TITLES)), PAPER)
    reprint = job(
        2, f"<h1>{TITLES[1]}</h1><div class='content'><p>{TITLES[1]}：{PROSE}</p></div>", "http://b.example/2"
    )
    with closing(Catalogue("sqlite://")) as catalogue:
        stores = Stores(archive=NullArchive(), catalogue=catalogue)
        made = {number: process((page, reprint)[number], stores) for number in order}
        found = catalogue.get(made[1].id)
    assert found is not None
    assert (found.verdict.kind, found.verdict.of) == ("same-text", made[0].id)
