"""Citations that can be checked against the archive: bibliographic data of an article, and the place of its record."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import frozen

from pipelines.model import Article, Entry
from pipelines.times import CHINA

AUTHOR_ROLES = ("author", "reporter", "correspondent")
"""The roles of those who wrote a text; editors and photographers are not its authors."""

MAX_AUTHORS = 3
"""Authors that GB/T 7714-2015 (8.1.2) prints before 等."""

_BIBTEX = str.maketrans(
    {char: f"\\{char}" for char in "{}$&#_%"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)
_BIBTEX_URL = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})


@frozen(kw_only=True)
class Citation:
    """What a citation says of one article of a capture; `captured` is in China's time.

    `key` is the id of the capture, with the number of the article on a page that has several. `place` is the WARC file
    and the offset of the record in it, None if the record is in no file. `archive` is the address of the archive.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    site: str
    source: str | None
    published: dt.date | None
    url: str
    captured: dt.datetime
    digest: str
    archive: str
    place: str | None


def citations(entry: Entry, site: str, archive: str) -> list[Citation]:
    """Return a citation for each article of a capture, or one for a page without an article."""
    several = len(entry.articles) > 1
    found: Iterable[tuple[int, Article | None]] = enumerate(entry.articles or (None,), 1)
    return [
        _citation(entry, article, f"{entry.id}-{number}" if several else entry.id, site, archive)
        for number, article in found
    ]


def _citation(entry: Entry, article: Article | None, key: str, site: str, archive: str) -> Citation:
    place = entry.location
    return Citation(
        key=key,
        title=_one_line((article and article.title) or entry.final_url),
        authors=tuple(_one_line(each.name) for each in article.authors if each.role in AUTHOR_ROLES) if article else (),
        site=_one_line(site),
        source=_one_line(article.source) if article and article.source else None,
        published=article.published_on if article else None,
        url=entry.final_url,
        captured=entry.fetched_at.astimezone(CHINA),
        digest=entry.digests.payload,
        archive=archive,
        place=f"{place.file}, {place.offset}" if place else None,
    )


def as_text(found: Citation) -> str:
    """Return a citation in the style of Chinese publishers: 《title》, then the site, the day and the address."""
    authors = f"{'、'.join(found.authors)}：" if found.authors else ""
    source = f"来源：{found.source}" if found.source and found.source != found.site else ""
    parts = (f"《{found.title}》", found.site, source, f"{found.published or ''}", found.url)
    archived = (f"{found.captured:%Y-%m-%d %H:%M:%S}（北京时间）", *_record(found))
    return f"{authors}{'，'.join(filter(None, parts))}。存档：{'，'.join(archived)}"


def as_gbt7714(found: Citation) -> str:
    """Return a citation of an online document by GB/T 7714-2015 (4.6), followed by the record in the archive."""
    authors = ", ".join(found.authors[:MAX_AUTHORS]) + (", 等" if len(found.authors) > MAX_AUTHORS else "")
    published = f"({found.published})" if found.published else ""
    dates = f"{published}[{found.captured:%Y-%m-%d}]"
    return f"{authors or found.site}. {found.title}[EB/OL]. {dates}. {found.url}. 存档: {', '.join(_record(found))}."


def as_bibtex(found: Citation) -> str:
    """Return a citation as an entry `@online` of biblatex."""
    fields = {
        "author": " and ".join(f"{{{_bibtex(name)}}}" for name in found.authors),
        "title": f"{{{_bibtex(found.title)}}}",
        "organization": f"{{{_bibtex(found.site)}}}",
        "date": f"{found.published or ''}",
        "url": found.url.translate(_BIBTEX_URL),
        "urldate": f"{found.captured:%Y-%m-%d}",
        "note": _bibtex(_note(found)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join((f"@online{{fangzhi-{found.key},", *lines, "}"))


def as_ris(found: Citation) -> str:
    """Return a citation as a record of RIS, of the type for web pages."""
    lines = [
        ("TY", "ELEC"),
        ("ID", f"fangzhi-{found.key}"),
        ("TI", found.title),
        *(("AU", name) for name in found.authors),
        ("T2", found.site),
        *([("PY", f"{found.published:%Y}"), ("DA", f"{found.published:%Y/%m/%d}")] if found.published else ()),
        ("UR", found.url),
        ("Y2", f"{found.captured:%Y/%m/%d}"),
        ("DB", found.archive),
        ("N1", _note(found)),
        ("ER", ""),
    ]
    return "\n".join(f"{tag}  - {value}" for tag, value in lines)


def as_csl(found: Citation) -> dict[str, Any]:
    """Return a citation as an item of CSL-JSON (Zotero, pandoc)."""
    item = {
        "id": f"fangzhi-{found.key}",
        "type": "webpage",
        "title": found.title,
        "author": [{"literal": name} for name in found.authors],
        "container-title": found.site,
        "issued": _csl_date(found.published) if found.published else None,
        "accessed": _csl_date(found.captured),
        "URL": found.url,
        "archive": found.archive,
        "archive_location": found.place,
        "note": _note(found),
        "language": "zh",
    }
    return {name: value for name, value in item.items() if value}


FORMS: Mapping[str, Callable[[list[Citation]], str]] = {
    "text": lambda found: "\n".join(map(as_text, found)),
    "gbt7714": lambda found: "\n".join(map(as_gbt7714, found)),
    "bibtex": lambda found: "\n\n".join(map(as_bibtex, found)),
    "ris": lambda found: "\n".join(map(as_ris, found)),
    "csl": lambda found: json.dumps([as_csl(each) for each in found], ensure_ascii=False, indent=2),
}
"""Form → the function that writes citations in it; `csl` is one JSON array."""


def _record(found: Citation) -> tuple[str, ...]:
    return tuple(filter(None, (found.key, found.digest, found.archive, found.place)))


def _note(found: Citation) -> str:
    source = f"来源：{found.source}；" if found.source and found.source != found.site else ""
    return f"{source}存档：{found.captured:%Y-%m-%d %H:%M:%S}（北京时间），{'，'.join(_record(found))}"


def _csl_date(day: dt.date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _bibtex(text: str) -> str:
    return text.translate(_BIBTEX)


def _one_line(text: str) -> str:
    return " ".join(text.split())
