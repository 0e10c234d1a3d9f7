"""Each batch keeps the contract of its table, or is never written."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kedro.io import DataCatalog, DatasetError

from segmentation_model.table_batches import TableBatches

SCORED = pd.DataFrame(
    {"customer_id": pd.array(["A", "B"], dtype="str"), "margin": [0.5, np.nan], "probability": [0.25, np.nan]}
)


def catalog(path: Path) -> DataCatalog:
    return DataCatalog.from_config(
        {
            "scored": {
                "type": "segmentation_model.datasets.batched_table.BatchedTableDataset",
                "filepath": str(path),
                "validator": {"class": "segmentation_model.schemas.batches.check_scored", "on": ["save"]},
            }
        }
    )


def test_a_table_that_keeps_its_contract_is_written(tmp_path: Path):
    catalog(tmp_path / "scored.parquet").save("scored", TableBatches.of(SCORED, 1))
    pd.testing.assert_frame_equal(catalog(tmp_path / "scored.parquet").load("scored").read(), SCORED)


@pytest.mark.parametrize(
    ("broken", "column"),
    [
        ({"probability": [0.25, 1.5]}, "probability"),
        ({"customer_id": pd.array(["A", None], dtype="str")}, "customer_id"),
    ],
)
def test_a_batch_that_breaks_it_leaves_nothing(tmp_path: Path, broken: dict[str, object], column: str):
    with pytest.raises(DatasetError, match=column):
        catalog(tmp_path / "scored.parquet").save("scored", TableBatches.of(SCORED.assign(**broken), 1))
    assert list(tmp_path.iterdir()) == []
