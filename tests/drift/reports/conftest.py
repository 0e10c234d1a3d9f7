"""Drift with everything that a report can show."""

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift.judgement.monthly_windows import FamilyWindow, WindowCheck
from segmentation_model.drift.judgement.table_drift import TableDrift, check_table, skipped_table
from segmentation_model.drift.reference.prediction_reference import Share, build_prediction_reference
from segmentation_model.drift.reference.profile import build_profile
from tests.drift.builders import FROZEN, RULE, cut_offs_of, scores_of, undrifted_table


@pytest.fixture(scope="session")
def tables() -> dict[str, TableDrift]:
    """One tariff with everything that a report can show, and one that is skipped."""
    random = np.random.default_rng(1)
    before, now = undrifted_table(random, 3_000, 24), undrifted_table(random, 2_000, 24)
    before["gone"], before["when"], now["new"] = 1.0, pd.Timestamp("2024-01-01"), 1.0
    now[["c000", "c006"]] *= 3
    now["c005"] = now["c005"].mask(now.index < 300, "zz")
    margins = random.normal(-2.5, 1.2, 3_000)
    cut_offs = cut_offs_of(margins)
    profile = build_profile(
        before, FROZEN, shares={"Incorriente": Share(100, 3_000), "Cliente Nuevo": Share(300, 3_000)}
    ).with_prediction(build_prediction_reference(scores_of(margins, cut_offs), FROZEN))
    domestic = check_table(
        profile,
        now,
        RULE,
        families={name: "amounts" for name in before if name.startswith("c00")},
        shares={"Incorriente": Share(90, 2_000)},
        scores=scores_of(random.normal(-2.0, 1.2, 2_000), cut_offs),
    )
    return {"Domestic": domestic, "Industrial": skipped_table("no rows of this tariff")}


@pytest.fixture(scope="session")
def windows() -> WindowCheck:
    """A check with a family of every status."""
    return WindowCheck(
        status="checked",
        reason="no invoice date: one month is assumed to lie between the tables",
        customers=900,
        families=(
            FamilyWindow("consumption", "rolled", None, 880, 1, 0.9931),
            FamilyWindow("days", "not_measurable", "only 12 customers tell the months apart", 12, 1),
            FamilyWindow(
                "amounts", "mis_rolled", "looks not rolled: month 01 repeats last month's 01", 850, 1, 0.0, 0, 1.0
            ),
            FamilyWindow("debts", "changed", "only 40 % show the values of last month", 850, 1, 0.4),
        ),
    )
