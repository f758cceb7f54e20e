"""帝国 EmpireCMS: the CMS of many local portals; lists are index_2.html or e/action/ListInfo."""

from __future__ import annotations

from crawler.families.linked import linked
from pipelines.model import Recipe

_MARKS = r"""
    \bEmpireCMS\b | /e/data/js/ajax\.js | /e/action/(?:ListInfo|ShowInfo)\b | /e/public/ViewClick/ | /d/js/acmsd/
    | \bclass=["']?epages\b
"""

EMPIRECMS = linked("empirecms", _MARKS, Recipe(name="empirecms/1", body=("#text",)), free=True)
