"""The page of an article: its text with its repairs, its history, and what it says in which language."""

from __future__ import annotations

import csv
import io
import re

import pytest
from starlette.testclient import TestClient

from crawler.web.repaired_text import TableBlock, blocks
from pipelines.model import Entry, Repair, Table
from pipelines.model.serialize import entry_document
from tests.crawler.web.rooms import article


def text_of(one: str) -> str:
    return re.sub(r"<pre.*?</pre>|<[^>]+>", "", one, flags=re.DOTALL)


def test_the_json_is_that_of_the_command_with_the_history(room: TestClient, entries: list[Entry]) -> None:
    answer = room.get(f"/a/{entries[1].id}.json").json()
    history = answer.pop("history")
    assert [(each["kind"], each["version"]) for each in history] == [("first", 1), ("edited", 2)]
    assert answer.pop("mark") is None
    location = answer.pop("location")
    assert location["file"].startswith("warc/news/")
    assert answer == {name: value for name, value in entry_document(entries[1]).items() if name != "location"}


def test_the_csv_has_the_columns_of_an_export(room: TestClient, entries: list[Entry]) -> None:
    head, row = csv.reader(io.StringIO(room.get(f"/a/{entries[0].id}.csv").text))
    assert dict(zip(head, row, strict=True))["title"] == "老旧小区加装电梯"


def test_a_repair_is_underlined_and_listed(room: TestClient, entries: list[Entry]) -> None:
    page = room.get(f"/a/{entries[5].id}", headers={"Accept-Language": "en"}).text
    assert 'href="#repair-1-1" title="strip-pinyin: (yú) → ∅"' in page
    assert 'id="repair-1-1"' in page
    assert "1 repair" in page


def test_the_page_leads_to_its_neighbours(room: TestClient, entries: list[Entry]) -> None:
    first, edited, before, missing = entries[:4]
    page = room.get(f"/a/{edited.id}", headers={"Accept-Language": "en"}).text
    assert "version 2 of 2" in page
    assert f'rel="prev" href="/a/{first.id}"' in page
    assert f'href="/compare/{first.id}/{edited.id}"' in page
    assert (
        "is gone from its site since 2024-03-05 09:30"
        in room.get(f"/a/{before.id}", headers={"Accept-Language": "en"}).text
    )
    assert "No article: http-error, status 404." in room.get(f"/a/{missing.id}", headers={"Accept-Language": "en"}).text


def test_an_id_that_is_not_there_is_not_found(room: TestClient) -> None:
    for path in ("/a/20200101000000-000000000000", "/a/x", "/a/2024"):
        assert room.get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("header", "parameter", "lang", "word"),
    [
        ("en", "", "en", "Provenance"),
        ("zh-CN", "", "zh-Hans", "来历"),
        ("fr", "", "zh-Hans", "来历"),
        ("zh", "?lang=en", "en", "Provenance"),
        ("en", "?lang=zh", "zh-Hans", "来历"),
        ("en", "?lang=xx", "en", "Provenance"),
    ],
)
def test_the_language(
    room: TestClient, entries: list[Entry], header: str, parameter: str, lang: str, word: str
) -> None:
    answer = room.get(f"/a/{entries[0].id}{parameter}", headers={"Accept-Language": header})
    assert f'<html lang="{lang}">' in answer.text
    assert word in answer.text
    assert answer.headers["Vary"] == "Accept-Language"


def test_a_chinese_page_has_no_english_message(room: TestClient, entries: list[Entry]) -> None:
    for path in ("/", "/search?q=电梯", f"/a/{entries[1].id}", f"/a/{entries[3].id}", "/nowhere"):
        text = text_of(room.get(path, headers={"Accept-Language": "zh"}).text)
        words = set(re.findall(r"(?<![\w/.:-])[A-Z]?[a-z]{3,}(?![\w/.:-])", text))
        assert words <= {"English", "Atom", "Lines", "news", "paper"}, (path, words)


def test_the_named_language_stays_in_the_links(room: TestClient) -> None:
    page = room.get("/search?q=电梯&lang=en", headers={"Accept-Language": "zh"}).text
    assert 'href="/counts?lang=en"' in page
    assert re.search(r'href="/a/[^"?]+\?lang=en"', page)


def test_tables_stand_where_they_are_in_the_text() -> None:
    text = "表前\n甲\t乙\n1\t2\n表后"
    start = text.index("甲")
    table = Table(
        rows=(("甲", "乙"), ("1", "2")), start=start, end=start + len("甲\t乙\n1\t2"), headers=((0, 0), (0, 1))
    )
    repair = Repair(rule="r", start=text.index("表后"), end=text.index("表后") + 1, before="錶", after="表")
    first, middle, last = blocks(article("表", text, tables=(table,), repairs=(repair,)))
    assert [piece.text for piece in first] == ["表前"]  # type: ignore[union-attr]
    assert isinstance(middle, TableBlock)
    assert middle.rows[0] == (("甲", True), ("乙", True))
    assert [(piece.text, piece.number) for piece in last] == [("表", 1), ("后", 0)]  # type: ignore[union-attr]


@pytest.mark.parametrize("spans", [((0, 2), (1, 3)), ((3, 3), (3, 4)), ((2, 5),), ((6, 7),), ((0, 0),), ((7, 7),)])
def test_no_character_is_lost_or_doubled_by_marks_of_repairs(spans: tuple[tuple[int, int], ...]) -> None:
    text = "一二三\n四五六"
    repairs = tuple(Repair(rule="r", start=start, end=end, before="x", after=text[start:end]) for start, end in spans)
    shown = "\n".join(
        "".join(piece.text for piece in paragraph)  # type: ignore[union-attr]
        for paragraph in blocks(article("", text, repairs=repairs))
    )
    assert shown == text


def test_a_capture_is_compared_with_the_version_before(room: TestClient, entries: list[Entry]) -> None:
    first, edited = entries[0].id, entries[1].id
    found = room.get(f"/a/{edited}/diff.json").json()
    assert found == room.get(f"/compare/{first}/{edited}.json").json()
    assert room.get(f"/a/{edited}/diff").status_code == 200
    answer = room.get(f"/a/{first}/diff", headers={"Accept-Language": "en"})
    assert (answer.status_code, "there is no version before" in answer.text) == (404, True)
