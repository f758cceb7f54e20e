"""The player of ReplayWeb.page in Chromium: wabac.js, which pywb brings along, plays a WACZ package.

wabac.js is a service worker: it answers the requests of the pages below `/w/` from the package, which it reads by
ranges.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.journeys.played import Seen
from tests.journeys.test_pywb import WAYBACK

WORKER = next(iter(WAYBACK.parent.parent.glob("lib/python*/site-packages/pywb/static/wabacSW.js")), None)

START = """<!DOCTYPE html><title>start</title><script>
const added = new Promise(resolve => navigator.serviceWorker.addEventListener("message", event => {
  if (event.data.msg_type === "collAdded") resolve(); }));
window.start = async () => {
  await navigator.serviceWorker.register("/sw.js", {scope: "/"});
  const worker = (await navigator.serviceWorker.ready).active;
  worker.postMessage({msg_type: "addColl", name: "archive", file: {sourceUrl: location.origin + "/archive.wacz"}});
  await added;
};
</script>"""


FRAME = """height => { document.documentElement.innerHTML =
`<body style="margin:0"><iframe style="border:0;display:block;width:100%;height:${height}px"></iframe>`; }"""


def shown(context: Any, url: str, live: bytes) -> Seen:
    """Open a page of the collection in a frame as high as the picture of the live page, as wabac.js expects it."""
    page = context.new_page()
    page.goto(url.partition("/w/")[0] + "/")
    statuses: dict[str, int] = {}
    page.on("response", lambda response: statuses.update({response.url: response.status}))
    page.evaluate(FRAME, int.from_bytes(live[20:24]))  # the height in a PNG file (PNG §11.2.2)
    page.evaluate("url => { document.querySelector('iframe').src = url }", url)
    page.wait_for_timeout(500)  # until it requests something
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # for what scripts load after the page
    picture = page.screenshot(full_page=True)
    page.close()
    return Seen(url, picture, statuses)


@contextmanager
def wabac(context: Any, package: Path) -> Iterator[str]:
    """Play a package in a context of Chromium, and yield the URL of its collection."""
    assert WORKER is not None
    files = {
        "/": ("text/html", START.encode()),
        "/sw.js": ("text/javascript", WORKER.read_bytes()),
        "/archive.wacz": ("application/zip", package.read_bytes()),
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, body = files.get(self.path.partition("?")[0], ("text/plain", b""))
            asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
            status, part, fields = (200 if body else 404), body, {}
            if asked and body:
                first = int(asked[1]) if asked[1] else max(len(body) - int(asked[2]), 0)
                last = min(int(asked[2]), len(body) - 1) if asked[1] and asked[2] else len(body) - 1
                status, part = 206, body[first : last + 1]
                fields = {"Content-Range": f"bytes {first}-{last}/{len(body)}"}
            self.send_response(status)
            fields |= {"Content-Type": kind, "Content-Length": str(len(part)), "Accept-Ranges": "bytes"}
            for name, value in fields.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(part)

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    base = f"http://127.0.0.1:{listener.server_port}"
    try:
        page = context.new_page()
        page.goto(f"{base}/")
        page.evaluate("start()")
        page.close()
        yield f"{base}/w/archive"
    finally:
        listener.shutdown()
        listener.server_close()
