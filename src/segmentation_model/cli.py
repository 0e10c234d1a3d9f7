"""Kedro's command ``run``, with what people at a terminal and programs want besides.

Kedro takes a project's commands from a module of this name: ``kedro run`` and ``segmentation-model run`` are this one.
"""

import copy
import json
import logging
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run

from segmentation_model.errors import ConfigurationError

_HELP = """Run a pipeline: the monthly job, or the part of it that is named.

Progress, a line a node, and the list of results go to standard error.

\b
Examples:
  segmentation-model run --env prod --params current_path=/exports/july.parquet
  segmentation-model run --pipelines scoring --params execution_date=2026-07-31,fail_on_drift=high
  segmentation-model run --quiet --json | jq -r .results.segments

(In the project's folder, `kedro run` is the same.)
"""


def _run(*, quiet: bool, as_json: bool, **options: Any) -> None:
    from segmentation_model.settings import RESULTS

    if quiet:
        logging.disable(logging.INFO)  # outlives the environment's logging.yml, which the run applies later
    try:
        kedros: Any = kedro_run.callback
        kedros(**options)
    except ValueError:
        _refuse_unknown_names(options)
        raise
    finally:
        logging.disable(logging.NOTSET)
    if as_json:
        click.echo(json.dumps(RESULTS.answer, indent=2, ensure_ascii=False))


def _refuse_unknown_names(options: Mapping[str, Any]) -> None:
    """Say which of the pipelines, or of their nodes and datasets, that were asked for there is not.

    Kedro finds it out only after the configuration was read, and with a traceback.

    Raises:
        ConfigurationError: A name is unknown; it says which may be meant, or where the known ones stand.
    """
    from kedro.framework.project import pipelines

    asked = [*(options["pipelines"] or []), *filter(None, [options["pipeline"]])] or ["__default__"]
    _refuse_unknown("pipeline", asked, pipelines, f"There are: {', '.join(sorted(pipelines))}")
    nodes = [node for name in asked for node in pipelines[name].nodes]
    known = {
        ("node", "node_names", "from_nodes", "to_nodes"): {node.name for node in nodes},
        ("namespace", "namespaces"): {prefix for node in nodes for prefix in node.namespace_prefixes},
        ("dataset", "from_inputs", "to_outputs"): {name for node in nodes for name in (*node.inputs, *node.outputs)},
    }
    where = f"`kedro registry describe {asked[0]}` lists the nodes"
    for (kind, *given), names in known.items():
        for option in given:
            _refuse_unknown(kind, options[option] or (), names, where)


def _refuse_unknown(kind: str, asked: Iterable[str], known: Iterable[str], where: str) -> None:
    names = sorted(known)
    for name in asked:
        if name not in names:
            near = "".join(f"did you mean {meant!r}? " for meant in get_close_matches(name, names, 1))
            said = f"{near}{where}" if near else where[0].lower() + where[1:]
            raise ConfigurationError(f"no {kind} {name!r}; {said}") from None


def _explained(option: click.Parameter) -> click.Parameter:
    """Kedro's option, with help that is true here."""
    if option.name != "env":
        return option
    ours = copy.copy(option)
    ours.help = "Environment: a folder in conf.  [default: base]"
    return ours


run = click.Command(
    "run",
    callback=_run,
    params=[
        *map(_explained, kedro_run.params),
        click.Option(["--json", "as_json"], is_flag=True, help="Print run, duration and addresses of the results."),
        click.Option(["--quiet"], is_flag=True, help="No progress, no list of results; warnings and errors only."),
    ],
    help=_HELP,
    short_help="Run the job or a part of it.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@click.group(commands=[run])
def cli() -> None:
    """The project's commands."""
