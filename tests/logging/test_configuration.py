"""Each environment's logging, from wherever the configuration lies."""

import json
import logging
import os
import shutil
import tarfile
import warnings
from pathlib import Path

import pytest
from kedro.config import OmegaConfigLoader
from kedro.framework.project import LOGGING

from segmentation_model.errors import ConfigurationError
from segmentation_model.logging import startup
from segmentation_model.logging.configuration import apply_logging, environment_logging, user_chose_logging

pytestmark = pytest.mark.usefixtures("fresh_logging")

CONF = Path(__file__).parents[2] / "conf"
LOGGING_FILES = [path.relative_to(CONF) for path in CONF.glob("*/logging.yml")]


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """The project's configuration, of which only the logging: other files need the project's resolvers."""
    for file in LOGGING_FILES:
        (tmp_path / "conf" / file).parent.mkdir(parents=True)
        shutil.copy(CONF / file, tmp_path / "conf" / file)
    return tmp_path / "conf"


def loader(source: Path | str, env: str | None) -> OmegaConfigLoader:
    return OmegaConfigLoader(source, env=env, base_env="base", default_run_env="base")


def apply(conf: Path, env: str | None) -> None:
    apply_logging(environment_logging(loader(conf, env)))


def test_base_writes_readable_lines_to_standard_error(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    apply(conf, None)
    logging.getLogger("segmentation_model.x").info("one")
    logging.getLogger("kedro.io.data_catalog").info("Loading data from 'x'")
    logging.getLogger("kedro.runner").warning("two")
    out, err = capsys.readouterr()
    assert out == ""
    assert [text.partition(" ")[2] for text in err.splitlines()] == ["one", "WARNING kedro.runner: two"]


def test_prod_writes_json_to_standard_error(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    apply(conf, "prod")
    logging.getLogger("segmentation_model.x").info("one")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("two", stacklevel=1)
    out, err = capsys.readouterr()
    first, second = map(json.loads, err.splitlines())
    assert out == ""
    assert first["message"] == "one"
    assert (second["logger"], second["level"]) == ("py.warnings", "WARNING")
    assert "UserWarning: two" in second["message"]


def test_mlflow_has_no_handlers_of_its_own(conf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mlflow = logging.getLogger("mlflow")
    mlflow.handlers, mlflow.propagate = [logging.StreamHandler()], False
    apply(conf, "prod")
    logging.getLogger("mlflow.store").warning("migrating")
    assert json.loads(capsys.readouterr().err)["message"] == "migrating"
    assert os.environ["MLFLOW_CONFIGURE_LOGGING"] == "false"


def test_the_wheel_and_the_project_start_quietly_alike() -> None:
    assert Path(startup.STARTUP_FILE).read_text(encoding="utf-8") == (CONF / "logging.yml").read_text(encoding="utf-8")


def test_an_archive_serves_as_source(conf: Path, tmp_path: Path) -> None:
    archive = tmp_path / "conf-segmentation_model.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(conf, "conf")
    assert environment_logging(loader(str(archive), "prod")) == environment_logging(loader(conf, "prod"))


@pytest.mark.parametrize("env", [None, "dev"])
def test_a_source_without_logging_leaves_it_alone(tmp_path: Path, env: str | None) -> None:
    for folder in ("base", "dev"):
        (tmp_path / folder).mkdir()
    assert environment_logging(loader(tmp_path, env)) == {}


def test_a_class_from_elsewhere_is_refused() -> None:
    config = {"version": 1, "handlers": {"h": {"class": "subprocess.Popen"}}}
    with pytest.raises(ConfigurationError, match=r"logging\.yml cannot be applied: Module 'subprocess'"):
        apply_logging(config)


def test_a_factory_is_refused() -> None:
    config = {"version": 1, "handlers": {"h": {"()": "os.system"}}}
    with pytest.raises(ConfigurationError, match=r"logging\.yml cannot be applied: The '\(\)' key is not allowed"):
        apply_logging(config)


def test_a_wrong_level_is_named() -> None:
    config = {"version": 1, "handlers": {"h": {"class": "logging.StreamHandler", "level": "LOUD"}}}
    with pytest.raises(ConfigurationError, match=r"Unable to configure handler 'h': .*LOUD"):
        apply_logging(config)


def test_what_kedro_trusts_grows_by_this_package_alone(conf: Path) -> None:
    before = LOGGING._logging_module_allowlist
    apply(conf, None)
    apply(conf, "prod")
    assert LOGGING._logging_module_allowlist == (*before, "segmentation_model.logging")


def test_kedro_mlflow_stays_quiet_though_it_sets_its_own_level(conf: Path) -> None:
    apply(conf, None)
    logging.getLogger("kedro_mlflow").setLevel(logging.INFO)
    assert not logging.getLogger("kedro_mlflow.framework.hooks.mlflow_hook").isEnabledFor(logging.INFO)


@pytest.mark.parametrize(
    ("value", "chosen"), [(None, False), ("", False), (startup.STARTUP_FILE, False), ("mine.yml", True)]
)
def test_only_a_file_of_the_users_own_is_a_choice(
    monkeypatch: pytest.MonkeyPatch, value: str | None, chosen: bool
) -> None:
    if value is not None:
        monkeypatch.setenv("KEDRO_LOGGING_CONFIG", value)
    assert user_chose_logging() is chosen


@pytest.mark.parametrize(
    "known",
    [
        "register_new_resolver() is deprecated and will be removed in a future release.\n",
        "\x1b[33mAdd type hints to the `predict` method to enable data validation\x1b[0m",
    ],
)
def test_what_libraries_say_of_libraries_is_left_out_even_where_it_is_asked_for(
    caplog: pytest.LogCaptureFixture, known: str
) -> None:
    with warnings.catch_warnings():
        startup.capture_warnings()
        warnings.simplefilter("always")
        warnings.warn(known, stacklevel=1)
        warnings.warn("Add a column", stacklevel=1)
    (record,) = caplog.records
    assert "UserWarning: Add a column" in record.getMessage()


def test_a_quiet_start_does_not_overrule_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEDRO_LOGGING_CONFIG", "mine.yml")
    startup.quiet_start()
    assert os.environ["KEDRO_LOGGING_CONFIG"] == "mine.yml"


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [
        ("", "segmentation_model.logging"),
        ("acme.logs", "acme.logs,segmentation_model.logging"),
        ("acme.logs, segmentation_model.logging", "acme.logs,segmentation_model.logging"),
    ],
)
def test_a_quiet_start_says_where_and_whom_to_trust(
    monkeypatch: pytest.MonkeyPatch, trusted: str, expected: str
) -> None:
    monkeypatch.setenv("KEDRO_LOGGING_MODULE_ALLOWLIST", trusted)
    startup.quiet_start()
    assert os.environ["KEDRO_LOGGING_CONFIG"] == startup.STARTUP_FILE
    assert os.environ["KEDRO_LOGGING_MODULE_ALLOWLIST"] == expected
