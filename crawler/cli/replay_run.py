"""The two ways in which `fangzhi replay` reads the selected captures: into the catalogue, or as links of list pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

from attrs import frozen

from crawler.cli.progress import Progress, ReadFraction
from crawler.cli.replay_report import ReplayCounts, print_differences, print_summary, skipped_lines
from crawler.cli.replay_selection import ReplayOptions
from crawler.cli.session import Session
from crawler.compare.entries import Totals
from crawler.replay.checkpoint import Checkpoint
from crawler.replay.cluster import Cluster, ClusterReader, open_cluster
from crawler.replay.indexing import ExtractedPage
from crawler.replay.outlinks import outlinks_document
from crawler.replay.partition import make_setup
from crawler.replay.run import body_finder, jobs, jobs_with_registry, replay
from crawler.sites.registry import Registry
from crawler.sites.serialize import site_json
from pipelines.archive import Archive, Conversions, MultiReader
from pipelines.catalogue.catalogue import Catalogue
from pipelines.line.order import version
from pipelines.line.workers import open_pool
from pipelines.messages import gettext as _
from pipelines.model import Job, Requisite
from pipelines.references import find
from pipelines.storage import open_storage


@frozen(kw_only=True)
class ReplayRun:
    """One replay: its options, the captures that they select, and where the results go."""

    session: Session
    options: ReplayOptions
    reader: MultiReader
    catalogue: Catalogue
    registry: Registry
    archive: Archive


@frozen
class ReadCounts:
    """The captures that were read, and those of them on which the parser failed."""

    captures: int
    unread: int = 0


def replay_captures(run: ReplayRun) -> ReadCounts:
    """Send the selected captures through the pipeline, and print a report."""
    session, options = run.session, run.options
    counts = ReplayCounts(totals=Totals() if options.diff else None, skipped=run.reader.skipped)
    with ExitStack() as stack:
        conversions = _open_conversions(run, stack)
        checkpoint = None if options.dry_run else stack.enter_context(_open_checkpoint(run))
        pool = stack.enter_context(open_pool(session.config.workers))
        progress = stack.enter_context(Progress(session, counts.report, total=1))
        fraction = ReadFraction(run.reader.files if progress.shown else ())
        cluster = stack.enter_context(open_cluster(options.dask, session.config.workers)) if options.dask else None
        selected = _cluster_captures(run, checkpoint, cluster) if cluster else _captures(run, checkpoint)
        for result in replay(selected, run.catalogue, pool, dry_run=options.dry_run):
            if isinstance(result.after, Requisite):
                progress.requisite(result.after, fraction.after(result.capture))
            else:
                progress.entry(result.after, fraction.after(result.capture))
                counts.kinds[result.kind] += 1
                if counts.totals:
                    print_differences(session, result, counts.totals)
                if result.capture and conversions:
                    conversions.put(result.capture, result.after.articles)
            if result.capture and checkpoint:
                checkpoint.mark_done(result.capture)
    print_summary(session, counts, conversions, cluster)
    return ReadCounts(counts.report.fetched, counts.report.rejected["parser-error"])


def _captures(run: ReplayRun, checkpoint: Checkpoint | None) -> Iterator[Job]:
    """Return the jobs of the captures that are left."""
    captures = checkpoint.remaining(run.reader) if checkpoint else run.reader.captures()
    return jobs(captures, run.registry, run.options.dates, run.options.errors.append)


def _cluster_captures(run: ReplayRun, checkpoint: Checkpoint | None, cluster: Cluster) -> Iterator[Job | ExtractedPage]:
    """Yield the captures that are left, most of them extracted by the workers of a cluster."""
    config, options = run.session.config, run.options
    reader = ClusterReader(
        cluster=cluster,
        setup=make_setup(config.archive, config.options, options.dates, run.registry),
        reader=run.reader,
        registry=run.registry,
        find=body_finder(run.archive, run.catalogue),
        on_error=options.errors.append,
    )
    files = checkpoint.begin(run.reader) if checkpoint else run.reader.files
    yield from reader.first_pass(files, *((checkpoint.done,) if checkpoint else ()))
    yield from jobs(run.reader.second_pass(), run.registry, options.dates, options.errors.append)


def _open_checkpoint(run: ReplayRun) -> Checkpoint:
    """Open the checkpoint of this replay; it is the same one only if everything that changes the result is the same."""
    session, options = run.session, run.options
    identity = [
        *(str(version()), session.config.catalogue, options.warcs, options.site, options.captured_since),
        *(options.captured_until, options.conversions, [site_json(site) for site in run.registry.sites.values()]),
    ]
    checkpoint = Checkpoint(run.archive.storage.spool, identity, afresh=options.afresh)
    if checkpoint.resumed:
        files = len(run.reader.files)
        done = files - len(checkpoint.unfinished(run.reader.files))
        session.say(
            _(
                "resuming the interrupted replay: {done} of {files} files are done (--afresh starts over)",
                done=done,
                files=files,
            )
        )
    return checkpoint


def _open_conversions(run: ReplayRun, stack: ExitStack) -> Conversions | None:
    if not run.options.conversions:
        return None
    storage_options = run.session.config.options
    storage = open_storage(run.options.conversions, storage_options)
    storage.check()
    conversions = Conversions(storage, version(), dt.datetime.now(dt.UTC), storage_options)
    conversions.recover()
    return stack.enter_context(closing(conversions))


def _requisites(catalogue: Catalogue, job: Job) -> list[dict[str, Any]]:
    """Return what a list page is shown with as JSON values, each with its newest capture."""
    references = {each.url: each for each in find(job.capture, charset=job.recipe.charset)}
    captures = catalogue.captures_by_url(references)
    return [
        {"url": url, "kind": each.kind, "capture": captures[url][-1].id if url in captures else None}
        for url, each in references.items()
    ]


def print_outlinks(run: ReplayRun) -> ReadCounts:
    """Print the links of each list page, with the catalogue's entry of each article."""
    pages = articles = missing = 0
    selected = jobs_with_registry(run.reader.captures(), run.registry, run.options.dates, run.options.errors.append)
    for job, registry in selected:
        document = outlinks_document(job, registry)
        if document is None:
            continue
        for link in document["articles"]:
            entry = run.catalogue.get(link["url"])
            link["entry"] = entry.id if entry else None
            missing += entry is None and link["site"] == document["site"]
        document["requisites"] = _requisites(run.catalogue, job)
        run.session.emit(document)
        pages += 1
        articles += len(document["articles"])
    for line in skipped_lines(run.reader.skipped, run.session.config.lang):
        run.session.say(line)
    run.session.say(
        _(
            "{pages} list pages link to {articles} articles; {missing} of these belong to the "
            "list's own site and are not in the catalogue",
            pages=pages,
            articles=articles,
            missing=missing,
        )
    )
    return ReadCounts(pages)
