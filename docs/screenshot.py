"""Makes the pictures of the READMEs: `python -m docs.screenshot [ARCHIVE]`, with Chromium, after `fangzhi demo`.

They are the diff page of the first edited article of the archive, in English and in Chinese.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from crawler.download.browser import find_browser

PICTURES = {"en": "diff.png", "zh": "diff.zh.png"}
FOLDER = Path(__file__).parent / "assets"
WIDTH, HEIGHT = 760, 700
"""Size of the picture in pixels: the width of a README, and the height of the changed part of the page."""


def main() -> None:
    """Write the pictures."""
    archive = sys.argv[1] if len(sys.argv) > 1 else "demo-archive"
    browser = find_browser(sys.argv[2] if len(sys.argv) > 2 else None)
    (edited, *_) = _fangzhi("list", "--verdict", "new-version", "--json", "--archive", archive).splitlines()
    show = ("show", json.loads(edited)["id"], "--diff", "--format", "html", "--archive", archive)
    for language, name in PICTURES.items():
        _photograph(browser, _fangzhi(*show, "--lang", language), FOLDER / name)


def _photograph(browser: str, html: str, picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(html, "utf-8")
        options = ("--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}")
        subprocess.run([browser, *options, f"--screenshot={picture}", page.as_uri()], check=True)


def _fangzhi(*arguments: str) -> str:
    command = [sys.executable, "-m", "fangzhi", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
