"""Several instances share the scoring of the month: it is what one run on disk gives, to the last digit."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pandas as pd
import pytest

from segmentation_model.datasets import batched_table
from tests.in_process import registry_beside, run
from tests.project_run import files_below
from tests.sagemaker.container.instance import Instance

pytestmark = pytest.mark.slow

DATE = "2026-08-01"
PART_ROWS = 500
SHARED = "PreprocessSplit"
SCORES = "07_model_output/{}/scored.parquet"


@dataclass
class Cloud:
    """The steps of the cloud pipeline for scoring, on folders in place of S3.

    Attributes:
        folder: Holds everything.
        conf: The configuration.
        table: The month.
        sent: Folders that the steps sent to others, by source and target.
    """

    folder: Path
    conf: Path
    table: Path
    sent: dict[tuple[str, str], Path] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def history(self) -> Path:
        return self.folder / "history"

    def run(
        self, step: str, sources: Sequence[str] = (), *, instances: int = 1, code: int = 0, **words: object
    ) -> list[Instance]:
        """Run a step; instances share what comes from PreprocessSplit object by object, as SageMaker does."""
        made = []
        for number in range(instances):
            instance = Instance(self.folder / f"{step}-{next(self._numbers)}")
            if step == SHARED:
                shutil.copytree(self.table.parent, instance.inputs / "current_customers")
            for source in sources:
                shared = step == "ScoreCustomers" and source == SHARED
                objects = sorted(path for path in self.sent[source, step].rglob("*") if path.is_file())
                for one in objects[number::instances] if shared else objects:
                    target = instance.inputs / source / one.relative_to(self.sent[source, step])
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(one, target)
            told = {"pipeline": "scoring", "env": "dev", "conf_source": self.conf, "history": self.history, **words}
            ended = instance.process(f"step={step}", *(f"{name}={value}" for name, value in told.items()))
            assert ended == code, instance.failure
            made.append(instance)
            for output in instance.outputs.iterdir() if instance.outputs.is_dir() else ():
                place = self.sent.setdefault((step, output.name), self.folder / f"{step}-to-{output.name}")
                shutil.copytree(output, place, dirs_exist_ok=True)
        return made

    def prepare(self) -> None:
        """What comes before the scoring."""
        self.run(SHARED, part_rows=PART_ROWS, execution_date=DATE)
        self.run("DriftCheck", [SHARED], baseline_profile="train")

    def score(self, instances: int) -> list[Instance]:
        """The step that instances share."""
        return self.run("ScoreCustomers", [SHARED, "DriftCheck"], instances=instances, part_rows=PART_ROWS)

    def report(self) -> dict[str, bytes]:
        """What comes after it; all that was published."""
        self.run("InferenceReporting", [SHARED, "DriftCheck", "ScoreCustomers"])
        return files_below(self.sent["InferenceReporting", "results"]) | files_below(self.history)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root where the default job has run: there are champions, and an earlier date."""
    folder: Path = tmp_path_factory.mktemp("root")
    run("synthetic_data", folder, rows=1500)
    run("__default__", folder)
    return folder


@pytest.fixture(scope="module")
def on_disk(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one run on disk writes."""
    folder, history = tmp_path_factory.mktemp("disk") / "root", tmp_path_factory.mktemp("history") / "history"
    shutil.copytree(root / "01_raw", folder / "01_raw")
    shutil.copytree(root, history)
    conf = registry_beside(root).folder / "conf"
    run("scoring", folder, conf=conf, execution_date=DATE, history=str(history), baseline_profile="train")
    return files_below(folder) | files_below(history)


@pytest.fixture(scope="module")
def cloud(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    folder = tmp_path_factory.mktemp("cloud")
    table = folder / "month" / "current_customers.parquet"
    table.parent.mkdir()
    shutil.copy(root / "01_raw" / table.name, table)
    shutil.copytree(root, folder / "history")
    made = Cloud(folder, registry_beside(root).folder / "conf", table)
    made.prepare()
    made.score(5)
    return made


@pytest.fixture(scope="module", autouse=True)
def small_batches() -> Iterator[None]:
    """Batches that end where no part ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batched_table, "BATCH_ROWS", 256)
        yield


def scores(cloud: Cloud) -> dict[str, pd.DataFrame]:
    folder = cloud.sent["ScoreCustomers", "InferenceReporting"]
    return {str(file.relative_to(folder)): pd.read_parquet(file) for file in sorted(folder.rglob("part-*.parquet"))}


def test_any_number_of_instances_makes_the_same_parts(cloud, tmp_path):
    """Five share four parts, so that one has nothing to do."""
    before = {pair: folder for pair, folder in cloud.sent.items() if pair[0] in (SHARED, "DriftCheck")}
    single = Cloud(tmp_path, cloud.conf, cloud.table, before)
    single.score(1)
    shared, alone = scores(cloud), scores(single)
    for name, part in shared.items():
        pd.testing.assert_frame_equal(part, alone[name], check_exact=True)
    assert (
        list(shared)
        == list(alone)
        == [
            f"{SCORES.format(tariff)}/part-0000{number}-of-00002.parquet"
            for tariff in ("domestic", "industrial")
            for number in range(2)
        ]
    )


def test_what_instances_shared_is_published_as_one_run_on_disk_writes_it(cloud, on_disk):
    published = cloud.report()
    compared = {name for name in published if not name.endswith("run_summary.json")}
    for name in (
        "benchmark.csv",
        "drift_report.json",
        "expected_performance.json",
        "prediction_drift.json",
        f"segments/execution_date={DATE}/tariff=Domestic/part-0.parquet",
        f"segments/execution_date={DATE}/tariff=Industrial/part-0.parquet",
    ):
        assert f"08_reporting/{name}" in compared
    assert {SCORES.format(tariff) for tariff in ("domestic", "industrial")} <= compared
    assert [name for name in sorted(compared) if published[name] != on_disk[name]] == []


def test_a_part_that_is_missing_is_missed(cloud, tmp_path):
    scored = cloud.sent["ScoreCustomers", "InferenceReporting"] / SCORES.format("domestic")
    part = scored / "part-00001-of-00002.parquet"
    aside = part.rename(tmp_path / part.name)
    (failed,) = cloud.run("InferenceReporting", [SHARED, "DriftCheck", "ScoreCustomers"], code=1)
    aside.rename(part)
    assert "domestic/scored.parquet: the parts 'part-00001-of-00002.parquet' of the table are missing" in failed.failure
    assert not failed.outputs.exists()
