"""The steps of a drift check against a saved profile, each in a process of its own; the last line says what it took.

    python bench/profile_check.py code
    python bench/profile_check.py save REFERENCE FOLDER
    python bench/profile_check.py read CURRENT REPEATS
    python bench/profile_check.py count CURRENT FOLDER REPEATS [COLUMNS]

``code`` says which version is measured. ``save`` freezes a table and keeps its profile as ``drift-check`` takes it.
``count`` times counting and judging of a table in memory, and says when it began; COLUMNS: only so many, evenly spread.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from segmentation_model.drift.judgement.table_drift import check_counts
from segmentation_model.drift.reference.profile import ReferenceProfile, build_profile, count_table
from segmentation_model.drift.settings import DriftSettings, ProfileSettings
from segmentation_model.hooks.code_version import code_version
from segmentation_model.model.artifact_files import PROFILE_FILES, profile_from_files, profile_to_files

WORKERS = 2
Facts = dict[str, Any]


def code() -> Facts:
    return {"version": code_version()}


def save(reference: str, folder: str) -> Facts:
    profile = build_profile(frame(reference), ProfileSettings(), workers=WORKERS)
    files = profile_to_files(profile)
    Path(folder).mkdir(parents=True)
    for name, content in files.items():
        (Path(folder) / name).write_bytes(content)
    return {"bytes": sum(map(len, files.values()))}


def read(current: str, repeats: str) -> Facts:
    """Reading as pyarrow does it, all columns; the first time only warms the cache."""
    table = pq.read_table(current)
    facts = {"rows": table.num_rows, "columns": table.num_columns, "arrow": table.nbytes}
    del table
    return facts | {"seconds": [timed(lambda: pq.read_table(current)) for _ in range(int(repeats))]}


def count(current: str, folder: str, repeats: str, columns: str = "") -> Facts:
    profile = profile_from_files({name: (Path(folder) / name).read_bytes() for name in PROFILE_FILES})
    if columns:
        names = list(profile.columns)
        chosen = [names[place * len(names) // int(columns)] for place in range(int(columns))]
        profile = replace(profile, columns={name: profile.columns[name] for name in chosen})
    table = frame(current, list(profile.columns))
    began = time.time()
    return {"began": began, "seconds": [timed(lambda: judge(profile, table)) for _ in range(int(repeats))]}


def judge(profile: ReferenceProfile, table: pd.DataFrame) -> str:
    return check_counts(profile, count_table(profile, table, workers=WORKERS), DriftSettings()).severity


def frame(path: str, columns: list[str] | None = None) -> pd.DataFrame:
    return pq.read_table(path, columns=columns).to_pandas()


def timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


if __name__ == "__main__":
    step, *rest = sys.argv[1:]
    print(json.dumps({"code": code, "save": save, "read": read, "count": count}[step](*rest)))
