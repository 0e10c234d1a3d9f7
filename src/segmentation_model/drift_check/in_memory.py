"""Two tables in memory, judged per tariff: every statistic is exact."""

from __future__ import annotations

import logging
from dataclasses import replace

import pandas as pd

from segmentation_model.columns.layout import Tariff
from segmentation_model.drift.judgement.table_drift import TableDrift, compare_tables
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift_check.findings import Leftovers, with_leftovers
from segmentation_model.drift_check.sides import Compared, Rules, Side
from segmentation_model.drift_check.tariffs import SplitRows
from segmentation_model.pages.wording import plural

logger = logging.getLogger(__name__)


def compare_frames(sides: tuple[Side, Side], frames: tuple[pd.DataFrame, pd.DataFrame], rules: Rules) -> Compared:
    """Judge one table in memory against another: KS statistics are exact.

    Args:
        sides: Reference and current table.
        frames: Their rows: compared columns and the tariff, at least.
        rules: The rules.
    """
    before, now = (_split_whole(side, frame) for side, frame in zip(sides, frames, strict=True))
    tables: dict[str, TableDrift] = {}
    profiles: dict[Tariff, ReferenceProfile] = {}
    for tariff in sides[0].split.wanted:
        logger.info("Comparing %s of %s", plural(len(sides[0].columns), "column"), tariff)
        profile, drift = compare_tables(
            before.parts[tariff],
            now.parts[tariff],
            rules.profile_settings,
            rules.settings,
            families=rules.roles.families(sides[0].columns),
            workers=rules.workers,
        )
        profiles[tariff] = replace(profile, about={"tariff": tariff})
        tables[tariff] = drift
    leftovers = [Leftovers(one.name, rows.unknown, one.unread) for one, rows in zip(sides, (before, now), strict=True)]
    return Compared(with_leftovers(tables, leftovers[0], leftovers[1], rules.roles), profiles)


def _split_whole(side: Side, frame: pd.DataFrame) -> SplitRows:
    return side.split.apply(frame[side.with_tariff(side.columns)])
