"""Time stamps of seals (RFC 3161): what an authority stamps, and whether its answer fits a seal."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence

from cryptography import x509

from pipelines.archive.seals.statement import Seal, Stamp, stamped_content
from pipelines.archive.stamps import StampedTime, check_response
from pipelines.messages import Message
from pipelines.messages import gettext as _

MAX_CLOCK_DIFFERENCE = dt.timedelta(minutes=5)
"""Largest difference between the time of a seal and of its stamp, which is requested in the same second: the clocks of
two machines without NTP differ by minutes at most. A larger one means a wrong clock or a false date."""


def stamp_of(authority: str, response: bytes) -> Stamp:
    """Return the answer of an authority as a time stamp, which has not been checked."""
    return Stamp(authority=authority, response=base64.b64encode(response).decode())


def check_stamp(seal: Seal, stamp: Stamp, roots: Sequence[x509.Certificate]) -> StampedTime | Message:
    """Return what a stamp states, or what is wrong with it: form, digest, signature, certificates or time."""
    try:
        response = base64.b64decode(stamp.response, validate=True)
        stated = dt.datetime.fromisoformat(seal.at)
        found = check_response(response, stamped_content(seal), roots)
        if isinstance(found, Message) or abs(found.time - stated) <= MAX_CLOCK_DIFFERENCE:
            return found
    except (ValueError, TypeError) as error:
        return _("its time stamp cannot be read: {error}", error=error)
    return _(
        "its time stamp is of {stamped}, the seal says {stated}: wrong clock or false date",
        stamped=found.at,
        stated=seal.at,
    )
