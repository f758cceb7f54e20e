"""The pictures and files of an article, with absolute addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.model import Attachment, Image
from pipelines.parse.extract.lines import tidy
from pipelines.parse.extract.tree import hanzi

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "wps": "application/vnd.ms-works",
    "et": "application/octet-stream",
    "ofd": "application/ofd",
    "ceb": "application/octet-stream",
    "rtf": "application/rtf",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
}
_ENDING = re.compile(rf"\.({'|'.join(MEDIA_TYPES)})(?:$|[&?#])", re.IGNORECASE)
_FILE = re.compile(rf"\.(?:{'|'.join(MEDIA_TYPES)})(?:$|[&?#\s])|downfile|/download|attach")
"""What an address of a file has, in lower case."""

_VERB = re.compile(r"^(?:点击|附件|下载|查看|此处|这里|打开)+$")
_DOWNLOAD = re.compile(r"downfile|/download|attach", re.IGNORECASE)
_SOURCES = (
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-lazyload",
    "data-echo",
    "data-url",
    "lay-src",
    "original",
    "src",
    "oldsrc",
)
"""Where lazy loading keeps a picture's address, then the standard; TRS's oldsrc is the name before publishing."""

_ORNAMENT = re.compile(
    r"(?:^|[/_.-])(?:icon|ico|logo|blank|space|spacer|loading|lazy|placeholder|share|qrcode|qr|ewm|erweima|arrow|dot|bullet"
    r"|weixin|wechat|weibo)(?:[\d_-][\w-]*)?\.(?:gif|png|jpe?g|svg|webp)|^data:|/emoji|/icons?/|filetypeimages/",
    re.IGNORECASE,
)
_CODE = re.compile(r"二维码|二維碼|扫一扫|扫码|分享到|微信公众号")
_UNDER = re.compile(r"^\s*(?:[▲△▼↑]|图为|图[①-⑨\d]?[:：])")

_LABEL = re.compile(r"\W*(?:相关|本文)?附件")

LIST_DEPTH = 4
"""Elements around a link in a list of files: its item or paragraph, the list, and one or two boxes with the label."""

LONGEST_CAPTION = 200
"""Characters of the longest caption: three sentences and the photographer."""

SMALLEST = 60
"""Pixels: what declares less in width or height is an icon."""


def images(elements: Iterable[HtmlElement], base: str) -> tuple[Image, ...]:
    """Return the pictures in these elements, each once, without icons; a caption from figcaption, else the alt text."""
    found: dict[str, Image] = {}
    for root in elements:
        for element in root.iter("img"):
            address = next(filter(None, (_address(element, name) for name in _SOURCES)), "")
            url = absolute(address, base)
            if url and url not in found and not _is_icon(element):
                found[url] = Image(url=url, caption=_caption(element))
    return tuple(found.values())


def attachments(elements: Iterable[HtmlElement], page: HtmlElement | None, base: str) -> tuple[Attachment, ...]:
    """Return the files that the body links, each once, then those that the page lists outside of it as 附件."""
    found: dict[str, Attachment] = {}
    inside = [link for root in elements for link in root.iter("a")]
    links = [*inside, *(page.iter("a") if page is not None else ())]
    addresses = [(link.get("href") or "").lower() for link in links]
    if not _FILE.search("\n".join(addresses)):  # most pages: one search instead of one a link
        return ()
    for number, (link, address) in enumerate(zip(links, addresses, strict=True)):
        if _FILE.search(address):
            url = absolute(link.get("href", ""), base)
            kind = file_type(url) if url else None
            if kind is not None and url not in found and (number < len(inside) or _is_listed(link)):
                found[url] = Attachment(url=url, title=_link_title(link, url), media_type=kind or None)
    return tuple(found.values())


def _link_title(link: HtmlElement, url: str) -> str:
    """Return what a link calls its file: its text unless that only says download, its title, or the file's name."""
    named = (tidy(link.text_content()), tidy(link.get("title") or ""), unquote(urlsplit(url).path.rpartition("/")[2]))
    return next((name for name in named if name and not _VERB.match(name)), named[0] or named[2])


def file_type(url: str) -> str | None:
    """Return the media type of a linked file by its ending, an empty string for a download of unknown type, else None.

    >>> file_type("http://example.gov.cn/module/download/downfile.jsp?filename=1.docx")[-8:]
    'document'
    """
    parts = urlsplit(url)
    ending = _ENDING.search(parts.path) or _ENDING.search(parts.query)
    if ending:
        return MEDIA_TYPES[ending[1].lower()]
    return "" if _DOWNLOAD.search(parts.path) and parts.query else None


def absolute(address: str, base: str) -> str:
    """Return an http address in full, or an empty string for what is none."""
    try:
        url = urljoin(base, address.strip())
        return url if address.strip() and urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _is_listed(link: HtmlElement) -> bool:
    """Tell whether 附件 stands beside a link, or over the list that it is in."""
    around = ["".join(islice_text(element)) for element in islice(link.iterancestors(), LIST_DEPTH)]
    beside = "".join(around[:1]) + (link.get("title") or "")
    return "附件" in beside or any(_LABEL.match(text) for text in around[1:])


def islice_text(element: HtmlElement) -> Iterator[str]:
    """Yield an element's texts, at most its first twenty: an attachment's label stands close to its link."""
    for number, text in enumerate(element.itertext()):
        if number == 20:
            return
        yield str(text)


def _address(element: HtmlElement, name: str) -> str:
    """Return an attribute's address unless it is that of an ornament: a placeholder may stand in any of them."""
    address = (element.get(name) or "").strip()
    return address if address and not _ORNAMENT.search(address) else ""


def _is_icon(element: HtmlElement) -> bool:
    if _CODE.search(f"{element.get('alt') or ''}{element.get('title') or ''}"):
        return True
    sizes = [re.match(r"\d+", element.get(name) or "") for name in ("width", "height")]
    return any(size and int(size[0]) < SMALLEST for size in sizes)


def _caption(element: HtmlElement) -> str | None:
    figure = next(element.iterancestors("figure"), None)
    named = figure.find(".//figcaption") if figure is not None else None
    if named is not None:
        return tidy(named.text_content()) or None
    text = tidy(element.get("alt") or element.get("title") or "")
    return text if hanzi(text) >= 4 else _caption_below(element)


def _caption_below(element: HtmlElement) -> str | None:
    """Return the paragraph under a picture's own if it opens as captions do, with ▲ or 图为."""
    block = next(element.iterancestors("p", "div", "center"), None)
    below = block.getnext() if block is not None else None
    text = tidy("".join(islice_text(below))) if below is not None and isinstance(below.tag, str) else ""
    return text if _UNDER.match(text) and len(text) <= LONGEST_CAPTION else None
