"""The rule that nothing is skipped in CI, itself tested."""

from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with this conftest.py, two folders below one without ``shared``."""
    pytester.makeini("[pytest]\nmarkers = uci: needs the real table")
    tests = pytester.mkdir("tests")
    (tests / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    return pytester


def run(project: pytest.Pytester, body: str) -> pytest.RunResult:
    (project.path / "tests" / "test_it.py").write_text(f"import pytest\n\n{body}\n", encoding="utf-8")
    return project.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist")


SKIPS = {
    "a call": "def test_it():\n    pytest.skip('needs chromium')",
    "a mark": "@pytest.mark.skipif(True, reason='needs chromium')\ndef test_it():\n    pass",
    "a fixture": "@pytest.fixture\ndef it():\n    pytest.skip('needs chromium')\n\ndef test_it(it):\n    pass",
}


@pytest.mark.parametrize("body", SKIPS.values(), ids=SKIPS.keys())
def test_a_skip_is_a_failure_in_ci_and_says_why(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setenv("CI", "true")
    result = run(project, body)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*skipped, which CI does not allow:*needs chromium*"])


def test_a_file_that_skips_itself_is_a_failure_in_ci(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    result = run(project, "pytest.skip('needs chromium', allow_module_level=True)")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*test_it.py skipped, which CI does not allow:*needs chromium*"])


@pytest.mark.parametrize("value", ["", "false"])
def test_a_skip_is_a_skip_elsewhere(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CI", value)
    run(project, SKIPS["a call"]).assert_outcomes(skipped=1)


def test_an_expected_failure_is_no_skip(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    run(project, "@pytest.mark.xfail(reason='known')\ndef test_it():\n    assert False").assert_outcomes(xfailed=1)


def test_the_real_tables_may_be_absent_in_ci(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    result = run(project, "def test_it(shared_data):\n    pass")
    result.assert_outcomes(skipped=1)


def test_a_uci_test_that_skips_beside_its_tables_is_a_failure_in_ci(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    (project.path.parent / "shared" / "data").mkdir(parents=True)
    result = run(project, "def test_it(shared_data):\n    pytest.skip('needs chromium')")
    result.assert_outcomes(failed=1)
