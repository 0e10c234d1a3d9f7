"""Content hashes: equal content gives an equal hash, however it lies in memory.

BLAKE2b with 32 bytes, because it is fast in software alone (SHA-256 is only where the processor has instructions for
it). The hashes are stored in artifacts and compared between machines: they are part of the artifact's format.
"""

import datetime as dt
import decimal
import json
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel

_DIGEST_BYTES = 32
# Rows hashed at a time. Small enough that a chunk of a row-major frame is transposed in the cache, large enough that
# the calls do not count. Text is framed by chunk, so another number changes the hash of text columns.
_CHUNK_ROWS = 16_384
_SCALARS = (bool, int, float, dt.date, decimal.Decimal, bytes)

Chunk = bytes | memoryview


def content_hash(*parts: object) -> str:
    """Hash frames, bytes, settings and JSON values, in order, by what they hold.

    Frames: names, types, order and values of the columns, and the number of rows. The index is no content, nor are
    memory layout and text storage. All NaN are one, and -0.0 is 0.0. Categorical columns count by their codes and
    categories in order, as a model sees them. JSON: by value, keys sorted; 1 and 1.0 differ.

    Args:
        parts: DataFrames, ``bytes``, pydantic models, or whatever ``json.dumps`` takes.

    Returns:
        64 hexadecimal digits.

    Raises:
        TypeError: A part or a value in it has no content that could be hashed.

    >>> content_hash({"b": 1, "a": [2.5, None]}) == content_hash({"a": [2.5, None], "b": 1})
    True
    >>> content_hash(b"ab", b"c") == content_hash(b"a", b"bc")
    False
    """
    whole = _hasher("parts")
    for part in parts:
        if isinstance(part, pd.DataFrame):
            kind, content = "frame", _frame_digest(part)
        elif isinstance(part, bytes):
            kind, content = "bytes", part
        else:
            kind, content = "json", _canonical_json(part)
        whole.update(f"{kind}:{len(content)}:".encode())
        whole.update(content)
    return whole.hexdigest()


def column_hash(values: "pd.Series[Any]") -> str:
    """Hash the type and the values of one column; name and index are no content.

    Args:
        values: The column.

    Returns:
        64 hexadecimal digits.

    Raises:
        TypeError: The column holds objects that could not be hashed by value.
    """
    hasher = _column_hasher(values)
    for chunk in _column_chunks(values):
        hasher.update(chunk)
    return hasher.hexdigest()


def _hasher(kind: str) -> blake2b:
    return blake2b(kind.encode(), digest_size=_DIGEST_BYTES)


def _canonical_json(value: object) -> bytes:
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def _frame_digest(frame: pd.DataFrame) -> bytes:
    columns = [frame.iloc[:, position] for position in range(frame.shape[1])]
    hashers = [_column_hasher(column) for column in columns]
    # All columns advance together, chunk by chunk: a row-major frame is then read from memory once, not once a column.
    streams = [(hasher, _column_chunks(column)) for hasher, column in zip(hashers, columns, strict=True)]
    while streams:
        streams = [stream for stream in streams if _advance(*stream)]
    whole = _hasher(f"frame:{frame.shape[0]}:{frame.shape[1]}:")
    for name, hasher in zip(frame.columns.tolist(), hashers, strict=True):
        text = repr(name).encode()
        whole.update(f"{len(text)}:".encode() + text + hasher.digest())
    return whole.digest()


def _advance(hasher: blake2b, chunks: Iterator[Chunk]) -> bool:
    chunk = next(chunks, None)
    if chunk is None:
        return False
    hasher.update(chunk)
    return True


def _column_hasher(values: "pd.Series[Any]") -> blake2b:
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        kind = f"category:{dtype.ordered}:{column_hash(pd.Series(dtype.categories))}"
    else:
        # The name leaves out the byte order and where text is stored.
        kind = dtype.name
    return _hasher(f"column:{kind}:{len(values)}:")


def _column_chunks(values: "pd.Series[Any]") -> Iterator[Chunk]:
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        values = values.cat.codes
    elif isinstance(dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    array = values.to_numpy() if isinstance(values.dtype, np.dtype) else None
    nullable = getattr(values.dtype, "numpy_dtype", None)
    for start in range(0, len(values), _CHUNK_ROWS):
        rows = slice(start, start + _CHUNK_ROWS)
        if array is not None and array.dtype.kind in "biufMm" and array.dtype.itemsize <= 8:
            yield _fixed_width(array[rows]).data
        elif nullable is not None and nullable.kind in "biuf":
            yield from _nullable(values.iloc[rows], nullable)
        else:
            yield from _texts(values.iloc[rows])


def _fixed_width(values: NDArray[Any]) -> NDArray[Any]:
    """Little-endian, contiguous, one NaN, no negative zero; without a copy where nothing has to change."""
    if values.dtype.kind == "f":
        values = values + 0.0
        values[np.isnan(values)] = np.nan
    elif values.dtype.kind in "Mm":
        values = values.view(np.dtype("i8").newbyteorder(values.dtype.byteorder))
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))


def _nullable(values: "pd.Series[Any]", dtype: np.dtype[Any]) -> Iterator[Chunk]:
    yield values.isna().to_numpy().tobytes()
    yield _fixed_width(values.to_numpy(dtype=dtype, na_value=dtype.type(0))).data


def _texts(values: "pd.Series[Any]") -> Iterator[Chunk]:
    """Kind, lengths (-1: missing) and UTF-8 bytes of text; other objects by the text of their type and value."""
    kind = pd.api.types.infer_dtype(values, skipna=True)
    yield f"{kind}:".encode()
    if kind not in ("string", "empty"):
        values = pd.Series([_scalar_text(value, kind) for value in values], dtype="str")
    texts = pa.array(values, type=pa.large_string(), from_pandas=True)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    yield pc.binary_length(texts).fill_null(-1).to_numpy(zero_copy_only=False).astype("<i8").data
    texts = texts.fill_null("")
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, dtype="=i8")[texts.offset : texts.offset + len(texts) + 1]
    yield np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]].data if data is not None else b""


def _scalar_text(value: object, kind: str) -> str | None:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if not isinstance(value, (str, *_SCALARS, np.generic)):
        raise TypeError(f"cannot hash a column of {kind} objects: {type(value).__name__} has no content of its own")
    return f"{type(value).__name__}:{value!r}"
