"""Captures for tests."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from attrs import evolve

from pipelines.model import Capture, Digests, Reference, Tls, capture_id

AT = dt.datetime(2026, 3, 4, 5, 6, 7, 890_123, tzinfo=dt.UTC)


def made(number: int = 0, **changes: Any) -> Capture:
    """Return a capture that uses every field; each `number` gives a different one."""
    capture = Capture(
        url=f"http://news.example.cn/go?id={number}",
        final_url=f"http://news.example.cn/content/{number}.html?from=新会",
        fetched_at=AT + dt.timedelta(microseconds=number),
        status=203,
        reason="Not Quite OK",
        http_version="HTTP/1.0",
        headers=(
            ("content-TYPE", "text/html; charset=gb2312"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("X-Caf\xe9", "\xbd\xad\xc3\xc5 \xff"),
            ("Transfer-encoding", "chunked"),
            ("X-Empty", ""),
        ),
        body=f"<html><body>第{number}篇".encode("gbk") + b"\r\n\r\n\x00WARC/1.1\r\n" * (number % 50),
        method="POST",
        request_headers=(("User-Agent", "fangzhi (+mailto:a@example.cn)"), ("accept", "*/*")),
        request_body=f"currpage={number}&vc_title=通知".encode(),
        ip_address="2001:db8::1",
        tls=Tls(protocol="tls/1.3", cipher="TLS_AES_256_GCM_SHA384", certificate="certificate has expired"),
        truncated="length",
    )
    return evolve(capture, **changes)


def digests(capture: Capture) -> Digests:
    return Digests(payload=f"sha256:{hashlib.sha256(capture.body).hexdigest()}")


def reference(capture: Capture) -> Reference:
    payload = digests(capture).payload
    identity = capture_id(capture, payload)
    return Reference(id=identity, url=capture.final_url, fetched_at=capture.fetched_at, payload=payload)
