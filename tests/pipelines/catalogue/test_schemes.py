"""A row in `SCHEMES` is all that settings, error messages and `Catalogue` need to know a new kind of URL."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from crawler.config.load import load_config
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.engine import open_sqlite
from pipelines.catalogue.schemes import SCHEMES, Scheme
from pipelines.errors import ConfigError
from tests.pipelines.made import capture, entry


@pytest.fixture
def made_scheme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Add the scheme `made`: `made://name` is an SQLite file of that name in the test's folder."""

    def open_made(url: str, create: bool) -> object:
        return open_sqlite(f"sqlite:///{tmp_path}/{url.removeprefix('made://')}.sqlite", create=create)

    monkeypatch.setitem(SCHEMES, "made", Scheme(example="made://name", prefix="made://", open=open_made))


def configured(folder: Path, url: str) -> str:
    return load_config({"catalogue": url}, {"HOME": str(folder)}, folder).catalogue


@pytest.mark.usefixtures("made_scheme")
def test_settings_accept_a_url_of_the_table_and_its_database_is_opened(tmp_path: Path) -> None:
    url = configured(tmp_path, "made://news")
    assert url == "made://news"
    with closing(Catalogue(url)) as catalogue:
        catalogue.put(entry(capture(1)))
    assert (tmp_path / "news.sqlite").exists()
    with closing(Catalogue(url, create=False)) as catalogue:
        assert list(catalogue.entries()) == [entry(capture(1))]


@pytest.mark.usefixtures("made_scheme")
def test_the_error_for_an_unknown_scheme_lists_the_table(tmp_path: Path) -> None:
    for refused in (lambda: Catalogue("other://x"), lambda: configured(tmp_path, "other://x")):
        with pytest.raises(ConfigError, match="the catalogue URL 'other://x' is not valid") as caught:
            refused()
        examples = "sqlite:///path/to/catalogue.sqlite, postgresql+psycopg://user@host/name and made://name"
        assert caught.value.hint == f"valid are {examples}"


def test_a_scheme_without_a_row_is_refused(tmp_path: Path) -> None:
    for refused in (lambda: Catalogue("made://x"), lambda: configured(tmp_path, "made://x")):
        with pytest.raises(ConfigError, match="the catalogue URL 'made://x' is not valid"):
            refused()


def test_settings_refuse_a_catalogue_in_memory(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the catalogue URL 'sqlite://' is not valid"):
        configured(tmp_path, "sqlite://")
    Catalogue("sqlite://").close()


@pytest.mark.parametrize("url", ["postgres://me:secret@db/news", "postgresql+psycopg://me:sec@ret@db:port/news"])
def test_the_error_for_an_invalid_url_hides_its_password(url: str) -> None:
    with pytest.raises(ConfigError, match=r"//me:\*\*\*@db") as caught:
        Catalogue(url)
    assert "sec" not in str(caught.value)
