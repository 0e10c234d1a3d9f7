"""A reader who types what the documentation says, into a copy of the project that is as small as dev."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from tests.docs.blocks import Block, Command
from tests.project_run import PROJECT, copy_sources

_OF_DEV = ("rows", "max_trees", "minimum_cases")


class Reader:
    """The copy of the project, and what was typed there so far."""

    def __init__(self, folder: Path, warm: Path) -> None:
        """Sit down before a copy of the project; make up the tables that the pages take for granted."""
        self.folder = folder
        self._warm = warm
        self._page = ""
        self._exports: list[str] = []
        self._changes: list[Block] = []
        self._typed: set[str] = set()
        self._type(Command("kedro run --pipelines synthetic_data", ()))
        make_tables(folder)

    def follow(self, before: list[Block], block: Block) -> None:
        """Make the files and changes, then type the commands.

        A command that was typed before, and nothing was changed since, is not repeated.
        """
        if block.page != self._page:
            self._undo()
            self._page, self._exports = block.page, []
        for change in before:
            self._make(change)
        for command in block.commands:
            if command.text.startswith("export "):
                self._exports.append(command.text)
            elif command.text not in self._typed:
                self._type(command)
                self._typed.add(command.text)

    def _make(self, change: Block) -> None:
        for path, content in change.files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(content)
        if change.language == "diff":
            self._apply(change)
            self._changes.append(change)
            self._typed.clear()

    def _apply(self, change: Block, *options: str) -> None:
        applied = subprocess.run(
            ["git", "apply", "--recount", *options, "-"],
            cwd=self.folder,
            input=change.body,
            capture_output=True,
            text=True,
            check=False,
        )
        assert applied.returncode == 0, f"{change}: the change does not fit to the code any more: {applied.stderr}"

    def _undo(self) -> None:
        for change in reversed(self._changes):
            self._apply(change, "--reverse")
            self._typed.clear()
        self._changes = []

    def _type(self, command: Command) -> None:
        path = [str(Path(sys.executable).parent), os.environ["PATH"]]
        if not self._changes:  # what was imported before a change does not know of it
            path.insert(0, str(self._warm))
        result = subprocess.run(
            ["bash", "-c", "\n".join(["set -euo pipefail", *self._exports, command.text])],
            cwd=self.folder,
            env=os.environ
            | {
                "PATH": os.pathsep.join(path),
                "PYTHONPATH": str(self.folder / "src"),
                "HOME": str(self.folder / "home"),
                "DO_NOT_TRACK": "true",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        said = result.stdout + result.stderr
        if command.error is None:
            assert result.returncode == 0, f"$ {command.text}\n{said}"
            return
        assert result.returncode in (1, 2), f"$ {command.text}\nends with {result.returncode}, and was to fail\n{said}"
        place = 0
        for part in command.error:
            found = said.find(part, place)
            assert found >= 0, f"$ {command.text}\nwas to say {part!r}, and says\n{said}"
            place = found + len(part)


def small_copy(folder: Path) -> Path:
    """The project, with base as small as dev."""
    copy_sources(folder)
    for name in ("docs", "notebooks"):
        shutil.copytree(PROJECT / name, folder / name)
    make_base_as_small_as_dev(folder / "conf")
    (folder / "home").mkdir()
    return folder


def make_base_as_small_as_dev(conf: Path) -> None:
    """Write dev's sizes into base, so that the commands run as they stand."""
    small = yaml.safe_load((conf / "dev" / "globals.yml").read_text())
    path = conf / "base" / "globals.yml"
    found = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(found | {name: small[name] for name in _OF_DEV}))
    for changed in (conf / "dev" / "parameters").glob("*.yml"):
        path = conf / "base" / "parameters" / changed.name
        both = merged(yaml.safe_load(path.read_text()), yaml.safe_load(changed.read_text()))
        path.write_text(yaml.safe_dump(both, allow_unicode=True, sort_keys=False))


def merged(given: Any, changes: Any) -> Any:
    """A tree of settings, with what another one changes."""
    if not isinstance(given, dict) or not isinstance(changes, dict):
        return changes
    return given | {name: merged(given.get(name), value) for name, value in changes.items()}


def make_tables(folder: Path) -> None:
    """The tables that the pages take for granted: two months, and the export of another company."""
    raw = folder / "data" / "01_raw"
    shutil.copy(raw / "labelled_customers.parquet", folder / "june.parquet")
    shutil.copy(raw / "current_customers.parquet", folder / "july.parquet")
    shutil.copy(folder / "conf" / "base" / "parameters" / "columns.yml", folder / "columns.yml")
    (folder / "exports").mkdir()
    labelled = foreign_table(pd.read_parquet(raw / "labelled_customers.parquet"))
    labelled.to_parquet(folder / "exports" / "labelled.parquet")
    foreign_table(pd.read_parquet(raw / "current_customers.parquet")).to_parquet(folder / "exports" / "july.parquet")


def foreign_table(table: pd.DataFrame) -> pd.DataFrame:
    """Some of the columns under the names of the README's example."""
    newest = table.drop_duplicates("Id_Cliente").dropna(subset=["Id_Cliente"])
    dates = pd.to_datetime(newest["Fecha_Factura"], errors="coerce", format="mixed", dayfirst=True)
    domestic = newest["Tarifa"].str.strip().str.lower().str.startswith("d")
    columns = {
        "ACCOUNT_NO": newest["Id_Cliente"],
        "BILL_DATE": dates,
        "CLASS": domestic.map({True: "RESID", False: "COMER"}),
        "UNPAID": newest["Incumple"].map({0: "PAGADO", 1: "IMPAGO"}),
    }
    for month in range(1, 13):
        columns[f"BILLED_{month}"] = newest[f"Importe_Factura_{month:02d}"]
        columns[f"PAID_{month}"] = newest[f"Importe_Pagado_{month:02d}"]
    columns["CREDIT_LIMIT"] = newest["Deposito"]
    return pd.DataFrame(columns).dropna(subset=["BILL_DATE"])


def credit_cards(table: pd.DataFrame) -> str:
    """The UCI table as the tutorial's reader saves it: names of the published file, semicolons, decimal commas."""
    named = table.rename(columns={"default.payment.next.month": "default payment next month"})
    amounts = [name for name in named if name.startswith(("BILL_AMT", "PAY_AMT", "LIMIT_BAL"))]
    named[amounts] = named[amounts].astype(np.float64)
    return str(named.to_csv(index=False, sep=";", decimal=","))
