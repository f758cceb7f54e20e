"""The rule `clean-characters`: invisible characters, private-use characters of GBK fonts, digits of mixed width."""

from __future__ import annotations

import re

from pipelines.parse.repair.edits import Edit, Repaired, until_stable

_INVISIBLE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    "|(?<=[\u3000-\u9fff])[\u200c\u200d]|[\u200c\u200d](?=[\u3000-\u9fff])"
)

_GB_CODES = [0xFE00 + half for half in (*range(0x50, 0x7F), *range(0x80, 0xA1))]
PRIVATE_CHARS = {chr(0xE815 + at): code.to_bytes(2, "big").decode("gb18030") for at, code in enumerate(_GB_CODES)} | {
    "\ue7c7": "ḿ",
    "\ue7c8": "ǹ",
    "\ue816": "\U00020087",
    "\ue817": "\U00020089",
    "\ue818": "\U000200cc",
    "\ue81e": "龴",
    "\ue826": "龵",
    "\ue82b": "龶",
    "\ue82c": "龷",
    "\ue831": "\U000215d7",
    "\ue832": "龸",
    "\ue83b": "\U0002298f",
    "\ue843": "龹",
    "\ue854": "龺",
    "\ue855": "\U000241fe",
    "\ue864": "龻",
}
"""Characters of GBK that were not in Unicode when GBK fonts were made, and so have private-use code points; their
standard code points are those of GB 18030."""

SMALL_FORMS = str.maketrans("﹐﹑﹔﹕﹖﹗﹙﹚﹪", "，、；：？！（）％")
"""Small form variants, which Big5 has for narrow columns and mirrors copy."""

_NUMBER_OR_WORD = re.compile("[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]{2,}")
"""A number or word, in characters of any width."""

_POINT = re.compile("(?<=[0-9])[﹒．](?=[0-9])|(?<=[\u4e00-\u9fff)）])﹒(?=[\u4e00-\u9fff])")
"""A decimal point, or the middle dot of a foreign name."""

_SINGLE = re.compile(f"{_INVISIBLE}|[{''.join(PRIVATE_CHARS)}]|(?<=[\u4e00-\u9fff0-9)）”」])[﹐﹑﹔﹕﹖﹗﹙﹚﹪]")
_ANY = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff\ufe50-\ufe6a．０-９Ａ-Ｚａ-ｚ]"
)
"""Every text in which one of the three patterns above finds something contains one of these: one search for three."""


def clean_characters(text: str) -> Repaired:
    """Remove invisible characters, replace private-use ones by standard ones, and write each number in one width.

    Numbers that are full-width throughout are the style of a newspaper, and stay. Private-use characters that no
    standard defines stay, too.

    >>> clean_characters("２0２4年﹐\u200b增长3﹒5％").text
    '2024年，增长3.5％'
    """
    return until_stable(text, _edits) if _ANY.search(text) else Repaired(text)


def _edits(text: str) -> list[Edit]:
    edits = [Edit(start=char.start(), end=char.end(), after=_standard(char[0])) for char in _SINGLE.finditer(text)]
    for number in _NUMBER_OR_WORD.finditer(text):
        wide = [at for at in range(number.start(), number.end()) if text[at] > "~"]
        if len(wide) < len(number[0]):
            edits += [Edit(start=at, end=at + 1, after=chr(ord(text[at]) - 0xFEE0)) for at in wide]
    for point in _POINT.finditer(text):
        after = "." if text[point.start() - 1].isascii() else "·"
        edits.append(Edit(start=point.start(), end=point.end(), after=after))
    return sorted(edits, key=lambda edit: edit.start)


def _standard(char: str) -> str:
    """Return the standard form of a character, "" for an invisible one."""
    return PRIVATE_CHARS.get(char) or (char.translate(SMALL_FORMS) if char in "﹐﹑﹔﹕﹖﹗﹙﹚﹪" else "")
