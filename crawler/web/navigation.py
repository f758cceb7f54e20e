"""The rooms that the head of every page links to."""

from __future__ import annotations

from pipelines.messages import Message
from pipelines.messages import gettext as _

SECTIONS: dict[str, Message] = {
    "search": _("Search"),
    "counts": _("Counts"),
    "sites": _("Sites"),
    "regions": _("Regions"),
    "gone": _("Gone"),
    "changed": _("Changed"),
    "coverage": _("Coverage"),
    "tray": _("Low quality"),
    "custody": _("Custody"),
    "fetch": _("Fetch"),
}
"""First part of a path → the name of the room."""
