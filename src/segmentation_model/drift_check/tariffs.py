"""Rows by tariff: each tariff is judged apart, and rows of an unknown one are counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from segmentation_model.columns import normalise_text
from segmentation_model.columns.layout import Tariff
from segmentation_model.drift.reference.column_values import category_label


@dataclass(frozen=True)
class SplitRows:
    """The rows of a table, or of a slice of it, by tariff.

    Attributes:
        parts: Rows of each wanted tariff, without the tariff column; a tariff may have none.
        unknown: Rows per value that means no tariff; missing ones under "(missing)".
    """

    parts: Mapping[Tariff, pd.DataFrame]
    unknown: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class TariffSplit:
    """How the rows of a table are told apart.

    Attributes:
        column: The tariff column; None where the table is all of one tariff.
        codes: Normalised value: the tariff that it means.
        wanted: The tariffs to judge; rows of others are left out.
    """

    column: str | None
    codes: Mapping[str, Tariff]
    wanted: tuple[Tariff, ...]

    def apply(self, rows: pd.DataFrame) -> SplitRows:
        """Split rows."""
        if self.column is None:
            return SplitRows(dict.fromkeys(self.wanted, rows))
        codes, values = pd.factorize(rows[self.column], use_na_sentinel=True)
        features = rows.drop(columns=self.column)
        labels = [category_label(value) for value in values]
        meant = [self.codes.get(normalise_text(label)) for label in labels]
        counts = np.bincount(codes + 1, minlength=len(labels) + 1)
        unknown = Counter({label: int(counts[place + 1]) for place, label in enumerate(labels) if meant[place] is None})
        if counts[0]:
            unknown["(missing)"] += int(counts[0])
        parts = {}
        for tariff in self.wanted:
            of_tariff = np.array([False, *(one == tariff for one in meant)])[codes + 1]
            parts[tariff] = features if of_tariff.all() else features.loc[of_tariff]
        return SplitRows(parts, unknown)
