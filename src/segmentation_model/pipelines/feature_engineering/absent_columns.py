"""What is said of mapped columns that a file lacks: most are a matter of spelling, so the nearest names come first."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from segmentation_model.columns import Layout, MappedColumn, MonthlyFamily, normalise_text
from segmentation_model.errors import shorten

#: Columns that a message names, and so looks for.
_SHOWN = 5
_MONTH = re.compile(r"\{m(:[^}]*)?\}")


def explain_absent(absent: Sequence[MappedColumn], present: Sequence[str], layout: Layout) -> str:
    """Name the absent columns with their keys, the nearest names that the layout leaves free, and what else is there.

    Args:
        absent: Mapped columns that the file lacks; at least one.
        present: Columns of the file.
        layout: The layout that maps them.
    """
    taken = {column.raw for column in layout.table()} | set(layout.ignore)
    free = {normalise_text(name): name for name in sorted(present) if name not in taken}
    nearest = [_nearest(column.raw, free, 3 if len(absent) == 1 else 1) for column in absent[:_SHOWN]]
    parts = [f"no column {shorten((f'{column.raw} ({column.source})' for column in absent), _SHOWN)}"]
    if any(nearest):
        parts.append(f"the nearest in the file: {shorten(dict.fromkeys(name for near in nearest for name in near))}")
    parts += _other_months({column.raw for column in absent}, set(present), layout)
    if not all(nearest):
        parts.append(f"the file has {shorten(sorted(present), 10)}")
    return "; ".join(parts)


def _nearest(name: str, free: dict[str, str], most: int) -> list[str]:
    return [free[spelling] for spelling in get_close_matches(normalise_text(name), free, n=most)]


def _other_months(absent: set[str], present: set[str], layout: Layout) -> list[str]:
    """Families whose columns are there with the month written the other way, padded or not."""
    told = []
    for month in ("{m:02d}", "{m}"):
        found = [name for name, family in layout.monthly.items() if _is_there(family, month, absent, present)]
        if found:
            told.append(f"write {month} in the pattern of monthly {shorten(found)}")
    return told


def _is_there(family: MonthlyFamily, month: str, absent: set[str], present: set[str]) -> bool:
    """Whether every absent column of the family is there once its pattern writes the month in this way."""
    if family.pattern is None:
        return False
    pattern = _MONTH.sub(month, family.pattern)
    pairs = zip(family.raw_columns(), family.model_copy(update={"pattern": pattern}).raw_columns(), strict=True)
    others = [other for name, other in pairs if name in absent]
    return bool(others) and pattern != family.pattern and present.issuperset(others)
