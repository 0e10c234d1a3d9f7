"""The files that a check leaves behind, whatever came of it: each is written whole or not at all."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from segmentation_model.drift.judgement.gate import GateOutcome
from segmentation_model.drift.judgement.monthly_windows import WindowCheck
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.reports.html.page import drift_html
from segmentation_model.drift.reports.json_report import drift_columns, drift_report
from segmentation_model.drift.reports.summary import drift_summary
from segmentation_model.drift.reports.text_report import drift_page
from segmentation_model.drift.settings import DriftSettings
from segmentation_model.drift_check.addresses import storage_at

#: In the order of writing. The summary is the last: where it is, the others are.
SUMMARY = "drift_summary.json"
DESCRIPTIONS: Mapping[str, str] = {
    "drift_report.html": "to look at",
    "drift_report.txt": "a page to read",
    "drift_report.json": "everything, as data",
    "drift_columns.parquet": "one row per column and statistic",
    SUMMARY: "for conditions",
}


def report_files(
    tables: Mapping[str, TableDrift],
    outcome: GateOutcome,
    settings: DriftSettings,
    execution_date: str,
    windows: WindowCheck | None,
) -> dict[str, bytes]:
    """Content of every file by name, in the order of ``DESCRIPTIONS``."""
    told = (tables, outcome, settings, execution_date)
    columns = io.BytesIO()
    drift_columns(tables).to_parquet(columns, index=False)
    return {
        "drift_report.html": drift_html(*told, windows=windows).encode(),
        "drift_report.txt": drift_page(*told, windows=windows).encode(),
        "drift_report.json": _json(drift_report(*told, windows=windows)),
        "drift_columns.parquet": columns.getvalue(),
        SUMMARY: _json(drift_summary(*told, windows=windows)),
    }


def write_files(folder: str, files: Mapping[str, bytes], fs_args: dict[str, Any]) -> list[str]:
    """Write files into a folder, which is made; other files in it stay.

    Returns:
        Their addresses.
    """
    addresses = {f"{folder.rstrip('/')}/{name}": content for name, content in files.items()}
    for address, content in addresses.items():
        with storage_at(address, fs_args).replace_file() as path:
            path.write_bytes(content)
    return list(addresses)


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
