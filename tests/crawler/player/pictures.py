"""Pictures of pages in Chromium, and how much two of them differ."""

from __future__ import annotations

import base64
from typing import Any

COMPARE = """
async ([one, other]) => {
  const read = async text => {
    const picture = new Image();
    picture.src = "data:image/png;base64," + text;
    await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0);
    return context.getImageData(0, 0, picture.width, picture.height);
  };
  const [a, b] = [await read(one), await read(other)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  let differ = 0;
  for (let at = 0; at < a.data.length; at += 4)
    differ += [0, 1, 2].some(channel => Math.abs(a.data[at + channel] - b.data[at + channel]) > 8);
  return differ / (a.width * a.height);
}
"""


def picture_of(page: Any, url: str) -> bytes:
    """Open a URL and return a picture of the whole page once it requests nothing more."""
    page.goto(url, wait_until="load")
    page.wait_for_load_state("networkidle")
    made: bytes = page.screenshot(full_page=True)
    return made


def difference(page: Any, one: bytes, other: bytes) -> float:
    """Return the share of the pixels that differ; 1 if the sizes differ."""
    page.goto("about:blank")
    share: float = page.evaluate(COMPARE, [base64.b64encode(each).decode() for each in (one, other)])
    return share
