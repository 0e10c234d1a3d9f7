"""Kedro-Viz as a static site, which anybody may read: after a run on made-up data, without a path of this machine."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from kedro_viz.api.rest.utils import get_package_compatibilities

from review_page import review_page
from roles import Role

_JOB = (["-m", "kedro", "run", "--pipelines", "synthetic_data"], ["-m", "kedro", "run"])
_DRAWING = (["viz", "extras"], ["-m", "kedro", "viz", "build", "--include-hooks", "--include-previews"])
_FONTS = re.compile(r"\s*<link[^>]*https://fonts\.[^>]*>")
_ABSOLUTE_REQUEST, _RELATIVE_REQUEST = 'fetch("/api/run-status")', 'fetch("./api/run-status")'
_TEMPLATES = ("autoreload.html", "telemetry.html")


def build_site(project: Path, site: Path) -> None:
    """Run the job on made-up data in a copy of the project, and draw the site.

    Args:
        project: The copy, without data of its own. It is written to.
        site: Folder of the site; it is replaced.

    Raises:
        SystemExit: A command failed, or a path of this machine is left.
    """
    _run(_JOB, project)
    draw_site(project, site)


def draw_site(project: Path, site: Path) -> None:
    """Draw the site of what the last run in a copy of the project left; see ``build_site``."""
    _run(_DRAWING, project)
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(project / "build", site)
    complete(site, project)
    graphs = [json.loads((site / "api" / "pipelines" / name).read_text()) for name in ("__default__", "scoring")]
    (site / "review.html").write_text(review_page(_roles_in(project), graphs), encoding="utf-8")


def _run(commands: Iterable[list[str]], project: Path) -> None:
    variables = {"PYTHONPATH": str(project / "src"), "KEDRO_ENV": "dev", "DO_NOT_TRACK": "true"}
    for command in commands:
        if subprocess.run([sys.executable, *command], cwd=project, env=os.environ | variables, check=False).returncode:
            sys.exit(f"{' '.join(command)} failed in {project}")


def complete(site: Path, project: Path) -> None:
    """Make a built site stand alone: no path of this machine, no request that fails or leaves the site."""
    for file in _answers(site):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f"{project}/", "").replace(f'"{project.name}/', '"'), encoding="utf-8")
    packages = [package.model_dump() for package in get_package_compatibilities()]
    metadata = {"has_missing_dependencies": False, "package_compatibilities": packages}
    (site / "api" / "metadata").write_text(json.dumps(metadata))
    for page in site.glob("*.html"):
        page.write_text(_FONTS.sub("", page.read_text(encoding="utf-8")), encoding="utf-8")
    for name in _TEMPLATES:
        (site / name).unlink()
    (script,) = (file for file in site.glob("assets/index-*.js"))
    script.write_text(_with_relative_request(script.read_text(encoding="utf-8")), encoding="utf-8")
    for graph in (site / "api" / "main", *(site / "api" / "pipelines").iterdir()):
        content = json.loads(graph.read_text(encoding="utf-8"))
        _tag_boxes(content["nodes"])
        graph.write_text(json.dumps(content), encoding="utf-8")
    left = [f"{file.relative_to(site)}: {path}" for file in _answers(site) for path in paths_in(file, project)]
    if left:
        sys.exit("paths of this machine are left:\n" + "\n".join(left))


def paths_in(file: Path, project: Path) -> list[str]:
    """Paths of this machine in a file: of the project, the home, the temporary folder, the Python that runs."""
    text = file.read_text(encoding="utf-8")
    here = {str(project), str(Path.home()), tempfile.gettempdir(), sys.prefix, str(Path(__file__).parents[1])}
    return [path for path in sorted(here) if re.search(rf"{re.escape(path)}[/\"]", text)]


def _answers(site: Path) -> Iterator[Path]:
    return (file for file in sorted((site / "api").rglob("*")) if file.is_file())


def _with_relative_request(script: str) -> str:
    """Kedro-Viz asks for the last run's status at the root of the host: where the site lies deeper, that fails."""
    if script.count(_ABSOLUTE_REQUEST) != 1:
        sys.exit(f"Kedro-Viz asks for something else than {_ABSOLUTE_REQUEST}; see whether this is still needed")
    return script.replace(_ABSOLUTE_REQUEST, _RELATIVE_REQUEST)


def _tag_boxes(nodes: list[dict]) -> None:
    """Give every box the tags of all that is in it; Kedro-Viz forgets what lies two boxes deep, and then hides it."""
    for box in nodes:
        if box["type"] == "modularPipeline":
            inside = [node["tags"] for node in nodes if _is_inside(node, box["id"])]
            box["tags"] = sorted({tag for tags in inside for tag in tags})


def _is_inside(node: dict, box: str) -> bool:
    return node["type"] == "task" and any(f"{name}.".startswith(f"{box}.") for name in node["modular_pipelines"] or [])


def _roles_in(project: Path) -> dict[str, Role]:
    """The roles by the colours that were drawn."""
    drawn = json.loads((project / ".viz" / "styles.json").read_text())
    by_colour = {role.value.fill: role for role in Role}
    return {name: by_colour[style["fill"]] for name, style in drawn.items()}
