"""The language of messages: how it is chosen, and that the Chinese catalogue is complete."""

from __future__ import annotations

import ast
import pickle
import tomllib
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from crawler.config.language import preferred_language, translations
from crawler.config.load import load_config
from pipelines.errors import ConfigError
from pipelines.messages import gettext, ngettext, translate
from tests.fangzhi import ROOT, fangzhi

CATALOGUE = ROOT / "crawler/locale/zh/LC_MESSAGES/fangzhi.po"
CHINESE = translations("zh")


def chinese() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh")


@cache
def in_the_code() -> frozenset[str | tuple[str, ...]]:
    """Return each message of the code, as a pair if it has a plural."""
    mappings = tomllib.loads((ROOT / "babel.toml").read_text("utf-8"))["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    found = (each for package in ("crawler", "pipelines") for each in extract_from_dir(ROOT / package, methods))
    return frozenset(tuple(each[2]) if isinstance(each[2], list | tuple) else each[2] for each in found)


def calls() -> set[str | tuple[str, ...]]:
    """Return the literals of all calls of `_` and `ngettext`, also of those in f-strings, which Babel does not see."""
    found: set[str | tuple[str, ...]] = set()
    for path in (path for package in ("crawler", "pipelines") for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="_" | "gettext"), args=[ast.Constant(value=str(text))]):
                    found.add(text)
                case ast.Call(
                    func=ast.Name(id="ngettext"), args=[ast.Constant(value=one), ast.Constant(value=many), *_]
                ):
                    found.add((one, many))
    return found


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def texts(message: Message) -> tuple[list[str], list[str]]:
    """Return the templates of a message in English and in Chinese."""
    english, own = message.id, message.string
    return [english] if isinstance(english, str) else list(english), [own] if isinstance(own, str) else list(own)


def test_every_message_has_a_translation_and_the_catalogue_has_no_other_messages() -> None:
    catalogue = {message.id: message for message in chinese() if message.id}
    missing = {
        message for message in in_the_code() if message not in catalogue or not all(texts(catalogue[message])[1])
    }
    assert not missing, "run `make messages` and translate these in fangzhi.po"
    assert not catalogue.keys() - in_the_code(), "run `make messages`: it removes these"
    assert not [message.id for message in catalogue.values() if message.fuzzy]


def test_every_message_can_be_extracted() -> None:
    assert calls() - in_the_code() == set(), "take these out of their f-strings"


def test_translations_have_the_fields_of_their_messages() -> None:
    for message in chinese():
        english, own = texts(message)
        if not message.id:
            continue
        in_english, in_chinese = list(map(fields, english)), set().union(*map(fields, own))
        assert set.intersection(*in_english) <= in_chinese <= set.union(*in_english), message.id


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = list(map(texts, read_mo(file)))[1:]
    assert sorted(compiled) == sorted(map(texts, list(chinese())[1:])), "run `make messages`"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "es_ES"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "FANGZHI_LANG": "en"}, "en"),
        ({"LANG": "es_ES.UTF-8", "FANGZHI_LANG": "zh"}, "zh"),
    ],
    ids=str,
)
def test_the_setting_comes_before_the_locale(environ: dict[str, str], language: str, tmp_path: Path) -> None:
    assert preferred_language(environ) == language
    assert load_config({}, environ, tmp_path).lang == language


def test_the_file_and_the_command_line_set_the_language(tmp_path: Path) -> None:
    (tmp_path / "fangzhi.toml").write_text('lang = "zh"\n')
    assert load_config({}, {"LANG": "en_US.UTF-8"}, tmp_path).lang == "zh"
    assert load_config({"lang": "en"}, {}, tmp_path).lang == "en"
    with pytest.raises(ConfigError, match="FANGZHI_LANG: en or zh is expected, not 'fr'"):
        load_config({}, {"FANGZHI_LANG": "fr"}, tmp_path)


def test_a_message_is_english_and_translated_with_the_messages_in_it() -> None:
    inner = gettext("unknown site {slug!r}", slug="x")
    outer = gettext("{place}: {problem}", place="a.toml", problem=inner)
    assert outer == "a.toml: unknown site 'x'"
    assert translate(outer, CHINESE) == "a.toml：未知网站 'x'"
    assert translate("a.toml", CHINESE) == "a.toml"


def test_an_error_in_a_message_is_its_own_message() -> None:
    error = ConfigError(gettext("unknown site {slug!r}", slug="x"))
    assert translate(gettext("{place}: {problem}", place="a", problem=error), CHINESE) == "a：未知网站 'x'"
    assert gettext("{place}: {problem}", place="a", problem=OSError(2, "gone")) == "a: [Errno 2] gone"


def test_a_message_keeps_its_parts_when_it_is_pickled() -> None:
    message = gettext("{place}: {problem}", place="a", problem=gettext("unknown site {slug!r}", slug="x"))
    assert translate(pickle.loads(pickle.dumps(message)), CHINESE) == translate(message, CHINESE)


def test_a_count_chooses_the_plural_in_english() -> None:
    assert [ngettext("{count} finding", "{count} findings", count) for count in (0, 1, 2)] == [
        "0 findings",
        "1 finding",
        "2 findings",
    ]
    assert translate(ngettext("{count} finding", "{count} findings", 1), CHINESE) == "发现 1 个问题"


def test_values_in_a_list_are_translated_and_joined() -> None:
    message = gettext("{place}: {problem}", place="a", problem=["b", gettext("unknown site {slug!r}", slug="x")])
    assert message == "a: b, unknown site 'x'"
    assert translate(message, CHINESE) == "a：b、未知网站 'x'"


def test_an_error_is_printed_in_the_language_of_the_user(tmp_path: Path) -> None:
    done = fangzhi("sites", "show", "nowhere", cwd=tmp_path, FANGZHI_LANG="zh")
    assert (done.returncode, done.stderr.splitlines()) == (
        2,
        ["fangzhi: 未知网站 'nowhere'（用 `fangzhi sites list` 列出所有网站）"],
    )
