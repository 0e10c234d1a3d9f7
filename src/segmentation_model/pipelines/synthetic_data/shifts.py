"""Drift of the current month: named columns change for a share of rows, nothing else does."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation_model.pipelines.synthetic_data.layout import RAW_SCHEMA
from segmentation_model.pipelines.synthetic_data.params import NumberShift, TextShift
from segmentation_model.pipelines.synthetic_data.random_streams import BLOCK_CUSTOMERS, Purpose, stream_for
from segmentation_model.pipelines.synthetic_data.vectors import uniforms


def apply_drift(
    batch: pa.RecordBatch, drift: Mapping[str, NumberShift | TextShift], seed: int, block: int
) -> pa.RecordBatch:
    """Let the named columns of one block's current month drift.

    Args:
        batch: One row per customer of the block.
        drift: Columns by raw name, and how they drift. Null numbers stay null.
        seed: Seed of the run.
        block: Number of the block; which rows drift depends on it, the column and the seed alone.

    Returns:
        The block with those columns replaced; numbers keep their type and at most two decimals.
    """
    for column, shift in drift.items():
        position = RAW_SCHEMA.get_field_index(column)
        stream = stream_for(seed, Purpose.DRIFT, block, position)
        chosen = pa.array(uniforms(stream, BLOCK_CUSTOMERS) < np.float32(shift.share))
        before = batch.column(position)
        if isinstance(shift, TextShift):
            after = pc.if_else(chosen, pa.scalar(shift.to, pa.string()), before)
        else:
            moved = pc.round(pc.add(pc.multiply(before.cast(pa.float64()), shift.scale), shift.add), 2)
            moved = pc.round(moved).cast(before.type) if pa.types.is_integer(before.type) else moved
            after = pc.if_else(chosen, moved, before)
        batch = batch.set_column(position, RAW_SCHEMA.field(position), after)
    return batch
