"""The file that says which column is what: a layout of the parameters, all of its keys optional."""

from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from segmentation_model.columns import Columns, Layout
from segmentation_model.columns.layout import TARIFFS
from segmentation_model.errors import ConfigurationError, shorten
from segmentation_model.faults import explain

Model = TypeVar("Model", bound=BaseModel)


def read_columns_file(content: bytes, address: str) -> Layout:
    """Read a columns file.

    Args:
        content: YAML: the keys of one layout, or a project's parameters, of which ``columns`` is read.
        address: Where it comes from, for messages.

    Returns:
        The layout. A role that it does not name has its canonical name, for tables of our own.

    Raises:
        ConfigurationError: It is not YAML, or has an unknown key or a wrong value; says what is allowed.
    """
    try:
        document = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{address}: no YAML ({' '.join(str(error).split())})") from error
    if not isinstance(document, dict):
        raise ConfigurationError(
            f"{address}: the keys of a layout are needed: {shorten(Layout.model_fields, len(Layout.model_fields))}; "
            f"it holds {type(document).__name__}"
        )
    section = document.get("columns", document)
    if isinstance(section, dict) and "layouts" in section:
        return _chosen(section, address)
    return _validated(Layout, _completed(document), address)


def _chosen(section: dict[str, Any], address: str) -> Layout:
    layouts = section["layouts"]
    if not isinstance(layouts, dict) or not layouts:
        raise ConfigurationError(f"{address}: columns.layouts: at least one layout is needed")
    use = section.get("use")
    if use is None or "${" in str(use):
        if len(layouts) > 1:
            raise ConfigurationError(
                f"{address}: columns.use: {use!r} does not name one of the layouts {shorten(layouts)}; write the name "
                "of one of them"
            )
        use = next(iter(layouts))
    completed = {name: _completed(layout) for name, layout in layouts.items()}
    return _validated(Columns, {**section, "use": use, "layouts": completed}, address).layout


def _completed(layout: Any) -> Any:
    """A layout with what it may leave out here: the customer's column, and codes of the tariffs beside their names."""
    if not isinstance(layout, dict) or not isinstance(layout.get("roles") or {}, dict):
        return layout
    roles = {"customer_id": "customer_id", **(layout.get("roles") or {})}
    by_name: dict[str, Any] = {"values": {"tariff": {tariff: [] for tariff in TARIFFS}}}
    return {**(by_name if roles.get("tariff") is not None else {}), **layout, "roles": roles}


def _validated(model: type[Model], document: dict[str, Any], address: str) -> Model:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = [explain(fault, model) for fault in error.errors(include_url=False)]
        raise ConfigurationError(f"{address}: {'; '.join(faults)}") from None
