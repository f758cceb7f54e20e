"""Whose pages these are: the site's name, its region, its slug, its encoding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from attrs import frozen

from crawler.families.rows import parse_html
from crawler.inspect.fetch import FetchedPage
from pipelines.model import Region
from pipelines.parse.decode import charsets
from pipelines.parse.region import region_of

_TITLE_SEPARATOR = re.compile(r"\s*[-_|｜—–»>]+\s*|\s+(?=第?[A-Z]?\d{1,3}版?(?:[：:\s]|$))")
_SITE_CODE = re.compile(r"(?:网站标识码|标识编码)[：:\s]*((?:bm)?\d{10})")
_GENERIC_TITLE = re.compile(r"^(?:首页|网站首页|主页|门户网站|列表|正文|详情页?)$")
_DOMAIN_SUFFIX = re.compile(r"\.(?:gov|com|net|org|edu|cn)(?=\.|$)")


@frozen(kw_only=True)
class SiteMeta:
    """What pages declare of themselves by the government's standard for its websites (国办发〔2017〕47号)."""

    name: str = ""
    code: str = ""
    title: str = ""
    column: str = ""


def site_meta(page: FetchedPage) -> SiteMeta:
    """Return what a page says of its site and column; empty where it says nothing."""
    root = parse_html(page.html)
    if root is None:
        return SiteMeta()
    metas = {
        (meta.get("name") or meta.get("property") or "").lower(): meta.get("content") or ""
        for meta in root.iter("meta")
    }
    told = _SITE_CODE.search(page.html)
    title = next((" ".join((each.text or "").split()) for each in root.iter("title")), "")
    return SiteMeta(
        name=(metas.get("sitename") or metas.get("og:site_name") or "").strip(),
        code=(metas.get("siteidcode") or (told[1] if told else "")).strip(),
        title=title,
        column=metas.get("columnname", "").strip(),
    )


def site_name(told: Iterable[SiteMeta], url: str) -> tuple[str, str]:
    """Return a site's name and by what it is known: SiteName, what its titles have in common, else its host."""
    pages = list(told)
    if named := Counter(page.name for page in pages if page.name).most_common(1):
        return named[0][0], "SiteName"
    parts = Counter(
        part
        for page in pages
        for part in dict.fromkeys(_TITLE_SEPARATOR.split(page.title))
        if not _GENERIC_TITLE.match(part)
    )
    parts.pop("", None)
    if common := [(count, -at, part) for at, (part, count) in enumerate(parts.items())]:
        return max(common)[2], "title"
    return urlsplit(url).hostname or url, "host"


def column_name(page: SiteMeta, site: str) -> str:
    """Return what a list page calls itself, empty where it does not say."""
    parts = [
        part for part in _TITLE_SEPARATOR.split(page.title) if part and part != site and not _GENERIC_TITLE.match(part)
    ]
    return page.column or (parts[0] if parts else "")


def region(told: Iterable[SiteMeta], name: str) -> tuple[Region | None, str]:
    """Return a site's region and by what it is known: its SiteIDCode, or its name."""
    codes = Counter(page.code for page in told if page.code)
    code = codes.most_common(1)[0][0] if codes else ""
    if found := region_of(code, None, ""):
        return found, f"SiteIDCode {code}"
    if re.fullmatch(r"\d{10}", code):
        return Region(code=code[:6], name=re.sub(r"人民政府.*$|政府信息公开.*$", "", name)), f"SiteIDCode {code}"
    found = region_of("", None, name)
    return found, "name" if found else ""


def slug_of(url: str) -> str:
    """Return a site's slug by its address.

    >>> slug_of("https://www.jiangmen.gov.cn/"), slug_of("http://ssthjj.zhuhai.gov.cn/"), slug_of("http://127.0.0.1:81/")
    ('jiangmen', 'zhuhai-ssthjj', '127-0-0-1-81')
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    labels = [label for label in _DOMAIN_SUFFIX.sub("", host).split(".") if label]
    if labels and not labels[-1].isdecimal():
        labels.reverse()
    port = [str(parts.port)] if parts.port else []
    return re.sub(r"[^a-z0-9]+", "-", "-".join([*labels, *port]).lower()).strip("-") or "site"


def charset(page: FetchedPage) -> str | None:
    """Return a page's encoding where neither its header nor its markup says it rightly, else None."""
    labels, used = charsets(page.capture)
    first = labels[0] if labels else "utf-8"
    return None if used in (first, "ascii") else used
