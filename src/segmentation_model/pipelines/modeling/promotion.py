"""Whether a newly trained model takes the champion's place, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pydantic import ValidationError

from segmentation_model.drift.judgement.severity import NOT_MEASURED, rank
from segmentation_model.errors import InputError
from segmentation_model.model.artifact import ModelArtifact
from segmentation_model.model.customer_parts import PARTS, SplitSettings, assign_parts
from segmentation_model.model.feature_settings import changed_settings
from segmentation_model.model.scoring import score
from segmentation_model.pipelines.modeling.paired_bootstrap import AucGain, measure_gain
from segmentation_model.pipelines.modeling.params import PromotionSettings

_INTERVAL_LEVEL = 0.95
_TABLE = "test part"


@dataclass(frozen=True)
class Gate:
    """What must hold of a model whoever it is compared with.

    Attributes:
        reason: In words why it is closed; None where it is open.
        facts: What was looked at.
    """

    reason: str | None
    facts: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The facts, and whether the gate is open."""
        return {"passed": self.reason is None, **self.facts}


@dataclass(frozen=True)
class Comparison:
    """How a challenger did against the champion.

    Attributes:
        words: The result in words.
        exceeded: Whether its gain is large enough.
        measured: Both AUCs and the draws of their difference; None where the two could not be compared.
        facts: The figures for the report; None where there are none.
    """

    words: str
    exceeded: bool = False
    measured: AucGain | None = None
    facts: dict[str, Any] | None = None


def judge(
    challenger: ModelArtifact,
    champion: ModelArtifact | None,
    test: pd.DataFrame,
    drift: Mapping[str, Any],
    settings: PromotionSettings,
    seed: int,
) -> dict[str, Any]:
    """Decide whether the challenger becomes champion.

    It does if the gates are open and either there is no champion, or its AUC exceeds the champion's by more than
    ``least_gain`` and by more than ``standard_errors`` standard errors of the difference. Both are measured on the rows
    of the challenger's test part whose customers are not in the champion's training part.

    Args:
        challenger: The new artifact, with or without a model.
        champion: The champion's artifact; None where there is none.
        test: The challenger's test part: keys, target, features.
        drift: What the drift gate made of the month.
        settings: The rule.
        seed: Seed of the bootstrap.

    Returns:
        ``decision`` (``promote``, ``refuse``, ``unchanged``: it is the champion already, or ``no_model``), ``reason``
        in words, and what both rest on. Null is what could not be measured or has no meaning.
    """
    metrics = challenger.metadata["metrics"]
    calibration = calibration_gate(metrics.get("test", {}).get("ece"), settings)
    drift_gate = gate_of_drift(drift, settings)
    report: dict[str, Any] = {
        "decision": "refuse",
        "reason": "",
        "mode": settings.mode,
        "challenger": {"model_version": challenger.version, "roc_auc": None},
        "champion": None if champion is None else {"model_version": champion.version, "roc_auc": None},
        "comparison": None,
        "gates": {"calibration": calibration.to_json(), "drift": drift_gate.to_json()},
    }
    if challenger.status == "skipped":
        return {**report, "decision": "no_model", "reason": f"there is no model: {challenger.metadata['reason']}"}
    if champion is not None and champion.version == challenger.version:
        return {**report, "decision": "unchanged", "reason": f"it equals the champion, {champion.version}"}
    closed = [gate.reason for gate in (calibration, drift_gate) if gate.reason is not None]
    comparison = Comparison("there is no champion yet", exceeded=True)
    if champion is not None:
        comparison = compare(challenger, champion, test, settings, seed)
        report["comparison"] = comparison.facts
        if comparison.measured is not None:
            report["challenger"]["roc_auc"] = comparison.measured.challenger
            report["champion"]["roc_auc"] = comparison.measured.champion
    if comparison.exceeded and not closed:
        return {**report, "decision": "promote", "reason": f"{comparison.words}, and the gates are open"}
    return {**report, "reason": "; ".join(closed if comparison.exceeded else [comparison.words, *closed])}


def calibration_gate(ece: float | None, settings: PromotionSettings) -> Gate:
    """Open if the calibration error on the challenger's test part is within its bound.

    Args:
        ece: The error; None where the part has no rows or one class.
        settings: The bound.
    """
    facts = {"ece": ece, "max_ece": settings.max_ece}
    if ece is None:
        return Gate("the test part cannot tell whether the model is calibrated: it has no rows or one class", facts)
    if ece > settings.max_ece:
        return Gate(f"the calibration error on the test part is {ece:.4f}, more than {settings.max_ece:g}", facts)
    return Gate(None, facts)


def gate_of_drift(drift: Mapping[str, Any], settings: PromotionSettings) -> Gate:
    """Open if the month drifted less than the blocking level, or if no drift check was asked for.

    Args:
        drift: ``status`` and ``severity``, as the drift check gives them.
        settings: The blocking level.
    """
    status, severity = drift["status"], drift["severity"]
    facts = {"status": status, "severity": severity, "blocking_drift": settings.blocking_drift}
    if status == "skipped":
        return Gate(None, facts)
    if status not in ("clean", "tripped") or severity == NOT_MEASURED:
        return Gate(f"the drift of the month was not measured (status {status})", facts)
    if status == "tripped" or rank(severity) >= rank(settings.blocking_drift):
        return Gate(f"the month drifted: severity {severity}, status {status}", facts)
    return Gate(None, facts)


def compare(
    challenger: ModelArtifact, champion: ModelArtifact, test: pd.DataFrame, settings: PromotionSettings, seed: int
) -> Comparison:
    """Compare the two on the rows that are in neither's training part.

    Args:
        challenger: The new model.
        champion: The champion.
        test: The challenger's test part.
        settings: The rule.
        seed: Seed of the bootstrap.

    Returns:
        The comparison; without figures where the champion cannot score these rows, or where they are too few.
    """
    try:
        _require_equal_features(challenger, champion)
        rows = rows_to_compare(test, champion)
        margins = score(challenger, rows, _TABLE)[0], score(champion, rows, _TABLE)[0]
    except InputError as fault:
        return Comparison(f"it cannot be compared with the champion, {champion.version}: {fault.message}")
    unpaid = int(rows["target"].sum())
    if min(unpaid, len(rows) - unpaid) < settings.minimum_cases:
        return Comparison(
            f"{len(rows)} rows with {unpaid} unpaid bills are in neither model's training part; at least "
            f"{settings.minimum_cases} of each outcome are needed to compare with the champion, {champion.version}"
        )
    measured = measure_gain(rows["target"], margins[0], margins[1], rows["customer_id"], settings.bootstrap_draws, seed)
    needed = needed_gain(measured.standard_error, settings)
    exceeded = measured.gain > needed
    words = (
        f"on {len(rows)} rows its AUC is {measured.challenger:.4f} and that of the champion, {champion.version}, "
        f"{measured.champion:.4f}: the gain of {measured.gain:+.4f} {'exceeds' if exceeded else 'does not exceed'} "
        f"{needed:.4f}, the larger of {settings.least_gain:g} and {settings.standard_errors:g} standard errors"
    )
    facts = {
        "exceeded": exceeded,
        "gain": measured.gain,
        "needed_gain": needed,
        "standard_error": measured.standard_error,
        "interval": measured.interval(_INTERVAL_LEVEL),
        "interval_level": _INTERVAL_LEVEL,
        "rows": len(rows),
        "customers": int(rows["customer_id"].nunique()),
        "unpaid": unpaid,
    }
    return Comparison(words, exceeded, measured, facts)


def needed_gain(standard_error: float, settings: PromotionSettings) -> float:
    """AUC gain that a challenger must exceed; chance alone exceeds two standard errors in one case of forty or so."""
    return max(settings.least_gain, settings.standard_errors * standard_error)


def rows_to_compare(test: pd.DataFrame, champion: ModelArtifact) -> pd.DataFrame:
    """Rows of the challenger's test part whose customers the champion was not trained on.

    Args:
        test: The challenger's test part, with the features as they were built for the challenger.
        champion: The champion.

    Returns:
        The rows.

    Raises:
        InputError: The champion does not say which customers it was trained on.
    """
    try:
        split = SplitSettings.model_validate(champion.metadata["split"])
    except (KeyError, ValidationError) as error:
        raise InputError("it does not say, as this release would, which customers it was trained on") from error
    rows: pd.DataFrame = test.loc[assign_parts(test["customer_id"], split) != PARTS.index("train")]
    return rows


def _require_equal_features(challenger: ModelArtifact, champion: ModelArtifact) -> None:
    """A column that was built otherwise is another feature under the same name."""
    now, before = (model.metadata["feature_settings"] for model in (challenger, champion))
    changed = changed_settings(now, before)
    if changed:
        key = changed[0]
        raise InputError(f"its features were built with {key}: {before.get(key)!r}, these with {now[key]!r}")
