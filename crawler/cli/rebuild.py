"""`fangzhi rebuild`: the catalogue again from the WARCs alone."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import click

from crawler.cli.main import DONE, SOME_FAILED
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError, StoreUnavailable

if TYPE_CHECKING:
    from crawler.sites.registry import Registry
    from pipelines.archive import Archive

NAMED = 5
"""Files elsewhere that are named; more would hide the rest."""


@fangzhi_command("rebuild")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes that read.  [default: one a core]")
def command(session: Session) -> int:
    """Make the catalogue again from the archive alone, and every index that is missing or not right.

    The new catalogue is built beside the old one, which is in use and unchanged until the new one is whole and takes
    its place. Stopped, it goes on where it was. Nothing else may write to the archive meanwhile.

    The same version of fangzhi gives the same entries. Those of files elsewhere, which only a replay of these files
    brings, are named.
    """
    from crawler.cli.progress import Progress
    from crawler.monitoring import Stats
    from crawler.replay.rebuild import Rebuild
    from crawler.sites.folders import load
    from pipelines.archive import Archive
    from pipelines.catalogue.replacement import Replacement
    from pipelines.line.workers import ExtractionPool
    from pipelines.storage import open_storage

    registry, report = load(*session.config.registry), Stats()
    storage = open_storage(session.config.archive, session.config.options)
    storage.check()
    archive = Archive(storage)
    foreign = _prepared(session, registry, archive)
    with (
        closing(ExtractionPool(session.config.workers)) as readers,
        closing(Replacement(session.config.catalogue)) as replacement,
        closing(Rebuild(archive, replacement, registry, readers)) as rebuild,
    ):
        for _ in rebuild.survey():
            pass
        with Progress(session, report, total=rebuild.captures.total()) as progress:
            for entry in rebuild.entries():
                progress.entry(entry)
        rebuild.swap()
    told = {"captures": rebuild.captures.total(), "files": len(rebuild.captures), "indexes": rebuild.indexes}
    _summarise(session, told | {"findings": rebuild.findings, "lost": rebuild.lost}, foreign)
    return SOME_FAILED if rebuild.findings or rebuild.lost else DONE


def _prepared(session: Session, registry: Registry, archive: Archive) -> Counter[str]:
    """Publish what a killed run left, catalogued if the old catalogue still can; return what is only in that one."""
    from crawler.cli.run import opened
    from crawler.replay.rebuild import elsewhere
    from pipelines.catalogue.catalogue import Catalogue

    try:
        with closing(Catalogue(session.config.catalogue, create=False)) as old, opened(session.config, registry):
            return elsewhere(old)
    except (ConfigError, StoreUnavailable) as error:
        session.say(f"the old catalogue tells nothing: {error}")
    for segment in archive.unfinished():
        segment.publish()
    return Counter()


def _summarise(session: Session, told: dict[str, int], foreign: Counter[str]) -> None:
    if session.machine:
        session.emit(told | {"elsewhere": dict(foreign)})
        return
    session.say(
        f"{told['captures']} captures of {told['files']} files are catalogued again, {told['indexes']} indexes made"
    )
    if told["findings"] or told["lost"]:
        session.say(
            f"{told['findings']} things are wrong in the files, {told['lost']} bodies that captures refer to are "
            "nowhere to be found: `fangzhi verify --deep` names them"
        )
    for file, count in foreign.most_common(NAMED):
        session.say(f"{count} entries of a file elsewhere are not there: fangzhi replay {file}")
    if len(foreign) > NAMED:
        session.say(f"and those of {len(foreign) - NAMED} more files")
