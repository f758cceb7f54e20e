"""Finds and rewrites the pictures that an SVG picture refers to: browsers load them if `object` or `embed` shows it.

SVG is XML: names have upper and lower case, so that only the addresses are replaced and the tags are kept as they are.
"""

from __future__ import annotations

import re
from html import escape, unescape

from pipelines.references.css import rewrite_css
from pipelines.references.reference import FileReference, Replace, resolve

SVG_TYPE = "image/svg+xml"

_TAG = re.compile(r"<(?:\w+:)?(image|use|feImage)[\t\n\r ][^<>]*>", re.ASCII)
_STYLE = re.compile(
    r"(<(?:\w+:)?style(?:[\t\n\r ][^<>]*)?>\s*(?:<!\[CDATA\[)?)(.*?)((?:\]\]>\s*)?</(?:\w+:)?style>)",
    re.ASCII | re.DOTALL,
)
_ADDRESS = re.compile(r"""([\t\n\r ](?:\w+:)?href[\t\n\r ]*=[\t\n\r ]*)(?:"([^"]*)"|'([^']*)')""", re.ASCII)


def find_svg(svg: str, url: str) -> tuple[FileReference, ...]:
    """Return the pictures and style sheets that an SVG picture with an address refers to, each once.

    >>> [each.url for each in find_svg('<svg><image href="b.png"/><use href="#c"/></svg>', "http://a.example.cn/a.svg")]
    ['http://a.example.cn/b.png']
    """
    found: dict[str, FileReference] = {}

    def collect(reference: FileReference) -> None:
        found.setdefault(reference.url, reference)

    rewrite_svg(svg, url, collect)
    return tuple(found.values())


def rewrite_svg(svg: str, url: str, replace: Replace) -> str:
    """Return an SVG picture with its references replaced; everything else stays as it is."""

    def in_tag(tag: re.Match[str]) -> str:
        return _ADDRESS.sub(lambda found: _rewritten(found, f"{tag[1]} href", url, replace), tag[0])

    def in_style(style: re.Match[str]) -> str:
        return style[1] + rewrite_css(style[2], url, replace) + style[3]

    return _STYLE.sub(in_style, _TAG.sub(in_tag, svg))


def _rewritten(found: re.Match[str], where: str, url: str, replace: Replace) -> str:
    resolved = resolve(unescape(found[2] or found[3] or ""), url, "utf-8")
    new = replace(FileReference(url=resolved[0], kind="picture", where=where)) if resolved else None
    return f'{found[1]}"{escape(new + resolved[1])}"' if resolved and new is not None else found[0]
