"""The reference of the command line, made from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence

import click

from crawler.cli.descriptions import COMMANDS_ZH, EXIT_CODES, FAILED_OF, SOME_FAILED_OF
from crawler.cli.main import FAILED, SOME_FAILED, cli
from crawler.cli.option_texts import OPTIONS_ZH
from docs.generator.markdown import Lang, code, table

HEADS = {"en": ("Option", "Meaning"), "zh": ("选项", "含义")}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its name, subcommands after their group."""
    for name, command in _of_group(cli):
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {each}", inner) for each, inner in _of_group(command))


def command_reference(lang: Lang) -> str:
    """Return a section for each command, after the options that all of them have."""
    found = list(commands())
    leaves = [command for _, command in found if not isinstance(command, click.Group)]
    shared = set.intersection(*({_name(option) for option in _options(command)} for command in leaves))
    common = "Options of all commands" if lang == "en" else "所有命令共有的选项"
    parts = [f"## {common}", _options_table([each for each in _options(leaves[0]) if _name(each) in shared], lang)]
    for name, command in found:
        parts += [f"## fangzhi {name}", *_command(name, command, shared, lang)]
    return "\n\n".join(parts)


def exit_codes(lang: Lang) -> str:
    """Return the exit codes, and which commands give 3 and 1 a meaning of their own."""
    number, command, meaning = ("Code", "Command", "Meaning") if lang == "en" else ("退出码", "命令", "含义")
    general = ((str(code), each.text(lang)) for code, each in EXIT_CODES.items())
    special = (
        (name, str(code), each.text(lang))
        for code, meanings in ((SOME_FAILED, SOME_FAILED_OF), (FAILED, FAILED_OF))
        for name, each in meanings.items()
    )
    return f"{table((number, meaning), general)}\n\n{table((command, number, meaning), special)}"


def _command(name: str, command: click.Command, shared: set[str], lang: Lang) -> Iterator[str]:
    context = click.Context(command, info_name=f"fangzhi {name}")
    if lang == "zh":
        yield COMMANDS_ZH[name]
    yield f"```text\n{' '.join(command.get_usage(context).removeprefix('Usage: ').split())}\n```"
    yield _help(command)
    own = [each for each in _options(command) if _name(each) not in shared]
    if own:
        yield _options_table(own, lang)


def _help(command: click.Command) -> str:
    """Return the help text as Markdown; a paragraph after a form feed mark is a block of code."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(
        "```text\n" + paragraph.removeprefix("\b").strip("\n") + "\n```"
        if paragraph.startswith("\b")
        else _escaped(" ".join(paragraph.split()))
        for paragraph in paragraphs
    )


def _options(command: click.Command) -> list[click.Option]:
    return [each for each in command.params if isinstance(each, click.Option) and not each.hidden]


def _options_table(options: Sequence[click.Option], lang: Lang) -> str:
    return table(HEADS[lang], ((_spelling(each), _escaped(_meaning(each, lang))) for each in options))


def _spelling(option: click.Option) -> str:
    names = " / ".join(filter(None, (", ".join(option.opts), ", ".join(option.secondary_opts))))
    value = "" if option.is_flag or option.count else f" {option.make_metavar(click.Context(cli))}"
    return code(names + value)


def _meaning(option: click.Option, lang: Lang) -> str:
    default = option.get_help_extra(click.Context(cli)).get("default")
    word = "default" if lang == "en" else "默认"
    described = OPTIONS_ZH.get(option.help or "", option.help) if lang == "zh" else option.help
    return f"{described or ''}{f' [{word}: {default}]' if default else ''}"


def _name(option: click.Option) -> str:
    return option.opts[-1]


def _escaped(words: str) -> str:
    """Return text in which Markdown would take nothing for markup, except code in backticks."""
    parts = words.split("`")
    plain = [part if number % 2 else part.replace("<", "&lt;").replace("*", "\\*") for number, part in enumerate(parts)]
    return "`".join(plain)


def _of_group(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        if command := group.get_command(context, name):
            yield name, command
