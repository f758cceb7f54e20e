"""A site is found by its slug, its name or a host, in the registry and in the catalogue."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from crawler.cli.site_names import SiteNames
from crawler.sites.registry import Registry
from crawler.sites.site import Site
from pipelines.catalogue.catalogue import Catalogue
from pipelines.errors import RegistryError
from tests.fangzhi import fangzhi, one_line
from tests.pipelines.made import capture, entry

SITES = (
    Site(slug="yunzhou", name="云洲市人民政府", family="generic", hosts=("www.yunzhou.gov.cn", "*.yz.gov.cn")),
    Site(slug="qinghe-1", name="清河新闻", family="generic", hosts=("news.qinghe.cn:8080",)),
    Site(slug="qinghe-2", name="清河新闻", family="generic", hosts=("qinghe.cn",)),
)
REGISTRY = Registry(sites={site.slug: site for site in SITES})
NAMES = SiteNames(registry=REGISTRY)


@pytest.mark.parametrize(
    "given",
    ["yunzhou", "云洲市人民政府", "www.yunzhou.gov.cn", "WWW.yunzhou.gov.cn", "a.yz.gov.cn", "https://a.yz.gov.cn/x/"],
)
def test_a_site_is_found_by_slug_name_host_and_address(given: str) -> None:
    assert NAMES.slug(given) == "yunzhou"
    assert NAMES.site(given) is SITES[0]


def test_a_host_with_a_port_is_found() -> None:
    assert NAMES.slug("news.qinghe.cn:8080") == "qinghe-1"


def test_each_site_is_found_once() -> None:
    assert NAMES.sites(["qinghe-2", "yunzhou", "qinghe.cn"]) == [SITES[2], SITES[0]]
    assert NAMES.sites([]) == []


def test_a_name_of_two_sites_is_ambiguous() -> None:
    with pytest.raises(RegistryError, match="several sites are called 清河新闻") as caught:
        NAMES.slug("清河新闻")
    assert caught.value.hint == "name qinghe-1 or qinghe-2"


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("yunzho", "did you mean yunzhou?"),
        ("云洲", "did you mean yunzhou?"),
        ("清河", "did you mean qinghe-1 or qinghe-2?"),
        ("www.yunzhou.gov.co", "did you mean yunzhou?"),
        ("北京", "`fangzhi sites list` lists all sites"),
    ],
)
def test_an_unknown_site_has_a_hint(given: str, hint: str) -> None:
    with pytest.raises(RegistryError, match=f"unknown site '{given}'") as caught:
        NAMES.slug(given)
    assert caught.value.hint == hint


def test_a_site_that_only_the_catalogue_knows_has_a_slug_and_hosts(tmp_path: Path) -> None:
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as catalogue:
        catalogue.put(evolve(entry(capture(0, url="http://127.0.0.1:9400/a")), site="beishan"))
        names = SiteNames(registry=REGISTRY, catalogue=catalogue)
        assert [names.slug(given) for given in ("beishan", "127.0.0.1:9400", "yunzhou")] == [
            "beishan",
            "beishan",
            "yunzhou",
        ]
        with pytest.raises(RegistryError, match="the site beishan is archived, but not registered"):
            names.site("beishan")
        with pytest.raises(RegistryError) as caught:
            names.slug("beishen")
        assert caught.value.hint == "did you mean beishan?"


def test_status_shows_a_site_that_only_the_catalogue_knows(tmp_path: Path) -> None:
    with closing(Catalogue(f"sqlite:///{tmp_path}/catalogue.sqlite")) as catalogue:
        catalogue.put(evolve(entry(capture(0)), site="beishan"))
    done = fangzhi("status", "beishan", "--archive", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "beishan" in done.stdout
    wrong = fangzhi("status", "beishen", "--archive", str(tmp_path))
    assert wrong.returncode == 2
    assert one_line(wrong.stderr) == "unknown site 'beishen' (did you mean beishan?)"


@pytest.mark.parametrize("command", ["status", "verify", "rebuild", "replay"])
def test_commands_that_read_an_archive_create_none(command: str, tmp_path: Path) -> None:
    done = fangzhi(command, "--archive", "wrong", cwd=tmp_path)
    assert done.returncode == 2
    assert one_line(done.stderr) == (
        f"there is no archive at {tmp_path}/wrong "
        "(name the archive with --archive, or fill one with `fangzhi crawl` or `fangzhi fetch`)"
    )
    assert list(tmp_path.iterdir()) == []
