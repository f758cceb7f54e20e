"""A catalogue of an earlier version is brought up to date once; one of a later version is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa
from attrs import evolve

from pipelines.catalogue import upgrade
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.filters import Filter
from pipelines.catalogue.tables import ARTICLE_SUMS, ARTICLES, ENTRIES, PUBLICATION_DAYS, SCHEMA, SITE_DAYS, SITE_SUMS
from pipelines.errors import StoreUnavailable
from pipelines.model import Entry, Region
from tests.pipelines.catalogue.earlier import (
    change,
    found,
    layout,
    rows,
    version_1,
    version_2,
    version_3,
    version_4,
    version_5,
    version_6,
)
from tests.pipelines.catalogue.searching import ids
from tests.pipelines.catalogue.summing import check_sums
from tests.pipelines.made import capture, entry

TABLES = (ENTRIES, ARTICLES, ARTICLE_SUMS, SITE_SUMS, SITE_DAYS, PUBLICATION_DAYS)


def made(count: int) -> list[Entry]:
    """Return captures of seven pages, some without an article."""
    region = Region(code="440783", name="开平")
    captures = [capture(number, url=f"http://a.cn/{number % 7}") for number in range(count)]
    texts = [f"电梯{number}" if number % 5 else None for number in range(count)]
    return [evolve(entry(each, text=text), region=region) for each, text in zip(captures, texts, strict=True)]


def fill(url: str, entries: Sequence[Entry]) -> None:
    with closing(Catalogue(url)) as catalogue, catalogue.transaction():
        for each in entries:
            catalogue.put(each)


@pytest.mark.parametrize("turn_back", [version_1, version_2, version_3, version_4, version_5, version_6])
def test_a_migrated_catalogue_is_like_one_of_this_version(
    url: str, other_url: str, turn_back: Callable[[str], None]
) -> None:
    for each in (url, other_url):
        fill(each, made(20))
    turn_back(other_url)
    is_same = turn_back in (version_5, version_6) and url.startswith("sqlite")
    assert (layout(other_url) == layout(url)) is is_same
    Catalogue(other_url).close()
    assert layout(other_url) == layout(url)
    assert rows(other_url, *TABLES) == rows(url, *TABLES)
    with closing(Catalogue(other_url)) as catalogue:
        check_sums(catalogue, made(20))
        catalogue.put(evolve(made(21)[20], articles=()))
        catalogue.remove(made(1)[0].id)
        check_sums(catalogue, [*made(20)[1:], evolve(made(21)[20], articles=())])


@pytest.mark.parametrize("turn_back", [version_1, version_2])
def test_a_catalogue_of_an_earlier_version_is_migrated_once(
    url: str, turn_back: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    entries = made(upgrade.ENTRIES_PER_STEP + 2)
    fill(url, entries)
    turn_back(url)

    def opened(_: int) -> int:
        with closing(Catalogue(url, create=False)) as catalogue:
            assert catalogue.count(Filter(region="4407")) == len(entries)
            return len(ids(catalogue, "电梯 -7"))

    matching = [each for each in entries if each.articles and each.articles[0].text != "电梯7"]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(opened, range(2))) == [len(matching)] * 2
    assert caplog.text.count("entries are read once to bring it up to date") == 1


def test_fingerprints_of_an_earlier_version_are_placed_as_this_version_places_them(database: str) -> None:
    same = "为保障施工期间道路交通安全，根据有关法律的规定，决定对有关路段实行临时交通管制，请过往车辆注意绕行。"
    fill(database, [entry(capture(number, b"%d" % number), text=f"{same}编号{number}") for number in range(40)])
    placed = "SELECT fetched_us, mark, unnest(anchors), false FROM anchors UNION ALL "
    placed += "SELECT fetched_us, mark, unnest(crowded), true FROM anchors ORDER BY 1, 2, 3"
    before = found(database, placed)
    assert {is_crowded for *_, is_crowded in before} == {False, True}
    version_6(database)
    Catalogue(database).close()
    assert found(database, placed) == before


def test_a_catalogue_of_a_later_version_is_refused(url: str) -> None:
    with closing(Catalogue(url)) as catalogue, catalogue._database.writing() as connection:
        connection.execute(sa.update(SCHEMA).values(version=upgrade.VERSION + 1))
    with pytest.raises(StoreUnavailable, match="a later version of fangzhi") as refused:
        Catalogue(url)
    assert "fangzhi rebuild" in str(refused.value.hint)


def test_a_catalogue_with_entries_of_another_form_needs_a_rebuild(url: str) -> None:
    fill(url, made(2))
    version_1(url)
    change(url, "UPDATE entries SET document = '{}'")
    before = layout(url)
    with pytest.raises(StoreUnavailable, match="cannot be indexed") as refused:
        Catalogue(url)
    assert "fangzhi rebuild" in str(refused.value.hint)
    assert layout(url) == before
