"""Months of a small table, and the command run on them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from click.testing import CliRunner, Result

from segmentation_model.drift_check.command import drift_check

DATE = "2026-07-31"
REPORTS = {
    "drift_report.html",
    "drift_report.txt",
    "drift_report.json",
    "drift_columns.parquet",
    "drift_summary.json",
}


def month(rows: int = 3_000, seed: int = 1, *, shift: float = 0.0, missing: float = 0.02) -> pd.DataFrame:
    """One row per customer, without tariff: an amount, a whole number, a category, a truth value.

    Args:
        rows: Customers.
        seed: Of everything random.
        shift: Moves ``amount`` by so many standard deviations.
        missing: Share of missing amounts.
    """
    random = np.random.default_rng(seed)
    amount = random.normal(size=rows) + shift
    return pd.DataFrame(
        {
            "customer_id": [f"C{index:05d}" for index in range(rows)],
            "amount": np.where(random.random(rows) < missing, np.nan, amount),
            "late": random.poisson(2.0, rows),
            "channel": random.choice(["app", "bank", "shop"], rows, p=[0.5, 0.3, 0.2]),
            "direct_debit": random.random(rows) < 0.4,
        }
    )


def with_tariffs(domestic: pd.DataFrame, industrial: pd.DataFrame, column: str = "tariff") -> pd.DataFrame:
    """Two tables in one, told apart by a column."""
    parts = {"Domestic": domestic, "Industrial": industrial}
    return pd.concat([part.assign(**{column: name}) for name, part in parts.items()], ignore_index=True)


@dataclass(frozen=True)
class Checked:
    """A finished command and what it left behind."""

    result: Result
    output: Path

    @property
    def code(self) -> int:
        return self.result.exit_code

    @property
    def summary(self) -> dict[str, Any]:
        return dict(json.loads((self.output / "drift_summary.json").read_text()))

    @property
    def report(self) -> dict[str, Any]:
        return dict(json.loads((self.output / "drift_report.json").read_text()))

    @property
    def message(self) -> str:
        return str(self.report["message"])

    def statistics(self, tariff: str = "Domestic") -> dict[str, dict[str, float | None]]:
        """Statistics of each column of a tariff."""
        return {one["column"]: one["statistics"] for one in self.report["tariffs"][tariff]["columns"]}

    def column(self, name: str, tariff: str = "Domestic") -> dict[str, Any]:
        """Everything about one column."""
        (found,) = (one for one in self.report["tariffs"][tariff]["columns"] if one["column"] == name)
        return dict(found)

    def complete(self) -> bool:
        """Whether every report is there, and nothing else."""
        return {path.name for path in self.output.iterdir()} == REPORTS


class Desk:
    """A folder to put tables in, and to check them from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, table: pd.DataFrame) -> str:
        """Write a table: Parquet, or CSV by its suffix. Returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if ".csv" in path.suffixes:
            table.to_csv(path, index=False)
        else:
            table.to_parquet(path, index=False)
        return str(path)

    def check(self, reference: str, current: str, *options: str, output: str = "out") -> Checked:
        """Run the command."""
        given = ["--reference-path", reference, "--current-path", current, "--execution-date", DATE, *options]
        return self.call([*given, "--output-path", str(self.folder / output)], output)

    def call(self, arguments: list[str], output: str = "out", env: Mapping[str, str] | None = None) -> Checked:
        """Run the command with exactly these arguments; an exception that it did not catch is raised."""
        result = CliRunner(env=dict(env or {})).invoke(drift_check, arguments, catch_exceptions=False)
        return Checked(result, self.folder / output)
