"""Finds what only official documents have: the disclosure table (信息公开), and the number of the document."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from attrs import evolve

from pipelines.model import OfficialDocument
from pipelines.parse.extract.datetimes import china_date, first_datetime
from pipelines.parse.extract.disclosure_labels import FIELDS_BY_LABEL, NUMBER_FIELDS, NUMBER_HINT, labels_in
from pipelines.parse.extract.labelled_values import MAX_LABEL_NODE_CHARS, TextPlace, labelled_values
from pipelines.parse.extract.page import ParsedPage, Sourced, fold
from pipelines.parse.extract.tree import remove_spaces

MAX_TABLE_NODES = 60
"""Texts before and after the label of a number in which its table is: a dozen labels, each with value and colon."""

MAX_TABLES = 5
"""Labels of numbers at which a table is tried: search forms and lists above the table have the same labels."""

MIN_FIELDS = 2
"""Fields that make a disclosure table if its number has no exact form: the form of numbers differs between offices."""

MIN_FIELDS_AMONG_NUMBERS = 3
"""The same if other numbers are near it: a list of documents has a number and a name or a day for each."""

_ORDER = r"[\u4e00-\u9fff、\s]{2,40}令"
_ORDER_NUMBER = r"[（(]?第\s*[\d一二三四五六七八九十百〇零]{1,6}\s*号[)）]?"
DOCUMENT_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,16}\s*[〔［\[（(【﹝]\s*(?:19|20)\d\d\s*[〕］\]）)】﹞]\s*第?\s*\d{1,5}\s*号"
    rf"|{_ORDER}\s*{_ORDER_NUMBER}"
)
"""The exact form of a document's number: 粤府〔2024〕3号, or the number of an order: 市人民政府令第3号."""

_INDEX_NUMBER = re.compile(r"(?=(?:.*\d){5})[A-Za-z0-9][\w./\\\-— ]{5,60}", re.ASCII)
"""The exact form of an index number: at least five digits, and no Chinese characters."""

_DIGIT = re.compile(r"[\d一二三四五六七八九十〇零]")
_HANZI = re.compile("[\u4e00-\u9fff]")
_IN_TITLE = re.compile(rf"[（(](?P<number>{DOCUMENT_NUMBER.pattern})[）)]\s*$")
_ANSWERS = {"是": "有效", "否": "失效"}
"""The answers to 是否有效."""

_SCRIPTED_STATUS = re.compile(r"""status\w*\s*=\s*["'](?P<status>[\u4e00-\u9fff（）()]{2,16})["']\s*;""", re.IGNORECASE)
"""The status of a document in a script beside its label, as on Guangzhou's platform of normative documents."""


def find_document(page: ParsedPage, title: str | None, near_lines: Sequence[str]) -> Sourced[OfficialDocument] | None:
    """Return the disclosure table of a page, or the number near its headline; None if it has neither.

    `near_lines` are the short lines at and below the headline.
    """
    script = _gkmlpt_fields(page)
    shown = next((fields for fields in _tables(page, title) if _is_document({**fields, **script})), {})
    fields = {**shown, **script}
    if not _is_document(fields):
        number = document_number(near_lines) or _number_in_title(title)
        return Sourced(OfficialDocument(document_number=number), "info-line") if number else None
    return Sourced(_document(fields, page), "disclosure-table" if shown else "_CONFIG")


def add_number(document: Sourced[OfficialDocument] | None, lines: Sequence[str]) -> Sourced[OfficialDocument] | None:
    """Return the document with the number in the first lines of the body, if it has none yet."""
    number = None if document and document.value.document_number else document_number(lines)
    if number is None:
        return document
    if document is None:
        return Sourced(OfficialDocument(document_number=number), "body")
    return Sourced(evolve(document.value, document_number=number), document.origin)


def document_number(lines: Sequence[str]) -> str | None:
    """Return the first line that is the number of a document and nothing else; the number of an order may be below it.

    >>> document_number(["（粤府〔2024〕3号）"]), document_number(["市人民政府令", "第179号"])
    ('粤府〔2024〕3号', '市人民政府令第179号')
    """
    stripped = [line.strip() for line in lines]
    for line, following in pairwise([*stripped, ""]):
        bare = line[1:-1].strip() if line[:1] in "（(" and line[-1:] in "）)" else line
        if DOCUMENT_NUMBER.fullmatch(bare):
            return remove_spaces(bare)
        if re.fullmatch(_ORDER, line) and re.fullmatch(_ORDER_NUMBER, following):
            return remove_spaces(line + following)
    return None


def _number_in_title(title: str | None) -> str | None:
    found = _IN_TITLE.search(title or "")
    return remove_spaces(found["number"]) if found else None


def _tables(page: ParsedPage, title: str | None) -> Iterator[Mapping[str, str]]:
    """Yield the fields of the tables in which the label of a number is, the first values first."""
    if not NUMBER_HINT.search(page.text) or not any(NUMBER_HINT.search(line.text) for line in page.lines):
        return
    nodes = [TextPlace(*node) for node in page.text_nodes if not node[0].isspace()]
    numbered = (number for number, node in enumerate(nodes) if _has_number_label(node.text))
    for _, number in zip(range(MAX_TABLES), numbered, strict=False):
        window = nodes[max(0, number - MAX_TABLE_NODES) : number + MAX_TABLE_NODES]
        fields: dict[str, str] = {}
        numbers = set()
        for label, value in labelled_values(window):
            field = FIELDS_BY_LABEL.get(label)
            if field and _is_valid(field, value, title):
                fields.setdefault(field, value)
                numbers |= {value} if field == "document_number" else set()
        if len(numbers) <= 1 or len(fields) >= MIN_FIELDS_AMONG_NUMBERS:
            yield _with_status(page, fields)


def _has_number_label(text: str) -> bool:
    if len(text) > MAX_LABEL_NODE_CHARS or not NUMBER_HINT.search(text):
        return False
    return any(FIELDS_BY_LABEL.get(label.word) in NUMBER_FIELDS for label in labels_in(text))


def _is_valid(field: str, value: str, title: str | None) -> bool:
    """Return whether a value can be that of a field: numbers and dates have digits, and issuers Chinese characters."""
    if field == "subject":
        return bool(value)
    if not value or fold(value) == fold(title or ""):
        return False
    if field in NUMBER_FIELDS or field.endswith("_on"):
        return bool(_DIGIT.search(value))
    return bool(_HANZI.search(value))


def _with_status(page: ParsedPage, fields: dict[str, str]) -> dict[str, str]:
    """Return the fields with the status of a platform that adds it by a script."""
    found = None if "status" in fields or "registration_number" not in fields else _SCRIPTED_STATUS.search(page.html)
    return {**fields, "status": found["status"]} if found else fields


def _is_document(fields: Mapping[str, str]) -> bool:
    """Return whether fields are those of a document: a number of the exact form, or a number and another field."""
    index = fields.get("index_number") or fields.get("registration_number", "")
    number = fields.get("document_number", "")
    if DOCUMENT_NUMBER.fullmatch(number) or _INDEX_NUMBER.fullmatch(index):
        return True
    return bool(index or number) and len(fields) >= MIN_FIELDS


def _document(fields: Mapping[str, str], page: ParsedPage) -> OfficialDocument:
    written = first_datetime(fields.get("written_on", ""), page.captured_on)
    effective, expires = (first_datetime(fields.get(name, ""), dt.date.max) for name in ("effective_on", "expires_on"))
    status, number = fields.get("status"), fields.get("document_number")
    if number and DOCUMENT_NUMBER.fullmatch(number):
        number = remove_spaces(number)
    return OfficialDocument(
        index_number=fields.get("index_number") or fields.get("registration_number"),
        issuer=fields.get("issuer"),
        written_on=china_date(written) if written else None,
        document_number=number,
        subject=fields.get("subject"),
        keywords=fields.get("keywords"),
        effective_on=china_date(effective) if effective else None,
        expires_on=china_date(expires) if expires else None,
        status=_ANSWERS.get(status, status) if status else None,
    )


def _gkmlpt_fields(page: ParsedPage) -> dict[str, str]:
    """Return the fields of the document in gkmlpt's script."""
    keys = {"identifier": "index_number", "publisher": "issuer", "document_number": "document_number"}
    values = {field: page.gkmlpt_post.get(key) for key, field in keys.items()}
    return {field: value.strip() for field, value in values.items() if isinstance(value, str) and value.strip()}
