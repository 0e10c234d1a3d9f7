"""The portfolio as a map of stratum classes by categories: area is money, shade is risk, and both are written."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import pandas as pd

from segmentation_model.columns.layout import Tariff
from segmentation_model.monthly_report.categories import Category, categories_of, parts_of
from segmentation_model.monthly_report.facts import MonthFacts
from segmentation_model.monthly_report.writing import Writer
from segmentation_model.pages.wording import Name, name_of

#: Bounds of the shades, as multiples of the portfolio's mean probability.
SHADES = (0.5, 1.0, 2.0, 4.0)
#: Side of the largest square, and of the smallest that is not nothing, in the picture's units.
LARGEST, SMALLEST = 60.0, 3.0
#: Categories, and stratum classes of a tariff, that it has room for.
MOST_COLUMNS = MOST_ROWS = 24


@dataclass(frozen=True)
class Square:
    """A segment: its square and its figures; without customers only an empty place."""

    customers: str
    amount: str = ""
    probability: str = ""
    side: str = "0"
    corner: str = "0"
    shade: str = ""
    title: str = ""


@dataclass(frozen=True)
class MapRow:
    """A stratum class of a tariff, or a tariff without them; as high as its largest square."""

    label: str
    squares: tuple[Square, ...]
    height: str
    customers: str
    amount: str


@dataclass(frozen=True)
class MapBlock:
    """A tariff."""

    tariff: str
    rows: tuple[MapRow, ...]


@dataclass(frozen=True)
class SegmentMap:
    """All of it.

    Attributes:
        groups: What put customers into the categories: words, and how many categories.
        columns: The categories.
        blocks: The tariffs.
        totals: Expected unpaid amount of each column, in words.
        whole: That of all.
        legend: Each shade with the probabilities that it stands for.
        sentence: Where most of the money is.
        left_out: Where to find the segments that it has no room for; empty where it shows all.
    """

    groups: tuple[tuple[str, int], ...]
    columns: tuple[Name, ...]
    blocks: tuple[MapBlock, ...]
    totals: tuple[str, ...]
    whole: str
    legend: tuple[tuple[str, str], ...]
    sentence: str
    left_out: str


def segment_map(facts: MonthFacts, writer: Writer) -> SegmentMap:
    """Draw the segments of the month."""
    segments = facts.benchmark[facts.benchmark["level"] == "segment"].copy()
    parts = [parts_of(code) for code in segments["segment_code"]]
    segments["stratum"], segments["category"] = [one for one, _ in parts], [other for _, other in parts]
    present = set(segments["category"])
    columns = [one for one in categories_of(facts) if one.code in present][:MOST_COLUMNS]
    scale = max(float(segments["expected_unpaid_amount_sum"].max()), 0.0)
    mean = float(facts.portfolio["probability_mean"])
    blocks = tuple(_block(tariff, segments, columns, facts, writer, scale, mean) for tariff in facts.tariffs)
    by_column = segments.groupby("category")["expected_unpaid_amount_sum"].sum()
    drawn = sum(bool(square.customers) for block in blocks for row in block.rows for square in row.squares)
    return SegmentMap(
        groups=tuple(
            (writer.words(f"map.{kind}"), len(list(members)))
            for kind, members in groupby(columns, lambda one: one.kind)
        ),
        columns=tuple(name_of(one.label, 28) for one in columns),
        blocks=blocks,
        totals=tuple(writer.money_short(by_column[one.code]) for one in columns),
        whole=writer.money_short(facts.portfolio["expected_unpaid_amount_sum"]),
        legend=_legend(mean, writer),
        sentence=_sentence(segments, facts, writer),
        left_out=writer.words("map.left_out") if drawn < len(segments) else "",
    )


def _block(
    tariff: Tariff,
    segments: pd.DataFrame,
    columns: list[Category],
    facts: MonthFacts,
    writer: Writer,
    scale: float,
    mean: float,
) -> MapBlock:
    own = segments[segments["tariff"] == tariff]
    rows = []
    for code, label in _strata(own, facts, writer):
        found = own[own["stratum"] == code]
        by_category = {row["category"]: row for row in found.to_dict(orient="records")}
        squares = [_square(by_category.get(one.code), writer, scale, mean) for one in columns]
        rows.append(
            MapRow(
                label=label,
                squares=tuple(squares),
                height=f"{max(float(one.side) for one in squares):.1f}",
                customers=writer.count(int(found["customers"].sum())),
                amount=writer.money_short(found["expected_unpaid_amount_sum"].sum()),
            )
        )
    return MapBlock(name_of(facts.tariff_name(tariff)).text, tuple(rows))


def _strata(own: pd.DataFrame, facts: MonthFacts, writer: Writer) -> list[tuple[str, str]]:
    named = [("", writer.words("map.all_strata")), *((one.code, one.label) for one in facts.rules.strata)]
    named.append((facts.rules.no_stratum.code, facts.rules.no_stratum.label))
    present = set(own["stratum"])
    return [(code, name_of(label, 28).text) for code, label in named if code in present][:MOST_ROWS]


def _square(segment: Mapping[Hashable, Any] | None, writer: Writer, scale: float, mean: float) -> Square:
    if segment is None:
        return Square("")
    amount, probability = float(segment["expected_unpaid_amount_sum"]), float(segment["probability_mean"])
    side = max(LARGEST * math.sqrt(amount / scale), SMALLEST) if amount > 0 and scale > 0 else 0.0
    customers = writer.counted("count.customers", int(segment["customers"]))
    return Square(
        customers=writer.count(int(segment["customers"])),
        amount=writer.money_short(amount),
        probability=writer.share(probability),
        side=f"{side:.1f}",
        corner=f"{(LARGEST - side) / 2:.1f}",
        shade=shade_of(probability, mean),
        title=writer.words(
            "map.tile",
            segment=name_of(str(segment["segment_label"]), 60).text,
            customers=customers,
            amount=writer.money(amount),
            probability=writer.share(probability),
        ),
    )


def shade_of(probability: float, mean: float) -> str:
    """Shade of a mean probability: 0 (far below the portfolio's) to 4 (far above); empty where there is none.

    >>> [shade_of(share, 0.10) for share in (0.01, 0.05, 0.10, 0.39, 0.4, float("nan"))]
    ['0', '1', '2', '3', '4', '']
    """
    if math.isnan(probability) or math.isnan(mean):
        return ""
    return str(sum(probability >= bound * mean for bound in SHADES))


def _legend(mean: float, writer: Writer) -> tuple[tuple[str, str], ...]:
    if math.isnan(mean):
        return ()
    ends = [writer.share(min(bound * mean, 1.0)) for bound in SHADES]
    middle = [f"{low}–{high}" for low, high in pairwise(ends)]
    return tuple((str(shade), text) for shade, text in enumerate([f"< {ends[0]}", *middle, f"≥ {ends[-1]}"]))


def _sentence(segments: pd.DataFrame, facts: MonthFacts, writer: Writer) -> str:
    """The fewest segments that hold half of the expected unpaid amount."""
    whole = float(facts.portfolio["expected_unpaid_amount_sum"])
    if not whole > 0:
        return ""
    ordered = segments.sort_values(["expected_unpaid_amount_sum", "segment_code"], ascending=[False, True])
    shares = ordered["expected_unpaid_amount_sum"].cumsum() / whole
    count = int((shares < 0.5).sum()) + 1
    customers = ordered["customers"].head(count).sum() / facts.portfolio["customers"]
    return writer.counted(
        "map.half",
        count,
        all=writer.count(len(ordered)),
        share=writer.share(shares.iloc[count - 1]),
        customers=writer.share(customers),
        first=name_of(str(ordered["segment_label"].iloc[0]), 60).text,
    )
