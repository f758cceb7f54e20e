"""Datelines and bylines as newspapers print them, and the people in them with their roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import evolve

from pipelines.model import Person
from pipelines.text.script import own_characters, simplified_copy
from pipelines.text.surnames import SURNAMES

MAX_BYLINE_CHARS = 60
"""Length of the longest byline, in characters: two reporters, two correspondents and a photographer have about 45."""

MAX_DATELINE_CHARS = 40
"""Length of the longest dateline up to 讯, in characters: with newspaper, place and day the longest have about 25."""

_LABELS_BY_ROLE = {
    "reporter": "记者 实习生",
    "correspondent": "通讯员 供稿 特约撰稿人",
    "author": "评论员 作者 撰文 撰稿 整理 文 文字",
    "photographer": "摄影 摄 供图 图 图片",
    "editor": "编辑 责编",
}
_ROLES = {label: role for role, labels in _LABELS_BY_ROLE.items() for label in labels.split()}
_LABELS = "|".join(sorted(_ROLES, key=len, reverse=True))

_PAPER = r"本[报网台刊社]|[\u4e00-\u9fff]{2,10}?(?:报|网|台|社|刊|客户端|融媒体?(?:中心)?)"
_KIND = "见习|实习|特约|首席|资深|全媒体|融媒体?|特派|新闻|摄影|文字|驻[\u4e00-\u9fff]{2,4}"
_TOKEN = re.compile(
    rf"""
    (?:(?:{_PAPER})(?:[·・](?:{_PAPER}))*)?        # 江门日报, 白溪青年报·白青网
    (?:{_KIND})*                           # 首席
    (?P<label>{_LABELS})                   # 记者
    (?P<name>[\u4e00-\u9fff·]{{2,4}}?)?    # 何榕
    (?:摄影)? (?:报道|报导)?
    """,
    re.VERBOSE,
)
"""A label of a byline, mostly with a name after it."""

_BETWEEN = re.compile(r"[\s\u3000、，,/／:：;；|&]+")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff·]{1,12}")
_VERB = re.compile("(?:摄影)?(?:报道|报导)|文图|图文")
"""Words of a byline for what the people did."""

_BYLINE_MARKS = "□■◎●○◇◆▢☆★"
_EDGES = f"{_BYLINE_MARKS}()（）【】[]〔〕 \u3000"
_BRACKETED = re.compile(r"[（(][^()（）]{2,24}[）)]")

_NUMBER = r"[\d一二三四五六七八九十]{1,3}"
_DAY = rf"(?:[\u4e00-\u9fff]{{0,8}}?\s*(?:{_NUMBER}月)?{_NUMBER}日|[\u4e00-\u9fff]{{2,4}}(?<![来致通供发停用]))?"
_REPORTERS = (
    r"(?:\s*[(（【](?P<in_brackets>[^()（）【】]{2,60})[)）】]"
    r"|\s*(?P<without_brackets>(?:记者|通讯员)[\u4e00-\u9fff、 \u3000]{2,24}?(?:报道|报导)))?"
)
_DATELINE = re.compile(
    rf"""
    [【（(\[〔]?\s*
    (?! [另又]?据 )  # not 据新华社消息, which names a source
    (?:
        (?: 本报             # a newspaper
          | [\u4e00-\u9fff]{{1,12}}(?:日报|晚报|晨报|早报|商报|时报|都市报|周报|报)
        ) {_DAY} \s* (?:讯|消息|专电|电)
      | (?: 本[网台刊社]       # a website, a station, an agency
          | [\u4e00-\u9fff]{{1,12}}(?:新闻网|融媒体?|发布|[网台社]|客户端)
        ) {_DAY} \s* (?:讯|专电|电)
    )
    \s*[】）)\]〕]?{_REPORTERS}
    """,
    re.VERBOSE,
)
_DATELINE_WORD = re.compile("[讯电]|消息")
"""Every match of `_DATELINE` contains one of these: a quick test."""

_REPORTERS_FIRST = re.compile(r"[(（](?P<in_brackets>(?=[^()（）]*(?:记者|通讯员))[^()（）]{4,60})[)）](?=.)")
"""A dateline that consists only of the reporters in brackets."""

_SIGNED = re.compile(r"[。！？”]\s*[(（](?P<by>[^()（）]{2,40})[)）]\s*$")
"""A byline in brackets after the last sentence of a paragraph."""


def dateline(text: str) -> str | None:
    """Return the dateline with which a paragraph begins, or None.

    >>> dateline("江门日报讯(记者/何榕 通讯员/区政协)近日"), dateline("（记者 金爽）一张红纸，一把剪刀，三折两剪")
    ('江门日报讯(记者/何榕 通讯员/区政协)', '（记者 金爽）')
    >>> dateline("据新华社消息，昨日")
    """
    found = _match_dateline(simplified_copy(text))
    return text[: found.end()].strip() if found else None


def _match_dateline(text: str) -> re.Match[str] | None:
    """Return the match of a dateline. The quick test spares most paragraphs the slow pattern."""
    has_word = _DATELINE_WORD.search(text[:MAX_DATELINE_CHARS])
    return _DATELINE.match(text) if has_word else _REPORTERS_FIRST.match(text)


def reporters(text: str) -> tuple[Person, ...]:
    """Return the people that a paragraph names in its dateline, and in brackets after its last sentence."""
    copy = simplified_copy(text)
    found = _match_dateline(copy)
    groups = found.groupdict() if found else {}
    signed = _SIGNED.search(copy)
    signature = signed["by"] if signed and byline(f"（{signed['by']}）") else None
    parts = (groups.get("in_brackets"), groups.get("without_brackets"), signature)
    return _as_in(text, copy, (person for part in parts if part for person in _people(part)))


def byline(text: str) -> tuple[Person, ...]:
    """Return the people of a line that only names people, with their roles; none for any other line.

    >>> [(person.name, person.role) for person in byline("□文/图 江门日报记者 蔡昭璐")]
    [('蔡昭璐', 'reporter')]
    >>> byline("记者手记"), byline("巾帼不让须眉")
    ((), ())
    """
    line = text.strip()
    if len(line) > MAX_BYLINE_CHARS or line[-1:] in "。！？；：，":
        return ()
    copy = simplified_copy(text)
    line = copy.strip()
    tokens = [token for token in _BETWEEN.split(line.strip(_EDGES)) if token]
    if not all(_is_label_or_name(token) for token in tokens):
        return ()
    has_label = any(_TOKEN.fullmatch(token) for token in tokens)
    is_marked = line[:1] in _BYLINE_MARKS or _BRACKETED.fullmatch(line)
    if not has_label and not (is_marked and all(token[0] in SURNAMES and len(token) < 4 for token in tokens)):
        return ()
    return _as_in(text, copy, _people(line))


def _as_in(text: str, copy: str, people: Iterable[Person]) -> tuple[Person, ...]:
    """Return people whose names were read from the simplified copy of a text, with the names as the text has them."""
    return tuple(
        person if text == copy else evolve(person, name=own_characters(person.name, copy, text)) for person in people
    )


def _is_label_or_name(token: str) -> bool:
    """Return whether a token is a label, with or without a name after it, or a name."""
    found = _TOKEN.fullmatch(token)
    if found:
        return not found["name"] or found["name"][0] in SURNAMES
    return bool(_NAME.fullmatch(token) or _VERB.fullmatch(token))


def _people(line: str) -> Iterator[Person]:
    """Yield the people of a byline, each with the role of the last label before the name."""
    role = "author"
    for token in _BETWEEN.split(line.strip(_EDGES)):
        found = _TOKEN.fullmatch(token)
        if found:
            role = _ROLES[found["label"]]
        name = found["name"] if found else token
        if name and _NAME.fullmatch(name) and not _VERB.fullmatch(name):
            yield Person(name=name, role=role)
