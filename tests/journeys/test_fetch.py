"""Fetch and crawl extract the same article, and every portal of the city can be fetched page by page."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.fangzhi import documents, fangzhi, warcio_check
from tests.journeys.test_crawl import expected, outcome_of, read
from tests.town import SITES, Town

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"


def test_fetch_and_crawl_give_equal_articles(town: Town, tmp_path: Path) -> None:
    crawled = {entry["final_url"]: entry for entry in town.entries() if entry["outcome"] == "article"}
    urls = list(crawled)[::12]
    options = ("--archive", str(tmp_path), "--registry", str(town.registry))
    done = fangzhi("fetch", *urls, *options, FANGZHI_WORKERS="2")
    fetched = documents(done)
    assert [entry["url"] for entry in fetched] == urls
    for entry in fetched:
        same = crawled[entry["final_url"]]
        assert without_files(entry) == without_files(same)
        assert [entry[key] for key in ("site", "region", "recipe", "digests")] == [
            same[key] for key in ("site", "region", "recipe", "digests")
        ]


def without_files(entry: dict) -> list[dict]:
    """Return an entry's articles without the fields that only fetched attachments have."""
    for article in entry["articles"]:
        for item in article["attachments"]:
            item.update(size=None, digest=None, location=None)
    articles: list[dict] = entry["articles"]
    return articles


def test_portals_of_other_families_are_fetched_page_by_page(town: Town, tmp_path: Path) -> None:
    truths = [truth for truth in town.server.city.truth(town.server.base_urls) if truth.portal not in SITES]
    chosen = [truth for truth in truths if truth.kind in ("article", "list")][::9]
    for slug in {truth.portal for truth in chosen}:
        base = town.server.base_urls[slug]
        site = f'name = "{slug}"\nfamily = "generic"\nhosts = ["{urlsplit(base).netloc}"]\ndelay = 0\npage = "text"\n'
        (tmp_path / f"{slug}.toml").write_text(site + f'[[sections]]\nname = "all"\nurl = "{base}/"\n', "utf-8")
    done = fangzhi(
        "fetch", *(truth.url for truth in chosen), "--archive", str(tmp_path / "a"), "--registry", str(tmp_path)
    )
    entries = {entry["url"]: entry for entry in documents(done)}
    for truth in chosen:
        entry = entries[truth.url]
        by_script = "getMessage.do" in truth.url  # truecms refuses requests without a Referer
        wanted = "http-error" if by_script else "not-an-article" if truth.kind == "list" else "article"
        assert outcome_of(entry) == wanted, truth
        if truth.kind == "article":
            right, found = expected(truth), read(entry)
            assert [found[key] for key in ("title", "text")] == [right[key] for key in ("title", "text")]
    assert warcio_check(tmp_path / "a").returncode == 0


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_formats_for_reading_contain_title_source_and_every_paragraph(town: Town, form: str) -> None:
    truth = next(truth for truth in town.truths() if truth.kind == "article" and truth.trap is None)
    done = fangzhi("fetch", truth.url, "--format", form, "--no-archive", *town.options[2:])
    for part in (truth.title, truth.source, *truth.text.split("\n")):
        assert part in done.stdout
    assert {"text": truth.title, "md": f"# {truth.title}", "html": "<!DOCTYPE html>"}[form] in done.stdout.splitlines()[
        0
    ]


def test_a_url_longer_than_scrapys_limit_is_requested(town: Town) -> None:
    truth = next(truth for truth in town.truths() if truth.kind == "article" and truth.trap is None)
    url = f"{truth.url}?from={'a' * 2_083}"
    (entry,) = documents(fangzhi("fetch", url, "--no-archive", *town.options[2:]))
    assert entry["url"] == url


def test_no_archive_writes_nothing(town: Town, tmp_path: Path) -> None:
    truth = next(truth for truth in town.truths() if truth.kind == "article")
    (entry,) = documents(fangzhi("fetch", truth.url, "--no-archive", "--archive", str(tmp_path / "none")))
    assert entry["location"] is None
    assert entry["articles"][0]["title"] == truth.title
    assert not (tmp_path / "none").exists()


def test_a_page_that_robots_txt_forbids_is_not_requested(town: Town, tmp_path: Path) -> None:
    truth = next(t for t in town.server.city.truth(town.server.base_urls) if t.trap == "robots")
    before = len(town.server.log)
    done = fangzhi("fetch", truth.url, "--archive", str(tmp_path))
    assert done.returncode == 1
    assert "robots.txt forbids it" in done.stderr
    assert [(one["url"], one["outcome"], one["reason"]) for one in documents(done)] == [
        (truth.url, "rejected", "robots")
    ]
    assert [visit.target for visit in town.server.log[before:]] == ["/robots.txt"]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the five seed texts are not beside this checkout")
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_the_five_seed_texts_are_extracted_by_fetch(tmp_path: Path, charset: str) -> None:
    from tests.crawler.wire import wired

    with wired() as wire:
        for seed in sorted(SEEDS.glob("*.txt")):
            lines = "".join(f"<p>{line}</p>" for line in seed.read_text("utf-8").splitlines())
            head = f'<html><head><meta charset="{charset}"><title>{seed.stem}</title></head>'
            html = f'{head}<body><div class="content">{lines}</div></body></html>'
            status = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
            wire.answers[f"/{seed.stem}.html"] = status + html.encode(charset, "xmlcharrefreplace")
        done = fangzhi("fetch", *(wire.base + path for path in wire.answers), "--archive", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert [entry["outcome"] for entry in entries] == ["article"] * 5
