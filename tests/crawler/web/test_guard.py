"""What is refused before a room sees it, and the headers of every answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crawler.cli.demo_steps import ROOM_URL
from crawler.web.command import DEFAULT_PORT
from crawler.web.guard import RateLimit
from crawler.web.serving import MAX_BODY_BYTES, MAX_PARAMETERS, MAX_QUERY_BYTES, Serving, checked
from pipelines.errors import ConfigError
from tests.crawler.web.rooms import opened


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8940", "127.0.0.1", "127.0.0.1:8941", "", "[::1]:80"])
def test_another_host_is_refused(room: TestClient, host: str) -> None:
    assert room.get("/search.json", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8940", "127.0.0.1:8940", "[::1]:8940", "LOCALHOST:8940"])
def test_names_of_this_machine_are_accepted(room: TestClient, host: str) -> None:
    assert room.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/search?q=" + "x" * MAX_QUERY_BYTES, 414),
        ("/search?" + "q=1&" * (MAX_PARAMETERS + 1), 400),
        ("/search?q=%00", 400),
        ("/search?q=a%0d%0aSet-Cookie:x", 400),
        ("/search?q=%ff%fe", 400),
        ("/a/" + "a" * MAX_QUERY_BYTES, 414),
        ("/a/%00", 400),
        ("/nowhere", 404),
        ("/a/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404),
        ("/static/../command.py", 404),
        ("/static/%2e%2e/command.py", 404),
    ],
    ids=lambda value: str(value)[:40],
)
def test_strange_addresses_are_refused(room: TestClient, path: str, status: int) -> None:
    assert room.get(path).status_code == status


def test_other_methods_and_long_bodies_are_refused(room: TestClient) -> None:
    assert room.request("DELETE", "/search").status_code == 405
    assert room.post("/search").status_code == 405
    assert room.post("/search", content=b"x" * (MAX_BODY_BYTES + 1)).status_code == 413
    assert room.post("/search", headers={"Content-Length": "-1"}).status_code == 413


@pytest.mark.parametrize("path", ["/", "/search", "/search.json", "/search.csv", "/nowhere", "/healthz", "/readyz"])
def test_every_answer_has_the_headers_of_safety(room: TestClient, path: str) -> None:
    headers = room.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "set-cookie" not in headers
    assert "access-control-allow-origin" not in headers


def test_pages_have_no_script_or_one_with_a_nonce_of_its_own_and_no_inline_style(room: TestClient) -> None:
    assert "script-src 'none';" in room.get("/search").headers["Content-Security-Policy"]
    policies = {room.get("/fetch").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3
    assert all("script-src 'nonce-" in policy for policy in policies)
    text = room.get("/search").text
    assert "<style" not in text
    assert " style=" not in text
    assert " on" not in text.partition("<body>")[2].replace(" on ", " ").partition("<main")[0].replace("one", "")


def test_one_client_is_limited_and_the_others_are_not() -> None:
    now = [0.0]
    limit = RateLimit(2.0, lambda: now[0])
    assert [limit.wait("a") for _ in range(20)] == [0] * 20
    assert limit.wait("a") == pytest.approx(0.5)
    assert limit.wait("b") == 0
    now[0] += 0.5
    assert limit.wait("a") == 0


def test_a_client_that_asks_too_often_is_told_when_to_return(sample_archive: Path) -> None:
    with opened(sample_archive, rate=0.1) as client:
        answers = [client.get("/healthz") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert int(answers[1].headers["Retry-After"]) > 0


def test_behind_a_proxy_all_addresses_have_the_prefix(sample_archive: Path) -> None:
    public = {"public_url": "https://news.example/fz", "content_url": "https://content.example", "rate": 1000.0}
    with opened(sample_archive, **public) as client:
        for path in ("/fz/search?q=电梯", "/search?q=电梯"):
            text = client.get(f"https://news.example{path}").text
            assert 'href="/fz/static/room.' in text
            assert 'href="/fz/a/' in text
        assert client.get("https://news.example/fzsearch").status_code == 404
        assert (
            "frame-src https://content.example;"
            in client.get("https://news.example/fz").headers["Content-Security-Policy"]
        )


@pytest.mark.parametrize(
    "options",
    [
        {"host": "0.0.0.0"},
        {"host": "192.0.2.1"},
        {"public_url": "https://news.example"},
        {"public_url": "https://news.example", "content_url": "https://news.example"},
        {"public_url": "javascript:x", "content_url": "https://content.example"},
        {"public_url": "https://news.example?x", "content_url": "https://content.example"},
        {"content_url": "http://127.0.0.1:8940"},
    ],
    ids=str,
)
def test_unsafe_addresses_are_refused_at_the_start(options: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        checked(Serving(**options))


def test_the_default_address_is_the_one_that_the_demo_names() -> None:
    assert f"{Serving().base_url}/" == ROOM_URL
    assert Serving().port == DEFAULT_PORT
