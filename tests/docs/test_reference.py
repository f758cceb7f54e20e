"""The reference names every command, option, key, column, setting and code; what the code adds is missed here."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args, get_type_hints

import attrs
import click
import pytest

from crawler.cli import main
from crawler.cli.descriptions import COMMANDS_ZH, EXIT_CODES, FAILED_OF, SOME_FAILED_OF
from crawler.cli.option_texts import OPTIONS_ZH
from crawler.config.config import Config
from crawler.config.descriptions import SETTINGS
from crawler.directory.columns import COLUMNS as DIRECTORY_COLUMNS
from crawler.monitoring.descriptions import FAILURES, STATES
from crawler.monitoring.status import HealthState
from crawler.sites.descriptions import SITE_KEYS
from docs.generator.commands import commands
from docs.generator.reference import PARTS, article_keys, entry_keys, site_keys
from pipelines.export.descriptions import COLUMNS
from pipelines.export.rows import columns
from pipelines.model import Draft, Entry, Recipe, Relation, Script, VerdictKind, codes
from pipelines.model.bilingual import Bilingual
from pipelines.model.key_descriptions import ARTICLE_KEYS, ENTRY_KEYS
from pipelines.parse.extract.markers import MARKERS
from pipelines.parse.repair import RULES
from pipelines.parse.repair.quality import FLAG_BY_RULE
from pipelines.parse.segment.drafts import BYLINE, CAPTION, JOIN
from tests.fangzhi import ROOT
from tests.pipelines.parse.extract.test_pages import CASES, read

TABLES: dict[str, Mapping[object, Bilingual]] = {
    name: table
    for name, table in {
        **vars(codes),
        "SETTINGS": SETTINGS,
        "SITE_KEYS": SITE_KEYS,
        "STATES": STATES,
        "FAILURES": FAILURES,
        "ENTRY_KEYS": ENTRY_KEYS,
        "ARTICLE_KEYS": ARTICLE_KEYS,
        "COLUMNS": COLUMNS,
        "DIRECTORY_COLUMNS": DIRECTORY_COLUMNS,
        "EXIT_CODES": EXIT_CODES,
    }.items()
    if name.isupper() and isinstance(table, dict)
}


def trees(folder: str) -> Iterator[ast.Module]:
    """Yield the syntax trees of all modules of a folder or of one module."""
    path = ROOT / folder
    for module in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        yield ast.parse(module.read_text("utf-8"))


def calls(folder: str, name: str) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Yield each call of a name with the function in which it stands."""
    for tree in trees(folder):
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                        yield function, node


def constants(value: ast.expr | None, function: ast.AST) -> set[str]:
    """Return the strings that an expression can be: a constant, a choice of two, or a variable of the function."""
    match value:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=body, orelse=orelse):
            return constants(body, function) | constants(orelse, function)
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return {f"{text}NAME"}
        case ast.Name(id=name):
            return {
                text
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and any(ast.unparse(each) == name for each in node.targets)
                for text in constants(node.value, function)
            }
    return set()


def keys_of(folder: str, variable: str) -> set[str]:
    """Return the constant keys of each dict that is assigned to a variable."""
    return {
        key.value
        for tree in trees(folder)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Dict)
        and ast.unparse(node.targets[0]) == variable
        for key in node.value.keys
        if isinstance(key, ast.Constant)
    }


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_sentence_in_both_languages(name: str) -> None:
    for key, meaning in TABLES[name].items():
        assert meaning.en.endswith((".", ":")) or name == "DEFAULTS", key
        assert meaning.zh.endswith("。"), key


@pytest.mark.parametrize("part", PARTS)
def test_every_generated_part_is_on_a_page_in_both_languages(part: str) -> None:
    for ending in (".md", ".zh.md"):
        pages = [each for each in (ROOT / "docs").rglob(f"*{ending}") if ending != ".md" or ".zh" not in each.name]
        assert [page for page in pages if f"{{{{ {part} }}}}" in page.read_text("utf-8")], f"{part} {ending}"


def test_every_command_and_option_is_documented() -> None:
    reference = PARTS["commands"]("en")
    found = dict(commands())
    assert set(COMMANDS_ZH) == set(found)
    for name, command in found.items():
        assert f"## fangzhi {name}\n" in reference
        for option in (each for each in command.params if isinstance(each, click.Option) and not each.hidden):
            assert option.help in OPTIONS_ZH, f"{name} {option.opts}: translate its help"
            assert f"`{option.opts[0]}" in reference, f"{name} {option.opts}"
    options = (each for command in found.values() for each in command.params if isinstance(each, click.Option))
    assert set(OPTIONS_ZH) == {option.help for option in options if not option.hidden}


def test_every_exit_code_is_documented() -> None:
    assert set(EXIT_CODES) == {main.DONE, main.FAILED, main.WRONG, main.SOME_FAILED, main.INTERRUPTED}
    assert set(SOME_FAILED_OF) | set(FAILED_OF) <= set(main.COMMANDS)
    for name, (module, _) in main.COMMANDS.items():
        source = (ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8")
        assert "SOME_FAILED" not in source or name in SOME_FAILED_OF, name


def test_every_key_column_and_setting_is_documented() -> None:
    assert [key.path for key in entry_keys()] == list(ENTRY_KEYS)
    assert {key.path for key in article_keys()} == set(ARTICLE_KEYS)
    assert set(columns()) <= set(COLUMNS)
    assert {field.name for field in attrs.fields(Config)} == set(SETTINGS)
    assert {key.path for key in site_keys()} == set(SITE_KEYS)
    assert {f"recipes[].{field.name}" for field in attrs.fields(Recipe)} <= set(SITE_KEYS)


def test_every_code_of_a_type_is_documented() -> None:
    assert list(get_args(VerdictKind)) == list(codes.VERDICTS)
    assert list(get_args(Relation)) == list(codes.RELATIONS)
    assert list(get_args(Script)) == list(codes.SCRIPTS)
    assert list(get_args(get_type_hints(Entry)["outcome"])) == list(codes.OUTCOMES)
    assert set(get_args(HealthState)) == set(STATES)


def test_every_reason_is_documented() -> None:
    found = set()
    for function, call in calls("pipelines", "Rejection"):
        reason = next(each.value for each in call.keywords if each.arg == "reason")
        assert constants(reason, function), f"line {call.lineno}: write the reason so that this test can read it"
        found |= constants(reason, function)
    assert found | {"robots"} == set(codes.REASONS)


def test_every_failure_of_a_request_is_documented() -> None:
    (explain,) = (
        node
        for tree in trees("crawler/spiders/base.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "explain"
    )
    returned = {
        text
        for node in ast.walk(explain)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)
        for text in constants(node.value.elts[0], ast.Module(body=[], type_ignores=[]))
    }
    from crawler.spiders.base import _DOWNLOAD_FAILURES

    assert returned | {why for why, _ in _DOWNLOAD_FAILURES.values()} == set(FAILURES)


def test_every_flag_and_repair_rule_is_documented() -> None:
    flags = keys_of("pipelines/parse", "flags") | set(FLAG_BY_RULE.values())
    assert flags == set(codes.FLAGS)
    assert {name for name, _ in RULES} | {JOIN, CAPTION, BYLINE} == set(codes.RULES)


def test_every_origin_that_the_code_names_is_documented() -> None:
    named: set[str] = set()
    for name in ("Sourced", "Evidence"):
        for function, call in calls("pipelines/parse", name):
            keywords = {each.arg: each.value for each in call.keywords}
            named |= constants(keywords.get("origin") or (call.args[1] if len(call.args) > 1 else None), function)
    assert {origin for origin in named if not _known(origin)} == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.stem}")
def test_every_origin_on_the_test_pages_is_documented(case: Path) -> None:
    found, _ = read(case)
    for evidence in found.evidence if isinstance(found, Draft) else ():
        is_container = evidence.field == "text" and (evidence.origin in MARKERS or _is_selector(evidence.origin))
        assert is_container or _known(evidence.origin), evidence


def _known(origin: str) -> bool:
    if origin in codes.ORIGINS or origin in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return True
    head, colon, _ = origin.partition(":")
    return bool(colon and {f"{head}:NAME", f"{head}:SELECTOR"} & set(codes.ORIGINS)) or _is_selector(origin)


def _is_selector(origin: str) -> bool:
    return origin.startswith((".", "#", "comment:"))
