"""The documentation builds strictly, is complete in both languages where users read, and needs nothing from outside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines import __version__
from tests.fangzhi import ROOT

DOCS = ROOT / "docs"
DEVELOP = "develop/"
"""Pages for developers, in English only."""


def nav_pages(items: list[object]) -> list[str]:
    """Return the pages that a part of the navigation names."""
    pages: list[str] = []
    for item in items:
        value = next(iter(item.values())) if isinstance(item, dict) else item
        pages += nav_pages(value) if isinstance(value, list) else [str(value)]
    return pages


MAX_README_LINES = 150
"""Everything else is in docs."""

NAV = nav_pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]))
CHINESE = [page for page in NAV if not page.startswith(DEVELOP)]


def blocks(page: Path) -> list[str]:
    """Return the blocks of code of a page, without comments."""
    found = re.findall(r"^```\w*\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [re.sub(r"\s*# .*", "", block) for block in found]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    run = subprocess.run(
        command, check=False, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def test_the_documentation_builds_in_both_languages(site: Path) -> None:
    for page in NAV:
        built = page.removesuffix("index.md") if page.endswith("index.md") else f"{page.removesuffix('.md')}/"
        assert (site / built / "index.html").is_file(), page
        assert (site / "zh" / built / "index.html").is_file(), page


def test_no_part_of_a_page_is_left_unfilled_and_none_is_fetched_from_outside(site: Path) -> None:
    for page in site.rglob("*.html"):
        html = page.read_text("utf-8")
        assert "{{ " not in html, page
        assert not re.findall(r"""<(?:script|link|img|iframe)\b[^>]*(?:src|href)=["'](?:https?:)?//""", html), page


@pytest.mark.parametrize("page", CHINESE)
def test_every_page_for_users_is_there_in_chinese_with_the_same_sections_and_commands(page: str) -> None:
    english, chinese = DOCS / page, (DOCS / page).with_suffix(".zh.md")
    heads = [re.findall(r"^(#+) ", path.read_text("utf-8"), re.MULTILINE) for path in (english, chinese)]
    assert heads[0] == heads[1]
    assert len(blocks(english)) == len(blocks(chinese))


def readme_code(name: str) -> list[str]:
    """Return the commands of a README and the keys of its JSON, without comments, and the paths of its map."""
    text = (ROOT / name).read_text("utf-8")
    unfenced = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    indented = [line.split("  #")[0].rstrip() for line in unfenced.splitlines() if line.startswith("    ")]
    code = [line if re.match(r" +(?:make|fangzhi|python3) ", line) else line.split()[0] for line in indented]
    return code + re.findall(r"^\$ (?:fangzhi \w+)|\"\w+\":", text, re.MULTILINE)


def test_the_two_readmes_have_the_same_sections_code_and_links() -> None:
    texts = [(ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")]
    heads, links = (
        [re.findall(pattern, text, re.MULTILINE) for text in texts] for pattern in (r"^(#+) ", r"\]\(([^)]*)\)")
    )
    assert heads[0] == heads[1]
    assert [link.replace(".zh.", ".") for link in links[1][1:]] == links[0][1:]
    assert readme_code("README.md") == readme_code("README.zh-CN.md")
    assert all((ROOT / link).exists() for link in (*links[0], *links[1]))
    assert len(texts[0].splitlines()) <= MAX_README_LINES


def test_the_readme_begins_with_the_two_commands() -> None:
    assert readme_code("README.md")[:2] == ["    make demo", "    make test"]


def test_the_citation_names_the_version() -> None:
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == __version__


@pytest.mark.parametrize("page", sorted(DOCS.glob("**/*.md")), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_no_command_of_a_page_printed_an_error(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.findall(r"^(?:fangzhi: |Error: |Traceback ).*", text, re.MULTILINE) == []
