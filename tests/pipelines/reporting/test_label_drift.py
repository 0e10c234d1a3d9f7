"""Newest labels against earlier ones, per tariff."""

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift.settings import DriftSettings
from segmentation_model.pipelines.reporting.label_drift import measure_label_drift
from segmentation_model.pipelines.reporting.nodes import report_label_drift
from segmentation_model.pipelines.reporting.params import LabelDriftSettings, ReportingSettings

SETTINGS = DriftSettings()


def month(date: str, rows: int, unpaid: int, tariff: str = "Domestic") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "tariff": pd.array([tariff] * rows, dtype="str"),
            "invoice_date": np.full(rows, np.datetime64(date, "s")),
            "target": (np.arange(rows) < unpaid).astype(np.float32),
        }
    )


def test_a_share_that_stays_is_stable_and_one_that_triples_drifts():
    labelled = pd.concat(
        [
            month("2026-04-03", 2_000, 200),
            month("2026-05-28", 2_000, 200),
            month("2026-06-01", 2_000, 600),
            month("2026-05-02", 2_000, 300, "Industrial"),
            month("2026-06-30", 2_000, 300, "Industrial"),
        ]
    )
    found = measure_label_drift(labelled, 1, SETTINGS)
    assert found["Domestic"]["before"] == {
        "first_month": "2026-04", "last_month": "2026-05", "rows": 4_000, "default_rate": pytest.approx(0.1),
    }  # fmt: skip
    assert found["Domestic"]["newest"] == {
        "first_month": "2026-06", "last_month": "2026-06", "rows": 2_000, "default_rate": pytest.approx(0.3),
    }  # fmt: skip
    # By hand: (.3 - .1) ln(.3 / .1) + (.7 - .9) ln(.7 / .9) = .27, less the half count that smooths each bin.
    assert found["Domestic"]["psi"] == pytest.approx(0.27, abs=0.001)
    assert (found["Domestic"]["status"], found["Domestic"]["severity"]) == ("measured", "high")
    assert found["Domestic"]["adjusted_p_value"] < 1e-50
    assert (found["Industrial"]["status"], found["Industrial"]["severity"]) == ("measured", "none")
    assert (found["Industrial"]["psi"], found["Industrial"]["p_value"]) == (0, 1)


def test_the_newest_months_are_counted_back_from_the_last_that_has_rows():
    labelled = pd.concat([month("2025-11-03", 10, 1), month("2026-04-03", 20, 1), month("2026-06-01", 30, 1)])
    settings = ReportingSettings(label_drift=LabelDriftSettings(newest_months=2))
    found = report_label_drift(labelled, settings, SETTINGS)["Domestic"]
    assert (found["before"]["rows"], found["newest"]["rows"]) == (10, 50)
    assert (found["newest"]["first_month"], found["newest"]["last_month"]) == ("2026-04", "2026-06")


def test_few_rows_are_not_called_stable():
    found = measure_label_drift(pd.concat([month("2026-05-03", 10, 1), month("2026-06-03", 10, 1)]), 1, SETTINGS)
    assert (found["Domestic"]["status"], found["Domestic"]["severity"]) == ("not_measurable", "not_measured")
    assert found["Domestic"]["reason"].startswith("too few rows")


def test_rows_without_outcome_or_date_count_nowhere():
    rows = pd.concat([month("2026-05-03", 3_000, 300), month("2026-06-03", 3_000, 300)])
    strange = month("2026-07-03", 100, 0).assign(target=np.float32("nan"))
    undated = month("2026-07-03", 100, 100).assign(invoice_date=pd.NaT)
    undated["invoice_date"] = undated["invoice_date"].astype("datetime64[s]")
    whole = pd.concat([rows, strange, undated])
    assert measure_label_drift(whole, 1, SETTINGS) == measure_label_drift(rows, 1, SETTINGS)


@pytest.mark.parametrize(
    ("labelled", "reason"),
    [
        (month("2026-06-03", 50, 5), "no labelled month before 2026-06"),
        (month("2026-06-03", 0, 0), "no labelled row with an invoice date"),
    ],
)
def test_where_there_is_nothing_to_compare_the_reason_is_said(labelled: pd.DataFrame, reason: str):
    found = measure_label_drift(labelled, 1, SETTINGS)["Domestic"]
    assert (found["status"], found["severity"], found["reason"]) == ("not_compared", "not_measured", reason)


def test_there_must_be_a_newest_month():
    with pytest.raises(ValueError, match="newest_months"):
        LabelDriftSettings(newest_months=0)
