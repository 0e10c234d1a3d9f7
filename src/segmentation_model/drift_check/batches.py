"""Tables larger than memory: read batch by batch, judged by the same rules from counts that add up exactly."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from segmentation_model.columns.layout import Tariff
from segmentation_model.drift.judgement.table_drift import TableDrift, check_counts, unmeasured_table
from segmentation_model.drift.reference.prediction_reference import PredictionCounts, count_scores
from segmentation_model.drift.reference.profile import ReferenceProfile, count_table, no_rows
from segmentation_model.drift.reference.sketch import (
    TableSketch,
    no_part,
    profile_from_sketch,
    sketch_table,
    with_counts,
)
from segmentation_model.drift_check.findings import Leftovers, with_leftovers
from segmentation_model.drift_check.saved_reference import SavedReference
from segmentation_model.drift_check.sides import Compared, Rules, Side
from segmentation_model.drift_check.tariffs import SplitRows
from segmentation_model.errors import InputError, shorten

logger = logging.getLogger(__name__)


def profile_batches(reference: Side, rules: Rules) -> tuple[dict[Tariff, ReferenceProfile], Leftovers]:
    """Freeze a reference table that is read twice, batch by batch: first its quantiles, then its counts.

    Returns:
        Profile per tariff, and what could not be frozen.

    Raises:
        InputError: The table changed between the two.
    """
    sketches: dict[Tariff, TableSketch] = dict.fromkeys(reference.split.wanted, no_part(rules.profile_settings))
    unknown: Counter[str] = Counter()
    for rows in _batches(reference, reference.columns, "Reading the reference", rules):
        unknown += rows.unknown
        for tariff, part in rows.parts.items():
            sketches[tariff] += sketch_table(part, rules.profile_settings, workers=rules.workers)
    frozen = {tariff: profile_from_sketch(sketch, rules.profile_settings) for tariff, sketch in sketches.items()}
    counts = {tariff: no_rows(profile) for tariff, profile in frozen.items()}
    for rows in _batches(reference, reference.columns, "Counting the reference", rules):
        for tariff, part in rows.parts.items():
            counts[tariff] += count_table(frozen[tariff], part, workers=rules.workers)
    for tariff, sketch in sketches.items():
        if sketch.rows != counts[tariff].rows:
            raise InputError(
                f"{reference.table.address}: changed while it was read: {sketch.rows:,} rows of {tariff} at first, "
                f"then {counts[tariff].rows:,}; check again"
            )
    profiles = {
        tariff: with_counts(profile, counts[tariff], about={"tariff": tariff}) for tariff, profile in frozen.items()
    }
    return profiles, Leftovers(reference.name, unknown, reference.unread)


def judge_batches(
    references: Mapping[Tariff, SavedReference],
    current: Side,
    rules: Rules,
    *,
    reference_leftovers: Leftovers | None = None,
) -> Compared:
    """Judge a current table, read batch by batch, against frozen references.

    Args:
        references: The reference per tariff; a tariff that is wanted and has none is not measured.
        current: The current table; only what the references know is read.
        rules: The rules.
        reference_leftovers: What could not be frozen of a reference that was read just now.
    """
    known = {name for one in references.values() for name in _features(one)}
    columns = [name for name in current.columns if name in known]
    tallies = {tariff: _Tally(one, columns, current.name) for tariff, one in references.items()}
    rows_of: Counter[Tariff] = Counter()
    unknown: Counter[str] = Counter()
    for rows in _batches(current, columns, "Counting the current table", rules):
        unknown += rows.unknown
        for tariff, part in rows.parts.items():
            rows_of[tariff] += len(part)
            if tariff in tallies and len(part):
                tallies[tariff].add(part, rules.workers)
    tables: dict[str, TableDrift] = {
        tariff: tallies[tariff].judge(current.columns, rules)
        if tariff in tallies
        else _without_reference(tariff, references, rows_of[tariff])
        for tariff in current.split.wanted
    }
    leftovers = Leftovers(current.name, unknown, current.unread)
    judged = with_leftovers(tables, reference_leftovers or Leftovers("reference"), leftovers, rules.roles)
    return Compared(judged, {tariff: one.profile for tariff, one in references.items()})


class _Tally:
    """Current rows of one tariff, counted against its reference and scored with its model, if there is one."""

    def __init__(self, reference: SavedReference, columns: Iterable[str], name: str) -> None:
        self._reference = reference
        self._name = name
        self._counts = no_rows(reference.profile)
        self._scored = _can_be_scored(reference, columns)
        self._prediction: PredictionCounts | None = None

    def add(self, rows: pd.DataFrame, workers: int) -> None:
        """Count further rows."""
        self._counts += count_table(self._reference.profile, rows, workers=workers)
        if self._scored:
            counts = _scores(self._reference, rows, self._name)
            self._scored = counts is not None  # without the scores of one slice there are none of the table
            before = self._prediction
            self._prediction = counts if before is None or counts is None else before + counts

    def judge(self, names: Iterable[str], rules: Rules) -> TableDrift:
        """Judge what was counted; ``names`` are all columns of the table that could be compared."""
        profile = self._reference.profile
        extra = tuple(sorted(set(names) - {*profile.columns, *profile.left_out}))
        return check_counts(
            profile,
            replace(self._counts, extra=extra),
            rules.settings,
            weights=_weights(self._reference),
            families=rules.roles.families(profile.columns),
            prediction=self._prediction,
        )


def _batches(side: Side, columns: Iterable[str], label: str, rules: Rules) -> Iterator[SplitRows]:
    """The rows of a table by tariff, batch by batch.

    Reading the next one in a thread meanwhile was tried: the counting that it hides is too short to show.
    """
    batches = side.table.batches(columns=side.with_tariff(columns))
    for rows in rules.progress.follow(batches, label, side.table.rows):
        yield side.split.apply(rows)


def _features(reference: SavedReference) -> list[str]:
    model = reference.model.features.names if reference.model is not None else []
    return [*reference.profile.columns, *model]


def _can_be_scored(reference: SavedReference, columns: Iterable[str]) -> bool:
    """Whether the current table has the model's features; where it has not, that is said once."""
    model = reference.model
    if model is None or model.status != "trained":
        return False
    absent = sorted(set(model.features.names) - set(columns))
    if absent:
        logger.warning(
            "The scores of %s are not judged: the current table has not its features %s",
            reference.address,
            shorten(absent),
        )
    return not absent


def _scores(reference: SavedReference, rows: pd.DataFrame, name: str) -> PredictionCounts | None:
    from segmentation_model.model.baseline import current_scores

    assert reference.model is not None
    scores = current_scores(reference.model, rows, name)
    if scores is None or reference.profile.prediction is None:
        return None
    return count_scores(reference.profile.prediction, scores)


def _weights(reference: SavedReference) -> Mapping[str, float] | None:
    if reference.model is None:
        return None
    from segmentation_model.model.baseline import feature_weights

    return feature_weights(reference.model)


def _without_reference(tariff: Tariff, references: Mapping[Tariff, SavedReference], rows: int) -> TableDrift:
    there = f"there is one of {' and '.join(references)}" if references else "there is none"
    return unmeasured_table(f"no saved reference of {tariff}: {there}", current_rows=rows)
