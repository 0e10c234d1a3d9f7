"""Cut-offs that are frozen with the model."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from segmentation_model.errors import InputError
from segmentation_model.model.calibration import Calibrator
from segmentation_model.model.risk_cutoffs import RiskCategorySettings, RiskCutoffs, fit_risk_cutoffs

CALIBRATOR = Calibrator(method="platt", n=1_000, n_positive=200, slope=1.0, intercept=0.0)
SETTINGS = RiskCategorySettings()


def shares(cutoffs: RiskCutoffs, margin: np.ndarray) -> np.ndarray:
    return np.bincount(cutoffs.positions(margin), minlength=len(cutoffs.labels)) / len(margin)


class TestFitting:
    def test_cuts_a_hundred_and_one_margins_at_their_quantiles(self) -> None:
        cutoffs = fit_risk_cutoffs(np.random.default_rng(0).permutation(101) / 10, CALIBRATOR, SETTINGS)
        assert cutoffs.margins == (5.0, 8.0, 9.5)
        assert cutoffs.n == 101
        assert cutoffs.probabilities == pytest.approx([1 / (1 + np.exp(-m)) for m in (5.0, 8.0)] + [0.9995], abs=5e-4)
        assert cutoffs.probabilities == tuple(CALIBRATOR.apply(cutoffs.margins).tolist())

    @pytest.mark.parametrize("seed", range(5))
    def test_undrifted_rows_fall_into_the_categories_as_planned(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        n_calibration, n_test = 6_000, 4_000
        cutoffs = fit_risk_cutoffs(rng.gumbel(size=n_calibration), CALIBRATOR, SETTINGS)
        below = np.cumsum(shares(cutoffs, rng.gumbel(size=n_test)))[:-1]
        q = np.array(SETTINGS.quantiles)
        assert (np.abs(below - q) < 4 * np.sqrt(q * (1 - q) * (1 / n_calibration + 1 / n_test))).all()

    def test_a_riskier_batch_has_more_risky_customers(self) -> None:
        rng = np.random.default_rng(0)
        cutoffs = fit_risk_cutoffs(rng.normal(size=50_000), CALIBRATOR, SETTINGS)
        # One standard deviation up: the normal distribution says how many pass the old quantiles.
        shifted = shares(cutoffs, rng.normal(loc=1.0, size=50_000))
        assert shifted == pytest.approx([0.1587, 0.2776, 0.3044, 0.2595], abs=0.01)

    def test_other_quantiles_come_with_other_names(self) -> None:
        settings = RiskCategorySettings(quantiles=(0.9,), labels=("Normal", "Revisar"), codes=("N", "R"))
        cutoffs = fit_risk_cutoffs(np.arange(11.0), CALIBRATOR, settings)
        assert cutoffs.margins == (9.0,)
        assert cutoffs.categorise([9.0, 9.5]).tolist() == ["Normal", "Revisar"]

    def test_ties_can_leave_a_category_empty_and_are_named(self) -> None:
        cutoffs = fit_risk_cutoffs([0.0] * 90 + [1.0] * 10, CALIBRATOR, SETTINGS)
        assert cutoffs.margins == (0.0, 0.0, 1.0)
        assert cutoffs.unreachable_labels == ("Riesgo Medio",)
        assert cutoffs.categorise([0.0, 0.5, 1.0, 2.0]).tolist() == [
            "Riesgo Bajo", "Riesgo Alto", "Riesgo Alto", "Riesgo Muy Alto",
        ]  # fmt: skip

    def test_one_margin_for_all_puts_all_into_the_lowest_category(self) -> None:
        cutoffs = fit_risk_cutoffs([0.3] * 50, CALIBRATOR, SETTINGS)
        assert cutoffs.unreachable_labels == ("Riesgo Medio", "Riesgo Alto")
        assert cutoffs.positions([0.3]).tolist() == [0]

    def test_distinct_cutoffs_reach_every_category(self) -> None:
        assert fit_risk_cutoffs(np.arange(50.0), CALIBRATOR, SETTINGS).unreachable_labels == ()

    def test_no_eligible_row_is_an_error_that_says_so(self) -> None:
        with pytest.raises(InputError, match="no row is eligible for the risk cut-offs"):
            fit_risk_cutoffs([], CALIBRATOR, SETTINGS)

    def test_a_margin_that_is_missing_is_refused(self) -> None:
        with pytest.raises(InputError, match="1 of 3 eligible margins are not finite"):
            fit_risk_cutoffs([0.0, np.nan, 1.0], CALIBRATOR, SETTINGS)


class TestApplying:
    cutoffs = fit_risk_cutoffs(np.arange(101.0), CALIBRATOR, SETTINGS)

    def test_a_row_at_the_cutoff_is_in_the_lower_category(self) -> None:
        margin = [-np.inf, 50.0, np.nextafter(50.0, 51), 80.0, 95.0, 95.1, np.inf]
        assert self.cutoffs.positions(margin).tolist() == [0, 0, 1, 1, 2, 3, 3]

    def test_missing_margins_have_no_category(self) -> None:
        categories = self.cutoffs.categorise([np.nan, 60.0])
        assert self.cutoffs.positions([np.nan]).tolist() == [-1]
        assert pd.isna(categories[0])
        assert categories[1] == "Riesgo Medio"

    def test_categories_are_ordered_and_complete_even_if_empty(self) -> None:
        categories = self.cutoffs.categorise([])
        assert categories.ordered
        assert tuple(categories.categories) == SETTINGS.labels

    @given(st.lists(st.floats(-200, 200), min_size=1, max_size=30), st.integers(0, 29))
    def test_a_row_is_judged_alone(self, margins: list[float], position: int) -> None:
        position %= len(margins)
        assert self.cutoffs.positions(margins)[position] == self.cutoffs.positions([margins[position]])[0]

    @given(st.lists(st.floats(-50, 50), min_size=1, max_size=40))
    def test_json_gives_the_same_cutoffs_back(self, margins: list[float]) -> None:
        cutoffs = fit_risk_cutoffs(margins, CALIBRATOR, SETTINGS)
        again = RiskCutoffs.model_validate_json(cutoffs.model_dump_json())
        assert again == cutoffs
        assert np.array(again.margins).tobytes() == np.array(cutoffs.margins).tobytes()


class TestSettings:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"quantiles": (0.5, 0.9)}, "4 for 3 categories; 2 quantiles make one category more"),
            ({"quantiles": (0.8, 0.5, 0.95)}, r"quantiles \[0\.8, 0\.5, 0\.95\] must increase strictly"),
            ({"quantiles": (0.5, 0.5, 0.95)}, "must increase strictly"),
            ({"quantiles": (0.0, 0.5, 0.95)}, "greater than 0"),
            ({"quantiles": (0.5, 0.8, 1.0)}, "less than 1"),
            ({"quantiles": ()}, "at least 1 item"),
            ({"codes": ("RB", "RM", "RA")}, r"codes \['RB', 'RM', 'RA'\]: 3 for 4 categories"),
            ({"codes": ("RB", "RM", "RA", "RA")}, "codes .* must differ from each other"),
            ({"codes": ("R-B", "RM", "RA", "RMA")}, "String should match pattern"),
            ({"labels": ("Bajo", "Bajo", "Alto", "Muy Alto")}, "labels .* must differ from each other"),
            ({"cutoffs": 1}, "Extra inputs are not permitted"),
        ],
    )
    def test_names_and_quantiles_must_fit(self, changes: dict[str, object], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            RiskCategorySettings.model_validate(changes)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"margins": (0.0, -1.0, 2.0)}, "margins must not decrease"),
            ({"margins": (0.0, 1.0)}, "must be equally many"),
            ({"labels": ("A", "B")}, "2 for 4 categories"),
            ({"n": 0}, "greater than or equal to 1"),
        ],
    )
    def test_damaged_cutoffs_are_refused(self, changes: dict[str, object], message: str) -> None:
        sound = fit_risk_cutoffs([0.0, 1.0, 2.0], CALIBRATOR, SETTINGS).model_dump()
        with pytest.raises(ValidationError, match=message):
            RiskCutoffs.model_validate(sound | changes)
