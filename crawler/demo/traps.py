"""Answers that are not the page one asked for: moved, gone, blocked, said to be gone, mislabelled."""

from __future__ import annotations

import zlib

from crawler.demo import markup
from crawler.demo.model import Answer

Headers = tuple[tuple[str, str], ...]

KINDS = {
    "gone": "http-error",
    "soft-404": "soft-404",
    "challenge-521": "challenge",
    "challenge-412": "challenge",
    "challenge-200": "challenge",
    "image-only": "image-only",
    "robots": "robots",
    "off-site": "off-site",
}
"""What comes of a page with this trap, where that is not an article."""

LABELS = {
    ("yunzhou", "latin1-label"): "text/html; charset=ISO-8859-1",
    ("huawu", "latin1-label"): "text/html; charset=iso-8859-1",
    ("huawu", "gb2312-label"): "text/html; charset=gb2312",
    ("huawu", "utf8-label"): "text/html",
}
"""Content-Type where it says something else than the body's encoding."""

REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 404: "Not Found", 412: "Precondition Failed", 521: ""}


def page(status: int, text: str, charset: str = "utf-8", *more: tuple[str, str]) -> Answer:
    """Return an HTML answer as it leaves a plain server."""
    headers = (("Server", "nginx"), ("Content-Type", f"text/html; charset={charset}"), *more)
    return Answer(status=status, reason=REASONS[status], headers=headers, body=text.encode(charset))


def not_found(charset: str) -> Answer:
    """Return a portal's 404."""
    return page(404, markup.fill("error404.html", charset=charset), charset)


def soft_not_found(charset: str) -> Answer:
    """Return a page of under 2,000 bytes that says with status 200 that there is none."""
    return page(200, markup.fill("soft404.html", charset=charset), charset)


def moved(status: int, location: str) -> Answer:
    """Return a redirect with nginx's body."""
    text = f"<html>\r\n<head><title>{status} {REASONS[status]}</title></head>\r\n<body>\r\n<center><h1>{status} "
    text += f"{REASONS[status]}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    return page(status, text, "utf-8", ("Location", location))


def refresh(target: str) -> Answer:
    """Return a page that sends browsers on with meta refresh."""
    return page(200, markup.fill("refresh.html", target=target))


def challenge(trap: str, serial: int) -> Answer:
    """Return the page of a guard before the site: 加速乐 stage 1 with 521, or 瑞数 with 412 or 200."""
    token = f"{zlib.crc32(str(serial).encode()):08x}"
    if trap == "challenge-521":
        text = markup.fill("challenge_jsl.html", token=token)
        cookie = f"__jsluid_h={token * 4}; max-age=31536000; path=/; HttpOnly"
        return page(521, text, "utf-8", ("Set-Cookie", cookie), ("X-Via-JSL", f"{token[:7]},-"))
    text = markup.fill("challenge_ts.html", token=token, number=serial)
    return page(
        412 if trap == "challenge-412" else 200, text, "utf-8", ("Set-Cookie", f"gfk{token}S=60{token * 6}; Path=/")
    )
