"""Reprints of a text: the likely source first, and what each print added, left out and changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.compare.reprints import rank_reprints
from crawler.demo.prose import compose
from pipelines.catalogue.catalogue import Catalogue
from pipelines.dedupe.similarity import Similarity
from pipelines.line.order import index_batch
from pipelines.line.protocols import NullArchive, Stores
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
"""The first print, one with more, a copy, a shortened one, a copy of the second, the second again, another text."""

NAMES = {"jiangmen": "江门市人民政府", "ribao": "江门日报"}


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as opened:
        for made in PRINTS:
            index_batch([made], Stores(archive=NullArchive(), catalogue=opened))
        yield opened


def numbers(entries: list[Entry]) -> list[int]:
    return sorted(next(n for n, made in enumerate(PRINTS) if made.id == each.id) for each in entries)


@pytest.mark.parametrize("number", range(6))
def test_reprints_are_the_same_whichever_print_is_given(catalogue: Catalogue, number: int) -> None:
    head, others = catalogue.original_and_copies(catalogue.get(PRINTS[number].id))
    assert (head.id, numbers(others)) == (PRINTS[0].id, [1, 2, 3, 4, 5])


def test_the_first_published_comes_first_and_each_url_once(catalogue: Catalogue) -> None:
    reprints = rank_reprints(*catalogue.original_and_copies(catalogue.get(PRINTS[0].id)), {})
    assert [reprint.source for reprint in reprints] == ["第1家", "第0家", "第3家", "第2家", "第4家"]


def test_each_reprint_shows_what_it_added_and_left_out(catalogue: Catalogue) -> None:
    reprints = rank_reprints(*catalogue.original_and_copies(catalogue.get(PRINTS[0].id)), {})
    by_stated_source = {reprint.source: reprint for reprint in reprints}
    assert (by_stated_source["第1家"].compared_with, by_stated_source["第1家"].similarity) == (None, None)
    assert by_stated_source["第4家"].changes == ()
    assert by_stated_source["第0家"].left_out == by_stated_source["第2家"].left_out == [ADDED]
    assert "".join(by_stated_source["第3家"].left_out) == SENTENCES[-1] + ADDED
    assert by_stated_source["第4家"].similarity == Similarity(similarity=1.0, relation="equal")
    assert (
        by_stated_source["第0家"].similarity
        == by_stated_source["第2家"].similarity
        != by_stated_source["第4家"].similarity
    )
    assert {reprint.compared_with.id for reprint in reprints[1:]} == {PRINTS[1].id}


def test_the_command_prints_reprints(catalogue: Catalogue, tmp_path: Path) -> None:
    shown = documents(fangzhi("show", PRINTS[2].id, "--reprints", "--json", "--archive", str(tmp_path)))
    assert [each["likely_source"] for each in shown] == [True, False, False, False, False]
    left_out = ["".join(each["left_out"]) for each in shown]
    assert left_out == ["", ADDED, SENTENCES[-1] + ADDED, ADDED, ""]
    assert (shown[1]["against"], shown[1]["relation"]) == (shown[0]["id"], "equal")
    shown = fangzhi("show", PRINTS[2].id, "--reprints", "--archive", str(tmp_path)).stdout
    assert f"    - {ADDED}\n" in shown
    assert "identical text" in shown
    alone = documents(fangzhi("show", PRINTS[6].id, "--reprints", "--json", "--archive", str(tmp_path)))
    assert [each["id"] for each in alone] == [PRINTS[6].id]
    assert "no reprints are known" in fangzhi("show", PRINTS[6].id, "--reprints", "--archive", str(tmp_path)).stdout


def test_family_is_an_alias_of_reprints(catalogue: Catalogue, tmp_path: Path) -> None:
    reprints, alias = (
        fangzhi("show", PRINTS[2].id, option, "--archive", str(tmp_path)) for option in ("--reprints", "--family")
    )
    assert (alias.returncode, alias.stdout) == (0, reprints.stdout)
    assert PRINTS[1].id in alias.stdout


def test_list_shows_the_verdict_of_each_capture(catalogue: Catalogue, tmp_path: Path) -> None:
    def listed(*options: str) -> list[str]:
        shown = fangzhi("list", *options, "--archive", str(tmp_path)).stdout
        return [line.split()[1] for line in shown.splitlines()][::-1]

    assert listed() == ["article", "near-copy", "same-text", "near-copy", "same-text", "same-text", "article"]
    assert listed("--no-copies") == ["article", "article"]


def at(site: str, source: str | None, published: dt.date | None, captured: int, **changes: object) -> Entry:
    """Return a site's print of one text, captured `captured` days after the first one."""
    made = entry(capture(0, site.encode(), f"http://{site}.example/{captured}.html"), text="\n".join(SENTENCES))
    article = evolve(made.articles[0], published_at=published, source=source, **changes)
    fetched = made.fetched_at + dt.timedelta(days=captured)
    verdict = Verdict(kind="same-text", similarity=1.0) if captured else made.verdict
    return evolve(made, id=f"{site}/{captured}", site=site, fetched_at=fetched, articles=(article,), verdict=verdict)


def likely(*prints: Entry) -> str:
    """Return the id of the likely source; it must be the same whichever print is the first captured."""
    found = {
        rank_reprints(first, [each for each in prints if each is not first], NAMES)[0].entry.id for first in prints
    }
    (source,) = found
    return source


FIFTH, SIXTH = dt.date(2024, 3, 5), dt.date(2024, 3, 6)


def test_a_copy_that_states_another_paper_as_its_source_makes_that_one_the_likely_source() -> None:
    portal, paper = at("jiangmen", "江门日报", FIFTH, 0), at("ribao", None, FIFTH, 3)
    assert likely(portal, paper) == paper.id
    assert likely(portal, at("ribao", "江门市人民政府", FIFTH, 3)) == portal.id, (
        "they name each other: the first one counts"
    )
    assert likely(portal, at("ribao", "江门日报", SIXTH, 3)) == "ribao/3", "whatever date it states"
    unnamed = at("jiangmen", "市政府办公室", FIFTH, 0)
    assert likely(unnamed, at("ribao", None, FIFTH, 3)) == unnamed.id


def test_the_stated_name_can_be_the_papers_the_sites_or_in_traditional_characters() -> None:
    portal = at("jiangmen", "《南屏日报》", FIFTH, 0)
    assert likely(portal, at("nanping", None, FIFTH, 3, edition=Edition(paper="南屏日报"))) == "nanping/3"
    assert likely(portal, at("nanping", None, FIFTH, 3, site_name="南屏日报数字报")) == "nanping/3"
    mirror = at("mirror", "江門市人民政府", None, 0)
    assert likely(mirror, at("jiangmen", None, FIFTH, 3)) == "jiangmen/3"


def test_a_print_published_days_before_is_the_source_although_a_later_one_is_named() -> None:
    town, city, portal = at("town", "本镇", FIFTH, 0), at("ribao", None, SIXTH, 2), at("other", "江门日报", SIXTH, 3)
    assert likely(town, city, portal) == town.id


def test_a_print_without_a_date_was_published_by_its_capture_at_the_latest() -> None:
    undated = at("undated", None, None, 1)
    assert likely(undated, at("later", None, dt.date(2024, 3, 9), 5)) == undated.id
    assert likely(undated, at("earlier", None, FIFTH, 5)) == "earlier/5"


def test_a_print_not_similar_to_the_source_is_compared_with_the_original_of_its_verdict() -> None:
    lines = [line for line in SENTENCES if len(line) > 20]
    steps = [lines[start : start + len(lines) * 3 // 5] for start in (0, len(lines) // 5, len(lines) * 2 // 5)]
    first, head, last = (printed(n, step, dt.date(2024, 2, 10 + n)) for n, step in enumerate(steps))
    judged = [
        evolve(each, verdict=Verdict(kind="near-copy", of=head.id, similarity=0.7, relation="equal"))
        for each in (first, last)
    ]
    reprints = {reprint.entry.id: reprint for reprint in rank_reprints(head, judged, {})}
    assert reprints[first.id].compared_with is None
    assert reprints[head.id].compared_with.id == first.id
    assert reprints[last.id].compared_with.id == head.id


def test_reprints_of_an_edited_page_include_those_of_its_earlier_text(tmp_path: Path) -> None:
    """The verdict of a reprint names the earliest similar version, so the later version alone has few reprints."""
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
        results = [
            documents(fangzhi("show", key, "--reprints", "--json", "--archive", str(tmp_path)))
            for key in (first.id, edited.id, first.final_url)
        ]
        assert [[each["id"] for each in shown] for shown in results] == [[first.id, copy.id]] * 3
        opened.put(other)
    shown = documents(fangzhi("show", first.final_url, "--reprints", "--json", "--archive", str(tmp_path)))
    assert [each["id"] for each in shown] == [other.id], "a different text under the same URL has other reprints"
    first_version = ("show", first.final_url, "--version", "1", "--reprints", "--json", "--archive", str(tmp_path))
    assert [each["id"] for each in documents(fangzhi(*first_version))] == [first.id, copy.id]


def test_reprints_of_a_removed_page_are_those_of_its_last_text(catalogue: Catalogue, tmp_path: Path) -> None:
    gone = evolve(entry(capture(9, url=PRINTS[3].final_url), text=None), status=404, reason="http-error")
    catalogue.put(gone)
    shown = documents(fangzhi("show", PRINTS[3].final_url, "--reprints", "--json", "--archive", str(tmp_path)))
    assert PRINTS[3].id in [each["id"] for each in shown]
    assert len(shown) == 5
