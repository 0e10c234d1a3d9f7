"""Kedro's configuration loader, with errors that say what is to be mended."""

from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from segmentation_model.errors import ConfigurationError, shorten


class ConfigLoader(OmegaConfigLoader):
    """A value that cannot be resolved, such as an environment variable that is not set, ends a run with one line."""

    def __init__(self, conf_source: str, env: str | None = None, **arguments: Any) -> None:
        """Check that a configuration folder on disk knows the environment.

        Raises:
            ConfigurationError: It does not.
        """
        folder = Path(conf_source)
        if env and folder.is_dir() and not (folder / env).is_dir():
            known = sorted(path.name for path in folder.iterdir() if path.is_dir())
            raise ConfigurationError(
                f"environment {env!r}: there is no such folder in conf; there are {shorten(known)}"
            )
        super().__init__(conf_source, env, **arguments)

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Read one kind of configuration (``globals``, ``parameters``, ``catalog``, …) of the environment.

        Raises:
            ConfigurationError: A file is not YAML, or a value in it cannot be resolved.
        """
        try:
            found: dict[str, Any] = super().__getitem__(key)
        except (OmegaConfBaseException, YAMLError) as error:
            environment = self.env or self.default_run_env
            reason = " ".join(str(error).split("\n    full_key:")[0].split())
            raise ConfigurationError(f"configuration of {environment!r}, {key}: {reason}") from error
        return found
