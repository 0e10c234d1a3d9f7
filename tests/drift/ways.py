"""Every way from two tables to a judgement. They differ in what they read and keep, never in what they find."""

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Protocol

import pandas as pd

from segmentation_model.drift.judgement.column_drift import ColumnDrift
from segmentation_model.drift.judgement.table_drift import TableDrift, check_counts, check_table, compare_tables
from segmentation_model.drift.reference.profile import build_profile, count_table
from segmentation_model.drift.reference.profile_file import profile_from_bytes, profile_to_bytes
from segmentation_model.drift.reference.sketch import build_profile_from_parts
from tests.drift.builders import FROZEN, RULE, Values

Table = Mapping[str, Values] | pd.DataFrame


class Way(Protocol):
    """From a reference and a current table to the drift of the one against the other, by the default rule."""

    def __call__(self, reference: Table, current: Table, weights: Mapping[str, float] | None = None) -> TableDrift: ...


def by_profile(reference: Table, current: Table, weights: Mapping[str, float] | None = None) -> TableDrift:
    """A profile that was written and read again; the reference is gone."""
    stored = profile_from_bytes(*profile_to_bytes(build_profile(pd.DataFrame(reference), FROZEN)))
    return check_table(stored, pd.DataFrame(current), RULE, weights=weights)


def by_raw(reference: Table, current: Table, weights: Mapping[str, float] | None = None) -> TableDrift:
    """Both tables in memory."""
    return compare_tables(pd.DataFrame(reference), pd.DataFrame(current), FROZEN, RULE, weights=weights)[1]


def by_parts(reference: Table, current: Table, weights: Mapping[str, float] | None = None) -> TableDrift:
    """Both tables in parts that are never together in memory."""
    profile = build_profile_from_parts(parts_of(pd.DataFrame(reference)), FROZEN)
    counts = reduce(add, (count_table(profile, part) for part in parts_of(pd.DataFrame(current))()))
    return check_counts(profile, counts, RULE, weights=weights)


def parts_of(table: pd.DataFrame) -> Callable[[], Iterator[pd.DataFrame]]:
    """Four parts of a table: of a row or two, an empty one, the larger and the smaller part of the rest."""
    first = min(2, len(table))
    cuts = [0, first, first, max(first, 2 * len(table) // 3), len(table)]

    def parts() -> Iterator[pd.DataFrame]:
        for start, stop in pairwise(cuts):
            yield table.iloc[start:stop]

    return parts


WAYS: Mapping[str, Way] = {"profile": by_profile, "raw": by_raw, "parts": by_parts}


def one_column(judge: Way, reference: Values, current: Values) -> ColumnDrift:
    """Drift of a table of one column."""
    return judge({"x": reference}, {"x": current}).columns[0]
