"""Hook that refuses a configuration with an unknown key or a wrong value before anything runs."""

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl

from segmentation_model.parameters import check_parameters


class ParametersHook:
    """Checks the whole tree of parameters, ``--params`` included."""

    @hook_impl(tryfirst=True)
    def after_context_created(self, context: KedroContext) -> None:
        """Check the parameters of the environment."""
        check_parameters(context.config_loader["parameters"])
