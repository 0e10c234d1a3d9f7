"""Finding and applying the environment's ``logging.yml``.

Kedro 1.7 reads one logging file when it is imported, before it knows the environment or the configuration source
(a folder, an archive, an S3 address). The functions here close that gap: silence until the environment is known
(:func:`quiet_start`), then its own file (:func:`environment_logging`, :func:`apply_logging`).
"""

import os
from typing import Any

from kedro.config import MissingConfigException, OmegaConfigLoader
from kedro.framework.project import LOGGING, configure_logging

from segmentation_model.errors import ConfigurationError
from segmentation_model.logging.startup import CONFIG_VARIABLE, OWN_CLASSES, STARTUP_FILE, capture_warnings

LOGGING_PATTERNS = ["logging*", "logging*/**"]


def user_chose_logging() -> bool:
    """Whether somebody pointed ``KEDRO_LOGGING_CONFIG`` at a file of theirs, which then stays in force."""
    return os.environ.get(CONFIG_VARIABLE, STARTUP_FILE) not in ("", STARTUP_FILE)


def environment_logging(loader: OmegaConfigLoader) -> dict[str, Any]:
    """Read ``logging.yml`` of the environment on top of base's, from wherever the configuration lies.

    Args:
        loader: Kedro's configuration loader, already bound to a source and an environment.

    Returns:
        A configuration for :func:`logging.config.dictConfig`; empty where the source holds none.
    """
    loader.config_patterns.setdefault("logging", LOGGING_PATTERNS)
    try:
        return dict(loader["logging"])
    except MissingConfigException:
        return {}


def apply_logging(config: dict[str, Any]) -> None:
    """Put a logging configuration in force.

    Kedro's own check of the classes stays on: besides ``logging`` and ``kedro.logging``, only this package's logging
    classes may be named, whatever the source of the file. Warnings become log lines, and MLflow, which otherwise
    installs handlers of its own when it is imported, leaves its lines to ours.

    Args:
        config: What ``logging.yml`` says.

    Raises:
        ConfigurationError: The file names a class that is not allowed, or does not make a configuration.
    """
    os.environ.setdefault("MLFLOW_CONFIGURE_LOGGING", "false")
    # Kedro read KEDRO_LOGGING_MODULE_ALLOWLIST when it was imported, which for the `kedro` command is before us.
    if OWN_CLASSES not in LOGGING._logging_module_allowlist:
        LOGGING._logging_module_allowlist = (*LOGGING._logging_module_allowlist, OWN_CLASSES)
    try:
        configure_logging(config)
    except (ValueError, TypeError, AttributeError) as error:
        reason = f"{error}: {error.__cause__}" if error.__cause__ else str(error)
        raise ConfigurationError(f"logging.yml cannot be applied: {reason}") from error
    capture_warnings()
