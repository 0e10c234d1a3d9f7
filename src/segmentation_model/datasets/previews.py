"""What Kedro-Viz shows of a dataset, in the forms that it knows by the name of what ``preview`` returns."""

import html
import json
from collections.abc import Mapping
from typing import Any, NewType

import pandas as pd
from kedro_datasets._typing import HTMLPreview, JSONPreview, TablePreview

#: Text as it stands. Kedro-Viz draws it, Kedro has no name for it.
TextPreview = NewType("TextPreview", str)

_ROWS = 10


def of_table(head: pd.DataFrame) -> TablePreview:
    """Rows as text, which any value can be shown as."""
    return TablePreview(dict(head.astype("str").to_dict(orient="split")))


def of_json(content: Any) -> JSONPreview:
    """Anything that JSON can hold."""
    return JSONPreview(json.dumps(content, ensure_ascii=False))


def of_tables(tables: Mapping[str, pd.DataFrame]) -> HTMLPreview:
    """First rows of several tables, one below the other.

    Kedro-Viz reads Markdown in HTML, to which underscores mean emphasis: names are shown without.
    """
    parts = []
    for name, table in tables.items():
        shown = table.head(_ROWS).to_html(index=False, na_rep="", float_format=lambda number: f"{number:.4g}", border=0)
        parts.append(f"<h3>{html.escape(name)}, {len(table)} rows</h3>{shown}")
    return HTMLPreview("".join(parts).replace("\n", "").replace("_", " "))
