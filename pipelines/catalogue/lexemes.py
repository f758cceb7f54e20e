"""The lexemes of an article in PostgreSQL: a function of the server makes them of the article's canonical forms.

They are the tokens of `pipelines.text.tokens`, each once. Those of a field begin with the letter of the field; those of
title and body are there without one, too: a word without a field is searched in both.
"""

from __future__ import annotations

from pipelines.catalogue.character_index import PREFIXES
from pipelines.catalogue.query_match import SEARCHED
from pipelines.text.tokens import HANZI

FUNCTION = "article_lexemes"

COST = 100_000
"""What a call costs for the planner. It takes .2 ms; with this number PostgreSQL always asks the index, and never calls
the function for the rows that another index finds."""

CALL = f"""{FUNCTION}({", ".join(f'articles."{name}"' for name in SEARCHED)})"""
"""The expression of the index in a query."""

_COLUMNS = ", ".join(f'"{name}"' for name in SEARCHED)
_FIELDS = ", ".join(f"""('{mark}', "{name}")""" for name, mark in PREFIXES.items())

CREATE = (
    f"""CREATE FUNCTION {FUNCTION}({", ".join(f'"{name}" TEXT' for name in SEARCHED)}) RETURNS TSVECTOR
    IMMUTABLE PARALLEL SAFE COST {COST} LANGUAGE plpgsql AS $$ BEGIN RETURN array_to_tsvector(ARRAY(
        WITH field (mark, form) AS (VALUES ('', title || body), {_FIELDS}),
        run (mark, form) AS MATERIALIZED (
            SELECT mark, regexp_replace(form, '[^ {HANZI}]+', ' ', 'g') FROM field WHERE form <> '')
        SELECT mark || first || coalesce(second, '') FROM run,
            ROWS FROM (string_to_table(form, NULL, ' '), string_to_table(substr(form, 2), NULL, ' '))
            AS pair (first, second) WHERE first IS NOT NULL
        UNION ALL
        SELECT mark || word FROM field, regexp_split_to_table(form, '[ {HANZI}]+') AS word
            WHERE word <> '')); END $$""",  # noqa: S608 - names and letters of this program
    f"CREATE INDEX articles_lexemes ON articles USING gin ({FUNCTION}({_COLUMNS}))",
)
"""The function and its index. What is no Chinese character becomes a space, which is read as NULL; then each character
is joined to the next one. Words are what is between Chinese characters and spaces."""
