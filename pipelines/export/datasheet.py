"""What stands beside an export: a data sheet for people, and a descriptor by Frictionless Data Package 1."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from pipelines import __version__
from pipelines.export.descriptions import COLUMNS
from pipelines.export.rows import LISTS, columns
from pipelines.model.bilingual import Bilingual
from pipelines.times import rfc3339

FRICTIONLESS_TYPES = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dt.date: "date",
    dt.datetime: "datetime",
}
"""The types of Table Schema by those of the cells."""

MEDIA_TYPES = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}

LICENCE = Bilingual(
    en="The texts belong to those who published them. Citing and counting them is usually allowed, publishing them "
    "again often is not: ask, or publish the ids and addresses alone.",
    zh="文字的权利属于发布者。引用和统计通常允许，再次公开全文往往不允许：请先征得同意，或只公开编号和网址。",
)
LABELS = {
    "title": Bilingual(en="Data sheet of {file}", zh="{file} 的数据说明"),
    "made": Bilingual(en="Made", zh="制作时间"),
    "by": Bilingual(en="By", zh="制作程序"),
    "archive": Bilingual(en="Archive", zh="档案库"),
    "query": Bilingual(en="Query", zh="检索式"),
    "filters": Bilingual(en="Filters", zh="筛选条件"),
    "none": Bilingual(en="none", zh="无"),
    "rows": Bilingual(en="Rows", zh="行数"),
    "bytes": Bilingual(en="Bytes", zh="字节数"),
    "files": Bilingual(en="Files", zh="文件数"),
    "crawled": Bilingual(en="Days on which a site was crawled", zh="有网站被抓取的天数"),
    "span": Bilingual(en="{days}, from {first} to {last}", zh="{days} 天，{first} 至 {last}"),
    "site": Bilingual(en="Site", zh="网站"),
    "articles": Bilingual(en="Articles, each once", zh="文章数（每篇计一次）"),
    "days": Bilingual(en="Days crawled", zh="抓取天数"),
    "columns": Bilingual(en="Columns", zh="各列"),
    "rights": Bilingual(en="Rights", zh="权利"),
}


@frozen(kw_only=True)
class ExportedFile:
    """A file of an export; its path is relative to the place of the data sheet."""

    path: str
    size: int
    digest: str
    rows: int


@frozen(kw_only=True)
class ExportFacts:
    """What a data sheet says of an export.

    `name` is that of the file, or of the folder with `files` if it is a data set of several files. `filters` are the
    options of the command line that select captures, by name. `crawled` are the number of days on which a site was
    crawled, the first and the last of them, None if there is none. `sites` has for each site the number of its
    articles, each once, and of the days on which it was crawled.
    """

    name: str
    form: str
    files: Sequence[ExportedFile]
    made: dt.datetime
    archive: str
    query: str
    filters: Mapping[str, str]
    crawled: tuple[int, str, str] | None
    sites: Mapping[str, tuple[int, int]]

    @property
    def rows(self) -> int:
        """Return the number of rows of all files."""
        return sum(file.rows for file in self.files)

    @property
    def size(self) -> int:
        """Return the number of bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def whole(self) -> ExportedFile | None:
        """Return the file that is the whole export; None for a folder."""
        return self.files[0] if [file.path for file in self.files] == [self.name] else None


def descriptor(facts: ExportFacts) -> str:
    """Return a Data Package descriptor as JSON; what fangzhi adds is in the key `fangzhi`."""
    stem = facts.name.removesuffix(f".{facts.form}")
    name = re.sub(r"[^a-z0-9._-]+", "-", stem.lower()).strip("-") or "export"
    kind = "tabular-data" if facts.form == "csv" else "data"
    resource: dict[str, Any] = {
        "profile": f"{kind}-resource",
        "name": name,
        "path": facts.whole.path if facts.whole else [file.path for file in facts.files],
        "format": facts.form,
        "mediatype": MEDIA_TYPES[facts.form],
        "encoding": "utf-8",
        "bytes": facts.size,
        **({"hash": facts.whole.digest} if facts.whole else {}),
        "rows": facts.rows,
    }
    files = [{"path": file.path, "bytes": file.size, "hash": file.digest, "rows": file.rows} for file in facts.files]
    if facts.form != "jsonl":
        resource["schema"] = {
            "fields": [
                {"name": column, "type": FRICTIONLESS_TYPES[kind], "description": COLUMNS[column].en}
                for column, kind in columns().items()
            ]
        }
    if facts.form == "parquet":
        resource["schema"]["fields"] += [
            {"name": column, "type": "array", "description": COLUMNS[column].en} for column in LISTS
        ]
    package = {
        "profile": f"{kind}-package",
        "name": name,
        "created": rfc3339(facts.made),
        "description": LICENCE.en,
        "sources": [{"title": "fangzhi archive", "path": facts.archive}],
        "resources": [resource],
        "fangzhi": {
            "version": __version__,
            "query": facts.query,
            "filters": dict(facts.filters),
            **({} if facts.whole else {"files": files}),
            "coverage": {
                "crawled": dict(zip(("days", "first", "last"), facts.crawled, strict=True)) if facts.crawled else None,
                "sites": {
                    site: {"articles": articles, "crawled_days": days} for site, (articles, days) in facts.sites.items()
                },
            },
        },
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def data_sheet(facts: ExportFacts, lang: str) -> str:
    """Return a data sheet in Markdown, in English or Chinese."""
    label = {name: text.text(lang) for name, text in LABELS.items()}
    filters = ", ".join(f"`{f'--{name} {value}'.strip()}`" for name, value in facts.filters.items())
    lines = [
        f"# {label['title'].format(file=facts.name)}",
        "",
        f"- {label['made']}: {rfc3339(facts.made)}",
        f"- {label['by']}: fangzhi {__version__}",
        f"- {label['archive']}: {facts.archive}",
        f"- {label['query']}: {f'`{facts.query}`' if facts.query else label['none']}",
        f"- {label['filters']}: {filters or label['none']}",
        f"- {label['rows']}: {facts.rows}",
        *([] if facts.whole else [f"- {label['files']}: {len(facts.files)}"]),
        f"- {label['bytes']}: {facts.size}{f', {facts.whole.digest}' if facts.whole else ''}",
    ]
    if facts.crawled:
        days, first, last = facts.crawled
        lines.append(f"- {label['crawled']}: {label['span'].format(days=days, first=first, last=last)}")
    lines += ["", f"| {label['site']} | {label['articles']} | {label['days']} |", "| --- | --: | --: |"]
    lines += [f"| {site} | {articles} | {days} |" for site, (articles, days) in facts.sites.items()]
    if facts.form != "jsonl":
        lines += ["", f"## {label['columns']}", ""]
        names = [*columns(), *(LISTS if facts.form == "parquet" else ())]
        lines += [f"- `{name}`: {COLUMNS[name].text(lang)}" for name in names]
    return "\n".join((*lines, "", f"## {label['rights']}", "", LICENCE.text(lang), ""))
