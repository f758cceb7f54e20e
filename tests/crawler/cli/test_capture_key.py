"""A capture is found by its id, by the beginning of its id, or by an address with or without its scheme."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.cli.test_show import catalogued
from tests.fangzhi import documents, fangzhi
from tests.pipelines.made import capture, entry

FIRST, SECOND, SECURE = (
    entry(capture(0), text="第一条。"),
    entry(capture(1, url="http://news.example/2.html"), text="第二条。"),
    entry(capture(2, url="https://news.example/2.html"), text="第三条。"),
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return catalogued(tmp_path, (FIRST, SECOND, SECURE))


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (FIRST.id, FIRST),
        (FIRST.id[:14], FIRST),
        (SECOND.id[:17], SECOND),
        (SECOND.url, SECOND),
        ("news.example/a/t20240305_0.html", FIRST),
        ("news.example/2.html", SECURE),
    ],
)
def test_a_key_finds_one_capture(archive: Path, key: str, found: object) -> None:
    (document,) = documents(fangzhi("show", key, "--json", "--archive", str(archive)))
    assert document["id"] == found.id


def test_an_ambiguous_beginning_lists_the_candidates(archive: Path) -> None:
    done = fangzhi("show", "20240305", "--archive", str(archive))
    assert (done.returncode, done.stdout) == (2, "")
    *rows, message = done.stderr.splitlines()
    assert [row.split()[0] for row in rows] == [FIRST.id, SECOND.id, SECURE.id]
    assert all("标题" in row for row in rows)
    assert message == "fangzhi: several ids begin with 20240305 (give more characters of the id)"


@pytest.mark.parametrize("key", ["2025", "20240305013000-ffff", "news.example/3.html", "202", "x"])
def test_an_unknown_key_is_an_error(archive: Path, key: str) -> None:
    done = fangzhi("show", key, "--archive", str(archive))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"no capture of {key} is in the catalogue" in done.stderr
