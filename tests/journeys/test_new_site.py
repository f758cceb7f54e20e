"""A site that is not registered: `sites new` describes it, and a crawl with its TOML fetches its articles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from crawler.demo import Server, build, serve
from crawler.demo.registry import FAMILY_BY_CMS
from crawler.sites.folders import load
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from tests.fangzhi import Entries, documents, fangzhi

PORTALS = build(pages=150).portals
FEWEST = 0.8
"""Minimum share of a portal's articles that a crawl with the TOML must fetch."""


@frozen
class Found:
    """The output of `sites new` for every portal, and the entries of a crawl with the TOML that it wrote."""

    server: Server
    stderr: str
    registry: Registry
    entries: Entries

    def site(self, slug: str) -> Site:
        found = self.registry.find(self.server.base_urls[slug])
        assert found is not None
        return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    folder = tmp_path_factory.mktemp("new")
    with serve(build(pages=150)) as server:
        urls = [f"{base}/" for base in server.base_urls.values()]
        done = fangzhi("sites", "new", *urls, "--delay", "0", "--write", str(folder / "sites"))
        assert done.returncode == 0, done.stderr
        hasten(folder / "sites")
        registry = load(folder / "sites")
        slugs = [registry.find(url).slug for url in urls]
        options = ("--archive", str(folder / "archive"), "--registry", str(folder / "sites"))
        crawled = fangzhi("crawl", *slugs, *options, "--json")
        assert crawled.returncode == 0, crawled.stderr
        yield Found(server, done.stderr, registry, documents(fangzhi("list", *options, "--json")))


def hasten(folder: Path) -> None:
    """Remove the limits of speed and depth, which the city can bear, and leave out what its articles do not need."""
    for file in folder.glob("*.toml"):
        fast = 'delay = 0\nconcurrency = 8\nfiles = "none"\npage = "text"\n'
        text = file.read_text("utf-8").replace("[[sections]]", f"{fast}\n[[sections]]", 1)
        file.write_text(text.replace("\nurl = ", "\ndepth = 1000\nurl = "), "utf-8")


@pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.slug)
def test_family_and_region_are_recognised_and_the_crawl_fetches_the_articles(found: Found, portal) -> None:
    site = found.site(portal.slug)
    assert site.family == FAMILY_BY_CMS.get(portal.cms, portal.cms)
    assert site.name.startswith(portal.name)
    if site.region:
        assert site.region.code == portal.region_code
    truths = found.server.city.truth(found.server.base_urls)
    wanted = {t.final_url for t in truths if t.portal == portal.slug and t.kind == "article" and t.linked}
    base = found.server.base_urls[portal.slug]
    brought = {
        entry["final_url"]
        for entry in found.entries
        if entry["outcome"] == "article" and entry["final_url"].startswith(f"{base}/")
    }
    assert brought <= wanted
    assert len(brought) >= FEWEST * len(wanted), site.sections


def test_a_papers_section_is_where_every_issue_begins(found: Found) -> None:
    for slug in ("lintan-ribao", "qinghe-wanbao"):
        site = found.site(slug)
        assert [(section.name, section.url) for section in site.sections] == [
            (site.name, f"{found.server.base_urls[slug]}/")
        ]


def test_it_reports_its_evidence(found: Found) -> None:
    lines = [line.strip() for line in found.stderr.splitlines()]
    base = found.server.base_urls["yunzhou"]
    assert any(line.startswith("family truecms: '/") for line in lines)
    assert "name 云洲市人民政府: SiteName" in lines
    assert "region 990100 云洲市: SiteIDCode 9901000001" in lines
    assert any(line.startswith(f"section 要闻 {base}/xwzx/yw/: ") and "articles" in line for line in lines)


def test_pages_forbidden_by_robots_txt_are_not_requested(found: Found) -> None:
    targets = [visit.target for visit in found.server.log if visit.portal == "yunzhou"]
    assert "/robots.txt" in targets
    assert not any(target.startswith("/xwzx/nbzl/") for target in targets)


def test_an_existing_file_is_not_overwritten_and_a_missing_page_is_reported(new_town, tmp_path: Path) -> None:
    base = new_town.server.base_urls["college"]
    (tmp_path / "college.toml").write_text("mine", "utf-8")
    done = fangzhi("sites", "new", f"{base}/", "--slug", "college", "--delay", "0", "--write", str(tmp_path))
    assert (done.returncode, (tmp_path / "college.toml").read_text("utf-8")) == (2, "mine")
    assert "college.toml exists already" in done.stderr
    nothing = fangzhi("sites", "new", f"{base}/nowhere/")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert f"{base}/nowhere/ answers 404" in nothing.stderr


def test_a_registry_folder_that_is_written_to_need_not_exist(new_town, tmp_path: Path) -> None:
    base, folder = new_town.server.base_urls["college"], tmp_path / "sites"
    command = ("sites", "new", f"{base}/", "--slug", "college", "--delay", "0", "--registry", str(folder))
    missing = fangzhi(*command, "--write", str(tmp_path / "other"))
    assert (missing.returncode, folder.exists()) == (2, False), "another missing folder is an error"
    assert fangzhi(*command, "--write", str(folder)).returncode == 0
    assert (folder / "college.toml").exists()


def test_if_https_fails_the_site_is_inspected_and_registered_by_http(new_town) -> None:
    base = new_town.server.base_urls["college"]
    done = fangzhi("sites", "new", base.replace("http:", "https:"), "--delay", "0", "--json")
    (site,) = documents(done)
    assert f"\n{base}/: site " in done.stderr, "the address that answered"
    assert [section["url"] for section in site["sections"]] == [f"{base}/xwzx/xyxw.htm", f"{base}/tzgg.htm"]


def test_the_printed_toml_is_a_file_for_the_registry(new_town, tmp_path: Path) -> None:
    base = new_town.server.base_urls["hospital"]
    done = fangzhi("sites", "new", base, "--delay", "0", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "hospital.toml").write_text(done.stdout, "utf-8")
    site = load(tmp_path).get("hospital")
    assert (site.family, [section.name for section in site.sections]) == ("webplus", ["医院新闻", "公示公告"])
    assert done.stdout.startswith(f"# yunzhoushirenminyiyuan-{base.rpartition(':')[2]}.toml\n")
    (emitted,) = documents(fangzhi("sites", "new", base, "--delay", "0", "--json", "--slug", "hospital"))
    assert emitted["sections"][0]["url"] == f"{base}/yyxw/list.htm"
