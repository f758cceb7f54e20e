"""The room in Chromium: three persons' ways in both languages, accessibility, and what hostile pages can do."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from attrs import evolve

from crawler.download.browser import BROWSER_NAMES
from crawler.web.app import application
from crawler.web.content import content_application
from crawler.web.jobs import BackgroundJob
from crawler.web.room import Room
from crawler.web.samples import sample_of
from crawler.web.serving import Serving
from pipelines.model import Entry
from pipelines.model.serialize import entry_document
from tests.crawler.web.rooms import archived, config_of, sample
from tests.crawler.web.test_hostile import MARK, addresses, hostile, hostile_records, hostile_registry
from tests.crawler.web.test_samples import KEY, OneJob, surveyed
from tests.pipelines.storage.server import free_ports
from tests.wait import wait_until

BROWSER = os.environ.get("FANGZHI_BROWSER") or next(filter(None, map(shutil.which, BROWSER_NAMES)), None)
pytestmark = pytest.mark.skipif(
    BROWSER is None or find_spec("playwright") is None, reason="there is no Chromium, or no Playwright"
)

TOKEN = "a-long-token"
WIDTHS = (360, 390, 1280, 1920)


@contextmanager
def served(folder: Path, job: BackgroundJob | None = None) -> Iterator[Serving]:
    """Serve the room of an archive and its content, and yield its addresses; `job` is the only one that it has."""
    port, content_port = free_ports(2)
    serving = Serving(port=port, content_port=content_port, token=TOKEN)
    room = Room(config_of(folder), serving)
    if job:
        room.desk = evolve(room.desk, fetches=OneJob(job))
    servers = [
        (uvicorn.Server(uvicorn.Config(app, log_config=None)), at)
        for app, at in ((application(room), port), (content_application(room), content_port))
    ]
    threads = []
    for server, at in servers:
        listening = socket.create_server(("127.0.0.1", at))
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listening]),), daemon=True)
        thread.start()
        threads.append(thread)
    wait_until(lambda: all(server.started for server, _at in servers))
    try:
        yield serving
    finally:
        for server, _at in servers:
            server.should_exit = True
        for thread in threads:
            thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(sample_archive: Path) -> Iterator[str]:
    with served(sample_archive) as serving:
        yield serving.base_url


@pytest.fixture(params=["zh-CN", "en-GB"])
def page(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    context = chromium.new_context(locale=request.param, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_the_way_of_a_social_scientist(page: Any, address: str) -> None:
    page.goto(address)
    page.get_by_role("searchbox").fill("电梯")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".results > li").count() == 2
    page.locator(".facets a", has_text="news").first.click()
    assert "site=news" in page.url
    page.locator(".results .title").first.click()
    assert "/a/" in page.url
    assert page.locator("#cite pre").first.is_visible()
    page.goto(f"{address}/counts?q=电梯&q=停水")
    assert page.locator("svg path.line").count() >= 2


def test_the_way_of_an_archivist(page: Any, address: str, entries: list[Entry]) -> None:
    page.goto(f"{address}/sites/news?year=2024")
    page.locator(".month a").last.click()
    assert "since=2024" in page.url
    page.goto(f"{address}/a/{entries[1].id}")
    page.locator('.bar a[href*="/compare/"]').click()
    assert page.locator("del").filter(has_text="12").count() == 1
    page.goto(f"{address}/gone")
    page.locator(".results .title").click()
    assert page.locator(".bar .mark-wrong").is_visible()
    page.goto(f"{address}/custody")
    assert page.locator("h1").is_visible()


def test_the_way_of_an_operator(page: Any, address: str) -> None:
    page.goto(f"{address}/sites")
    assert page.locator("tbody tr").count() == 2
    page.locator("thead a").first.click()
    page.locator("tbody a").first.click()
    assert page.locator(".months").is_visible()


def test_the_language_is_switched_and_stays(page: Any, address: str) -> None:
    page.goto(f"{address}/search?q=电梯")
    before = page.locator("html").get_attribute("lang")
    page.locator("a.language").click()
    after = page.locator("html").get_attribute("lang")
    assert before != after
    page.locator(".results .title").first.click()
    assert page.locator("html").get_attribute("lang") == after


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_screen_and_all_are_accessible(
    chromium: Any, address: str, entries: list[Entry], width: int, scheme: Any
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, locale="zh-CN")
    page, axe = context.new_page(), Axe()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    parts = (entries[1].id, entries[0].id)
    paths = ["/", "/search?q=电梯", f"/a/{parts[0]}", f"/compare/{parts[1]}/{parts[0]}", f"/reprints/{parts[1]}"]
    paths += ["/counts", "/sites", "/sites/news?year=2024", "/regions", "/gone", "/changed", "/coverage", "/tray"]
    paths += ["/runs", "/storage", "/marks", "/new-site", f"/hand-over?id={parts[0]}", "/tray?marked=no"]
    paths += [
        "/counts?q=电梯&q=停水&share=true&site=news",
        "/counts?by=verdict",
        "/gone?site=news",
        "/changed?site=news",
    ]
    paths += ["/custody", f"/custody/{parts[0]}", "/api", "/fetch", f"/a/{entries[5].id}", "/search?q=%E6%B2%A1"]
    for path in paths:
        page.goto(f"{address}{path}")
        spare = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert spare <= 0, (path, spare)
        if width in (360, 1280):
            found = axe.run(page).response["violations"]
            serious = [
                (each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")
            ]
            assert serious == [], path
    assert errors == []
    context.close()


def test_a_printed_page_has_its_heading_and_no_links_that_only_lead_on(
    page: Any, address: str, entries: list[Entry]
) -> None:
    page.emulate_media(media="print")
    page.goto(f"{address}/search?q=电梯")
    assert page.locator("h1").bounding_box()["height"] > 10
    page.goto(f"{address}/a/{entries[1].id}")
    assert page.locator("section.screen").count() > 0
    assert not any(each.is_visible() for each in page.locator("section.screen, [rel=prev]").all())
    assert page.locator("#provenance").is_visible()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_archived_page_is_shown_by_every_name_of_the_room(
    chromium: Any, address: str, entries: list[Entry], host: str
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address.replace('127.0.0.1', host)}/a/{entries[0].id}")
    page.locator("iframe").scroll_into_view_if_needed()
    assert page.frame_locator("iframe").locator("p").first.inner_text() == "0"
    context.close()


def test_a_page_works_without_scripts(chromium: Any, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/search?q=电梯&since=&site=news")
    assert "since=" not in page.url
    assert page.locator(".results > li").count() == 2
    context.close()


def test_hostile_pages_run_nothing(chromium: Any, tmp_path: Path) -> None:
    entries = archived(tmp_path, hostile())
    hostile_records(tmp_path, entries)
    hostile_registry(tmp_path)
    with served(tmp_path) as serving:
        base, own = serving.base_url, (f"{serving.base_url}/", f"{serving.content_base_url}/play/")
        context = chromium.new_context()
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
        page.add_init_script(f"window.{MARK} = () => {{ window.attacked = true; }}")
        for path in addresses(entries):
            page.goto(f"{base}{path}")
            page.mouse.wheel(0, 100_000)  # frames are loaded when they are seen
            page.wait_for_load_state("networkidle")
            assert not any(frame.evaluate("window.attacked === true") for frame in page.frames), path
        assert all(url.startswith(own) for url in asked), [url for url in asked if not url.startswith(own)]
        assert context.cookies() == []
        context.close()


def test_hostile_samples_of_a_new_site_run_nothing(chromium: Any, tmp_path: Path) -> None:
    attack = f"<script>{MARK}()</script><img src=x onerror={MARK}()><base href=http://evil.example/><p>看得见</p>"
    body = f"{attack}<form action=http://evil.example><iframe src=javascript:{MARK}()></iframe>".encode()
    named = [(f"http://evil.example/{number}.html", each) for number, each in enumerate(hostile()[:2])]
    entries = archived(tmp_path / "pages", [evolve(each, url=url, final_url=url) for url, each in named], body)
    archived(tmp_path, sample())
    job = surveyed([sample_of(entry_document(each)) for each in entries], tmp_path / "pages")
    with served(tmp_path, job) as serving:
        own = (f"{serving.base_url}/", f"{serving.content_base_url}/sample/{KEY}/")
        context = chromium.new_context()
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(f"window.{MARK} = () => {{ window.attacked = true; }}")
        page.goto(f"{serving.base_url}/new-site/{KEY}")
        frames = page.locator("iframe.archived")
        assert frames.count() == 2
        for number in range(2):
            frames.nth(number).scroll_into_view_if_needed()
            frames.nth(number).content_frame.get_by_text("看得见").wait_for()
        page.wait_for_load_state("networkidle")
        assert not any(frame.evaluate("window.attacked === true") for frame in page.frames)
        assert all(url.startswith(own) for url in asked), [url for url in asked if not url.startswith(own)]
        context.close()


def test_archived_content_runs_nothing_and_stays_in_its_origin(chromium: Any, tmp_path: Path) -> None:
    entries = archived(tmp_path, sample())
    with served(tmp_path) as serving:
        base = serving.base_url
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"{base}/a/{entries[0].id}")
        target = page.locator('section.notes a[href*="id_/"]').first.get_attribute("href")
        assert not target.startswith(base)
        with page.expect_download() as download:
            page.evaluate(f"location.href = {target!r}")
        assert Path(download.value.path()).read_bytes() == b"<p>0</p>"
        context.close()
