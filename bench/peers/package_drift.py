"""This package, against the raw reference: profile, counts, exact KS, and the verdict. There is one METHOD: ``all``."""

import pandas as pd
from comparison import Finding, main

from segmentation_model.drift.judgement.table_drift import compare_tables
from segmentation_model.drift.settings import DriftSettings, ProfileSettings

WORKERS = 2


def compare(reference: pd.DataFrame, current: pd.DataFrame, _method: str) -> dict[str, Finding]:
    _, table = compare_tables(reference, current, ProfileSettings(), DriftSettings(), workers=WORKERS)
    return {
        column.column: Finding(
            method="psi", value=column.drift.psi, alerts=float(column.severity != "none"), verdict=column.severity
        )
        for column in table.columns
        if column.drift is not None
    }


if __name__ == "__main__":
    main(compare)
