"""What keeps every date, and the models to score with, may lie elsewhere than the layers of the run."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.in_process import run
from tests.object_store import BUCKET, empty_bucket
from tests.project_run import files_below

pytestmark = pytest.mark.slow

GROWING = (
    "07_model_output/customer_segments/",
    "07_model_output/profiles/",
    "07_model_output/segment_totals/",
    "08_reporting/benchmark/",
    "08_reporting/rejected/",
    "08_reporting/segments/",
)
NEXT = "2026-08-01"


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A root where the default job has run: what grows lies in it, as it does by default."""
    folder: Path = tmp_path_factory.mktemp("root")
    run("synthetic_data", folder, rows=600)
    run("__default__", folder)
    return folder


@pytest.fixture
def copy(root, tmp_path) -> Path:
    return Path(shutil.copytree(root, tmp_path / "root"))


@pytest.fixture
def together(root, tmp_path) -> Path:
    """The root after a second date, history and layers in one place."""
    folder = Path(shutil.copytree(root, tmp_path / "together"))
    score(folder)
    return folder


@pytest.fixture
def bucket(monkeypatch) -> Iterator[Any]:
    with empty_bucket(monkeypatch) as made:
        yield made


def score(folder: Path, **params: str) -> None:
    run("scoring", folder, model_source="run", execution_date=NEXT, **params)


def growing(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in files_below(folder).items() if name.startswith(GROWING)}


def set_apart(folder: Path) -> dict[str, bytes]:
    """Take what grows out of a root."""
    found = growing(folder)
    for name in GROWING:
        shutil.rmtree(folder / name)
    return found


def assert_compared_with_the_first_date(folder: Path) -> None:
    table = pd.read_csv(folder / "08_reporting" / "benchmark.csv")
    assert set(table["execution_date"]) == {NEXT}
    assert (table["customers_change"] == 0).all()


def test_by_default_what_grows_lies_under_root(root):
    assert {name for name in GROWING if any(file.startswith(name) for file in growing(root))} == set(GROWING)


def test_on_disk_the_history_holds_the_partitions_and_root_none_of_them(copy, together, tmp_path):
    history = tmp_path / "history"
    for name, content in set_apart(copy).items():
        history.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        history.joinpath(name).write_bytes(content)
    score(copy, history=str(history))
    assert growing(copy) == {}
    assert files_below(history) == growing(together)
    assert_compared_with_the_first_date(copy)


def test_scoring_finds_its_models_where_it_is_told(copy, together, tmp_path):
    (copy / "06_models").rename(tmp_path / "models")
    score(copy, models_path=str(tmp_path / "models"))
    assert growing(copy) == growing(together)


def test_in_an_object_store_the_history_holds_the_same_while_root_stays_on_disk(copy, together, bucket):
    for name, content in set_apart(copy).items():
        bucket.put_object(Key=f"history/{name}", Body=content)
    score(copy, history=f"s3://{BUCKET}/history")
    assert growing(copy) == {}
    stored = {one.key: one.get()["Body"].read() for one in bucket.objects.all()}
    # Where nothing can be renamed, the files of a partition are named for their content.
    named = {re.sub(r"part-[0-9a-f]{16}\.parquet$", "part-0.parquet", key): stored[key] for key in stored}
    assert named == {f"history/{name}": content for name, content in growing(together).items()}
    assert len(named) == len(stored)
    assert_compared_with_the_first_date(copy)
