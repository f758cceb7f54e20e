"""Hand-overs and new sites by the room: who may, what they are asked with, and what they give."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from crawler.cli.export import command as export
from crawler.demo import build, serve
from crawler.web.api.hand_overs import NAMES, arguments
from crawler.web.fetching import HOURLY, PAGES, Conflict, Exhausted, Fetches
from crawler.web.jobs import BackgroundJob
from crawler.web.parameters import FILTERS
from crawler.web.work import WORK
from pipelines.model import Entry
from tests.crawler.web.rooms import archived, config_of, opened, sample
from tests.fangzhi import fangzhi

TOKEN = "a-long-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LONGEST_S = 400


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own, so that the key that signs is not that of this user."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[TestClient]:
    archived(tmp_path / "archive", sample())
    with opened(tmp_path / "archive", token=TOKEN) as client:
        yield client


def finished(client: TestClient, place: str) -> Any:
    """Wait for a job, and return its document."""
    until = time.monotonic() + LONGEST_S
    while client.get(place).json()["state"] in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.3)
    return client.get(place).json()


def test_every_kind_of_job_has_its_work() -> None:
    assert set(WORK) == set(PAGES)


@pytest.mark.usefixtures("keys")
def test_a_search_is_handed_over_as_a_signed_package(guarded: TestClient, tmp_path: Path) -> None:
    path = "/hand-over?q=电梯&site=news"
    assert "将 2 个捕获" in guarded.get(path).text
    answered = guarded.post(path, data={"token": TOKEN}, follow_redirects=False)
    assert answered.status_code == 303
    page = answered.headers["Location"]
    found = finished(guarded, page.replace("/hand-over", "/api/fetch"))
    assert found["state"] == "done", found
    assert found["receipt"]["captures"] == 2
    assert found["receipt"]["signature"]["valid"] is True
    assert any(event.startswith("archive.wacz: ") for event in found["events"]), "the path of its folder is left out"
    shown = guarded.get(page).text
    assert found["receipt"]["sha256"] in shown
    facts = re.findall("<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", shown)
    assert facts[:2] == [("网站", "news"), ("检索词", "电梯")]
    package = guarded.get(f"/api{page}/archive.wacz")
    assert package.headers["Content-Disposition"].startswith("attachment")
    assert hashlib.sha256(package.content).hexdigest() == found["receipt"]["sha256"]
    (tmp_path / "x.wacz").write_bytes(package.content)
    checked = fangzhi("verify", "--deep", str(tmp_path / "x.wacz"))
    assert checked.returncode == 0, checked.stdout
    assert "signed anonymously" in checked.stderr


@pytest.mark.usefixtures("keys")
def test_one_capture_is_handed_over(guarded: TestClient, entries: list[Entry]) -> None:
    assert f"/hand-over?id={entries[0].id}" in guarded.get(f"/a/{entries[0].id}").text
    answered = guarded.post(f"/api/hand-over?id={entries[0].id}", headers=BEARER)
    assert answered.status_code == 202
    found = finished(guarded, answered.headers["Location"])
    assert (found["state"], found["receipt"]["captures"]) == ("done", 1), found


@pytest.mark.parametrize(
    "query", ["site=nowhere", "q=%E6%B2%A1%E6%9C%89%E8%BF%99%E4%B8%AA", "id=20200101000000-000000000000", "colour=red"]
)
def test_nothing_or_what_is_unknown_is_not_handed_over(guarded: TestClient, query: str) -> None:
    assert guarded.post(f"/api/hand-over?{query}", headers=BEARER).status_code in (400, 404)


@pytest.mark.parametrize("path", ["/hand-over?site=news", "/new-site", "/marks"])
@pytest.mark.parametrize("sender", ["http://evil.example", "null"])
def test_a_page_of_somebody_else_cannot_begin_a_job(guarded: TestClient, path: str, sender: str) -> None:
    form = {"url": "http://news.example/", "token": TOKEN}
    assert guarded.post(path, data=form, headers={"Origin": sender}).status_code == 403
    api = f"/api{path}"
    assert guarded.post(api, json=form, headers={**BEARER, "Origin": sender}).status_code == 403
    assert guarded.post(api, json=form).status_code == 401


def test_without_a_token_the_forms_say_so(room: TestClient) -> None:
    for path in ("/hand-over", "/new-site"):
        text = room.get(path).text
        assert "阅览室启动时没有设置令牌" in text
        assert "<form" not in text.partition("<main")[2]
        assert room.post(path, data={"token": ""}).status_code == 403


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://169.254.169.254/", "file:///etc/passwd", "--write=/tmp/x", ""]
)
def test_internal_and_odd_sites_are_not_described(guarded: TestClient, url: str) -> None:
    assert guarded.post("/api/new-site", json={"url": url}, headers=BEARER).status_code == 400


def test_filters_become_arguments_that_are_no_other_options() -> None:
    given = (("site", "--sign"), ("gone", "true"), ("copies", "false"), ("q", "--deep"), ("flag", "x"), ("limit", "3"))
    assert arguments(given) == ("--site=--sign", "--gone", "--no-copies", "--flag=x", "--", "--deep")


def test_each_filter_is_an_option_of_export() -> None:
    names = [name for name in FILTERS() if name not in ("q", *NAMES)]
    options = {opt for each in export.params for opt in (*each.opts, *each.secondary_opts)}
    assert {each.partition("=")[0] for each in arguments(tuple((name, "true") for name in names))} <= options


def test_a_job_is_only_shown_as_what_it_is(guarded: TestClient) -> None:
    for path in ("/fetch/x", "/new-site/x", "/hand-over/x", "/api/hand-over/x/archive.wacz", "/api/new-site/x/y.toml"):
        assert guarded.get(path).status_code == 404, path


def test_a_survey_counts_as_many_pages_and_packages_wait_for_each_other(tmp_path: Path) -> None:
    def run(job: BackgroundJob) -> None:
        job.toml = "x"

    fetches = Fetches(config_of(tmp_path), lambda: 0.0, run)
    for number in range(HOURLY // PAGES["survey"]):
        fetches.ask(f"http://a{number}.example/", "survey")
    with pytest.raises(Exhausted):
        fetches.ask("http://b.example/")
    never = Fetches(config_of(tmp_path), run=lambda _job: time.sleep(1))
    never.ask("/search", "hand-over")
    with pytest.raises(Conflict):
        never.ask("/search", "hand-over")


def test_a_portal_becomes_a_toml(tmp_path: Path) -> None:
    archived(tmp_path, sample())
    with (
        serve(build(pages=150)) as city,
        opened(tmp_path, settings={"allow_private": True}, token=TOKEN) as client,
    ):
        base = city.base_urls["lugang"]  # its pages need few files: each is requested two seconds after the last
        answered = client.post("/new-site", data={"url": f"{base}/", "token": TOKEN}, follow_redirects=False)
        page = answered.headers["Location"]
        found = finished(client, page.replace("/new-site", "/api/fetch"))
        assert found["state"] == "done", found
        assert found["receipt"]["ok"] is True
        samples = found["receipt"]["samples"]
        assert len(samples) == 5
        assert {each["url"] for each in samples} == {each["final_url"] for each in samples}
        for each in samples:
            assert each["title"], each
            assert each["published"], each
            assert each["source"], each
            assert each["characters"] >= len(each["text"]) > 0, each
        shown = client.get(page).text
        assert f'"/api{page}/{found["slug"]}.toml"' in shown
        saved = client.get(f"/api{page}/{found['slug']}.toml")
    assert saved.headers["Content-Disposition"] == f'attachment; filename="{found["slug"]}.toml"'
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / f"{found['slug']}.toml").write_text(saved.text, encoding="utf-8")
    listed = fangzhi("sites", "show", found["slug"], "--registry", str(tmp_path / "sites"))
    assert listed.returncode == 0, listed.stderr
