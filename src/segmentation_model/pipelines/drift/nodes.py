"""Nodes of the drift pipeline."""

import logging
from typing import Any

import pandas as pd

from segmentation_model.columns import Columns
from segmentation_model.columns.keys import context_of
from segmentation_model.columns.layout import Tariff
from segmentation_model.columns.tariff_choice import not_asked_for
from segmentation_model.drift.judgement.gate import GateOutcome, decide_gate
from segmentation_model.drift.judgement.monthly_windows import WindowCheck
from segmentation_model.drift.judgement.monthly_windows import check_windows as compare_windows
from segmentation_model.drift.judgement.table_drift import TableDrift, skipped_table
from segmentation_model.drift.reference.profile import ReferenceProfile, build_profile
from segmentation_model.drift.reference.seasonal import month_of
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.html.page import drift_html
from segmentation_model.drift.reports.json_report import drift_columns, drift_report
from segmentation_model.drift.reports.metrics import drift_metrics
from segmentation_model.drift.reports.summary import drift_summary
from segmentation_model.drift.reports.text_report import drift_page
from segmentation_model.drift.reports.windows_json import windows_to_json
from segmentation_model.drift.settings import DriftSettings, ProfileSettings, WindowSettings
from segmentation_model.errors import DriftGateError
from segmentation_model.model.baseline import Baseline
from segmentation_model.model.features import FeatureSpec, require_features
from segmentation_model.pipelines.drift.month_profile import profile_month
from segmentation_model.pipelines.drift.params import GateSettings
from segmentation_model.pipelines.drift.population import months_of, segment_shares, shares_by_tariff, tariffs_of
from segmentation_model.pipelines.drift.tariff_check import WORKERS, check_tariff
from segmentation_model.segments import SegmentRules
from segmentation_model.table_batches import TableBatches

logger = logging.getLogger(__name__)


def profile_reference(
    train: pd.DataFrame,
    feature_spec: dict[str, Any],
    labelled_context: pd.DataFrame,
    settings: ProfileSettings,
    rules: SegmentRules,
) -> ReferenceProfile:
    """Freeze the training features of one tariff; no customer row is in the profile.

    Args:
        train: Training part: keys, target, candidate features.
        feature_spec: The chosen features.
        labelled_context: Tenure and debt of the labelled rows.
        settings: Bins, pooling, grid.
        rules: Who is new, and who is not up to date.

    Returns:
        The profile of the chosen features, with the shares of the segments that no score decides.
    """
    spec = FeatureSpec.model_validate(feature_spec)
    context = context_of(train, labelled_context)
    return build_profile(
        train[spec.names],
        settings,
        shares=segment_shares(context, rules),
        about={"tariff": tariffs_of(context), "months": months_of(train)},
        workers=WORKERS,
    )


def profile_current(
    reference_profile_domestic: ReferenceProfile,
    reference_profile_industrial: ReferenceProfile,
    current_domestic: TableBatches,
    current_industrial: TableBatches,
    current_context: TableBatches,
    execution_date: str,
    drift_gate: dict[str, Any],
    rules: SegmentRules,
) -> tuple[ReferenceProfile, ReferenceProfile]:
    """Keep what the scored month looked like, per tariff: next year it can be the reference.

    Args:
        reference_profile_domestic: Profile of the model's features: which ones, and how they are frozen.
        reference_profile_industrial: The same for Industrial.
        current_domestic: Features of the Domestic rows to score.
        current_industrial: Features of the Industrial rows to score.
        current_context: Tenure and debt of the rows to score.
        execution_date: Date of the run in ISO text.
        drift_gate: What the gate decided; a month that it stopped is not kept.
        rules: Who is new, and who is not up to date.

    Returns:
        The profiles of the month; no customer row is in them.
    """
    logger.debug("The drift gate is %s", drift_gate["status"])
    shares, month = shares_by_tariff(current_context, rules), month_of(execution_date)
    return (
        profile_month("Domestic", reference_profile_domestic, current_domestic, shares["Domestic"], month),
        profile_month("Industrial", reference_profile_industrial, current_industrial, shares["Industrial"], month),
    )


def check_windows(
    labelled_canonical: pd.DataFrame, current_canonical: TableBatches, columns: Columns, settings: WindowSettings
) -> dict[str, Any]:
    """Check whether every monthly family of the current table moved on from the labelled one, customer by customer.

    Args:
        labelled_canonical: Canonical labelled rows.
        current_canonical: Canonical current rows; none without a current table.
        columns: Layouts and the one in use, for the families.
        settings: When windows fit together.

    Returns:
        A ``WindowCheck`` as JSON.
    """
    if not current_canonical.has_rows:
        why = "there is no current table: held-out rows of the labelled one are scored"
        check = WindowCheck("not_checked", why)
    else:
        check = compare_windows(
            labelled_canonical,
            current_canonical.read(),
            columns.layout.family_columns(),
            customer_id="customer_id",
            invoice_date="invoice_date",
            settings=settings,
        )
    for window in check.mis_rolled:
        logger.warning("current_customers: the monthly family %r %s", window.family, window.reason)
    if not check.mis_rolled:
        logger.info(_windows_in_words(check))
    return windows_to_json(check)


def check_drift(
    reference_profile_domestic: ReferenceProfile,
    reference_profile_industrial: ReferenceProfile,
    baseline_domestic: Baseline,
    baseline_industrial: Baseline,
    current_domestic: TableBatches,
    current_industrial: TableBatches,
    current_context: TableBatches,
    current_intake: dict[str, Any],
    execution_date: str,
    columns: Columns,
    settings: DriftSettings,
    gate: GateSettings,
    rules: SegmentRules,
) -> dict[str, Any]:
    """Judge the rows to score against the baseline, per tariff, and write down what the gate makes of it.

    With the baseline ``train``, or a profile alone, the features and segment shares are judged, with equal weights:
    there is no earlier model. With an earlier model as baseline its gains weigh the features, and its scores of the
    current rows are judged too.

    Args:
        reference_profile_domestic: Profile of this run's training part, or of the loaded model's.
        reference_profile_industrial: The same for Industrial.
        baseline_domestic: What to measure against.
        baseline_industrial: The same for Industrial.
        current_domestic: Features of the Domestic rows to score.
        current_industrial: Features of the Industrial rows to score.
        current_context: Tenure and debt of the rows to score.
        current_intake: Record of the current table's intake: the tariffs that the run is asked for.
        execution_date: Date of the run in ISO text.
        columns: Layouts and the one in use, for the families.
        settings: The severity rule.
        gate: When drift stops a run.
        rules: Who is new, and who is not up to date.

    Returns:
        The reports by name, and the ``verdict`` for the gate.

    Raises:
        InputError: The rows lack a feature that this run's own models were trained on or selected from.
        ConfigurationError: The baseline is one per month, and the same month of last year is not among them.
    """
    sides: dict[Tariff, tuple[ReferenceProfile, Baseline, TableBatches]] = {
        "Domestic": (reference_profile_domestic, baseline_domestic, current_domestic),
        "Industrial": (reference_profile_industrial, baseline_industrial, current_industrial),
    }
    shares = shares_by_tariff(current_context, rules)
    tables: dict[str, TableDrift] = {}
    for tariff, (profile, baseline, current) in sides.items():
        if (reason := not_asked_for(tariff, current_intake["tariffs"])) is not None:
            tables[tariff] = skipped_table(reason)
            continue
        require_features(current.columns, profile.columns, "current_customers", "the model's profile")
        reference = baseline.at(execution_date)
        tables[tariff] = check_tariff(profile, reference, current, shares[tariff], columns.layout, settings)
    outcome = decide_gate(tables, gate.fail_on_drift)
    _log(outcome)
    findings = Findings(tables, outcome, settings, execution_date)
    return {
        "report": drift_report(findings),
        "summary": drift_summary(findings),
        "text": drift_page(findings),
        "html": drift_html(findings),
        "columns": drift_columns(tables),
        "metrics": drift_metrics(findings),
        "verdict": _verdict(outcome),
    }


def apply_gate(drift_verdict: dict[str, Any], settings: GateSettings) -> dict[str, Any]:
    """Stop the run where the gate tripped, unless that is the orchestrator's task.

    Args:
        drift_verdict: What the drift check made of the month.
        settings: When drift stops a run.

    Returns:
        What training and scoring wait for.

    Raises:
        DriftGateError: The gate tripped.
    """
    if drift_verdict["status"] == "tripped":
        if settings.on_trip == "stop":
            raise DriftGateError(f"{drift_verdict['message']}; see 08_reporting/drift_report.txt")
        logger.warning("%s; the run goes on (drift.gate.on_trip: record)", drift_verdict["message"])
    return drift_verdict


def _windows_in_words(check: WindowCheck) -> str:
    """One line on windows of which none is mis-rolled."""
    if check.status == "not_checked":
        return f"The monthly windows are not checked: {check.reason}"
    others = [f"{window.family}: {window.reason}" for window in check.families if window.status != "rolled"]
    rolled = len(check.families) - len(others)
    line = (
        f"{rolled} of {len(check.families)} monthly families rolled as they should, for {check.customers:,} customers"
    )
    return "; ".join([line, *others])


def _log(outcome: GateOutcome) -> None:
    """One line on what was found; a warning from moderate on. Where the gate trips, ``apply_gate`` says it."""
    worth_a_warning = outcome.severity in ("moderate", "high") and outcome.status != "tripped"
    logger.log(logging.WARNING if worth_a_warning else logging.INFO, outcome.message)


def _verdict(outcome: GateOutcome) -> dict[str, Any]:
    return {
        "status": outcome.status,
        "severity": outcome.severity,
        "exit_code": outcome.exit_code,
        "message": outcome.message,
    }
