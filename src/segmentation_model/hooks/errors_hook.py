"""Hook that ends a failed run with the message that is the user's to mend, where there is one."""

from kedro.framework.hooks import hook_impl

from segmentation_model.errors import own_error


class ErrorsHook:
    """Kedro's catalog wraps what a dataset raises; the command line prints one clean line only for our own errors."""

    @hook_impl(trylast=True)
    def on_pipeline_error(self, error: Exception) -> None:
        """Raise our own error in place of the one that wraps it, after the other hooks have closed the run."""
        if (ours := own_error(error)) is not None:
            raise ours
