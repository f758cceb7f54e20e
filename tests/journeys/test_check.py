"""`sites check`: what it says of a site that works, and of a copy of it that is broken in each way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.city import build, serve
from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi
from tests.journeys.small import answer
from tests.town import Town, settle

ROW = '<ul><li><a href="/2026/0305/1.html">市政府召开防汛工作会议部署全市工作</a> 2026-03-05</li></ul>'
TEXT = "<p>今天，市政府召开会议，部署全市防汛工作。会议要求各区压实责任，落实值班制度。</p>" * 4
INFO = '<h1>市政府召开防汛工作会议部署全市工作</h1><div class="info">2026-03-05 10:20 来源：市政府办公室</div>'
BARE = f"<div>{TEXT}</div>"
CHALLENGE = "<script>document.cookie=('_')+('_')+('jsl_clearance=1');location.href=location.pathname</script>"

BROKEN = {
    "works": ({"/list/": answer(ROW), "/2026/0305/1.html": answer(INFO + TEXT)}, None),
    "robots": ({"/robots.txt": answer("User-agent: *\nDisallow: /list/\n", kind="text/plain")}, "robots"),
    "blocked": ({"/list/": answer(CHALLENGE, "521 ", "Set-Cookie: __jsluid_h=1")}, "challenge"),
    "gone": ({"/list/": answer("", "404 Not Found")}, "http-error"),
    "empty": ({"/list/": answer("<p>正在加载</p><ul id='list'></ul>")}, "list-empty"),
    "rejected": ({"/list/": answer(ROW), "/2026/0305/1.html": answer("<p></p>")}, "article-rejected"),
    "bare": ({"/list/": answer(ROW), "/2026/0305/1.html": answer(BARE)}, "field-missing"),
    "moved": (
        {"/list/": answer(ROW + '<div class="dede_pages"></div>'), "/2026/0305/1.html": answer(INFO + TEXT)},
        "other-family",
    ),
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with serve(build(pages=150)) as server:
        yield settle(server, tmp_path_factory.mktemp("check"))


def register(folder: Path, slug: str, wire: Wire) -> None:
    host = wire.base.removeprefix("http://")
    lines = (f'name = "{slug}"\nfamily = "generic"\nhosts = ["{host}"]\ndelay = 0.01',)
    section = f'sections = [{{ name = "要闻", url = "{wire.base}/list/" }}]'
    (folder / f"{slug}.toml").write_text("\n".join((*lines, section)), "utf-8")


def test_every_portal_of_the_city_works(city: Town) -> None:
    slugs = [portal.slug for portal in city.server.city.portals]
    done = fangzhi("sites", "check", *slugs, *city.options, "--json")
    told = {line["site"]: line for line in documents(done)}
    assert {slug: told[slug]["findings"] for slug in slugs} == {slug: [] for slug in slugs}
    assert done.returncode == 0
    assert all(line["ok"] and line["listed"] and line["title"] for line in told.values())
    assert not city.archive.exists(), "nothing is kept"


@pytest.mark.parametrize("slug", BROKEN)
def test_what_is_broken_is_told_in_one_line(slug: str, tmp_path: Path) -> None:
    answers, kind = BROKEN[slug]
    with wired() as wire:
        wire.answers = dict(answers)
        register(tmp_path, slug, wire)
        done = fangzhi("sites", "check", slug, "--registry", str(tmp_path))
    (line,) = done.stdout.splitlines()
    assert line.split()[:2] == [slug, kind or "ok"]
    assert done.returncode == (3 if kind else 0)


def test_who_does_not_answer_is_unreachable_and_others_are_checked_all_the_same(tmp_path: Path) -> None:
    with wired() as silent:
        register(tmp_path, "silent", silent)
    with wired() as wire:
        wire.answers, _ = BROKEN["works"]
        register(tmp_path, "works", wire)
        done = fangzhi("sites", "check", "silent", "works", "--registry", str(tmp_path), "--json")
    told = {line["site"]: line for line in documents(done)}
    assert [finding["kind"] for finding in told["silent"]["findings"]] == ["unreachable"]
    assert told["works"]["ok"]
    assert done.returncode == 3


def test_a_site_that_is_off_without_sections_says_why() -> None:
    done = fangzhi("sites", "check", "yuncheng")
    assert done.stdout.split()[:2] == ["yuncheng", "no-section"]
    assert "fangzhi sites new http://www.yuncheng.gov.cn/" in done.stdout
