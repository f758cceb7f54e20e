"""`fangzhi.open`: an archive read from Python."""

from __future__ import annotations

import csv
import datetime as dt
import io
import pickle
import sys
from pathlib import Path

import pytest
from attrs import evolve

import fangzhi
from pipelines.export import write_csv
from pipelines.export.rows import cell_text, columns
from pipelines.model.serialize import entry_document
from tests.face.archived import BUS_PAGE, FETCHED, GULOU, SCHOOL, build
from tests.fangzhi import documents
from tests.fangzhi import fangzhi as command


def test_articles_have_their_own_fields_and_those_of_their_capture(archive: fangzhi.Archive) -> None:
    school, buses = archive.articles()
    assert (buses.title, buses.published_on, buses.site) == ("新增公交线路", dt.date(2023, 4, 5), "nanjing-gulou")
    assert (buses.url, buses.final_url, buses.fetched_at) == (GULOU, GULOU, FETCHED)
    assert (buses.verdict.kind, buses.number, buses.passage) == ("new", 1, None)
    assert buses.region is not None
    assert buses.region.code == "320106"
    assert SCHOOL in school.text
    assert "学生将在这里上课" in school.text_hans
    assert (school.site, school.region) == (None, None)
    assert repr(buses) == f"<ArchivedArticle {buses.id} 2023-04-05 新增公交线路>"
    assert pickle.loads(pickle.dumps(buses)) == buses


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        ({"site": "nanjing-gulou"}, ["新增公交线路"]),
        ({"published": "2023-04"}, ["新增公交线路"]),
        ({"published": dt.date(2023, 5, 12)}, ["新校舍落成"]),
        ({"published": ("2023-04-06", None)}, ["新校舍落成"]),
        ({"published": (None, "2022")}, []),
        ({"captured": "2023-06-01", "limit": 1}, ["新校舍落成"]),
        ({"captured": ("2023-06-02", None)}, []),
        ({"region": "320000"}, ["新增公交线路"]),
        ({"region": "南京"}, ["新增公交线路"]),
        ({"region": "44"}, []),
        ({"copies": True}, ["新增公交线路", "新校舍落成", "新增公交线路"]),
        ({"verdict": "same-bytes"}, ["新增公交线路"]),
        ({"verdict": "near-copy"}, []),
        ({"min_score": 0.5, "flags": ()}, ["新校舍落成", "新增公交线路"]),
        ({"flags": ("pinyin",)}, []),
        ({"source": "日报"}, []),
        ({"column": "要闻"}, []),
    ],
)
def test_articles_are_selected(archive: fangzhi.Archive, arguments: dict, titles: list[str]) -> None:
    assert [article.title for article in archive.articles(**arguments)] == titles


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"published": "April"}, "published: 'April' is no day, month, year or range"),
        ({"published": "2023-02-30"}, "published: '2023-02-30' is no day"),
        ({"captured": ("2023", "2022")}, "captured: 2023-01-01 is after 2022-12-31"),
        ({"captured": ("2023", "2024", "2025")}, "captured: "),
        ({"verdict": "old"}, "verdict: 'old' is not known"),
    ],
)
def test_a_wrong_argument_is_an_error_of_the_call(archive: fangzhi.Archive, arguments: dict, message: str) -> None:
    for call in (archive.articles, archive.entries):
        with pytest.raises(fangzhi.ConfigError) as caught:
            call(**arguments)
        assert message in str(caught.value)
        assert caught.value.__notes__ == [caught.value.hint]


def test_counts_are_rows_for_a_data_frame(archive: fangzhi.Archive) -> None:
    assert archive.counts("month", query="公交", published="2023") == [
        {"month": "2023-04", "articles": 2, "of": 2, "crawled_days": 0},
        {"month": "2023-05", "articles": 0, "of": 1, "crawled_days": 0},
        {"month": "2023-06", "articles": 0, "of": 0, "crawled_days": 1},
    ]
    assert [sum(row["articles"] for row in archive.counts("site", copies=each)) for each in (None, True, False)] == [
        3,
        3,
        2,
    ]
    assert [row["region"] for row in archive.counts("region", region="32") if row["articles"]] == ["320106"]
    with pytest.raises(fangzhi.ConfigError, match="cannot count by"):
        archive.counts()


def test_entries_are_those_of_the_command(archive: fangzhi.Archive, folder: Path) -> None:
    listed = documents(command("list", "--json", "--archive", str(folder)))
    assert [entry_document(entry) for entry in archive.entries()] == listed
    assert [entry.status for entry in archive.entries(outcome="rejected", files=False)] == [404]
    assert [entry.reason for entry in archive.entries(limit=1)] == ["file"]
    assert archive.entry(GULOU).outcome == "article"
    assert archive.entry(listed[0]["id"]).url.endswith(".pdf")
    with pytest.raises(fangzhi.FangzhiError, match=r"no capture of http://nowhere\.example"):
        archive.entry("http://nowhere.example/")


def test_a_search_finds_words_in_either_script(archive: fangzhi.Archive) -> None:
    (school,) = archive.search("城东小学 食堂")
    assert school.passage is not None
    assert school.passage.startswith("城東小學的新校舍昨日落成")
    assert len(list(archive.search("公交"))) == 1
    assert len(list(archive.search("公交", copies=True))) == 2
    assert not list(archive.search("公交", region="44"))
    assert len(list(archive.search("昨日", limit=1))) == 1
    with pytest.raises(fangzhi.ConfigError, match="the query is empty"):
        archive.search(" ")


def test_archived_bytes_and_pages(archive: fangzhi.Archive) -> None:
    buses = next(iter(archive.articles(site="nanjing-gulou")))
    assert archive.capture(buses).body == BUS_PAGE.encode()
    assert archive.capture(buses).header("content-type") == "text/html"
    copy = archive.entry("http://news.example/copy/1.html")
    assert copy.verdict.kind == "same-bytes"  # its record is a revisit without a body
    assert archive.html(copy) == archive.html(buses.id) == archive.html(GULOU) == BUS_PAGE
    assert archive.capture("http://news.example/f/1.pdf").body == b"%PDF-1.4 ..."
    with pytest.raises(fangzhi.PageError, match="is no page: the media type is application/pdf"):
        archive.html("http://news.example/f/1.pdf")
    with pytest.raises(fangzhi.FangzhiError, match="is not archived"):
        archive.html(evolve(copy, location=None))


def test_rows_are_those_of_the_csv(archive: fangzhi.Archive) -> None:
    rows = list(archive.articles(copies=True).rows())
    assert [list(row) for row in rows] == [list(columns())] * 3
    file = io.BytesIO()
    write_csv(archive.entries(outcome="article"), file, marked=False)
    written = csv.DictReader(io.StringIO(file.getvalue().decode(), newline=""))
    assert [{name: cell_text(cell) for name, cell in row.items()} for row in rows] == list(written)


def test_a_data_frame_has_types_also_if_it_is_empty(archive: fangzhi.Archive) -> None:
    frame = archive.articles().to_pandas()
    assert list(frame["title"]) == ["新校舍落成", "新增公交线路"]
    assert list(frame["published_on"].dt.month) == [5, 4]
    assert frame["similarity"].isna().all()
    empty = archive.articles(published="1999").to_pandas()
    assert list(empty.columns) == list(columns())
    assert empty.dtypes.equals(frame.dtypes)
    types = {name: str(frame[name].dtype) for name in ("title", "number", "similarity", "published_on", "fetched_at")}
    assert list(types.values()) == ["string", "Int64", "float64", "datetime64[s]", "datetime64[us, UTC]"]


def test_a_data_frame_of_polars_has_types_also_if_it_is_empty(archive: fangzhi.Archive) -> None:
    frame = archive.articles().to_polars()
    assert frame["title"].to_list() == ["新校舍落成", "新增公交线路"]
    empty = archive.articles(published="1999").to_polars()
    assert empty.columns == list(columns())
    assert empty.schema == frame.schema
    types = [str(frame.schema[name]) for name in ("title", "number", "similarity", "published_on", "fetched_at")]
    assert types == ["String", "Int64", "Float64", "Date", "Datetime(time_unit='us', time_zone='UTC')"]


def test_without_polars_the_error_names_the_extra(archive: fangzhi.Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(fangzhi.ConfigError) as caught:
        archive.articles().to_polars()
    assert "fangzhi[polars]" in (caught.value.hint or "")


def test_facets_are_those_of_the_articles_that_match(archive: fangzhi.Archive) -> None:
    found = archive.facets("校舍")
    assert list(found) == ["month", "site", "region", "source", "column", "verdict"]
    assert sum(int(each["articles"] or 0) for each in found["site"]) == len([*archive.search("校舍")])


def test_without_pandas_the_error_names_the_extra(archive: fangzhi.Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(fangzhi.ConfigError) as caught:
        archive.articles().to_pandas()
    assert "fangzhi[pandas]" in (caught.value.hint or "")


def test_a_missing_archive_or_catalogue_is_an_error_and_creates_nothing(tmp_path: Path) -> None:
    with pytest.raises(fangzhi.ConfigError, match="there is no archive at"):
        fangzhi.open(tmp_path / "nowhere")
    with pytest.raises(fangzhi.ConfigError, match="there is no catalogue at") as caught:
        fangzhi.open(str(tmp_path))
    assert "catalogue=" in (caught.value.hint or "")
    with pytest.raises(fangzhi.ConfigError, match="there is no catalogue at"):
        fangzhi.open("s3://bucket/news", catalogue=f"sqlite:///{tmp_path}/other/c.sqlite")
    for wrong in ("mysql://x", "sqlite://"):
        with pytest.raises(fangzhi.ConfigError, match="is not valid"):
            fangzhi.open(tmp_path, catalogue=wrong)
    with pytest.raises(fangzhi.ConfigError, match="the archive address"):
        fangzhi.open("ftp://bucket/news")
    assert not list(tmp_path.iterdir())


def test_an_archive_on_s3_is_read(bucket: str, tmp_path: Path) -> None:
    address, catalogue = f"s3://{bucket}/face", f"sqlite:///{tmp_path}/catalogue.sqlite"
    build(address, catalogue)
    before = sorted(tmp_path.rglob("*"))
    with fangzhi.open(address, catalogue) as archive:
        assert archive.html(GULOU) == BUS_PAGE
    assert {path.name for path in tmp_path.rglob("*")} <= {path.name for path in before}


def test_settings_of_the_command_line_do_not_count(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fangzhi.toml").write_text("no toml", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FANGZHI_ARCHIVE", str(folder))
    with pytest.raises(fangzhi.ConfigError, match="there is no archive at"):
        fangzhi.open()
    (tmp_path / "archive").symlink_to(folder)
    with fangzhi.open() as archive:
        monkeypatch.chdir("/")
        assert len(list(archive.articles())) == 2
        assert archive.html(GULOU) == BUS_PAGE


def test_a_closed_archive_and_a_pickled_one(folder: Path) -> None:
    archive = fangzhi.open(folder)
    articles = archive.articles()
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(archive)
    archive.close()
    archive.close()
    assert "(closed)" in repr(archive)
    for use in (lambda: list(articles), archive.entries, lambda: archive.entry(GULOU), lambda: archive.html(GULOU)):
        with pytest.raises(fangzhi.FangzhiError, match="is closed"):
            use()
