"""Decodes the bytes of a response to the HTML of a page."""

from __future__ import annotations

from pipelines.model import Capture, File, Rejection
from pipelines.parse.decode.charset import choose_codec, decode_text, labelled_codecs
from pipelines.parse.decode.encoding import TooLarge, unpack
from pipelines.parse.decode.file_names import file_name
from pipelines.parse.decode.media import DATA_TYPE, foreign_type

__all__ = ["charsets", "decode"]

MAX_TEXT_BYTES = 16 << 20
"""Bytes of the largest page, unpacked, that is decoded: the largest page of any survey has 5 MB."""


def decode(capture: Capture, charset: str | None = None, *, data: bool = False) -> str | Rejection:
    """Return the page's HTML, without its content-encoding and with characters decoded as in a browser; never raises.

    `charset` is the recipe's; evidence in the bytes outvotes it, like any other label. A stream that breaks off gives
    the content before the break. These are rejected:

    - images, PDF and other files as `file`, or as `too-large` or `incomplete` if a part of the file is missing;
    - JSON, XML and scripts, the responses of list APIs, as `not-an-article`, unless `data` is set;
    - decompression bombs as `too-large`.

    The media type of a response whose status is not a success is not checked, because extraction checks the status
    first.
    """
    codings = ",".join(value for name, value in capture.headers if name.lower() == "content-encoding")
    try:
        body = unpack(capture.body, codings)
    except TooLarge as error:
        return Rejection(reason="too-large", detail=str(error))
    if capture.truncated == "length" and not capture.body:
        return Rejection(reason="too-large", detail=f"its {capture.header('content-length')} bytes were left out")
    content_type = capture.header("content-type")
    media_type = foreign_type(content_type, body) if 200 <= capture.status < 300 else None
    if len(body) > MAX_TEXT_BYTES and (media_type is None or DATA_TYPE.search(media_type)):
        return Rejection(reason="too-large", detail=f"the page has {len(body)} bytes")
    if media_type and DATA_TYPE.search(media_type):
        return decode_text(body, content_type, charset) if data else _not_an_article(media_type)
    if media_type:
        return _file(capture, media_type, len(body) if codings else len(capture.body))
    return decode_text(body, content_type, charset)


def charsets(capture: Capture) -> tuple[list[str], str]:
    """Return the codecs with which a page is labelled in header and markup, and the codec with which it is decoded."""
    codings = ",".join(value for name, value in capture.headers if name.lower() == "content-encoding")
    try:
        body = unpack(capture.body, codings)
    except TooLarge:
        return [], "ascii"
    content_type = capture.header("content-type")
    return labelled_codecs(body, content_type), choose_codec(body, content_type)


def _not_an_article(media_type: str) -> Rejection:
    return Rejection(reason="not-an-article", detail=f"the media type is {media_type}")


def _file(capture: Capture, media_type: str, size: int) -> Rejection:
    if capture.truncated:
        reason = "too-large" if capture.truncated == "length" else "incomplete"
        return Rejection(reason=reason, detail=f"of a file of type {media_type} {size} bytes were taken")
    file = File(media_type=media_type, size=size, name=file_name(capture.header("content-disposition")))
    return Rejection(reason="file", detail=f"the media type is {media_type}", file=file)
