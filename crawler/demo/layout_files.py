"""The files with which the pages of a portal are shown: style sheets, pictures, icons, scripts, and a frame.

Every portal has the files to which its templates refer. A style sheet imports another one and shows pictures, by
relative addresses; those of portals in GBK are in GBK, and one of their pictures has a Chinese name.
"""

from __future__ import annotations

from urllib.parse import unquote

from crawler.demo import assets
from crawler.demo.model import CmsName, HttpAnswer, Portal

FOLDERS = (
    *("/images/", "/statics/", "/css/", "/js/", "/script/", "/picture/", "/module/", "/caches/", "/uploadfile/poster/"),
    *(
        "/vc/",
        "/_sitegray/",
        "/system/resource/",
        "/_js/",
        "/include/",
        "/e/data/",
        "/e/public/",
        "/plus/",
        "/dynamic/",
    ),
    "/jpaas-publish/",
)
"""Folders of the files that templates refer to."""

SCRIPT_ADDRESSES = ("addview.jsp", "articlehits.jsp", "count.php", "/e/public/ViewClick/", "a=hits")
"""Parts of the addresses of scripts that write how often a page was opened."""

FRAME_ADDRESSES = ("/index.php?m=comment", "/module/xxgk/tree.jsp")
"""Beginnings of the addresses of frames."""

IMPORTED = "base.css"
"""The style sheet that all others import."""

_COLOURS: dict[CmsName, str] = {"trs": "#0055a5", "jcms": "#b40000", "phpcms": "#2a7f3f", "gkmlpt": "#1f5fa8"}


def layout_file(portal: Portal, target: str) -> HttpAnswer | None:
    """Return the answer to a request for a file of a portal's layout, None if the address is none of one."""
    path, _, query = target.partition("?")
    name = path.rpartition("/")[2]
    extension = name.rpartition(".")[2]
    if target.startswith(FRAME_ADDRESSES):
        frame = f'<html><head><link rel="stylesheet" href="/css/{IMPORTED}"></head><body><p>共0条评论</p></body></html>'
        return _file(f"text/html; charset={portal.charset}", frame.encode(portal.charset))
    if any(part in target for part in SCRIPT_ADDRESSES):
        return _file("text/javascript", b'document.write("%d");\n' % (len(query) * 37))
    if not path.startswith(FOLDERS) or extension not in assets.MEDIA_TYPES:
        return None
    if extension == "css":
        return _file("text/css", _style_sheet(portal, name).encode(portal.charset))
    if name == "lazyload.js":
        return _file("text/javascript", _LAZY_LOADER.encode())
    return _file(assets.MEDIA_TYPES[extension], assets.asset(unquote(path)))


def _style_sheet(portal: Portal, name: str) -> str:
    """Return a style sheet; the name of the portal's text is in it, so that the charset matters."""
    colour = _COLOURS.get(portal.cms, "#333366")
    head = f'@charset "{portal.charset}";\n/* {portal.name} {name} */\n'
    if name == IMPORTED:
        return head + f"body {{ margin: 0; color: #222 }}\na {{ color: {colour} }}\nh1, h2 {{ color: {colour} }}\n"
    picture = "背景.png" if portal.charset == "gbk" else "body_bg.png"
    return (
        f'{head}@import "{IMPORTED}";\n'
        f'body {{ background: #f4f6f9 url("../images/{picture}") repeat-x; font-family: "宋体", sans-serif }}\n'
        ".header, .head, .top { background-image: url(../images/header_bg.jpg); background-size: 96px 64px }\n"
    )


_LAZY_LOADER = """/* lazyload.js */
window.addEventListener("load", function () {
  var pictures = document.querySelectorAll("img[data-original]");
  for (var at = 0; at < pictures.length; at++) pictures[at].src = pictures[at].getAttribute("data-original");
});
"""
"""The script that shows pictures whose address is in `data-original`."""


def _file(media_type: str, body: bytes) -> HttpAnswer:
    headers = (
        ("Server", "nginx"),
        ("Content-Type", media_type),
        ("ETag", f'"{assets.checksum(body)}"'),
        ("Accept-Ranges", "bytes"),
    )
    return HttpAnswer(status=200, reason="OK", headers=headers, body=body)
