"""Definitions as the command compiles them, once for all tests of a file, and the steps in them."""

from collections.abc import Iterator
from typing import Any

from segmentation_model.sagemaker.compiling import Compiled, compile_pipeline
from tests.project_run import PROJECT

ROLE = "arn:aws:iam::123456789012:role/segmentation-execution"


def compile_project(which: Any = "job", conf: str = str(PROJECT / "conf")) -> Compiled:
    return compile_pipeline(which, conf, "prod", ROLE)


def all_steps(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every step, those behind conditions included."""
    for step in steps:
        yield step
        for branch in ("IfSteps", "ElseSteps"):
            yield from all_steps(step["Arguments"].get(branch, []))


def step_named(definition: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (step for step in all_steps(definition["Steps"]) if step["Name"] == name)
    return found
