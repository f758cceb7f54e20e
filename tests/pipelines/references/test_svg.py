"""Pictures that SVG pictures refer to: found, and rewritten without any change of the XML around them."""

from __future__ import annotations

from pipelines.references import find_svg, rewrite_svg

URL = "http://www.example.cn/图/a.svg"
SVG = """<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" xmlns:xlink="x">
<image xlink:href="b.png?a=1&amp;b=2" preserveAspectRatio="none"/><image href='/c.svg'/><use href="d.svg#part"/>
<use href="#own"/><image href="data:image/png;base64,AA"/><a href="/page.html"/><linearGradient href="#g"/></svg>"""


def test_pictures_are_found() -> None:
    base = "http://www.example.cn"
    assert [each.url for each in find_svg(SVG, URL)] == [
        f"{base}/%E5%9B%BE/b.png?a=1&b=2",
        f"{base}/c.svg",
        f"{base}/%E5%9B%BE/d.svg",
    ]


def test_styles_count() -> None:
    styled = "<svg><style><![CDATA[ @import 'a.css'; rect { fill: url(b.svg#c) } ]]></style></svg>"
    assert [each.kind for each in find_svg(styled, URL)] == ["stylesheet", "picture"]
    rewritten = rewrite_svg(styled, URL, lambda each: f"/{each.kind}")
    assert rewritten.startswith("<svg><style><![CDATA[ @import")
    assert '"/stylesheet"' in rewritten
    assert "/picture#c" in rewritten


def test_only_their_addresses_are_replaced() -> None:
    rewritten = rewrite_svg(SVG, URL, lambda each: f"/play/{each.url.rpartition('/')[2]}")
    expected = SVG.replace("b.png?a=1&amp;b=2", "/play/b.png?a=1&amp;b=2").replace("'/c.svg'", '"/play/c.svg"')
    assert rewritten == expected.replace("d.svg#part", "/play/d.svg#part")
    assert rewrite_svg(SVG, URL, lambda _: None) == SVG
