"""What must be said to Kedro before it is imported. Standard library only, so that it costs nothing."""

import logging
import os
from pathlib import Path

CONFIG_VARIABLE = "KEDRO_LOGGING_CONFIG"
ALLOWLIST_VARIABLE = "KEDRO_LOGGING_MODULE_ALLOWLIST"
OWN_CLASSES = "segmentation_model.logging"
STARTUP_FILE = str(Path(__file__).with_name("startup.yml"))

# Warnings of libraries about libraries, which come up in every run and which nobody who runs the job can mend.
KNOWN_WARNINGS = (
    # Kedro 1.7 calls what omegaconf 2.4 renames; omegaconf 2.3 needs a version of antlr that has no wheel.
    "register_new_resolver() is deprecated",
    # Kedro 1.7 on the diagrams of our nodes, which a run does not draw.
    "The 'preview_fn' feature is experimental",
    # MLflow about the model class that kedro-mlflow brings along.
    "Add type hints to the `predict` method",
    # SageMaker's plug-in of MLflow, wherever the tracking server is not one of SageMaker's.
    "Encountered unexpected error during resolving request headers: list index out of range",
    # tqdm, which MLflow imports, in a notebook without ipywidgets.
    "IProgress not found",
)
_WARN_OF_THEMSELVES = ("py.warnings", "mlflow.tracking.request_header.registry")


def with_own(allowed: str) -> str:
    """Add this package's logging classes to a comma-separated list of modules.

    >>> with_own("")
    'segmentation_model.logging'
    >>> with_own("acme.logs, segmentation_model.logging")
    'acme.logs,segmentation_model.logging'
    """
    modules = [module.strip() for module in allowed.split(",") if module.strip()]
    return ",".join(dict.fromkeys([*modules, OWN_CLASSES]))


def _is_news(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    return not any(known in message for known in KNOWN_WARNINGS)


def leave_out_known_warnings() -> None:
    """Keep warnings that nobody who runs the job can mend out of the log."""
    for name in _WARN_OF_THEMSELVES:
        logging.getLogger(name).addFilter(_is_news)


def capture_warnings() -> None:
    """Turn Python's warnings into log lines, but for the known ones.

    Those are left out here and not with a filter of :mod:`warnings`, because MLflow overrules such filters. This is an
    entry point of the group ``kedro.init``: the ``kedro`` command calls it first of all.
    """
    leave_out_known_warnings()
    logging.captureWarnings(True)


def quiet_start() -> None:
    """Keep Kedro from greeting on standard output before the environment's logging is known.

    Call it first thing in an entry point. Inside the project, ``conf/logging.yml`` does the same for the ``kedro``
    command, which is not ours. A ``KEDRO_LOGGING_CONFIG`` that somebody set stays.
    """
    capture_warnings()
    os.environ.setdefault(CONFIG_VARIABLE, STARTUP_FILE)
    os.environ[ALLOWLIST_VARIABLE] = with_own(os.environ.get(ALLOWLIST_VARIABLE, ""))
