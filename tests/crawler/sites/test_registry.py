"""The registry: it reads TOML files, finds the site and recipe of a capture, and reports each mistake in one line."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve

from crawler.sites.folders import load
from crawler.sites.registry import Registry
from crawler.sites.serialize import site_from_json, site_json
from crawler.sites.site import Section, Site
from pipelines.errors import RegistryError
from pipelines.model import Capture, Recipe, Region

SITE = """
name = "云洲市人民政府"
family = "trs"
hosts = ["www.yunzhou.gov.cn", "127.0.0.1:8101"]
region = { code = "990100", name = "云岭省云洲市" }
delay = 0
concurrency = 8
charset = "gbk"

[[sections]]
name = "要闻"
url = "http://www.yunzhou.gov.cn/xwzx/yw/"
depth = 1000

[[recipes]]
name = "yunzhou/1"
body = ["#old"]
valid_until = 2024-03-06

[[recipes]]
name = "yunzhou/2"
body = ["#new"]
valid_from = 2024-03-06
valid_until = 2025-01-01
"""

YUNZHOU = Site(
    slug="yunzhou",
    name="云洲市人民政府",
    family="trs",
    hosts=("www.yunzhou.gov.cn", "127.0.0.1:8101"),
    region=Region(code="990100", name="云岭省云洲市"),
    delay=0,
    concurrency=8,
    charset="gbk",
    sections=(Section(name="要闻", url="http://www.yunzhou.gov.cn/xwzx/yw/", depth=1000),),
    recipes=(
        Recipe(name="yunzhou/1", body=("#old",), valid_until=dt.date(2024, 3, 6)),
        Recipe(name="yunzhou/2", body=("#new",), valid_from=dt.date(2024, 3, 6), valid_until=dt.date(2025, 1, 1)),
    ),
)


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for slug, text in files.items():
        (folder / f"{slug}.toml").write_text(text, encoding="utf-8")
    return folder


def capture(url: str, requested: str | None = None, day: str = "2024-03-05T12:00:00+00:00") -> Capture:
    return Capture(url=requested or url, final_url=url, fetched_at=dt.datetime.fromisoformat(day), status=200)


def test_the_slug_of_a_site_is_the_name_of_its_file(tmp_path: Path) -> None:
    assert load(write(tmp_path, yunzhou=SITE)).get("yunzhou") == YUNZHOU


def test_the_values_of_our_own_sites_are_in_order() -> None:
    registry = load()
    assert registry.sites
    for site in registry.sites.values():
        assert site.delay >= 2, site.slug
        assert site.concurrency == 1, site.slug
        assert site.region, site.slug
        for section in site.sections:
            assert registry.find(section.url) == site


def test_later_folders_replace_by_slug(tmp_path: Path) -> None:
    first = write(tmp_path / "a" / "yunling", yunzhou=SITE).parent
    second = write(tmp_path / "b", yunzhou=SITE.replace("云洲市人民政府", "云洲"), qingdao=QINGDAO)
    registry = load(first, second)
    assert registry.get("yunzhou").name == "云洲"
    assert registry.get("qingdao").name == "青岛"


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, yunzhou=SITE)
    assert load(tmp_path).get("yunzhou") is load(tmp_path).get("yunzhou"), "parsed once"
    write(tmp_path, yunzhou=SITE.replace("云洲市人民政府", "云洲"))
    assert load(tmp_path).get("yunzhou").name == "云洲"
    (tmp_path / "yunzhou.toml").unlink()
    assert "yunzhou" not in load(tmp_path).sites


QINGDAO = 'name = "青岛"\nfamily = "generic"\nhosts = ["www.qingdao.gov.cn"]\nenabled = false\nreason = "a test"\n'


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("delay = 0", "delay = ", "no valid TOML: Invalid value (at line"),
        ("delay = 0", "dealy = 0", "unknown key dealy; allowed are name, family, hosts, sections, region, enabled"),
        ("delay = 0", 'slug = "x"', "unknown key slug"),
        ("depth = 1000", "deep = 1", "sections[0]: unknown key deep; allowed are name, url, depth"),
        ("code =", "kode =", "region: unknown key kode; allowed are code, name"),
        ('family = "trs"', "", "family: this key is missing"),
        ('name = "要闻"', "", "sections[0].name: this key is missing"),
        ('family = "trs"', 'family = "tsr"', "family: unknown family 'tsr'; allowed are "),
        ("delay = 0", 'delay = "2s"', "delay: a number is expected, not '2s'"),
        ("delay = 0", "delay = true", "delay: a number is expected"),
        (
            "delay = 0",
            'schedule = "hourly"',
            "schedule: 'hourly' is not a schedule; allowed are, for example, 'every 2h', ",
        ),
        (
            "delay = 0",
            'schedule = "0 25 * * *"',
            "schedule: '0 25 * * *' is not a valid cron expression: Bad hour; allowed",
        ),
        ("delay = 0", 'schedule = "every 5m"', "schedule: 'every 5m' is out of range; allowed are 15m to 366d"),
        (
            "delay = 0",
            'schedule = "every 2h between 08:00 and 20:00"\nwindows = ["22:00-06:00"]',
            "schedule: 'every 2h between 08:00 and 20:00' is never within the site's windows (22:00-06:00)",
        ),
        ("delay = 0", "delay = -1", "delay: 0 or more seconds"),
        ("concurrency = 8", "concurrency = 1.5", "concurrency: a whole number is expected, not 1.5"),
        ("concurrency = 8", "concurrency = 0", "concurrency: 1 or more"),
        ("concurrency = 8", "enabled = 1", "enabled: true or false is expected, not 1"),
        ("concurrency = 8", "enabled = false", "reason: a site that is not enabled needs a reason"),
        ("depth = 1000", "depth = 0", "sections[0].depth: 1 or more"),
        ("depth = 1000", 'depth = "all"', "sections[0].depth: a whole number is expected, not 'all'"),
        ('name = "云洲市人民政府"', "name = 5", "name: a text is expected, not 5"),
        ('"127.0.0.1:8101"]', "5]", "hosts[1]: a text is expected, not 5"),
        ('["www.yunzhou.gov.cn", "127.0.0.1:8101"]', '"www.yunzhou.gov.cn"', "hosts: a list is expected"),
        ('["www.yunzhou.gov.cn", "127.0.0.1:8101"]', "[]", "hosts: at least one"),
        ('"127.0.0.1:8101"', '"http://a.cn/"', "hosts[1]: 'http://a.cn/' is not a host"),
        ('"127.0.0.1:8101"', '"*.a.cn:99999"', "hosts[1]: '*.a.cn:99999' is not a host"),
        (
            "http://www.yunzhou",
            "www.yunzhou",
            "sections[0].url: 'www.yunzhou.gov.cn/xwzx/yw/' is not an http or https URL",
        ),
        (
            "http://www.yunzhou",
            "http://news.yunzhou",
            "sections[0].url: http://news.yunzhou.gov.cn/xwzx/yw/ is on none",
        ),
        ('"990100"', '"9901"', "region.code: '9901' is not a code of GB/T 2260"),
        ("{ code", "3 #", "region: a table is expected"),
        ("2024-03-06", '"soon"', "recipes[0].valid_until: a day such as 2024-03-05 is expected, not 'soon'"),
        ('body = ["#old"]', 'role = "page"', "recipes[0].role: "),
        ("[[sections]]", "[[other]]", "unknown key other"),
    ],
)
def test_an_error_is_one_line_with_file_key_and_allowed_values(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    assert old in SITE
    with pytest.raises(RegistryError) as caught:
        load(write(tmp_path, yunzhou=SITE.replace(old, new, 1)))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'yunzhou.toml'}: {problem}")
    assert "\n" not in message


def test_an_enabled_site_needs_a_section(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"a\.toml: sections: an enabled site needs at least one section"):
        load(write(tmp_path, a='name = "甲"\nfamily = "trs"\nhosts = ["a.cn"]\n'))


def test_errors_of_conflicting_or_unreadable_files_name_the_file(tmp_path: Path) -> None:
    write(tmp_path / "a" / "x", yunzhou=SITE)
    write(tmp_path / "a" / "y", yunzhou=SITE)
    with pytest.raises(RegistryError, match="has the same slug yunzhou"):
        load(tmp_path / "a")
    with pytest.raises(
        RegistryError, match=r"other\.toml: hosts: www\.qingdao\.gov\.cn already belongs to .*qingdao\.toml"
    ):
        load(write(tmp_path / "b", other=QINGDAO))
    with pytest.raises(RegistryError, match=r"Big\.toml: slug: .* lower-case letters"):
        load(write(tmp_path / "c", Big=SITE))
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "gbk.toml").write_bytes("name = '云洲'".encode("gbk"))
    with pytest.raises(RegistryError, match=r"gbk\.toml: not UTF-8 at byte 8"):
        load(tmp_path / "d")
    with pytest.raises(RegistryError, match="no such folder"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize("slug", ["shared", "imported"])
def test_a_folder_of_the_archive_that_belongs_to_no_site_is_no_slug(tmp_path: Path, slug: str) -> None:
    write(tmp_path, **{slug: SITE})
    with pytest.raises(RegistryError, match=rf"{slug}\.toml: slug: .* belongs to no site"):
        load(tmp_path)


def test_the_error_of_an_unknown_site_has_the_closest_slugs() -> None:
    with pytest.raises(RegistryError, match="unknown site 'qindao'") as caught:
        load().get("qindao")
    assert "qingdao" in (caught.value.hint or "")
    with pytest.raises(RegistryError) as caught:
        Registry().get("x")
    assert "fangzhi sites list" in (caught.value.hint or "")


def test_a_url_belongs_to_the_site_with_the_most_specific_host() -> None:
    wide, news, port = (
        evolve(YUNZHOU, slug=slug, hosts=hosts)
        for slug, hosts in (("wide", ("*.a.cn",)), ("news", ("*.news.a.cn", "b.a.cn")), ("port", ("b.a.cn:8080",)))
    )
    registry = Registry(sites={site.slug: site for site in (wide, news, port)})
    found = {
        "http://x.a.cn/": wide,
        "https://X.A.CN:443/a": wide,
        "http://x.news.a.cn/": news,
        "http://b.a.cn/": news,
        "http://b.a.cn:8080/": port,
        "http://x.a.cn:8080/": None,
        "http://a.cn/": None,
        "http://nota.cn/": None,
        "http://x.a.cn:99999/": None,
        "not a url": None,
    }
    assert {url: registry.find(url) for url in found} == found


@pytest.mark.parametrize(
    ("url", "role"),
    [
        ("http://www.yunzhou.gov.cn/xwzx/yw/", "list"),
        ("http://www.yunzhou.gov.cn/xwzx/yw/index.html", "list"),
        ("http://www.yunzhou.gov.cn/xwzx/yw/index_3.html", "list"),
        ("http://www.yunzhou.gov.cn/xwzx/yw/2.html", "list"),
        ("http://www.yunzhou.gov.cn/xwzx/yw/?page=2", "list"),
        ("http://www.yunzhou.gov.cn/xwzx/yw/index.html?totalpage=9&PAGENUM=2", "list"),
        ("http://www.yunzhou.gov.cn/xwzx/yw/?id=12&page=2", "article"),
        ("http://www.yunzhou.gov.cn/xwzx/yw/?page=all", "article"),
        ("http://www.yunzhou.gov.cn/zwgk/", "list"),
        ("http://127.0.0.1:8101/", "list"),
        ("http://www.yunzhou.gov.cn/xwzx/yw/202403/t20240305_1.html", "article"),
        ("http://www.yunzhou.gov.cn/xwzx/yw/1234.html", "article"),
        ("http://www.yunzhou.gov.cn/2.html", "article"),
    ],
)
def test_lists_and_articles_are_distinguished_by_url(url: str, role: str) -> None:
    job = Registry(sites={"yunzhou": YUNZHOU}).job(capture(url))
    assert (job.site, job.region, job.recipe.role) == ("yunzhou", YUNZHOU.region, role)
    assert job.recipe.charset == "gbk"


@pytest.mark.parametrize(
    ("section", "url", "role"),
    [
        ("/xwzx/yw.shtml", "/xwzx/yw_12.shtml", "list"),
        ("/xwzx/yw.htm", "/xwzx/yw/72.htm", "list"),
        ("/xwzx/yw", "/xwzx/yw/2", "list"),
        ("/xwzx/yw", "/xwzx/yw/index_2.html", "list"),
        ("/xwzx/yw", "/xwzx/yw?pageNo=2", "list"),
        ("/xwzx/yw.shtml", "/xwzx/yw_20240305.shtml", "article"),
        ("/xwzx/yw", "/xwzx/yw/812", "article"),
        ("/xwzx/yw", "/xwzx/8", "article"),
        ("/xwzx/yw", "/xwzx/yw/content_17353", "article"),
    ],
)
def test_the_numbered_pages_of_a_section_are_lists(section: str, url: str, role: str) -> None:
    host = "http://www.yunzhou.gov.cn"
    site = evolve(YUNZHOU, sections=(Section(name="要闻", url=host + section),))
    assert Registry(sites={"yunzhou": site}).job(capture(host + url)).recipe.role == role


def test_a_section_is_a_list_whatever_its_url_looks_like(tmp_path: Path) -> None:
    site = evolve(YUNZHOU, sections=(Section(name="要闻", url="http://www.yunzhou.gov.cn/2024/0305/1.html"),))
    registry = Registry(sites={"yunzhou": site})
    assert registry.job(capture("http://www.yunzhou.gov.cn/2024/0305/1.html#a")).recipe.role == "list"
    assert registry.job(capture("http://www.yunzhou.gov.cn/2024/0305/2.html")).recipe.role == "article"


@pytest.mark.parametrize(
    ("day", "recipe"),
    [
        ("2024-03-05T15:59:59+00:00", "yunzhou/1"),
        ("2024-03-05T16:00:00+00:00", "yunzhou/2"),  # midnight in China
        ("2024-12-31T15:59:59+00:00", "yunzhou/2"),
        ("2025-06-01T00:00:00+00:00", "trs/1"),
    ],
)
def test_the_recipe_is_the_one_valid_on_the_day_of_the_capture(day: str, recipe: str) -> None:
    url = "http://www.yunzhou.gov.cn/xwzx/yw/202403/t20240305_1.html"
    assert Registry(sites={"yunzhou": YUNZHOU}).job(capture(url, day=day)).recipe.name == recipe


def test_a_redirect_belongs_to_the_site_of_its_final_url_else_of_its_first() -> None:
    huawu = evolve(YUNZHOU, slug="huawu", hosts=("www.huawu.cn",), family="generic", recipes=())
    registry = Registry(sites={"yunzhou": YUNZHOU, "huawu": huawu})
    ours, theirs = "http://www.yunzhou.gov.cn/t20240305_1.html", "http://www.huawu.cn/2024/0305/1.html"
    assert registry.job(capture(theirs, requested=ours)).site == "huawu"
    assert registry.job(capture("http://elsewhere.cn/1.html", requested=ours)).site == "yunzhou"


def test_a_page_of_no_site_gets_the_generic_recipe() -> None:
    job = load().job(capture("http://www.example.org/news/"))
    assert (job.site, job.region, job.recipe.name, job.recipe.role) == (None, None, "generic/1", "article")


def test_a_site_survives_the_way_through_json() -> None:
    text = site_json(YUNZHOU)
    assert "\n" not in text
    assert site_from_json(text) == YUNZHOU
    assert site_from_json(text.replace('"delay"', '"later_key": 1, "delay"')) == YUNZHOU
    for broken in ("", "[]", "{}", "not json", text.replace('"trs"', '"gone"')):
        with pytest.raises(RegistryError):
            site_from_json(broken)


def test_a_site_from_an_archive_never_replaces_a_registered_one() -> None:
    url = "http://www.yunzhou.gov.cn/t20240305_1.html"
    assert Registry().with_site(YUNZHOU).job(capture(url)).site == "yunzhou"
    changed = Registry(sites={"yunzhou": evolve(YUNZHOU, name="云洲")})
    assert changed.with_site(YUNZHOU).get("yunzhou").name == "云洲"
    renamed = Registry(sites={"new": evolve(YUNZHOU, slug="new")})
    assert renamed.with_site(YUNZHOU).job(capture(url)).site == "new"


def test_the_registry_needs_neither_scrapy_nor_a_parser() -> None:
    script = (
        "import sys, crawler.sites.folders as folders; folders.load(); "
        "print([name for name in ('lxml', 'scrapy', 'twisted', 'trafilatura') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == "[]"
