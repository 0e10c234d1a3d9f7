"""Writes the pages of docs/reference that follow from the code: parameters, files, command line.

`make docs` runs it, and so does a person after a change: .venv/bin/python docs/reference.py. The pages are committed,
because GitHub's readers need them; tests/docs/test_reference.py compares them with what this writes.
"""

import json
import logging
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import yaml
from kedro.framework.project import configure_project, pipelines, settings
from kedro.io.catalog_config_resolver import CatalogConfigResolver
from pydantic import BaseModel

from segmentation_model.commands import command_line
from segmentation_model.parameters import Parameters
from segmentation_model.sagemaker.settings import read_settings

PROJECT = Path(__file__).parents[1]
PAGES = PROJECT / "docs" / "reference"
_LONGEST_DEFAULT = 60
_MADE = "*Generated from the code by `docs/reference.py`.*\n"
_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "null"}


def parameters_page() -> str:
    """Every parameter with type, bounds, default and meaning."""
    schema = Parameters.model_json_schema()
    given = _loader()["parameters"]
    typed = Parameters.model_validate(given).model_dump(mode="json")
    at_run_time = [name for name, field in schema["properties"].items() if "$ref" not in field]
    sections = [
        "# Parameters\n",
        _MADE,
        "Defaults are those of `conf/base`, and of `conf/prod/sagemaker.yml` for the section `sagemaker`. An",
        "environment changes them in its `globals.yml` or `parameters/`. An unknown key, a wrong type or a value out",
        "of bounds ends a run before it begins, with a line that names it.\n",
        "## At run time\n",
        "`kedro run --params name=value,name=value`, in every environment, in the project and in the wheel; more on",
        "each in [Operations](../how-to/operations.md#run-time-parameters). Every other parameter has a path of its",
        "own, for example `--params modeling.training.max_trees=100`.\n",
        _table(row for name in at_run_time for row in _rows(name, schema["properties"][name], typed[name], schema)),
    ]
    for name, field in schema["properties"].items():
        if name not in at_run_time:
            sections += _section(name, field, typed[name], schema)
    sagemaker = _sagemaker()
    schema = type(sagemaker).model_json_schema()
    values = sagemaker.model_dump(mode="json")
    rows = [row for key, field in schema["properties"].items() for row in _rows(key, field, values[key], schema)]
    sections += [
        "## sagemaker\n",
        "Decided when the cloud pipeline is compiled: [On AWS](../how-to/aws.md).\n",
        _table(rows),
    ]
    return "\n".join(sections)


def _loader() -> Any:
    configure_project("segmentation_model")
    return settings.CONFIG_LOADER_CLASS(str(PROJECT / "conf"), env="base", **settings.CONFIG_LOADER_ARGS)


def _sagemaker() -> BaseModel:
    os.environ.pop("SEGMENTATION_ROLE_ARN", None)
    text = (PROJECT / "conf" / "prod" / "sagemaker.yml").read_text()
    return read_settings(yaml.safe_load(re.sub(r"\$\{oc\.env:[A-Z_]+,null\}", "null", text)))


def _section(name: str, field: Mapping[str, Any], value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    """A group of parameters, its path in front of every key."""
    group = _resolved(field, schema)
    yield f"## {name}\n"
    yield f"{_first_line(group)} `conf/base/parameters/{name}.yml`.\n"
    yield _table(row for key, inner in group["properties"].items() for row in _rows(key, inner, value[key], schema))


def _rows(path: str, field: Mapping[str, Any], value: Any, schema: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """One row a leaf; a mapping or list of groups has the path of one of its members."""
    described = str(field.get("description", ""))
    field = _resolved(field, schema)
    if "properties" in field:
        for key, inner in field["properties"].items():
            yield from _rows(f"{path}.{key}", inner, value.get(key) if isinstance(value, Mapping) else value, schema)
        return
    for member, place in ((field.get("additionalProperties"), f"{path}.<name>"), (field.get("items"), f"{path}[]")):
        inner = _resolved(member, schema) if isinstance(member, Mapping) else {}
        if "properties" in inner:
            yield path, _kind(field, schema), _shown(value), described or _first_line(inner)
            for key, leaf in inner["properties"].items():
                yield from _rows(f"{place}.{key}", leaf, _NOTHING, schema)
            return
    yield path, _kind(field, schema), _shown(value), described or str(field.get("description", ""))


_NOTHING = object()


def _resolved(field: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The group that a reference names, also where null may stand in for it."""
    options = [option for option in field.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1 and "$ref" in options[0]:
        field = options[0]
    found: Mapping[str, Any] = schema["$defs"][field["$ref"].rsplit("/", 1)[-1]] if "$ref" in field else field
    return found


def _first_line(group: Mapping[str, Any]) -> str:
    return str(group.get("description", "")).split("\n\n")[0].replace("\n", " ").replace("``", "`")


def _kind(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Type and bounds in words."""
    if "anyOf" in field:
        return ", or ".join(_kind(option, schema) for option in field["anyOf"])
    if "$ref" in field:
        return "group"
    if "enum" in field or "const" in field:
        return " or ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    kind = field.get("type")
    if kind == "array":
        inner = _kind(field["items"], schema) if "items" in field else "values"
        return f"list of {'groups' if inner == 'group' else inner}"
    if kind == "object":
        inner = field.get("additionalProperties")
        return f"name: {_kind(inner, schema)}" if isinstance(inner, Mapping) else "mapping"
    if field.get("format") == "date":
        return "ISO date"
    bounds = [
        f"{words} {field[key]:,}" if isinstance(field[key], int) else f"{words} {field[key]}"
        for key, words in (
            ("minimum", "from"),
            ("exclusiveMinimum", "above"),
            ("maximum", "to"),
            ("exclusiveMaximum", "below"),
        )
        if key in field
    ]
    return " ".join([_WORDS.get(str(kind), str(kind or "value")), *bounds])


def _shown(value: Any) -> str:
    if value is _NOTHING:
        return ""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= _LONGEST_DEFAULT else "see the file"


def _table(rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    lines = ["| key | type and bounds | default | meaning |", "| --- | --- | --- | --- |"]
    for path, *cells in rows:
        lines.append(
            " | ".join([f"| `{path}`", *(cell.replace("|", "\\|").replace("\n", " ") for cell in cells)]) + " |"
        )
    return "\n".join(lines) + "\n"


def files_page() -> str:
    """Every file under the root: what it is in the catalog, and which node writes it."""
    config = _loader()["catalog"]
    resolver = CatalogConfigResolver(config, {})
    writers = {name: node for job in pipelines.values() for node in job.nodes for name in node.outputs}
    files: dict[tuple[str, str, str, str], list[str]] = {}
    for name in sorted({name for job in pipelines.values() for name in job.datasets()}):
        entry = name if name in config else resolver.match_dataset_pattern(name) or name
        if entry not in config or not config[entry].get("filepath", "").startswith("data/"):
            continue
        folder, _, place = _of_any_tariff(config[entry]["filepath"].removeprefix("data/")).partition("/")
        layer = config[entry]["metadata"]["kedro-viz"]["layer"]
        node = writers.get(name)
        writer = "" if node is None else f"`{re.sub('domestic|industrial', '<tariff>', node.name)}`"
        does = _of_any_tariff(config[entry]["metadata"].get("result", "")) or ("" if node is None else _does(node.func))
        same = files.setdefault((folder, layer, writer, does), [])
        if f"`{place}`" not in same:
            same.append(f"`{place}`")
    lines = [
        "# Files\n",
        _MADE,
        "Everything lies below `root` (default `data`; a folder or an `s3://` address). `<tariff>` is `domestic` or",
        "`industrial`. What keeps every date (segments, rejected, benchmark, segment_totals, profiles) lies below",
        "`history`, where that is set. The raw layer is read by the job, and written by `synthetic_data` only; any",
        "other can be deleted whenever no run is going on. What each table holds: the pages of the",
        "[pipelines](../explanation/design.md#the-graph).",
    ]
    folder_of = ""
    for (folder, layer, writer, does), places in sorted(files.items()):
        if folder != folder_of:
            folder_of = folder
            lines += [
                f"\n## {folder}\n",
                "| files | layer | written by | holds, or comes from a node that has to |",
                "| --- | --- | --- | --- |",
            ]
        lines.append(f"| {', '.join(sorted(places))} | {layer} | {writer} | {does} |")
    return "\n".join(lines) + "\n"


def _of_any_tariff(words: str) -> str:
    return words.replace("{tariff}", "<tariff>")


def _does(function: Any) -> str:
    """What a node does, by its docstring."""
    return (function.__doc__ or "").split("\n")[0].rstrip(".").replace("``", "`").replace("|", "\\|")


def command_line_page() -> str:
    """Every command's help, and the targets of make."""
    targets = re.findall(r"^([a-z-]+):.*## (.*)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    lines = ["# Command line\n", _MADE, "## make\n", "| target | does |", "| --- | --- |"]
    lines += [f"| `make {name}` | {does} |" for name, does in targets]
    lines += ["", '`ARGS` adds to a target\'s command: `make run ARGS="--params seed=7"`.\n']
    lines += [
        "`kedro run` in the project's folder is Kedro's own; `segmentation-model run` is the same from anywhere.\n"
    ]
    return "\n".join(lines) + "\n" + "\n".join(_helps(command_line, "segmentation-model", None))


def _helps(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
    yield f"## {context.command_path}\n"
    yield f"```text\n{click.unstyle(command.get_help(context)).rstrip()}\n```\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None and not found.hidden:
                yield from _helps(found, inner, context)


MAKERS = {"parameters": parameters_page, "files": files_page, "command_line": command_line_page}


@click.command()
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), default=PAGES, help="Folder of the pages.")
def main(output: Path) -> None:
    """Write the pages that follow from the code."""
    logging.disable(logging.WARNING)
    for name, make in MAKERS.items():
        page, text = output / f"{name}.md", re.sub(r"\n{3,}", "\n\n", make())
        if not page.exists() or page.read_text() != text:
            page.write_text(text)
            click.echo(f"{page}: written anew")


if __name__ == "__main__":
    main()
