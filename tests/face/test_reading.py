"""`fangzhi.read_html`: pages read without an archive."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from attrs import evolve

import fangzhi
from pipelines.model.serialize import entry_document
from tests.crawler.wire import Wire, wired
from tests.face.archived import BUS_PAGE, ELSEWHERE, FETCHED, GULOU, SCHOOL_PAGE
from tests.fangzhi import documents
from tests.fangzhi import fangzhi as command
from tests.journeys.small import answer


@pytest.mark.parametrize("as_text", [True, False])
def test_a_page_is_read_as_it_was_when_it_was_captured(archive: fangzhi.Archive, as_text: bool) -> None:
    captured = archive.entry(GULOU)
    entry = fangzhi.read_html(BUS_PAGE if as_text else BUS_PAGE.encode(), url=GULOU, fetched_at=FETCHED)
    assert [evolve(each, attachments=()) for each in entry.articles] == [
        evolve(each, attachments=()) for each in captured.articles
    ]
    assert (entry.site, entry.recipe, entry.region) == (captured.site, captured.recipe, captured.region)
    if not as_text:
        assert (entry.id, entry.digests) == (captured.id, captured.digests)


def test_a_page_is_read_as_a_fetch_prints_it(tmp_path: Path) -> None:
    with wired() as wire:
        fetched = _fetched(wire, tmp_path)
        at = dt.datetime.fromisoformat(fetched["fetched_at"])
        kind = "text/html; charset=utf-8"
        entry = fangzhi.read_html(SCHOOL_PAGE.encode(), url=fetched["url"], fetched_at=at, content_type=kind)
    assert entry_document(entry) == fetched


def _fetched(wire: Wire, folder: Path) -> dict:
    wire.answers = {"/1.html": answer(SCHOOL_PAGE)}
    (document,) = documents(command("fetch", f"{wire.base}/1.html", "--no-archive", "--json", cwd=folder))
    return document


def test_a_page_without_an_article_has_the_reason() -> None:
    entry = fangzhi.read_html(b"%PDF-1.4", url="http://news.example/1.pdf")
    assert (entry.outcome, entry.reason, entry.articles) == ("rejected", "file", ())
    assert fangzhi.read_html("", url="http://news.example/").reason == "empty"


def test_a_str_is_not_decoded_again() -> None:
    labelled = BUS_PAGE.replace("utf-8", "gb2312")
    assert fangzhi.read_html(labelled, url=ELSEWHERE).articles[0].title == "新增公交线路"
    gbk = fangzhi.read_html(labelled.encode("gbk"), url=ELSEWHERE)
    assert gbk.articles[0].title == "新增公交线路"


def test_sites_of_a_folder_are_known(tmp_path: Path) -> None:
    toml = 'name = "报"\nfamily = "generic"\nhosts = ["news.example"]\n'
    toml += 'sections = [{ name = "要闻", url = "http://news.example/" }]'
    (tmp_path / "bao.toml").write_text(toml, "utf-8")
    assert fangzhi.read_html(BUS_PAGE, url=ELSEWHERE, registry=[tmp_path]).site == "bao"
    assert fangzhi.read_html(BUS_PAGE, url=ELSEWHERE).site is None


def test_wrong_arguments_of_a_page_are_named() -> None:
    with pytest.raises(fangzhi.ConfigError, match=r"url: 'a\.html' is not the URL of a page"):
        fangzhi.read_html(BUS_PAGE, url="a.html")
    with pytest.raises(fangzhi.ConfigError, match="has no time zone"):
        fangzhi.read_html(BUS_PAGE, url=ELSEWHERE, fetched_at=dt.datetime(2023, 1, 1))  # noqa: DTZ001
