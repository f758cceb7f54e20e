"""Scrapy's settings: importing them reads no file, and `scrapy crawl` has those of the configuration all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scrapy.settings import Settings

from crawler.settings import Configuration
from crawler.sites.registry import Registry
from tests.crawler.wire import wired
from tests.fangzhi import ROOT, environment

IMPORTED = """
import sys

def refuse(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".toml"):
        raise AssertionError(arguments[0])

sys.addaudithook(refuse)
import crawler.settings
"""

SITE = """
name = "云洲市人民政府"
family = "generic"
hosts = ["HOST"]
delay = 0.0
region = { code = "320106", name = "江苏省南京市鼓楼区" }

[[sections]]
name = "要闻"
url = "http://HOST/news/"
"""


def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run Python where scrapy.cfg is."""
    command = [sys.executable, *arguments]
    environ = environment(**changes)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT, env=environ, check=False)


def test_importing_the_settings_reads_no_configuration_and_no_site() -> None:
    done = run("-c", IMPORTED)
    assert done.returncode == 0, done.stderr


def test_scrapy_lists_the_spiders_and_shows_a_setting() -> None:
    assert {"inspect", "site", "url"} <= set(run("-m", "scrapy", "list").stdout.split())
    assert run("-m", "scrapy", "settings", "--get", "BOT_NAME").stdout.strip() == "fangzhi"


def test_scrapy_crawls_with_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    with wired() as wire:
        site = SITE.replace("HOST", wire.base.removeprefix("http://"))
        (tmp_path / "sites" / "town.toml").write_text(site, encoding="utf-8")
        given = {
            "FANGZHI_REGISTRY": str(tmp_path / "sites"),
            "FANGZHI_ARCHIVE": str(tmp_path / "archive"),
            "FANGZHI_USER_AGENT": "configured/1",
        }
        done = run("-m", "scrapy", "crawl", "site", "-a", "sites=town", **given)
    assert done.returncode == 0, done.stderr
    assert wire.requests
    assert all(b"User-Agent: configured/1\r\n" in head for head in wire.requests)
    assert (tmp_path / "archive" / "catalogue.sqlite").exists()


def test_an_option_of_scrapys_command_line_wins() -> None:
    settings = Settings({"FANGZHI_WORKERS": 7}, priority="cmdline")
    Configuration.update_pre_crawler_settings(settings)
    assert settings.getint("FANGZHI_WORKERS") == 7
    assert settings["USER_AGENT"].startswith("fangzhi/")


def test_settings_that_fangzhis_command_line_decided_are_left_as_they_are() -> None:
    settings = Settings({"FANGZHI_REGISTRY": Registry(sites={})})
    given = settings.copy_to_dict()
    Configuration.update_pre_crawler_settings(settings)
    assert settings.copy_to_dict() == given
