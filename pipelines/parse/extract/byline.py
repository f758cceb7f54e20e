"""Finds who wrote, photographed and edited an article, and its dateline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipelines.model import Person
from pipelines.parse.extract.info import MAX_INFO_HANZI
from pipelines.parse.extract.page import ParsedPage, Sourced, fold
from pipelines.parse.extract.tree import count_hanzi
from pipelines.parse.names import is_person, leading_name, only_names, split_names
from pipelines.parse.people import byline

_LABELS_BY_ROLE = {
    "author": "作者 撰文 撰稿 撰稿人 执笔 文字 文/图 图/文 图文 文 特约评论员 本报评论员 评论员",
    "reporter": "本报记者 见习记者 实习记者 首席记者 特约记者 文字记者 全媒体记者 融媒记者 记者 实习生 采写 采访",
    "correspondent": "特约通讯员 通讯员 供稿 供稿人 投稿人 信息员",
    "editor": "责任编辑 责任编审 网络编辑 值班编辑 编辑 责编 责任主编 主编 审核 审核人 审稿"
    " 审稿人 初审 复审 终审 一审 二审 三审 审签 签发 签发人 编审 编发 监制 录入 录入员",
    "photographer": "摄影记者 摄影 供图 摄像 图片 图",
    "proofreader": "校对 审校 一校 二校 三校",
}
"""Labels before names on Chinese news pages, by the roles of the model."""

ROLES_BY_LABEL = {label: role for role, labels in _LABELS_BY_ROLE.items() for label in labels.split()}

LABELS = "|".join(sorted(ROLES_BY_LABEL, key=len, reverse=True))
_UNAMBIGUOUS_LABELS = "|".join(
    sorted((label for label in ROLES_BY_LABEL if len(label) > 1 and label != "图片"), key=len, reverse=True)
)
"""Labels that are recognised also directly after other text."""

_NAME = (
    r"(?:[\u4e00-\u9fff]{1,8}(?:[·•・‧][\u4e00-\u9fff]{1,8}){1,3}"
    r"|[\u4e00-\u9fff][ \u3000]{1,4}[\u4e00-\u9fff](?![\u4e00-\u9fff])|[\u4e00-\u9fff]{2,4}?)"
    r"(?:[ _]?[A-Z]{1,4}\d{2,8})?"
)
"""A name with middle dots, as translated names have, of two characters with a space between them, or of two to four
characters; the number of the editor may follow."""

_TOOL_WORDS = "分享|浏览|点击|阅读|字[号体]|打印|来源|发布|时间|日期"
_NAME_END = rf"(?=[^\u4e00-\u9fff·]|$|(?:{_UNAMBIGUOUS_LABELS})\s*[:：/]|(?:{_TOOL_WORDS}))"
_FURTHER_NAMES = rf"""
    (?:
        [、，,\s　]+(?!(?:{LABELS})\s*[:：/])  # separator, no further label
        {_NAME}(?![\u4e00-\u9fff·]|\s*[:：])   # a name that is complete and not a label itself
    )*
"""
_LABELLED_PEOPLE = re.compile(
    rf"""
    (?P<label>(?:{_UNAMBIGUOUS_LABELS})|(?<![\u4e00-\u9fff])(?:{LABELS}))\s*
    (?:[:：/]|(?<=文/图)\s)\s*
    (?P<names>{_NAME}(?!\s*[:：]){_NAME_END}{_FURTHER_NAMES})
    """,
    re.VERBOSE,
)
_LABEL_END = re.compile("[:：/]")
_CREDIT_LINE = re.compile(
    rf"^\W*(?:(?:{LABELS})\s*[:：]\W*[\u4e00-\u9fff·、 　]{{2,20}}(?:_?[A-Z]{{1,4}}\d{{2,8}})?\W*)+$"
)
_MEDIUM_ENDS = "日报|晚报|晨报|早报|商报|时报|都市报|新闻网|融媒体?|发布|网|台|报|社|客户端"
_MONTH_DAY = r"(?:1[0-2]|[1-9])月(?:3[01]|[12]?\d)日"
DATELINE = re.compile(
    rf"""
    ^(?:
        【?(?P<paper>[\u4e00-\u9fff]{{1,12}}(?:{_MEDIUM_ENDS}))          # 新华社, 江门日报
        (?P<place>[\u4e00-\u9fff]{{0,8}}?)\s*(?:{_MONTH_DAY})?\s*        # 北京7月15日
        (?:讯|电|消息)】?                                          # 电
        | 本[报网台社刊](?:[\u4e00-\u9fff]{{0,8}}?\s*{_MONTH_DAY})?  # 本报, 本报广州7月15日
        (?:讯|电|消息)                                             # 讯
    )
    \s*(?:[(（【](?P<by>[^()（）【】]{{2,60}})[)）】])?                  # (记者 何榕)
    """,
    re.VERBOSE,
)

_DATELINE_WORD = re.compile("[讯电]|消息")
"""Every match of `DATELINE` contains one of these: a test that takes a tenth of its time."""

_REPORTER_LABELS = "记者|通讯员|实习生|摄影"
_REPORTERS = re.compile(
    rf"""
    (?P<label>{_REPORTER_LABELS})(?P<gap>[/／:：\s　]*)
    (?P<names>
        [\u4e00-\u9fff]{{2,4}}(?![\u4e00-\u9fff])
        (?:[、，,\s　]+(?!\S*(?:{_REPORTER_LABELS})){_NAME}(?![\u4e00-\u9fff]))*
    )
    """,
    re.VERBOSE,
)
_BRACKETS_AT_END = re.compile(r"[(（【](?P<by>[^()（）【】]{2,40})[)）】]\s*$")
_SIGNATURE = re.compile(r"^\W*[\u4e00-\u9fff]{0,12}?(?:记者|通讯员|实习生)[\s　/：:]+[\u4e00-\u9fff\s　、/：:]{2,40}$")
_SOURCE_AT_END = re.compile(r"[\s　]*(?:来源|稿源)\s*[:：].*$")
_OPENING_LABEL = re.compile(
    r"(?:作者|文字|撰文|文)\s*[:：]\s*(?=[\u4e00-\u9fff·]{0,14}(?:记者|通讯员|评论员)[\s/／:：\u4e00-\u9fff])"
)
"""作者： before the byline of a newspaper, which has labels of its own: 作者：记者王敬照."""

_COLON = re.compile("[:：]")
_SENTENCE_END = re.compile(r"(?:^|[。！？”…])\s*$")
_LABEL_ALONE = re.compile(rf"\W*(?:{LABELS})\s*[:：]\s*")
_WITH_AFFILIATION = re.compile(r"[(（【](?:作者|撰文|文)\s*[:：]\s*(?P<by>[^()（）【】]{4,60})[)）】]?\s*$")

SIGNATURE_CHARS = 50
"""Characters at the end of a line in which brackets with reporters begin: 40 of names, the brackets and spaces."""


def find_people(
    page: ParsedPage, near_lines: Sequence[str], body: Sequence[str], title: str | None
) -> tuple[Sourced[Person], ...]:
    """Return the people named with a role, each once: from meta tags, ids, info line, dateline, credits and signature.

    `near_lines` are the lines near the headline, `body` the first and the last lines of the text. The official tag
    Author means "author or editor in charge": if the page itself shows the person in a role, that role counts.
    """
    visible = [
        Sourced(person, origin)
        for origin, texts in (
            ("info-line", [text for text in _with_labels(near_lines) if text not in body]),
            ("body", body),
            ("credit", _credit_lines(page)),
        )
        for text in texts
        for person in people_in(text)
    ]
    names = {each.value.name for each in visible}
    tagged = [
        each for each in _from_metadata(page, title) if each.value.role != "author" or each.value.name not in names
    ]
    found: dict[Person, Sourced[Person]] = {}
    for each in (*tagged, *visible):
        found.setdefault(each.value, each)
    return tuple(found.values())


def _with_labels(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines, each after the label that stands alone in the line above it."""
    for above, text in pairwise(("", *lines)):
        yield f"{above}{text}" if _LABEL_ALONE.fullmatch(above) else text


def _credit_lines(page: ParsedPage) -> Iterator[str]:
    """Yield the lines anywhere on the page that consist of credits."""
    return (
        line.text
        for line in page.lines
        if len(line.text) <= MAX_INFO_HANZI
        and not line.link_chars
        and _LABEL_END.search(line.text)
        and _CREDIT_LINE.match(line.text)
    )


def _from_metadata(page: ParsedPage, title: str | None) -> Iterator[Sourced[Person]]:
    """Yield the people in metadata; a name that the page title has beside the headline is that of the site."""
    around_headline = fold(page.title).replace(fold(title or ""), " ")
    authors = (
        *page.meta("Author"),
        *page.founder("author"),
        *page.select_texts("", "#author_baidu", "founder-author", "#NewsArticleAuthor"),
    )
    editors = (*page.meta("editor"), *page.select_texts("", "#editor_baidu"))
    for role, texts in (("author", authors), ("editor", editors)):
        for text, origin in texts:
            labelled = list(people_in(text)) if len(text) <= MAX_INFO_HANZI else []
            has_no_names = labelled or text == page.site_name or fold(text) in around_headline
            bare = [] if has_no_names else only_names(re.sub(r"^[^:：]{1,6}[:：]\s*", "", text))
            people = (*labelled, *(Person(name=name, role=role) for name in bare))
            yield from (Sourced(person, origin) for person in people)


def people_in(text: str) -> Iterator[Person]:
    """Yield the people in a line: after labels such as 责任编辑：, in its dateline, or in brackets at its end.

    >>> [f"{person.name} {person.role}" for person in people_in("来源：江门日报作者：何榕责编：郑凯瑜")]
    ['何榕 author', '郑凯瑜 editor']
    """
    opening = DATELINE.match(text) if _DATELINE_WORD.search(text) else None
    ending = _BRACKETS_AT_END.search(text[-SIGNATURE_CHARS:])
    for reporters in (brackets["by"] for brackets in (opening, ending) if brackets and brackets["by"]):
        for found in _REPORTERS.finditer(reporters):
            yield from _split_names(found["names"], ROLES_BY_LABEL[found["label"]])
    affiliated = _WITH_AFFILIATION.search(text[-SIGNATURE_CHARS:])
    if affiliated and (name := leading_name(affiliated["by"])):
        yield Person(name=name, role="author")
    if ending and not _COLON.search(ending["by"]) and _SENTENCE_END.search(text[: -len(ending[0])]):
        yield from _checked(byline(f"（{ending['by']}）"))
    if _COLON.search(text):  # both patterns end with one, and are slow on paragraphs
        text = _OPENING_LABEL.sub("", text)
    without_source = _SOURCE_AT_END.sub("", text) if "源" in text and _COLON.search(text) else text
    if not _COLON.search(without_source):
        yield from _checked(byline(without_source))
    if len(text) <= MAX_INFO_HANZI or count_hanzi(text) <= MAX_INFO_HANZI:
        for found in _LABELLED_PEOPLE.finditer(text) if _LABEL_END.search(text) else ():
            yield from _split_names(found["names"], ROLES_BY_LABEL[found["label"]])
        if _SIGNATURE.match(text):
            for found in _REPORTERS.finditer(text):
                yield from _split_names(found["names"], ROLES_BY_LABEL[found["label"]])


def _split_names(text: str, role: str) -> Iterator[Person]:
    return (
        Person(name=name, role=role)
        for name in split_names(text, role == "correspondent")
        if name not in ROLES_BY_LABEL
    )


def _checked(people: Iterable[Person]) -> Iterator[Person]:
    return (person for person in people if is_person(person.name))


def find_dateline(first: str) -> str | None:
    """Return the dateline at the beginning of the first paragraph, such as 江门日报讯(记者/何榕).

    >>> find_dateline("新华社北京7月15日电 记者从农业农村部获悉")
    '新华社北京7月15日电'
    """
    found = DATELINE.match(first)
    return found[0].strip() if found else None
