"""An exception while a page's links are followed is reported, and changes the exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.crawler.wire import wired
from tests.fangzhi import environment

BUG = """
import sys
from attrs import evolve
from crawler import families
from crawler.cli.main import main
from crawler.spiders import site

def listing(html, url):
    raise ZeroDivisionError("a bug")

site.FAMILIES = {"generic": evolve(families.GENERIC, listing=listing)}
sys.argv[0] = "fangzhi"
main()
"""
SITE = """
name = "府"
family = "generic"
hosts = ["{host}"]
sections = [{{ name = "要闻", url = "http://{host}/list/" }}]
"""


def test_an_exception_while_following_links_is_a_failure(tmp_path: Path) -> None:
    with wired() as wire:
        wire.answers["/list/"] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<a href=/t20240305_1.html>1</a>"
        (tmp_path / "fu.toml").write_text(SITE.format(host=wire.base.removeprefix("http://")), "utf-8")
        command = ["crawl", "fu", "--registry", str(tmp_path), "--archive", str(tmp_path / "archive")]
        done = subprocess.run(
            [sys.executable, "-c", BUG, *command],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(),
            check=False,
        )
    assert done.returncode == 3, done.stderr
    assert "ZeroDivisionError: a bug" in done.stderr
    assert "1 list page + 0 rejected + 1 failed" in done.stderr
