"""An instance of a job, in this process: its /opt/ml is a folder of the test's."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from segmentation_model.sagemaker import contract, places
from segmentation_model.sagemaker.container import job, share, workspace
from segmentation_model.sagemaker.container.settings import from_words
from tests.in_process import quiet_hooks


@dataclass(frozen=True)
class Instance:
    """An instance that has not run yet.

    Attributes:
        ml: What it sees as /opt/ml.
    """

    ml: Path

    @property
    def inputs(self) -> Path:
        return self._own(contract.PROCESSING_INPUT)

    @property
    def outputs(self) -> Path:
        return self._own(contract.PROCESSING_OUTPUT)

    @property
    def failure(self) -> str:
        file = self._own(contract.FAILURE_OF_PROCESSING)
        return file.read_text() if file.exists() else ""

    def process(self, *words: str) -> int:
        """Run a processing job as the command of the image does."""
        with pytest.MonkeyPatch.context() as patch:
            for module in (job, places, share, workspace):
                for name in ("ROOT", "PROCESSING_OUTPUT"):
                    if hasattr(module, name):
                        patch.setattr(module, name, self._own(getattr(contract, name)))
            patch.setenv("SEGMENTATION_ROOT", os.environ.get("SEGMENTATION_ROOT", ""))
            patch.delenv("SEGMENTATION_ROOT")
            with quiet_hooks():
                return job.run_job(lambda: from_words(words), self.inputs, self._own(contract.FAILURE_OF_PROCESSING))

    def _own(self, path: Path) -> Path:
        return self.ml / path.relative_to(contract.ML)
