"""Citations in each form name the article and the record in the archive, whatever a page puts into its fields."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from attrs import evolve

from pipelines.export.citation import FORMS, citations
from pipelines.model import Article, Entry, Location, Person
from tests.pipelines.made import capture, entry

ARCHIVE = "s3://bucket/news"


def made(*articles: Article) -> Entry:
    place = Location(file="warc/yunzhou/2024/03/a.warc.gz", offset=88417, length=9)
    return evolve(entry(capture()), articles=articles, location=place)


def article(**fields: object) -> Article:
    plain = Article(title="城区加装电梯", text="电梯。", text_hans="电梯。", script="hans")
    return evolve(plain, **{"published_on": dt.date(2024, 3, 4), "source": "云洲日报", **fields})


def cited(form: str, *articles: Article) -> str:
    return FORMS[form](citations(made(*articles), "云洲市人民政府", ARCHIVE))


WROTE = tuple(Person(name=name, role="reporter") for name in ("何榕", "李明", "王强", "赵四"))
EDITED = Person(name="编辑甲", role="editor")


@pytest.mark.parametrize("form", FORMS)
def test_each_form_has_what_identifies_the_article_and_the_record(form: str) -> None:
    text = cited(form, article(authors=(*WROTE, EDITED))).replace("\\_", "_")
    found = made(article())
    for part in ("城区加装电梯", "何榕", found.final_url, found.id, found.digests.payload, ARCHIVE, "88417"):
        assert part in text, part
    assert found.location
    assert found.location.file in text
    assert "编辑甲" not in text


def test_gbt_7714_prints_three_authors_and_both_days() -> None:
    text = cited("gbt7714", article(authors=WROTE))
    assert text.startswith("何榕, 李明, 王强, 等. 城区加装电梯[EB/OL]. (2024-03-04)[2024-03-05]. http://news.example/")
    assert cited("gbt7714", article(published_on=None)).startswith("云洲市人民政府. 城区加装电梯[EB/OL]. [2024-03-05].")


def test_text_names_the_source_if_it_is_not_the_site() -> None:
    assert "，来源：云洲日报，" in cited("text", article())
    assert "来源" not in cited("text", article(source="云洲市人民政府"))


def test_each_article_of_a_page_has_a_citation_with_a_key_of_its_own() -> None:
    items = json.loads(cited("csl", article(), article(title="防汛会议")))
    assert [item["title"] for item in items] == ["城区加装电梯", "防汛会议"]
    assert [item["id"].rpartition("-")[2] for item in items] == ["1", "2"]
    assert items[0]["issued"] == {"date-parts": [[2024, 3, 4]]}
    assert len(re.findall(r"^@online", cited("bibtex", article(), article()), re.MULTILINE)) == 2


def test_a_page_without_an_article_is_cited_by_its_address() -> None:
    assert cited("text").startswith("《http://news.example/a/t20240305_0.html》")


HOSTILE = "x},\n  url = {http://evil.cn/}\nER  - \nTY  - BOOK % $ & # _ ~ ^ \\"


def test_a_hostile_title_ends_no_field_of_bibtex_and_no_line_of_ris() -> None:
    lines = cited("bibtex", article(title=HOSTILE)).splitlines()
    assert [line.split(" = ")[0].strip() for line in lines[1:-1]] == [
        "title",
        "organization",
        "date",
        "url",
        "urldate",
        "note",
    ]
    title = lines[1].replace("\\{", "").replace("\\}", "")
    assert title.count("{") == title.count("}")
    tags = [line[:6] for line in cited("ris", article(title=HOSTILE)).splitlines()]
    assert (tags[0], tags[-1], tags.count("ER  - ")) == ("TY  - ", "ER  - ", 1)
