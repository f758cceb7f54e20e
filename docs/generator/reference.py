"""The generated parts of the reference, by the name with which pages include them: `{{ settings }}`."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import fields

from crawler.config.config import Config
from crawler.config.descriptions import DEFAULTS, SETTINGS
from crawler.directory.columns import COLUMNS as DIRECTORY_COLUMNS
from crawler.monitoring.descriptions import FAILURES, STATES
from crawler.sites.descriptions import SITE_KEYS
from crawler.sites.site import Site
from docs.generator.commands import command_reference, exit_codes
from docs.generator.markdown import Lang, code, described, table
from docs.generator.schema import Key, keys, type_name
from pipelines.export.descriptions import COLUMNS
from pipelines.export.rows import columns
from pipelines.model import Article, Entry, Location, codes
from pipelines.model.bilingual import Bilingual
from pipelines.model.fields import FIELDS
from pipelines.model.key_descriptions import ARTICLE_KEYS, ENTRY_KEYS
from pipelines.model.serialize import article_document

_CODE_HEADS = {"en": ("Value", "Meaning"), "zh": ("值", "含义")}


def entry_keys() -> list[Key]:
    """Return the keys of an entry without those of its articles."""
    return list(keys(Entry, seen=frozenset({Article})))


def article_keys() -> list[Key]:
    """Return the keys of an article in the order of its JSON."""
    order = list(article_document(Article(title=None, text="", script="hans", text_hans="")))
    found = keys(Article, seen=frozenset({Location}))
    return sorted(found, key=lambda key: order.index(key.path.partition(".")[0].removesuffix("[]")))


def site_keys() -> list[Key]:
    """Return the keys of a site's TOML."""
    return list(keys(Site))


def _entry(lang: Lang) -> str:
    heads = ("Key", "Type", "Meaning") if lang == "en" else ("键", "类型", "含义")
    return table(
        heads, ((code(key.path), key.type_name(lang), ENTRY_KEYS[key.path].text(lang)) for key in entry_keys())
    )


def _article(lang: Lang) -> str:
    heads = ("Key", "Label", "Type", "Meaning") if lang == "en" else ("键", "标签", "类型", "含义")
    labels = {field.key: field.zh if lang == "zh" else field.en for field in FIELDS}
    rows = (
        (code(key.path), labels.get(key.path, ""), key.type_name(lang), ARTICLE_KEYS[key.path].text(lang))
        for key in article_keys()
    )
    return table(heads, rows)


def _columns(lang: Lang) -> str:
    heads = ("Column", "Type", "Meaning") if lang == "en" else ("列", "类型", "含义")
    return table(
        heads, ((code(name), type_name(kind, lang), COLUMNS[name].text(lang)) for name, kind in columns().items())
    )


def _settings(lang: Lang) -> str:
    heads = ("Setting", "Default", "Meaning") if lang == "en" else ("设置", "默认值", "含义")
    rows = []
    for setting in fields(Config):
        name = setting.name
        default = DEFAULTS[name].text(lang) if name in DEFAULTS else _default(setting.default, lang)
        rows.append((code(name), default, SETTINGS[name].text(lang)))
    return table(heads, rows)


def _directory(lang: Lang) -> str:
    heads = ("Column", "Meaning") if lang == "en" else ("列", "含义")
    return table(heads, ((code(name), meaning.text(lang)) for name, meaning in DIRECTORY_COLUMNS.items()))


def _site(lang: Lang) -> str:
    heads = ("Key", "Type", "Default", "Meaning") if lang == "en" else ("键", "类型", "默认值", "含义")
    required = "required" if lang == "en" else "必填"
    return table(
        heads,
        (
            (
                code(key.path),
                key.type_name(lang).replace(" or null", "").replace("或 null", ""),
                required if key.default is attrs.NOTHING and key.path != "slug" else _default(key.default, lang),
                SITE_KEYS[key.path].text(lang),
            )
            for key in site_keys()
        ),
    )


def _default(value: object, lang: Lang) -> str:
    match value:
        case None | attrs.NOTHING | ():
            return "none" if lang == "en" else "无"
        case bool():
            return code(str(value).lower())
        case float() if value == int(value):
            return code(int(value))
    return code(value)


def _codes(texts: dict[str, Bilingual]) -> Callable[[Lang], str]:
    return lambda lang: described(_CODE_HEADS[lang], texts, lang)


PARTS: dict[str, Callable[[Lang], str]] = {
    "commands": command_reference,
    "exit_codes": exit_codes,
    "entry": _entry,
    "article": _article,
    "columns": _columns,
    "settings": _settings,
    "site": _site,
    "directory": _directory,
    "outcomes": _codes(codes.OUTCOMES),
    "reasons": _codes(codes.REASONS),
    "skipped": _codes(codes.SKIPPED),
    "failures": _codes(FAILURES),
    "flags": _codes(codes.FLAGS),
    "verdicts": _codes(codes.VERDICTS),
    "relations": _codes(codes.RELATIONS),
    "scripts": _codes(codes.SCRIPTS),
    "rules": _codes(codes.RULES),
    "left_out_rules": _codes(codes.LEFT_OUT_RULES),
    "origins": _codes(codes.ORIGINS),
    "states": _codes(STATES),
}
"""Name → the function that makes the part in a language."""
