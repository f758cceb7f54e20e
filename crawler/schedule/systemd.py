"""Messages to systemd: that a service is ready, alive, or stopping (the protocol of sd_notify)."""

from __future__ import annotations

import os
import socket

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


def notify(state: str) -> None:
    """Send a state to systemd, if it has started this process with `Type=notify`.

    An error is no reason to end crawls: without the message, systemd acts by its own timeouts.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as connection:
        try:
            connection.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)
        except OSError:
            return
