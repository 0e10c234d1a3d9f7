"""What an instance does with the parts that it got."""

from pathlib import Path

import pandas as pd
import pytest

from segmentation_model.datasets.batched_table import BatchedTableDataset
from segmentation_model.datasets.table_parts import part_name
from segmentation_model.errors import InputError
from segmentation_model.pipeline_registry import register_pipelines
from segmentation_model.sagemaker.container.share import Share
from segmentation_model.sagemaker.steps import SCORING_CUTS, Step, cut_into_steps
from segmentation_model.table_batches import TableBatches

FILES = {"current_domestic": "d.parquet", "current_industrial": "i.parquet"}
SCORES = {"scored_domestic": "scored/d.parquet", "scored_industrial": "scored/i.parquet"}
PART_ROWS = 10


def score_customers() -> Step:
    steps = {step.name: step for step in cut_into_steps(register_pipelines()["scoring"], SCORING_CUTS)}
    return steps["ScoreCustomers"]


def save(place: Path, rows: int) -> Path:
    table = pd.DataFrame({"n": range(rows)})
    BatchedTableDataset(filepath=str(place), part_rows=PART_ROWS).save(TableBatches.of(table))
    return place


@pytest.fixture
def channel(tmp_path: Path) -> Path:
    """A channel by which parts 1 and 3 of the 4 of the domestic customers came, and nothing of the industrial ones."""
    parts = save(tmp_path / "channel" / "d.parquet", 35)
    for number in (0, 2):
        (parts / part_name(number, 4)).unlink()
    return tmp_path / "channel"


def test_is_a_table_of_its_own_while_the_step_runs(channel: Path, tmp_path: Path):
    Share.of(score_customers(), FILES, channel).lay(FILES, tmp_path / "root")
    table = BatchedTableDataset(filepath=str(tmp_path / "root" / "d.parquet")).load()
    assert table is not None
    assert table.read()["n"].tolist() == [*range(10, 20), *range(30, 35)]


def test_has_the_nodes_of_those_tables_of_which_anything_came(channel: Path):
    nodes = Share.of(score_customers(), FILES, channel).step.nodes.nodes
    assert [node.name for node in nodes] == ["modeling.domestic.score_current"]


def test_of_nothing_has_no_nodes(tmp_path: Path):
    share = Share.of(score_customers(), FILES, tmp_path / "no-channel-at-all")
    assert share.step.nodes.nodes == []
    share.lay(FILES, tmp_path / "root")
    share.name_outputs(SCORES, tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_gives_what_was_made_the_names_that_the_parts_have_in_the_whole(channel: Path, tmp_path: Path):
    scores = save(tmp_path / "root" / "scored" / "d.parquet", 15)
    Share.of(score_customers(), FILES, channel).name_outputs(SCORES, tmp_path / "root")
    assert sorted(path.name for path in scores.iterdir()) == [part_name(1, 4), part_name(3, 4)]


@pytest.mark.parametrize("rows", [14, 16, 25])
def test_refuses_what_has_not_the_rows_of_the_parts(channel: Path, tmp_path: Path, rows: int):
    save(tmp_path / "root" / "scored" / "d.parquet", rows)
    with pytest.raises(InputError, match=r"scored_domestic: parts of \[10, 5\] rows were to be made, but there are"):
        Share.of(score_customers(), FILES, channel).name_outputs(SCORES, tmp_path / "root")
