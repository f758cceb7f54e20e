"""Differences between two entries of a page."""

from __future__ import annotations

from attrs import evolve

from crawler.cli.diff import comparison_document, comparison_lines, totals_lines
from crawler.compare.entries import Comparison, Totals, compare
from crawler.compare.text import TextChange
from pipelines.model import Article, Entry, Evidence, Image, Quality, Repair, Version
from tests.pipelines.made import capture, entry

TEXT = "三月四日，市住建局召开会议。会议部署旧区改造工作。\n各县区按时完成任务！"


def article(title: str = "标题", text: str = TEXT, **more: object) -> Article:
    return Article(title=title, text=text, text_hans=text, script="hans", **more)


def made(*articles: Article, **more: object) -> Entry:
    return evolve(entry(capture()), articles=articles, **more)


def change(before: Article, after: Article) -> Comparison:
    return compare(made(before), made(after))


def test_equal_articles_are_equal_whatever_version_extracted_them() -> None:
    proof = Evidence(field="title", origin="h1")
    after = made(article(evidence=(proof,)), version=Version(fangzhi="9", trafilatura="9"))
    found = compare(made(article()), after)
    assert found.kind == "unchanged"
    assert [each.kind for each in found.articles] == ["equal"]


def test_fields_differ_by_name_and_the_text_by_sentence() -> None:
    after = article(
        "新标题",
        TEXT.replace("旧区", "老旧小区").replace("各县区按时完成任务！", ""),
        source="江门日报",
        quality=Quality(masked_chars=2),
        images=(Image(url="http://a.cn/1.jpg", caption="会场"),),
        repairs=(Repair(rule="strip_pinyin", start=0, end=1, before="a", after=""),),
    )
    (found,) = change(article(), after).articles
    assert found.kind == "changed"
    assert found.fields == {
        "title": TextChange(before="标题", after="新标题"),
        "source": TextChange(before="", after="江门日报"),
        "images": TextChange(before="", after="http://a.cn/1.jpg 会场"),
        "quality.masked_chars": TextChange(before="0", after="2"),
        "repairs": TextChange(before="", after="strip_pinyin × 1"),
    }
    assert found.sentences == 3
    assert found.text == (
        TextChange(before="会议部署旧区改造工作。", after="会议部署老旧小区改造工作。"),
        TextChange(before="各县区按时完成任务！", after=""),
    )


def test_a_rejected_page_loses_its_article_and_shows_the_reason() -> None:
    after = made(outcome="rejected", reason="not-an-article")
    found = compare(made(article()), after)
    assert [each.kind for each in found.articles] == ["lost"]
    assert found.facts["reason"] == TextChange(before="", after="not-an-article")


def test_a_page_that_was_not_catalogued_has_new_articles() -> None:
    found = compare(None, made(article()))
    assert (found.kind, [each.kind for each in found.articles], found.facts) == ("added", ["new"], {})
    rejected = compare(None, made(outcome="rejected", reason="challenge"))
    assert "  reason: {+challenge+}" in comparison_lines(rejected, coloured=False, lang="en")


def test_articles_of_a_page_are_paired_by_content_not_by_position() -> None:
    one, two, three = (article(f"第{n}条", f"{n}{TEXT}{n * 9}") for n in "一二三")
    moved = article("第二条", "完全不同的内容，说的是另一件事。")
    renamed = evolve(three, title="改名")
    found = compare(made(one, two, three), made(renamed, moved, one, article("第四条", "新来的。")))
    assert [(each.title, each.kind) for each in found.articles] == [
        ("改名", "changed"),
        ("第二条", "changed"),
        ("第一条", "equal"),
        ("第四条", "new"),
    ]
    assert [each.kind for each in compare(made(one, two), made(two)).articles] == ["equal", "lost"]


def test_totals_count_every_article_once_and_the_fields_of_changed_ones() -> None:
    totals = Totals()
    for found in (
        change(article(), article()),
        change(article(), article("新", text="全不一样的另外一段话。")),
        compare(None, made(article(), article("二"))),
        compare(made(article()), made()),
    ):
        totals.add(found)
    assert totals.articles == {"equal": 1, "changed": 1, "new": 2, "lost": 1}
    assert totals.fields == {"title": 1, "text": 1}
    assert totals_lines(totals)[0] == "articles: 1 equal, 1 changed, 2 new, 1 lost"


def test_lines_have_marks_or_colours() -> None:
    found = change(article(), article(text=TEXT.replace("旧区", "老旧小区"), source="江门日报"))
    plain = "\n".join(comparison_lines(found, coloured=False, lang="en"))
    assert "      Source: {+江门日报+}" in plain
    assert "        会议部署{+老+}旧{+小+}区改造工作。" in plain
    assert "\x1b" not in plain
    coloured = "\n".join(comparison_lines(found, coloured=True, lang="en"))
    assert "\x1b[32m{+江门日报+}\x1b[0m" in coloured, "never by colour alone"


def test_json_has_the_full_text() -> None:
    long = "字" * 5_000 + "。"
    document = comparison_document(change(article(), article(text=long)))
    assert document["articles"][0]["text"][-1]["after"] == long
    assert comparison_document(change(article(), article()))["articles"] == []


def test_long_texts_without_punctuation_are_not_compared_in_quadratic_time() -> None:
    one, other = "甲乙丙丁" * 20_000, "甲乙丙戊" * 20_000
    (found,) = change(article(text=one), article(text=other)).articles
    assert [(edit.before, edit.after) for edit in found.text] == [(one, ""), ("", other)]
    assert "80000 characters" in "".join(
        comparison_lines(change(article(text=one), article(text=other)), coloured=False, lang="en")
    )
