"""Hook that refuses a run whose input tables are not there before anything is written."""

from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from segmentation_model.errors import InputError


class InputsHook:
    """A run that holds out no test rows itself has nothing to score without a current table."""

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Check that the tables that the run starts from exist."""
        free = pipeline.inputs()
        for name in sorted({"labelled_customers", "current_customers"} & free):
            if catalog[name]._describe()["optional"] and "held_out" not in free:
                continue  # the run holds out test rows, which stand in for it
            if not catalog.exists(name):
                address = catalog[name]._describe()["filepath"]
                raise InputError(
                    f"{name}: there is no file {address}; set {name.split('_', maxsplit=1)[0]}_path, or make "
                    "synthetic data with: kedro run --pipelines synthetic_data"
                )
