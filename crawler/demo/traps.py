"""Answers other than the requested page (redirect, 404, soft 404, challenge) and wrong Content-Type headers."""

from __future__ import annotations

import zlib

from crawler.demo import markup
from crawler.demo.model import HttpAnswer

REJECTION_REASONS = {
    "gone": "http-error",
    "soft-404": "soft-404",
    "challenge-521": "challenge",
    "challenge-412": "challenge",
    "challenge-200": "challenge",
    "image-only": "image-only",
    "robots": "robots",
    "off-site": "off-site",
}
"""Rejection reason of a page by its trap, for traps whose page is not accepted as an article."""

CONTENT_TYPES = {
    ("yunzhou", "latin1-label"): "text/html; charset=ISO-8859-1",
    ("huawu", "latin1-label"): "text/html; charset=iso-8859-1",
    ("huawu", "gb2312-label"): "text/html; charset=gb2312",
    ("huawu", "utf8-label"): "text/html",
}
"""Content-Type by portal and trap, where it does not name the encoding of the body."""

REASON_PHRASES = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    404: "Not Found",
    412: "Precondition Failed",
    521: "",
}


def html_answer(status: int, text: str, charset: str = "utf-8", *more: tuple[str, str]) -> HttpAnswer:
    """Return an HTML answer with the headers of a plain server and those in `more`."""
    headers = (("Server", "nginx"), ("Content-Type", f"text/html; charset={charset}"), *more)
    return HttpAnswer(status=status, reason=REASON_PHRASES[status], headers=headers, body=text.encode(charset))


def not_found(charset: str) -> HttpAnswer:
    """Return a 404 page."""
    return html_answer(404, markup.fill("error404.html", charset=charset), charset)


def soft_not_found(charset: str) -> HttpAnswer:
    """Return a soft 404: a page of less than 2,000 bytes with status 200 that says that the page does not exist."""
    return html_answer(200, markup.fill("soft404.html", charset=charset), charset)


def moved(trap: str, path: str, base: str) -> HttpAnswer:
    """Return the answer of the old address of an article, by trap: meta refresh, or a redirect with 301 or 302."""
    return meta_refresh(path) if trap == "meta-refresh" else redirect(int(trap.removeprefix("moved-")), base + path)


def redirect(status: int, location: str) -> HttpAnswer:
    """Return a redirect with the body that nginx sends."""
    text = f"<html>\r\n<head><title>{status} {REASON_PHRASES[status]}</title></head>\r\n<body>\r\n<center><h1>{status} "
    text += f"{REASON_PHRASES[status]}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    return html_answer(status, text, "utf-8", ("Location", location))


def meta_refresh(target: str) -> HttpAnswer:
    """Return a page that redirects browsers by meta refresh."""
    return html_answer(200, markup.fill("refresh.html", target=target))


def challenge(trap: str, serial: int) -> HttpAnswer:
    """Return the challenge page of a firewall: stage 1 of 加速乐 with status 521, or 瑞数 with 412 or 200."""
    token = f"{zlib.crc32(str(serial).encode()):08x}"
    if trap == "challenge-521":
        text = markup.fill("challenge_jsl.html", token=token)
        cookie = f"__jsluid_h={token * 4}; max-age=31536000; path=/; HttpOnly"
        return html_answer(521, text, "utf-8", ("Set-Cookie", cookie), ("X-Via-JSL", f"{token[:7]},-"))
    text = markup.fill("challenge_ts.html", token=token, number=serial)
    return html_answer(
        412 if trap == "challenge-412" else 200, text, "utf-8", ("Set-Cookie", f"gfk{token}S=60{token * 6}; Path=/")
    )
