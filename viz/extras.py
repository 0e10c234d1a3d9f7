"""What Kedro-Viz draws beside the graph, from its folder ``.viz``: colours by role, sizes of tables."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog

from roles import Role, roles_of

_INK = "#1b1b1b"


def write_extras(project: Path) -> dict[str, Role]:
    """Write ``styles.json`` and ``stats.json`` of a project, for the environment that ``KEDRO_ENV`` names.

    Returns:
        The roles that the colours stand for.
    """
    bootstrap_project(project)
    with KedroSession.create(project_path=project) as session:
        catalog = session.load_context().catalog
        registered = dict(pipelines)
    names = sorted({name for pipeline in registered.values() for name in pipeline.datasets()})
    layers = {name: _layer(catalog, name) for name in names if not name.startswith("params:")}
    roles = roles_of(registered, layers.get)
    folder = project / ".viz"
    folder.mkdir(exist_ok=True)
    (folder / "styles.json").write_text(json.dumps(styles(roles), indent=1))
    stats = {name: size for name in layers if (size := _size(catalog, name))}
    (folder / "stats.json").write_text(json.dumps(stats, indent=1))
    return roles


def styles(roles: Mapping[str, Role]) -> dict[str, dict[str, str]]:
    """Colours of datasets, dark on light in both themes."""
    return {name: {"fill": role.value.fill, "stroke": role.value.stroke, "color": _INK} for name, role in roles.items()}


def _layer(catalog: DataCatalog, name: str) -> str | None:
    metadata = getattr(catalog.get(name), "metadata", None) or {}
    found: str | None = metadata.get("kedro-viz", {}).get("layer")
    return found


def _size(catalog: DataCatalog, name: str) -> dict[str, Any]:
    """Rows, columns and bytes of a table in one Parquet file, from its footer; nothing of anything else."""
    file = Path(str(catalog[name]._describe().get("filepath", "")))
    if file.suffix != ".parquet" or not file.is_file():
        return {}
    footer = pq.read_metadata(file)
    return {"rows": footer.num_rows, "columns": footer.num_columns, "file_size": file.stat().st_size}
