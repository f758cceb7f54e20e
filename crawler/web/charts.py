"""Charts as coordinates for SVG: bars for one series, lines for several, and the periods without a crawl shaded."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from attrs import frozen

WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 14, 28
"""Margins in units of SVG: numbers of six digits stand on the left, periods below."""

MAX_LABELS = 9
"""Periods that are named below the axis: each takes some 70 units."""

DASHES = ("none", "6 3", "2 3", "9 3 2 3", "1 4")
"""Patterns of lines, so that they differ without colour."""

MAX_SERIES = len(DASHES)

STEPS = (1, 2, 5)


@frozen(kw_only=True)
class Series:
    """A row of numbers with its name; None where there is none."""

    name: str
    values: Sequence[float | None]


@frozen(kw_only=True)
class ChartBar:
    """A bar with its number."""

    x: float
    y: float
    width: float
    height: float
    label: str


@frozen(kw_only=True)
class ChartLine:
    """A line as a path, with its name and pattern; `end` is where its name stands."""

    path: str
    name: str
    dash: str
    number: int


@frozen(kw_only=True)
class Tick:
    """A mark of an axis."""

    at: float
    label: str


@frozen(kw_only=True)
class Chart:
    """A chart. `gaps` are pairs of x and width of periods in which no site was crawled."""

    bars: Sequence[ChartBar]
    lines: Sequence[ChartLine]
    rows: Sequence[Tick]
    columns: Sequence[Tick]
    gaps: Sequence[tuple[float, float]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def chart(names: Sequence[str], series: Sequence[Series], gaps: Sequence[bool], *, as_share: bool = False) -> Chart:
    """Return a chart of some series over the same periods, with the periods that have a gap.

    >>> made = chart(["2024-01", "2024-02"], [Series(name="电梯", values=[2, 4])], [False, True])
    >>> [(bar.height, bar.label) for bar in made.bars], made.gaps
    ([(109.0, '2024-01: 2'), (218.0, '2024-02: 4')], [(398.0, 350.0)])
    """
    most = max((value for each in series for value in each.values if value is not None), default=0)
    top, step = _scale(most)
    slot = (WIDTH - LEFT - RIGHT) / max(len(names), 1)
    tall = HEIGHT - TOP - BOTTOM

    def y_of(value: float) -> float:
        return round(HEIGHT - BOTTOM - tall * value / top, 1)

    every = max(1, -(-len(names) // MAX_LABELS))
    return Chart(
        bars=_bars(names, series[0], slot, y_of, as_share) if len(series) == 1 else (),
        lines=[_line(number, each, slot, y_of) for number, each in enumerate(series)] if len(series) > 1 else (),
        rows=[
            Tick(at=y_of(step * number), label=_mark(step * number, as_share))
            for number in range(round(top / step) + 1)
        ],
        columns=[Tick(at=_x(number, slot), label=name) for number, name in enumerate(names) if number % every == 0],
        gaps=[(round(LEFT + slot * number, 1), round(slot, 1)) for number, gap in enumerate(gaps) if gap],
    )


@functools.lru_cache(maxsize=1024)
def spark(values: tuple[int, ...], width: int = 90, height: int = 18) -> str:
    """Return a sparkline as the points of an SVG polyline.

    >>> spark((0, 2, 1), 10, 4)
    '0.0,4.0 5.0,0.0 10.0,2.0'
    """
    most, step = max(max(values, default=0), 1), width / max(len(values) - 1, 1)
    return " ".join(f"{number * step:.1f},{height - height * value / most:.1f}" for number, value in enumerate(values))


def _bars(
    names: Sequence[str], series: Series, slot: float, y_of: Callable[[float], float], as_share: bool
) -> list[ChartBar]:
    return [
        ChartBar(
            x=round(_x(number, slot) - slot * 0.4, 1),
            y=y_of(value),
            width=round(slot * 0.8, 1),
            height=round(HEIGHT - BOTTOM - y_of(value), 1),
            label=f"{name}: {_text(value, as_share)}",
        )
        for number, (name, value) in enumerate(zip(names, series.values, strict=True))
        if value
    ]


def _line(number: int, series: Series, slot: float, y_of: Callable[[float], float]) -> ChartLine:
    path: list[str] = []
    is_open = False
    for at, value in enumerate(series.values):
        if value is not None:
            path.append(f"{'L' if is_open else 'M'}{_x(at, slot)} {y_of(value)}")
        is_open = value is not None
    return ChartLine(path="".join(path), name=series.name, dash=DASHES[number % len(DASHES)], number=number)


def _x(number: int, slot: float) -> float:
    return round(LEFT + slot * (number + 0.5), 1)


def _scale(most: float) -> tuple[float, float]:
    """Return the end of an axis and the distance of its marks, four or so, in round numbers.

    >>> _scale(37), _scale(4), _scale(0)
    ((40, 10), (4, 1), (1, 1))
    """
    if most <= 0:
        return 1, 1
    power = 10.0 ** (len(str(int(most))) - 1 if most >= 1 else -len(str(int(1 / most))))
    steps = [step * power / 10 * scale for scale in (1, 10) for step in STEPS]
    step = next((each for each in steps if most / each <= 5), steps[-1])
    step = max(step, 1) if most >= 4 else step
    count = -(-most // step)
    top = count * step
    return (int(top), int(step)) if step >= 1 and step == int(step) else (top, step)


def _mark(value: float, as_share: bool) -> str:
    """Return the number at a mark of an axis, which is a round one.

    >>> _mark(0.2, True), _mark(0.005, True), _mark(40, False)
    ('20%', '0.5%', '40')
    """
    return f"{value * 100:.3g}%" if as_share else f"{value:g}"


def _text(value: float, as_share: bool) -> str:
    return f"{value:.1%}" if as_share else f"{value:g}"
