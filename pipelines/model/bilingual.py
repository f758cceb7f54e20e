"""A text in English and Chinese, for the tables that describe keys, codes, settings and options."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class Bilingual:
    """One text in both languages of the documentation."""

    en: str
    zh: str

    def text(self, lang: str) -> str:
        """Return the text in a language, `zh` or `en`."""
        return self.zh if lang == "zh" else self.en
