"""Who wrote, photographed and edited an article, and the dateline in which reporters stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.model import Person
from pipelines.parse.extract.info import LABEL_HANZI
from pipelines.parse.extract.page import Page, Sourced
from pipelines.parse.extract.tree import hanzi

_LABELS_BY_ROLE = {
    "author": "作者 撰文 撰稿 文字 文/图 图/文 图文 文",
    "reporter": "本报记者 见习记者 全媒体记者 记者 記者 实习生",
    "correspondent": "特约通讯员 通讯员 通訊員 供稿",
    "editor": "责任编辑 責任編輯 网络编辑 值班编辑 编辑 編輯 责编 责任主编 主编 审核 初审 复审 终审 一审 二审 三审 审签"
    " 签发 监制",
    "photographer": "摄影 攝影 供图 图片 图",
    "proofreader": "校对 校對 审校 一校 二校 三校",
}
"""What stands before names on Chinese news pages, by the model's roles."""

ROLES = {label: role for role, labels in _LABELS_BY_ROLE.items() for label in labels.split()}

LABELS = "|".join(sorted(ROLES, key=len, reverse=True))
_LONG = "|".join(sorted((label for label in ROLES if len(label) > 1 and label != "图片"), key=len, reverse=True))
_ONE = r"(?:[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff]{1,8}|[\u4e00-\u9fff]{2,4}?)"
_TOOLS = "(?:分享|浏览|点击|阅读|字[号体]|打印|来源|发布|时间|日期)"
_ENDS = rf"(?=[^\u4e00-\u9fff·]|$|(?:{_LONG})\s*[:：/]|{_TOOLS})"
_MORE = rf"(?:[、，,\s　]+(?!(?:{LABELS})\s*[:：/]){_ONE}(?![\u4e00-\u9fff·]|\s*[:：]))*"
_PEOPLE = re.compile(
    rf"(?P<label>(?:{_LONG})|(?<![\u4e00-\u9fff])(?:{LABELS}))\s*(?:[:：/]|(?<=文/图)\s)\s*(?P<names>{_ONE}(?!\s*[:：]){_ENDS}{_MORE})"
)
_COLON = re.compile("[:：/]")
_CREDIT = re.compile(rf"^\W*(?:(?:{LABELS})\s*[:：]\W*[\u4e00-\u9fff·、 　]{{2,20}}\W*)+$")
_SPLIT = re.compile(r"[\s、，,;；/|]+")
_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,17}$|^[A-Za-z][A-Za-z .]{2,30}$")
_NOBODY = frozenset(["您好", "你好", "请问", "谢谢", "佚名", "未知", "匿名", "不详", "管理员", "admin"])
DATELINE = re.compile(
    r"^(?:【?(?P<paper>[\u4e00-\u9fff]{1,12}(?:日报|晚报|晨报|早报|商报|时报|都市报|日報|晚報|新闻网|新聞網"
    r"|融媒体?|发布|网|網|台|报|報|社|客户端))"
    r"(?P<place>[\u4e00-\u9fff]{0,8}?)\s*(?:(?:1[0-2]|[1-9])月(?:3[01]|[12]?\d)日)?\s*(?:讯|訊|电|電|消息)】?"
    r"|本[报網网台報社刊](?:[\u4e00-\u9fff]{0,8}?\s*(?:1[0-2]|[1-9])月(?:3[01]|[12]?\d)日)?(?:讯|訊|电|電|消息))"
    r"\s*(?:[(（【](?P<by>[^()（）【】]{2,60})[)）】])?"
)
_REPORTERS = re.compile(
    r"(?P<label>记者|記者|通讯员|通訊員|实习生|摄影)(?P<gap>[/／:：\s　]*)"
    rf"(?P<names>[\u4e00-\u9fff]{{2,4}}(?![\u4e00-\u9fff])"
    rf"(?:[、，,\s　]+(?!\S*(?:记者|記者|通讯员|通訊員|实习生|摄影)){_ONE}(?![\u4e00-\u9fff]))*)"
)
_SIGNED = re.compile(r"[(（【](?P<by>[^()（）【】]{2,40})[)）】]\s*$")
_SIGNATURE = re.compile(r"^\W*[\u4e00-\u9fff]{0,12}?(?:记者|通讯员|实习生)[\s　/：:]+[\u4e00-\u9fff\s　、/：:]{2,40}$")
_DID = re.compile(r"(?<=..)(?:摄影报道|报道|报导|摄)$")


def people(page: Page, near: Sequence[str], body: Sequence[str]) -> tuple[Sourced[Person], ...]:
    """Return who is named with a role, each once: by meta tags, ids, info line, dateline, credits, and at the end.

    `near` has the lines by the headline, `body` the first and the last of the text. The official tag Author means
    "author or editor in charge": whoever the page itself shows in a role is that.
    """
    shown = [
        Sourced(person, origin)
        for origin, texts in (
            ("info-line", [text for text in near if text not in body]),
            ("body", body),
            ("credit", _credits(page)),
        )
        for text in texts
        for person in people_in(text)
    ]
    names = {told.value.name for told in shown}
    declared = [told for told in _declared(page) if told.value.role != "author" or told.value.name not in names]
    found: dict[Person, Sourced[Person]] = {}
    for told in (*declared, *shown):
        found.setdefault(told.value, told)
    return tuple(found.values())


def _credits(page: Page) -> Iterator[str]:
    """Yield the lines that stand for themselves and name who answers for the page, wherever they are."""
    return (
        line.text
        for line in page.lines
        if len(line.text) <= LABEL_HANZI and not line.linked and _COLON.search(line.text) and _CREDIT.match(line.text)
    )


def _declared(page: Page) -> Iterator[Sourced[Person]]:
    authors = (
        *page.meta("Author"),
        *page.properties("author"),
        *page.selected("", "#author_baidu", "founder-author", "#NewsArticleAuthor"),
    )
    editors = (*page.meta("editor"), *page.selected("", "#editor_baidu"))
    for role, texts in (("author", authors), ("editor", editors)):
        for text, origin in texts:
            labelled = list(people_in(text)) if len(text) <= LABEL_HANZI else []
            bare = [] if labelled or text == page.site_name else _named(re.sub(r"^[^:：]{1,6}[:：]\s*", "", text), role)
            yield from (Sourced(person, origin) for person in (*labelled, *bare))


def people_in(text: str) -> Iterator[Person]:
    """Yield the people that a line names behind labels such as 责任编辑：, in its dateline, or in brackets at its end.

    >>> [f"{person.name} {person.role}" for person in people_in("来源：江门日报作者：何榕责编：郑凯瑜")]
    ['何榕 author', '郑凯瑜 editor']
    """
    opening, ending = DATELINE.match(text), _SIGNED.search(text[-50:])
    for bracket in (opening, ending):
        for found in _REPORTERS.finditer((bracket and bracket["by"]) or ""):
            yield from _named(found["names"], ROLES[found["label"]])
    if hanzi(text) <= LABEL_HANZI:
        for found in _PEOPLE.finditer(text) if _COLON.search(text) else ():
            yield from _named(found["names"], ROLES[found["label"]])
        if _SIGNATURE.match(text):
            for found in _REPORTERS.finditer(text):
                yield from _named(found["names"], ROLES[found["label"]])


def _named(text: str, role: str) -> Iterator[Person]:
    for part in _SPLIT.split(text.strip("()（）[]【】 ")):
        name = _DID.sub("", part)
        if _NAME.match(name) and name not in ROLES and name.lower() not in _NOBODY:
            yield Person(name=name, role=role)


def dateline(first: str) -> str | None:
    """Return the agency's or paper's head of the first paragraph, such as 江门日报讯(记者/何榕).

    >>> dateline("新华社北京7月15日电 记者从农业农村部获悉")
    '新华社北京7月15日电'
    """
    found = DATELINE.match(first)
    return found[0].strip() if found else None
