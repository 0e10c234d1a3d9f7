"""What the columns of a CSV table hold, judged by all of their values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from segmentation_model.drift_check.tables.number_text import FALSE, TRUE, Fit, Notation, fit_of, has_codes


@dataclass(frozen=True)
class CsvColumn:
    """How a column of a CSV table is read.

    Attributes:
        content: Text, truth values, or numbers with a decimal point or a decimal comma.
        plain: Arrow's reader can convert it as it stands.
    """

    content: Literal["text", "truth"] | Notation
    plain: bool = True


@dataclass(frozen=True)
class Evidence:
    """What the values of a column can be, by all that were seen.

    Attributes:
        point: How well they read as numbers with a decimal point.
        comma: How well they read as numbers with a decimal comma.
        truth: All of them are truth values.
        codes: There are whole numbers with leading zeros.
        seen: There are values.
    """

    point: Fit = Fit.PLAIN
    comma: Fit = Fit.PLAIN
    truth: bool = True
    codes: bool = False
    seen: bool = False

    @property
    def numeric(self) -> bool:
        """Whether all values are numbers in one notation."""
        return bool(self.point or self.comma)

    def also(self, text: pa.Array) -> Evidence:
        """The evidence with further values (null: missing); what is ruled out is not looked at again."""
        seen = text.null_count < len(text)
        return Evidence(
            point=min(self.point, fit_of(text, "point")) if self.point else Fit.NONE,
            comma=min(self.comma, fit_of(text, "comma")) if self.comma else Fit.NONE,
            truth=self.truth and _all_truth(text),
            codes=self.codes or (self.numeric and has_codes(text)),
            seen=self.seen or seen,
        )

    @classmethod
    def of_text(cls) -> Evidence:
        """The evidence for a column that is text whatever it looks like."""
        return cls(point=Fit.NONE, comma=Fit.NONE, truth=False)

    def without_comma(self) -> Evidence:
        """The evidence after a file in which a comma stands between the columns."""
        return replace(self, comma=Fit.NONE)


def _all_truth(text: pa.Array) -> bool:
    return bool(pc.all(pc.is_in(text.drop_null(), value_set=pa.array(TRUE + FALSE)), min_count=0).as_py())


def decide(evidence: Mapping[str, Evidence], numeric: Collection[str]) -> dict[str, CsvColumn]:
    """How each column is read.

    Where a column fits both notations (``1.234``, or whole numbers only), the table's decides: the one that most of
    the columns need that fit only one.

    Args:
        evidence: Of all values of every column.
        numeric: Columns that are numbers also where they look like codes.
    """
    commas = sum(bool(column.comma and not column.point) for column in evidence.values())
    points = sum(bool(column.point and not column.comma) for column in evidence.values())
    usual: Notation = "comma" if commas > points else "point"
    return {name: _decide(column, usual, codes=name not in numeric) for name, column in evidence.items()}


def _decide(column: Evidence, usual: Notation, *, codes: bool) -> CsvColumn:
    fits: dict[Notation, Fit] = {"point": column.point, "comma": column.comma}
    if column.truth and column.seen:
        return CsvColumn("truth")
    if not column.numeric or (column.codes and codes):
        return CsvColumn("text")
    other: Notation = "point" if usual == "comma" else "comma"
    notation = usual if fits[usual] else other
    return CsvColumn(notation, plain=fits[notation] == Fit.PLAIN)
