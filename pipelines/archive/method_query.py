"""The query that stands for the body of a POST or PUT request in the keys of an index.

Players add it to the URL of a request and look for that key (Webrecorder, Request Body Canonicalization; pywb,
ReplayWeb.page, `cdxj-indexer -p`). Where programs differ, in the literals of JSON, it is as pywb and browsers write it.
"""

from __future__ import annotations

import base64
import email.parser
import email.policy
import json
from typing import Any
from urllib.parse import unquote_plus, urlencode

from pipelines.archive.headers import HttpMessage

METHODS = ("POST", "PUT")

MAX_QUERY_CHARS = 4096
"""Characters of the query that players compare."""


def method_query(request: HttpMessage) -> tuple[str, str] | None:
    """Return method and query of a request whose body selects its answer; None for other methods.

    >>> json_type = ("Content-Type", "application/json")
    >>> method_query(HttpMessage(start=("POST", "/", ""), headers=(json_type,), body=b'{"a": [1, true]}'))
    ('POST', 'a=1&a.2_=true')
    """
    method = request.start[0].upper()
    if method not in METHODS:
        return None
    media_type = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    return method, _query(media_type, request.body)[:MAX_QUERY_CHARS]


def with_query(url: str, method: str, query: str) -> str:
    """Return a URL with method and query, as players write it.

    >>> with_query("http://a.cn/list", "POST", "page=2")
    'http://a.cn/list?__wb_method=POST&page=2'
    """
    added = f"__wb_method={method}" + (f"&{query}" if query else "")
    return f"{url}{'&' if '?' in url else '?'}{added}"


def _query(media_type: str, body: bytes) -> str:
    if not body:
        return ""
    match media_type.partition(";")[0].strip().lower():
        case "application/x-www-form-urlencoded":
            try:
                return unquote_plus(body.decode())
            except UnicodeDecodeError:
                return _binary(body)
        case "application/json":
            return _json_query(body) or ""
        case "text/plain":
            query = _json_query(body)
            return _binary(body) if query is None else query
        case kind if kind.startswith("multipart/"):
            return _multipart_query(media_type, body)
    return _binary(body)


def _binary(body: bytes) -> str:
    return "__wb_post_data=" + base64.b64encode(body).decode()


def _json_query(body: bytes) -> str | None:
    """Return the values of a JSON document, or of one on each line, by the names nearest to them; None without JSON."""
    values: dict[str, str] = {}
    counts: dict[str, int] = {}

    def add(value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                add(each, key)
        elif isinstance(value, list):
            for each in value:
                add(each, name)
        elif name:
            counts[name] = counts.get(name, 0) + 1
            values[name if counts[name] == 1 else f"{name}.{counts[name]}_"] = _literal(value)

    try:
        for document in _documents(body):
            add(document)
    except (ValueError, RecursionError):
        return None
    return urlencode(values)


def _documents(body: bytes) -> list[Any]:
    try:
        return [json.loads(body)]
    except ValueError:
        if b"\n" not in body:
            raise
        return [json.loads(line) for line in body.split(b"\n")]


def _literal(value: Any) -> str:
    """Return a value as JavaScript writes it."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return value if isinstance(value, str) else json.dumps(value)


def _multipart_query(media_type: str, body: bytes) -> str:
    header = f"Content-Type: {media_type}\r\n\r\n".encode("latin-1", "replace")
    form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(header + body)
    if not form.is_multipart():
        return _binary(body)
    fields = []
    for part in form.iter_parts():
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        if isinstance(content, bytes) and name:
            fields.append((str(name), content if part.get_filename() else content.decode("utf-8", "replace")))
    return urlencode(fields)
