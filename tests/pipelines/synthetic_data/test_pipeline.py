"""The graph, its parameters, and the committed samples."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from segmentation_model.pipelines.synthetic_data import create_pipeline
from segmentation_model.pipelines.synthetic_data.layout import RAW_SCHEMA
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams
from tests.fixtures.make_samples import sample_tables

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests" / "fixtures"


def test_the_pipeline_makes_the_two_raw_tables_from_parameters_alone() -> None:
    pipeline = create_pipeline()
    assert pipeline.inputs() == {"params:synthetic_data"}
    assert pipeline.outputs() == {"labelled_customers", "current_customers"}
    assert {node.namespace for node in pipeline.nodes} == {"synthetic_data"}


def test_the_parameters_of_the_project_are_valid_and_drift_mildly() -> None:
    text = (ROOT / "conf" / "base" / "parameters" / "synthetic_data.yml").read_text(encoding="utf-8")
    text = text.replace("${runtime_params:rows,${globals:rows}}", "20000")
    text = text.replace("${runtime_params:seed,${globals:seed}}", "42")
    params = SyntheticDataParams.model_validate(yaml.safe_load(text)["synthetic_data"])
    assert 1 <= len(params.drift) <= 6
    assert params.unusable_share < 0.01
    assert set(yaml.safe_load(text)["synthetic_data"]) == set(SyntheticDataParams.model_fields)


@pytest.fixture(scope="module")
def remade() -> dict[str, pa.Table]:
    return sample_tables()


@pytest.mark.parametrize("name", ["labelled_customers.parquet", "current_customers.parquet"])
def test_the_committed_samples_are_what_the_generator_makes(remade: dict[str, pa.Table], name: str) -> None:
    committed = pq.read_table(FIXTURES / name)
    assert (FIXTURES / name).stat().st_size < 1_000_000
    assert committed.schema == RAW_SCHEMA
    assert committed.num_rows == remade[name].num_rows
    for column in ("Id_Cliente", "Fecha_Factura", "Fecha_Alta", "Tarifa", "Municipio", "Estrato", "Cat_And"):
        assert committed[column].equals(remade[name][column]), column
    # Another processor may round a cent or a day differently: nearly all numbers are the same, not one by one.
    same = [
        np.mean([a == b for a, b in zip(committed[column].to_pylist(), remade[name][column].to_pylist(), strict=True)])
        for column in RAW_SCHEMA.names
    ]
    assert np.mean(same) > 0.999
