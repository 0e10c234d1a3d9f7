"""The published JSON Schemas of the drift reports (draft 2020-12), which ship with the package."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Literal

ReportName = Literal["drift_report", "drift_summary"]


def report_schema(name: ReportName = "drift_report") -> dict[str, Any]:
    """The schema that a report conforms to, for any validator.

    Its ``$id`` ends in its version; ``drift_report.json`` names the same in ``schema_version``.

    Args:
        name: The report, without ``.json``.

    >>> report_schema("drift_summary")["$id"]
    'urn:segmentation-model:schema:drift_summary:1'
    """
    text = (files(__package__) / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
