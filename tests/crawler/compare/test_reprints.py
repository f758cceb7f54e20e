"""A text's family: its prints, the likely source first, with what each added, left out and changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.compare.reprints import family
from crawler.demo.prose import compose
from pipelines.catalogue.catalogue import Catalogue
from pipelines.dedupe.similarity import Similarity
from pipelines.line.order import NullArchive, Stores, index_batch
from pipelines.model import Edition, Entry, Verdict
from tests.fangzhi import documents, fangzhi
from tests.pipelines.made import capture, entry

SENTENCES = ["云洲市老旧小区改造现场会召开。", *compose("family", "news", dt.date(2024, 3, 5)).text.split("\n")]
ADDED = "本网编辑部提醒读者注意查询所在街道的具体安排。"


def printed(number: int, sentences: list[str], published: dt.date, url: str | None = None) -> Entry:
    made = entry(capture(number, str(number).encode(), url), text="\n".join(sentences))
    article = evolve(made.articles[0], published_at=published, source=f"第{number}家")
    return evolve(made, articles=(article,))


PRINTS = (
    printed(0, SENTENCES, dt.date(2024, 2, 16)),
    printed(1, [*SENTENCES, ADDED], dt.date(2024, 2, 15)),
    printed(2, SENTENCES, dt.date(2024, 2, 18)),
    printed(3, SENTENCES[:-1], dt.date(2024, 2, 17)),
    printed(4, [*SENTENCES, ADDED], dt.date(2024, 2, 19)),
    printed(5, [*SENTENCES, ADDED], dt.date(2024, 2, 15), url="http://news.example/a/t20240305_1.html"),
    printed(6, ["别的文章，与前面各篇都没有关系。"] * 9, dt.date(2024, 2, 11)),
)
"""The head, one with more, a copy, one cut short, a copy of the second, the second captured again, another text."""

NAMES = {"jiangmen": "江门市人民政府", "ribao": "江门日报"}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as opened:
        for made in PRINTS:
            index_batch([made], Stores(archive=NullArchive(), catalogue=opened))
        yield opened


def numbers(entries: list[Entry]) -> list[int]:
    return sorted(next(n for n, made in enumerate(PRINTS) if made.id == each.id) for each in entries)


@pytest.mark.parametrize("asked", range(6))
def test_a_family_is_the_same_whichever_of_it_is_asked_for(catalogue: Catalogue, asked: int) -> None:
    head, others = catalogue.original_and_copies(catalogue.get(PRINTS[asked].id))
    assert (head.id, numbers(others)) == (PRINTS[0].id, [1, 2, 3, 4, 5])


def test_the_first_published_comes_first_and_an_address_once(catalogue: Catalogue) -> None:
    members = family(*catalogue.original_and_copies(catalogue.get(PRINTS[0].id)), {})
    assert [member.source for member in members] == ["第1家", "第0家", "第3家", "第2家", "第4家"]


def test_it_is_told_what_each_added_and_left_out(catalogue: Catalogue) -> None:
    members = family(*catalogue.original_and_copies(catalogue.get(PRINTS[0].id)), {})
    by_source = {member.source: member for member in members}
    assert (by_source["第1家"].against, by_source["第1家"].similarity_to) == (None, None)
    assert by_source["第4家"].edits == ()
    assert by_source["第0家"].left_out == by_source["第2家"].left_out == [ADDED]
    assert "".join(by_source["第3家"].left_out) == SENTENCES[-1] + ADDED
    assert by_source["第4家"].similarity_to == Similarity(similarity=1.0, relation="equal")
    assert by_source["第0家"].similarity_to == by_source["第2家"].similarity_to != by_source["第4家"].similarity_to
    assert {member.against.id for member in members[1:]} == {PRINTS[1].id}


def test_the_command_tells_it(catalogue: Catalogue, tmp_path: Path) -> None:
    told = documents(fangzhi("show", PRINTS[2].id, "--family", "--json", "--archive", str(tmp_path)))
    assert [each["likely_source"] for each in told] == [True, False, False, False, False]
    left_out = ["".join(each["left_out"]) for each in told]
    assert left_out == ["", ADDED, SENTENCES[-1] + ADDED, ADDED, ""]
    assert (told[1]["against"], told[1]["relation"]) == (told[0]["id"], "equal")
    shown = fangzhi("show", PRINTS[2].id, "--family", "--archive", str(tmp_path)).stdout
    assert f"    - {ADDED}\n" in shown
    assert "word for word" in shown
    alone = documents(fangzhi("show", PRINTS[6].id, "--family", "--json", "--archive", str(tmp_path)))
    assert [each["id"] for each in alone] == [PRINTS[6].id]
    assert "nobody else is known" in fangzhi("show", PRINTS[6].id, "--family", "--archive", str(tmp_path)).stdout


def test_a_list_tells_what_each_capture_is_to_earlier_ones(catalogue: Catalogue, tmp_path: Path) -> None:
    def listed(*options: str) -> list[str]:
        shown = fangzhi("list", *options, "--archive", str(tmp_path)).stdout
        return [line.split()[1] for line in shown.splitlines()][::-1]

    assert listed() == ["article", "near-copy", "same-text", "near-copy", "same-text", "same-text", "article"]
    assert listed("--no-copies") == ["article", "article"]


def at(site: str, source: str | None, published: dt.date | None, captured: int, **changes: object) -> Entry:
    """Return a site's print of one text; `captured` are the days that its capture came after the first."""
    made = entry(capture(0, site.encode(), f"http://{site}.example/{captured}.html"), text="\n".join(SENTENCES))
    article = evolve(made.articles[0], published_at=published, source=source, **changes)
    fetched = made.fetched_at + dt.timedelta(days=captured)
    verdict = Verdict(kind="same-text", similarity=1.0) if captured else made.verdict
    return evolve(made, id=f"{site}/{captured}", site=site, fetched_at=fetched, articles=(article,), verdict=verdict)


def likely(*prints: Entry) -> str:
    """Return the id of the likely source; whichever is captured first is the head."""
    found = {family(first, [each for each in prints if each is not first], NAMES)[0].entry.id for first in prints}
    (source,) = found
    return source


FIFTH, SIXTH = dt.date(2024, 3, 5), dt.date(2024, 3, 6)


def test_a_copy_that_names_the_others_paper_speaks_for_that_one() -> None:
    portal, paper = at("jiangmen", "江门日报", FIFTH, 0), at("ribao", None, FIFTH, 3)
    assert likely(portal, paper) == paper.id
    assert likely(portal, at("ribao", "江门市人民政府", FIFTH, 3)) == portal.id, "they name each other: the first is"
    assert likely(portal, at("ribao", "江门日报", SIXTH, 3)) == "ribao/3", "whatever it says of the day"
    unnamed = at("jiangmen", "市政府办公室", FIFTH, 0)
    assert likely(unnamed, at("ribao", None, FIFTH, 3)) == unnamed.id


def test_the_name_can_be_the_papers_the_sites_own_or_in_traditional_characters() -> None:
    portal = at("jiangmen", "《南屏日报》", FIFTH, 0)
    assert likely(portal, at("nanping", None, FIFTH, 3, edition=Edition(paper="南屏日报"))) == "nanping/3"
    assert likely(portal, at("nanping", None, FIFTH, 3, site_name="南屏日报数字报")) == "nanping/3"
    mirror = at("mirror", "江門市人民政府", None, 0)
    assert likely(mirror, at("jiangmen", None, FIFTH, 3)) == "jiangmen/3"


def test_one_that_was_there_days_before_is_the_source_though_a_later_one_is_named() -> None:
    town, city, portal = at("town", "本镇", FIFTH, 0), at("ribao", None, SIXTH, 2), at("other", "江门日报", SIXTH, 3)
    assert likely(town, city, portal) == town.id


def test_what_has_no_date_was_there_when_it_was_captured_at_the_latest() -> None:
    undated = at("undated", None, None, 1)
    assert likely(undated, at("later", None, dt.date(2024, 3, 9), 5)) == undated.id
    assert likely(undated, at("earlier", None, FIFTH, 5)) == "earlier/5"


def test_a_print_that_is_not_near_to_the_source_is_held_against_what_it_was_judged_by() -> None:
    lines = [line for line in SENTENCES if len(line) > 20]
    steps = [lines[start : start + len(lines) * 3 // 5] for start in (0, len(lines) // 5, len(lines) * 2 // 5)]
    first, head, last = (printed(n, step, dt.date(2024, 2, 10 + n)) for n, step in enumerate(steps))
    judged = [
        evolve(each, verdict=Verdict(kind="near-copy", of=head.id, similarity=0.7, relation="equal"))
        for each in (first, last)
    ]
    members = {member.entry.id: member for member in family(head, judged, {})}
    assert members[first.id].against is None
    assert members[head.id].against.id == first.id
    assert members[last.id].against.id == head.id


def test_the_family_of_a_page_that_was_edited_is_that_of_its_text_before(tmp_path: Path) -> None:
    """Reprints are judged by the earliest version that they are near to, so the later one alone has few."""
    first = printed(0, SENTENCES, dt.date(2024, 2, 10))
    edited = printed(3, [*SENTENCES[:-1], ADDED], dt.date(2024, 2, 10), url=first.final_url)
    edited = evolve(edited, verdict=Verdict(kind="new-version", of=first.id))
    copy = printed(1, SENTENCES, dt.date(2024, 2, 11))
    copy = evolve(copy, verdict=Verdict(kind="same-text", of=first.id, similarity=1.0))
    other = printed(5, ["别的文章，与前面各篇都没有关系。"] * 9, dt.date(2024, 2, 10), url=first.final_url)
    other = evolve(other, verdict=Verdict(kind="new-version", of=edited.id))
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as opened:
        for each in (first, copy, edited):
            opened.put(each)
        asked = [
            documents(fangzhi("show", key, "--family", "--json", "--archive", str(tmp_path)))
            for key in (first.id, edited.id, first.final_url)
        ]
        assert [[each["id"] for each in told] for told in asked] == [[first.id, copy.id]] * 3
        opened.put(other)
    told = documents(fangzhi("show", first.final_url, "--family", "--json", "--archive", str(tmp_path)))
    assert [each["id"] for each in told] == [other.id], "another text under the address is another family"
    first_version = ("show", first.final_url, "--version", "1", "--family", "--json", "--archive", str(tmp_path))
    assert [each["id"] for each in documents(fangzhi(*first_version))] == [first.id, copy.id]


def test_the_family_of_a_page_that_is_gone_is_that_of_its_last_text(catalogue: Catalogue, tmp_path: Path) -> None:
    gone = evolve(entry(capture(9, url=PRINTS[3].final_url), text=None), status=404, reason="http-error")
    catalogue.put(gone)
    told = documents(fangzhi("show", PRINTS[3].final_url, "--family", "--json", "--archive", str(tmp_path)))
    assert PRINTS[3].id in [each["id"] for each in told]
    assert len(told) == 5
