"""GB 18030 and Big5 are decoded as in browsers: every code of two bytes, and broken sequences."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.download.browser import BROWSER_NAMES
from pipelines.parse.decode.charset import CHINESE_CODECS, codec_of, decode_text
from pipelines.parse.decode.whatwg import decode_big5, decode_gb18030

BROWSER = next(filter(None, map(shutil.which, BROWSER_NAMES)), None)
PAGE = """<pre></pre><script>
const codes = CODES;
const decoder = new TextDecoder("CODEC");
const text = code => decoder.decode(Uint8Array.from(code.match(/../g), byte => parseInt(byte, 16)));
const units = code => Array.from(Array(text(code).length).keys(), at => text(code).charCodeAt(at));
document.querySelector("pre").textContent = JSON.stringify(codes.map(units));
</script>"""
CHROMIUM_ERRORS = ("8862", "8864", "88a3", "88a5")
"""Codes of two characters each, a letter and an accent, of which Chromium shows other ones than the standard."""


@pytest.mark.parametrize(
    ("codec", "code", "char"),
    [
        ("gb18030", "a3a0", "\u3000"),
        ("gb18030", "a6d9", "︐"),
        ("gb18030", "fe59", "龴"),
        ("gb18030", "80", "€"),
        ("gb18030", "ceff ced2", "\ufffd我"),
        ("gb18030", "ce0a ced2", "\ufffd\n我"),
        ("gb18030", "8431a530 41", "\ufffdA"),
        ("gb18030", "813081", "\ufffd"),
        ("gb18030", "813041", "\ufffd0A"),
        ("big5", "a145 a14e a1c2 a1e3 a241 a242 a246", "‧﹑¯～∕﹨￠"),
        ("big5", "a1fe a241 a240 a242", "／∕＼﹨"),
        ("big5", "a3e1 8e69 8130", "€箸\ufffd0"),
        ("big5", "e6ff aec9", "\ufffd時"),
        ("big5", "e6", "\ufffd"),
    ],
)
def test_codes_are_decoded_as_in_browsers(codec: str, code: str, char: str) -> None:
    assert CHINESE_CODECS[codec](bytes.fromhex(code)) == char


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        *((label, "gb18030") for label in ("gb2312", "GB_2312", "gb_2312-80", "csgb2312", "csiso58gb231280", "x-gbk")),
        *((label, "gb18030") for label in ("iso-ir-58", "chinese", "gbk", "cp936", "ms936", "gb18030-2000", " GBK ")),
        *((label, "big5") for label in ("big5", "csbig5", "cn-big5", "x-x-big5", "big5-hkscs", "cp950", "big5hkscs")),
        *((label, "cp1252") for label in ("iso-8859-1", "latin1", "us-ascii")),
        ("utf8", "utf-8"),
        ("hz-gb-2312", "hz"),
        ("base64", None),
        ("no-such-charset", None),
    ],
)
def test_labels_mean_what_they_mean_in_browsers(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


def test_a_page_with_the_indent_of_old_pages_has_no_private_characters() -> None:
    page = b"<meta charset=gb2312><p>" + 2 * b"\xa3\xa0" + "我市启动老旧小区改造工程。".encode("gb18030")
    assert decode_text(page).endswith("<p>\u3000\u3000我市启动老旧小区改造工程。")


@given(st.text(st.characters(exclude_categories=("Cs", "Co"))))
def test_what_python_encodes_in_gb18030_is_decoded(text: str) -> None:
    assert decode_gb18030(text.encode("gb18030")) == text


@given(st.binary(), st.sampled_from([decode_gb18030, decode_big5]))
def test_any_bytes_are_decoded(body: bytes, decode) -> None:
    assert decode(body + b"<p>").endswith("<p>")


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on PATH")
@pytest.mark.parametrize("codec", CHINESE_CODECS)
def test_every_code_is_decoded_as_in_chromium(codec: str, tmp_path: Path) -> None:
    codes = [code for code in _codes(codec) if code not in CHROMIUM_ERRORS]
    page = tmp_path / "page.html"
    page.write_text(PAGE.replace("CODES", json.dumps(codes)).replace("CODEC", codec))
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom")
    done = subprocess.run([BROWSER or "", *options, page.as_uri()], capture_output=True, text=True, check=True)
    shown = json.loads(done.stdout.partition("<pre>")[2].partition("</pre>")[0])
    units = [list(_units(CHINESE_CODECS[codec](bytes.fromhex(code)))) for code in codes]
    assert [code for code, ours, theirs in zip(codes, units, shown, strict=True) if ours != theirs] == []


def _codes(codec: str) -> Iterator[str]:
    seconds = [second for second in range(0x20, 0x100) if codec == "big5" or not 0x30 <= second <= 0x39]
    for first in range(0x80, 0x100):
        yield f"{first:02x}"
        for second in seconds:
            yield f"{first:02x}{second:02x}"


def _units(text: str) -> Iterator[int]:
    data = text.encode("utf-16-be")
    return (int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
