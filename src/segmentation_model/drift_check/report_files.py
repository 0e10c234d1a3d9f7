"""The files that a check leaves behind, whatever came of it: each is written whole or not at all."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.html.page import drift_html
from segmentation_model.drift.reports.json_report import drift_columns, drift_report
from segmentation_model.drift.reports.summary import drift_summary
from segmentation_model.drift.reports.text_report import drift_page
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


def report_files(findings: Findings) -> dict[str, bytes]:
    """Content of every file by name, in the order of ``DESCRIPTIONS``."""
    columns = io.BytesIO()
    drift_columns(findings.tables).to_parquet(columns, index=False)
    return {
        "drift_report.html": drift_html(findings).encode(),
        "drift_report.txt": drift_page(findings).encode(),
        "drift_report.json": _json(drift_report(findings)),
        "drift_columns.parquet": columns.getvalue(),
        SUMMARY: _json(drift_summary(findings)),
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
