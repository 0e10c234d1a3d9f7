"""Rows of a tariff that the run was not asked for: they leave the table with that reason, and with no other."""

from dataclasses import replace

import numpy as np
import pandas as pd

from segmentation_model.columns import Layout
from segmentation_model.columns.tariff_choice import TariffChoice
from segmentation_model.errors import ConfigurationError
from segmentation_model.pipelines.feature_engineering.canonical import CanonicalRows, Fault


def leave_out_others(rows: CanonicalRows, raw: pd.DataFrame, layout: Layout, tariffs: TariffChoice) -> CanonicalRows:
    """Mark the rows of the other tariff; what else is wrong with them matters to nobody.

    A row whose tariff cannot be read may be of the one asked for, and keeps its fault.

    Args:
        rows: A slice of a table under canonical names, with its faults.
        raw: The same slice as it came, for the reason's value.
        layout: The layout in use.
        tariffs: Which tariffs the run is asked for.

    Returns:
        The same rows, with a fault more where there are some of the other tariff.

    Raises:
        ConfigurationError: Industrial is asked for, and the layout has no tariff, so that all rows are Domestic.
    """
    if tariffs == "both":
        return rows
    column = layout.roles.tariff
    if column is None:
        if tariffs == "Domestic":
            return rows
        raise ConfigurationError(
            f"tariffs: {tariffs!r}, but the layout in use maps no tariff (columns: roles.tariff), so every customer is "
            "Domestic; allowed: both, Domestic"
        )
    tariff = rows.frame["tariff"]
    others = (tariff.notna() & (tariff != tariffs)).to_numpy(dtype=bool)
    if not others.any():
        return rows
    positions = np.flatnonzero(others)
    left_out = Fault(
        column=column,
        source="roles.tariff",
        what=f"not asked for (tariffs={tariffs})",
        allowed=tariffs,
        rows=positions,
        values=tuple(raw[column].iloc[positions].tolist()),
        unusable=False,
    )
    return CanonicalRows(rows.frame, (*(_without(fault, others) for fault in rows.faults), left_out))


def _without(fault: Fault, others: np.ndarray) -> Fault:
    kept = ~others[fault.rows]
    values = tuple(value for value, keep in zip(fault.values, kept, strict=True) if keep)
    return replace(fault, rows=fault.rows[kept], values=values)
