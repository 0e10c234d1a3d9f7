"""The page that a reviewer begins with: four questions, and for each the datasets that answer it, with links."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from roles import Role
from segmentation_model.pages.sources import asset

_VIEWS = {
    "The whole job": {"pid": "__default__"},
    "The month with stored models": {"pid": "scoring"},
    "All that is fitted": {"tags": "fits", "expandAllPipelines": "true"},
    "All that freezes": {"tags": "freezes", "expandAllPipelines": "true"},
    "All that reports": {"tags": "reports", "expandAllPipelines": "true"},
}
#: Nodes with a diagram: what it shows.
_DIAGRAMS = {
    "drift.apply_gate": "when drift stops a run",
    "modeling.domestic.freeze.package_model": "from training over calibration to what is frozen",
    "modeling.domestic.promote.judge_challenger": "when a new model becomes champion",
    "clustering.assign_segments": "the business rules of a segment",
}


def review_page(roles: Mapping[str, Role], graphs: Sequence[Mapping[str, Any]]) -> str:
    """Write the page.

    Args:
        roles: Role by dataset.
        graphs: What Kedro-Viz knows of the registered pipelines; a link leads to the first that has the node.
    """
    places = _places(graphs)
    answers = [
        (role.value, [(name, _link(**places[name])) for name, played in roles.items() if played is role])
        for role in Role
    ]
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return templates.get_template("review.html.j2").render(
        style=asset("segmentation_model.pages", "page.css"),
        answers=answers,
        views=[(words, _link(**view)) for words, view in _VIEWS.items()],
        diagrams=[(name.rsplit(".", 1)[-1], words, _link(**places[name])) for name, words in _DIAGRAMS.items()],
    )


def _places(graphs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Pipeline and identifier of every node by its full name."""
    found: dict[str, dict[str, str]] = {}
    for graph in graphs:
        for node in graph["nodes"]:
            name = node.get("full_name") or node["name"]
            found.setdefault(name, {"pid": graph["selected_pipeline"], "sid": node["id"]})
    return found


def _link(**query: str) -> str:
    return f"./?{urlencode(query)}"
