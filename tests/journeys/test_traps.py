"""Endless sites, and pages with several URLs: a crawl ends, and fetches each article once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi
from tests.journeys.small import ARTICLES, PATHS, answer, asked

ENDLESS = 40
"""Number of pages of the generated sites, so that a crawl that never stops ends too."""


@pytest.fixture
def wire() -> Iterator[Wire]:
    with wired() as server:
        server.answers = {path: answer(text) for path, text in ARTICLES.items()}
        yield server


def crawl(wire: Wire, folder: Path, *options: str, family: str = "generic") -> dict:
    host = wire.base.removeprefix("http://")
    section = f'{{ name = "要闻", url = "{wire.base}/list/", depth = 1000 }}'
    toml = f'name = "府"\nfamily = "{family}"\nhosts = ["{host}"]\ndelay = 0\nsections = [{section}]\n'
    (folder / "fu.toml").write_text(toml, "utf-8")
    done = fangzhi("crawl", "fu", *options, "--archive", str(folder / "archive"), "--registry", str(folder), "--json")
    (report,) = documents(done)
    return report


def row(address: str, title: str = "市政府召开防汛工作会议") -> str:
    return f'<li><a href="{address}">{title}</a> 2026-03-05</li>'


def test_an_endless_pager_is_left_where_it_shows_nothing(wire: Wire, tmp_path: Path) -> None:
    for number in range(1, ENDLESS):
        rows = "".join(map(row, PATHS)) if number == 1 else "<p>暂无内容</p>"
        target = f"/list/?page={number}" if number > 1 else "/list/"
        wire.answers[target] = answer(f'<ul>{rows}</ul><a href="?page={number + 1}">下一页</a>')
    report = crawl(wire, tmp_path, "--full")
    assert report["articles"] == len(PATHS)
    lists = [target for target in asked(wire) if target.startswith("/list/")]
    assert lists == ["/list/", "/list/?page=2", "/list/?page=3", "/list/?page=4"]


def test_a_calendar_is_no_pager(wire: Wire, tmp_path: Path) -> None:
    days = "".join(f'<a href="?day=2026-03-{day:02}">{day}</a>' for day in range(1, 32))
    wire.answers |= {f"/list/?day=2026-03-{day:02}": answer(f"<ul>{days}</ul>") for day in range(1, 32)}
    wire.answers["/list/"] = answer(f"<ul>{''.join(map(row, PATHS))}</ul>{days}")
    crawl(wire, tmp_path, "--full")
    assert sum(target.startswith("/list/") for target in asked(wire)) <= 2


def test_an_article_is_requested_once_whatever_a_link_adds_to_its_url(wire: Wire, tmp_path: Path) -> None:
    """The list reloads itself every minute, as those of newsrooms do."""
    path = PATHS[0]
    added = ("", "#content", "?utm_source=home", ";jsessionid=0F9A", "?PHPSESSID=ab12", "?spm=a1.b2&amp;utm_medium=web")
    refresh = '<meta http-equiv="refresh" content="60; url=/list/">'
    wire.answers["/list/"] = answer(f"{refresh}<ul>{''.join(row(f'{path}{each}') for each in added)}</ul>")
    crawl(wire, tmp_path)
    assert asked(wire) == ["/list/", path]


def test_a_pager_with_a_new_session_on_every_page_is_read_to_its_end(wire: Wire, tmp_path: Path) -> None:
    for number, path in enumerate(PATHS, 1):
        on = f'<a href="index_{number + 1}.html;jsessionid={number:032X}">下一页</a>'
        wire.answers[f"/list/index_{number}.html" if number > 1 else "/list/"] = answer(f"<ul>{row(path)}</ul>{on}")
    crawl(wire, tmp_path)
    lists = [target for target in asked(wire) if target.startswith("/list/")]
    assert lists == ["/list/", *(f"/list/index_{number}.html" for number in range(2, len(PATHS) + 2))]
