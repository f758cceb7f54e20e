"""Attached files whose address does not have the extension of a file, and their names."""

from __future__ import annotations

import pytest

from tests.pipelines.parse.extract.test_metadata import HEAD, PROSE, read

SITE = "http://www.linjiang.example"
PDF, WORD = "application/pdf", "application/msword"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("<a href=/down?id=1>附件1 报名表.pdf</a>", [("/down?id=1", "附件1 报名表.pdf", PDF)]),
        ("<a href=/api-gateway/file/7f3a9c>报名表.doc</a>", [("/api-gateway/file/7f3a9c", "报名表.doc", WORD)]),
        ("附件1：<a href=/api-gateway/file/7f3a9c>报名表</a>", [("/api-gateway/file/7f3a9c", "报名表", None)]),
        ("<a href=/api-gateway/file/7f3a9c>报名须知</a>", []),
        ("<a href=/x/7f3a9c download=报名表.doc>下载</a>", [("/x/7f3a9c", "报名表.doc", WORD)]),
        ("<a href=/a/%B8%BD%BC%FE.doc>下载</a>", [("/a/%B8%BD%BC%FE.doc", "附件.doc", WORD)]),
        ("<a href='/down?name=%E9%99%84%E4%BB%B6.doc&id=7'>点击下载</a>",
         [("/down?name=%E9%99%84%E4%BB%B6.doc&id=7", "附件.doc", WORD)]),
        ("附件：<a href=/zwgk/file/1.html>关于报名的通知</a>", []),
        ("<a href=/zwgk/t1.html>关于报名表.pdf的说明</a>", []),
    ],
)  # fmt: skip
def test_files_without_an_extension(link: str, expected: list[tuple[str, str, str | None]]) -> None:
    found = read(f"{HEAD}<div class=TRS_Editor><p>{PROSE}</p><p>{PROSE}</p><p>{link}</p></div>")
    assert [(file.url.removeprefix(SITE), file.title, file.media_type) for file in found.attachments] == expected
