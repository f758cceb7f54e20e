"""Makes the pictures of the documents: `python -m docs.screenshot [ARCHIVE]`, with Chromium, after `fangzhi demo`.

`room*.png` is a search in the reading room, `diff*.png` the diff page of the first edited article of the archive, in
English and in Chinese.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from crawler.download.browser import find_browser

LANGUAGES = {"en": "", "zh": ".zh"}
"""Language of a picture, and what its name has before the ending."""

FOLDER = Path(__file__).parent / "assets"
DIFF_SIZE = (760, 700)
"""Size of a picture in pixels: the width of a README, and the height of the changed part of the page."""

ROOM_SIZE = (1120, 720)
"""Wide enough for the facets beside the results, and high enough for five results."""

WORD = "工作"
START_S = 30.0
"""Maximum seconds until the room answers; it takes two."""


def main() -> None:
    """Write the pictures."""
    archive = sys.argv[1] if len(sys.argv) > 1 else "demo-archive"
    browser = find_browser(sys.argv[2] if len(sys.argv) > 2 else None)
    (edited, *_) = _fangzhi("list", "--verdict", "new-version", "--json", "--archive", archive).splitlines()
    show = ("show", json.loads(edited)["id"], "--diff", "--format", "html", "--archive", archive)
    with tempfile.TemporaryDirectory() as folder, _room(archive) as room:
        for language, end in LANGUAGES.items():
            page = Path(folder, "page.html")
            page.write_text(_fangzhi(*show, "--lang", language), "utf-8")
            _photograph(browser, page.as_uri(), DIFF_SIZE, FOLDER / f"diff{end}.png")
            search = f"{room}/search?q={quote(WORD)}&lang={language}"
            _photograph(browser, search, ROOM_SIZE, FOLDER / f"room{end}.png")


@contextmanager
def _room(archive: str) -> Iterator[str]:
    """Serve the reading room of an archive, and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_S
    command = [sys.executable, "-m", "fangzhi", "serve", "--archive", archive, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as room:
        try:
            while not _answers(address):
                if room.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"docs.screenshot: the reading room of {archive} does not start")
                time.sleep(0.2)
            yield address
        finally:
            room.terminate()


def _answers(address: str) -> bool:
    try:
        with urlopen(address):  # noqa: S310 - our own room
            return True
    except OSError:
        return False


def _photograph(browser: str, url: str, size: tuple[int, int], picture: Path) -> None:
    width, height = size
    options = ("--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={width},{height}")
    subprocess.run([browser, *options, f"--screenshot={picture}", url], check=True)


def _fangzhi(*arguments: str) -> str:
    command = [sys.executable, "-m", "fangzhi", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
