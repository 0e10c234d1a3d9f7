"""Every notebook runs from top to bottom, in a fresh kernel, on a small month; none is stored with what it showed."""

import os
from pathlib import Path

import click
import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from tests.project_run import PROJECT, ProjectRun, copy_sources, succeeded
from tests.warm_commands import warm_commands

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
#: Run by the kernel before the first cell: what our code, or a cell, warns of has failed, but for what no run logs.
NO_WARNINGS = """import re, warnings
from segmentation_model.logging.startup import KNOWN_WARNINGS
warnings.filterwarnings("error", module="segmentation_model|__main__")
for known in KNOWN_WARNINGS:
    warnings.filterwarnings("default", message=".*" + re.escape(known))
"""
#: What a cell may keep in its metadata, and a notebook: the language, so that editors and linters know it.
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project's folder in which the job has run on two dates, so that there is an earlier one."""
    folder = copy_sources(tmp_path_factory.mktemp("project") / "copy")
    with warm_commands(folder.with_name("programs"), folder / "src") as programs:
        for words in (
            ["--pipelines", "synthetic_data", "--params", "rows=1500"],
            ["--params", "execution_date=2026-06-30"],
            ["--pipelines", "scoring"],
        ):
            succeeded(ProjectRun.call([str(programs / "kedro"), "run", "--env", "dev", *words], cwd=folder))
    return folder


@pytest.fixture
def environment(tmp_path, monkeypatch) -> dict[str, str]:
    """Of a kernel: no profile and no kernel of whoever runs the tests."""
    startup = tmp_path / "ipython" / "profile_default" / "startup" / "warnings.py"
    startup.parent.mkdir(parents=True)
    startup.write_text(NO_WARNINGS)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    variables = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return variables | {"IPYTHONDIR": str(tmp_path / "ipython"), "KEDRO_ENV": "dev"}


def execute(notebook: NotebookNode, project: Path, environment: dict[str, str]) -> NotebookNode:
    """Run all cells as a person does, with the notebook in ``notebooks/``; an error names the cell, and says why."""
    folder = project / "notebooks"
    folder.mkdir(exist_ok=True)
    client = NotebookClient(notebook, kernel_name="python3", timeout=1800, resources={"metadata": {"path": folder}})
    try:
        return client.execute(env=environment | {"PYTHONPATH": str(project / "src")})
    except CellExecutionError as error:
        (failed,) = (cell.id for cell in code_cells(notebook) if any(o.output_type == "error" for o in cell.outputs))
        pytest.fail(f"cell {failed!r}: {click.unstyle(str(error))}", pytrace=False)


class TestStored:
    def test_there_are_notebooks(self):
        assert NOTEBOOKS

    @every_notebook
    def test_is_a_valid_notebook(self, path):
        nbformat.validate(read(path), relax_add_props=False)

    @every_notebook
    def test_holds_no_output_and_no_count(self, path):
        for cell in code_cells(read(path)):
            assert cell.outputs == [], cell.id
            assert cell.execution_count is None, cell.id

    @every_notebook
    def test_holds_no_metadata_but_its_language(self, path):
        notebook = read(path)
        assert notebook.metadata == KERNEL
        assert [cell.id for cell in notebook.cells if cell.metadata] == []

    @every_notebook
    def test_begins_with_a_question_and_with_kedro(self, path):
        notebook = read(path)
        assert notebook.cells[0].cell_type == "markdown"
        assert "**Question.**" in notebook.cells[0].source
        assert code_cells(notebook)[0].source.splitlines()[-2:] == ["%load_ext kedro.ipython", "%reload_kedro"]
        assert "## What next" in notebook.cells[-1].source


@pytest.mark.slow
class TestExecuted:
    @every_notebook
    def test_runs_from_top_to_bottom_and_shows_something(self, path, project, environment):
        executed = execute(read(path), project, environment)
        counts = [cell.execution_count for cell in code_cells(executed)]
        assert counts == list(range(1, len(counts) + 1))
        shown = [output for cell in code_cells(executed) for output in cell.outputs]
        assert any("image/png" in output.get("data", {}) for output in shown)
        said = "".join(output.text for output in shown if output.output_type == "stream" and output.name == "stderr")
        assert "Warning" not in said

    def test_a_cell_that_fails_is_named_with_its_message(self, environment, tmp_path):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0", id="wrong")])
        with pytest.raises(pytest.fail.Exception, match=r"(?s)cell 'wrong'.*ZeroDivisionError: division by zero"):
            execute(notebook, tmp_path, environment)
