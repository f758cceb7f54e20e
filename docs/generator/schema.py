"""The keys of frozen attrs classes with their types, as JSON and TOML have them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from docs.generator.markdown import Lang

_NAMES: dict[Any, tuple[str, str]] = {
    str: ("string", "文本"),
    int: ("whole number", "整数"),
    float: ("number", "数"),
    bool: ("true or false", "true 或 false"),
    dt.date: ("day", "日期"),
    dt.datetime: ("time", "时间"),
    Path: ("path", "路径"),
}


@frozen(kw_only=True)
class Key:
    """A key by its path, such as `images[].url`, with its type and its default, attrs.NOTHING if it is required."""

    path: str
    type: Any
    default: object

    def type_name(self, lang: Lang) -> str:
        """Return the type in words."""
        return type_name(self.type, lang)


def keys(kind: type, prefix: str = "", seen: frozenset[type] = frozenset(), skip: str = "") -> Iterator[Key]:
    """Yield the keys of an attrs class and of the classes in it, each class once; `skip` is a key to leave out."""
    hints = get_type_hints(kind)
    for field in attrs.fields(kind):
        path = prefix + field.name
        if path == skip or field.name == "fingerprints":
            continue
        default = field.default.factory() if isinstance(field.default, attrs.Factory) else field.default  # type: ignore[arg-type]
        yield Key(path=path, type=hints[field.name], default=default)
        inner, is_list = _inner(hints[field.name])
        if inner and inner not in seen:
            yield from keys(inner, f"{path}[]." if is_list else f"{path}.", seen | {kind, inner}, skip)


def type_name(kind: Any, lang: Lang) -> str:
    """Return a type in words.

    >>> type_name(tuple[str, ...] | None, "en")
    'list of string or null'
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        named = ["null" if each is type(None) else type_name(each, lang) for each in arguments]
        return " or ".join(named) if lang == "en" else "或".join(named).replace("或null", "或 null")
    if origin is Literal:
        return ", ".join(f"`{each}`" for each in arguments)
    if origin is tuple:
        item = type_name(arguments[0], lang)
        return f"list of {item}" if lang == "en" else f"{item}列表"
    if attrs.has(kind):
        return "object" if lang == "en" else "对象"
    return _NAMES[kind][lang == "zh"]


def _inner(kind: Any) -> tuple[type | None, bool]:
    """Return the attrs class inside a type, and whether it is in a list."""
    if attrs.has(kind):
        return kind, False
    for each in get_args(kind):
        inner, is_list = _inner(each)
        if inner:
            return inner, is_list or get_origin(kind) is tuple
    return None, False
