"""Hook that refuses a run whose input tables are not there before anything is written."""

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline

from segmentation_model.errors import InputError


class InputsHook:
    """A run needs its tables; the current one only if it is named, or if no test rows are held out to stand in."""

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Check that the tables that the run starts from exist."""
        free = pipeline.inputs()
        for name in sorted({"labelled_customers", "current_customers"} & free):
            described = catalog[name]._describe()
            replaceable = described["optional"] and "held_out" not in free
            if not replaceable and not catalog.exists(name):
                parameter = f"{name.removesuffix('_customers')}_path"
                raise InputError(
                    f"{name}: there is no file {described['filepath']}; set {parameter}, or make synthetic data with: "
                    "kedro run --pipelines synthetic_data"
                )
