"""Shapes of list URLs on Chinese local sites. To know another shape, add a row to `LIST_SHAPES`.

The shapes were collected from 6,400 addresses of lists on 4,400 hosts of governments, departments and papers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen
from attrs.converters import optional

from crawler.families.paper_layouts import is_issue_page
from crawler.families.url_patterns import url_pattern

_PAGE = r"\.(?:s?html?|dhtml|jhtml|thtml|jspx?|psp|php|aspx?|do|action|rt)"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TREE = r"channels?|channel/list|channelList|lists?|lanmu|category|class"

# Parameters that name a column. `id` and `p` are none of them: they name articles as often.
_COLUMN_PARAMETER = re.compile(
    r"""(?:a|areas?|bunid|cat_?id|catas?|cate|cateid|category|category_?(?:id|num)|ch|chan|channl?e?l?id|cid|class|classid
    |code|col|colsym|column|columnid|column_id|deptcode|fl|gk|jh|lb|lm|lmid|name|num|number|open|orgid|parentid|pcode|pid
    |posid|rdeptid|site_?(?:code|id)|speid|stit|tab|topic|topsearch|type|uid|vc_xxgkarea)$""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER_PARAMETER = re.compile(r"(?:cur_?|total_?)?page(?:no|num|index)?$|^(?:pg|a\d+[ptc])$", re.IGNORECASE)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@frozen
class ListShape:
    """A form of list URLs: a pattern that is searched in the path, and one that is searched in the query.

    Without a `query`, each parameter must name a column or number its pages. Pages without a list also have a `loose`
    shape: what the page shows must confirm it.
    """

    name: str
    path: re.Pattern[str] = field(converter=_compiled)
    query: re.Pattern[str] | None = field(default=None, converter=optional(_compiled))
    loose: bool = False


_ANY = ""  # a query with any parameters

LIST_SHAPES = (  # names have a limited length: without one, the search in a long hostile URL would be quadratic
    ListShape("columns-uuid", rf"/columns/{_UUID}/(?:index(?:_\d+)?\.html)?$"),  # 河北
    ListShape("jcms-col", r"/col/col\d+(?:/(?:index\.html)?)?$"),
    ListShape("node", r"/(?:node_|nbs\.)[\w.]+\.html?$"),  # Founder: a node, a paper's issue
    ListShape("channels", rf"/(?:{_TREE})/(?:[a-z]+/)?\d{{1,6}}(?:[_/-]\d{{1,4}})?(?:\.s?html?|/(?:index\.html)?)?$"),
    ListShape("list-id", rf"/list/(?:\d+|{_UUID})(?:[_-]\d+)?\.html$"),  # 雅安
    ListShape("quick-query", r"/documentquickquery/\d+\.html$"),  # 福建
    ListShape("node-number", r"/Node-\d+(?:[_-]\d+)?\.html$"),  # 安康
    ListShape("lonsun", r"/(?:(?:public|content)/column|site/(?:tpl|label))/\d+(?:/page_\d+)?$", query=_ANY),
    ListShape("showlist", r"/showList/(?:\d+/)*(?:\d+|page_\d+)\.html$", query=_ANY),  # 安徽
    ListShape("class-letters", r"/class/[A-Z]{8}$"),  # 常州
    ListShape("number-0000", r"/\d+/0000/[\w-]+\.html$"),  # 三门峡
    ListShape("page-number", r"/[a-z][\w-]*/1\.html?$"),  # 陕西; others number articles so, from higher numbers
    ListShape("wcm-id", r"/_M\d+_\w{16,64}_\d+\.html?$"),
    ListShape("more", r"/[\w-]{1,60}-more\.html$|/(?:sub|second|sec)page\w*\.html$|/moreinfo\w*\.html$"),
    ListShape("thtml-policy", r"/public-[\w-]+\.thtml$", query=_ANY),  # 西藏
    ListShape("jeecms", r"/[a-z]\w*(?:_\d+)?\.jhtml$"),
    ListShape("php-category", r"\.php$", query=r"(?:^|&)(?:a=lists|c=category)(?:&|$)"),  # PHPCMS and others
    ListShape("dedecms", r"/plus/list\.php$", query=_ANY),
    ListShape("empirecms", r"/e/action/ListInfo(?:/|\.|$)", query=_ANY),
    ListShape("list-name", rf"/[\w.-]{{0,60}}list[\w-]{{0,60}}(?:{_PAGE})?$", query=_ANY),
    ListShape("index-name", rf"/[\w-]{{0,60}}(?:index|default)[\w-]{{0,60}}{_PAGE}$"),
    ListShape("column-number", r"/(?:c|col|n)\d{2,}$"),
    ListShape("folder", r"/$"),
    ListShape("name", rf"/\d{{0,4}}_?[a-z][a-z_-]*\d{{0,4}}(?:[_-]\d{{1,4}})?{_PAGE}$", query=_ANY, loose=True),
    ListShape("no-extension", r"/(?=[\w-]*$)(?!.*\d{5})(?!.*[0-9a-f]{16})[\w-]+$", query=_ANY, loose=True),
)
"""The shapes in the order in which they are tried."""


@lru_cache(maxsize=1024)  # each link of a list is looked up several times
def list_shape(url: str) -> ListShape | None:
    """Return the shape that a URL has, None if it has no shape of a list or that of an article.

    >>> list_shape("http://www.example.gov.cn/channels/5569.html").name
    'channels'
    """
    if url_pattern(url):
        return None
    parts = urlsplit(url)
    return next((each for each in LIST_SHAPES if _fits(each, parts.path or "/", parts.query)), None)


def is_section(url: str) -> bool:
    """Return whether a URL is a list's beyond doubt: a folder, an index, a node, a column, a page of an issue."""
    shape = list_shape(url)
    return is_issue_page(url) or (shape is not None and not shape.loose)


def may_be_section(url: str) -> bool:
    """Return whether a URL has the shape of a list, which pages without a list may also have."""
    return is_issue_page(url) or list_shape(url) is not None


def _fits(shape: ListShape, path: str, query: str) -> bool:
    if not shape.path.search(path):
        return False
    return _names_column(query) if shape.query is None else bool(shape.query.search(query))


def _names_column(query: str) -> bool:
    """Return whether each parameter of a query names a column or numbers its pages; `?szyw` names one without a value.

    >>> _names_column("gk=3&cid=15493&page=2"), _names_column("id=12&page=2"), _names_column("page=all")
    (True, False, False)
    """
    return all(
        (name.isalpha() and not value)
        or _COLUMN_PARAMETER.match(name)
        or (value.isdecimal() and _NUMBER_PARAMETER.search(name))
        for name, value in parse_qsl(query, keep_blank_values=True)
    )
