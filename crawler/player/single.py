"""A page with everything that it shows in one HTML file, without scripts: it opens in any browser without network."""

from __future__ import annotations

import base64
import re
from html import escape
from urllib.parse import quote, urldefrag

from attrs import Factory, define, frozen

from crawler.player.bar import not_archived_picture
from crawler.player.document import PlayedDocument, document_of
from crawler.player.nearest import Held
from crawler.player.play import Holdings
from crawler.player.tame import tamed_html
from pipelines import __version__
from pipelines.references import SVG_TYPE, FileReference, rewrite_css, rewrite_svg, rewritten_tokens
from pipelines.times import rfc3339

MAX_FILE_CHARS = 100_000_000
"""Characters that are put into a file: browsers open larger files slowly, and pages with their pictures have below 10
million."""

MAX_DEPTH = 5
"""Stylesheets that import stylesheets, and pages within frames."""

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline' data:; font-src data:; media-src data:; "
    "frame-src data:; object-src data:; form-action 'none'; base-uri 'none'"
)
"""The policy of the file: it runs no script and requests nothing. Frames have it, too, because they are `data:`."""

_DOCTYPE = re.compile(r"\s*<!doctype[^<>]*>", re.IGNORECASE)
_SAFE_IN_DATA = "/+=:;,()!*@$&?~"


@frozen(kw_only=True)
class SingleFile:
    """The file; `missing` are the URLs that are not in it, because they are not archived or it would be too large."""

    html: str
    files: int
    missing: tuple[str, ...]


def single_file(holdings: Holdings, held: Held, digest: str, lang: str = "zh") -> SingleFile | None:
    """Return a captured page as one file with its provenance in its head; None if the capture is no page.

    `digest` is that of its payload, `lang` the language of the mark in the place of pictures that are not archived.

    Raises:
        StoreError: a record cannot be read.
    """
    document = document_of(holdings.capture(held))
    if document.html is None:
        return None
    inliner = _Inliner(holdings=holdings, held=held, mark=_data("image/svg+xml", not_archived_picture(lang)))
    page = inliner.page(document, held.final_url, 0)
    missing = tuple(inliner.missing)
    files = len({url for url, _, _ in inliner.files} - inliner.missing.keys())
    doctype = _DOCTYPE.match(page)
    at = doctype.end() if doctype else 0
    html = f"{page[:at]}\n{_provenance(held, digest, files, missing)}{page[at:]}"
    return SingleFile(html=html, files=files, missing=missing)


def _provenance(held: Held, digest: str, files: int, missing: tuple[str, ...]) -> str:
    """Return the elements of the head that say what the file is; the first `charset` of a page counts."""
    facts = (
        ("generator", f"fangzhi/{__version__}"),
        ("dcterms.source", held.final_url),
        ("fangzhi.captured", rfc3339(held.at)),
        ("fangzhi.id", held.id),
        ("fangzhi.payload-digest", digest),
        ("fangzhi.record", f"{held.location.file} {held.location.offset}"),
        *([("fangzhi.rendered-by", held.rendered)] if held.rendered else []),
        ("fangzhi.files", str(files)),
        *(("fangzhi.missing", url) for url in missing),
    )
    lines = (f'<meta name="{name}" content="{escape(value)}">' for name, value in facts)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
    return "\n".join(('<meta charset="utf-8">', policy, *lines, ""))


@define(kw_only=True)
class _Inliner:
    """Puts the files of a page into it, as `data:` addresses.

    `files` are these addresses by URL, whether it is asked for as a stylesheet, and the encoding of what asks for it.
    """

    holdings: Holdings
    held: Held
    mark: str
    chars: int = 0
    files: dict[tuple[str, bool, str], str | None] = Factory(dict)
    missing: dict[str, None] = Factory(dict)
    links: set[str] = Factory(set)

    def page(self, document: PlayedDocument, url: str, depth: int) -> str:
        """Return the HTML of a page with its files in it; links lead to the live site."""

        def replace(reference: FileReference) -> str | None:
            if reference.kind == "link":
                self.links.add(reference.url)
                return reference.url
            return "data:," if reference.kind == "script" else self.address(reference, document.encoding, depth)

        found = rewritten_tokens(document.html or "", url, replace, document.encoding)
        return tamed_html(found, lambda address: urldefrag(address).url in self.links)

    def address(self, reference: FileReference, encoding: str, depth: int) -> str:
        """Return the address of a file, as data; a mark if it is a picture that is not archived."""
        key = (reference.url, reference.kind == "stylesheet", encoding)
        if key not in self.files:
            self.files[key] = "data:,"  # for a stylesheet that imports itself
            self.files[key] = self._made(reference, encoding, depth)
        made = self.files[key]
        if made is None or self.chars + len(made) > MAX_FILE_CHARS:
            self.missing[reference.url] = None
            made = self.mark if reference.kind == "picture" else "data:,"
        self.chars += len(made)
        self.links.add(made)
        return made

    def _made(self, reference: FileReference, encoding: str, depth: int) -> str | None:
        held = self.holdings.locate(reference.url, self.held.at)
        if held is None or not held.ok or depth >= MAX_DEPTH:
            return None
        is_style = reference.kind == "stylesheet"
        document = document_of(self.holdings.capture(held), encoding if is_style else "")
        if is_style:
            return None if document.css is None else self._style(document, held.final_url, depth)
        if reference.kind == "frame" and document.html is not None:
            page = f'<meta charset="utf-8">{self.page(document, held.final_url, depth + 1)}'
            return _data("text/html", page.encode("utf-8", "replace"))
        if document.media_type == SVG_TYPE:
            return _data(SVG_TYPE, self._svg(document, held.final_url, depth))
        return _data(document.media_type or "application/octet-stream", document.body)

    def _svg(self, document: PlayedDocument, url: str, depth: int) -> bytes:
        def replace(reference: FileReference) -> str:
            return self.address(reference, document.encoding, depth + 1)

        return rewrite_svg(document.body.decode("utf-8", "replace"), url, replace).encode()

    def _style(self, document: PlayedDocument, url: str, depth: int) -> str:
        def replace(reference: FileReference) -> str:
            return self.address(reference, document.encoding, depth + 1)

        css = rewrite_css(document.css or "", url, replace, document.encoding)
        return f"data:text/css;charset=utf-8,{quote(css, safe=_SAFE_IN_DATA, errors='replace')}"


def _data(media_type: str, body: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(body).decode()}"
