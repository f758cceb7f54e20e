"""Every kind of damage by name, for the tests of repairs and their benchmark. Add the `KINDS` of a new module here."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.damage import marks, mojibake, pinyin, shift

Kind = Callable[[str, random.Random], str]

KINDS: dict[str, Kind] = {**marks.KINDS, **mojibake.KINDS, **pinyin.KINDS, **shift.KINDS}
