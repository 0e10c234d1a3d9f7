"""GitHub's workflows as a reader of their YAML has them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / ".github" / "workflows"


@dataclass(frozen=True)
class Job:
    """A job and the workflow that it belongs to."""

    workflow: str
    name: str
    fields: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.workflow}-{self.name}"

    @property
    def needs(self) -> set[str]:
        """Jobs that must have succeeded before."""
        needs = self.fields.get("needs", [])
        return {needs} if isinstance(needs, str) else set(needs)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Its steps; none where it calls another workflow."""
        return self.fields.get("steps", [])

    @property
    def actions(self) -> set[str]:
        """Actions it uses, without their commits."""
        return {step["uses"].split("@")[0] for step in self.steps if "uses" in step}

    @property
    def commands(self) -> str:
        """What its steps run."""
        return "\n".join(step["run"] for step in self.steps if "run" in step)

    def takes(self, role: str) -> bool:
        """Whether it takes the role that a variable of GitHub names."""
        return any(step.get("with", {}).get("role-to-assume") == f"${{{{ vars.{role} }}}}" for step in self.steps)


def workflows() -> dict[str, dict[Any, Any]]:
    """Every workflow by its file's name; what it is triggered by is under ``on``, which YAML 1.1 takes for true."""
    read = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(FOLDER.glob("*.yml"))}
    return {name: {("on" if key is True else key): value for key, value in one.items()} for name, one in read.items()}


def jobs() -> list[Job]:
    """All jobs of all workflows."""
    return [
        Job(workflow, name, fields) for workflow, one in workflows().items() for name, fields in one["jobs"].items()
    ]
