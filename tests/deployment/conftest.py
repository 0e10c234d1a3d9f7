"""The environments, applied for whoever asks, and how long it took."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.deployment.applied import Account, applied
from tests.deployment.terraform import ENVIRONMENTS, missing

TIMES = "seconds of Terraform"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Account]]:
    """All environments, each applied to an account of its own.

    At the same time, because AWS's provider waits most of a minute for the lifecycle of a bucket.
    """
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    folders = {environment: tmp_path_factory.mktemp(environment) for environment in ENVIRONMENTS}
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        made = pool.map(lambda name: stack.enter_context(applied(name, folders[name])), ENVIRONMENTS)
        yield dict(zip(ENVIRONMENTS, made, strict=True))


@pytest.fixture(params=ENVIRONMENTS)
def account(request: pytest.FixtureRequest, accounts: dict[str, Account]) -> Account:
    """Each of them."""
    return accounts[request.param]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long Terraform's commands took, where a test recorded it."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    for report in reports:
        for name, value in report.user_properties:
            if name == TIMES:
                terminalreporter.write_line(f"{TIMES}: {value}")
