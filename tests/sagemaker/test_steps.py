"""How the cloud pipeline is cut from the Kedro pipelines."""

from graphlib import TopologicalSorter

import pytest
from kedro.pipeline import Node, Pipeline

from segmentation_model.errors import ConfigurationError
from segmentation_model.pipeline_registry import register_pipelines
from segmentation_model.sagemaker.channels import plan_traffic
from segmentation_model.sagemaker.steps import Cut, Step, cut_into_steps, cuts_of, last_step

FIVE = ["PreprocessSplit", "DriftCheck", "TrainDomestic", "TrainIndustrial", "InferenceReporting"]


def node(name: str, inputs: list[str], output: str, **options) -> Node:
    return Node(lambda *values: values, inputs, output, name=name, **options)


def steps_of(name: str) -> tuple[Step, ...]:
    return cut_into_steps(register_pipelines()[name], cuts_of(name))


def test_the_job_is_cut_into_five_steps():
    assert [step.name for step in steps_of("__default__")] == FIVE
    assert [step.kind for step in steps_of("__default__")] == [
        "processing", "processing", "training", "training", "processing",
    ]  # fmt: skip


def test_the_month_alone_is_scored_by_a_step_of_its_own():
    steps = {step.name: step for step in steps_of("scoring")}
    assert list(steps) == ["PreprocessSplit", "DriftCheck", "ScoreCustomers", "InferenceReporting"]
    assert [node.name for node in steps["ScoreCustomers"].nodes.nodes] == [
        "modeling.domestic.score_current",
        "modeling.industrial.score_current",
    ]
    assert [step.name for step in steps.values() if step.shards] == ["ScoreCustomers"]


@pytest.mark.parametrize("name", ["__default__", "training", "scoring"])
def test_every_node_is_in_exactly_one_step(name):
    pipeline = register_pipelines()[name]
    cuts = [cut for cut in cuts_of(name) if any(cut.takes(node) for node in pipeline.nodes)]
    # `training` publishes nothing, so that it has no last step; its nodes are cut all the same.
    taken = [node.name for step in cut_into_steps(pipeline, tuple(cuts)) for node in step.nodes.nodes]
    assert sorted(taken) == sorted(node.name for node in pipeline.nodes)


@pytest.mark.parametrize("name", ["__default__", "scoring"])
def test_the_steps_make_no_cycle_and_come_after_what_they_take(name):
    steps = steps_of(name)
    order = [step.name for step in steps]
    TopologicalSorter({step.name: step.takes.keys() for step in steps}).prepare()
    for step in steps:
        assert all(order.index(source) < order.index(step.name) for source in step.takes)


def test_the_two_trainings_do_not_wait_for_each_other():
    domestic, industrial = (step for step in steps_of("__default__") if step.kind == "training")
    assert domestic.name not in industrial.takes
    assert industrial.name not in domestic.takes


def test_nothing_is_scored_or_kept_before_the_gate():
    """A month that the gate stops leaves no profile, no score and no model."""
    before = [step for step in steps_of("__default__") if step.name in ("PreprocessSplit", "DriftCheck")]
    outputs = {output for step in before for output in step.nodes.all_outputs()}
    assert not {name for name in outputs if name.startswith(("model_", "scored_", "current_profile_", "registered_"))}


def test_the_first_cut_that_takes_a_node_has_it():
    pipeline = Pipeline([node("a", ["x"], "y", namespace="drift", tags="training")])
    (step,) = cut_into_steps(pipeline, (Cut("One", "processing", ("drift",)), Cut("Two", "processing", ("drift",))))
    assert step.name == "One"


def test_a_namespace_takes_what_lies_below_it_but_not_what_only_begins_alike():
    cut = Cut("Train", "training", ("modeling.domestic",))
    assert cut.takes(node("a", ["x"], "y", namespace="modeling.domestic.deep"))
    assert not cut.takes(node("a", ["x"], "y", namespace="modeling.domestically"))
    assert not cut.takes(node("a", ["x"], "y"))


def test_a_node_that_no_step_takes_is_refused_by_name():
    with pytest.raises(ConfigurationError, match=r"node 'elsewhere\.lost': no step takes it; the steps are 'Preproc"):
        cut_into_steps(Pipeline([node("lost", ["x"], "y", namespace="elsewhere")]))


def test_steps_that_wait_for_each_other_are_refused():
    pipeline = Pipeline(
        [
            node("first", ["x"], "a", namespace="drift"),
            node("second", ["a"], "b", namespace="reporting"),
            node("third", ["b"], "c", namespace="clustering"),
        ]
    )
    cuts = (Cut("One", "processing", ("drift", "clustering")), Cut("Two", "processing", ("reporting",)))
    with pytest.raises(ConfigurationError, match=r"the steps '(One|Two)'.* wait for each other"):
        cut_into_steps(pipeline, cuts)


@pytest.mark.parametrize("inputs", [["other"], ["a", "b"]])
def test_a_node_of_a_shared_step_that_does_not_read_one_shared_table_is_refused(inputs):
    """Every instance would do the same, or could not say which part of the result is whose."""
    pipeline = Pipeline([node("first", ["a"], "x", namespace="drift"), node("odd", inputs, "y", namespace="drift")])
    cut = Cut("Score", "processing", ("drift",), shards=("a", "b"))
    with pytest.raises(ConfigurationError, match=r"node 'drift\.odd': the instances of Score share tables, so it must"):
        cut_into_steps(pipeline, (cut,))


def test_what_instances_share_comes_by_a_channel_that_brings_nothing_else():
    pipeline = Pipeline(
        [
            node("split", ["x"], "table", namespace="drift"),
            node("fit", ["x"], "model", namespace="drift"),
            node("score", ["table", "model"], "scores", namespace="modeling"),
        ]
    )
    cuts = (Cut("Split", "processing", ("drift",)), Cut("Score", "processing", ("modeling",), shards=("table",)))
    with pytest.raises(
        ConfigurationError, match="model: Score needs it whole, but what it takes of Split is shared by"
    ):
        plan_traffic(cut_into_steps(pipeline, cuts), lambda name: f"{name}.parquet")


def test_results_have_one_publisher():
    assert last_step(steps_of("__default__")).name == "InferenceReporting"
    pipeline = Pipeline([node("a", ["x"], "y", namespace="drift"), node("b", ["x"], "z", namespace="reporting")])
    steps = cut_into_steps(pipeline, (Cut("One", "processing", ("drift",)), Cut("Two", "processing", ("reporting",))))
    with pytest.raises(ConfigurationError, match="one step must come last and publish the results; 'One', 'Two' do"):
        last_step(steps)
