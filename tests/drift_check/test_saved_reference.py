"""References that were saved: profiles, models, months."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from segmentation_model.datasets.folders import write_folder
from segmentation_model.datasets.models import ModelArtifactDataset
from segmentation_model.datasets.storage import Storage
from segmentation_model.drift.reference.profile import build_profile
from segmentation_model.drift.settings import ProfileSettings
from segmentation_model.model.artifact_files import profile_to_files
from tests.drift_check.months import Checked, Desk, month, with_tariffs
from tests.model.artifacts import features, skipped, trained

STATISTICS = ("psi", "chi_squared", "p_value", "cramers_v", "reference_missing_share", "current_missing_share")


def assert_same_bins(one: Checked, other: Checked, tariff: str = "Domestic") -> None:
    """Same PSI and chi-squared to 1e-12; KS within what the grid allows."""
    first, second = one.statistics(tariff), other.statistics(tariff)
    assert list(first) == list(second)
    for name, statistics in first.items():
        for statistic in STATISTICS:
            assert statistics[statistic] == pytest.approx(second[name][statistic], rel=1e-12, abs=1e-12)
        if statistics["ks"] is not None:
            assert statistics["ks"] == pytest.approx(second[name]["ks"], abs=0.001)


@pytest.fixture
def saved(desk: Desk) -> Path:
    """Profiles of June, of which the table itself is gone."""
    june = desk.put("june.parquet", with_tariffs(month(seed=1), month(seed=2, shift=2)))
    july = desk.put("july.parquet", with_tariffs(month(seed=3, shift=0.3), month(seed=4, shift=2)))
    assert desk.check(june, july, "--profile-path", str(desk.folder / "saved"), output="with_table").code == 0
    Path(june).unlink()
    return desk.folder / "saved"


class TestProfile:
    def test_says_the_same_as_the_table_that_is_gone(self, desk: Desk, saved: Path):
        checked = desk.check(str(saved), str(desk.folder / "july.parquet"))
        with_table = Checked(checked.result, desk.folder / "with_table")
        for tariff in ("Domestic", "Industrial"):
            assert_same_bins(checked, with_table, tariff)
        assert "against a saved reference" in checked.result.stdout

    def test_lies_per_tariff_and_is_told_of(self, desk: Desk, saved: Path):
        found = {str(path.relative_to(saved)) for path in saved.rglob("*") if path.is_file()}
        tariffs, kinds = ("domestic", "industrial"), ("json", "parquet")
        assert found == {f"{tariff}/reference_profile.{kind}" for tariff in tariffs for kind in kinds}
        document = json.loads((saved / "industrial" / "reference_profile.json").read_text())
        assert document["about"] == {"tariff": "Industrial"}

    def test_of_a_tariff_without_rows_is_not_saved(self, desk: Desk):
        june = desk.put("june.parquet", month().assign(tariff="Domestic"))
        desk.check(june, june, "--profile-path", str(desk.folder / "saved"))
        assert [path.name for path in (desk.folder / "saved").iterdir()] == ["domestic"]
        checked = desk.check(str(desk.folder / "saved"), june)
        assert checked.summary["tariffs"]["Industrial"]["status"] == "skipped"

    def test_of_one_tariff_is_compared_with_the_rows_of_it(self, desk: Desk, saved: Path):
        checked = desk.check(str(saved / "industrial"), str(desk.folder / "july.parquet"))
        by_tariff = {name: one["status"] for name, one in checked.summary["tariffs"].items()}
        assert by_tariff == {"Domestic": "not_measured", "Industrial": "clean"}
        assert "no saved reference of Domestic: there is one of Industrial" in checked.message
        asked = desk.check(str(saved / "industrial"), str(desk.folder / "july.parquet"), "--model-type=Industrial")
        assert (asked.code, asked.summary["severity"]) == (0, "none")

    def test_of_an_unnamed_tariff_needs_one_where_the_table_has_several(self, desk: Desk, saved: Path):
        profile = build_profile(month().drop(columns="customer_id"), ProfileSettings())
        write_folder(Storage(str(desk.folder / "profile")), profile_to_files(profile))
        given = (str(desk.folder / "profile"), str(desk.folder / "july.parquet"))
        checked = desk.check(*given)
        assert checked.code == 2
        assert "nothing says which tariff this profile is of" in checked.message
        assert list(desk.check(*given, "--model-type=Domestic").summary["tariffs"]) == ["Domestic"]
        july = desk.put("plain.parquet", month(seed=3))
        assert list(desk.check(given[0], july).summary["tariffs"]) == ["Domestic"]

    def test_is_not_saved_over_a_model(self, desk: Desk):
        ModelArtifactDataset(filepath=str(desk.folder / "06_models" / "domestic")).save(trained().model)
        june, july = desk.put("june.parquet", month()), desk.put("july.parquet", month(seed=2))
        checked = desk.check(june, july, "--profile-path", str(desk.folder / "06_models"))
        assert checked.code == 2
        assert "06_models/domestic holds 'calibrator.json', 'metadata.json'" in checked.message
        assert (desk.folder / "06_models" / "domestic" / "model.ubj").is_file()


class TestModel:
    @pytest.fixture
    def models(self, desk: Desk) -> Path:
        folder = desk.folder / "06_models"
        ModelArtifactDataset(filepath=str(folder / "domestic")).save(trained().model)
        ModelArtifactDataset(filepath=str(folder / "industrial")).save(skipped().model)
        return folder

    @pytest.mark.parametrize("place", ["", "domestic", "domestic.tar.gz"])
    def test_its_scores_of_the_rows_are_judged(self, desk: Desk, models: Path, place: str):
        july = desk.put("july.parquet", features(2_000, 9, shift=1.0))
        checked = desk.check(str(models / place), july, "--fail-on-drift=moderate")
        assert checked.code == 1
        assert checked.summary["prediction_severity"] == "high"
        signals = {one["signal"]: one["severity"] for one in checked.report["tariffs"]["Domestic"]["prediction"]}
        assert signals["margin_psi"] == "high"

    def test_batches_give_the_same_scores_as_the_whole(self, desk: Desk, models: Path, monkeypatch: pytest.MonkeyPatch):
        july = features(2_000, 9, shift=0.2)
        whole = desk.check(str(models), desk.put("july.parquet", july), output="whole")
        for part in range(4):
            desk.put(f"parts/{part}.parquet", july.iloc[part::4])
        parts = desk.check(str(models), str(desk.folder / "parts"))
        one, other = (checked.report["tariffs"]["Domestic"]["prediction"] for checked in (whole, parts))
        for first, second in zip(one, other, strict=True):
            assert first["psi"] == second["psi"]
            assert first["value"] == pytest.approx(second["value"], abs=1e-9) or first["value"] is None

    def test_its_gains_weigh_the_features(self, desk: Desk, models: Path):
        july = features(2_000, 9)
        july["noise"] += 1.5
        checked = desk.check(str(models), desk.put("july.parquet", july))
        gain = trained().model.metadata["training"]["gain"]
        expected = gain.get("noise", 0.0) / sum(gain.values())
        verdict = checked.report["tariffs"]["Domestic"]["verdict"]
        assert verdict["weight_at_or_above"]["high"] == pytest.approx(expected, abs=1e-9)

    def test_without_its_features_the_scores_are_not_judged_and_that_is_said(self, desk: Desk, models: Path):
        checked = desk.check(str(models), desk.put("july.parquet", features(2_000, 9).drop(columns="late")))
        assert checked.summary["prediction_severity"] == "not_measured"
        assert "domestic are not judged: the current table has not its features 'late'" in checked.result.stderr
        assert checked.column("late")["reason"] == "absent from the current table"

    def test_with_a_feature_of_another_type_the_scores_are_not_judged_and_that_is_said(self, desk: Desk, models: Path):
        checked = desk.check(str(models), desk.put("july.parquet", features(2_000, 9).assign(late="often")))
        assert checked.summary["prediction_severity"] == "not_measured"
        said = "The scores of the baseline's model are not judged: current table: column 'late'"
        assert said in checked.result.stderr

    def test_that_was_edited_is_3(self, desk: Desk, models: Path):
        metadata = models / "domestic" / "metadata.json"
        metadata.write_text(metadata.read_text().replace('"trained"', '"skipped"'))
        checked = desk.check(str(models), desk.put("july.parquet", features(200, 9)))
        assert checked.code == 3
        assert "metadata.json: changed after it was written" in checked.message


class TestMonths:
    @pytest.fixture
    def months(self, desk: Desk) -> Path:
        """Two months of profiles: in July the amounts are higher than in January, every year."""
        for name, shift in (("2025-01", 0.0), ("2025-07", 3.0)):
            june = desk.put("table.parquet", month(seed=1, shift=shift))
            place = desk.folder / "profiles" / f"month={name}"
            assert desk.check(june, june, "--profile-path", str(place), output="first").code == 0
        return desk.folder / "profiles"

    def test_the_same_month_last_year_is_the_reference(self, desk: Desk, months: Path):
        july = desk.put("july.parquet", month(seed=2, shift=3.0))
        assert desk.check(str(months), july).summary["severity"] == "none"
        assert desk.check(str(months), july, "--execution-date=2026-01-31").summary["severity"] == "high"

    def test_a_month_that_is_not_there_is_2(self, desk: Desk, months: Path):
        july = desk.put("july.parquet", month(seed=2))
        checked = desk.check(str(months), july, "--execution-date=2026-03-31")
        assert checked.code == 2
        assert checked.message == (
            "--reference-path: no profile of '2025-03', a year before the run of 2026-03-31; there are: "
            "'2025-01', '2025-07'"
        )

    def test_months_of_a_table_are_a_table(self, desk: Desk):
        for name in ("2025-06", "2025-07"):
            desk.put(f"history/month={name}/part.parquet", month(seed=int(name[-1])))
        checked = desk.check(str(desk.folder / "history"), desk.put("july.parquet", month(seed=3)))
        assert checked.report["tariffs"]["Domestic"]["reference_rows"] == 6_000


def test_a_folder_of_tables_per_tariff_is_a_table(desk: Desk):
    desk.put("raw/domestic/part.parquet", month())
    checked = desk.check(str(desk.folder / "raw"), desk.put("july.parquet", month(seed=3)))
    assert checked.report["tariffs"]["Domestic"]["reference_rows"] == 3_000


def test_damage_to_one_tariff_is_no_missing_one(desk: Desk, saved: Path):
    shutil.rmtree(saved / "industrial")
    (saved / "industrial").mkdir()
    checked = desk.check(str(saved), str(desk.folder / "july.parquet"))
    assert checked.summary["tariffs"]["Industrial"]["status"] == "not_measured"
    assert np.isfinite(checked.summary["max_psi"])
