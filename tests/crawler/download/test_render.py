"""Requests of a rendered page follow the same rules as the crawler's own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

from crawler.download.browser import BROWSER_NAMES
from tests.crawler.wire import wired
from tests.fangzhi import ROOT, environment
from tests.journeys.small import answer

pytestmark = pytest.mark.skipif(
    find_spec("playwright") is None or not any(map(shutil.which, BROWSER_NAMES)),
    reason="there is no Chromium on PATH, or no Playwright: the extra `render`",
)

ASKING = """<body><script>
for (const address of ADDRESSES)
  fetch(address).then(answer => answer.text(), () => "nothing")
    .then(text => document.body.insertAdjacentHTML("beforeend", `<li>${text}</li>`));
</script></body>"""


def test_a_public_page_gets_nothing_from_private_addresses() -> None:
    with wired() as wire:
        wire.answers["/secret"] = answer("secret", "200 OK", "Access-Control-Allow-Origin: *")
        port = wire.base.rpartition(":")[2]
        hosts = ("127.0.0.1", "localhost", "[::1]", "2130706433", "0.0.0.0", "[::ffff:127.0.0.1]")
        addresses = [f"http://{host}:{port}/secret" for host in hosts]
        html = ASKING.replace("ADDRESSES", json.dumps(addresses))
        command = [sys.executable, "-m", "tests.crawler.download.portal", html]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=120, cwd=ROOT, env=environment(), check=True
        )
        assert done.stdout.count("<li>nothing</li>") == len(addresses), done.stderr
        assert wire.connections == 0
