"""The whole job on small synthetic data: what it writes, twice, in two runs, and without a current table."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from segmentation_model.datasets.models import ModelArtifactDataset
from segmentation_model.monthly_report.settings import Speech
from segmentation_model.monthly_report.writing import Writer
from tests.in_process import run
from tests.object_store import empty_bucket
from tests.project_run import ProjectRun, files_below, succeeded

pytestmark = pytest.mark.slow

#: What contracts name under 08_reporting.
REPORTS = {
    "benchmark.csv",
    "benchmark.xlsx",
    "call_list.csv",
    "call_list.xlsx",
    "drift_columns.parquet",
    "drift_metrics.json",
    "drift_report.html",
    "drift_report.json",
    "drift_report.txt",
    "drift_summary.json",
    "evaluation_domestic.json",
    "evaluation_industrial.json",
    "expected_performance.json",
    "label_drift.json",
    "model_card_domestic.html",
    "model_card_domestic.md",
    "model_card_industrial.html",
    "model_card_industrial.md",
    "month_check.json",
    "promotion_domestic.json",
    "promotion_industrial.json",
    "report.html",
    "run_summary.json",
    "window_check.json",
}
PROMISED_COLUMNS = {
    "customer_id", "invoice_date", "stratum_class", "tenure_months", "probability", "risk_category", "segment_code",
    "segment_label", "overdue_invoices", "overdue_balance", "invoice_amount", "expected_unpaid_amount", "model_version",
    *(f"reason_{rank}" for rank in range(1, 6)),
}  # fmt: skip
PART_METRICS = {
    "rows", "base_rate", "roc_auc", "gini", "ks", "pr_auc", "brier", "log_loss", "ece", "capture_top_decile",
    "lift_top_decile",
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory, programs) -> ProjectRun:
    return ProjectRun.create(tmp_path_factory.mktemp("project"), programs)


@pytest.fixture(scope="module")
def root(project, tmp_path_factory) -> Path:
    """A root where synthetic data were made and the default job has run."""
    folder = tmp_path_factory.mktemp("root")
    succeeded(project.run("--pipelines", "synthetic_data", root=folder, params="rows=1500"))
    succeeded(project.run(root=folder))
    return folder


@pytest.fixture
def copy(root, tmp_path) -> Path:
    return Path(shutil.copytree(root, tmp_path / "root"))


@pytest.fixture
def raw(root, tmp_path) -> Path:
    """A root with nothing but the synthetic tables."""
    shutil.copytree(root / "01_raw", tmp_path / "root" / "01_raw")
    return tmp_path / "root"


def reporting(root: Path, *parts: str) -> Path:
    return root.joinpath("08_reporting", *parts)


def read_json(path: Path) -> dict:
    return json.loads(path.read_text())


def comparable(root: Path) -> dict[str, object]:
    """All reports but the promotion, which depends on the champion; of the summary all but identity and durations."""
    found = files_below(reporting(root))
    files: dict[str, object] = {name: text for name, text in found.items() if not name.startswith("promotion_")}
    summary = read_json(reporting(root, "run_summary.json"))
    files["run_summary.json"] = {key: value for key, value in summary.items() if key not in ("run_id", "seconds")}
    return files


def test_every_scored_customer_has_reasons_in_spanish(root):
    segments = pd.read_parquet(root / "07_model_output" / "segmented_customers.parquet")
    scored = segments["probability"].notna()
    high = segments["risk_category"].isin(["Riesgo Alto", "Riesgo Muy Alto"])
    assert (scored & high).any()
    assert segments.loc[scored, "reason_1"].str.fullmatch(r"[A-ZÁÉÍÓÚ][^_]+ \((sube|baja) el riesgo\)").all()
    assert segments.loc[high, "reason_1"].str.contains("Días de mora").any()
    reasons = segments.loc[scored].filter(regex=r"^reason_\d$")
    said = reasons.apply(lambda rank: rank.str.replace(r" \(.*", "", regex=True).str.removesuffix(" altos"))
    assert not any(row.dropna().duplicated().any() for _, row in said.iterrows())
    assert segments.loc[~scored].filter(regex=r"^reason_\d$").isna().all(axis=None)


def test_the_promised_files_are_there(root):
    assert {path.name for path in reporting(root).iterdir()} >= REPORTS | {"segments", "rejected", "benchmark"}
    assert {path.name for path in (root / "06_models").iterdir()} == {
        "domestic", "industrial", "domestic.tar.gz", "industrial.tar.gz",
    }  # fmt: skip
    (date,) = reporting(root, "segments").iterdir()
    assert {path.name for path in date.iterdir()} == {"tariff=Domestic", "tariff=Industrial"}


def test_segments_have_the_promised_columns_and_partition_columns_in_the_path_only(root):
    (date,) = reporting(root, "segments").iterdir()
    (file,) = (date / "tariff=Domestic").iterdir()
    names = set(pq.read_schema(file).names)
    assert names >= PROMISED_COLUMNS
    assert not names & {"execution_date", "tariff"}


def test_no_customer_is_lost(root):
    summary = read_json(reporting(root, "run_summary.json"))
    rows = summary["rows"]
    segments = pd.read_parquet(reporting(root, "segments"))
    rejected = pd.read_parquet(reporting(root, "rejected"))
    assert rows["current"] == 1500 == rows["segmented"] + rows["rejected"]
    assert (rows["segmented"], rows["rejected"]) == (len(segments), len(rejected))
    assert segments["customer_id"].is_unique
    assert rejected["reason"].str.len().min() > 0
    amounts = summary["amounts"]
    assert round(amounts["segmented"] + amounts["rejected"], 2) == amounts["current"]
    assert round(segments["invoice_amount"].sum(), 2) == amounts["segmented"]


def test_benchmark_adds_up_to_the_portfolio(root):
    table = pd.read_csv(reporting(root, "benchmark.csv"))
    for figure in ("customers", "invoice_amount_sum", "overdue_balance_sum", "expected_unpaid_amount_sum"):
        totals = (table.groupby("level")[figure].sum() * 100).round().astype(int)
        assert len(set(totals)) == 1, figure


def test_the_monthly_report_says_what_the_other_files_say(root):
    page = reporting(root, "report.html").read_text(encoding="utf-8")
    summary = read_json(reporting(root, "run_summary.json"))
    whole = pd.read_csv(reporting(root, "benchmark.csv")).query("level == 'portfolio'").iloc[0]
    writer = Writer(Speech())
    for figure in ("expected_unpaid_amount_sum", "invoice_amount_sum", "overdue_balance_sum"):
        assert f'<p class="tile-value">{writer.money(whole[figure])}</p>' in page
    assert summary["amounts"]["segmented"] == whole["invoice_amount_sum"]
    assert summary["hashes"]["report"] == hashlib.sha256(page.encode()).hexdigest()
    for link in re.findall(r'href="([^#"]+)"', page.replace("data:,", "#")):
        assert reporting(root, link).is_file(), link
    assert {"model_card_domestic.html", "drift_report.html"} <= set(re.findall(r'href="([^"]+)"', page))
    calls = pd.read_csv(reporting(root, "call_list.csv"), encoding="utf-8-sig")
    assert calls["Importe esperado impagado"].is_monotonic_decreasing
    assert calls["Cliente"].is_unique
    assert calls["Cliente"].iloc[0] in page


@pytest.mark.parametrize("tariff", ["domestic", "industrial"])
def test_evaluation_has_the_promised_keys(root, tariff):
    evaluation = read_json(reporting(root, f"evaluation_{tariff}.json"))
    artifact = ModelArtifactDataset(filepath=str(root / "06_models" / tariff)).load()
    assert evaluation["status"] == "trained"
    assert evaluation["model_version"] == artifact.version
    assert 0 < evaluation["threshold"] < 1
    assert evaluation["fairness"]["groups"]
    assert evaluation["split"] == artifact.metadata["split_record"]
    assert (evaluation["split"]["method"], evaluation["split"]["unused"]) == ("random", {})
    for part in ("train", "calibration", "test"):
        assert set(evaluation[part]) == PART_METRICS
        assert evaluation[part]["rows"] == evaluation["split"]["parts"][part]["rows"]
        assert 0.5 < evaluation[part]["roc_auc"] < 1


def test_drift_summary_has_the_promised_keys(root):
    summary = read_json(reporting(root, "drift_summary.json"))
    keys = {
        "status", "exit_code", "severity", "max_psi", "columns", "columns_drifted", "prediction_severity", "threshold",
        "fail_on_drift", "execution_date",
    }  # fmt: skip
    assert set(summary) == keys | {"message", "misrolled_families", "tariffs"}
    assert all(set(tariff) == keys for tariff in summary["tariffs"].values())
    assert (summary["status"], summary["exit_code"]) == ("clean", 0)
    assert summary["message"].startswith("drift: Domestic is ")


def test_every_monthly_window_rolled(root):
    check = read_json(reporting(root, "window_check.json"))
    assert (check["status"], check["mis_rolled"], len(check["families"])) == ("checked", 0, 9)
    assert {(family["status"], family["matching"]) for family in check["families"]} == {("rolled", 1.0)}


def test_columns_that_carry_nothing_are_in_the_metadata_with_a_reason(root):
    metadata = read_json(root / "06_models" / "domestic" / "metadata.json")
    assert metadata["features"]["left_out"]
    assert all(metadata["features"]["left_out"].values())


@pytest.mark.parametrize("tariff", ["domestic", "industrial"])
def test_every_model_is_swept_for_its_monotone_constraints(root, tariff):
    metadata = read_json(root / "06_models" / tariff / "metadata.json")
    check = metadata["monotone_check"]
    assert (check["status"], check["violations"]) == ("checked", {})
    assert check["customers"] == min(200, metadata["split_record"]["parts"]["calibration"]["customers"])
    assert check["steps"] > 1_000
    assert check["features"] == metadata["training"]["monotone"]
    assert {"days_late_01", "days_late_mean_3", "overdue_invoices", "overdue_balance"} <= check["features"].keys()
    assert {name for name, sign in check["features"].items() if sign < 0} == {"days_late_months_since_last"}
    assert check["features"] == {
        feature["name"]: feature["monotone"] for feature in metadata["features"]["features"] if feature["monotone"]
    }


def test_no_pickle_is_written(root, project):
    for folder in (root, project.folder / "mlartifacts"):
        assert list(folder.rglob("metadata.json"))
        for path in folder.rglob("*"):
            assert path.suffix not in {".pkl", ".pickle", ".joblib"}, path
            assert not (path.is_file() and path.read_bytes()[:2] in {b"\x80\x03", b"\x80\x04", b"\x80\x05"}), path


def client_of(project: ProjectRun):
    from mlflow import MlflowClient

    return MlflowClient(f"sqlite:///{project.folder}/mlflow.db")


def runs_of(project: ProjectRun, pipeline: str) -> dict[str, Any]:
    """The MLflow runs of the first job of a pipeline, by what they are called after the date."""
    client = client_of(project)
    experiment = client.get_experiment_by_name("segmentation_model_dev").experiment_id
    runs = client.search_runs([experiment], f"tags.pipeline = '{pipeline}'", order_by=["attributes.start_time"])
    first = runs[0].data.tags["run_id"]
    of_first = [each for each in runs if each.data.tags["run_id"] == first]
    return {each.info.run_name.partition(" · ")[2]: each for each in of_first}


def test_mlflow_has_a_run_for_the_job_and_one_below_it_for_each_tariff(project, root):
    runs = runs_of(project, "__default__")
    assert set(runs) == {"job", "Domestic", "Industrial"}
    summary = read_json(reporting(root, "run_summary.json"))
    for name, tracked in runs.items():
        tags = tracked.data.tags
        assert (tracked.info.status, tags["outcome"]) == ("FINISHED", "finished")
        assert tracked.info.run_name == f"{summary['execution_date']} · {name}"
        assert tags["data_hash.labelled"] == summary["hashes"]["labelled"]
        assert tags["code_version"] == summary["code_version"]
        assert tags.get("mlflow.parentRunId") == (None if name == "job" else runs["job"].info.run_id)


def test_mlflow_knows_parameters_metrics_and_figures(project, root):
    client, runs = client_of(project), runs_of(project, "__default__")
    domestic, job = runs["Domestic"].data, runs["job"].data
    evaluation = read_json(reporting(root, "evaluation_domestic.json"))
    assert domestic.params["modeling.training.max_depth"] == "4"
    assert not [key for key in job.params if "uci" in key]
    assert domestic.metrics["test.roc_auc"] == evaluation["test"]["roc_auc"]
    assert {name for name in domestic.metrics if name.startswith(("train.", "test."))} == {
        name for name in runs["Industrial"].data.metrics if name.startswith(("train.", "test."))
    }
    assert domestic.metrics["drift.max_psi"] < 0.1
    assert job.metrics["window_check.mis_rolled"] == 0
    assert job.metrics["rows.current"] == 1500
    table = pd.read_csv(reporting(root, "benchmark.csv")).set_index("level")
    assert job.metrics["benchmark.expected_unpaid_amount_sum"] == table.loc["portfolio", "expected_unpaid_amount_sum"]
    files = {artifact.path for artifact in client.list_artifacts(runs["job"].info.run_id)}
    assert {
        "drift_report.html",
        "drift_summary.json",
        "window_check.json",
        "benchmark.csv",
        "run_summary.json",
    } <= files
    files = {artifact.path for artifact in client.list_artifacts(runs["Industrial"].info.run_id)}
    assert {"evaluation.json", "promotion.json", "model_card.html", "model_card.md"} <= files
    figures = {artifact.path for artifact in client.list_artifacts(runs["Domestic"].info.run_id, "figures")}
    assert {"figures/roc_curve.png", "figures/reliability.png", "figures/feature_importance.png"} <= figures


def test_a_second_run_writes_the_same_bytes(project, copy):
    before, models = comparable(copy), files_below(copy / "06_models")
    succeeded(ProjectRun(project.folder).run(root=copy))  # with another seed of Python's hashes
    assert comparable(copy) == before
    assert files_below(copy / "06_models") == models


def test_a_run_ends_with_the_list_of_what_it_wrote(project, copy):
    result = succeeded(project.run("--nodes", "reporting.report_benchmark", root=copy))
    assert result.stdout == ""
    written = result.stderr.partition("Written:\n")[2].splitlines()
    assert [line.split()[0] for line in written] == [f"{copy}/08_reporting/benchmark.csv"]


def test_a_program_gets_that_list_on_standard_output_and_nobody_anything_else(project, copy):
    result = succeeded(project.run("--nodes", "reporting.report_benchmark", "--quiet", "--json", root=copy))
    assert result.stderr == ""
    answer = json.loads(result.stdout)
    assert answer["results"] == {"benchmark_table": f"{copy}/08_reporting/benchmark.csv"}
    assert (answer["pipeline"], answer["environment"]) == ("__default__", "dev")


def test_training_then_scoring_gives_what_the_job_gives(project, root, copy):
    for layer in copy.iterdir():
        if layer.name != "01_raw":
            shutil.rmtree(layer)
    succeeded(project.run("--pipelines", "training", root=copy))
    for layer in ("02_intermediate", "03_primary", "04_feature", "05_model_input", "07_model_output"):
        shutil.rmtree(copy / layer, ignore_errors=True)
    (copy / "01_raw" / "labelled_customers.parquet").unlink()
    succeeded(project.run("--pipelines", "scoring", root=copy, params="model_source=run"))
    assert files_below(copy / "06_models") == files_below(root / "06_models")
    assert files_below(copy / "07_model_output" / "profiles") == files_below(root / "07_model_output" / "profiles")
    assert comparable(copy) == comparable(root)


@pytest.fixture
def bucket(root, monkeypatch) -> Iterator[Any]:
    """A bucket that holds the raw tables below ``root/``, of a server of the test's own, and what leads to it."""
    with empty_bucket(monkeypatch) as made:
        for name in ("labelled_customers", "current_customers"):
            made.upload_file(str(root / "01_raw" / f"{name}.parquet"), f"root/01_raw/{name}.parquet")
        yield made


def test_on_an_object_store_the_job_and_a_scoring_after_it_write_what_they_write_on_disk(
    project, root, bucket, tmp_path
):
    succeeded(project.run(root="s3://job/root"))
    succeeded(project.run("--pipelines", "scoring", root="s3://job/root", params="model_source=run"))
    for stored in bucket.objects.all():
        # Where nothing can be renamed, the files of a partition are named for their content.
        path = tmp_path / re.sub(r"part-[0-9a-f]{16}\.parquet$", "part-0.parquet", stored.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        bucket.download_file(stored.key, str(path))
    assert files_below(tmp_path / "root" / "06_models") == files_below(root / "06_models")
    assert comparable(tmp_path / "root") == comparable(root)


def test_the_first_models_are_champions_with_the_run_that_registered_them(project, root):
    client = client_of(project)
    for tariff in ("domestic", "industrial"):
        promotion = read_json(reporting(root, f"promotion_{tariff}.json"))
        assert (promotion["decision"], promotion["champion"]) == ("promote", None)
        version = client.get_model_version_by_alias(f"segmentation_model_dev_{tariff}", "champion")
        assert (
            version.tags["model_version"] == read_json(root / "06_models" / tariff / "metadata.json")["model_version"]
        )
        assert version.tags["reason"] == promotion["reason"]
        run = client.get_run(version.run_id)
        assert run.data.tags["tariff"] == tariff.capitalize()
        assert run.data.tags["registered_version"] == f"{version.name}/{version.version}"
        assert run.data.tags["is_champion"] == "true"
        assert run.data.metrics["promotion.gates.calibration.ece"] == promotion["gates"]["calibration"]["ece"]


def test_scoring_by_champions_needs_no_models_on_disk_and_gives_what_the_job_gives(project, root, copy):
    shutil.rmtree(copy / "06_models")
    for layer in ("02_intermediate", "03_primary", "04_feature", "05_model_input", "07_model_output"):
        shutil.rmtree(copy / layer)
    succeeded(project.run("--pipelines", "scoring", root=copy))
    assert files_below(copy / "07_model_output" / "domestic") == {
        name: content
        for name, content in files_below(root / "07_model_output" / "domestic").items()
        if name == "scored.parquet"
    }
    assert comparable(copy) == comparable(root)


def test_another_date_leaves_the_partitions_of_the_first_and_is_compared_with_it(project, root, copy):
    result = succeeded(project.run("--pipelines", "scoring", root=copy, params="execution_date=2031-02-03"))
    first = {path for path in files_below(reporting(root)) if "execution_date=" in path}
    now = {path for path in files_below(reporting(copy)) if "execution_date=" in path}
    assert first < now
    table = pd.read_csv(reporting(copy, "benchmark.csv"))
    assert set(table["execution_date"]) == {"2031-02-03"}
    assert (table["customers_change"] == 0).all()
    moves = pd.read_parquet(copy / "07_model_output" / "segment_moves.parquet")
    assert set(moves["previous_execution_date"]) == {read_json(reporting(root, "run_summary.json"))["execution_date"]}
    assert (moves["from_segment"] == moves["to_segment"]).all()
    assert moves["customers"].sum() == table.loc[table["level"] == "portfolio", "customers"].item()
    assert read_json(reporting(root, "month_check.json"))["doubts"] == []
    assert read_json(reporting(copy, "month_check.json"))["doubts"] == ["not_rolled"]
    assert re.search(r"WARNING.*The table of 2031-02-03 looks like that of", " ".join(result.stderr.split()))
    assert "La tabla del mes parece la de la ejecución anterior" in reporting(copy, "report.html").read_text()


def test_scoring_drifts_against_the_profile_of_the_model(project, copy):
    """The gate stops the month before anything is scored, with one line and the report on disk."""
    before = files_below(reporting(copy, "segments"))
    current = copy / "01_raw" / "current_customers.parquet"
    table = pd.read_parquet(current)
    for column in table.columns[table.columns.str.startswith(("Importe_Factura", "Dias_Mora", "Consumo"))]:
        table[column] = table[column] * 3 + 1
    table.to_parquet(current)
    result = project.run("--pipelines", "scoring", root=copy, params="fail_on_drift=true")
    assert result.returncode == 1
    assert "Error: drift gate tripped" in result.stderr
    assert "Traceback" not in result.stderr
    summary = read_json(reporting(copy, "drift_summary.json"))
    assert (summary["status"], summary["exit_code"], summary["severity"]) == ("tripped", 1, "high")
    assert f"Error: {summary['message']}; see 08_reporting/drift_report.txt" in result.stderr
    assert files_below(reporting(copy, "segments")) == before


def test_an_earlier_model_is_a_baseline_that_judges_the_scores_too(project, copy):
    shutil.copytree(copy / "06_models", copy / "earlier")
    succeeded(project.run("--to-nodes", "drift.check_drift", root=copy, params=f"baseline_profile={copy / 'earlier'}"))
    summary = read_json(reporting(copy, "drift_summary.json"))
    assert summary["tariffs"]["Domestic"]["prediction_severity"] in {"none", "low", "moderate", "high"}


def test_the_profile_of_a_month_is_the_baseline_of_the_next_year(project, copy):
    profiles = copy / "07_model_output" / "profiles"
    (month,) = profiles.iterdir()
    assert month.name == "month=2026-07"
    next_year = f"execution_date=2027-07-01,baseline_profile={profiles}"
    succeeded(project.run("--pipelines", "scoring", "--to-nodes", "drift.check_drift", root=copy, params=next_year))
    summary = read_json(reporting(copy, "drift_summary.json"))
    assert (summary["status"], summary["severity"], summary["max_psi"]) == ("clean", "none", 0)
    result = project.run("--pipelines", "scoring", root=copy, params=next_year.replace("2027", "2028"))
    assert result.returncode == 2
    assert "Error: baseline_profile: no profile of '2027-07', a year before the run of 2028-07-01" in result.stderr
    assert "there are: '2026-07'" in result.stderr


def test_without_a_baseline_the_check_is_skipped_and_says_so(project, copy):
    succeeded(project.run("--to-nodes", "drift.apply_gate", root=copy, params="baseline_profile="))
    summary = read_json(reporting(copy, "drift_summary.json"))
    assert summary["status"] == "skipped"
    assert summary["message"].startswith("drift skipped: Domestic and Industrial: no baseline")
    assert "no baseline" in reporting(copy, "drift_report.txt").read_text()


def test_without_a_current_table_the_held_out_rows_are_scored(project, copy):
    (copy / "01_raw" / "current_customers.parquet").unlink()
    succeeded(project.run(root=copy))
    summary = read_json(reporting(copy, "run_summary.json"))
    assert summary["scored"] == "held-out test rows"
    assert summary["rows"]["current"] == summary["rows"]["segmented"] > 100
    table = pd.read_csv(reporting(copy, "benchmark.csv"))
    assert 0 < table.loc[table["level"] == "portfolio", "observed_default_rate"].item() < 0.3


def test_scoring_without_a_current_table_is_refused(project, copy):
    (copy / "01_raw" / "current_customers.parquet").unlink()
    result = project.run("--pipelines", "scoring", root=copy)
    assert result.returncode != 0
    assert "Error: current_customers: there is no file" in result.stderr
    assert "Traceback" not in result.stderr


def test_scoring_without_models_is_refused(project, copy):
    shutil.rmtree(copy / "06_models")
    before = files_below(copy)
    result = project.run("--pipelines", "scoring", root=copy, params="model_source=run")
    assert result.returncode == 1
    assert f"Error: {copy}/06_models/domestic: there is neither this folder nor" in result.stderr
    assert files_below(copy) == before


def test_scoring_without_a_champion_is_refused(copy, tmp_path):
    before = files_below(copy)
    result = ProjectRun.create(tmp_path / "other").run("--pipelines", "scoring", root=copy)
    assert result.returncode == 1
    error = result.stderr.splitlines()[-1]
    assert error.startswith(
        "Error: segmentation_model_dev_domestic: there is no champion in the model registry sqlite:"
    )
    assert "--params model_source=run" in error
    assert files_below(copy) == before


@pytest.mark.parametrize("source", ["champion", "run"])
def test_scoring_with_other_feature_settings_than_the_model_is_refused(project, copy, tmp_path, source):
    other = ProjectRun(Path(shutil.copytree(project.folder / "conf", tmp_path / "conf")).parent)
    settings = other.folder / "conf" / "dev" / "parameters" / "feature_engineering.yml"
    settings.write_text("feature_engineering: {features: {pattern_window: 6}}")
    before = files_below(copy)
    result = other.run("--pipelines", "scoring", root=copy, params=f"model_source={source}")
    assert result.returncode != 0
    assert "Error: feature_engineering.features.pattern_window: 6, but" in result.stderr
    assert files_below(copy) == before


def test_made_up_data_replace_no_table_of_somebody_else(project, copy):
    table = copy / "01_raw" / "current_customers.parquet"
    pd.read_parquet(table).to_parquet(table)  # the mark of a made-up table is gone
    before = table.read_bytes()
    result = project.run("--pipelines", "synthetic_data", root=copy, params="rows=10")
    assert result.returncode != 0
    assert "holds a table that was not made up by synthetic_data" in result.stderr
    assert table.read_bytes() == before


def no_rows(table: pd.DataFrame, industrial: pd.Series) -> pd.DataFrame:
    return table[~industrial]


def one_class(table: pd.DataFrame, industrial: pd.Series) -> pd.DataFrame:
    return table.assign(Incumple=table["Incumple"].mask(industrial, 0))


def five_defaults(table: pd.DataFrame, industrial: pd.Series) -> pd.DataFrame:
    """In either tariff, so that no model is left."""
    defaults = table["Incumple"] == 1
    kept = defaults.groupby(industrial).cumsum() <= 5
    return table.assign(Incumple=table["Incumple"].where(kept, 0))


@pytest.mark.parametrize(
    ("degenerate", "reason", "skipped"),
    [
        (no_rows, "the training part has no rows", ["Industrial"]),
        (one_class, "the training part has one class only: every target is 0", ["Industrial"]),
        (five_defaults, r"the training part has \d cases of the rarer class, fewer than 8", ["Domestic", "Industrial"]),
    ],
)
def test_a_tariff_without_a_model_is_not_evaluable_and_the_run_goes_on(raw, degenerate, reason, skipped):
    labelled = raw / "01_raw" / "labelled_customers.parquet"
    table = pd.read_parquet(labelled)
    degenerate(table, table["Tarifa"].str.strip().str.lower().str.startswith("i")).to_parquet(labelled)
    run("__default__", raw)
    summary = read_json(reporting(raw, "run_summary.json"))
    segments = pd.read_parquet(reporting(raw, "segments"))
    assert summary["rows"]["segmented"] == len(segments) > 1_000
    for tariff in ("Domestic", "Industrial"):
        artifact = ModelArtifactDataset(filepath=str(raw / "06_models" / tariff.lower())).load()
        evaluation = read_json(reporting(raw, f"evaluation_{tariff.lower()}.json"))
        customers = segments[segments["tariff"] == tariff]
        told = [summary["tariffs"][tariff], evaluation, artifact.metadata]
        assert len(customers) > 100
        card = reporting(raw, f"model_card_{tariff.lower()}.md").read_text(encoding="utf-8")
        if tariff in skipped:
            assert "No model was trained: " in card
            assert {record["status"] for record in told} == {"skipped"}
            assert all(re.match(reason, record["reason"]) for record in told)
            assert artifact.metadata["monotone_check"]["status"] == "skipped"
            settled = ~customers["risk_category"].str.startswith(("Cliente Nuevo", "Incorriente"))
            assert set(customers.loc[settled, "risk_category"]) == {"No evaluable"}
            assert customers["probability"].isna().all()
        else:
            assert {record["status"] for record in told} == {"trained"}
            assert "No evaluable" not in set(customers["risk_category"])
        assert (artifact.profile.rows > 0) == (degenerate is not no_rows or tariff == "Domestic")


def test_the_split_out_of_time_is_told_with_the_evaluation_and_kept_with_the_model(raw):
    run("training", raw, feature_engineering={"split": {"method": "out_of_time"}})
    for tariff in ("domestic", "industrial"):
        evaluation = read_json(reporting(raw, f"evaluation_{tariff}.json"))
        metadata = read_json(raw / "06_models" / tariff / "metadata.json")
        split = evaluation["split"]
        assert metadata["split"]["method"] == split["method"] == "out_of_time"
        assert metadata["split_record"] == split
        months = {part: (found["first_month"], found["last_month"]) for part, found in split["parts"].items()}
        assert months["train"] == months["calibration"] == ("2026-05", "2026-05")
        assert months["test"] == ("2026-06", "2026-06")
        assert {part: split["parts"][part]["rows"] for part in months} == {
            part: evaluation[part]["rows"] for part in months
        }
        predictions = pd.read_parquet(raw / "07_model_output" / tariff / "labelled_predictions.parquet")
        assert predictions.groupby("customer_id")["part"].nunique().max() == 1
        features = pd.read_parquet(raw / "04_feature" / "labelled_features.parquet", columns=["tariff"])
        of_tariff = (features["tariff"].str.lower() == tariff).sum()
        assert len(predictions) + sum(split["unused"].values()) == of_tariff
        assert set(split["unused"]) == {
            "train customer, newest month", "calibration customer, newest month", "test customer, earlier month",
        }  # fmt: skip
