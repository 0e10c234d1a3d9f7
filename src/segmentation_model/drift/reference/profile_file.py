"""The stored form of a reference profile: a JSON document and a table of grids and counts, both checked on load.

The document holds the edges, categories and shares; the table one row per grid point and per bin. Content decides the
checksums, so that formatting a document anew harms nothing and a changed number does. The same profile always gives
the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from segmentation_model.drift.reference.binning import CategoricalBins, NumericBins
from segmentation_model.drift.reference.column_profile import CategoricalProfile, ColumnProfile, NumericProfile
from segmentation_model.drift.reference.prediction_reference import MeanOf, PredictionReference, Share
from segmentation_model.drift.reference.profile import ReferenceProfile
from segmentation_model.drift.reference.profile_table import (
    CATEGORIES,
    MARGIN,
    TABLE_SCHEMA,
    FrozenRows,
    profile_table,
    rows_by_column,
    table_digest,
)
from segmentation_model.drift.settings import ProfileSettings
from segmentation_model.errors import ArtifactError

SCHEMA_VERSION = 1
"""Raised when a profile that an older version wrote could no longer be read."""

FORMAT = "segmentation-model reference profile"

Document = dict[str, Any]
Read = TypeVar("Read")


@dataclass(frozen=True)
class StoredProfile:
    """A profile as it is stored.

    Attributes:
        document: JSON-able.
        table: Grids and counts, see ``TABLE_SCHEMA``.
    """

    document: Document
    table: pa.Table


def store_profile(profile: ReferenceProfile) -> StoredProfile:
    """The stored form of a profile."""
    prediction = profile.prediction
    table = profile_table(profile)
    document: Document = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "rows": profile.rows,
        "quantile_error": profile.quantile_error,
        "settings": profile.settings.model_dump(mode="json"),
        "about": dict(profile.about),
        "columns": [_column_document(name, column) for name, column in profile.columns.items()],
        "left_out": [{"column": name, "reason": reason} for name, reason in profile.left_out.items()],
        "shares": [{"name": name, "count": share.count, "rows": share.rows} for name, share in profile.shares.items()],
        "prediction": None
        if prediction is None
        else {
            "margin": _column_document(MARGIN, prediction.margin),
            "categories": _column_document(CATEGORIES, prediction.categories),
            "probability": {
                "rows": prediction.probability.rows,
                "total": prediction.probability.total,
                "squares": prediction.probability.squares,
            },
        },
        "table_sha256": table_digest(table),
    }
    return StoredProfile(document={**document, "sha256": _document_digest(document)}, table=table)


def restore_profile(stored: StoredProfile) -> ReferenceProfile:
    """Read a stored profile.

    Raises:
        ArtifactError: It is not a profile, of another schema version, or damaged.
    """
    document = stored.document
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise ArtifactError("reference profile: this is not one; write it again by training")
    version = document.get("schema_version")
    if version != SCHEMA_VERSION:
        raise ArtifactError(
            f"reference profile: schema version {version!r} cannot be read, {SCHEMA_VERSION} is allowed; "
            "write it again by training"
        )
    if document.get("sha256") != _document_digest(document):
        raise _damaged("the document does not match its checksum")
    table = _checked_table(stored.table)
    if document.get("table_sha256") != table_digest(table):
        raise _damaged("the table of grids and counts does not match its checksum")
    return _or_damaged(lambda: _restored(document, table))


def profile_to_bytes(profile: ReferenceProfile) -> tuple[bytes, bytes]:
    """A profile as the bytes of a JSON and of a Parquet file."""
    stored = store_profile(profile)
    text = json.dumps(stored.document, ensure_ascii=False, allow_nan=False, indent=1)
    sink = io.BytesIO()
    pq.write_table(
        stored.table,
        sink,
        compression="zstd",
        compression_level=9,
        use_dictionary=["scope", "column", "part"],
        column_encoding={
            "position": "DELTA_BINARY_PACKED",
            "value": "BYTE_STREAM_SPLIT",
            "below": "DELTA_BINARY_PACKED",
            "at_or_below": "DELTA_BINARY_PACKED",
            "count": "DELTA_BINARY_PACKED",
        },
    )
    return f"{text}\n".encode(), sink.getvalue()


def profile_from_bytes(document: bytes, table: bytes) -> ReferenceProfile:
    """Read a profile from the bytes of its two files.

    Raises:
        ArtifactError: They are not a profile, of another schema version, or damaged.
    """
    try:
        parsed = json.loads(document)
    except ValueError as error:
        raise _damaged(f"the document is not JSON ({error})") from error
    try:
        read = pq.read_table(io.BytesIO(table))
    except (pa.ArrowException, OSError) as error:
        raise _damaged(f"the table is not Parquet ({error})") from error
    return restore_profile(StoredProfile(document=parsed, table=read))


def _column_document(name: str, column: ColumnProfile) -> Document:
    if isinstance(column, NumericProfile):
        return {
            "column": name,
            "kind": "numeric",
            "resolution": column.resolution,
            "edges": list(column.bins.edges),
            "closed": list(column.bins.closed),
        }
    return {
        "column": name,
        "kind": "categorical",
        "categories": list(column.bins.categories),
        "pooled": list(column.bins.pooled),
    }


def _restored(document: Mapping[str, Any], table: pa.Table) -> ReferenceProfile:
    rows = rows_by_column(table)
    columns = {
        entry["column"]: _restored_column(entry, rows["feature", entry["column"]]) for entry in document["columns"]
    }
    if any(column.rows != document["rows"] for column in columns.values()):
        raise _damaged("the counts of a column do not add up to the rows")
    prediction = document["prediction"]
    return ReferenceProfile(
        rows=document["rows"],
        columns=columns,
        settings=ProfileSettings.model_validate(document["settings"]),
        left_out={entry["column"]: entry["reason"] for entry in document["left_out"]},
        shares={entry["name"]: Share(count=entry["count"], rows=entry["rows"]) for entry in document["shares"]},
        prediction=None if prediction is None else _restored_prediction(prediction, rows),
        about=dict(document["about"]),
        quantile_error=float(document.get("quantile_error", 0.0)),  # 0 before a profile could be built from parts
    )


def _restored_prediction(
    document: Mapping[str, Any], rows: Mapping[tuple[str, str], FrozenRows]
) -> PredictionReference:
    margin = _restored_column(document["margin"], rows["prediction", MARGIN])
    categories = _restored_column(document["categories"], rows["prediction", CATEGORIES])
    if not isinstance(margin, NumericProfile) or not isinstance(categories, CategoricalProfile):
        raise _damaged("the prediction reference mixes up margin and categories")
    return PredictionReference(margin=margin, categories=categories, probability=MeanOf(**document["probability"]))


def _restored_column(document: Mapping[str, Any], rows: FrozenRows) -> ColumnProfile:
    counts, grid = rows
    column: ColumnProfile
    if document["kind"] == "numeric":
        numeric = NumericBins(edges=tuple(document["edges"]), closed=tuple(document["closed"]))
        column = NumericProfile(bins=numeric, counts=counts, grid=grid, resolution=document["resolution"])
    else:
        categorical = CategoricalBins(categories=tuple(document["categories"]), pooled=tuple(document["pooled"]))
        column = CategoricalProfile(bins=categorical, counts=counts)
    if len(column.bins.roles) != counts.size:
        raise _damaged(f"column {document['column']!r} has {counts.size} counts for {len(column.bins.roles)} bins")
    return column


def _checked_table(table: pa.Table) -> pa.Table:
    try:
        return table.select(TABLE_SCHEMA.names).cast(TABLE_SCHEMA)
    except (pa.ArrowException, KeyError, ValueError) as error:
        raise _damaged(f"the table lacks a column or has a wrong type ({error})") from error


def _document_digest(document: Mapping[str, Any]) -> str:
    content = {key: value for key, value in document.items() if key != "sha256"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _or_damaged(read: Callable[[], Read]) -> Read:
    try:
        return read()
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise _damaged(f"a part is absent or has a wrong form ({error})") from error


def _damaged(why: str) -> ArtifactError:
    return ArtifactError(f"reference profile: damaged, {why}; write it again by training")
