"""Made captures and entries for tests."""

from __future__ import annotations

import datetime as dt
import hashlib

from pipelines.model import (
    Article,
    Capture,
    Digests,
    Entry,
    Location,
    Reference,
    Verdict,
    Version,
    capture_id,
    capture_reference,
)

START = dt.datetime(2024, 3, 5, 1, 30, 0, 123456, dt.UTC)


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def capture(number: int = 0, body: bytes = b"body", url: str | None = None) -> Capture:
    """Return a capture made `number` seconds after the first."""
    address = url or f"http://news.example/a/t20240305_{number}.html"
    return Capture(
        url=address,
        final_url=address,
        fetched_at=START + dt.timedelta(seconds=number),
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/html; charset=utf-8"), ("content-length", str(len(body)))),
        body=body,
        request_headers=(("Host", "news.example"), ("User-Agent", "fangzhi")),
        ip_address="127.0.0.1",
    )


def reference(made: Capture) -> Reference:
    """Return the reference to a capture."""
    return capture_reference(made, sha256(made.body))


def entry(made: Capture, text: str | None = "正文", kind: str = "new", of: str | None = None) -> Entry:
    """Return the entry of a capture with one article, or a rejected entry if `text` is None."""
    digests = Digests(payload=sha256(made.body), text=sha256(text.encode()) if text else None)
    article = Article(
        title="标题", text=text or "", script="hans", text_hans=text or "", published_on=dt.date(2024, 3, 5)
    )
    return Entry(
        id=capture_id(made, digests.payload),
        site="news",
        region=None,
        url=made.url,
        final_url=made.final_url,
        status=made.status,
        fetched_at=made.fetched_at,
        outcome="article" if text else "rejected",
        reason=None if text else "empty",
        articles=(article,) if text else (),
        verdict=Verdict(kind=kind, of=of),  # type: ignore[arg-type]
        digests=digests,
        location=Location(file="warc/news/x.warc.gz", offset=0, length=1),
        recipe="trs/1",
        version=Version(fangzhi="0", trafilatura="0"),
    )
