"""The language in which fangzhi talks to people, and its catalogue of messages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

from pipelines.messages import ENGLISH, translate

LANGUAGES = ("en", "zh")

CATALOGUES = Path(__file__).parents[1] / "locale"
DOMAIN = "fangzhi"


def preferred_language(environ: Mapping[str, str]) -> str:
    """Return the language that the environment asks for: FANGZHI_LANG, else that of the locale.

    >>> preferred_language({"LANG": "zh_CN.UTF-8"}), preferred_language({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"})
    ('zh', 'en')
    """
    chosen = environ.get("FANGZHI_LANG")
    return chosen if chosen in LANGUAGES else locale_language(environ)


def locale_language(environ: Mapping[str, str]) -> str:
    """Return `zh` for a Chinese locale, else `en`; LC_ALL overrides LC_MESSAGES, which overrides LANG, as in POSIX."""
    locale = next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "zh" if locale.lower().startswith("zh") else "en"


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language; it is read once."""
    return ENGLISH if language == "en" else translation(DOMAIN, CATALOGUES, [language])


def in_language(text: str, language: str) -> str:
    """Return a message in a language, and a text that is no message as it is."""
    return translate(text, translations(language))
