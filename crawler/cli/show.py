"""Shell. `fangzhi show`: one capture, or what changed between two versions of a page."""

from __future__ import annotations

import difflib

import click

from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import FangzhiError
from pipelines.model import Entry


@fangzhi_command("show")
@click.argument("key", metavar="ID|URL")
@click.option(
    "--version", "number", type=click.IntRange(min=1), metavar="N", help="The page's Nth version, oldest first."
)
@click.option("--diff", is_flag=True, help="What changed since the version before.")
@click.option("--family", "prints", is_flag=True, help="Who else printed the text, and what they added and left out.")
@click.option("--evidence", is_flag=True, help="Where on the page each field was read.")
@click.option("--format", "form", type=click.Choice(["json", "text", "md", "html"]), default="text", show_default=True)
def command(session: Session, key: str, number: int | None, diff: bool, prints: bool, evidence: bool, form: str) -> int:
    """Show an entry by its id, or the newest capture of an address."""
    from contextlib import closing

    from crawler.cli.evidence import proofs
    from crawler.cli.prints import show_family
    from crawler.cli.render import render
    from pipelines.catalogue import Catalogue

    with closing(Catalogue(session.config.catalogue, create=False)) as catalogue:
        entry = catalogue.get(key)
        if entry is None:
            raise FangzhiError(f"nothing is catalogued under {key}", "fangzhi list shows what is")
        if prints:
            show_family(session, *catalogue.family(entry))
            return 0
        versions = catalogue.versions(entry.final_url) if number or diff else []
    if number:
        if number > len(versions):
            raise FangzhiError(f"{entry.final_url} has {len(versions)} versions, not {number}")
        entry = versions[number - 1]
    if diff:
        before = [version for version in versions if version.fetched_at < entry.fetched_at]
        click.echo("\n".join(changes(_lines(before[-1]) if before else [], _lines(entry))))
    elif evidence and not session.machine:
        click.echo("\n\n".join("\n".join(proofs(article)) for article in entry.articles) or "(no article)")
    else:
        click.echo(render(entry, "json" if session.machine else form))
    return 0


def changes(before: list[str], after: list[str]) -> list[str]:
    """Return the lines of a unified diff without its header, or a word that nothing changed."""
    return list(difflib.unified_diff(before, after, lineterm="", n=1))[2:] or ["(no change)"]


def _lines(entry: Entry) -> list[str]:
    return [line for article in entry.articles for line in (article.title or "", *article.text.split("\n"))]
