"""Citations of a capture, printed by `fangzhi show ID --cite`."""

from __future__ import annotations

from crawler.cli.output import echo
from crawler.cli.session import Session
from pipelines.export.citation import FORMS, citations
from pipelines.masking import mask
from pipelines.model import Entry
from pipelines.text.urls import split_url


def show_citation(session: Session, entry: Entry, form: str) -> None:
    """Print a citation of each article of a capture; the site has its name from the registry, or is its host."""
    from crawler.sites.folders import load

    site = load(*session.config.registry).sites.get(entry.site or "")
    name = site.name if site else split_url(entry.final_url).netloc
    echo(FORMS[form](citations(entry, name, mask(session.config.archive))))
