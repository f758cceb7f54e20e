"""Hosts that do not accept connections by the requested scheme or IP version, and what is stored for them."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
import trustme

from tests.crawler.download.test_handler import PAGE, records
from tests.crawler.wire import wired
from tests.fangzhi import documents, fangzhi

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + PAGE


def test_http_is_used_if_https_does_not_connect_and_this_is_stored(tmp_path: Path) -> None:
    with wired() as wire:
        wire.answers["/a.html"] = ANSWER
        secure = wire.base.replace("http:", "https:")
        made = []
        for _ in range(2):
            before = wire.connections
            done = fangzhi("fetch", f"{secure}/a.html", "--archive", str(tmp_path))
            (entry,) = documents(done)
            assert (entry["url"], entry["final_url"]) == (f"{secure}/a.html", f"{wire.base}/a.html")
            made.append((wire.connections - before, "does not connect by https" in done.stderr))
    assert made == [(3, True), (2, False)], (
        "first robots.txt by both schemes and the page, later one connection for each"
    )
    uris = {record.rec_headers["Fangzhi-Asked-URI"] for record, _, _ in records(tmp_path)["response"]}
    assert uris == {f"{secure}/a.html"}


def test_a_crawl_reports_what_came_by_http_instead(tmp_path: Path) -> None:
    with wired() as wire:
        wire.answers["/list/"] = ANSWER
        host = wire.base.removeprefix("http://")
        (tmp_path / "sites").mkdir()
        toml = f'name = "府"\nfamily = "generic"\nhosts = ["{host}"]\ndelay = 0.01\n'
        section = f'[[sections]]\nname = "要闻"\nurl = "https://{host}/list/"\n'
        (tmp_path / "sites" / "fu.toml").write_text(toml + section, "utf-8")
        done = fangzhi("crawl", "fu", "--archive", str(tmp_path / "a"), "--registry", str(tmp_path / "sites"), "--json")
    (report,) = documents(done)
    assert (report["fetched"], report["downgraded"], report["failed"]) == (1, 1, {})


def test_https_is_used_if_http_is_refused(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.9").configure_cert(context)
    try:
        socket.create_server(("127.0.0.9", 443)).close()
        socket.create_server(("127.0.0.9", 80)).close()
    except OSError:
        pytest.skip("ports 80 and 443 of 127.0.0.9 are not ours to use")
    with wired(context, ("127.0.0.9", 443)) as wire:
        wire.answers["/a.html"] = ANSWER
        (entry,) = documents(fangzhi("fetch", "http://127.0.0.9/a.html", "--archive", str(tmp_path)))
    assert (entry["url"], entry["final_url"]) == ("http://127.0.0.9/a.html", "https://127.0.0.9/a.html")
    assert entry["outcome"] == "article"


def test_a_redirect_from_http_back_to_https_stays_a_failure(tmp_path: Path) -> None:
    with wired() as wire:
        secure = wire.base.replace("http:", "https:")
        back = f"HTTP/1.1 301 Moved\r\nLocation: {secure}{{}}\r\nContent-Length: 0\r\n\r\n"
        wire.answers = {path: back.format(path).encode() for path in ("/a.html", "/robots.txt")}
        done = fangzhi("fetch", f"{secure}/a.html", "--archive", str(tmp_path))
    assert done.returncode == 1
    assert not records(tmp_path)


def test_a_host_that_refuses_both_is_reported_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = fangzhi("fetch", f"http://127.0.0.1:{port}/", "--archive", str(tmp_path))
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("version", "reached"), [(4, True), (6, False)])
def test_a_site_is_restricted_to_an_ip_version(tmp_path: Path, version: int, reached: bool) -> None:
    with wired() as wire:
        wire.answers["/a.html"] = ANSWER
        port = wire.base.rpartition(":")[2]
        toml = f'name = "府"\nfamily = "generic"\nhosts = ["localhost:{port}"]\nenabled = false\nreason = "-"\n'
        (tmp_path / "fu.toml").write_text(f"{toml}ip = {version}\n", "utf-8")
        where = ("--archive", str(tmp_path / "archive"), "--registry", str(tmp_path))
        done = fangzhi("fetch", f"http://localhost:{port}/a.html", *where)
    assert (done.returncode == 0) == reached, done.stderr
    assert bool(wire.requests) == reached
