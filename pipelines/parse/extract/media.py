"""Finds the images and the attached files of an article, with absolute URLs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from pipelines.masking import without_credentials
from pipelines.model import Attachment, Image
from pipelines.parse.extract.spaces import normalise_space
from pipelines.parse.extract.tree import count_hanzi, first_texts, text_of
from pipelines.text.script import simplified_copy

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
"""Media types of attached files by file extension, in lower case."""

_EXTENSION = re.compile(rf"\.({'|'.join(MEDIA_TYPES)})(?:$|[&?#])", re.IGNORECASE)
_FILE_NAME = re.compile(rf"\.({'|'.join(MEDIA_TYPES)})[\s）)】]*$", re.IGNORECASE)
_FILE_WORDS = ("down", "attach", "file", "annex")
_FILE_END = re.compile(rf"\.(?:{'|'.join(MEDIA_TYPES)})(?:$|[&?#\n])")
_MAY_BE_FILE = re.compile(f"{'|'.join(_FILE_WORDS)}|{_FILE_END.pattern}")
"""What the URLs of files have, in lower case; of other URLs, few have it."""

_LINKS = etree.XPath("descendant::a[@href]")
_ADDRESSES = etree.XPath("descendant::a/@href", smart_strings=False)
"""The links of a page, and their addresses in the same order, each read in one step instead of one a link."""

_ATTACHMENT_ADDRESS = re.compile(
    r"/(?:\w*down(?:load)?\w*|\w*files?\w*|\w*attach\w*|annex\w*)(?:[./?]|$)", re.IGNORECASE
)
"""Paths of downloads without the name of a file: /down, /api-gateway/file/7f3a9c."""

_PAGE_ADDRESS = re.compile(r"\.(?:s?html?|php)(?:$|[?#])|/$", re.IGNORECASE)
_DOWNLOAD_WORDS = re.compile(r"^(?:点击|附件|下载|查看|此处|这里|打开)+$")
_DOWNLOAD_URL = re.compile(r"downfile|/download|attach", re.IGNORECASE)
_IMAGE_ATTRIBUTES = (
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
"""Attributes with the URL of an image: for lazy loading, then `src`; TRS's `oldsrc` is the name before publishing."""

_ORNAMENT_NAMES = (
    "icon|ico|logo|blank|space|spacer|loading|lazy|placeholder|share|qrcode|qr|ewm|erweima|arrow|dot|bullet"
    "|weixin|wechat|weibo"
)
_ORNAMENT = re.compile(
    rf"""(?:^|[/_.-])(?:{_ORNAMENT_NAMES})(?:[\d_-][\w-]*)?\.(?:gif|png|jpe?g|svg|webp)  # the name of the file
    | ^data: | /emoji | /icons?/ | filetypeimages/                                   # the start or a folder
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""URLs of images that are not part of the article: icons, placeholders, QR codes."""

_QR_CODE = re.compile(r"二维码|扫一扫|扫码|分享到|微信公众号")
_CAPTION_START = re.compile(r"^\s*(?:[▲△▼↑]|图为|图[①-⑨\d]?[:：])")
_ATTACHMENT_LABEL = re.compile(r"\W*(?:相关|本文)?附件")

MAX_LIST_DEPTH = 4
"""Elements around a link that may have the label 附件: its item or paragraph, the list, and one or two boxes."""

MAX_LABEL_TEXTS = 20
"""Texts of an element that are searched for a label or a caption: both are close to their link or image."""

MIN_ALT_HANZI = 4
"""Chinese characters from which an alt text is a caption: shorter ones are words such as 图片."""

MAX_CAPTION_CHARS = 200
"""Characters of the longest caption: three sentences and the name of the photographer."""

MIN_IMAGE_PIXELS = 60
"""Minimum width and height of an image, in pixels: an image that declares less is an icon."""


def images(elements: Iterable[HtmlElement], base: str) -> tuple[Image, ...]:
    """Return the images in these elements, each once, without icons; the caption is the figcaption or the alt text."""
    found: dict[str, Image] = {}
    for root in elements:
        for element in root.iter("img"):
            address = next(filter(None, (_image_address(element, name) for name in _IMAGE_ATTRIBUTES)), "")
            url = absolute_url(address, base)
            if url and url not in found and not _is_icon(element):
                found[url] = Image(url=url, caption=_caption(element))
    return tuple(found.values())


def attachments(elements: Iterable[HtmlElement], page: HtmlElement | None, base: str) -> tuple[Attachment, ...]:
    """Return the files that the body links, each once, then those that the page lists outside the body as 附件.

    A link leads to a file if its address has the extension of one or is that of a download, if its text or its
    attribute `download` is the name of a file, or if 附件 is before it and its address looks like one for files.
    """
    found: dict[str, Attachment] = {}
    body_links = {link: None for root in elements for link in root.iter("a")}
    in_body = [link for link in body_links if _is_named(link) or _MAY_BE_FILE.search((link.get("href") or "").lower())]
    for link in (*in_body, *(_links_to_files(page) if page is not None else ())):
        url = absolute_url(link.get("href") or "", base)
        media_type = _linked_type(link, url) if url and url not in found else None
        if media_type is not None and (link in body_links or _is_listed(link)):
            found[url] = Attachment(url=url, title=_file_title(link, url), media_type=media_type or None)
    return tuple(found.values())


def _links_to_files(page: HtmlElement) -> list[HtmlElement]:
    """Return the links whose address may be that of a file; one search in all addresses is enough for most pages."""
    addresses: Any = _ADDRESSES(page)
    together = "\n".join(addresses).lower()
    if not (any(word in together for word in _FILE_WORDS) or _FILE_END.search(together)):
        return []
    links: Any = _LINKS(page)
    pairs = zip(links, addresses, strict=True)
    return [link for link, address in pairs if _MAY_BE_FILE.search(address.lower().replace("\n", " "))]


def _is_named(link: HtmlElement) -> bool:
    """Return whether the text of a link, or its attribute for the name, is the name of a file."""
    return link.get("download") is not None or bool(_FILE_NAME.search(text_of(link)))


def _linked_type(link: HtmlElement, url: str) -> str | None:
    """Return the media type of the file that a link leads to, an empty string if it is unknown, None for a page."""
    by_address = file_type(url)
    if by_address:
        return by_address
    names = (link.text_content().strip(), link.get("title") or "", link.get("download") or "")
    name = next(filter(None, map(_FILE_NAME.search, names)), None)
    if name and not _PAGE_ADDRESS.search(url):
        return MEDIA_TYPES[name[1].lower()]
    if by_address is None and (link.get("download") is not None or _ATTACHMENT_ADDRESS.search(urlsplit(url).path)):
        is_file = link.get("download") is not None or _is_labelled(link)
        return "" if is_file and not _PAGE_ADDRESS.search(url) else None
    return by_address


def _is_labelled(link: HtmlElement) -> bool:
    """Return whether 附件 is in a link or in the text directly before it."""
    parent = link.getparent()
    previous = link.getprevious()
    before = (previous.tail if previous is not None else parent.text if parent is not None else "") or ""
    return "附件" in link.text_content() or "附件" in before


def _file_title(link: HtmlElement, url: str) -> str:
    """Return the title of a linked file: the link's text unless it only says download, its title, or the file name."""
    names = (
        normalise_space(link.text_content()),
        normalise_space(link.get("title") or ""),
        normalise_space(link.get("download") or ""),
        _name_in_query(url),
        decode_name(urlsplit(url).path.rpartition("/")[2]),
    )
    return next((name for name in names if name and not _DOWNLOAD_WORDS.match(name)), names[0] or names[-1])


def _name_in_query(url: str) -> str:
    """Return the value of a query that is the name of a file."""
    values = (decode_name(pair.partition("=")[2].replace("+", " ")) for pair in urlsplit(url).query.split("&"))
    return next((value for value in values if _FILE_NAME.search(value) and count_hanzi(value)), "")


def decode_name(text: str) -> str:
    """Return a file name from a URL, whose percent-encoded bytes are UTF-8 or GBK.

    >>> decode_name("%E9%99%84%E4%BB%B6.doc"), decode_name("%B8%BD%BC%FE.doc")
    ('附件.doc', '附件.doc')
    """
    octets = unquote_to_bytes(text)
    for encoding in ("utf-8", "gb18030"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return text


def file_type(url: str) -> str | None:
    """Return the media type of a linked file by its extension, an empty string for an unknown download, else None.

    >>> file_type("http://example.gov.cn/module/download/downfile.jsp?filename=1.docx")[-8:]
    'document'
    """
    parts = urlsplit(url)
    extension = _EXTENSION.search(parts.path) or _EXTENSION.search(parts.query)
    if extension:
        return MEDIA_TYPES[extension[1].lower()]
    return "" if _DOWNLOAD_URL.search(parts.path) and parts.query else None


def absolute_url(address: str, base: str) -> str:
    """Return the absolute HTTP URL of an address, or an empty string for an address of another kind."""
    try:
        url = without_credentials(urljoin(base, address.strip()))
        return url if address.strip() and urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _is_listed(link: HtmlElement) -> bool:
    """Return whether 附件 is next to a link, or at the beginning of the list that contains the link."""
    texts = ["".join(first_texts(element, MAX_LABEL_TEXTS)) for element in islice(link.iterancestors(), MAX_LIST_DEPTH)]
    nearest = "".join(texts[:1]) + (link.get("title") or "")
    return "附件" in nearest or any(_ATTACHMENT_LABEL.match(text) for text in texts[1:])


def _image_address(element: HtmlElement, name: str) -> str:
    """Return the address in an attribute unless it is an ornament's: each attribute may hold that of a placeholder."""
    address = (element.get(name) or "").strip()
    return address if address and not _ORNAMENT.search(address) else ""


def _is_icon(element: HtmlElement) -> bool:
    if _QR_CODE.search(simplified_copy(f"{element.get('alt') or ''}{element.get('title') or ''}")):
        return True
    sizes = [re.match(r"\d+", element.get(name) or "") for name in ("width", "height")]
    return any(size and int(size[0]) < MIN_IMAGE_PIXELS for size in sizes)


def _caption(element: HtmlElement) -> str | None:
    figure = next(element.iterancestors("figure"), None)
    figcaption = figure.find(".//figcaption") if figure is not None else None
    if figcaption is not None:
        return normalise_space(figcaption.text_content()) or None
    text = normalise_space(element.get("alt") or element.get("title") or "")
    return text if count_hanzi(text) >= MIN_ALT_HANZI else _caption_below(element)


def _caption_below(element: HtmlElement) -> str | None:
    """Return the paragraph after the one with the image if it begins as captions do, with ▲ or 图为."""
    block = next(element.iterancestors("p", "div", "center"), None)
    below = block.getnext() if block is not None else None
    text = (
        normalise_space("".join(first_texts(below, MAX_LABEL_TEXTS)))
        if below is not None and isinstance(below.tag, str)
        else ""
    )
    return text if _CAPTION_START.match(text) and len(text) <= MAX_CAPTION_CHARS else None
