"""Articles on several pages: which links lead to the further pages."""

from __future__ import annotations

import pytest

from pipelines.parse.extract.parts import parts

HOST = "http://news.example.cn"


@pytest.mark.parametrize(
    ("url", "links", "found"),
    [
        (
            "/2024-03/05/content_12.htm",
            ["content_12_3.htm", "./content_12_2.htm", "content_12_2.htm#p"],
            ["_2.htm", "_3.htm"],
        ),
        ("/2024-03/05/content_12.htm", ["content_13_2.htm", "../04/content_12_2.htm", "content_12_2.html"], []),
        ("/2024-03/05/content_12.htm", ["http://m.example.cn/2024-03/05/content_12_2.htm"], []),
        ("/2024-03/05/content_12_2.htm", ["content_12.htm", "content_12_2.htm", "content_12_3.htm"], []),
        ("/2024/0305/12.html", ["12_2.html", "12-3.html", "12_100.html", "12_1.html"], ["_2.html", "-3.html"]),
        ("/news/index.html", ["index_2.html"], []),
        (
            "/a/?id=12",
            ["?id=12&amp;page=2", "?id=13&amp;page=2", "?id=12&amp;x=2", "?page=3&id=12"],
            ["&page=2", "/a/?page=3&id=12"],
        ),
        ("/a/?id=12&page=2", ["?id=12&page=3"], []),
        ("/a/12.html", ["http://[", "12_2.html?x=1"], []),
    ],
)
def test_further_pages_are_recognised_by_their_url(url: str, links: list[str], found: list[str]) -> None:
    html = "".join(f'<a href="{link}">2</a>' for link in links)
    stem = HOST + (url if "?" in url else url.rpartition(".")[0])
    expected = tuple(HOST + end if end.startswith("/") else stem + end for end in found)
    assert parts(html, HOST + url) == expected
