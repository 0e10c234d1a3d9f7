"""Environments, applied for a file's tests, and how long it took."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from tests.deployment.applied import Account, applied
from tests.deployment.terraform import missing

#: The two that differ: dev has Studio on the internet, prod all that staging has, and Studio in its VPC.
APPLIED = ("dev", "prod")
TIMES = "seconds of Terraform"


def at_once(environments: Iterable[str], work: Callable[[str], Any]) -> dict[str, Any]:
    """Do something for every environment, at the same time; what comes of it."""
    names = list(environments)
    with ThreadPoolExecutor() as pool:
        return dict(zip(names, pool.map(work, names), strict=True))


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Account]]:
    """The environments, each applied to an account of its own.

    At the same time, because AWS's provider waits most of a minute for the lifecycle of a bucket.
    """
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    folders = {environment: tmp_path_factory.mktemp(environment) for environment in APPLIED}
    with ExitStack() as stack:
        yield at_once(folders, lambda environment: stack.enter_context(applied(environment, folders[environment])))


@pytest.fixture(params=APPLIED)
def account(request: pytest.FixtureRequest, accounts: dict[str, Account]) -> Account:
    """Each of them."""
    return accounts[request.param]


@pytest.fixture
def deployment(account: Account) -> dict[str, Any]:
    """What Terraform tells the deploy command of it."""
    return account.deployment


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long Terraform's commands took, where a test recorded it."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    for report in reports:
        for name, value in report.user_properties:
            if name == TIMES:
                terminalreporter.write_line(f"{TIMES}: {value}")
