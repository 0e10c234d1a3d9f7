"""Small pairs of tables of which it is known whether they drift, to compare what the tools make of them.

    python bench/drift_cases.py FOLDER --seeds 2

writes the pairs, and a list of ``Case`` as ``cases.json``.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from drift_table import CATEGORICAL, MISSING, Layout, category, write_table

ROWS = 30_000
#: A small group of customers, and a larger one.
UNDRIFTED_ROWS = (1_000, 10_000)
CATEGORY_ROWS, CATEGORY_TABLES = 1_000, 10


@dataclass(frozen=True)
class Case:
    """One column to judge, or many undrifted ones to count the false alarms of.

    Attributes:
        name: For people.
        drifts: Whether there is something to be found.
        pairs: Files of reference and current tables.
    """

    name: str
    drifts: bool
    pairs: list[tuple[str, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=2, help="pairs of wide undrifted tables (default: %(default)s)")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True)
    wide = Layout()
    cases = [
        *known_columns(arguments.folder),
        *(
            undrifted(
                f"{wide.columns} undrifted columns, n = m = {rows:,}", arguments.folder, rows, arguments.seeds, wide
            )
            for rows in UNDRIFTED_ROWS
        ),
        undrifted(
            f"{CATEGORICAL} undrifted categories, n = m = {CATEGORY_ROWS:,}",
            arguments.folder,
            CATEGORY_ROWS,
            CATEGORY_TABLES,
            Layout(numeric=0, score=False),
        ),
    ]
    (arguments.folder / "cases.json").write_text(json.dumps([asdict(case) for case in cases]), encoding="utf-8")


def known_columns(folder: Path) -> Iterator[Case]:
    """Tables of one column."""
    rng = np.random.default_rng(1)

    def invoices(factor: float = 1) -> pa.Array:
        return pa.array(factor * rng.lognormal(6, 2, ROWS).astype(np.float32))

    def readings(missing: float = MISSING) -> pa.Array:
        return pa.array(rng.standard_normal(ROWS).astype(np.float32), mask=rng.random(ROWS) < missing)

    def tariffs(unseen: int = 0) -> pa.Array:
        is_new = np.zeros(ROWS, dtype=bool)
        is_new[rng.choice(ROWS, unseen, replace=False)] = True
        return pc.if_else(pa.array(is_new), "never seen", category(rng, 0, ROWS))

    columns = [
        ("lognormal(6, 2) doubled", True, invoices(), invoices(2)),
        ("lognormal(6, 2) as it was", False, invoices(), invoices()),
        ("missing 2 % to 30 %", True, readings(), readings(0.30)),
        (f"1 unseen value in {ROWS:,}", False, tariffs(), tariffs(1)),
        ("5 % unseen values", True, tariffs(), tariffs(ROWS // 20)),
    ]
    for position, (name, drifts, *tables) in enumerate(columns):
        paths = (folder / f"{position}_reference.parquet", folder / f"{position}_current.parquet")
        for path, column in zip(paths, tables, strict=True):
            pq.write_table(pa.table({"column": column}), path)
        yield Case(name, drifts, [(str(paths[0]), str(paths[1]))])


def undrifted(name: str, folder: Path, rows: int, pairs: int, layout: Layout) -> Case:
    """Pairs of tables of the benchmark's generator that differ by the seed only."""
    paths = []
    for pair in range(pairs):
        sides = [folder / f"{layout.columns}x{rows}_{pair}_{side}.parquet" for side in ("reference", "current")]
        for side, path in enumerate(sides):
            write_table(path, rows, [rows, pair, side], layout)
        paths.append((str(sides[0]), str(sides[1])))
    return Case(name, drifts=False, pairs=paths)


if __name__ == "__main__":
    main()
