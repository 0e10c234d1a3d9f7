"""Completion in a shell, and the script that switches it on."""

import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from segmentation_model.commands import command_line


def completed(words: list[str], begun: str) -> list[str]:
    shell = ShellComplete(command_line, {}, "segmentation-model", "_SEGMENTATION_MODEL_COMPLETE")
    return [item.value for item in shell.get_completions(words, begun)]


def test_a_command_s_name_is_completed():
    assert completed([], "dr") == ["drift-check"]
    assert completed([], "") == ["completion", "drift-check", "models", "run", "sagemaker"]


def test_commands_below_a_group_and_options_are_completed():
    assert completed(["models"], "pro") == ["promote"]
    assert completed(["drift-check"], "--fail") == ["--fail-on-drift"]
    assert completed(["models", "list", "--tariff"], "d") == ["domestic"]


def test_a_name_is_completed_without_importing_any_command():
    code = (
        "import sys; from click.shell_completion import ShellComplete;"
        "from segmentation_model.commands import command_line;"
        "ShellComplete(command_line, {}, 'segmentation-model', 'X').get_completions([], '');"
        "print([name for name in sys.modules if name.partition('.')[0] in ('kedro', 'pandas', 'mlflow')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_this_program(shell):
    result = CliRunner().invoke(command_line, ["completion", shell], prog_name="segmentation-model")
    assert result.exit_code == 0
    assert "_SEGMENTATION_MODEL_COMPLETE" in result.output


def test_another_shell_is_refused():
    result = CliRunner().invoke(command_line, ["completion", "csh"])
    assert result.exit_code == 2
    assert "'csh' is not one of 'bash', 'zsh', 'fish'" in result.output
