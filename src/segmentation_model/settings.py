"""Settings of the Kedro project."""

from omegaconf.resolvers import oc

from segmentation_model.config_loader import ConfigLoader
from segmentation_model.hooks.errors_hook import ErrorsHook
from segmentation_model.hooks.inputs_hook import InputsHook
from segmentation_model.hooks.logging_hook import LoggingHook
from segmentation_model.hooks.parameters_hook import ParametersHook
from segmentation_model.hooks.results_hook import ResultsHook
from segmentation_model.hooks.run_record import RunRecordHook
from segmentation_model.hooks.tracking_hook import TrackingHook
from segmentation_model.logging.node_clock import NodeClock

_CLOCK = NodeClock()
RESULTS = ResultsHook(_CLOCK)

HOOKS = (
    ParametersHook(),
    LoggingHook(_CLOCK),
    InputsHook(),
    RunRecordHook(_CLOCK),
    TrackingHook(),
    RESULTS,
    ErrorsHook(),
)
# TrackingHook runs kedro-mlflow's hook, when there is something to track; Kedro-Viz's has nothing to do in a run.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro_mlflow", "kedro-viz")


def _first_set(*values: object) -> object:
    """The first value that is given: neither null nor empty."""
    return next((value for value in values if value not in (None, "")), None)


def _is_unset(value: object) -> bool:
    """Whether a value is not given."""
    return value in (None, "")


CONFIG_LOADER_CLASS = ConfigLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "base",
    # Alternatives are chosen by name, so environments may merge into a group instead of replacing it.
    "merge_strategy": {"parameters": "soft", "globals": "soft", "mlflow": "soft"},
    "config_patterns": {
        "mlflow": ["mlflow*", "mlflow*/**", "**/mlflow*"],
        "sagemaker": ["sagemaker*", "sagemaker*/**", "**/sagemaker*"],
    },
    "custom_resolvers": {"first_set": _first_set, "is_unset": _is_unset, "oc.env": oc.env},
}
