"""The raw tables as streams of record batches, block after block."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from segmentation_model.pipelines.synthetic_data.customers import customer_columns
from segmentation_model.pipelines.synthetic_data.dirt import draw_faults, rows_of_month
from segmentation_model.pipelines.synthetic_data.histories import History, World, monthly_columns, simulate_history
from segmentation_model.pipelines.synthetic_data.layout import CUSTOMER_TYPES, RAW_SCHEMA
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams
from segmentation_model.pipelines.synthetic_data.random_streams import BLOCK_CUSTOMERS
from segmentation_model.pipelines.synthetic_data.shifts import apply_drift


def labelled_table(params: SyntheticDataParams) -> pa.RecordBatchReader:
    """Stream the two labelled months: one row per customer and month in which the customer has an invoice."""
    world = World.of(params)
    return _stream(world, world.months.labelled)


def current_table(params: SyntheticDataParams) -> pa.RecordBatchReader:
    """Stream the current month: one row per customer, the target null, drifting as the parameters say."""
    world = World.of(params)
    return _stream(world, (world.months.current,))


def _stream(world: World, reference_months: Sequence[int]) -> pa.RecordBatchReader:
    pieces = _in_order(world, reference_months)
    return pa.RecordBatchReader.from_batches(RAW_SCHEMA, _rechunk(pieces, world.params.chunk_rows))


def _in_order(world: World, reference_months: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """Make blocks side by side, a few ahead of the reader, and hand them on in order."""
    threads = world.params.threads
    blocks = -(-world.params.rows // BLOCK_CUSTOMERS)
    pending: deque[Future[list[pa.RecordBatch]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="synthetic") as pool:
        for block in range(blocks):
            pending.append(pool.submit(_block_batches, world, reference_months, block))
            if len(pending) > threads:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()


def _block_batches(world: World, reference_months: Sequence[int], block: int) -> list[pa.RecordBatch]:
    history = simulate_history(world, block)
    return [_month_batch(world, history, month) for month in reference_months]


def _month_batch(world: World, history: History, month: int) -> pa.RecordBatch:
    """The rows of one block in one reference month."""
    params = world.params
    faults = draw_faults(params.seed, history.block, month, params.unusable_share)
    customer = customer_columns(world, history, month, faults)
    columns = [customer[name] for name in CUSTOMER_TYPES] + monthly_columns(history, month)
    batch = pa.RecordBatch.from_arrays(columns, schema=RAW_SCHEMA)
    if month == world.months.current:
        batch = apply_drift(batch, params.drift, params.seed, history.block)
    wanted = np.arange(BLOCK_CUSTOMERS) < params.rows - history.block * BLOCK_CUSTOMERS
    rows = rows_of_month(history.consumption.billed[month] & wanted, faults)
    return batch.take(pa.array(rows.astype(np.int32)))


def _rechunk(pieces: Iterator[pa.RecordBatch], chunk_rows: int) -> Iterator[pa.RecordBatch]:
    """Cut a stream of batches into batches of ``chunk_rows`` rows, the last one shorter."""
    held: list[pa.RecordBatch] = []
    count = 0
    for piece in pieces:
        start = 0
        while count + piece.num_rows - start >= chunk_rows:
            end = start + chunk_rows - count
            yield pa.concat_batches([*held, piece.slice(start, end - start)])
            held, count, start = [], 0, end
        if start < piece.num_rows:
            held.append(piece.slice(start))
            count += piece.num_rows - start
    if held:
        yield pa.concat_batches(held)
