"""How a drift tool is put to work for the benchmark: every tool by the same code, in a process of its own.

    python TOOL.py METHOD REPEATS REFERENCE CURRENT [REFERENCE CURRENT ...]

reads each pair of Parquet files, compares it as often as wanted, and prints one line of JSON: per pair the seconds of
reading and of each comparison, and per column what was found. Only the comparison is timed as one; imports are not.
"""

import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass

import pandas as pd
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Finding:
    """What a tool says about one column.

    Attributes:
        method: Its name of the statistic.
        value: The statistic.
        alerts: Share of the checks made of this column that found drift; 0 or 1 where there is one check.
        verdict: The same in words.
    """

    method: str
    value: float
    alerts: float
    verdict: str


Compare = Callable[[pd.DataFrame, pd.DataFrame, str], dict[str, Finding]]


def main(compare: Compare) -> None:
    """Compare the pairs of the command line with one tool."""
    warnings.simplefilter("ignore")
    method, repeats, *paths = sys.argv[1:]
    pairs = [pair(compare, method, int(repeats), *paths[place : place + 2]) for place in range(0, len(paths), 2)]
    sys.stdout.flush()
    os.write(1, f"{json.dumps(pairs)}\n".encode())


def pair(compare: Compare, method: str, repeats: int, reference_path: str, current_path: str) -> dict[str, object]:
    began = time.perf_counter()
    reference, current = (pq.read_table(path).to_pandas() for path in (reference_path, current_path))
    reading, seconds = time.perf_counter() - began, []
    for _ in range(repeats):
        began = time.perf_counter()
        findings = compare(reference, current, method)
        seconds.append(time.perf_counter() - began)
    columns = {name: asdict(finding) for name, finding in findings.items()}
    return {"reading": reading, "seconds": seconds, "columns": columns}
