"""Makes the picture of the README: `python -m docs.screenshot [ARCHIVE]`, with Chromium, after `fangzhi demo`.

The picture is the diff page of the first edited article of the archive.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from crawler.download.browser import find_browser

PICTURE = Path(__file__).parent / "assets" / "diff.png"
WIDTH, HEIGHT = 760, 700
"""Size of the picture in pixels: the width of a README, and the height of the changed part of the page."""


def main() -> None:
    """Write the picture."""
    archive = sys.argv[1] if len(sys.argv) > 1 else "demo-archive"
    (edited, *_) = _fangzhi("list", "--verdict", "new-version", "--json", "--archive", archive).splitlines()
    page = _fangzhi("show", json.loads(edited)["id"], "--diff", "--format", "html", "--archive", archive)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "diff.html")
        file.write_text(page, "utf-8")
        options = ("--headless", "--no-sandbox", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}")
        browser = find_browser(sys.argv[2] if len(sys.argv) > 2 else None)
        subprocess.run([browser, *options, f"--screenshot={PICTURE}", file.as_uri()], check=True)


def _fangzhi(*arguments: str) -> str:
    command = [sys.executable, "-m", "fangzhi", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
