"""Scripts that a script in a page loads by a fixed address, as statistics and share buttons do.

Scripts are not run: an address that a script puts together from parts is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CREATES_SCRIPT = re.compile(r"""createElement\(\s*["']script["']""", re.IGNORECASE)
_SOURCE = re.compile(r"""\.src\s*=\s*(?:"([^"\\]+)"|'([^'\\]+)')\s*(?=[;,)}\n]|$)""")
"""An assignment of a whole text: `"/a.js?" + now` goes on after it."""


def loaded_scripts(script: str) -> Iterator[str]:
    """Yield the addresses of the scripts that an inline script adds to its page.

    >>> list(loaded_scripts("var s = document.createElement('script'); s.src = '/a.js';"))
    ['/a.js']
    """
    if _CREATES_SCRIPT.search(script):
        for found in _SOURCE.finditer(script):
            yield found[1] or found[2]
