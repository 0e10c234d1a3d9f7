"""The diagrams of nodes: drawn from the rules' own settings, in the order in which the code asks."""

import re
from collections.abc import Callable
from typing import get_args

import pytest
from kedro.pipeline.preview_contract import MermaidPreview
from pydantic import BaseModel, Field

from segmentation_model.diagram import flowchart, setting
from segmentation_model.drift.judgement.gate import EXIT_CODES, GateStatus
from segmentation_model.model.artifact_files import FILES
from segmentation_model.pipeline_registry import register_pipelines
from segmentation_model.pipelines.clustering.diagram import segment_rules
from segmentation_model.pipelines.drift.diagram import gate
from segmentation_model.pipelines.modeling.diagrams import freezing, promotion
from segmentation_model.pipelines.modeling.params import PromotionSettings
from segmentation_model.segments import SegmentRules

DIAGRAMS = {
    "clustering.assign_segments": segment_rules,
    "drift.apply_gate": gate,
    **{f"modeling.{tariff}.freeze.package_model": freezing for tariff in ("domestic", "industrial")},
    **{f"modeling.{tariff}.promote.judge_challenger": promotion for tariff in ("domestic", "industrial")},
}


def content_of(draw: Callable[[], MermaidPreview]) -> str:
    return draw().content.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NON-BREAKING HYPHEN}", "-")


def test_these_nodes_have_a_diagram_and_no_others():
    shown = {node.name: node.preview() for node in register_pipelines()["__default__"].nodes}
    assert {name: preview for name, preview in shown.items() if preview} == {
        name: draw() for name, draw in DIAGRAMS.items()
    }


@pytest.mark.parametrize("draw", dict.fromkeys(DIAGRAMS.values()))
def test_every_step_names_boxes_that_are_described(draw):
    preview = draw()
    assert isinstance(preview, MermaidPreview)
    first, *steps = preview.content.splitlines()
    assert first == "flowchart TB"
    text = re.sub(r'"[^"]*"|\|[^|]*\|', "", "\n".join(steps))
    described = set(re.findall(r"(\w+)[\[({]", text))
    assert set(re.findall(r"\w+", text)) == described


def test_the_segment_rules_are_asked_in_the_order_of_the_code():
    content = content_of(segment_rules)
    asked = ["overdue bill or balance", "new_customer_months", "has the tariff a model", "category"]
    assert sorted(asked, key=content.index) == asked


def test_every_setting_of_the_segments_but_a_word_is_in_their_diagram():
    absent = {name for name in SegmentRules.model_fields if f"<b>{name}</b>" not in content_of(segment_rules)}
    assert absent == {"overdue_label"}


def test_every_setting_that_decides_a_promotion_is_in_its_diagram():
    absent = {name for name in PromotionSettings.model_fields if f"<b>{name}</b>" not in content_of(promotion)}
    assert absent == {"bootstrap_draws"}


def test_the_gate_has_every_status_of_a_run_with_its_exit_code():
    """An error ends a run before the gate."""
    content = content_of(gate)
    for status in set(get_args(GateStatus)) - {"error"}:
        assert f"<b>{status}</b><br/>exit code {EXIT_CODES[status]}" in content


def test_every_file_of_an_artifact_is_in_the_diagram_of_what_is_frozen():
    assert [name for name in FILES if name not in content_of(freezing)] == []


def test_a_setting_says_what_it_means_without_breaking_the_diagram():
    class Rules(BaseModel):
        level: int = Field(1, description='From "low" <on>.')

    assert setting(Rules, "level") == "<b>level</b><br/>From &quot;low&quot; &lt;on&gt;."
    with pytest.raises(KeyError, match="bound"):
        setting(Rules, "bound")


def test_a_short_line_stays_one_and_a_long_one_may_break():
    long = "a line that is so long that it has to be broken somewhere"
    chart = flowchart([f'a["so-called<br/>{long}"] -->|not yet| b'])
    assert chart.content.splitlines()[1] == f'    a["so\N{NON-BREAKING HYPHEN}called<br/>{long}"] -->|not\xa0yet| b'
