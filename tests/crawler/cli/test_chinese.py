"""With `lang = "zh"` what people read is in Chinese: no English word except names, ids and codes."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from pipelines.catalogue.catalogue import Catalogue
from tests.fangzhi import fangzhi
from tests.pipelines.made import capture, entry

NAMES = {
    *(
        "fangzhi",
        "WARC",
        "CMS",
        "TOML",
        "MB",
        "HTTP",
        "xx",
        "URL",
        "SITE",
        "OPTIONS",
        "http",
        "https",
        "robots",
        "txt",
        "FANGZHI",
        "REGISTRY",
    ),
    *("news", "crawl", "fetch", "status", "verify", "sites", "list", "rebuild", "replay", "warc", "k"),
}
"""Names and codes that are the same in every language."""


def english(text: str, *names: str) -> set[str]:
    """Return the words in Latin letters, without options, quotations, paths, ids and the names given."""
    plain = re.sub(r"--[a-z-]+|'[^']*'|`[^`]*`|\S*/\S*|\d{14}-[0-9a-f]+", " ", text)
    return set(re.findall("[A-Za-z]+", plain)) - NAMES - set(names)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as catalogue:
        catalogue.put(entry(capture(0), text="云洲市召开防汛会议。"))
        for number, reason in enumerate(("http-error", "file", "not-an-article", "challenge"), 1):
            catalogue.put(evolve(entry(capture(number), text=None), reason=reason, status=404))
    return tmp_path


@pytest.mark.parametrize("command", [["status"], ["status", "news"], ["verify"]], ids=" ".join)
def test_reports_are_in_chinese(archive: Path, command: list[str]) -> None:
    done = fangzhi(*command, "--archive", str(archive), FANGZHI_LANG="zh")
    assert english(done.stdout + done.stderr, "missing", "wrong", "entry", "byte") == set()
    assert re.search("[\u4e00-\u9fff]", done.stdout + done.stderr)


@pytest.mark.parametrize(
    "command",
    [
        ["status", "nowhere", "--archive", "."],
        ["status", "--archive", "nowhere"],
        ["crawl", "--limit", "0"],
        ["crawl", "--full", "--due"],
        ["nothing"],
        ["verify", "--sample"],
        ["sites", "show", "nowhere"],
        ["sites", "find", "云舟市"],
        ["sites", "find", "江门", "--province", "北京"],
        ["sites", "new"],
        ["sites", "new", "鼓楼区"],
        ["crawl", "--region", "659011"],
        ["list", "--region", "440"],
        ["replay", "--into", "x"],
        ["status", "--registry", "nowhere", "--archive", "."],
        ["status", "--archive", "http://x/"],
    ],
    ids=" ".join,
)
def test_errors_are_in_chinese(archive: Path, command: list[str]) -> None:
    done = fangzhi(*command, cwd=archive, FANGZHI_LANG="zh")
    assert done.returncode == 2
    assert english(re.sub("(?m)^用法.*$", "", done.stderr), "x", "s3", "file") == set()
    assert re.search("[\u4e00-\u9fff]", done.stderr)


def test_the_timetable_and_the_registry_are_in_chinese(archive: Path) -> None:
    timetable = fangzhi("schedule", "--dry-run", cwd=archive, FANGZHI_LANG="zh").stdout.splitlines()
    assert timetable[0].split() == ["网站", "上次抓取", "时间", "下次抓取", "计划"]
    assert all("从未抓取" in line and "现已到期" in line for line in timetable[1:-1])
    assert any(line.endswith("每 6 小时") for line in timetable[1:-1])
    sites = fangzhi("sites", "list", cwd=archive, FANGZHI_LANG="zh").stdout.splitlines()
    assert sites[0].split() == ["网站", "CMS", "类型", "代码", "地区", "名称", "启用"]


def test_json_does_not_depend_on_the_language(archive: Path) -> None:
    for command in (["status", "news"], ["verify"], ["sites", "list"]):
        texts = [
            fangzhi(*command, "--json", "--archive", str(archive), FANGZHI_LANG=language).stdout.splitlines()
            for language in ("en", "zh")
        ]
        assert [json.loads(line) for line in texts[0]] == [json.loads(line) for line in texts[1]]


def test_options_can_stand_before_the_command(archive: Path) -> None:
    before = fangzhi("--archive", str(archive), "--json", "status")
    after = fangzhi("status", "--archive", str(archive), "--json")
    assert (before.returncode, before.stdout) == (after.returncode, after.stdout)
    nested = fangzhi("--lang", "zh", "--registry", "nowhere", "sites", "list", cwd=archive)
    assert nested.stderr.startswith("fangzhi: 没有这个文件夹：")
    both = fangzhi("--archive", "nowhere", "status", "--archive", str(archive), "--json")
    assert both.stdout == after.stdout, "the command's own option takes precedence"
