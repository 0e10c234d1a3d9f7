"""Where the registry of a command is, and what the registered models are called there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from segmentation_model.errors import ConfigurationError
from segmentation_model.registry.registered_model import RegisteredModel

_TARIFFS = ("domestic", "industrial")
_NAME = "segmentation_model"
_PROJECT = "conf"


class Registry(NamedTuple):
    """A registry's address, and what the names of its models begin with."""

    uri: str
    name: str


def find_registry(*, tracking_uri: str | None, conf_source: str | None, env: str | None, name: str | None) -> Registry:
    """Find the registry.

    Args:
        tracking_uri: Its address, as typed.
        conf_source: A configuration, as typed.
        env: Environment of the configuration.
        name: What the registered models are called, as typed.

    Returns:
        As typed; else as the configuration says, ``conf`` of this folder where none is typed; else as
        ``MLFLOW_TRACKING_URI`` says, under the default name.

    Raises:
        ConfigurationError: Nothing says where it is, or the configuration cannot be read.
    """
    if conf_source or env or Path(_PROJECT).is_dir():
        uri, configured = _read_configuration(conf_source or _PROJECT, env)
        return Registry(tracking_uri or uri, name or configured)
    uri = tracking_uri or os.environ.get("MLFLOW_TRACKING_URI", "")
    if not uri:
        raise ConfigurationError(
            "the model registry: nothing says where it is; use --tracking-uri or --conf-source, set "
            "MLFLOW_TRACKING_URI, or call the command in the project's folder"
        )
    return Registry(uri, name or _NAME)


def registered_models(registry: Registry, tariff: str | None) -> list[RegisteredModel]:
    """The registered models of one tariff, or of all."""
    # Whoever waits at a terminal is told soon that a server does not answer.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    tariffs = _TARIFFS if tariff is None else (tariff,)
    return [RegisteredModel(registry.uri, f"{registry.name}_{each}") for each in tariffs]


def _read_configuration(conf_source: str, env: str | None) -> tuple[str, str]:
    from kedro.config import MissingConfigException

    from segmentation_model.settings import CONFIG_LOADER_ARGS, CONFIG_LOADER_CLASS

    try:
        found = CONFIG_LOADER_CLASS(conf_source, env, **CONFIG_LOADER_ARGS)["globals"]
        return str(found["mlflow_tracking_uri"]), str(found["registered_model"])
    except (MissingConfigException, KeyError, OSError, ValueError) as error:
        raise ConfigurationError(
            f"--conf-source: {conf_source!r} has no globals with mlflow_tracking_uri and registered_model"
        ) from error
