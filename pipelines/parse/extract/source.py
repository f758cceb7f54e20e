"""Finds the publisher or office that a page names as the source of its article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from lxml.html import HtmlElement

from pipelines.parse.extract.info import MAX_INFO_HANZI, parted_text
from pipelines.parse.extract.page import ParsedPage, Sourced, fold
from pipelines.parse.extract.spaces import normalise_space
from pipelines.parse.extract.tree import count_hanzi, remove_spaces
from pipelines.parse.region import is_region_name

SOURCE_TAGS = ("ContentSource", "docsource", "source", "mediaid", "article:source", "og:article:source")
"""Meta tags with the source, the most reliable first."""

SOURCE_SELECTORS = ("#source_baidu", "founder-source", "[itemprop=sourceOrganization]", "#js_name")
"""Elements that hold the source; the last one has the name of the account on WeChat."""

MAX_LABELS = 60
"""Texts with a label such as 来源 that are examined: an article page has up to ten, most of them under pictures."""

MAX_LABEL_CHARS = 4 * MAX_INFO_HANZI
"""Characters below which a text may contain a label: an info line with letters, digits and spaces between fields."""

MAX_TEXTS = 60
"""Texts around a label in which its value is searched for: an info line has about 20."""

MAX_LEVELS = 3
"""Elements from a label upwards that may contain its value: span, cell or item, and row."""

MIN_NAME_CHARS = 2
MAX_NAME_CHARS = 40
"""Characters of the shortest and the longest name of a publisher."""

_SOURCE_CLASS_HINT = re.compile("ource")
_UNLABELLED_NAME = re.compile(r"[\w·]{2,20}")
"""A name in an element without a label: a single word; 中国共产党临江市委员会宣传部 has 14 characters."""

_SOURCE_CLASS = re.compile(r"(?:[.#\s_-])source(?:[_-]?(?:name|text|title|org))*(?:$|[\s_-])", re.IGNORECASE)
_LABEL = re.compile(
    r"""
    (?:
        (?:信息|稿件|文章|新闻|内容|消息|原文|文稿|转载|资讯)\s*    # 信息来源, 稿件来源
        | (?<![\u4e00-\u9fff])
        | (?<=[日次讯分])                                                # directly after a date or a counter
    )
    (?:
        来\s*源 | 稿\s*源 | 出\s*处 | 转载自 | 转自 | 原\s*创  # source, reprinted from, original
        | 来稿单位 | 供稿单位 | 发布机构 | 发布单位 | 信息提供           # contributing or issuing organisation
    )
    \s*[:：︰]\s*
    """,
    re.VERBOSE,
)
_SOURCE_WORD = ("源",)
_LABEL_KINDS = (
    (re.compile(r"源\s*[:：︰]"), _SOURCE_WORD),
    (re.compile(r"(?:处|自|创|提供)\s*[:：︰]"), ("出处", "转", "创", "提供")),
    (re.compile(r"(?:单位|机构)\s*[:：︰]"), ("单位", "机构")),
)
"""Kinds of labels, the most reliable first: the end of a label, without which a page is not searched for the kind, and
words of which the text that holds the label has one. Each kind is searched for only if the earlier ones found nothing.
"""

_NAME_END = re.compile(
    r"""
    作者 | 编辑(?!部|出版) | 责任 | 责编 | 撰稿 | 摄影 | 审核 | 通讯员                   # credits
    | 记者(?=[\s:：/]|$)
    | 时间 | 日期 | 发布(?=时间|日期|于|人|\s*[:：])                                     # dates
    | (?:19|20)\d\d[-年/.] | \d{1,2}-\d{1,2}\b
    | 字[号体] | 浏览 | 点击 | 阅读 | 分享 | 发表 | 我要 | 评论 | 打印 | 参与 | 访问 | \d+人  # tools and counters
    | 文号 | 索引 | https?:                                                                     # other fields
    | 【 | \[ | \| | ｜                                                                         # separators
    """,
    re.VERBOSE,
)
"""Texts after the name of a publisher, when nothing separates the two."""

_WECHAT_ACCOUNT = re.compile(r"""\bnick_?name["']?\s*[=:]\s*(?:htmlDecode\()?["'](?P<name>[^"'<>]{2,40})["']""")
_SCRIPT = re.compile(r"document\.write|\bvar\s|\bif\s*\(|\.html\(")
_SCRIPT_STRING = re.compile(r"""["'](?:<[^<>]*>)?([\u4e00-\u9fff]{2,20})(?:<[^<>]*>)?["']""")
_AFTER_FIRST_WORD = re.compile(r"(?<=[\u4e00-\u9fff》”])[\s　]+.*", re.DOTALL)
_AFTER_WIDE_GAP = re.compile(r"[\s　]{2,}.*|　.*", re.DOTALL)
_OWN_SITE = re.compile(r"^(?:本[网站报台局委办厅]|本网站|原创|本网原创|本站原创|本站编辑|网站|自采)$")
_MEDIUM = (
    r"[\u4e00-\u9fffA-Za-z0-9·]{1,14}"
    r"(?:网|报|社|台|客户端|新闻|在线|融媒(?:体(?:中心)?)?|发布|新媒体)"
)
_DATE = (
    r"(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?\s*"
    r"(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
)
_MEDIUM_BESIDE_DATE = (
    re.compile(rf"{_DATE}[\s·|　]*(?P<name>{_MEDIUM})(?=[\s|　]|$)"),
    re.compile(rf"(?:^|[\s|　])(?P<name>{_MEDIUM})[\s·|　]*{_DATE}"),
)
_UNNAMED = """
点击 未知 不详 其他 其它 来源 暂无 转载 作者 佚名 匿名 管理员 网站管理员 默认 测试 信息来源 请选择 请输入
请输入来源 无来源 来源不详 来源未知 编辑 小编 source null admin none test xxx
"""
_NOT_NAMES = frozenset(_UNNAMED.split())
"""Values that templates and forms leave where nobody entered a source, in lower case."""

_OWN_PREFIX = re.compile(r"^本[网站](?=[\u4e00-\u9fff]{4,})")
"""本网 before the name of an office, as in 本网广州市住房保障办公室."""

_NAME_GOES_ON = re.compile(
    r"[-－—\w（）()]{0,16}(?:[网报社台局委办厅部处科院校会站馆队所]|中心|公司|频道|客户端|政府|办公室)"
)
"""The rest of a printed name that begins with the declared one: a department, a channel, an edition."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_NOT_A_MEDIUM = re.compile(r"(?:时间|日期|浏览|发布于|更新于|点击)")


def find_source(page: ParsedPage, near_lines: Sequence[str], title: str | None) -> Sourced[str] | None:
    """Return the publisher that the page names as the source of the article; the site if it says 本网 or 本站.

    `near_lines` are the lines near the headline. The headline and a bare region are no sources.
    """
    headline = fold(title or "")
    for text, origin in _candidates(page, near_lines):
        name = clean_name(text)
        if _OWN_SITE.match(name):
            return Sourced(page.site_name or name, origin)
        if is_publisher(name) and fold(name) != headline and not is_region_name(name):
            return _longer_name(page, near_lines, name) or Sourced(name, origin)
    return None


def _longer_name(page: ParsedPage, near_lines: Sequence[str], name: str) -> Sourced[str] | None:
    """Return the visible name that contains a name in metadata: 人民网 has 人民日报 and shows 人民网－人民日报."""
    values = (text[label.end() :].strip() for text in near_lines if (label := _LABEL.search(text)))
    if not any(name in value and value != name for value in values):
        return None
    visible = (Sourced(clean_name(value), origin) for value, origin in _labelled(page, _SOURCE_WORD, near_lines))
    return next((each for each in visible if _is_longer(each.value, name) and is_publisher(each.value)), None)


def _is_longer(visible: str, name: str) -> bool:
    begins = visible.startswith(name)
    return visible != name and (bool(_NAME_GOES_ON.fullmatch(visible[len(name) :])) if begins else name in visible)


def _candidates(page: ParsedPage, near_lines: Sequence[str]) -> Iterator[Sourced[str]]:
    yield from _metadata(page)
    for label_end, words in _LABEL_KINDS:
        if label_end.search(page.text):
            yield from _labelled(page, words, near_lines)
    yield from _beside_date([parted_text(page, text) if _YEAR.search(text) else text for text in near_lines])
    yield from _by_class(page, near_lines)


def _metadata(page: ParsedPage) -> Iterator[Sourced[str]]:
    yield from page.select_texts("recipe:", *page.recipe.source)
    yield from page.meta(*SOURCE_TAGS)
    yield from page.founder("source", "sourcename")
    yield from page.select_texts("", *SOURCE_SELECTORS)
    account = _WECHAT_ACCOUNT.search(page.html) if "js_content" in page.markup_words else None
    if account:
        yield Sourced(account["name"], "script:nickname")
    publisher = page.gkmlpt_post.get("publisher") or page.gkmlpt_post.get("source")
    if isinstance(publisher, str):
        yield Sourced(publisher, "_CONFIG:publisher")


def _labelled(page: ParsedPage, words: Sequence[str], near_lines: Sequence[str]) -> list[Sourced[str]]:
    """Return the values after labels such as 来源, first those near the headline.

    The end of an element also ends the name: buttons such as 举报 follow without a space. Some templates of TRS print
    the value with a script, as in `document.write("市水务局")`.
    """
    near = remove_spaces("\n".join(near_lines))
    found = []
    nodes = page.text_nodes
    candidates = sorted({number for word in words for number, node in enumerate(nodes) if word in node[0]})
    for text, element, is_tail in (nodes[number] for number in candidates[:MAX_LABELS]):
        parent = element.getparent() if is_tail else element
        label = _LABEL.search(text) if len(text) < MAX_LABEL_CHARS else None
        if label and parent is not None:
            value = text[label.end() :].strip() or _next_text(text, parent).strip()
            string = _SCRIPT_STRING.search(value) if _SCRIPT.search(value) else None
            value = string[1] if string else _AFTER_FIRST_WORD.sub("", value)
            is_near = remove_spaces(label[0]) in near
            found.append(Sourced(value, "info-line" if is_near else "label"))
    return sorted(found, key=lambda each: each.origin != "info-line")


def _next_text(text: str, element: HtmlElement | None) -> str:
    """Return the text after a given text, within the element or the elements around it."""
    for _ in range(MAX_LEVELS):
        if element is None:
            return ""
        texts = [str(piece) for piece in islice(element.itertext(), MAX_TEXTS) if str(piece).strip()]
        if text in texts[:-1]:
            return texts[texts.index(text) + 1]
        element = element.getparent()
    return ""


def _beside_date(near_lines: Sequence[str]) -> Iterator[Sourced[str]]:
    """Yield names of media without a label that are in a line near the headline with the date, or in the line above."""
    for pattern in _MEDIUM_BESIDE_DATE:
        for text in near_lines:
            for found in pattern.finditer(text.replace("\t", " ")):
                if not _NOT_A_MEDIUM.search(found["name"]):
                    yield Sourced(found["name"], "beside-date")
    for above, below in pairwise(near_lines):
        if re.match(_DATE, below) and re.fullmatch(_MEDIUM, above):
            yield Sourced(above, "beside-date")


def _by_class(page: ParsedPage, near_lines: Sequence[str]) -> list[Sourced[str]]:
    """Return unlabelled names near the headline in elements whose class or id says `source`, the shortest first."""
    near = remove_spaces("\n".join(near_lines))
    found = []
    for element in page.elements_named(_SOURCE_CLASS_HINT)[:MAX_LABELS]:
        attributes = ((".{}", element.get("class")), ("#{}", element.get("id")))
        selectors = (form.format(value) for form, value in attributes if value)
        selector = next((each for each in selectors if _SOURCE_CLASS.search(each)), "")
        texts = (str(text) for text in islice(element.itertext(), MAX_TEXTS)) if selector else ()
        text = normalise_space("".join(texts))
        if _UNLABELLED_NAME.fullmatch(text) and text in near and not _NOT_A_MEDIUM.search(text):
            found.append(Sourced(text, selector.split()[0]))
    return sorted(found, key=lambda each: len(each.value))


def clean_name(text: str) -> str:
    """Return the name of a publisher without label, brackets, and other text directly after it.

    >>> clean_name("来源：《江门日报》 作者：何榕")
    '江门日报'
    """
    value = _LABEL.sub("", normalise_space(text), count=1)
    value = _OWN_PREFIX.sub("", re.sub(r"^[^:：]{2,5}[:：]\s*", "", value))
    value = _AFTER_WIDE_GAP.sub("", _NAME_END.split(value)[0].strip()).strip(" ：:，,。、;；|/　\t-—")
    if not re.search(r"[(（【]", value):
        value = value.rstrip(")）】")
    quoted = re.fullmatch(r"[《〈“\"'（(【](.*)[》〉”\"'）)】]", value)
    return quoted[1] if quoted else value


def is_publisher(name: str) -> bool:
    """Return whether a text can be the name of a publisher: a label without a value leaves other texts.

    >>> is_publisher("新华社"), is_publisher("BBC"), is_publisher("1234"), is_publisher("点击")
    (True, True, False, False)
    """
    if not MIN_NAME_CHARS <= len(name) <= MAX_NAME_CHARS or name.lower() in _NOT_NAMES:
        return False
    return count_hanzi(name) >= 2 or (name.isascii() and name[0].isalpha())
