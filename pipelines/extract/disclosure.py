"""Pure. What official pages show in tables and trails: the disclosure table and the way down to the column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipelines.extract.lines import CELL_MARK, Line
from pipelines.extract.moments import day, moment
from pipelines.extract.page import Page
from pipelines.extract.title import fold
from pipelines.extract.tree import squeeze
from pipelines.model import Document

FIELDS = {
    "索引号": "index_number", "索取号": "index_number", "信息索引": "index_number",
    "发布机构": "issuer",
    "发文机关": "issuer",
    "发文机构": "issuer",
    "发布单位": "issuer",
    "公开主体": "issuer",
    "制发机关": "issuer",
    "成文日期": "written_on", "发文日期": "written_on", "生成日期": "written_on", "制发日期": "written_on",
    "文号": "document_number",
    "发文字号": "document_number",
    "文件编号": "document_number",
    "发文号": "document_number",
    "名称": "subject", "标题": "subject", "文件名称": "subject",
    "主题词": "keywords", "关键词": "keywords",
}  # fmt: skip
"""Labels of the table that the disclosure rules of 2008 and 2019 ask for, without the spaces that pad them."""

LEAST = 2
"""Labels from which lines are a disclosure table: 标题： or 发布机构： alone also stand in info lines."""

_PAIR = re.compile(r"^\s*(?P<label>[\u4e00-\u9fff][\u4e00-\u9fff\s　]{0,9})[:：](?P<value>.*)$", re.DOTALL)
_TRAIL = re.compile(
    r"^(?:.{0,6}(?:当前|现在|所在|當前|您的?)\s*(?:的?位置|所在)?.{0,4}?[:：]?\s*)?(?P<path>首\s?[页頁].*)$"
    r"|(?:当前|现在|所在)的?位置\s*[:：]?\s*(?P<other>.+)$"
)
_STEP = re.compile(r"\s*(?:>+|＞+|»|›|→|/|\\|>>|-&gt;|→)\s*|\s+-\s+")
_HOME = re.compile(r"^(?:(?:网站)?首\s?[页頁]|主页|正文|内容|详情|.{0,12}(?:门户网站|政府网))$")


def document(lines: Iterable[Line], page: Page) -> Document | None:
    """Return the disclosure table, or None where the page has none."""
    found: dict[str, str] = {}
    for label, value in _pairs(lines):
        field = FIELDS.get(squeeze(label))
        if field and value and squeeze(value).rstrip("：:") not in FIELDS:
            found.setdefault(field, value)
    if len(found) < LEAST or not {"index_number", "document_number"} & found.keys():
        return None
    written = moment(found.pop("written_on", ""), page.latest)
    return Document(written_on=day(written) if written else None, **found)


def _pairs(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """Yield labels and values, from cells side by side or from one text with a colon in it."""
    for line in lines:
        cells = line.text.split(CELL_MARK)
        for number, cell in enumerate(cells):
            pair = _PAIR.match(cell)
            if pair and pair["value"].strip():
                yield pair["label"], pair["value"].strip()
            elif number + 1 < len(cells):
                yield cell.rstrip("：: "), cells[number + 1].strip()


def column(page: Page, title: str | None) -> tuple[str, ...]:
    """Return the way from the home page down to the article's column, without home and headline."""
    for line in page.lines:
        found = _TRAIL.match(line.text) if len(line.text) < 120 else None
        steps = [step.strip(" :：") for step in _STEP.split((found["path"] or found["other"] or "") if found else "")]
        path = tuple(step for step in steps if step and not _HOME.match(step) and fold(step) != fold(title or ""))
        if path and len(steps) > 1:
            return path
    name = page.meta("columnname") or page.founder.get("nodename", "")
    return (name,) if name else ()
