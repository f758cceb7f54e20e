"""What the columns of CSV and Parquet mean that are not fields of an article. A test fails if a column is missing."""

from __future__ import annotations

from pipelines.export.rows import NUMBER
from pipelines.model.bilingual import Bilingual
from pipelines.model.fields import FIELDS
from pipelines.model.key_descriptions import ARTICLE_KEYS, ENTRY_KEYS

OWN_COLUMNS = {
    NUMBER: Bilingual(en="The number of the article on its page, from 1.", zh="文章在页面中的序号，从 1 开始。"),
    "authors": Bilingual(
        en="The people named, as `name (role)`, separated by `; `.", zh="署名人员，格式为“姓名 (角色)”，用 `; ` 分隔。"
    ),
    "people": Bilingual(
        en="The people named: a list of names with their roles.", zh="署名人员：由姓名和角色组成的列表。"
    ),
    "attachments": Bilingual(
        en="The files that the article links to: a list; media type, size and digest of those that are archived.",
        zh="文章所链接的文件：列表；已存档的文件另有媒体类型、大小和摘要值。",
    ),
    "column": Bilingual(en="The path of columns, separated by ` > `.", zh="栏目路径，用 ` > ` 分隔。"),
    "flags": Bilingual(en="The flags of the quality, separated by `; `.", zh="质量标记，用 `; ` 分隔。"),
    "verdict_of": ENTRY_KEYS["verdict.of"],
    "similarity": ENTRY_KEYS["verdict.similarity"],
    "relation": ENTRY_KEYS["verdict.relation"],
    "region_code": ENTRY_KEYS["region.code"],
    "region_name": ENTRY_KEYS["region.name"],
    "verdict": ENTRY_KEYS["verdict.kind"],
    "payload_digest": ENTRY_KEYS["digests.payload"],
    "text_digest": ENTRY_KEYS["digests.text"],
    **{name: ENTRY_KEYS[f"location.{name}"] for name in ("file", "offset", "length")},
    "fangzhi_version": ENTRY_KEYS["version.fangzhi"],
}
"""Columns whose meaning is not that of the key with the same name."""

COLUMNS = (
    ENTRY_KEYS
    | {field.column.name: ARTICLE_KEYS[field.key] for field in FIELDS if field.column and field.key in ARTICLE_KEYS}
    | OWN_COLUMNS
)
"""Column, or key with its name → its meaning."""
