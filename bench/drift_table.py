"""A table of features for the drift benchmark, streamed to Parquet: as many rows as wanted, in the memory of one batch.

Float32 columns of five shapes in turn (normal; lognormal; zero-inflated; whole numbers with ties; uniform credits and
debts), 2 % of each missing; text columns of 12 values; one score. A column's shape depends on its position only, its
rows on the seed: two seeds give two tables without drift.

    python bench/drift_table.py OUTPUT --rows 100000 --seed 1
    python bench/drift_table.py FOLDER --rows 10000000 --seed 1 --files 10
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

NUMERIC, CATEGORICAL, VALUES = 220, 20, 12
MISSING = 0.02
BATCH = 100_000


@dataclass(frozen=True)
class Layout:
    """How many columns of which kind."""

    numeric: int = NUMERIC
    categorical: int = CATEGORICAL
    score: bool = True

    @property
    def columns(self) -> int:
        """All columns."""
        return self.numeric + self.categorical + self.score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path, help="the file; with --files the folder")
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--files", type=int, default=0, help="a folder of so many files; 0: one file")
    arguments = parser.parse_args()
    if not arguments.files:
        write_table(arguments.output, arguments.rows, [arguments.seed], Layout())
        return
    arguments.output.mkdir(parents=True)
    ends = [arguments.rows * part // arguments.files for part in range(arguments.files + 1)]
    for part in range(arguments.files):
        path = arguments.output / f"part-{part:03d}.parquet"
        write_table(path, ends[part + 1] - ends[part], [arguments.seed, part], Layout())


def write_table(path: Path, rows: int, seed: list[int], layout: Layout) -> None:
    """Write one file, a row group a batch."""
    with pq.ParquetWriter(path, table_schema(layout)) as writer:
        for batch in batches(rows, seed, layout):
            writer.write_batch(batch)


def batches(rows: int, seed: list[int], layout: Layout) -> Iterator[pa.RecordBatch]:
    """The rows of a table, batch by batch."""
    rng = np.random.default_rng(seed)
    for start in range(0, rows, BATCH):
        size = min(BATCH, rows - start)
        numbers = [number(rng, position, size) for position in range(layout.numeric)]
        categories = [category(rng, position, size) for position in range(layout.categorical)]
        scores = [pa.array(rng.beta(2, 8, size).astype(np.float32))] * layout.score
        yield pa.RecordBatch.from_arrays([*numbers, *categories, *scores], schema=table_schema(layout))


def table_schema(layout: Layout) -> pa.Schema:
    return pa.schema(
        [
            *((f"number_{position:03d}", pa.float32()) for position in range(layout.numeric)),
            *((f"category_{position:02d}", pa.string()) for position in range(layout.categorical)),
            *[("score", pa.float32())] * layout.score,
        ]
    )


def number(rng: np.random.Generator, position: int, rows: int) -> pa.Array:
    """One numeric column; the scale grows with the position within a shape."""
    shape, scale = position % 5, np.float32(1 + position // 5 % 10)
    values: NDArray[np.float32]
    if shape == 0:
        values = scale * rng.standard_normal(rows, dtype=np.float32)
    elif shape == 1:
        values = lognormal(rng, 6, 0.5 + 0.15 * scale, rows)
    elif shape == 2:
        values = lognormal(rng, 4, 1, rows) * (rng.random(rows, dtype=np.float32) < 0.03 + 0.09 * scale)
    elif shape == 3:
        values = np.floor(rng.standard_exponential(rows, dtype=np.float32) * scale * 3)
    else:
        values = 100 * scale * (rng.random(rows, dtype=np.float32) - np.float32(0.3))
    return pa.array(values, mask=rng.random(rows, dtype=np.float32) < MISSING)


def lognormal(rng: np.random.Generator, mean: float, sigma: float, rows: int) -> NDArray[np.float32]:
    return np.exp(np.float32(mean) + np.float32(sigma) * rng.standard_normal(rows, dtype=np.float32))


def category(rng: np.random.Generator, position: int, rows: int) -> pa.Array:
    """One text column; the further right, the more uneven the values' shares."""
    shares = (1.0 + np.arange(VALUES)) ** (-position / (2 * CATEGORICAL))
    codes = rng.choice(VALUES, size=rows, p=shares / shares.sum()).astype(np.int8)
    names = pa.array([f"value_{value:02d}" for value in range(VALUES)])
    return pa.DictionaryArray.from_arrays(pa.array(codes), names).cast(pa.string())


if __name__ == "__main__":
    main()
