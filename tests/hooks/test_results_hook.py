"""What a run says it has written."""

import logging

import pandas as pd
import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline
from kedro_datasets.json import JSONDataset
from kedro_datasets.pandas import CSVDataset

from segmentation_model.hooks.results_hook import ResultsHook
from segmentation_model.logging.node_clock import NodeClock
from tests.hooks.kedro_run import run


def tell() -> tuple[pd.DataFrame, dict[str, int]]:
    return pd.DataFrame({"customers": [1]}), {"customers": 1}


def sum_up(told: dict[str, int]) -> dict[str, int]:
    return told


PIPELINE = Pipeline(
    [
        Node(tell, None, ["table", "between"], name="tell"),
        Node(sum_up, "between", "summary", name="sum_up"),
    ]
)


@pytest.fixture
def catalog(tmp_path) -> DataCatalog:
    return DataCatalog(
        {
            "table": CSVDataset(filepath=f"{tmp_path}/table.csv", metadata={"result": "a row per customer"}),
            "between": JSONDataset(filepath=f"{tmp_path}/between.json", metadata={"kedro-viz": {"layer": "primary"}}),
            "summary": JSONDataset(filepath=f"{tmp_path}/summary.json", metadata={"result": "all in one"}),
            "elsewhere": JSONDataset(filepath=f"{tmp_path}/elsewhere.json", metadata={"result": "of another run"}),
        }
    )


def test_results_are_listed_with_words_in_the_order_of_the_nodes(catalog, tmp_path, caplog):
    hook = ResultsHook(NodeClock())
    with caplog.at_level(logging.INFO, "segmentation_model"):
        run(PIPELINE, [hook], catalog)
    (record,) = caplog.records
    assert record.getMessage().splitlines() == [
        "Written:",
        f"  {tmp_path}/table.csv     a row per customer",
        f"  {tmp_path}/summary.json  all in one",
    ]


def test_a_program_gets_the_same_addresses_and_what_identifies_the_run(catalog, tmp_path):
    hook = ResultsHook(NodeClock())
    run(PIPELINE, [hook], catalog)
    assert hook.answer["results"] == {"table": f"{tmp_path}/table.csv", "summary": f"{tmp_path}/summary.json"}
    assert hook.answer.keys() >= {"run_id", "pipeline", "environment", "execution_date", "seconds"}


def test_what_lies_in_this_folder_is_shown_from_here(catalog, tmp_path, caplog, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with caplog.at_level(logging.INFO, "segmentation_model"):
        run(PIPELINE, [ResultsHook(NodeClock())], catalog)
    assert "  summary.json  all in one" in caplog.text


def test_an_address_in_an_object_store_is_whole():
    dataset = CSVDataset(filepath="memory:///folder/table.csv", metadata={"result": "a row per customer"})
    dataset.save(pd.DataFrame({"customers": [1]}))
    hook = ResultsHook(NodeClock())
    kept = DataCatalog({"table": dataset, "between": MemoryDataset(), "summary": MemoryDataset()})
    hook.after_pipeline_run(PIPELINE, kept)
    assert hook.answer["results"] == {"table": "memory:///folder/table.csv"}


def test_what_is_not_there_is_not_listed(tmp_path, caplog):
    absent = CSVDataset(filepath=f"{tmp_path}/table.csv", metadata={"result": "a row per customer"})
    kept = DataCatalog({"table": absent, "between": MemoryDataset(), "summary": MemoryDataset()})
    hook = ResultsHook(NodeClock())
    with caplog.at_level(logging.INFO, "segmentation_model"):
        hook.after_pipeline_run(PIPELINE, kept)
    assert hook.answer["results"] == {}
    assert not caplog.records


def test_a_run_that_fails_leaves_no_answer_of_the_one_before(catalog):
    def fail() -> int:
        raise ValueError("no")

    hook = ResultsHook(NodeClock())
    run(PIPELINE, [hook], catalog)
    with pytest.raises(ValueError, match="no"):
        run(Pipeline([Node(fail, None, "said", name="fail")]), [hook])
    assert hook.answer == {}
