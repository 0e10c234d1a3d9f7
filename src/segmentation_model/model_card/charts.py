"""Small line charts in SVG coordinates: no library, no script, no style of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 20, 10, 44
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: where it is, and what stands there."""

    at: str
    label: str


@dataclass(frozen=True)
class Point:
    """A measured point, with the ends of its interval where it has one."""

    x: str
    y: str
    lower: str = ""
    upper: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart in the coordinates of a view box of ``WIDTH`` by ``HEIGHT``.

    Attributes:
        title: What it shows.
        description: The same for whom cannot see it.
        horizontal: Name of the horizontal axis.
        vertical: Name of the vertical axis.
        columns: Marks of the horizontal axis.
        lines: Marks of the vertical axis.
        reference: Ends of the dashed line, as ``x1 y1 x2 y2``.
        path: Points of the drawn line.
        points: The points themselves.
    """

    title: str
    description: str
    horizontal: str
    vertical: str
    columns: tuple[Tick, ...]
    lines: tuple[Tick, ...]
    reference: tuple[str, str, str, str]
    path: str
    points: tuple[Point, ...]


def draw_shares(
    title: str,
    description: str,
    axes: tuple[str, str],
    points: Sequence[tuple[float, float]],
    intervals: Sequence[tuple[float, float]] = (),
    highest: float = 1.0,
) -> Chart:
    """Draw shares over shares, with the diagonal for comparison.

    Args:
        title: What it shows.
        description: The same for whom cannot see it.
        axes: Names of the horizontal and the vertical axis.
        points: Points from left to right, within 0 and ``highest``.
        intervals: Ends of each point's vertical interval; none for points without.
        highest: Upper end of both axes.
    """

    def across(share: float) -> str:
        return _short(_LEFT + share / highest * (WIDTH - _LEFT - _RIGHT))

    def up(share: float) -> str:
        return _short(HEIGHT - _BOTTOM - share / highest * (HEIGHT - _TOP - _BOTTOM))

    marks = _marks(highest)
    ends = [(up(low), up(high)) for low, high in intervals] or [("", "")] * len(points)
    drawn = tuple(Point(across(x), up(y), *end) for (x, y), end in zip(points, ends, strict=True))
    return Chart(
        title,
        description,
        *axes,
        columns=tuple(Tick(across(mark), _percent(mark)) for mark in marks),
        lines=tuple(Tick(up(mark), _percent(mark)) for mark in marks),
        reference=(across(0), up(0), across(highest), up(highest)),
        path=" ".join(f"{point.x},{point.y}" for point in drawn),
        points=drawn,
    )


def _marks(highest: float) -> list[float]:
    """Round marks from 0, about five of them.

    >>> _marks(1.0), _marks(0.43)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 0.1, 0.2, 0.3, 0.4])
    """
    power = 10.0 ** math.floor(math.log10(highest / 5))
    step = next(one * power for one in _STEPS if one * power >= highest / 5 * (1 - 1e-9))
    return [round(index * step, 12) for index in range(int(highest / step + 1e-9) + 1)]


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _short(coordinate: float) -> str:
    return f"{coordinate:.1f}"
