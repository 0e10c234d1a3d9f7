"""Whether regions and stratum classes are treated alike: planted disparities are flagged, chance rarely is."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import binomtest

from segmentation_model.pipelines.modeling.fairness import FAIRNESS_COLUMNS, RATES, judge_fairness
from segmentation_model.pipelines.modeling.segment_metrics import tabulate_segments

THRESHOLD = 1 / 6


def scored(seed: int = 1, rows: int = 3_000, riskier: float = 0.0, groups: int = 5) -> tuple[pd.DataFrame, np.ndarray]:
    """Customers of equal regions; those of the first have a higher risk, which the model knows."""
    random = np.random.default_rng(seed)
    region = random.integers(0, groups, rows)
    margin = random.normal(-2, 1.2, rows) + riskier * (region == 0)
    target = (random.random(rows) < expit(margin)).astype(np.float64)
    ids = [f"C{index}" for index in range(rows)]
    table = pd.DataFrame({"customer_id": ids, "target": target, "margin": margin, "probability": expit(margin)})
    return table, np.array([f"region {number}" for number in region], dtype=object)


def judge(rows: pd.DataFrame, minimum: int = 20, level: float = 0.95, **dimensions: object) -> dict:
    segments = tabulate_segments(rows, pd.DataFrame(dimensions), THRESHOLD, minimum)
    return judge_fairness(rows, segments, THRESHOLD, level, minimum)


def groups_of(rows: pd.DataFrame, region: object, **settings: float) -> pd.DataFrame:
    return judge(rows, region=region, **settings)["groups"].set_index("value")


class TestFigures:
    def test_rates_are_those_of_a_confusion_matrix(self):
        rows, region = scored()
        found = judge(rows, region=region)
        treated, unpaid = rows["probability"] >= THRESHOLD, rows["target"] == 1
        assert found["whole"]["unpaid_found"] == pytest.approx((treated & unpaid).sum() / unpaid.sum())
        assert found["whole"]["paid_treated"] == pytest.approx((treated & ~unpaid).sum() / (~unpaid).sum())
        assert tuple(found["groups"]) == FAIRNESS_COLUMNS
        for group in found["groups"].to_dict("records"):
            own = region == group["value"]
            assert group["rows"] == own.sum()
            assert group["cases"] == (own & unpaid).sum()
            assert group["calibration_gap"] == pytest.approx(rows["probability"][own].mean() - unpaid[own].mean())
            for rate, among in zip(RATES, (own, own & unpaid, own & ~unpaid), strict=True):
                assert group[rate] == pytest.approx(treated[among].mean())
                assert group[f"{rate}_ratio"] == pytest.approx(group[rate] / found["whole"][rate])

    def test_an_interval_is_wilsons_at_a_level_that_is_shared_by_all_figures_of_the_dimension(self):
        rows, region = scored()
        found = judge(rows, region=region)
        (group,) = found["groups"][found["groups"]["value"] == "region 2"].to_dict("records")
        treated = int(((rows["probability"] >= THRESHOLD) & (region == "region 2")).sum())
        interval = binomtest(treated, group["rows"]).proportion_ci(1 - 0.05 / (5 * 4), method="wilson")
        of_all = found["whole"]["treated_share"]
        assert group["treated_share_ratio_lower"] == pytest.approx(interval.low / of_all)
        assert group["treated_share_ratio_upper"] == pytest.approx(interval.high / of_all)

    def test_three_invoices_of_a_customer_tell_no_more_than_one(self):
        rows, region = scored()
        once = groups_of(rows, region)
        thrice = groups_of(pd.concat([rows] * 3, ignore_index=True), np.tile(region, 3))
        intervals = [name for name in FAIRNESS_COLUMNS if name.endswith(("_lower", "_upper"))]
        pd.testing.assert_frame_equal(once[intervals], thrice[intervals])

    def test_standing_is_not_judged_because_it_decides_the_treatment(self):
        rows, region = scored()
        found = judge(rows, region=region, stratum_class=region[::-1], standing=region)
        assert set(found["groups"]["dimension"]) == {"region", "stratum_class"}


class TestFindings:
    def test_a_region_that_is_treated_far_more_often_is_flagged_in_words(self):
        groups = groups_of(*scored(riskier=1.5))
        assert groups.loc["region 0", "status"] == "flagged"
        assert "customers are treated 1." in groups.loc["region 0", "finding"]
        assert "paying customers are treated in vain" in groups.loc["region 0", "finding"]
        assert groups.loc["region 0", "finding"].endswith("of the whole's")

    def test_a_region_whose_risk_the_model_does_not_see_is_flagged_for_its_calibration(self):
        rows, region = scored(rows=6_000)
        blind = rows.assign(probability=np.where(region == "region 3", rows["probability"] * 0.5, rows["probability"]))
        groups = groups_of(blind, region)
        assert groups.loc["region 3", "status"] == "flagged"
        assert "of the bills were to stay unpaid" in groups.loc["region 3", "finding"]
        assert groups.loc["region 3", "calibration_gap_upper"] < 0
        assert not groups.drop("region 3")["finding"].str.contains("were to stay").any()

    def test_equal_groups_are_flagged_no_more_often_than_the_level_says(self):
        """At most one draw in twenty; the four-fifths rule alone would flag one in five and more."""
        found = [groups_of(*scored(seed, rows=1_200, groups=4))["status"] for seed in range(50)]
        assert sum((status == "flagged").any() for status in found) <= 2
        assert sum((status == "within_noise").any() for status in found) > 10

    def test_what_chance_can_do_is_said_but_not_flagged(self):
        rows, region = scored(riskier=0.5, rows=400)
        (group,) = groups_of(rows, region, minimum=5).loc[["region 0"]].to_dict("records")
        assert group["treated_share_ratio"] > 1.25
        assert group["treated_share_ratio_lower"] < 1
        assert group["status"] == "within_noise"
        assert group["finding"].endswith("chance can do that")

    def test_a_region_where_nobody_is_treated_is_flagged(self):
        rows, region = scored()
        ignored = rows.assign(probability=np.where(region == "region 1", 0.01, rows["probability"]))
        group = groups_of(ignored, region).loc["region 1"]
        assert group["treated_share_ratio"] == 0
        assert group["treated_share_ratio_upper"] < 0.3
        assert group["status"] == "flagged"

    def test_a_group_with_too_few_cases_is_not_judged(self):
        rows, region = scored(riskier=3)
        few = np.where(np.arange(len(rows)) < 30, "small", region)
        groups = groups_of(rows, few)
        assert groups.loc["small", "status"] == "too_small"
        assert "too small to judge" in groups.loc["small", "finding"]
        assert np.isnan(groups.loc["small", "treated_share_ratio"])

    def test_a_single_region_is_the_whole_and_within_bounds(self):
        rows, _ = scored()
        (group,) = judge(rows, region=["all"] * len(rows))["groups"].to_dict("records")
        assert [group[f"{rate}_ratio"] for rate in RATES] == [1, 1, 1]
        assert (group["status"], group["finding"]) == ("within_bounds", "")


class TestDegenerate:
    def test_where_nobody_is_treated_there_is_no_ratio_and_no_finding(self):
        rows, region = scored()
        found = judge(rows.assign(probability=rows["target"].mean() / 2), region=region)
        assert found["whole"]["treated_share"] == 0
        assert found["groups"]["treated_share_ratio"].isna().all()
        assert not found["groups"]["finding"].str.contains("treated").any()

    @pytest.mark.parametrize("kept", [0, 50])
    def test_a_part_without_rows_or_with_one_class_has_no_rates(self, kept):
        rows, region = scored()
        rows, region = rows[:kept].assign(target=0.0), region[:kept]
        found = judge(rows, region=region)
        assert found["whole"]["unpaid_found"] is None
        assert set(found["groups"]["status"]) <= {"too_small"}
