"""The HTML page of a diff: complete, self-contained, and readable without colours."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser

from attrs import evolve

from crawler.cli.diff_page import diff_page
from pipelines.model import Article, Entry, Person
from pipelines.times import CHINA
from tests.pipelines.made import START, capture, entry

URL = "http://news.example/2024/1.html?a=1&b=<2>"
OLD = [
    "云洲市昨日召开防汛工作会议，部署汛期各项工作。会议由副市长主持。",
    "会议要求各县区落实责任，全市转移群众227人。",
    "会后，与会人员检查了云河左岸堤防。",
    "据气象部门预计，未来三天仍有较强降雨。",
]
NEW = [OLD[0], OLD[1].replace("227", "272"), OLD[2], OLD[3], "<b>编辑</b> & 校对：王建国"]


class ParsedPage(HTMLParser):
    """The texts of a page with their open elements; fails if the markup is not nested correctly."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((" ".join(self.open), data))

    def inside(self, tag: str) -> list[str]:
        return [text for way, text in self.texts if tag in way.split() and text.strip()]


def version(days: int, text: list[str], **changes: object) -> Entry:
    made = evolve(capture(0, url=URL), fetched_at=START + dt.timedelta(days=days))
    whole = entry(made, text="\n".join(text))
    return evolve(whole, articles=(evolve(whole.articles[0], **changes),))


def page(before: Entry, after: Entry, lang: str = "zh") -> str:
    return diff_page(before, after, ("第1版", "第2版"), lang=lang, archive="/srv/存档")


PAGE = page(version(0, OLD), version(2, NEW))


def test_the_page_shows_the_url_and_both_captures() -> None:
    before, after = version(0, OLD), version(2, NEW)
    parsed = ParsedPage(PAGE)
    cells = parsed.inside("td")
    assert parsed.inside("h1") == ["标题"]
    url, *places = parsed.inside("a")
    assert (url, places) == (URL, cells[6:8])
    links = [given["href"] for tag, given in parsed.tags if tag == "a"]
    assert links == [URL, *["file:///srv/%E5%AD%98%E6%A1%A3/warc/news/x.warc.gz"] * 2]
    assert [before.id, after.id] == cells[2:4]
    assert cells[:2] == ["2024-03-05 09:30:00 +08:00", "2024-03-07 09:30:00 +08:00"]
    assert before.digests.payload in cells
    assert '<html lang="zh-Hans">' in PAGE
    assert 'lang="zh-Hant"' in page(before, version(2, NEW, script="hant"))


def test_numbers_are_shown_whole_and_unchanged_paragraphs_are_folded() -> None:
    parsed = ParsedPage(PAGE)
    text = [(way.split()[-1], data) for way, data in parsed.texts if "article" in way]
    assert ("del", "227") in text
    assert ("ins", "272") in text
    summaries = (
        "1 段 32 字未改动：云洲市昨日召开防汛工作会议，部署汛期…",
        "2 段 36 字未改动：会后，与会人员检查了云河左岸堤防。 …",
    )
    assert parsed.inside("summary") == list(summaries)
    assert parsed.inside("details") == [summaries[0], OLD[0], summaries[1], *OLD[2:4]]


def test_both_texts_are_complete_and_escaped() -> None:
    parsed = ParsedPage(PAGE)
    shown = [(way.split(), data) for way, data in parsed.texts if {"article", "p"} <= {*way.split()}]
    assert "".join(data for way, data in shown if "del" not in way) == "".join(NEW)
    assert "".join(data for way, data in shown if "ins" not in way) == "".join(OLD)
    assert "b" not in {tag for tag, _ in parsed.tags}


def test_the_page_is_self_contained_and_runs_no_script() -> None:
    parsed = ParsedPage(PAGE)
    assert {tag for tag, _ in parsed.tags}.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert not any(name.startswith("on") or name == "src" for _, given in parsed.tags for name in given)
    assert not re.search(r"url\(|@import", PAGE)


def test_changed_fields_are_formatted_for_people() -> None:
    published = dt.datetime(2024, 3, 5, 9, 30, tzinfo=CHINA)
    before = version(
        0, OLD, title="防汛会召开", published_at=published, authors=(Person(name="何榕", role="reporter"),)
    )
    people = (Person(name="何榕", role="reporter"), Person(name="刘洋", role="editor"))
    later = {"title": "防汛<会议>召开", "published_at": published + dt.timedelta(hours=1), "authors": people}
    parsed = ParsedPage(page(before, version(2, OLD, source="云洲日报", **later)))
    rows = [text for way, text in parsed.texts if way.startswith("html body main") and "table" in way and text.strip()]
    assert "".join(rows) == ("项目改动标题防汛<会议>召开发布2024-03-05 09:3010:30来源云洲日报作者记者 何榕、编辑 刘洋")
    assert parsed.inside("ins")[1:] == ["<", "议>", "10:30", "云洲日报", "、编辑 刘洋"]
    assert "正文没有改动。" in parsed.inside("main")


def test_each_of_several_articles_has_its_own_part() -> None:
    def paper(days: int, *texts: str) -> Entry:
        made = version(days, list(texts))
        articles = tuple(
            Article(title=f"第{number}篇", text=text, script="hans", text_hans=text)
            for number, text in enumerate(texts, 1)
        )
        return evolve(made, articles=articles)

    parsed = ParsedPage(page(paper(0, OLD[0], OLD[1]), paper(2, OLD[0], OLD[1], OLD[2])))
    assert parsed.inside("h2") == ["第1篇", "第2篇", "新增文章：第3篇"]
    assert parsed.inside("ins")[-1] == OLD[2]


def test_labels_are_english_where_the_user_reads_english_and_the_text_is_marked_as_chinese() -> None:
    changed = version(2, NEW, title="防汛会", script="hant")
    shown = page(version(0, OLD), changed, "en")
    parsed = ParsedPage(shown)
    assert '<html lang="en">' in shown
    assert [given for tag, given in parsed.tags if tag in ("h1", "main")] == [{"lang": "zh-Hant"}] * 2
    labels = [tag for tag, given in parsed.tags if given.get("lang") == "en"]
    assert labels == ["html", "h2", "thead", "th", "h2", "summary", "summary"]
    for part in ("thead", "th", "h2"):
        assert not re.search("[\u4e00-\u9fff]", "".join(parsed.inside(part)).replace("第1版", "").replace("第2版", ""))
    assert parsed.inside("summary")[0] == "1 unchanged paragraph, 32 characters: 云洲市昨日召开防汛工作会议，部署汛期…"
    assert ParsedPage(page(version(0, OLD), version(0, OLD), "en")).inside("p")[-1].strip()


def test_a_removed_page_is_marked_as_removed() -> None:
    missing = entry(evolve(capture(0, url=URL), fetched_at=START + dt.timedelta(days=9), status=404), text=None)
    parsed = ParsedPage(page(version(0, OLD), missing))
    assert parsed.inside("h1") == ["标题"]
    assert parsed.inside("h2") == ["撤下文章"]
    assert "".join(parsed.inside("del")[1:]) == "".join(OLD)
