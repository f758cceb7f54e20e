"""From the bytes that came over the wire to the HTML they hold."""

from __future__ import annotations

from pipelines.model import Capture, File, Rejection
from pipelines.parse.decode.charset import chosen, labels, to_text
from pipelines.parse.decode.encoding import TooLarge, unpack
from pipelines.parse.decode.media import DATA_TYPE, foreign_type

__all__ = ["charsets", "decode"]


def decode(capture: Capture, charset: str | None = None, *, data: bool = False) -> str | Rejection:
    """Return the page's HTML: content-encoding taken off, characters decoded as a browser does; never raises.

    `charset` is what the recipe knows; evidence in the bytes outvotes it like any label. A stream that breaks off gives
    what came before the break. Pictures, PDF and the like are refused as `file`, or where they did not come whole as
    `too-large` and `incomplete`; JSON, XML and scripts, which list APIs answer with, as `not-an-article`, unless `data`
    lets them through; bombs as `too-large`. A status that is no success has its say in extraction first, so its media
    type is not judged here.
    """
    codings = ",".join(value for name, value in capture.headers if name.lower() == "content-encoding")
    try:
        body = unpack(capture.body, codings)
    except TooLarge as error:
        return Rejection(reason="too-large", detail=str(error))
    if capture.truncated == "length" and not capture.body:
        return Rejection(reason="too-large", detail=f"its {capture.header('content-length')} bytes were left out")
    content_type = capture.header("content-type")
    foreign = foreign_type(content_type, body) if 200 <= capture.status < 300 else None
    if foreign and DATA_TYPE.search(foreign):
        return to_text(body, content_type, charset) if data else _no_article(foreign)
    if foreign:
        return _file(capture, foreign, len(body) if codings else len(capture.body))
    return to_text(body, content_type, charset)


def charsets(capture: Capture) -> tuple[list[str], str]:
    """Return the codecs that a page is labelled with, in header and markup, and the one that it is decoded by."""
    codings = ",".join(value for name, value in capture.headers if name.lower() == "content-encoding")
    try:
        body = unpack(capture.body, codings)
    except TooLarge:
        return [], "ascii"
    content_type = capture.header("content-type")
    return labels(body, content_type), chosen(body, content_type)


def _no_article(media_type: str) -> Rejection:
    return Rejection(reason="not-an-article", detail=f"the media type is {media_type}")


def _file(capture: Capture, media_type: str, size: int) -> Rejection:
    if capture.truncated:
        reason = "too-large" if capture.truncated == "length" else "incomplete"
        return Rejection(reason=reason, detail=f"of a file of type {media_type} {size} bytes were taken")
    return Rejection(
        reason="file", detail=f"the media type is {media_type}", file=File(media_type=media_type, size=size)
    )
