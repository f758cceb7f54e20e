"""How the spider reads lists: on while there are new articles, but not for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.families import FAMILIES
from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi
from tests.journeys.small import ARTICLES, PATHS, answer, asked, crawl, listing

SITE = """
name = "府"
family = "jpaas"
hosts = ["{host}"]
delay = 0.01
sections = [{{ name = "要闻", url = "http://{host}/col/col1/", depth = 1 }}]
"""
COLUMN = "<script src='/unitbuild.js' queryData=\"{'webId':'1','tplSetId':'2','tagId':'list','pageId':'1'}\"></script>"


@pytest.fixture
def wire() -> Iterator[Wire]:
    with wired() as server:
        yield server


@pytest.mark.parametrize(("options", "walked"), [((), 1), (("--full",), 2)])
def test_the_list_of_a_script_only_page_is_read_to_the_given_depth_and_not_for_ever(
    wire: Wire, tmp_path: Path, options: tuple[str, ...], walked: int
) -> None:
    """This server ignores the page number: every page has the same rows, and says that there are more."""
    rows = "".join(f"<li><a href='/art/2024/art_{n:032x}.html'>区政府召开常务会议</a></li>" for n in range(15))
    answer = json.dumps({"data": {"html": rows}})
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    pages = [ask.url for ask in FAMILIES["jpaas"].listing(COLUMN, f"{wire.base}/col/col1/").lists]
    for _ in range(9):
        pages += [ask.url for ask in FAMILIES["jpaas"].listing(answer, pages[-1]).pages]
    wire.answers = {url.removeprefix(wire.base): f"{head}{answer}".encode() for url in pages}
    wire.answers["/col/col1/"] = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{COLUMN}".encode()
    (tmp_path / "fu.toml").write_text(SITE.format(host=wire.base.removeprefix("http://")), "utf-8")
    fangzhi("crawl", "fu", *options, "--archive", str(tmp_path / "archive"), "--registry", str(tmp_path))
    asked = [request.split(b" ")[1].decode() for request in wire.requests]
    assert [target for target in asked if "build/unit" in target] == list(wire.answers)[:walked]


def test_a_limit_counts_new_articles_so_that_the_same_command_continues(tmp_path: Path) -> None:
    with wired() as wire:
        wire.answers = {"/list/": listing(PATHS)} | {path: answer(text) for path, text in ARTICLES.items()}
        counts = [crawl(wire, tmp_path, "delay = 0.01", options=("--limit", "2"))["articles"] for _ in range(3)]
    assert counts == [2, 2, 1]
    assert [target for target in asked(wire) if target != "/list/"] == PATHS


def test_lists_that_the_generic_rules_read_are_counted_and_named(wire: Wire, tmp_path: Path) -> None:
    paths = [f"/nr/a{number}.html" for number in range(1, len(ARTICLES) + 1)]
    wire.answers = {"/list/": listing(paths)} | {
        path: answer(text) for path, text in zip(paths, ARTICLES.values(), strict=True)
    }
    host = wire.base.removeprefix("http://")
    text = SITE.replace("jpaas", "trs").replace("/col/col1/", "/list/").format(host=host)
    (tmp_path / "fu.toml").write_text(text, "utf-8")
    options = ("--archive", str(tmp_path / "archive"), "--registry", str(tmp_path))
    done = fangzhi("crawl", "fu", *options, "--json")
    (report,) = documents(done)
    assert report["articles"] == len(paths)
    assert report["fallbacks"] == [{"site": "fu", "family": "trs", "pages": 1, "url": f"{wire.base}/list/"}]
    said = fangzhi("crawl", "fu", *options).stderr
    assert f"fu: 1 list page has no article by the rules of trs; generic rules read it: {wire.base}/list/" in said
