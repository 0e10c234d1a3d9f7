"""Columns on the page: one line per family, one row per column, one plot per drifted column, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segmentation_model.drift.judgement.column_drift import ColumnDrift
from segmentation_model.drift.judgement.families import FamilyDrift
from segmentation_model.drift.judgement.severity import JudgedSeverity, rank
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.reports.html.plots import BinPlot, draw_bins, missing_words
from segmentation_model.pages.wording import Name, name_of, number_words, p_value_words, sentence

WORST_FIRST: Mapping[JudgedSeverity, int] = {"high": 4, "moderate": 3, "low": 2, "not_measured": 1, "none": 0}
"""What could not be measured comes before what is stable: it is no reassurance."""


@dataclass(frozen=True)
class Budget:
    """How much one page holds, over all tariffs together."""

    rows: int = 1_200
    plots: int = 48
    lines: int = 200
    members: int = 600

    def halved(self) -> Budget:
        """Half of everything."""
        return Budget(rows=self.rows // 2, plots=self.plots // 2, lines=self.lines // 2, members=self.members // 2)


@dataclass(frozen=True)
class ColumnRow:
    """A row of the table of columns; everything in words."""

    column: Name
    anchor: str
    tariff: int
    severity: JudgedSeverity
    order: int
    psi: str
    psi_corrected: str
    ks: str
    p_value: str
    missing: tuple[str, str]
    minimum_detectable: str
    status: str


@dataclass(frozen=True)
class Member:
    """A column of a family: how high its mark stands in the family's strip (0 to 3), and its figures in words."""

    column: Name
    anchor: str
    severity: JudgedSeverity
    height: int
    psi: str
    missing: tuple[str, str]


@dataclass(frozen=True)
class Line:
    """A family with its members, or a column on its own (without)."""

    name: Name
    anchor: str
    is_family: bool
    severity: JudgedSeverity
    columns: int
    drifted: int
    psi: str
    worst: Name
    members: tuple[Member, ...]


@dataclass(frozen=True)
class TariffColumns:
    """The columns of one tariff as far as the page has room.

    Attributes:
        drifted_lines: Families and lone columns that drifted.
        other_lines: The others that are shown, those that could not be measured first.
        lines: All families and lone columns.
        lines_drifted: Those of them that drifted.
        plots: Drifted columns, drawn: the worst column of every line, then the second one of every family, and so on.
        columns_drifted: All drifted columns.
        measured: Whether any column was.
        anchors: Where the plot of a column is, by its full name.
    """

    tariff: Name
    drifted_lines: tuple[Line, ...]
    other_lines: tuple[Line, ...]
    lines: int
    lines_drifted: int
    plots: tuple[BinPlot, ...]
    columns_drifted: int
    measured: bool
    anchors: Mapping[str, str]

    @property
    def lines_left_out(self) -> int:
        """Lines that the page has no room for."""
        return self.lines - len(self.drifted_lines) - len(self.other_lines)


def fair_shares(wanted: Sequence[int], limit: int) -> list[int]:
    """Divide a budget: everybody gets the same, and what one does not need goes to the others.

    >>> fair_shares([10, 500, 300], 200)
    [10, 95, 95]
    """
    shares = [0] * len(wanted)
    left = limit
    by_need = sorted(range(len(wanted)), key=wanted.__getitem__)
    for position, index in enumerate(by_need):
        shares[index] = min(wanted[index], left // (len(wanted) - position))
        left -= shares[index]
    return shares


def tariff_columns(tables: Mapping[str, TableDrift], budget: Budget) -> tuple[TariffColumns, ...]:
    """Lines and plots per tariff; a tariff without columns has none."""
    to_draw = [list(_to_draw(table)) for table in tables.values()]
    plot_shares = fair_shares([len(columns) for columns in to_draw], budget.plots)
    line_shares = fair_shares([len(table.lines) for table in tables.values()], budget.lines)
    ordered = [
        sorted(table.lines, key=lambda line: -WORST_FIRST[line.judged_severity])[:share]
        for table, share in zip(tables.values(), line_shares, strict=True)
    ]
    member_shares = iter(
        fair_shares([len(line.columns) if line.is_family else 0 for lines in ordered for line in lines], budget.members)
    )
    result = []
    for index, (tariff, table) in enumerate(tables.items()):
        plots = tuple(
            draw_bins(column, tariff, f"plot-{index}-{place}")
            for place, column in enumerate(to_draw[index][: plot_shares[index]])
        )
        anchors = {column.column: plot.anchor for column, plot in zip(to_draw[index], plots, strict=False)}
        by_name = {column.column: column for column in table.columns}
        lines = tuple(_line(line, by_name, anchors, next(member_shares)) for line in ordered[index])
        drifted = [line for line in table.lines if line.severity != "none"]
        result.append(
            TariffColumns(
                tariff=name_of(tariff),
                drifted_lines=tuple(line for line in lines if line.drifted),
                other_lines=tuple(line for line in lines if not line.drifted),
                lines=len(table.lines),
                lines_drifted=len(drifted),
                plots=plots,
                columns_drifted=len(table.drifted),
                measured=any(column.status == "measured" for column in table.columns),
                anchors=anchors,
            )
        )
    return tuple(result)


def column_rows(
    tables: Mapping[str, TableDrift], drawn: Sequence[TariffColumns], budget: Budget
) -> tuple[ColumnRow, ...]:
    """Rows of the table of columns: by level, then PSI; a tariff never crowds out the other."""
    shares = fair_shares([len(table.columns) for table in tables.values()], budget.rows)
    chosen: list[tuple[int, ColumnDrift, str]] = []
    for index, (table, share) in enumerate(zip(tables.values(), shares, strict=True)):
        anchors = drawn[index].anchors
        chosen += [
            (index, column, anchors.get(column.column, "")) for column in sorted(table.columns, key=_worst)[:share]
        ]
    return tuple(
        _row(index, column, anchor) for index, column, anchor in sorted(chosen, key=lambda one: _worst(one[1]))
    )


def _worst(column: ColumnDrift) -> tuple[int, float]:
    return -WORST_FIRST[column.judged_severity], -(column.drift.psi if column.drift else 0.0)


def _to_draw(table: TableDrift) -> Iterator[ColumnDrift]:
    """Drifted columns with bins, so ordered that no family takes all the room."""
    by_name = {column.column: column for column in table.columns}
    places: list[tuple[int, int, ColumnDrift]] = []
    for order, line in enumerate(table.lines):
        drifted = sorted((by_name[name] for name in line.drifted), key=_worst)
        places += [(place, order, column) for place, column in enumerate(drifted) if column.bins]
    yield from (column for _, _, column in sorted(places, key=lambda one: one[:2]))


def _line(line: FamilyDrift, by_name: Mapping[str, ColumnDrift], anchors: Mapping[str, str], room: int) -> Line:
    return Line(
        name=name_of(line.name),
        anchor=anchors.get(line.worst_column, ""),
        is_family=line.is_family,
        severity=line.judged_severity,
        columns=len(line.columns),
        drifted=len(line.drifted),
        psi=number_words(line.max_psi),
        worst=name_of(line.worst_column),
        members=tuple(_member(by_name[name], anchors) for name in _first_members(line, room)),
    )


def _first_members(line: FamilyDrift, room: int) -> tuple[str, ...]:
    """The members in the table's order; where they are too many, the drifted ones before the others."""
    if not line.is_family:
        return ()
    if len(line.columns) <= room:
        return line.columns
    drifted = set(line.drifted)
    first = set(sorted(line.columns, key=lambda name: name not in drifted)[:room])
    return tuple(name for name in line.columns if name in first)


def _member(column: ColumnDrift, anchors: Mapping[str, str]) -> Member:
    return Member(
        column=name_of(column.column),
        anchor=anchors.get(column.column, ""),
        severity=column.judged_severity,
        height=rank(column.severity),
        psi=number_words(column.drift.psi if column.drift else None),
        missing=missing_words(column),
    )


def _row(tariff: int, column: ColumnDrift, anchor: str) -> ColumnRow:
    drift = column.drift
    status = "" if column.status == "measured" else column.status.replace("_", " ")
    return ColumnRow(
        column=name_of(column.column),
        anchor=anchor,
        tariff=tariff,
        severity=column.judged_severity,
        order=WORST_FIRST[column.judged_severity],
        psi=number_words(drift.psi if drift else None),
        psi_corrected=number_words(drift.psi_corrected if drift else None),
        ks=number_words(column.ks),
        p_value=p_value_words(column.adjusted_p_value),
        missing=missing_words(column),
        minimum_detectable=number_words(drift.minimum_detectable if drift else None),
        status=sentence(": ".join(part for part in (status, column.reason) if part), 120) or "measured",
    )
