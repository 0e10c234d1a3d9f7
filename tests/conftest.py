"""What every test can use, and the rule that nothing is skipped in CI."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A test that takes long on a busy machine has not failed: time belongs to the benchmark.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

pytest_plugins = ["pytester", "tests.browser", "tests.mlflow_database", "tests.warm_commands"]

# The real tables are not part of the repository; they lie beside it where somebody has them.
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real tables; a test that uses it is marked ``uci`` and skipped where the folder is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the real tables in ../shared/data, which are not part of the repository")
    return SHARED_DATA


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Two workers of pytest-xdist have to see the same tests in the same order, and a set has none that holds."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if any(isinstance(values, (set, frozenset)) for values in (*mark.args[1:2], mark.kwargs.get("argvalues"))):
            raise pytest.UsageError(f"{metafunc.definition.nodeid}: parametrized over a set; sort it or use a list")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "shared_data" in getattr(item, "fixturenames", ()):
            item.add_marker("uci")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """In CI a skipped test has failed: what it needs belongs into ``.ci/suite``. Only the real tables may be absent."""
    report = yield
    excused = item.get_closest_marker("uci") is not None and not SHARED_DATA.is_dir()
    if _in_ci() and report.skipped and not hasattr(report, "wasxfail") and not excused:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr[2]}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """The same for a whole file that skips itself."""
    report = yield
    if _in_ci() and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} skipped, which CI does not allow: {report.longrepr[2]}"
    return report


@pytest.fixture
def fresh_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a test configure logging as it likes: afterwards all is as before, Kedro's copy included."""
    from kedro.framework.project import LOGGING

    from segmentation_model.logging.run_context import RunContext, enter_node, enter_run

    for variable in ("KEDRO_LOGGING_CONFIG", "KEDRO_LOGGING_MODULE_ALLOWLIST", "MLFLOW_CONFIGURE_LOGGING"):
        # Set and deleted: what the code under test writes to the environment goes, too.
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)
    root = logging.getLogger()
    loggers = {name: made for name, made in root.manager.loggerDict.items() if isinstance(made, logging.Logger)}
    state = {made: (made.level, made.propagate, made.disabled, made.handlers[:]) for made in (root, *loggers.values())}
    data, allowlist = LOGGING.data, LOGGING._logging_module_allowlist
    yield
    logging.captureWarnings(False)
    for name, made in root.manager.loggerDict.items():
        if isinstance(made, logging.Logger) and name not in loggers:
            made.setLevel(logging.NOTSET)
            made.propagate, made.disabled, made.handlers = True, False, []
    for logger, (level, propagate, disabled, handlers) in state.items():
        logger.setLevel(level)
        logger.propagate, logger.disabled, logger.handlers = propagate, disabled, handlers
    LOGGING.data, LOGGING._logging_module_allowlist = data, allowlist
    enter_run(RunContext())
    enter_node(None)
