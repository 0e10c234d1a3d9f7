"""Results of earlier executions that need not be computed again.

A hit needs what SageMaker compares (the step's name and pipeline, its specification, environment and inputs as
addresses) and, more strictly, that the input objects, the code, and the outputs written then are the same as now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from segmentation_model.sagemaker.local.job import Result
from segmentation_model.sagemaker.local.object_store import ObjectStore, StoredObject

# What SageMaker compares, and what of it this runner knows.
_ATTRIBUTES = {
    "Processing": ("AppSpecification", "Environment", "ProcessingInputs"),
    "Training": ("AlgorithmSpecification", "CheckpointConfig", "Environment", "HyperParameters", "InputDataConfig"),
}


def cache_key(
    pipeline: str,
    step: str,
    step_type: str,
    request: dict[str, Any],
    inputs: Iterable[StoredObject],
    code: str,
) -> str:
    """What an earlier result must share with a step to be used for it."""
    compared = {
        "pipeline": pipeline,
        "step": step,
        "type": step_type,
        "request": {name: request.get(name) for name in _ATTRIBUTES[step_type]},
        "inputs": sorted(inputs),
        "code": code,
    }
    return hashlib.sha256(json.dumps(compared, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Hit:
    """An earlier result that can be used.

    Attributes:
        execution: Of which execution it is.
        result: What the step left then.
    """

    execution: str
    result: Result


class Cache:
    """A folder with one file a result."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made when the first result is recorded."""
        self._folder = folder

    def find(self, key: str, expire_after: timedelta, store: ObjectStore) -> Hit | None:
        """The result of this key, if it is young enough and all that it wrote is still there, unchanged."""
        file = self._folder / f"{key}.json"
        if not file.is_file():
            return None
        record = json.loads(file.read_text(encoding="utf-8"))
        if datetime.now(UTC) - datetime.fromisoformat(record["finished"]) > expire_after:
            return None
        objects = [StoredObject(*one) for one in record["objects"]]
        if not store.unchanged(objects):
            return None
        return Hit(record["execution"], Result(record["properties"], record["outputs"], objects))

    def record(self, key: str, execution: str, result: Result) -> None:
        """Keep a result: the file appears whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        content = {"execution": execution, "finished": datetime.now(UTC).isoformat(), **asdict(result)}
        new = self._folder / f"{key}.{execution}.writing"
        new.write_text(json.dumps(content, indent=2), encoding="utf-8")
        new.replace(self._folder / f"{key}.json")
