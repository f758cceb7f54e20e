"""The attributes of HTML and SVG whose values are addresses, with the kind of file that each refers to."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.references.reference import ReferenceKind

ADDRESSES: Mapping[str, Mapping[str, ReferenceKind]] = {
    "a": {"href": "link", "xlink:href": "link"},
    "area": {"href": "link"},
    "audio": {"src": "media"},
    "embed": {"src": "media"},
    "feimage": {"href": "picture", "xlink:href": "picture"},
    "frame": {"src": "frame"},
    "iframe": {"src": "frame"},
    "image": {"href": "picture", "xlink:href": "picture", "src": "picture"},
    "img": {"src": "picture"},
    "object": {"data": "media"},
    "script": {"src": "script", "href": "script", "xlink:href": "script"},
    "source": {"src": "media"},
    "track": {"src": "media"},
    "use": {"href": "picture", "xlink:href": "picture"},
    "video": {"src": "media", "poster": "picture"},
}
"""Addresses by element and attribute. Browsers make `img` of `image` outside SVG."""

LAZY = (
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-lazyload",
    "data-lazy",
    "data-echo",
    "data-url",
    "data-original-src",
    "lay-src",
    "original",
    "file",
    "zoomfile",
    "_src",
)
"""Attributes of `img` from which scripts load the picture once it is in view, the likeliest first.

`file` and `zoomfile` are those of Discuz, `_src` that of UEditor, `lay-src` that of layui.
"""

LAZY_BACKGROUNDS = ("data-bg", "data-background", "data-background-image")
"""Attributes of any element from which scripts load its background."""

SETS: Mapping[str, tuple[str, ...]] = {
    "img": ("srcset", "data-srcset", "data-lazy-srcset"),
    "source": ("srcset", "data-srcset", "data-lazy-srcset"),
    "link": ("imagesrcset",),
}
"""Attributes with addresses of one picture in several sizes."""

LAZY_FRAMES = ("data-src",)
"""Attributes of `iframe` from which scripts load the frame."""

BACKGROUNDS = frozenset({"body", "table", "thead", "tbody", "tfoot", "tr", "td", "th"})
"""Elements with the attribute `background`."""

STYLES = (
    "style",
    "fill",
    "stroke",
    "filter",
    "mask",
    "clip-path",
    "marker-start",
    "marker-mid",
    "marker-end",
    "cursor",
)
"""Attributes whose values are CSS; all but `style` are those of SVG."""

REFERRING = frozenset(
    {
        *(name for names in (*ADDRESSES.values(), *SETS.values()) for name in names),
        *(*STYLES, *LAZY, *LAZY_FRAMES, *LAZY_BACKGROUNDS, "background", "content", "srcdoc"),
    }
)
"""All attributes whose values can refer to something, on whatever element; those of `link` and `input` are among them,
`href` and `src`."""

ICONS = frozenset({"icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon"})

PRELOADS: Mapping[str, ReferenceKind] = {
    "style": "stylesheet",
    "script": "script",
    "font": "font",
    "image": "picture",
    "audio": "media",
    "video": "media",
    "track": "media",
}
"""Kinds of `<link rel=preload>` by its attribute `as`."""


def kind_of_link(attributes: Mapping[str, str]) -> ReferenceKind | None:
    """Return the kind of file that a `<link>` asks for; None if a browser asks for nothing.

    >>> kind_of_link({"rel": "Shortcut Icon"}), kind_of_link({"rel": "canonical"})
    ('icon', None)
    """
    relations = set(attributes.get("rel", "").lower().split())
    if "stylesheet" in relations:
        return "stylesheet"
    if relations & ICONS:
        return "icon"
    if "modulepreload" in relations:
        return "script"
    return PRELOADS.get(attributes.get("as", "").strip().lower()) if "preload" in relations else None
