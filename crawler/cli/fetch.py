"""`fangzhi fetch`: fetch single pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from attrs import evolve

from crawler.cli.main import DONE, FAILED, INTERRUPTED, SOME_FAILED
from crawler.cli.output import echo
from crawler.cli.session import Session, fangzhi_command
from pipelines.errors import ConfigError, FangzhiError, PageError
from pipelines.messages import gettext as _
from pipelines.messages import ngettext

if TYPE_CHECKING:
    from pipelines.archive.rendition_index import RenditionForm
    from pipelines.model import Entry

MAX_IN_PROCESS_PAGES = 4
"""Up to this number of pages are extracted in this process: starting worker processes would take longer."""


@fangzhi_command("fetch")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "text", "md", "html"]),
    default="json",
    show_default=True,
    help="Output format.",
)
@click.option("--no-archive", is_flag=True, help="Do not archive or catalogue anything.")
@click.option("--files", is_flag=True, help="Also fetch the attachments of the articles.")
@click.option(
    "--render",
    "rendered",
    is_flag=True,
    help="Run the scripts of the pages in a browser and extract the rendered page.",
)
@click.option(
    "--rendition",
    type=click.Choice(["png", "pdf"]),
    help="Also archive a picture or a PDF of what a browser shows of each archived page, without scripts and network.",
)
@click.option(
    "--page",
    type=click.Choice(["whole", "text"]),
    help="Archive pages with all that shows them (style sheets, pictures, fonts, scripts), or their text alone; "
    "--no-archive implies text.  [default: as the site of a page says, or whole]",
)
def command(
    session: Session,
    urls: tuple[str, ...],
    form: str,
    no_archive: bool,
    files: bool,
    rendered: bool,
    rendition: RenditionForm | None,
    page: str | None,
) -> int:
    """Fetch single pages, archive them, and print the article of each.

    The format json prints one object per line; text, md and html print the article for reading. robots.txt is obeyed.
    The exit code is 3 if a page has no article because of an error of its server (an HTTP error, a challenge, a page
    that says that there is nothing); it is 0 if a page was read and simply is no article, such as a home page.

    --render and --rendition need Chromium and the extra fangzhi[render]; the page as the server sent it is archived,
    too. Renditions are conversion records with the addresses urn:view:URL and urn:pdf:URL in the folder views/.
    """
    from crawler.cli.render import render
    from crawler.cli.report import requisite_line
    from crawler.cli.results import SERVER_ERRORS, no_article
    from crawler.cli.run import scrape
    from crawler.monitoring.requisites import RequisiteCounts
    from crawler.sites.folders import load
    from crawler.spiders.url import UrlSpider
    from pipelines.catalogue.attachments import FILE_REASON, with_archived_files
    from pipelines.model.serialize import unasked_document

    if rendition and no_archive:
        raise click.UsageError(_("--rendition shows pages of the archive: leave out --no-archive"))
    if rendition:
        from crawler.download.browser import find_browser

        find_browser(session.config.browser)
    form = "json" if session.as_json else form
    checked = [checked_url(url, allow_private=session.config.allow_private) for url in urls]
    workers = session.config.workers if len(checked) > MAX_IN_PROCESS_PAGES else 0
    config = evolve(session.config, archive="" if no_archive else session.config.archive, workers=workers)
    entries: dict[str, Entry] = {}
    failures: dict[str, str] = {}
    requisites = RequisiteCounts()

    def failed(url: str, reason: str, detail: str) -> None:
        failures[url] = reason
        session.complain(FangzhiError(_("{url}: {detail}", url=url, detail=detail)))

    ended = scrape(
        evolve(session, config=config),
        load(*config.registry),
        UrlSpider,
        {"urls": " ".join(checked), "files": files, "render": rendered, "page": "text" if no_archive else page or ""},
        on_entry=lambda entry: entries.update({entry.url: entry}),
        on_failure=failed,
        on_requisite=requisites,
    )
    if requisites:
        session.say(requisite_line(requisites))
    for url in checked:
        if url in entries:
            entry = with_archived_files(entries[url], (each for each in entries.values() if each.reason == FILE_REASON))
            if entry.reason in SERVER_ERRORS:
                failures[url] = entry.reason
                session.complain(FangzhiError(no_article(entry)))
            if form == "json" or url not in failures:
                echo(render(entry, form, config.lang))
        elif failures.get(url) == "robots" and form == "json":
            session.emit(unasked_document(url, "robots"))
    if ended.interrupted:
        left = len([url for url in checked if url not in entries and url not in failures])
        session.say(
            ngettext("interrupted: {count} page was not fetched", "interrupted: {count} pages were not fetched", left)
        )
        return INTERRUPTED
    if rendition and entries:
        from crawler.cli.renditions import write_renditions

        if not write_renditions(session, entries.values(), rendition):
            return SOME_FAILED
    return DONE if not failures else SOME_FAILED if entries else FAILED


def checked_url(url: str, *, allow_private: bool) -> str:
    """Return a URL in the form in which it is requested; raises ConfigError if it is invalid or not allowed."""
    from pipelines.storage.ssrf import check_url

    try:
        return check_url(url, allow_private=allow_private)
    except PageError as error:
        raise ConfigError(str(error), error.hint) from error
