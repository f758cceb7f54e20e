"""Finds a site's name, region, slug and encoding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from attrs import frozen

from crawler.families.rows import parse_html
from crawler.inspect.fetch import FetchedPage
from pipelines.messages import gettext as _
from pipelines.model import NO_SITES, Region
from pipelines.parse.decode import charsets
from pipelines.parse.region import region_of

# Between the parts of a title: a dash or bar, or the space before a page number as in 临潭日报 第01版：要闻.
_TITLE_SEPARATOR = re.compile(r"\s*[-_|｜—–»>]+\s*|\s+(?=第?[A-Z]?\d{1,3}版?(?:[：:\s]|$))")
# SiteIDCode in the footer of a page.
_SITE_CODE = re.compile(r"(?:网站标识码|标识编码)[：:\s]*((?:bm)?\d{10})")
_GENERIC_TITLE = re.compile(r"^(?:首页|网站首页|主页|门户网站|列表|正文|详情页?)$")
_DOMAIN_SUFFIX = re.compile(r"\.(?:gov|com|net|org|edu|cn)(?=\.|$)")


MAX_SLUG_HANZI = 8
"""Maximum number of characters that become a slug: 云洲市融媒体中心 already has 24 letters."""


@frozen(kw_only=True)
class SiteMeta:
    """Meta tags of the government's standard for its websites (国办发〔2017〕47号), and the title of a page.

    `code` is SiteIDCode, `column` is ColumnName.
    """

    name: str = ""
    code: str = ""
    title: str = ""
    column: str = ""


def site_meta(page: FetchedPage) -> SiteMeta:
    """Read the meta tags of a page; those that it does not have are empty."""
    root = parse_html(page.html)
    if root is None:
        return SiteMeta()
    metas = {
        (meta.get("name") or meta.get("property") or "").lower(): meta.get("content") or ""
        for meta in root.iter("meta")
    }
    code = _SITE_CODE.search(page.html)
    title = next((" ".join((each.text or "").split()) for each in root.iter("title")), "")
    return SiteMeta(
        name=(metas.get("sitename") or metas.get("og:site_name") or "").strip(),
        code=(metas.get("siteidcode") or (code[1] if code else "")).strip(),
        title=title,
        column=metas.get("columnname", "").strip(),
    )


def site_name(metas: Iterable[SiteMeta], url: str) -> tuple[str, str]:
    """Return a site's name and its source: "SiteName", "title" (the most common part of its titles), or "host"."""
    pages = list(metas)
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
        return max(common)[2], _("title")
    return urlsplit(url).hostname or url, _("host")


def column_name(page: SiteMeta, site: str) -> str:
    """Return the name of a list page from its meta tag or title; empty if it has none."""
    parts = [
        part for part in _TITLE_SEPARATOR.split(page.title) if part and part != site and not _GENERIC_TITLE.match(part)
    ]
    return page.column or (parts[0] if parts else "")


def region(metas: Iterable[SiteMeta], name: str) -> tuple[Region | None, str]:
    """Return a site's region and its source: "SiteIDCode …", "name", or an empty string if there is no region."""
    codes = Counter(page.code for page in metas if page.code)
    code = codes.most_common(1)[0][0] if codes else ""
    if found := region_of(code, None, ""):
        return found, f"SiteIDCode {code}"
    if re.fullmatch(r"\d{10}", code):
        return Region(code=code[:6], name=re.sub(r"人民政府.*$|政府信息公开.*$", "", name)), f"SiteIDCode {code}"
    found = region_of("", None, name)
    return found, _("name") if found else ""


def slug_of(url: str, name: str = "") -> str:
    """Return a site's slug, made of its host; if that is an IP address, made of its name in pinyin.

    >>> slug_of("https://www.jiangmen.gov.cn/"), slug_of("http://ssthjj.zhuhai.gov.cn/")
    ('jiangmen', 'zhuhai-ssthjj')
    >>> slug_of("http://127.0.0.1:81/", "云洲市人民政府"), slug_of("http://127.0.0.1:81/"), slug_of("http://shared.cn/")
    ('yunzhou-81', '127-0-0-1-81', 'shared-site')
    """
    parts = urlsplit(url)
    if re.fullmatch(r"[\d.]+|.*:.*", parts.hostname or "") and (own := _pinyin(name)):
        return f"{own}-{parts.port}" if parts.port else own
    host = (parts.hostname or "").removeprefix("www.")
    labels = [label for label in _DOMAIN_SUFFIX.sub("", host).split(".") if label]
    if labels and not labels[-1].isdecimal():
        labels.reverse()
    port = [str(parts.port)] if parts.port else []
    slug = re.sub(r"[^a-z0-9]+", "-", "-".join([*labels, *port]).lower()).strip("-") or "site"
    return f"{slug}-site" if slug in NO_SITES else slug


def _pinyin(name: str) -> str:
    """Return the Chinese characters of a name in pinyin, without the usual endings of a government's name."""
    from pypinyin import lazy_pinyin  # here, because it loads a large dictionary

    short = re.sub(r"(?:人民政府|政府信息公开).*$", "", name)
    hanzi = "".join(re.findall("[\u4e00-\u9fff]", re.sub(r"(?<=..)[市县区]$", "", short)))
    return "".join(lazy_pinyin(hanzi[:MAX_SLUG_HANZI]))


def charset(page: FetchedPage) -> str | None:
    """Return a page's encoding if its header and its markup declare a wrong one or none, else None."""
    labels, used = charsets(page.capture)
    first = labels[0] if labels else "utf-8"
    return None if used in (first, "ascii") else used
