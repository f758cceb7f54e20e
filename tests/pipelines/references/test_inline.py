"""Scripts that inline scripts load: those by a fixed address are found, and none by an address of several parts."""

from __future__ import annotations

import pytest

from pipelines.references import find_html, rewrite_html

URL = "http://www.example.cn/news/1.html"


@pytest.mark.parametrize(
    ("script", "path"),
    [
        ('var s=document.createElement("script");s.async=true;s.src="/js/webdig.js?z=11";', "/js/webdig.js?z=11"),
        ("var s = document.createElement('script')\ns.src = 'stat.js'\n", "/news/stat.js"),
        ("(function(){var hm=document.createElement('SCRIPT');hm.src='//www.example.cn/h.js'})()", "/h.js"),
    ],
)
def test_fixed_addresses_are_found(script: str, path: str) -> None:
    (found,) = find_html(f"<p>x<script>{script}</script>", URL)
    assert (found.kind, found.url, found.where) == ("script", f"http://www.example.cn{path}", "script src")


@pytest.mark.parametrize(
    "script",
    [
        's=document.createElement("script");s.src="/a.js?t="+Date.now();',
        's=document.createElement("script");s.src=url;',
        's=document.createElement("img");s.src="/a.png";',
        "document.write('<script src=/a.js><\\/script>')",
    ],
)
def test_others_are_not(script: str) -> None:
    assert find_html(f"<script>{script}</script>", URL) == ()


def test_inline_scripts_are_never_changed() -> None:
    page = '<script>s=document.createElement("script");s.src="/a.js";</script>'
    assert rewrite_html(page, URL, lambda _: "/changed") == page
