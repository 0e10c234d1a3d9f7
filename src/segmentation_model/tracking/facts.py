"""What a job's own files say that a person looks for in a list of runs: verdicts, decisions, versions, hashes."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_model.tracking.entries import tariff_of, without_tariff

#: The tables that a job reads, by the record of their intake, and what MLflow calls their use.
TABLES = {"labelled_intake": ("labelled_customers", "training"), "current_intake": ("current_customers", "scoring")}

#: Figures of BENCHMARK for which it is worth comparing months.
_FIGURES = (
    "customers", "invoice_amount_sum", "overdue_balance_sum", "probability_mean", "expected_unpaid_amount_sum",
    "observed_default_rate",
)  # fmt: skip


def totals(benchmark: pd.DataFrame) -> dict[str, Any]:
    """The figures of BENCHMARK for the portfolio, and below each tariff's name those of the tariff."""
    whole: dict[str, Any] = {}
    for line in benchmark.to_dict("records"):
        if line["level"] != "segment":
            figures = {figure: line[figure] for figure in _FIGURES}
            whole.update(figures if line["level"] == "portfolio" else {str(line["tariff"]): figures})
    return whole


def shared_facts(name: str, content: Mapping[str, Any]) -> dict[str, str]:
    """Tags that all runs of a job get from a dataset.

    >>> shared_facts("current_intake", {"rows": 7, "hash": "b1751343"})
    {'data_hash.current': 'b1751343'}
    """
    if name in TABLES and content.get("hash"):
        return {f"data_hash.{name.removesuffix('_intake')}": content["hash"]}
    return {}


def facts(name: str, content: Mapping[str, Any]) -> dict[str | None, dict[str, object]]:
    """Tags that runs get from a dataset, by tariff; under None those of the job. What is null is not known.

    >>> facts("evaluation_domestic", {"status": "skipped", "reason": "no rows"})
    {'Domestic': {'model_status': 'skipped', 'model_reason': 'no rows', 'model_version': None}}
    """
    tariff = tariff_of(name)
    match without_tariff(name):
        case "evaluation":
            return {tariff: _of_model(content)}
        case "promotion":
            return {tariff: {"decision": content["decision"], "decision_reason": content["reason"]}}
        case "drift_gate" | "drift_verdict":
            return {None: _of_drift(content)}
        case "drift_summary":
            return {
                None: _of_drift(content),
                **{one: {"drift": _severity(found)} for one, found in content["tariffs"].items()},
            }
        case "run_summary":
            return {one: _of_model(found) for one, found in content["tariffs"].items()}
    return {}


def _of_model(content: Mapping[str, Any]) -> dict[str, object]:
    return {
        "model_status": content["status"],
        "model_reason": content["reason"],
        "model_version": content.get("model_version"),
    }


def _of_drift(content: Mapping[str, Any]) -> dict[str, object]:
    return {"drift": _severity(content), "drift_status": content["status"], "drift_message": content["message"]}


def _severity(content: Mapping[str, Any]) -> object:
    return content["severity"] if content["severity"] is not None else content["status"]
