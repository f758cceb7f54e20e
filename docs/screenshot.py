"""Makes the pictures of the documents: `python -m docs.screenshot [ARCHIVE]`, with Chromium, after `fangzhi demo`.

`room*.png` is a search in the reading room, `diff*.png` the diff page of the first edited article of the archive, in
English and in Chinese.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from crawler.download.browser import find_browser
from tests.room import running_room

LANGUAGES = {"en": "", "zh": ".zh"}
"""Language of a picture, and what its name has before the ending."""

FOLDER = Path(__file__).parent / "assets"
DIFF_SIZE = (760, 700)
"""Size of a picture in pixels: the width of a README, and the height of the changed part of the page."""

ROOM_SIZE = (1120, 720)
"""Wide enough for the facets beside the results, and high enough for five results."""

WORD = "工作"


def main() -> None:
    """Write the pictures."""
    archive = sys.argv[1] if len(sys.argv) > 1 else "demo-archive"
    browser = find_browser(sys.argv[2] if len(sys.argv) > 2 else None)
    (edited, *_) = _fangzhi("list", "--verdict", "new-version", "--json", "--archive", archive).splitlines()
    show = ("show", json.loads(edited)["id"], "--diff", "--format", "html", "--archive", archive)
    with tempfile.TemporaryDirectory() as folder, running_room(Path(archive), workers=1) as (port, _process):
        for language, end in LANGUAGES.items():
            page = Path(folder, "page.html")
            page.write_text(_fangzhi(*show, "--lang", language), "utf-8")
            _photograph(browser, page.as_uri(), DIFF_SIZE, FOLDER / f"diff{end}.png")
            search = f"http://127.0.0.1:{port}/search?q={quote(WORD)}&lang={language}"
            _photograph(browser, search, ROOM_SIZE, FOLDER / f"room{end}.png")


def _photograph(browser: str, url: str, size: tuple[int, int], picture: Path) -> None:
    width, height = size
    options = ("--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={width},{height}")
    subprocess.run([browser, *options, f"--screenshot={picture}", url], check=True)


def _fangzhi(*arguments: str) -> str:
    command = [sys.executable, "-m", "fangzhi", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
