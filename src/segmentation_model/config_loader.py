"""Kedro's configuration loader, with errors that say what is to be mended."""

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kedro.config import OmegaConfigLoader
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from segmentation_model.drift_check.reading_errors import explained, shown_address
from segmentation_model.errors import ConfigurationError, InputError, shorten

_NEEDED = "a folder with base/ in it is needed, or an archive of one: a path, or an address such as s3://bucket/conf"
#: Addresses that others begin with: with a slash at their end, a key in an object store would have two.
_BEGINNINGS = ("root", "history")
_NO_ARCHIVE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError)


class ConfigLoader(OmegaConfigLoader):
    """A source that cannot be read, or a value that cannot be resolved, ends a run with one line.

    The source is a folder, an archive with one folder in it, or either of them at an address: Kedro reads all of them
    through fsspec, but takes a folder at an address that it cannot list for one without configuration.
    """

    def __init__(self, conf_source: str, env: str | None = None, **arguments: Any) -> None:
        """Open the source, and check that it knows the environment.

        Raises:
            ConfigurationError: It cannot be read, or has no such environment.
        """
        given = arguments.pop("runtime_params", None)
        with _explained(str(conf_source)):
            super().__init__(conf_source, env, runtime_params=_without_slashes(given or {}), **arguments)
            self._require_environment(env or self.default_run_env)

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
        return _without_slashes(found) if key == "globals" else found

    def _get_conf_env_path(self, env: str) -> str:
        try:
            return str(super()._get_conf_env_path(env))
        except IndexError as error:  # Kedro takes the last of what is in an archive
            raise ConfigurationError(
                f"--conf-source: {shown_address(str(self.conf_source))}: empty; {_NEEDED}"
            ) from error

    def _require_environment(self, env: str) -> None:
        folder = self._get_conf_env_path(env).replace("\\", "/")
        if self._fs.isdir(folder):
            return
        beside = self._fs.ls(folder.rpartition("/")[0], detail=False)
        known = sorted(path.rstrip("/").rpartition("/")[2] for path in beside if self._fs.isdir(path))
        there = f"there are {shorten(known)}" if known else "there is no folder at all"
        raise ConfigurationError(f"environment {env!r}: there is no such folder in conf; {there}")


def _without_slashes(values: dict[str, Any]) -> dict[str, Any]:
    ended = {name: value for name in _BEGINNINGS if isinstance(value := values.get(name), str) and value.endswith("/")}
    return values | {name: value.rstrip("/") or "/" for name, value in ended.items()}


@contextmanager
def _explained(conf_source: str) -> Iterator[None]:
    """Say which source cannot be read, and why: it is what was typed, whatever kind of place it is.

    Raises:
        ConfigurationError: Instead of every error of the file system, of the service behind it, or of the archive.
    """
    place = f"--conf-source: {shown_address(conf_source)}"
    try:
        with explained(place, needed=_NEEDED):
            yield
    except InputError as error:
        raise ConfigurationError(error.message) from error
    except _NO_ARCHIVE as error:
        raise ConfigurationError(f"{place}: it is no archive, or a damaged one ({error})") from error
