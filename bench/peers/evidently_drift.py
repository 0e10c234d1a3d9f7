"""Evidently's data drift preset; METHOD is ``default`` (its own choice), ``psi`` or ``tests`` (KS and chi-squared)."""

import pandas as pd
from comparison import Finding, main
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

PRESETS = {
    "default": {},
    "psi": {"method": "psi"},
    "tests": {"num_method": "ks", "cat_method": "chisquare"},
}


def compare(reference: pd.DataFrame, current: pd.DataFrame, method: str) -> dict[str, Finding]:
    numeric = [name for name in current if pd.api.types.is_numeric_dtype(current[name])]
    text = [name for name in current if name not in numeric]
    definition = DataDefinition(numerical_columns=numeric, categorical_columns=text)
    tables = [Dataset.from_pandas(table, data_definition=definition) for table in (current, reference)]
    snapshot = Report([DataDriftPreset(**PRESETS[method])], include_tests=True).run(*tables).dict()
    failed = {test["metric_config"]["metric_id"]: test["status"].value == "FAIL" for test in snapshot["tests"]}
    return {
        metric["config"]["column"]: Finding(
            method=metric["config"]["method"],
            value=float(metric["value"]),
            alerts=float(failed[metric["id"]]),
            verdict="drift" if failed[metric["id"]] else "no drift",
        )
        for metric in snapshot["metrics"]
        if "column" in metric["config"]
    }


if __name__ == "__main__":
    main(compare)
