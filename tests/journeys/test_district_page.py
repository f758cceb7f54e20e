"""A district page of a newspaper with eight articles, in Founder's layout and as a plain page, all repaired."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from pipelines.model.serialize import entry_from_json
from pipelines.parse.repair.edits import undo
from tests.crawler.wire import wired
from tests.fangzhi import documents, fangzhi
from tests.journeys.proofread import APART, PAGE, SEEDS, articles, seed

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed texts are not beside this checkout")

FOUNDER = """<html><head><meta charset="{charset}"><title>江门日报数字报-A07版</title></head><body>
<table><tr><td><strong>第A07版：江海</strong></td><td><a href="node_1.htm">上一版</a>
<a href="../../../images/2022-07/20/A07/a07.pdf">PDF</a></td></tr></table>
<img src="../../../images/2022-07/20/A07/brief.jpg" usemap="#PagePicMap"><map name="PagePicMap"></map>
<a id="pageLink" href="node_2.htm">第A08版：蓬江</a>
<founder-title>江海区新闻</founder-title><div id="ozoom"><founder-content><!--enpcontent-->{body}<!--/enpcontent-->
</founder-content></div></body></html>"""
PLAIN = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>江海新闻_江海在线</title></head><body>
<div class="nav"><a href="/">首页</a> <a href="/news/">新闻</a></div><h1>江海新闻</h1><div class="content">{body}</div>
<div class="footer">主办单位：区融媒体中心</div></body></html>"""
PAGES = {
    "/html/2022-07/20/content_1.htm": (FOUNDER, "<P>　　{}</P>", "utf-8"),
    "/plain.html": (PLAIN, "<p>{}</p>", "utf-8"),
    "/broken.html": (PLAIN, "{}<br>", "gb18030"),
}


def lines() -> list[str]:
    return [line.strip() for line in seed(PAGE).split("\n") if line.strip()]


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """Fetch the pages, replay the archive, and return the entries by path."""
    archive = str(tmp_path_factory.mktemp("district") / "archive")
    with wired() as wire:
        for path, (frame, line, charset) in PAGES.items():
            html = frame.format(charset=charset, body="\n".join(line.format(each) for each in lines()))
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
            wire.answers[path] = head + html.encode(charset)
        done = fangzhi("fetch", *(wire.base + path for path in PAGES), "--archive", archive)
    assert done.returncode == 0, done.stderr
    (report,) = documents(fangzhi("replay", "--json", "--archive", archive))
    assert (report["unchanged"], report["changed"], report["added"]) == (3, 0, 0)
    rows = fangzhi("list", "--archive", archive).stdout.splitlines()
    assert [row.split()[-1] for row in rows[:8]] == [each.title.split()[-1] for each in articles()], (
        "one row for each article"
    )
    assert len(rows) == 24
    found = fangzhi("search", "巫丹", "姐妹花", "--copies", "--archive", archive).stdout.splitlines()
    assert [row.split()[-1] for row in found[::2]] == [articles()[6].title.split()[-1]] * 3, (
        "only the article with these words, on each page"
    )
    return dict(zip(PAGES, documents(done), strict=True))


@pytest.mark.parametrize("path", PAGES)
def test_each_article_equals_the_corrected_one(entries: dict[str, dict], path: str) -> None:
    found = entries[path]["articles"]
    assert [each["title"] for each in found] == [each.title for each in articles()]
    for each, corrected in zip(found, articles(), strict=True):
        assert each["text"].split("\n") == corrected.text.split("\n")


@pytest.mark.parametrize("path", PAGES)
def test_people_captions_and_missing_parts_are_recorded(entries: dict[str, dict], path: str) -> None:
    *others, report, last = entries[path]["articles"]
    assert {flag for each in others for flag in each["quality"]["flags"]} <= {"mended-title"}
    assert [each["quality"]["flags"] for each in (report, last)] == [["captions"], ["missing-head"]]
    assert report["authors"] == [{"name": "蔡昭璐", "role": "reporter"}, {"name": "吴慧敏", "role": "correspondent"}]
    lifted = [repair["before"].strip() for repair in report["repairs"] if "lift-" in repair["rule"]]
    assert sorted(lifted) == sorted(line for line in lines() if line.startswith(APART))


@pytest.mark.parametrize("path", PAGES)
def test_no_character_of_the_page_is_lost_or_repeated(entries: dict[str, dict], path: str) -> None:
    entry = entry_from_json(json.dumps(entries[path]))
    texts = [undo(each.text, each.repairs) for each in entry.articles]
    titles = [line for line in lines() if line not in "\n".join(texts).split("\n")]
    assert len(titles) == 8
    assert Counter("\n".join([*texts, *titles]).split("\n")) == Counter(lines())


def test_every_article_has_the_edition(entries: dict[str, dict]) -> None:
    found = entries["/html/2022-07/20/content_1.htm"]["articles"]
    edition = {"paper": "江门日报", "issued_on": "2022-07-20", "weekday": 3, "page": "A07", "name": "江海"}
    assert [each["edition"] for each in found] == [edition] * 8
    files = [[file["url"].rpartition("/")[2] for file in each["attachments"]] for each in found]
    assert files == [["a07.pdf", "brief.jpg"]] * 8
    assert all(each["edition"] is None for each in entries["/plain.html"]["articles"])
