"""Sites from TOML data, and to and from the JSON that an archive stores."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args, get_origin

from attrs import fields_dict
from cattrs import BaseConverter, Converter, ForbiddenExtraKeysError, transform_error
from cattrs.cols import list_structure_factory

from crawler.sites.site import Site
from crawler.sites.validation import problems
from pipelines.errors import RegistryError
from pipelines.messages import Message, either
from pipelines.messages import gettext as _


def site_from_mapping(data: Mapping[str, Any], slug: str, file: str) -> Site:
    """Return the site that a TOML file's data describe.

    Raises RegistryError with one line that names `file`, the key and the allowed values.
    """
    if "slug" in data:
        raise RegistryError(_("{file}: unknown key slug", file=file), hint=_("the file's name is the slug"))
    return _site(_STRICT, {**data, "slug": slug}, file)


def site_json(site: Site) -> str:
    """Return a site as one line of JSON, as stored in the warcinfo record of its WARC files."""
    return json.dumps(_STRICT.unstructure(site), ensure_ascii=False)


def site_from_json(text: str) -> Site:
    """Return the site that `site_json` wrote; unknown keys, of other versions, are ignored.

    Raises RegistryError if the text is not a site, or if its family does not exist any more.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise RegistryError(_("not a site: {text!r} is not JSON", text=text[:80])) from None
    if not isinstance(data, dict):
        raise RegistryError(_("not a site: {text!r} is no object", text=text[:80]))
    return _site(_LENIENT, data, "the archive's site")


_UNKNOWN = "unknown key"


def _site(converter: Converter, data: Any, file: str) -> Site:
    known: dict[str, str] = {}

    def described(error: BaseException, _kind: type | None) -> str:
        message = _message(error)
        known[str(message)] = message  # cattrs formats a message into a text, which cannot be translated
        return message

    try:
        site = converter.structure(data, Site)
    except Exception as error:  # noqa: BLE001 - cattrs raises groups of whatever its hooks raised
        messages = transform_error(error, path="", format_exception=described)
        # a misspelt key is reported as unknown, not as missing
        first = min(messages, key=lambda line: not line.startswith(_UNKNOWN))
        problem, _at, key = first.rpartition(" @ ")
        message = known.get(problem, problem)
        if key := key.lstrip("."):
            message = _("{place}: {problem}", place=key, problem=message)
        raise RegistryError(_("{place}: {problem}", place=file, problem=message)) from None
    for key, problem in problems(site):
        raise RegistryError(_("{file}: {key}: {problem}", file=file, key=key, problem=problem))
    return site


def _message(error: BaseException) -> str:
    if isinstance(error, ForbiddenExtraKeysError):
        allowed = [key for key in fields_dict(error.cl) if key != "slug"]
        return _("unknown key {keys}; allowed are {names}", keys=sorted(error.extra_fields), names=allowed)
    if isinstance(error, KeyError):
        return _("this key is missing")
    if isinstance(error, AttributeError):  # the value is not a mapping
        return _("a table is expected")
    message = next(iter(error.args), None)
    return message if isinstance(message, Message) else str(error)


def _exactly(*kinds: type, called: str) -> Callable[[Any, Any], Any]:
    """Return a hook that accepts only values of these types: cattrs itself would convert a number to a text."""

    def check(value: Any, _kind: Any) -> Any:
        if type(value) not in kinds:
            raise ValueError(_("{called} is expected, not {value!r}", called=called, value=value))
        return value

    return check


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _tuple(kind: Any, converter: BaseConverter) -> Callable[[Any, Any], Any]:
    """Return a hook for tuples that accepts only lists: cattrs itself would split a text into characters."""
    read = list_structure_factory(kind, converter)
    check = _exactly(list, called=_("a list"))
    return lambda value, expected: tuple(read(check(value, expected), expected))


def _is_choice(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _choice(kind: Any) -> Callable[[Any, Any], Any]:
    def check(value: Any, _kind: Any) -> Any:
        if value not in get_args(kind):
            raise ValueError(
                _("{names} is expected, not {value!r}", names=either(map(repr, get_args(kind))), value=value)
            )
        return value

    return check


def _day(value: Any, _kind: Any) -> dt.date:
    if type(value) is dt.date:
        return value
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(_("a day such as 2024-03-05 is expected, not {value!r}", value=value)) from None


def _converter(*, forbid_extra_keys: bool) -> Converter:
    converter = Converter(forbid_extra_keys=forbid_extra_keys)
    converter.register_structure_hook(str, _exactly(str, called=_("a text")))
    converter.register_structure_hook(int, _exactly(int, called=_("a whole number")))
    converter.register_structure_hook(float, _exactly(int, float, called=_("a number")))
    converter.register_structure_hook(bool, _exactly(bool, called=_("true or false")))
    converter.register_structure_hook(dt.date, _day)
    converter.register_structure_hook_factory(_is_tuple, _tuple)
    converter.register_structure_hook_factory(_is_choice, _choice)
    converter.register_unstructure_hook(dt.date, dt.date.isoformat)
    return converter


_STRICT, _LENIENT = _converter(forbid_extra_keys=True), _converter(forbid_extra_keys=False)
