"""The description of a run, in Markdown: what a person wants to know first, with links to the rest.

It is made of what MLflow has of the runs, and so is whole, whichever process writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from segmentation_model.tracking.runs import children_of

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

NOTE = "mlflow.note.content"
_MEASURES = {
    "ROC AUC": "roc_auc", "PR AUC": "pr_auc", "KS": "ks", "calibration error": "ece", "base rate": "base_rate",
    "rows": "rows",
}  # fmt: skip
_GAP = "&emsp;"  # MLflow's pages set the cells of a table close together
_PARTS = ("train", "calibration", "test")
_FILES = {
    "report.html": "monthly report", "drift_report.html": "drift report", "benchmark.csv": "BENCHMARK",
    "model_card.html": "model card", "evaluation.json": "evaluation", "promotion.json": "promotion",
    "figures/roc_curve.png": "ROC curve", "figures/reliability.png": "reliability", "run_summary.json": "summary",
}  # fmt: skip


def write_notes(client: MlflowClient, experiment: str, parent: str) -> None:
    """Write the descriptions of a job's run and of those below it."""
    job, tariffs = client.get_run(parent), list(children_of(client, experiment, parent))
    trained = {run.info.run_id: _trained_in(client, run) for run in tariffs}
    for run in tariffs:
        note = describe_tariff(run, job, trained[run.info.run_id], _files_of(client, run))
        client.set_tag(run.info.run_id, NOTE, note)
    client.set_tag(parent, NOTE, describe_job(job, tariffs, _files_of(client, job)))


def describe_job(job: Run, tariffs: Iterable[Run], files: Iterable[str]) -> str:
    """What there is to say of a job.

    Args:
        job: Its run.
        tariffs: The runs below it.
        files: What it has kept.
    """
    tags = job.data.tags
    lines = [" ".join([_outcome(tags), _links(job, files)]).strip()]
    rows = [_line_of(run) for run in tariffs]
    if rows:
        lines.append("\n".join(rows))
    if "drift_message" in tags:
        lines.append(f"**Drift**: {_drift(tags)}. {_plain(tags['drift_message'].removeprefix('drift: '))}")
    steps = {name.removeprefix("step."): said for name, said in tags.items() if name.startswith("step.")}
    if steps:
        lines.append("**Steps**: " + "; ".join(f"{step} {_plain(said)}" for step, said in steps.items()))
    return "\n\n".join(lines)


def describe_tariff(run: Run, job: Run, trained: Run | None, files: Iterable[str]) -> str:
    """What there is to say of a tariff.

    Args:
        run: Its run.
        job: The run above it.
        trained: The run that has trained the model, if it is another one.
        files: What it has kept.
    """
    tags, measures = run.data.tags, run.data.metrics
    lines = [f"{_outcome(tags)} Part of {_link(job)}. {_links(run, files)}".strip()]
    if "model_version" in tags:
        lines.append(f"**Model** {_model(tags)}{_decision(tags)}")
    elif "model_reason" in tags:
        lines.append(f"**No model**: {_plain(tags['model_reason'])}")
    if trained is not None:
        lines.append(f"Trained in {_link(trained)}.")
    parts = [part for part in _PARTS if f"{part}.roc_auc" in measures]
    if parts:
        rows = [
            _row(what, *(_number(measures.get(f"{part}.{name}")) for part in parts)) for what, name in _MEASURES.items()
        ]
        lines.append("\n".join([_row("", *parts), _row(*["---"] * (len(parts) + 1)), *rows]))
    if "drift" in tags:
        lines.append(f"**Drift of the month**: {tags['drift']}")
    return "\n\n".join(lines)


def _drift(tags: Mapping[str, str]) -> str:
    """How large it is, and what the gate made of it; a gate that lets a run pass does not make drift small."""
    severity, status = tags["drift"], tags["drift_status"]
    return severity if status in (severity, "clean") else f"{severity}, {status.replace('_', ' ')}"


def _outcome(tags: Mapping[str, str]) -> str:
    outcome, reason = tags.get("outcome", "running"), tags.get("reason")
    return f"**{outcome.capitalize()}**." if not reason else f"**{outcome.capitalize()}**: {_plain(reason)}."


def _line_of(run: Run) -> str:
    """A tariff in one line."""
    tags, measures = run.data.tags, run.data.metrics
    told = []
    if "test.roc_auc" in measures:
        told.append(f"ROC AUC {_number(measures['test.roc_auc'])} on the test part{_interval(measures)}")
    if "model_version" in tags:
        told.append(f"model {_model(tags)}")
    elif "model_reason" in tags:
        told.append(f"no model: {_plain(tags['model_reason'])}")
    if "decision" in tags:
        told.append(f"**{tags['decision']}**")
    if "drift" in tags:
        told.append(f"drift {tags['drift']}")
    return f"- [{tags['tariff']}]({_address(run)}): {'; '.join(told)}"


def _interval(measures: Mapping[str, float]) -> str:
    ends = [measures.get(f"intervals.roc_auc.{end}") for end in ("lower", "upper")]
    return "" if None in ends else f" ({' to '.join(map(_number, ends))})"


def _model(tags: Mapping[str, str]) -> str:
    version = f"`{tags['model_version']}`"
    name, _, number = tags.get("registered_version", "").rpartition("/")
    if not number:
        return version
    champion = ", champion" if tags.get("is_champion") == "true" else ""
    return f"{version}, [version {number}](#/models/{name}/versions/{number}){champion}"


def _decision(tags: Mapping[str, str]) -> str:
    return f". **{tags['decision'].capitalize()}**: {_plain(tags['decision_reason'])}" if "decision" in tags else ""


def _links(run: Run, files: Iterable[str]) -> str:
    """The files to look at, the first first: MLflow shows the first lines of a description only."""
    there = set(files)
    return " · ".join(f"[{what}]({_address(run)}/artifacts/{file})" for file, what in _FILES.items() if file in there)


def _link(run: Run) -> str:
    return f"[{run.info.run_name}]({_address(run)})"


def _address(run: Run) -> str:
    """Within MLflow's own pages, wherever they are served."""
    return f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"


def _files_of(client: MlflowClient, run: Run) -> list[str]:
    folders = {str(file).rpartition("/")[0] for file in _FILES}
    return [
        found.path for folder in sorted(folders) for found in client.list_artifacts(run.info.run_id, folder or None)
    ]


def _trained_in(client: MlflowClient, run: Run) -> Run | None:
    """The run that has trained a tariff's model, where this one has not."""
    version = run.data.tags.get("model_version")
    if version is None or "test.roc_auc" in run.data.metrics:
        return None
    same = f"tags.model_version = '{version}' AND tags.tariff = '{run.data.tags['tariff']}'"
    found = client.search_runs([run.info.experiment_id], f"{same} AND metrics.`test.roc_auc` >= 0")
    return min(found, key=lambda one: (one.info.start_time, one.info.run_id), default=None)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) and value > 1 else f"{value:.3f}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(f'{cell}{_GAP}' for cell in cells)} |"


def _plain(text: str) -> str:
    """Text of ours in Markdown: without what would become a mark of it."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|" else sign for sign in " ".join(text.split())).rstrip(".")
