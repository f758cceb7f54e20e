"""Messages for people: written in English where they arise, translated where they are printed.

A message is a `str` with its English text, so it can be logged, compared and written to JSON like any other. It also
keeps its template and its values, so the command line can print it in the language that the user has chosen::

    from pipelines.messages import gettext as _, ngettext

    raise ConfigError(_("{file}: unknown key {key}", file=file, key=key))
    session.say(ngettext("{count} page waits", "{count} pages wait", count))

`gettext` and `ngettext` look up nothing: code that makes messages does not know the language. `translate` looks them
up, and only `crawler.cli` and `crawler.player` call it. The Chinese catalogue is
`crawler/locale/zh/LC_MESSAGES/fangzhi.po`; `make messages` adds new messages to it and compiles it. A test fails if a
message has no translation.

Templates are literals with named fields, never f-strings: what is not a literal cannot be extracted. A value that is a
message, or an error raised with one, is translated as well; formatted into an f-string, it would stay English. A list
or tuple of values is joined by commas. Passwords in values are masked.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from gettext import NullTranslations
from typing import Self, cast

from pipelines.masking import mask

ENGLISH = NullTranslations()

Translate = Callable[[str], str]
"""What returns a message in a language."""
"""The translations of the language of the source code: none."""


class Message(str):
    """An English text that can be translated."""

    template: str
    plural: str | None
    values: Mapping[str, object]

    def __new__(cls, template: str, plural: str | None, values: Mapping[str, object]) -> Self:
        """Make a message from a template, its plural if it has one, and the values of its fields."""
        plain = {name: _plain(value) for name, value in values.items()}
        message = super().__new__(cls, _text(template, plural, plain, ENGLISH))
        message.template, message.plural, message.values = template, plural, plain
        return message

    def __reduce__(self) -> tuple[type[Self], tuple[str, str | None, Mapping[str, object]]]:
        """Return what a copy or an unpickled message is made from."""
        return type(self), (self.template, self.plural, self.values)

    def translated(self, translations: NullTranslations) -> str:
        """Return the text in the language of a catalogue, in English where the catalogue lacks the template."""
        return _text(self.template, self.plural, self.values, translations)


def gettext(template: str, /, **values: object) -> Message:
    """Return a message.

    >>> gettext("{file}: unknown key {key}", file="a.toml", key="hots")
    'a.toml: unknown key hots'
    """
    return Message(template, None, values)


def ngettext(singular: str, plural: str, /, count: int, **values: object) -> Message:
    """Return a message in the singular or plural of `count`, which is also the value of the field `{count}`.

    >>> ngettext("{count} page waits", "{count} pages wait", 1)
    '1 page waits'
    """
    return Message(singular, plural, {"count": count, **values})


def either(choices: Iterable[str]) -> str:
    """Return alternatives as one message.

    >>> either(["a", "b", "c"])
    'a or b or c'
    """
    return functools.reduce(lambda one, other: gettext("{one} or {other}", one=one, other=other), choices)


def translate(text: str, translations: NullTranslations) -> str:
    """Return a message in the language of a catalogue, and any other text as it is."""
    return text.translated(translations) if isinstance(text, Message) else text


def _plain(value: object) -> object:
    """Return the message or the text of an exception, and any other value as it is; without passwords."""
    match value:
        case Message() | int() | float():
            return value
        case Exception(args=[Message() as message, *_]):
            return message
        case list() | tuple():
            return [_plain(each) for each in value]
    text = str(value)
    masked = mask(text)
    return masked if masked != text or isinstance(value, Exception) else value


def _text(template: str, plural: str | None, values: Mapping[str, object], translations: NullTranslations) -> str:
    if plural is None:
        found = translations.gettext(template) if template else ""  # the empty msgid is the head of the catalogue
    else:
        found = translations.ngettext(template, plural, cast("int", values["count"]))
    return found.format_map({name: _value(value, translations) for name, value in values.items()})


def _value(value: object, translations: NullTranslations) -> object:
    match value:
        case str():
            return translate(value, translations)
        case list() | tuple():
            return translations.gettext(", ").join(str(_value(each, translations)) for each in value)
    return value
