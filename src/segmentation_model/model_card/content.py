"""What a model card consists of, before it becomes Markdown or HTML. Every figure is already in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segmentation_model.drift.judgement.severity import JudgedSeverity
from segmentation_model.model_card.charts import Chart

Tone = JudgedSeverity
"""How much a reviewer should weigh something, in the colours and dials of the drift report."""


@dataclass(frozen=True)
class Weakness:
    """Something that speaks against the model, or that nobody knows about it."""

    tone: Tone
    text: str


@dataclass(frozen=True)
class Row:
    """A line of a table. A tone colours its last cell; a bar (0 to 100) stands behind it."""

    cells: tuple[str, ...]
    tone: Tone | None = None
    bar: str | None = None


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        title: What it holds; differs from every other title of the card.
        columns: Headings.
        rows: As many cells as columns each.
        text_columns: Positions, besides the first, that hold words rather than figures.
        note: What to know when reading it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    text_columns: frozenset[int] = frozenset()
    note: str = ""


Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """A chapter: sentences, then facts, charts, findings and tables, where it has them."""

    anchor: str
    title: str
    sentences: tuple[str, ...] = ()
    facts: Facts = ()
    charts: tuple[Chart, ...] = ()
    weaknesses: tuple[Weakness, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class ModelCard:
    """The card of one tariff's model, or of a tariff without one.

    Attributes:
        tariff: Name of the tariff; empty where the labelled table has no row of it.
        tone: That of the gravest weakness.
        summary: The model in a sentence.
        weighing: How many weaknesses there are, and how grave.
        facts: The figures to know first.
        sections: The chapters.
    """

    tariff: str
    tone: Tone
    summary: str
    weighing: str
    facts: Facts
    sections: tuple[Section, ...]


def table_of(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], note: str = "", words: Sequence[int] = ()
) -> Table:
    """A table of plain rows."""
    return Table(title, tuple(columns), tuple(Row(tuple(row)) for row in rows), frozenset(words), note)


def named_values(title: str, values: Mapping[str, str], heading: tuple[str, str] = ("Name", "Value")) -> Table:
    """A table of two columns: what something is called, and what it is in words."""
    return table_of(title, heading, list(values.items()), words=(1,))
