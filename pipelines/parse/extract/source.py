"""Which publisher or office a page names as the origin of its article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from lxml.html import HtmlElement

from pipelines.parse.extract.info import LABEL_HANZI
from pipelines.parse.extract.lines import tidy
from pipelines.parse.extract.page import Page, Sourced
from pipelines.parse.extract.tree import hanzi, squeeze

METAS = ("ContentSource", "docsource", "source", "mediaid", "article:source", "og:article:source")
SELECTORS = ("#source_baidu", "founder-source", "[itemprop=sourceOrganization]")

MOST_LABELS = 60
"""Texts with a label 来源 that are looked at: an article page has up to ten, most of them under pictures."""

MOST_PIECES = 60
"""Texts around a label among which its value is looked for: an info line has about 20."""

REACH = 3
"""Elements up from a label in which its value stands: span, cell or item, and its row."""

_SOURCES = re.compile("ource")
_NAME = re.compile(r"[\w·]{2,20}")
"""A name that an element shows without a label: one word; 中国共产党临江市委员会宣传部 has 14 characters."""

_CLASS = re.compile(r"(?:[.#\s_-])source(?:[_-]?(?:name|text|title|org))*(?:$|[\s_-])", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:(?:信息|稿件|文章|新闻|新聞|内容|消息|原文|文稿|转载|资讯)\s*|(?<![\u4e00-\u9fff])|(?<=[日次讯分]))"
    r"(?:来\s*源|來\s*源|稿\s*源|出\s*处|转载自|转自|原\s*创|来稿单位|供稿单位|发布机构|发布单位|信息提供)\s*[:：︰]\s*"
)
_SOURCE = re.compile("源")
_LABELLED = (
    (re.compile(r"源\s*[:：︰]"), _SOURCE),
    (re.compile(r"(?:处|自|创|提供)\s*[:：︰]"), re.compile("出处|[转创]|提供")),
    (re.compile(r"(?:单位|机构)\s*[:：︰]"), re.compile("单位|机构")),
)
"""What is in a label's text, the surest first; each is looked for only where those before it gave nothing, and where a
line of the page ends a label so."""

_END = re.compile(
    r"作者|编辑(?!部|出版)|編輯|责任|責任|责编|字[号体體]|时间|時間|日期|发布(?=时间|日期|于|人|\s*[:：])|浏览|点击|阅读|分享|发表"
    r"|【|\[|\||｜|https?:|(?:19|20)\d\d[-年/.]|\d{1,2}-\d{1,2}\b|我要|评论|打印|参与|访问|文号|索引|(?:记者|記者|通讯员)(?=[\s:：/]|$)|撰稿|摄影|审核|通讯员|\d+人"
)
_SCRIPT = re.compile(r"document\.write|\bvar\s|\bif\s*\(|\.html\(")
_WRITTEN = re.compile(r"""["'](?:<[^<>]*>)?([\u4e00-\u9fff]{2,20})(?:<[^<>]*>)?["']""")
_FIRST_WORD = re.compile(r"(?<=[\u4e00-\u9fff》”])[\s　]+.*", re.DOTALL)
_WIDE_GAP = re.compile(r"[\s　]{2,}.*|　.*", re.DOTALL)
_OWN = re.compile(r"^(?:本[网站網报報台局委办厅]|本网站|原创|原創|本网原创|本站原创|本站编辑|网站|自采)$")
_MEDIUM = r"[\u4e00-\u9fffA-Za-z0-9·]{1,14}(?:网|網|报|報|社|台|臺|客户端|新闻|在线|融媒(?:体(?:中心)?)?|发布|新媒体)"
_DAY = r"(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?\s*(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
_BESIDE = (
    re.compile(rf"{_DAY}[\s·|　]*(?P<name>{_MEDIUM})(?=[\s|　]|$)"),
    re.compile(rf"(?:^|[\s|　])(?P<name>{_MEDIUM})[\s·|　]*{_DAY}"),
)
_EMPTY = frozenset({"点击", "未知", "不详", "其他", "其它", "来源", "暂无", "转载"})
_NOT_MEDIUM = re.compile(r"(?:时间|日期|浏览|发布于|更新于|点击)")


def source(page: Page, near: Sequence[str]) -> Sourced[str] | None:
    """Return the publisher that the page names as the article's origin; the site where it says 本网 or 本站.

    `near` has the lines by the headline.
    """
    for text, origin in _told(page, near):
        name = clean(text)
        if _OWN.match(name):
            return Sourced(page.site_name or name, origin)
        if is_source(name):
            return _fuller(page, near, name) or Sourced(name, origin)
    return None


def _fuller(page: Page, near: Sequence[str], name: str) -> Sourced[str] | None:
    """Return the shown name that holds a declared one: 人民网 declares 人民日报 and prints 人民网－人民日报."""
    labelled = (text[found.end() :] for text in near if (found := _LABEL.search(text)))
    if not any(name in value and not value.lstrip().startswith(name) for value in labelled):
        return None
    shown = (Sourced(clean(value), origin) for value, origin in _labelled(page, _SOURCE, near))
    return next((told for told in shown if name in told.value and is_source(told.value)), None)


def _told(page: Page, near: Sequence[str]) -> Iterator[Sourced[str]]:
    yield from _declared(page)
    shown = "\n".join(line.text for line in page.lines)
    for label, word in _LABELLED:
        if label.search(shown):
            yield from _labelled(page, word, near)
    yield from _beside_date(near)
    yield from _classed(page, near)


def _declared(page: Page) -> Iterator[Sourced[str]]:
    yield from page.selected("recipe:", *page.recipe.source)
    yield from page.meta(*METAS)
    yield from page.properties("source", "sourcename")
    yield from page.selected("", *SELECTORS)
    publisher = page.detail.get("publisher") or page.detail.get("source")
    if isinstance(publisher, str):
        yield Sourced(publisher, "_CONFIG:publisher")


def _labelled(page: Page, word: re.Pattern[str], near: Sequence[str]) -> list[Sourced[str]]:
    """Return what stands behind a label 来源, the values that are shown by the headline first.

    An element's end ends the name as well: behind it stand buttons, such as 举报, without a space between. Some
    templates of TRS print the value by a script, as in `document.write("市水务局")`.
    """
    squeezed = squeeze("\n".join(near))
    found = []
    told = (each for each in page.texts if word.search(each[0]))
    for text, beside, is_tail in islice(told, MOST_LABELS):
        parent = beside.getparent() if is_tail else beside
        label = _LABEL.search(text) if len(text) < 4 * LABEL_HANZI else None
        if label and parent is not None:
            value = text[label.end() :].strip() or _following(text, parent).strip()
            written = _WRITTEN.search(value) if _SCRIPT.search(value) else None
            value = written[1] if written else _FIRST_WORD.sub("", value)
            is_near = squeeze(label[0]) in squeezed
            found.append(Sourced(value, "info-line" if is_near else "label"))
    return sorted(found, key=lambda told: told.origin != "info-line")


def _following(text: str, around: HtmlElement | None) -> str:
    """Return the text that comes next after a text, within the element around it and those around that."""
    for _ in range(REACH):
        if around is None:
            return ""
        texts = [str(piece) for piece in islice(around.itertext(), MOST_PIECES) if str(piece).strip()]
        if text in texts[:-1]:
            return texts[texts.index(text) + 1]
        around = around.getparent()
    return ""


def _beside_date(near: Sequence[str]) -> Iterator[Sourced[str]]:
    """Yield the bare name of a medium that stands on a line by the headline with the date, or on the line above it."""
    for pattern in _BESIDE:
        for text in near:
            for found in pattern.finditer(text.replace("\t", " ")):
                if not _NOT_MEDIUM.search(found["name"]):
                    yield Sourced(found["name"], "beside-date")
    for above, below in pairwise(near):
        if re.match(_DAY, below) and re.fullmatch(_MEDIUM, above):
            yield Sourced(above, "beside-date")


def _classed(page: Page, near: Sequence[str]) -> list[Sourced[str]]:
    """Return what stands by the headline in elements whose class or id says source, without a label, shortest first."""
    shown = squeeze("\n".join(near))
    found = []
    for element in page.called(_SOURCES)[:MOST_LABELS]:
        marks = [
            form.format(name) for form, name in ((".{}", element.get("class")), ("#{}", element.get("id"))) if name
        ]
        mark = next((mark for mark in marks if _CLASS.search(mark)), "")
        text = tidy("".join(str(text) for text in islice(element.itertext(), MOST_PIECES))) if mark else ""
        if _NAME.fullmatch(text) and text in shown and not _NOT_MEDIUM.search(text):
            found.append(Sourced(text, mark.split()[0]))
    return sorted(found, key=lambda told: len(told.value))


def clean(text: str) -> str:
    """Return a publisher's name without label, brackets, and what is glued to it.

    >>> clean("来源：《江门日报》 作者：何榕")
    '江门日报'
    """
    value = _LABEL.sub("", tidy(text), count=1)
    value = re.sub(r"^[^:：]{2,5}[:：]\s*", "", value)
    value = _WIDE_GAP.sub("", _END.split(value)[0].strip()).strip(" ：:，,。、;；|/　\t-—")
    if not re.search(r"[(（【]", value):
        value = value.rstrip(")）】")
    quoted = re.fullmatch(r"[《〈“\"'（(【](.*)[》〉”\"'）)】]", value)
    return quoted[1] if quoted else value


def is_source(name: str) -> bool:
    """Tell a name from what is left where none was written.

    >>> is_source("新华社"), is_source("BBC"), is_source("1234"), is_source("点击")
    (True, True, False, False)
    """
    return 2 <= len(name) <= 40 and (hanzi(name) >= 2 or (name.isascii() and name[0].isalpha())) and name not in _EMPTY
