"""The options that select captures, shared by several commands."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve, frozen
from click.core import ParameterSource

from crawler.cli.completion import complete_place, complete_site
from crawler.cli.days import FIRST_DAY, LAST_DAY
from crawler.cli.session import Session
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _

if TYPE_CHECKING:
    from pipelines.catalogue.catalogue import Catalogue
    from pipelines.catalogue.filters import Filter, Order

VERDICTS = ("new", "same-bytes", "same-text", "near-copy", "new-version")

ORDERS = ("published", "captured", "score", "relevance")

captured_since = click.option(
    "--captured-since",
    type=FIRST_DAY,
    metavar="DATE",
    help="Only captures made on DATE or later, in the forms of --since.",
)
captured_until = click.option(
    "--captured-until",
    type=LAST_DAY,
    metavar="DATE",
    help="Only captures made on DATE or earlier, in the forms of --until.",
)

region_option = click.option(
    "--region",
    metavar="PLACE",
    shell_complete=complete_place,
    help="Only this region and what is below it, by code (4407, 440783) or name.",
)

_OPTIONS = (
    click.option(
        "--since",
        "published_since",
        type=FIRST_DAY,
        metavar="DATE",
        help="Only articles published on DATE or later. Days are days in China: 2023-04-05, 2023-04, 7d (7 days ago), "
        "yesterday.",
    ),
    click.option(
        "--until",
        "published_until",
        type=LAST_DAY,
        metavar="DATE",
        help="Only articles published on DATE or earlier; a month or a year includes its last day.",
    ),
    captured_since,
    captured_until,
    click.option(
        "--site",
        metavar="SITE",
        shell_complete=complete_site,
        help="Only captures of this site, by its slug, name or host.",
    ),
    region_option,
    click.option("--source", metavar="WORDS", help="Only articles whose source (来源) contains these words."),
    click.option("--column", metavar="WORDS", help="Only articles whose column (栏目) contains these words."),
    click.option(
        "--outcome", type=click.Choice(["article", "rejected"]), help="Only captures with or without an article."
    ),
    click.option(
        "--verdict",
        type=click.Choice(VERDICTS),
        metavar="KIND",
        help=f"Only captures with this deduplication verdict: {', '.join(VERDICTS)}.",
    ),
    click.option("--reason", metavar="REASON", help="Only captures without an article for this reason: file, empty, …"),
    click.option(
        "--min-score",
        type=click.FloatRange(0, 1),
        metavar="SCORE",
        help="Only articles with this quality score, from 0 to 1, or a better one.",
    ),
    click.option(
        "--flag",
        "flags",
        multiple=True,
        metavar="FLAG",
        help="Only articles with this quality flag. May be repeated: all of them.",
    ),
    click.option(
        "--copies/--no-copies",
        default=None,
        help="Include or exclude captures whose bytes or text, or nearly the same text, were captured before on any "
        "site. A capture that contains an earlier text and more is not a copy.",
    ),
    click.option(
        "--files/--no-files", default=True, show_default=True, help="Include or exclude attachments and pictures."
    ),
    click.option("--gone", is_flag=True, help="Only articles that were removed from their site."),
    click.option(
        "--sort",
        "order",
        type=click.Choice(ORDERS),
        help="Newest publication first, newest capture first, lowest quality score first, or most words of the query "
        "in the title first.",
    ),
    click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N captures."),
)


@frozen(kw_only=True)
class Selected:
    """The captures that a user selects: the filter, and what is not a condition on a single capture.

    `copies` is None if the user did not say whether copies are included.
    """

    filter: Filter
    copies: bool | None = None
    gone: bool = False
    order: Order | None = None
    limit: int | None = None


def with_filters(run: Callable[..., int | None]) -> Callable[..., int | None]:
    """Add the options that select captures to a command; its function receives them as one `Selected`, `selected`."""

    @functools.wraps(run)
    def with_options(session: Session, **options: Any) -> int | None:
        given = {name: options.pop(name) for name in _OPTION_NAMES & options.keys()}
        return run(session, selected=selection(given, session_places(session)), **options)

    for option in reversed(_OPTIONS):
        with_options = option(with_options)
    return with_options


def filter_options() -> list[click.Option]:
    """Return the options that select captures, for a program that reads their values from elsewhere."""

    def nothing() -> None:
        """Carry the options, as click stores them."""

    for option in reversed(_OPTIONS):
        option(nothing)
    return [each for each in reversed(vars(nothing)["__click_params__"]) if isinstance(each, click.Option)]


Places = Mapping[str, Callable[[str], str]]
"""What finds the slug of a `site`, and what the codes of a `region` begin with, by what people call them."""


def session_places(session: Session) -> Places:
    """Return what finds sites and regions for a command, which may ask at the terminal."""
    return {"site": functools.partial(_slug, session), "region": functools.partial(_prefix, session)}


def selection(options: Mapping[str, Any], places: Places) -> Selected:
    """Return the captures that the values of `filter_options` select, by the names of the options' parameters."""
    from pipelines.catalogue.filters import Filter
    from pipelines.catalogue.query import all_of, text_term

    site, region = (places[name](given) if (given := options[name]) else None for name in ("site", "region"))
    words = ((name, options[name]) for name in ("source", "column"))
    wanted = Filter(
        query=all_of(*(text_term(field, given) for field, given in words if given)),
        site=site,
        region=region,
        copies=options["copies"] is not False,
        **{name: options[name] for name in _FILTER_FIELDS},
    )
    return Selected(filter=wanted, **{name: options[name] for name in ("copies", "gone", "order", "limit")})


_FILTER_FIELDS = (
    *("outcome", "verdict", "reason", "files", "min_score", "flags"),
    *("published_since", "published_until", "captured_since", "captured_until"),
)


def given_filters() -> dict[str, str]:
    """Return the options of the command line that select captures, by name, relative days as dates."""
    context = click.get_current_context()
    found = {}
    for option in context.command.params:
        name = option.name or ""
        if name in _OPTION_NAMES and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            value = context.params[name]
            shown = (option.secondary_opts if value is False else option.opts)[0].removeprefix("--")
            found[shown] = (
                "" if isinstance(value, bool) else ", ".join(value) if isinstance(value, tuple) else f"{value}"
            )
    return found


_OPTION_NAMES = frozenset(("site", "region", "source", "column", "copies", "gone", "order", "limit", *_FILTER_FIELDS))


def with_query(session: Session, wanted: Filter, words: tuple[str, ...]) -> Filter:
    """Return a filter to which a query is added; its sites and regions may be named as in the options."""
    return query_added(wanted, " ".join(words), session_places(session)) if words else wanted


def query_added(wanted: Filter, text: str, places: Places) -> Filter:
    """Return a filter with a query added; raises ConfigError, which shows the place, for one that is not valid."""
    if any("\ud800" <= char <= "\udfff" for char in text):  # bytes of the command line that are no UTF-8
        raise ConfigError(_("{text!r} is not valid UTF-8", text=text))
    return wanted.with_query(text, places)


def narrowed(catalogue: Catalogue, selected: Selected) -> Filter:
    """Return the filter of a selection; of pages that are gone only the last captures with their text."""
    if not selected.gone:
        return selected.filter
    from crawler.monitoring import gone_pages  # here, because it imports all families

    gone = frozenset(page.last.id for page in gone_pages(catalogue, selected.filter.site))
    return evolve(selected.filter, ids=gone)


def entry_order(selected: Selected) -> Order:
    """Return the order of entries without a query; raises click.UsageError for one that needs a query."""
    if selected.order == "relevance":
        raise click.UsageError(_("--sort relevance needs a query: use fangzhi search"))
    return selected.order or "captured"


def _slug(session: Session, given: str) -> str:
    from crawler.cli.site_names import site_slug  # here, because it imports all families: .1 s

    return site_slug(session, given)


def _prefix(session: Session, given: str) -> str:
    from crawler.cli.regions import region_prefix

    return region_prefix(session, given)
