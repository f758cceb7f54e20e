"""Pure. Who an article is from: its source, its people with their roles, its dateline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipelines.extract.dates import near_title
from pipelines.extract.page import Page
from pipelines.extract.tree import hanzi
from pipelines.model import Person

ROLES = {
    "作者": "author", "撰文": "author", "撰稿": "author", "文": "author", "文字": "author",
    "记者": "reporter", "記者": "reporter", "见习记者": "reporter", "本报记者": "reporter", "全媒体记者": "reporter",
    "通讯员": "correspondent",
    "通訊員": "correspondent", "特约通讯员": "correspondent", "供稿": "correspondent",
    "编辑": "editor",
    "編輯": "editor",
    "责任编辑": "editor",
    "責任編輯": "editor",
    "责编": "editor",
    "网络编辑": "editor",
    "值班编辑": "editor",
    "审核": "editor",
    "初审": "editor",
    "复审": "editor",
    "终审": "editor",
    "签发": "editor",
    "监制": "editor",
    "摄影": "photographer",
    "攝影": "photographer",
    "图": "photographer",
    "校对": "proofreader",
    "审校": "proofreader",
}  # fmt: skip
"""What stands before names on Chinese news pages, and which role of the model it is."""

LABELS = "|".join(sorted(ROLES, key=len, reverse=True))
_PEOPLE = re.compile(
    rf"(?:^|[\s(（\[【|/；;，,。]|(?<=[\u4e00-\u9fff])(?=责任编辑|责编))(?P<label>{LABELS})\s*[:：/]\s*"
    rf"(?P<names>[\u4e00-\u9fff·]{{2,4}}"
    rf"(?:[、 　]+(?!(?:{LABELS})\s*[:：/])[\u4e00-\u9fff·]{{2,4}}(?![\u4e00-\u9fff]))*)"
)
_CREDIT = re.compile(
    r"^\W*(?:责任编辑|責任編輯|责编|网络编辑|值班编辑|编辑|編輯)\s*[:：]\W*[\u4e00-\u9fff·、 　]{2,20}\W*$"
)
_NAME_SPLIT = re.compile(r"[\s、，,;；/]+")
_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,8}$|^[A-Za-z][A-Za-z .]{2,30}$")
_SOURCE = re.compile(
    r"(?:信息来源|稿件来源|文章来源|新闻来源|内容来源|來源|来源|稿源|出处|发布机构|发布单位"
    r"|来稿单位)\s*[:：︰]\s*(?P<name>[^\s|｜:：\]】()（）<>]{2,30})"
)
_SOURCE_END = re.compile(
    r"作者|编辑(?!部)|責任|责任|字[号体體]|时间|日期|发布(?=时间|日期|于|\s*[:：])|浏览|点击|分享|发表|【|\["
    r"|(?:19|20)\d\d[-年/.]|我要|评论|打印"
    r"|参与|\d+人"
)
_BESIDE_DATE = re.compile(
    r"(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?\s*(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?[\s·|　]*"
    r"(?P<name>[\u4e00-\u9fffA-Za-z0-9]{1,12}(?:网|報|报|社|台|客户端|新闻|在线|融媒|发布))(?=[\s|　]|$)"
)
_OWN = re.compile(r"^(?:本[网站網]|本网站|原创|本网原创|本站原创)$")
DATELINE = re.compile(
    r"^(?:【?(?P<paper>[\u4e00-\u9fff]{1,12}(?:日报|晚报|晨报|早报|商报|时报|都市报|日報|晚報|新闻网|新聞網"
    r"|融媒体?|发布|网|網|台|报|報|社|客户端))"
    r"(?P<place>[\u4e00-\u9fff]{0,8}?)\s*(?:(?:1[0-2]|[1-9])月(?:3[01]|[12]?\d)日)?\s*(?:讯|訊|电|電|消息)】?"
    r"|本[报網网台報](?:讯|訊|消息))"
    r"\s*(?:[(（【](?P<by>[^()（）【】]{2,60})[)）】])?"
)
_REPORTERS = re.compile(
    r"(?P<label>(?:本报|见习|实习|全媒体|融媒体?|首席|特约)?(?:记者|記者|通讯员|通訊員"
    r"|摄影))[/／:： ]*(?P<names>[\u4e00-\u9fff]{2,4}(?:[、 　]+(?!\S*(?:记者|通讯员))[\u4e00-\u9fff]{2,4})*)"
)
_META_SOURCES = ("contentsource", "docsource", "source", "mediaid", "article:source")


def source(page: Page, title: str | None) -> str | None:
    """Return the publisher that the page names as the article's origin; the site where it says 本网 or 本站."""
    texts = [
        *page.texts(*page.recipe.source),
        page.meta(*_META_SOURCES),
        page.founder.get("source", ""),
        page.founder.get("sourcename", ""),
    ]
    texts.extend(page.texts("#source_baidu", "founder-source"))
    for text in texts:
        name = _cut(re.sub(r"^[^:：]{2,5}[:：]\s*", "", text))
        if _OWN.match(name):
            return page.meta("sitename") or name
        if _is_source(name):
            return name
    return _shown_source([*near_title(page, title)]) or _shown_source(
        line.text for line in page.lines if hanzi(line.text) <= 60
    )


def _shown_source(texts: Iterable[str]) -> str | None:
    for pattern in (_SOURCE, _BESIDE_DATE):
        for text in texts:
            for found in pattern.finditer(text):
                name = _cut(found["name"])
                if _is_source(name):
                    return name
    return None


def _cut(text: str) -> str:
    return _SOURCE_END.split(text.strip())[0].strip(" ：:，,。|　\t")


def _is_source(name: str) -> bool:
    return 2 <= len(name) <= 40 and (hanzi(name) >= 2 or (name.isascii() and name.isalpha()))


def people(page: Page, title: str | None, body: Iterable[str]) -> tuple[Person, ...]:
    """Return who is named with a role, each once: by meta tags, ids, info line, dateline, credits, and at the end.

    The official tag Author means "author or editor in charge": whoever the page itself shows in a role is that.
    """
    shown = [person for text in (*near_title(page, title), *body, *_credits(page)) for person in people_in(text)]
    names = {person.name for person in shown}
    declared = [person for person in _declared(page) if person.role != "author" or person.name not in names]
    return tuple(dict.fromkeys([*declared, *shown]))


def _credits(page: Page) -> Iterator[str]:
    """Yield the lines that stand for themselves and name who answers for the page, wherever they are."""
    return (line.text for line in page.lines if not line.linked and _CREDIT.match(line.text))


def _declared(page: Page) -> Iterator[Person]:
    authors = (
        page.meta("author"),
        page.founder.get("author", ""),
        *page.texts("#author_baidu", "founder-author", "#NewsArticleAuthor"),
    )
    for role, texts in (("author", authors), ("editor", (page.meta("editor"), *page.texts("#editor_baidu")))):
        for text in texts:
            if not _PEOPLE.search(text):
                yield from _named(re.sub(r"^[^:：]{1,6}[:：]\s*", "", text), role)
            yield from people_in(text)


def people_in(text: str) -> Iterator[Person]:
    """Yield the people that a line names behind labels such as 责任编辑：, or in the brackets of its dateline."""
    opening = DATELINE.match(text)
    if opening and opening["by"]:
        for found in _REPORTERS.finditer(opening["by"]):
            yield from _named(
                found["names"], ROLES.get(found["label"][-3:]) or ROLES.get(found["label"][-2:], "reporter")
            )
    if hanzi(text) <= 60:
        for found in _PEOPLE.finditer(text):
            yield from _named(found["names"], ROLES[found["label"]])


def _named(text: str, role: str) -> Iterator[Person]:
    for name in _NAME_SPLIT.split(text.strip("()（）[]【】 ")):
        if _NAME.match(name) and name not in ROLES:
            yield Person(name=name, role=role)


def dateline(first: str) -> str | None:
    """Return the agency's or paper's head of the first paragraph, such as 江门日报讯(记者/何榕).

    >>> dateline("新华社北京7月15日电 记者从农业农村部获悉")
    '新华社北京7月15日电'
    """
    found = DATELINE.match(first)
    return found[0].strip() if found else None
