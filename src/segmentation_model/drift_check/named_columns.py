"""What the columns file names must be there: a misspelt role would be left out in silence, and its column compared."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from segmentation_model.columns import Layout, MappedColumn
from segmentation_model.drift_check.reading_errors import shown_address
from segmentation_model.errors import ConfigurationError, shorten

logger = logging.getLogger(__name__)

_SHOWN = 10


def refuse_absent(layout: Layout, address: str, names: Iterable[str]) -> None:
    """Refuse a columns file of which a column is on neither side, as the job refuses a layout.

    Three are excused. The target, as in the job, which scores tables without it: a warning says so. The customer's
    column, where the file leaves it to its canonical name. And everything, where the tables hold features: they come
    after the job's first node, so they have none of the file's names and some of the canonical ones instead.

    Args:
        layout: What the file says.
        address: The file, for the message.
        names: Every column of the reference and of the current table.

    Raises:
        ConfigurationError: A column is on neither side; the message has role and column, and what there is.
    """
    known = set(names)
    mapped = layout.table()
    if _are_canonical(mapped, known):
        return
    absent = [column for column in mapped if column.raw not in known and column.raw != "customer_id"]
    refused = [column for column in absent if column.kind != "target"]
    there = "in the reference or in the current table; they have"
    if refused:
        raise ConfigurationError(
            f"--columns: {shown_address(address)}: no column {_named(refused)} {there} {_nearest_first(refused, known)}"
        )
    if absent:
        words = f"no column {_named(absent)} {there} {_nearest_first(absent, known)}"
        logger.warning("%s; both are taken for tables to score", words)


def _are_canonical(mapped: Sequence[MappedColumn], known: set[str]) -> bool:
    """Whether tables have canonical names where the layout has others."""
    renamed = [column for column in mapped if column.raw != column.name]
    return any(column.name in known for column in renamed) and not any(column.raw in known for column in renamed)


def _named(columns: Sequence[MappedColumn]) -> str:
    return shorten(f"{column.raw} ({column.source})" for column in columns)


def _nearest_first(absent: Sequence[MappedColumn], known: set[str]) -> str:
    """The columns that there are, those first that may have been meant."""
    near = [name for column in absent for name in get_close_matches(column.raw, sorted(known))]
    return shorten(dict.fromkeys([*near, *sorted(known)]), _SHOWN)
