"""Charts as pictures: SVG with its own style, and PNG for texts and slides."""

from __future__ import annotations

from crawler.web.charts import Chart
from crawler.web.page_request import PageRequest
from crawler.web.templating import render
from pipelines.errors import ConfigError
from pipelines.messages import gettext as _

FORMS = {"svg": "image/svg+xml", "png": "image/png"}
"""The forms of a picture, and their media types."""

COLORS = ("#1b4f72", "#a3231f", "#14603a", "#1d1d1b", "#62625c")
"""The colours of lines: those of the pages in the light scheme, in the order of the style sheet."""

FONTS = "Source Han Sans SC, Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, DejaVu Sans, sans-serif"
"""Fonts of this machine for the words of a chart; one with Chinese characters must be installed for Chinese words."""

SCALE = 2
"""Pixels of a PNG for each unit of the SVG: 1,520 pixels fill a page of A4 at 190 dpi."""

LINE_UNITS, SOURCE_UNITS = 20, 18
"""Height of the name of a series, and of the address of the page below the chart."""


def svg(chart: Chart, asked: PageRequest) -> str:
    """Return a chart as a file of SVG: with the names of its series and the address of its page, without script."""
    height = chart.height + LINE_UNITS * len(chart.lines) + SOURCE_UNITS
    address = asked.links.absolute(*asked.address.split("/"))
    shown = {"chart": chart, "height": height, "colors": COLORS, "fonts": FONTS, "address": address}
    return render("chart.svg", asked.lang, **shown).strip()


def png(drawing: str) -> bytes:
    """Return a drawing as PNG; raises ConfigError if the library is not installed. Nothing is loaded from elsewhere."""
    try:
        from resvg_py import svg_to_bytes
    except ModuleNotFoundError as error:
        raise ConfigError(
            _("{module} is not installed", module="resvg-py"), _("install it: pip install 'fangzhi[serve]'")
        ) from error
    return bytes(svg_to_bytes(svg_string=drawing, zoom=SCALE))
