"""The region that a user names, by a code or a name; if several have the name, the user chooses one at a terminal."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from unicodedata import normalize

import click

from crawler.cli.output import echo
from crawler.cli.session import Session
from pipelines.errors import ConfigError
from pipelines.messages import either
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from crawler.directory import Directory, Level
    from pipelines.model import Region


def region_prefix(session: Session, given: str, level: Level | None = None) -> str:
    """Return what the codes of a region and of all regions below it begin with; raises ConfigError if it is unknown.

    A code need not be in the directory: an archive may have codes that are older or newer. With a level, a name means
    only regions of this level.
    """
    from crawler.directory import code_prefix

    found = matching_regions(given, session.directory(), functools.partial(_registered, session), level)
    lines = [f"{region.code}  {region.name}" for region in found]
    return code_prefix(found[chosen(session, given, lines, [region.code for region in found])].code)


def matching_regions(
    given: str, directory: Directory, registered: Callable[[], list[Region]], level: Level | None = None
) -> list[Region]:
    """Return the regions that a code or a name means; raises ConfigError if there is none.

    The name of a code that the directory does not have is empty. `registered` returns the regions of registered sites,
    which are searched for a name that the directory does not have.
    """
    from crawler.directory import is_region_code, regions_called
    from pipelines.model import Region

    if is_region_code(given := normalize("NFKC", given).strip()):
        return [Region(code=given, name="")]
    if given.isascii() and given.isdigit():
        raise ConfigError(
            _("{code!r} is no code of a region", code=given), _("codes of GB/T 2260 have 2, 4 or 6 digits: 44, 4407")
        )
    found = regions_called(directory, given, level=level) or regions_called(directory, given, registered(), level=level)
    if not found:
        raise unknown_place(directory, given)
    return found


def _registered(session: Session) -> list[Region]:
    from crawler.sites.folders import load

    return [site.region for site in load(*session.config.registry).sites.values() if site.region]


def unknown_place(directory: Directory, given: str) -> ConfigError:
    """Return the error for a name that the directory does not have, with the names that are most like it."""
    from crawler.directory import near_names

    names = near_names(directory, given)
    hint = _("did you mean {names}?", names=either(names)) if names else None
    return ConfigError(_("the directory has no place {place!r}", place=given), hint)


def chosen(session: Session, given: str, candidates: Sequence[str], codes: Sequence[str]) -> int:
    """Return which of several candidates the user means: the only one, or the one that is chosen at a terminal.

    Without a terminal, raises ConfigError; `codes` are what to give instead of the name.
    """
    if len(candidates) == 1:
        return 0
    for number, line in enumerate(candidates, 1):
        echo(f"{number:>3}  {line}", err=True)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConfigError(
            _("{count} places are called {name}", count=len(candidates), name=given),
            _("name one by its code: {codes}", codes=either(codes)),
        )
    question = session.text(_("Which of them do you mean?"))
    return int(click.prompt(question, type=click.IntRange(1, len(candidates)), prompt_suffix=" ", err=True)) - 1
