"""`fangzhi fetch`: journey 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from attrs import evolve

from crawler.cli.main import DONE, FAILED, INTERRUPTED, SOME_FAILED, complain
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError, FangzhiError, PageError

if TYPE_CHECKING:
    from pipelines.model import Entry

FEW = 4
"""So many pages are read in this process: starting workers would cost more."""


@fangzhi_command("fetch")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["json", "text", "md", "html"]), default="json", show_default=True)
@click.option("--no-archive", is_flag=True, help="Read the page, keep nothing.")
@click.option("--files", is_flag=True, help="Fetch the attachments of the articles, too.")
@click.option("--render", "rendered", is_flag=True, help="Run the pages' scripts in a browser, read what they made.")
def command(session: Session, urls: tuple[str, ...], form: str, no_archive: bool, files: bool, rendered: bool) -> int:
    """Fetch single pages: archive them, read them, and print one document for each.

    json is an object a line; text, md and html hold the article for reading. robots.txt is obeyed. --render needs
    Chromium and the extra fangzhi[render]; the page as it came is archived too.
    """
    from crawler.cli.render import render
    from crawler.cli.run import scrape
    from crawler.sites.folders import load
    from crawler.spiders.url import UrlSpider
    from pipelines.catalogue.attachments import FILE_REASON, with_archived_files
    from pipelines.model.serialize import unasked_document

    asked = [checked_url(url, allow_private=session.config.allow_private) for url in urls]
    workers = session.config.workers if len(asked) > FEW else 0
    config = evolve(session.config, archive="" if no_archive else session.config.archive, workers=workers)
    answers: dict[str, Entry] = {}
    failures: dict[str, str] = {}

    def failed(url: str, why: str, detail: str) -> None:
        failures[url] = why
        complain(FangzhiError(f"{url}: {detail}"))

    ended = scrape(
        evolve(session, config=config),
        load(*config.registry),
        UrlSpider,
        {"urls": " ".join(asked), "files": files, "render": rendered},
        on_entry=lambda entry: answers.update({entry.url: entry}),
        on_failure=failed,
    )
    for url in asked:
        if url in answers:
            entry = with_archived_files(
                answers[url], (answer for answer in answers.values() if answer.reason == FILE_REASON)
            )
            click.echo(render(entry, "json" if session.machine else form))
        elif failures.get(url) == "robots" and form == "json":
            session.emit(unasked_document(url, "robots"))
    if ended.interrupted:
        return INTERRUPTED
    return DONE if not failures else SOME_FAILED if answers else FAILED


def checked_url(url: str, *, allow_private: bool) -> str:
    """Return an address as it is asked for; raises ConfigError where it cannot be."""
    from crawler.download.ssrf import check_url

    try:
        return check_url(url, allow_private=allow_private)
    except PageError as error:
        raise ConfigError(str(error), error.hint) from error
