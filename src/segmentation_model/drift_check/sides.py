"""What is compared with what, by which rules, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from segmentation_model.columns.layout import Tariff
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift.settings import DriftSettings, ProfileSettings
from segmentation_model.drift_check.progress import Progress
from segmentation_model.drift_check.table_roles import TableRoles
from segmentation_model.drift_check.tables.source_table import SourceTable
from segmentation_model.drift_check.tariffs import TariffSplit


@dataclass(frozen=True)
class Side:
    """One of the tables.

    Attributes:
        name: What messages call it.
        table: The table.
        columns: Its columns that are compared.
        unread: Those that should be and cannot be read, each with the reason.
        split: How its rows are told apart by tariff.
    """

    name: str
    table: SourceTable
    columns: tuple[str, ...]
    unread: Mapping[str, str]
    split: TariffSplit

    def with_tariff(self, columns: Iterable[str]) -> list[str]:
        """These columns and the one that splits the rows."""
        return [*columns, *([self.split.column] if self.split.column is not None else [])]


@dataclass(frozen=True)
class Rules:
    """What both ways of computing have in common.

    Attributes:
        settings: The severity rule.
        roles: What the columns mean.
        workers: Threads.
        progress: Told how far it is.
        profile_settings: How a reference is frozen.
    """

    settings: DriftSettings
    roles: TableRoles
    workers: int
    progress: Progress
    profile_settings: ProfileSettings = field(default_factory=ProfileSettings)


@dataclass(frozen=True)
class Compared:
    """What was measured.

    Attributes:
        tables: Drift per tariff.
        profiles: Profile of the reference per tariff.
    """

    tables: Mapping[str, TableDrift]
    profiles: Mapping[Tariff, ReferenceProfile]
