"""The leakage guard, on small parts, and on planted columns that go through the real pipeline."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import roc_auc_score

from segmentation_model.errors import InputError
from segmentation_model.pipelines.feature_engineering import choice_nodes
from segmentation_model.pipelines.feature_engineering.leakage import LeakageReport, check_for_leaks
from segmentation_model.pipelines.feature_engineering.params import LeakageSettings
from segmentation_model.pipelines.synthetic_data.nodes import make_current_customers, make_labelled_customers
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams
from tests.in_process import run
from tests.pipelines.feature_engineering.builders import columns, layout

SETTINGS = LeakageSettings()
FURTHER = layout(
    "invoice_date",
    "contract_start_date",
    "target",
    numeric=["A", "B"],
    categorical=["C"],
    monthly={"late": {"pattern": "Late_{m}", "months": 3}},
)


def part(positives: int, rows: int, **features: Any) -> pd.DataFrame:
    """A training part whose first rows are the positives, each of a customer of its own."""
    return pd.DataFrame(
        {
            "customer_id": pd.array([f"C{row}" for row in range(rows)], dtype="str"),
            "invoice_date": np.full(rows, np.datetime64("2026-09-14", "s")),
            "target": (np.arange(rows) < positives).astype(np.float32),
            **features,
        }
    )


def noise(seed: int, rows: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).normal(size=rows).astype(np.float32)


def check(train: pd.DataFrame, **settings: Any) -> LeakageReport:
    return check_for_leaks(train, FURTHER, LeakageSettings.model_validate(settings))


def refusal(train: pd.DataFrame, **settings: Any) -> str:
    with pytest.raises(InputError) as caught:
        choice_nodes.check_leakage(train, columns(FURTHER), LeakageSettings.model_validate(settings))
    return caught.value.message


class TestSeparation:
    def test_names_column_figure_and_what_to_do_in_one_line(self) -> None:
        train = part(100, 1_000, a=noise(1, 1_000), b=noise(2, 1_000))
        train["b"] += 4.2 * train["target"]
        auc = roc_auc_score(train["target"], train["b"])
        message = refusal(train)
        assert "\n" not in message
        assert message.startswith(
            "labelled_customers: a column knows the outcome: column 'B' (numeric), feature 'b', separates the target "
            f"alone: AUC {auc:.4f}, with 95% confidence at least 0.99"
        )
        assert message.endswith(
            "at most 0.99 is allowed (feature_engineering.leakage.max_auc); take it out of its place in "
            "columns.layouts.mine and put it under `ignore` there, or raise the bound if it is known before the invoice"
        )

    def test_names_all_that_leak_at_once(self) -> None:
        train = part(100, 1_000)
        train["a"], train["c"] = 1 - train["target"], pd.array(np.where(train["target"] == 1, "s", "n"), dtype="str")
        train["late_mean_3"], train["contract_start_date_days"] = train["target"] + 0.01 * noise(1, 1_000), 31.0
        first, *others = refusal(train).splitlines()
        assert first.startswith("labelled_customers: 4 features know the outcome; for each, take it out")
        assert {line.split(", feature")[0].strip() for line in others} == {
            "column 'A' (numeric)",
            "column 'C' (categorical)",
            "column 'Since' (roles.contract_start_date)",
            "columns 'Late_1', 'Late_2' and 1 more (monthly.late)",
        }
        text = "\n".join(others)
        assert "copies the target: 0 where it is 1, 1 where it is 0" in text
        assert "copies the target: 's' where it is 1, 'n' where it is 0" in text

    def test_tells_both_reasons_of_one_column(self) -> None:
        train = part(100, 1_000)
        train["contract_start_date_days"] = np.where(train["target"] == 1, np.nan, 3.0)
        assert "by up to 3 days; at most 1.0% is allowed" in refusal(train)
        assert "and it copies the target: missing where it is 1, 3 where it is 0" in refusal(train)

    def test_may_reach_a_bound_that_is_raised_but_never_copy(self) -> None:
        train = part(100, 1_000, a=noise(1, 1_000))
        train["a"] += 20 * train["target"]
        assert check(train, max_auc=1).leaks == {}
        assert "a" in check(train).leaks
        assert "a" in check(train.assign(a=train["target"]), max_auc=1).leaks

    def test_finds_a_leak_among_many_rows_that_are_only_screened(self) -> None:
        """A column is measured on all rows where 4,000 of them come near the bound."""
        train = part(5_000, 40_000, **{f"f{i}": noise(i, 40_000) for i in range(20)})
        train["a"] = train["target"] + 0.2 * noise(99, 40_000)
        report = check(train)
        assert list(report.leaks) == ["a"]
        assert report.strongest[0].auc == pytest.approx(roc_auc_score(train["target"], train["a"]), abs=1e-6)

    def test_reports_the_strongest_features_when_nothing_leaks(self) -> None:
        train = part(300, 1_000, a=noise(1, 1_000), b=noise(2, 1_000))
        train["b"] -= train["target"]
        report = choice_nodes.check_leakage(train, columns(FURTHER), SETTINGS)
        assert (report["status"], report["reason"], report["cases"], report["leaks"]) == ("checked", None, 300, {})
        assert [found["feature"] for found in report["strongest"]] == ["b", "a"]
        assert report["strongest"][0]["source"] == "column 'B' (numeric)"
        assert report["strongest"][0]["auc"] == pytest.approx(roc_auc_score(train["target"], -train["b"]), abs=1e-6)


class TestFewCases:
    @pytest.mark.parametrize("cases", [20, 40])
    @pytest.mark.parametrize("seed", range(3))
    def test_chance_among_300_columns_stops_nothing(self, cases: int, seed: int) -> None:
        random = np.random.default_rng(seed)
        numbers = {f"n{i}": random.normal(size=400) for i in range(200)}
        counts = {f"d{i}": np.where(random.random(400) < 0.2, np.nan, random.poisson(1, 400)) for i in range(80)}
        texts = {f"t{i}": pd.array(random.integers(0, 2 + i * i, 400).astype(str), dtype="str") for i in range(20)}
        assert check(part(cases, 400, **numbers, **counts, **texts)).leaks == {}

    def test_a_strong_feature_that_happens_to_separate_the_sample_well_stops_nothing(self) -> None:
        """True area 0.96 with 40 cases: the observed one comes near the bound, its lower confidence bound does not."""
        observed = []
        for seed in range(60):
            train = part(40, 400, a=noise(seed, 400))
            train["a"] += 2.476 * train["target"]
            report = check(train)
            observed.append(report.strongest[0].auc)
            assert report.leaks == {}
        assert max(observed) > 0.98

    @pytest.mark.parametrize("cases", [20, 40])
    def test_a_copy_is_found_all_the_same(self, cases: int) -> None:
        train = part(cases, 400)
        assert list(check(train.assign(a=train["target"] + 0.2 * noise(5, 400))).leaks) == ["a"]
        assert list(check(train.assign(a=train["target"])).leaks) == ["a"]

    @pytest.mark.parametrize(
        ("positives", "rows", "reason"),
        [
            (0, 0, "0 cases of the rarer class, fewer than 20 (feature_engineering.leakage.min_cases)"),
            (0, 100, "0 cases of the rarer class, fewer than 20 (feature_engineering.leakage.min_cases)"),
            (100, 100, "0 cases of the rarer class, fewer than 20 (feature_engineering.leakage.min_cases)"),
            (19, 100, "19 cases of the rarer class, fewer than 20 (feature_engineering.leakage.min_cases)"),
        ],
    )
    def test_judge_no_feature_and_say_so(self, positives: int, rows: int, reason: str) -> None:
        train = part(positives, rows)
        report = choice_nodes.check_leakage(train.assign(a=train["target"]), columns(FURTHER), SETTINGS)
        assert (report["status"], report["reason"]) == ("not_checked", reason)
        assert (report["strongest"], report["leaks"]) == ([], {})

    def test_do_not_excuse_dates_after_the_invoice(self) -> None:
        assert "is dated after the invoice in 50 of 50 rows" in refusal(part(0, 50, contract_start_date_days=1.0))


class TestDates:
    @pytest.mark.parametrize(("after", "settings"), [(10, {}), (4, {"max_share_after_invoice": 0}), (0, {})])
    def test_a_few_after_the_invoice_are_slips_and_reported(
        self, after: int, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        days = np.where(np.arange(1_000) < after, 7.0, -7.0)
        train = part(0, 1_000, contract_start_date_days=days)
        report = choice_nodes.check_leakage(train, columns(FURTHER), LeakageSettings.model_validate(settings))
        assert report["dates_after_invoice"]["contract_start_date"]["after"] == after
        warned = f"contract_start_date: {after} of 1000 dates lie after the invoice" in caplog.messages
        assert warned == (after > 0)

    def test_more_are_not(self) -> None:
        message = refusal(part(0, 1_000, contract_start_date_days=np.where(np.arange(1_000) < 11, 7.0, -7.0)))
        assert "is dated after the invoice in 11 of 1,000 rows (1.1%), by up to 7 days" in message
        assert "at most 1.0% is allowed (feature_engineering.leakage.max_share_after_invoice)" in message

    def test_of_a_role_that_lies_there_by_nature_are_only_counted(self) -> None:
        train = part(0, 50, contract_start_date_days=18.0)
        report = check(train, roles_after_invoice=["contract_start_date"])
        assert report.leaks == {}
        assert report.dates_after_invoice["contract_start_date"].after == 50


# The real pipeline.

Plant = Callable[[pd.DataFrame, np.ndarray[Any, Any]], Any]


def a_copy(table: pd.DataFrame, target: np.ndarray[Any, Any]) -> Any:
    return target


def a_noisy_copy(table: pd.DataFrame, target: np.ndarray[Any, Any]) -> Any:
    return target + np.random.default_rng(1).normal(0, 0.2, len(target))


def a_later_date(table: pd.DataFrame, target: np.ndarray[Any, Any]) -> Any:
    return pd.Timestamp("2030-01-01") + pd.to_timedelta(np.arange(len(target)) % 30, unit="D")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tmp_path_factory.mktemp("clean") / "01_raw"
    raw.mkdir()
    params = SyntheticDataParams(rows=800, unusable_share=0, seed=3)
    pq.write_table(make_labelled_customers(params).read_all(), raw / "labelled_customers.parquet")
    pq.write_table(make_current_customers(params).read_all(), raw / "current_customers.parquet")
    return raw.parent


@pytest.fixture
def root(clean: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clean, tmp_path / "root"))


def plant(root: Path, column: str, how: Plant) -> None:
    for name in ("labelled_customers", "current_customers"):
        path = root / "01_raw" / f"{name}.parquet"
        table = pd.read_parquet(path)
        target = table["Incumple"] if "Incumple" in table else pd.Series(0, index=table.index)
        table[column] = how(table, target.to_numpy(dtype=float))
        table.to_parquet(path, index=False)


def guarded(root: Path, layout: dict[str, Any]) -> None:
    run("feature_engineering", root, columns={"layouts": {"standard": layout}})


@pytest.mark.parametrize(
    ("column", "how", "layout", "parts"),
    [
        (
            "Pago_Despues", a_copy, {"numeric": ["Pago_Despues"]},
            ("column 'Pago_Despues' (numeric), feature 'pago_despues', copies the target: 1 where it is 1",),
        ),
        (
            "Pago_Despues", a_copy, {"categorical": ["Pago_Despues"]},
            ("column 'Pago_Despues' (categorical), feature 'pago_despues', copies the target: '1' where it is 1",),
        ),
        (
            "Gestion", a_noisy_copy, {"numeric": ["Gestion"]},
            ("column 'Gestion' (numeric), feature 'gestion', separates the target alone: AUC 0.99",),
        ),
        (
            "Fecha_Corte", a_later_date, {"roles": {"last_disconnection_date": "Fecha_Corte"}},
            (
                "column 'Fecha_Corte' (roles.last_disconnection_date), feature 'last_disconnection_date_days', is ",
                "is dated after the invoice in ",
                " rows (100.0%)",
            ),
        ),
        (
            "Fecha_Corte", a_later_date, {"categorical": ["Fecha_Corte"]},
            ("column 'Fecha_Corte' (categorical), feature 'fecha_corte', is dated after the invoice in ",),
        ),
    ],
)  # fmt: skip
def test_a_planted_column_stops_the_run_and_is_named(
    root: Path, column: str, how: Plant, layout: dict[str, Any], parts: tuple[str, ...]
) -> None:
    plant(root, column, how)
    with pytest.raises(InputError) as caught:
        guarded(root, layout)
    assert caught.value.message.startswith("labelled_customers: a column knows the outcome: ")
    for text in (*parts, "columns.layouts.standard and put it under `ignore`"):
        assert text in caught.value.message
    assert not list(root.rglob("feature_spec.json"))


def test_a_planted_column_that_is_ignored_stops_nothing(root: Path) -> None:
    plant(root, "Pago_Despues", a_copy)
    guarded(root, {"ignore": ["Pago_Despues"]})
    for tariff in ("domestic", "industrial"):
        report = json.loads((root / "05_model_input" / tariff / "leakage.json").read_text(encoding="utf-8"))
        assert report["leaks"] == {}
        assert report["dates_after_invoice"]["due_date"]["share"] == 1
        others = {role: found["after"] for role, found in report["dates_after_invoice"].items() if role != "due_date"}
        assert others == dict.fromkeys(others, 0)
        assert len(others) == 5


def test_the_uci_table_stops_nothing(shared_data: Path, tmp_path: Path) -> None:
    table = shared_data / "uci_credit_default" / "default_of_credit_card_clients.parquet"
    run("feature_engineering", tmp_path, env="uci", labelled_path=str(table))
    report = json.loads((tmp_path / "05_model_input" / "domestic" / "leakage.json").read_text(encoding="utf-8"))
    assert (report["status"], report["dates_after_invoice"]) == ("checked", {})
    assert 0.65 < report["strongest"][0]["auc"] < 0.8
