"""A stored profile comes back whole, always as the same bytes, and damage is found."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from segmentation_model.drift.judgement.table_drift import check_table
from segmentation_model.drift.reference.prediction_reference import Share, build_prediction_reference
from segmentation_model.drift.reference.profile import ReferenceProfile, build_profile
from segmentation_model.drift.reference.profile_file import (
    StoredProfile,
    profile_from_bytes,
    profile_to_bytes,
    restore_profile,
    store_profile,
)
from segmentation_model.drift.reference.profile_table import TABLE_SCHEMA
from segmentation_model.errors import ArtifactError
from tests.drift.builders import FROZEN, RULE, cut_offs_of, scores_of, undrifted_table


def some_profile(rows: int = 800, columns: int = 12) -> ReferenceProfile:
    random = np.random.default_rng(1)
    margins = random.normal(size=rows)
    features = undrifted_table(random, rows, columns).assign(empty=np.nan, when=pd.Timestamp("2024-01-01"))
    features["Región"] = random.choice(["Cañón", "Valle"], rows)
    return build_profile(
        features, FROZEN, shares={"Cliente Nuevo": Share(80, rows)}, about={"tariff": "Domestic"}
    ).with_prediction(build_prediction_reference(scores_of(margins, cut_offs_of(margins)), FROZEN))


def test_a_profile_comes_back_whole() -> None:
    profile = some_profile()
    restored = profile_from_bytes(*profile_to_bytes(profile))
    assert profile_to_bytes(restored) == profile_to_bytes(profile)
    assert restored.settings == profile.settings
    assert restored.shares == profile.shares
    assert restored.about == {"tariff": "Domestic"}
    assert restored.left_out == profile.left_out
    now = undrifted_table(np.random.default_rng(2), 700, 12).assign(c000=1.0)
    random = np.random.default_rng(3)
    scores = scores_of(random.normal(size=700), [0.0, 1.0, 2.0])
    shares = {"Cliente Nuevo": Share(90, 700)}
    from_memory, from_file = (check_table(one, now, RULE, scores=scores, shares=shares) for one in (profile, restored))
    assert from_memory == from_file


def test_the_error_of_edges_from_a_sketch_comes_back() -> None:
    profile = replace(some_profile(), quantile_error=0.00037)
    assert profile_from_bytes(*profile_to_bytes(profile)).quantile_error == 0.00037


def test_a_profile_that_was_written_before_there_were_sketches_is_exact() -> None:
    stored = store_profile(some_profile())
    content = {key: value for key, value in stored.document.items() if key not in {"quantile_error", "sha256"}}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    older = {**content, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    assert restore_profile(StoredProfile(older, stored.table)).quantile_error == 0.0


def test_an_empty_profile_comes_back() -> None:
    profile = build_profile(pd.DataFrame(), FROZEN)
    assert profile_from_bytes(*profile_to_bytes(profile)).columns == {}


def test_the_same_reference_gives_the_same_bytes() -> None:
    assert profile_to_bytes(some_profile()) == profile_to_bytes(some_profile())


def test_241_columns_take_at_most_2_mb() -> None:
    random = np.random.default_rng(5)
    features = pd.DataFrame({f"c{index}": random.lognormal(6, 2, 20_000).astype(np.float32) for index in range(241)})
    assert sum(map(len, profile_to_bytes(build_profile(features, FROZEN)))) <= 2_000_000


def test_a_table_that_another_writer_made_of_the_same_content_is_read() -> None:
    stored = store_profile(some_profile())
    as_pandas_writes_it = pa.Table.from_pandas(stored.table.to_pandas(types_mapper=pd.ArrowDtype), preserve_index=False)
    document = json.loads(json.dumps(stored.document, sort_keys=True))
    restored = restore_profile(StoredProfile(document=document, table=as_pandas_writes_it))
    assert profile_to_bytes(restored) == profile_to_bytes(some_profile())


def changed(key: str, value: Any) -> Callable[[StoredProfile], StoredProfile]:
    return lambda stored: StoredProfile({**stored.document, key: value}, stored.table)


def without(key: str) -> Callable[[StoredProfile], StoredProfile]:
    return lambda stored: StoredProfile({k: v for k, v in stored.document.items() if k != key}, stored.table)


def with_table(change: Callable[[pa.Table], pa.Table]) -> Callable[[StoredProfile], StoredProfile]:
    return lambda stored: StoredProfile(stored.document, change(stored.table))


def one_count_more(table: pa.Table) -> pa.Table:
    counts = table["count"].to_pylist()
    counts[-1] += 1
    return table.set_column(TABLE_SCHEMA.get_field_index("count"), TABLE_SCHEMA.field("count"), pa.array(counts))


def one_name_lost(table: pa.Table) -> pa.Table:
    names = [None, *table["column"].to_pylist()[1:]]
    return table.set_column(TABLE_SCHEMA.get_field_index("column"), pa.field("column", pa.string()), pa.array(names))


DAMAGE: dict[str, tuple[Callable[[StoredProfile], StoredProfile], str]] = {
    "a newer schema": (changed("schema_version", 2), r"schema version 2 cannot be read, 1 is allowed"),
    "no schema version": (changed("schema_version", None), r"schema version None cannot be read"),
    "another document": (changed("format", "recipe"), r"this is not one"),
    "no document": (lambda stored: StoredProfile([], stored.table), r"this is not one"),  # type: ignore[arg-type]
    "a changed number": (changed("rows", 801), r"the document does not match its checksum"),
    "a lost key": (without("shares"), r"the document does not match its checksum"),
    "a changed count": (with_table(one_count_more), r"the table of grids and counts does not match its checksum"),
    "a lost name": (with_table(one_name_lost), r"lacks a column or has a wrong type|does not match its checksum"),
    "a lost row": (with_table(lambda table: table.slice(1)), r"does not match its checksum"),
    "a lost column": (with_table(lambda table: table.drop_columns(["below"])), r"lacks a column or has a wrong type"),
    "another table": (with_table(lambda table: pa.table({"a": [1]})), r"lacks a column or has a wrong type"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_found_and_says_what_to_do(damage: Callable[[StoredProfile], StoredProfile], message: str) -> None:
    with pytest.raises(ArtifactError, match=message) as error:
        restore_profile(damage(store_profile(some_profile())))
    assert "write it again by training" in error.value.message


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda document, table: (document[: len(document) // 2], table), "the document is not JSON"),
        (lambda document, table: (b"\xff\xfe", table), "the document is not JSON"),
        (lambda document, table: (document, table[: len(table) // 2]), "the table is not Parquet"),
        (lambda document, table: (document, b""), "the table is not Parquet"),
    ],
)
def test_a_truncated_file_is_found(spoil: Callable[[bytes, bytes], tuple[bytes, bytes]], message: str) -> None:
    with pytest.raises(ArtifactError, match=message):
        profile_from_bytes(*spoil(*profile_to_bytes(some_profile())))


def test_a_profile_holds_no_customer_row() -> None:
    """Values of a column are kept in their own order, never beside those of another column."""
    stored = store_profile(some_profile())
    grids = stored.table.to_pandas().query("part == 'grid'").groupby("column")["value"]
    assert grids.is_monotonic_increasing.all()
    assert set(stored.table.schema.names) == set(TABLE_SCHEMA.names)
