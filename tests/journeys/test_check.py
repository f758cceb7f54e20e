"""`sites check` of a site that works, and of copies of it that are broken in one way each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from crawler.demo import build, serve
from tests.crawler.wire import silent, wired
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
    "silent": ({}, "unreachable"),
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


def register(folder: Path, slug: str, base: str) -> None:
    host = base.removeprefix("http://")
    lines = (f'name = "{slug}"\nfamily = "generic"\nhosts = ["{host}"]\ndelay = 0.01',)
    section = f'sections = [{{ name = "要闻", url = "{base}/list/" }}]'
    (folder / f"{slug}.toml").write_text("\n".join((*lines, section)), "utf-8")


def test_every_portal_of_the_city_works(city: Town) -> None:
    slugs = [portal.slug for portal in city.server.city.portals]
    done = fangzhi("sites", "check", *slugs, *city.options, "--json")
    lines = {line["site"]: line for line in documents(done)}
    assert {slug: lines[slug]["findings"] for slug in slugs} == {slug: [] for slug in slugs}
    assert done.returncode == 0
    assert all(line["ok"] and line["listed"] and line["title"] for line in lines.values())
    assert not city.archive.exists(), "nothing is archived"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, list[str]]]:
    """The exit code of a check of all these sites, and the words of its line for each site."""
    folder = tmp_path_factory.mktemp("broken")
    with ExitStack() as stack:
        for slug, (answers, kind) in BROKEN.items():
            if kind == "unreachable":
                register(folder, slug, stack.enter_context(silent()))
                continue
            wire = stack.enter_context(wired())
            wire.answers = dict(answers)
            register(folder, slug, wire.base)
        done = fangzhi("sites", "check", *BROKEN, "--registry", str(folder))
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == len(BROKEN), done.stdout
    return done.returncode, {words[0]: words for words in lines}


@pytest.mark.parametrize("slug", BROKEN)
def test_each_problem_is_reported_in_one_line(broken: tuple[int, dict[str, list[str]]], slug: str) -> None:
    code, lines = broken
    assert (code, lines[slug][1]) == (3, BROKEN[slug][1] or "ok")


def test_a_disabled_site_without_sections_shows_its_reason() -> None:
    done = fangzhi("sites", "check", "yuncheng")
    assert done.stdout.split()[:2] == ["yuncheng", "no-section"]
    assert "fangzhi sites new http://www.yuncheng.gov.cn/" in done.stdout


TOML = """# chosen by hand
name = "{slug}"  # a comment
family = "generic"
hosts = [
    "{host}",
]
delay = 0.01

[[sections]]
name = "要闻"
url = "http://{host}/list/"
depth = 2
"""
LISTED = {"/new/": answer(ROW), "/2026/0305/1.html": answer(INFO + TEXT)}


def write(folder: Path, slug: str, base: str) -> Path:
    file = folder / f"{slug}.toml"
    file.write_text(TOML.format(slug=slug, host=base.removeprefix("http://")), "utf-8")
    return file


def test_a_list_that_moved_to_another_host_is_proposed_and_written(tmp_path: Path) -> None:
    with wired() as old, wired() as new:
        old.answers = {"/list/": answer("", "301 Moved", f"Location: {new.base}/new/")}
        new.answers = dict(LISTED)
        file, (own, other) = (
            write(tmp_path, "yun", old.base),
            (each.base.removeprefix("http://") for each in (old, new)),
        )
        done = fangzhi("sites", "check", "yun", "--registry", str(tmp_path))
        assert done.returncode == 3
        (head,), (where, *diff) = done.stdout.splitlines(), done.stderr.splitlines()
        assert head.split() == ["yun", "moved", "its", "list", "moved", "to", f"{new.base}/new/", f"{old.base}/list/"]
        assert where.strip() == str(file)
        assert f'  +url = "{new.base}/new/"' in diff
        assert f'  -url = "{old.base}/list/"' in diff
        assert "1  moved" in done.stderr
        assert "--write DIR writes it" in done.stderr
        before = file.read_text("utf-8")
        written = fangzhi("sites", "check", "yun", "--registry", str(tmp_path), "--write", str(tmp_path), "--json")
        (result,) = documents(written)
        assert result["changes"] == [
            {"key": "hosts", "old": None, "new": other},
            {"key": "sections[0].url", "old": f"{old.base}/list/", "new": f"{new.base}/new/"},
        ]
        changed = before.replace(f'"{own}",', f'"{own}", "{other}",').replace(f"{old.base}/list/", f"{new.base}/new/")
        assert "".join(file.read_text("utf-8").split()) == "".join(changed.split()).replace(",]", "]")
        again = fangzhi("sites", "check", "yun", "--registry", str(tmp_path))
        assert (again.returncode, again.stdout.split()[:2]) == (0, ["yun", "ok"])


def test_another_cms_is_proposed_into_another_folder_and_no_file_is_overwritten(tmp_path: Path) -> None:
    with wired() as wire:
        wire.answers = {
            "/list/": answer(ROW + '<div class="dede_pages"></div>'),
            "/2026/0305/1.html": answer(INFO + TEXT),
        }
        (tmp_path / "mine").mkdir()
        file = write(tmp_path / "mine", "yun", wire.base)
        command = ("sites", "check", "yun", "--registry", str(tmp_path / "mine"), "--write", str(tmp_path / "new"))
        done = fangzhi(*command)
        assert done.returncode == 3
        assert "1  another CMS" in done.stderr
        copy = tmp_path / "new" / "yun.toml"
        assert copy.read_text("utf-8") == file.read_text("utf-8").replace('"generic"', '"dedecms"')
        copy.write_text("mine", "utf-8")
        refused = fangzhi(*command)
        assert (refused.returncode, copy.read_text("utf-8")) == (2, "mine")
        assert "exists already" in refused.stderr


def test_a_dead_list_is_replaced_by_one_of_the_directory_that_works(tmp_path: Path) -> None:
    with wired() as wire:
        wire.answers = dict(LISTED) | {"/list/": answer("", "404 Not Found"), "/empty/": answer("<p>无</p>")}
        head = "code,name,own,pinyin,level,url,list_url,list_name,kind,cms,template,seen,reach,source,doubt"
        place = "990100,云岭省云洲市,云洲市,yun zhou shi,prefecture"
        rows = [
            f"{place},{wire.base}/,{wire.base}/{path}/,要闻,news,,,,,,{doubt}"
            for path, doubt in (("doubtful", "scheme guessed"), ("list", ""), ("empty", ""), ("new", ""))
        ]
        (tmp_path / "directory.csv").write_text("\n".join((head, *rows)), "utf-8")
        (tmp_path / "sites").mkdir()
        file = write(tmp_path / "sites", "yun", wire.base)
        file.write_text('region = { code = "990100", name = "云岭省云洲市" }\n' + file.read_text("utf-8"), "utf-8")
        options = ("--registry", str(tmp_path / "sites"), "--region", "9901", "--json")
        done = fangzhi("sites", "check", *options, FANGZHI_DIRECTORY=str(tmp_path / "directory.csv"))
        (result,) = documents(done)
        assert [finding["state"] for finding in result["findings"]] == ["dead", "moved"]
        assert result["changes"] == [
            {"key": "sections[0].url", "old": f"{wire.base}/list/", "new": f"{wire.base}/new/"}
        ]
        paths = [request.split()[1] for request in wire.requests]
        assert b"/empty/" in paths
        assert b"/doubtful/" not in paths
