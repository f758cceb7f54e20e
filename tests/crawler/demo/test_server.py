"""The city on loopback: HTTP connections, a change of the visit, and a server in a separate process."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from crawler.demo import build, running, serve


def fetch(connection: http.client.HTTPConnection, target: str, method: str = "GET") -> tuple[int, bytes]:
    connection.request(method, target, headers={"User-Agent": "reader/1"})
    response = connection.getresponse()
    return response.status, response.read()


def connect(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)


def test_answers_use_one_persistent_connection_and_are_logged() -> None:
    city = build()
    with serve(city) as server:
        connection = connect(server.base_urls["yunzhou"])
        truths = [t for t in city.truth(server.base_urls) if t.portal == "yunzhou" and t.kind != "off-site"]
        for truth in truths:
            target = truth.url.removeprefix(server.base_urls["yunzhou"])
            answer = city.answer("yunzhou", target, server.base_urls, accept_gzip=False)
            assert fetch(connection, target) == (answer.status, answer.body)
            assert connection.sock is not None
        assert fetch(connection, "/xwzx/yw/", "HEAD") == (200, b"")
        connection.close()
        assert len(server.log) == len(truths) + 1
        assert {(line.portal, line.user_agent) for line in server.log} == {("yunzhou", "reader/1")}
        assert server.log[-1].target == "/xwzx/yw/"


def test_redirects_contain_the_port_of_the_portal() -> None:
    with serve(build()) as server:
        (alias,) = (t for t in server.city.truth(server.base_urls) if t.trap == "moved-301" and t.url != t.final_url)
        connection = connect(alias.url)
        connection.request("GET", urlsplit(alias.url).path)
        assert connection.getresponse().headers["Location"] == alias.final_url
        connection.close()


def test_the_visit_can_be_changed_while_the_city_runs() -> None:
    with serve(build()) as server:
        (deleted,) = (t for t in server.city.truth(server.base_urls) if t.trap == "deleted")
        connection, target = connect(deleted.url), urlsplit(deleted.url).path
        assert fetch(connection, target)[0] == 200
        server.city = build(visit=2)
        assert fetch(connection, target)[0] == 404
        connection.close()


def test_a_list_api_accepts_its_query_as_a_posted_form() -> None:
    form = "page=2&webid=3&columnid=1234&unitid=5234&perpage=5"
    with serve(build()) as server:
        connection = connect(server.base_urls["qinghe"])
        by_get = fetch(connection, f"/module/web/jpage/dataproxy.jsp?{form}")
        connection.request("POST", "/module/web/jpage/dataproxy.jsp", body=form)
        response = connection.getresponse()
        assert (response.status, response.read()) == by_get
        connection.close()


def test_a_request_that_is_not_http_is_answered_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with serve(build()) as server:
        address = urlsplit(server.base_urls["yunzhou"])
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03\n")
            assert b"400" in connection.recv(4096)
    assert capfd.readouterr() == ("", "")


def test_a_city_in_a_separate_process_answers_and_ends() -> None:
    with running(pages=150, seed=4) as base_urls:
        connection = connect(base_urls["huawu"])
        status, body = fetch(connection, "/news/")
        connection.close()
    assert (status, body) == (200, build(seed=4, pages=150).answer("huawu", "/news/", base_urls).body)


def test_a_city_in_a_separate_process_ends_with_its_caller() -> None:
    command = [sys.executable, "-m", "crawler.demo", "--pages", "150"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline().startswith(b'{"yunzhou": "http://127.0.0.1:')
        process.stdin.close()
        assert process.wait(timeout=20) == 0
