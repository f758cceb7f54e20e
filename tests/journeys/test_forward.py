"""Client-side redirects by meta refresh or script: each step is archived, and none leaves the site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.wire import Wire, wired
from tests.fangzhi import documents, fangzhi
from tests.journeys.small import PATHS, TEXT, answer, asked, crawl

REFRESH = '<html><head><meta http-equiv="refresh" content="0;url={}"></head><body></body></html>'
SCRIPT = "<html><body><script>setTimeout(\"javascript:location.href='{}'\",3000);</script></body></html>"


@pytest.fixture
def wire() -> Iterator[Wire]:
    with wired() as server:
        server.answers = {"/2026/0305/9.html": answer(TEXT)}
        yield server


def test_each_step_is_a_capture_and_the_article_is_the_last(wire: Wire, tmp_path: Path) -> None:
    wire.answers["/old.html"] = answer(REFRESH.format("/moved.html"))
    wire.answers["/moved.html"] = answer(SCRIPT.format("/2026/0305/9.html"))
    done = fangzhi("fetch", f"{wire.base}/old.html", "--archive", str(tmp_path))
    (entry,) = documents(done)
    assert (entry["outcome"], entry["final_url"]) == ("article", f"{wire.base}/2026/0305/9.html")
    entries = documents(fangzhi("list", "--json", "--archive", str(tmp_path)))
    assert [(one["url"], one["final_url"].removeprefix(wire.base), one["reason"]) for one in entries[::-1]] == [
        (f"{wire.base}/old.html", "/old.html", "redirect"),
        (f"{wire.base}/old.html", "/moved.html", "redirect"),
        (f"{wire.base}/old.html", "/2026/0305/9.html", None),
    ]


def test_a_crawl_follows_moved_articles_and_requests_each_page_once(wire: Wire, tmp_path: Path) -> None:
    rows = "".join(f'<li><a href="{path}">市政府召开防汛工作会议 {path}</a> 2026-03-05</li>' for path in PATHS[:2])
    wire.answers["/list/"] = answer(f"<ul>{rows}</ul>")
    wire.answers |= {path: answer(SCRIPT.format("/2026/0305/9.html")) for path in PATHS[:2]}
    report = crawl(wire, tmp_path, "delay = 0.01")
    assert (report["articles"], report["rejected"]) == (1, {"not-an-article": 1, "redirect": 2})
    assert sorted(asked(wire)) == sorted(["/list/", *PATHS[:2], "/2026/0305/9.html"])


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/", "http://elsewhere.example/", "file:///etc/passwd"]
)
@pytest.mark.parametrize("markup", [REFRESH, SCRIPT])
def test_no_client_redirect_leads_to_another_site(wire: Wire, tmp_path: Path, markup: str, target: str) -> None:
    wire.answers["/out.html"] = answer(markup.format(target))
    done = fangzhi("fetch", f"{wire.base}/out.html", "--archive", str(tmp_path))
    (entry,) = documents(done)
    assert (entry["final_url"], entry["articles"]) == (f"{wire.base}/out.html", [])
    assert asked(wire) == ["/out.html"]


def test_a_chain_ends_after_three_redirects_and_a_loop_at_its_start(wire: Wire, tmp_path: Path) -> None:
    wire.answers |= {f"/{n}.html": answer(REFRESH.format(f"/{n + 1}.html")) for n in range(9)}
    wire.answers |= {"/a.html": answer(SCRIPT.format("/b.html")), "/b.html": answer(SCRIPT.format("/a.html"))}
    fangzhi("fetch", f"{wire.base}/0.html", f"{wire.base}/a.html", "--archive", str(tmp_path))
    assert sorted(asked(wire)) == ["/0.html", "/1.html", "/2.html", "/3.html", "/a.html", "/b.html"]
