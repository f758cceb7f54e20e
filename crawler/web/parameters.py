"""The parameters of an address: the filters of the commands, by the same names and in the same forms."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

import click
from attrs import frozen

from crawler.cli.filters import Places, Selected, filter_options, query_added, selection
from crawler.web.links import Parameters, without
from pipelines.errors import ConfigError
from pipelines.messages import either
from pipelines.messages import gettext as _

PAGE_SIZE = 20
MAX_LIMIT = 200
"""Results on one page: those of `limit` at most. An export has them all."""

MAX_OFFSET = 10_000
"""Results that can be reached page by page; an export or a narrower filter reaches the rest."""

SHARED = ("lang", "page")


@frozen(kw_only=True)
class Parameter:
    """A parameter of an address: its name, whether it may be repeated, and how its value is read."""

    name: str
    option: click.Option

    def read(self, values: list[str]) -> Any:
        """Return the value; raises ConfigError if it has none of the accepted forms."""
        kind = self.option.type
        if isinstance(kind, click.Choice) and (wrong := [each for each in values if each not in kind.choices]):
            raise ConfigError(
                _("{name}: {problem}", name=self.name, problem=repr(wrong[0])),
                _("use {names}", names=either(map(str, kind.choices))),
            )
        context = click.Context(click.Command("search"))
        value = tuple(values) if self.option.multiple else values[-1]
        try:
            return self.option.type_cast_value(context, value)
        except click.BadParameter as error:
            raise ConfigError(_("{name}: {problem}", name=self.name, problem=error.message)) from None

    @property
    def default(self) -> Any:
        """The value of an address that does not have the parameter."""
        if self.option.multiple:
            return ()
        default = self.option.get_default(click.Context(click.Command("search")))
        return default if isinstance(default, bool | str | int | float) else None


@functools.cache
def filter_parameters() -> tuple[Parameter, ...]:
    """Return the parameters that select captures: the long names of the commands' options, with `_` for `-`."""
    return tuple(
        Parameter(name=each.opts[0].removeprefix("--").replace("-", "_"), option=each) for each in filter_options()
    )


def selected(parameters: Parameters, places: Places) -> Selected:
    """Return what the parameters of an address select, among them `q`, the query.

    Raises ConfigError for a value that is not valid.
    """
    options = {}
    for each in filter_parameters():
        values = [value for name, value in parameters if name == each.name and value]
        options[each.option.name or ""] = each.read(values) if values else each.default
    found = selection(options, places)
    query = " ".join(value for name, value in parameters if name == "q").strip()
    if not query:
        return found
    return Selected(
        filter=query_added(found.filter, query, places),
        copies=found.copies,
        gone=found.gone,
        order=found.order,
        limit=found.limit,
    )


def check_names(parameters: Parameters, allowed: Iterable[str]) -> None:
    """Raise ConfigError for a parameter that a page does not have: it would silently select nothing."""
    known = {*allowed, *SHARED}
    for name, _value in parameters:
        if name not in known:
            raise ConfigError(
                _("there is no parameter {name!r}", name=name), _("there are: {names}", names=sorted(known))
            )


FILTERS: Callable[[], tuple[str, ...]] = functools.cache(lambda: ("q", *(each.name for each in filter_parameters())))
"""The names of all parameters that select captures."""


@frozen(kw_only=True)
class Window:
    """The results of a page: `size` of them from the number `offset`, counted from 0."""

    offset: int = 0
    size: int = PAGE_SIZE

    @property
    def end(self) -> int:
        """The number of the first result of the next page."""
        return self.offset + self.size


def window(parameters: Parameters, limit: int | None) -> Window:
    """Return which results a page shows; raises ConfigError for a token `page` of another selection."""
    size = min(limit or PAGE_SIZE, MAX_LIMIT)
    tokens = [value for name, value in parameters if name == "page" and value]
    if not tokens:
        return Window(size=size)
    try:
        offset, mark = json.loads(base64.b32decode(tokens[-1].upper() + "=" * (-len(tokens[-1]) % 8)))
        if mark == _mark(parameters) and isinstance(offset, int) and 0 <= offset <= MAX_OFFSET:
            return Window(offset=offset, size=size)
    except (ValueError, TypeError):
        pass
    raise ConfigError(
        _("page: this token belongs to another selection"), _("leave `page` out, and follow the links from there")
    )


def token(parameters: Parameters, offset: int) -> str:
    """Return the token of the page that begins at a result; it is bound to the other parameters.

    >>> window((("q", "电梯"), ("page", token((("q", "电梯"),), 20))), None).offset
    20
    """
    plain = json.dumps([offset, _mark(parameters)], separators=(",", ":")).encode()
    return base64.b32encode(plain).decode().rstrip("=").lower()


def following(parameters: Parameters, shown: Window, total: int) -> str | None:
    """Return the token of the next page; None after the last result, and after `MAX_OFFSET`."""
    return token(parameters, shown.end) if total > shown.end <= MAX_OFFSET else None


def _mark(parameters: Parameters) -> str:
    plain = sorted(without(parameters, *SHARED))
    return hashlib.sha256(json.dumps(plain, ensure_ascii=True).encode()).hexdigest()[:8]
