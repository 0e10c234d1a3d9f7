"""Where customers went since the previous date: a matrix of categories, and the largest moves between segments."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from segmentation_model.monthly_report.categories import Category, categories_of
from segmentation_model.monthly_report.cells import Cell, figure
from segmentation_model.monthly_report.facts import MonthFacts
from segmentation_model.monthly_report.writing import Writer
from segmentation_model.pages.wording import Name, name_of

#: Categories of either date that the matrix has room for; those beyond are left out of it, and said.
MOST_CATEGORIES = 30
#: Moves between segments that are listed.
MOST_MOVES = 12


@dataclass(frozen=True)
class MoveCell:
    """Customers who went one way: how many, what may stay unpaid of them now, and how common that way is (0 to 4)."""

    customers: str
    amount: str = ""
    shade: str = ""
    stayed: bool = False


@dataclass(frozen=True)
class MoveRow:
    """A category of the previous date (or the new customers) and where its customers are now."""

    name: Name
    cells: tuple[MoveCell, ...]
    customers: str
    amount: str


@dataclass(frozen=True)
class SegmentMove:
    """A way from one segment into another."""

    source: Name
    target: Name
    customers: Cell
    before: Cell
    now: Cell
    change: Cell


@dataclass(frozen=True)
class Movements:
    """All of it; without an earlier date only the sentence that says so."""

    lead: str
    facts: tuple[tuple[str, str], ...] = ()
    columns: tuple[Name, ...] = ()
    rows: tuple[MoveRow, ...] = ()
    left_out: str = ""
    moves: tuple[SegmentMove, ...] = ()


def movements(facts: MonthFacts, writer: Writer) -> Movements:
    """The moves between the previous date and this one."""
    words = writer.words
    if facts.moves_since is None:
        return Movements(words("moves.first"))
    table = facts.moves
    known = [one.label for one in categories_of(facts)]
    earlier = [*table["from_category"], *table["to_category"]]
    labels = [label for label in dict.fromkeys([*known, *earlier]) if label and label in set(earlier)]
    shown = labels[:MOST_CATEGORIES]
    sources = [(label, name_of(label, 28)) for label in shown if (table["from_category"] == label).any()]
    if (table["from_category"] == "").any():
        sources.append(("", Name(words("moves.new"))))
    targets = [(label, name_of(label, 28)) for label in shown if (table["to_category"] == label).any()]
    if (table["to_category"] == "").any():
        targets.append(("", Name(words("moves.gone"))))
    left_out = len(labels) - len(shown)
    return Movements(
        lead=words("moves.lead", date=writer.day(facts.moves_since)),
        facts=_facts(table, categories_of(facts), writer),
        columns=tuple(name for _, name in targets),
        rows=tuple(_row(source, name, [label for label, _ in targets], table, writer) for source, name in sources),
        left_out=writer.counted("moves.left_out", left_out) if left_out else "",
        moves=_largest(table, writer),
    )


def _facts(table: pd.DataFrame, categories: list[Category], writer: Writer) -> tuple[tuple[str, str], ...]:
    """Customers by what happened to them; a move between scored categories goes up or down in risk."""
    rank = {one.label: place for place, one in enumerate(categories) if one.kind == "scored"}
    overdue = {one.label for one in categories if one.kind == "overdue"}
    before, now = table["from_category"], table["to_category"]
    there = (before != "") & (now != "")
    up = before.map(rank) < now.map(rank)
    down = before.map(rank) > now.map(rank)
    counted = {
        "same": there & (before == now),
        "up": up,
        "down": down,
        "fell_behind": there & ~before.isin(overdue) & now.isin(overdue),
        "caught_up": there & before.isin(overdue) & ~now.isin(overdue),
        "arrived": before == "",
        "left": now == "",
    }
    return tuple(
        (writer.words(f"moves.{name}"), writer.count(int(table.loc[rows, "customers"].sum())))
        for name, rows in counted.items()
    )


def _row(source: str, name: Name, targets: list[str], table: pd.DataFrame, writer: Writer) -> MoveRow:
    own = table[table["from_category"] == source]
    customers = own.groupby("to_category")["customers"].sum()
    amounts = own.groupby("to_category")["expected_unpaid_now"].sum()
    whole = int(customers.sum())
    cells = []
    for target in targets:
        count = int(customers.get(target, 0))
        if not count:
            cells.append(MoveCell(""))
            continue
        share = count / whole
        cells.append(
            MoveCell(
                customers=writer.count(count),
                amount="" if target == "" else writer.money_short(amounts[target]),
                shade=str(sum(share >= bound for bound in (0.02, 0.10, 0.30, 0.60))),
                stayed=bool(source) and source == target,
            )
        )
    return MoveRow(name, tuple(cells), writer.count(whole), writer.money_short(own["expected_unpaid_before"].sum()))


def _largest(table: pd.DataFrame, writer: Writer) -> tuple[SegmentMove, ...]:
    """The ways between two segments that changed the expected unpaid amount most."""
    both = table[(table["from_segment"] != "") & (table["to_segment"] != "")]
    ways = both[both["from_segment"] != both["to_segment"]]
    ways = ways.assign(change=(ways["expected_unpaid_now"] - ways["expected_unpaid_before"]).round(2))
    order = ways["change"].abs().sort_values(ascending=False, kind="stable").index
    return tuple(
        SegmentMove(
            source=name_of(str(row["from_label"])),
            target=name_of(str(row["to_label"])),
            customers=figure(writer.count(row["customers"]), row["customers"]),
            before=figure(writer.money(row["expected_unpaid_before"]), row["expected_unpaid_before"]),
            now=figure(writer.money(row["expected_unpaid_now"]), row["expected_unpaid_now"]),
            change=figure(writer.change(row["change"], money=True), row["change"]),
        )
        for _, row in ways.loc[order].head(MOST_MOVES).iterrows()
    )
