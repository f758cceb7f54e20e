"""What `fangzhi replay` prints: the differences of each page, and the totals."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from attrs import field, frozen

from crawler.cli.columns import terminal_columns
from crawler.cli.diff import comparison_document, comparison_lines, totals_lines
from crawler.cli.report import folded, report_lines
from crawler.cli.session import Session
from crawler.compare.entries import Totals, compare
from crawler.monitoring import Stats
from pipelines.messages import Message, ngettext
from pipelines.messages import gettext as _
from pipelines.model import Requisite
from pipelines.model.codes import SKIPPED

if TYPE_CHECKING:
    from crawler.replay.cluster import Cluster
    from crawler.replay.indexing import ReplayResult
    from pipelines.archive import Conversions

KINDS = ("unchanged", "changed", "added")


@frozen(kw_only=True)
class ReplayCounts:
    """Counts of a replay: captures by outcome, results by kind, records without a capture by reason.

    With `--diff`, `totals` has what differs.
    """

    report: Stats = field(factory=Stats)
    kinds: Counter[str] = field(factory=Counter)
    totals: Totals | None = None
    skipped: Counter[str] = field(factory=Counter)


def print_differences(session: Session, result: ReplayResult, totals: Totals) -> None:
    """Count what differs in a page, and print it if anything does."""
    if isinstance(result.after, Requisite) or isinstance(result.before, Requisite):
        return
    comparison = compare(result.before, result.after)
    totals.add(comparison)
    if comparison.kind == "unchanged":
        return
    if session.as_json:
        session.emit(comparison_document(comparison))
    else:
        coloured = session.terminal(sys.stdout)[1]
        lines = comparison_lines(comparison, coloured=coloured, lang=session.config.lang)
        session.echo("\n".join(lines), styled=True)


def print_summary(
    session: Session, counts: ReplayCounts, conversions: Conversions | None, cluster: Cluster | None = None
) -> None:
    """Print the totals of a replay: lines for people to stderr, or one JSON object to stdout."""
    kinds, totals = counts.kinds, counts.totals
    if session.as_json:
        in_cluster = {"dask": _cluster_document(cluster)} if cluster else {}
        compared = {"compared": dict(totals.articles), "fields": dict(totals.fields)} if totals else {}
        written = {"conversions": conversions.keys} if conversions else {}
        skipped = {"skipped": dict(sorted(counts.skipped.items()))}
        session.emit(
            counts.report.summary() | {kind: kinds[kind] for kind in KINDS} | skipped | compared | written | in_cluster
        )
        return
    columns = terminal_columns(sys.stderr)
    for line in (
        *(totals_lines(totals) if totals else ()),
        _("{unchanged} unchanged, {changed} changed, {added} added", **{kind: kinds[kind] for kind in KINDS}),
        *(folded(session.text(line), columns) for line in report_lines(counts.report)),
        *(skipped_lines(counts.skipped, session.config.lang)),
        *((_texts_written(conversions),) if conversions else ()),
        *(_cluster_lines(cluster) if cluster else ()),
    ):
        session.say(line)


def skipped_lines(skipped: Counter[str], lang: str) -> list[Message]:
    """Return a line for each reason why records gave no whole capture, the most frequent first."""
    return [
        _("  skipped   {count:>6}  {reason}", count=count, reason=SKIPPED[code].text(lang))
        for code, count in skipped.most_common()
    ]


def _texts_written(conversions: Conversions) -> Message:
    return ngettext(
        "{count} text written to {files}",
        "{count} texts written to {files}",
        conversions.articles,
        files=conversions.keys,
    )


def _cluster_document(cluster: Cluster) -> dict[str, object]:
    return {"partitions": cluster.partitions, "lost_workers": cluster.lost_workers, "unread": cluster.unread}


def _cluster_lines(cluster: Cluster) -> list[Message]:
    lines = [
        ngettext(
            "{count} partition extracted in the Dask cluster {address}",
            "{count} partitions extracted in the Dask cluster {address}",
            cluster.partitions,
            address=cluster.address,
        )
    ]
    if cluster.lost_workers:
        lines.append(
            ngettext(
                "{count} worker was lost and its partitions were extracted again: {names}",
                "{count} workers were lost and their partitions were extracted again: {names}",
                len(cluster.lost_workers),
                names=cluster.lost_workers,
            )
        )
    if cluster.unread:
        lines.append(
            ngettext(
                "{count} partition ended each worker that read it and was extracted on this machine: {names}",
                "{count} partitions ended each worker that read them and were extracted on this machine: {names}",
                len(cluster.unread),
                names=cluster.unread,
            )
        )
    return lines
