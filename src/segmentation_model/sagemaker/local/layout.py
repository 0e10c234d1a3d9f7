"""The tree below /opt/ml of one instance of a job, as its container finds it.

The runner writes the service's paths out by itself and shares none with ``sagemaker.contract``: a mistake there shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTAINER_ROOT = Path("/opt/ml")
_LONGEST_TEXT = 1024


@dataclass(frozen=True)
class Tree:
    """One instance's tree.

    Attributes:
        root: What the container sees as /opt/ml.
        host: The instance's name: algo-1, algo-2, …
    """

    root: Path
    host: str

    def at(self, container_path: str) -> Path:
        """Where a path of the container lies on this machine."""
        return self.root / Path(container_path).relative_to(CONTAINER_ROOT)

    def folder(self, container_path: str) -> Path:
        """The same, made if needed."""
        path = self.at(container_path)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def write_json(self, container_path: str, content: Any) -> None:
        """Write a configuration file."""
        self.folder(str(Path(container_path).parent))
        self.at(container_path).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    def text(self, container_path: str) -> str:
        """The first 1024 characters of what the container has left in a file; empty if nothing."""
        path = self.at(container_path)
        return path.read_text(encoding="utf-8", errors="replace").strip()[:_LONGEST_TEXT] if path.is_file() else ""


def make_trees(folder: Path, instances: int) -> list[Tree]:
    """An empty tree for each instance of a job."""
    trees = [Tree(folder / "opt_ml" / f"algo-{number}", f"algo-{number}") for number in range(1, instances + 1)]
    for tree in trees:
        tree.folder("/opt/ml/output")
    return trees


def resource_config(tree: Tree, hosts: Iterable[str], cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Who runs the job: what resourceconfig.json says."""
    kind, hosts = cluster.get("InstanceType", "local"), list(hosts)
    group = {"instance_group_name": "homogeneousCluster", "instance_type": kind, "hosts": hosts}
    return {
        "current_host": tree.host,
        "current_instance_type": kind,
        "current_group_name": group["instance_group_name"],
        "hosts": hosts,
        "instance_groups": [group],
        "network_interface_name": "lo",
    }
