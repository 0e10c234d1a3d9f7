"""A table in batches holds what the whole holds, as often as it is read."""

from collections.abc import Iterator
from threading import Event

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation_model import table_batches
from segmentation_model.table_batches import BATCH_ROWS, RowQueue, TableBatches, ahead

TABLE = pd.DataFrame({"id": pd.array([f"C{n}" for n in range(10)], dtype="str"), "amount": np.arange(10.0)})


class TestBatches:
    def test_are_the_table_in_its_order(self):
        parts = list(TableBatches.of(TABLE, 4))
        assert [len(part) for part in parts] == [4, 4, 2]
        assert [part.index.tolist() for part in parts] == [[0, 1, 2, 3], [0, 1, 2, 3], [0, 1]]
        pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), TABLE)

    def test_are_there_again_for_whoever_reads_them_again(self):
        table = TableBatches.of(TABLE, 4)
        pd.testing.assert_frame_equal(table.read(), table.read())

    def test_of_a_table_without_rows_are_one_that_knows_the_columns(self):
        (nothing,) = TableBatches.of(TABLE.iloc[:0])
        pd.testing.assert_frame_equal(nothing, TABLE.iloc[:0].reset_index(drop=True))
        assert not TableBatches.of(TABLE.iloc[:0]).has_rows
        assert TableBatches.of(TABLE.iloc[:0]).columns == ["id", "amount"]

    def test_have_rows_where_a_later_one_has(self):
        table = TableBatches.of(TABLE, 4).map(lambda batch: batch[batch["amount"] > 8])
        assert table.has_rows
        assert not table.map(lambda batch: batch[batch["amount"] > 9]).has_rows

    def test_are_computed_when_they_are_gone_through_and_not_before(self):
        asked = []
        table = TableBatches.of(TABLE, 4).map(lambda batch: asked.append(len(batch)) or batch)
        assert asked == []
        next(iter(table))
        assert asked == [4]

    def test_may_lose_columns(self):
        assert TableBatches.of(TABLE, 4).select(["amount"]).read().columns.tolist() == ["amount"]

    def test_are_no_iterator_which_kedro_would_save_piece_by_piece(self):
        assert not hasattr(TableBatches.of(TABLE), "__next__")

    def test_hold_as_many_rows_as_the_stored_ones(self):
        assert len(next(iter(TableBatches.of(pd.DataFrame({"a": np.zeros(BATCH_ROWS + 1)}))))) == BATCH_ROWS


class TestColumnBlocks:
    @pytest.mark.parametrize(("values", "widths"), [(10, [1, 1, 1]), (25, [2, 1]), (1_000, [3]), (1, [1, 1, 1])])
    def test_hold_whole_columns_and_a_bounded_number_of_values(self, monkeypatch, values, widths):
        monkeypatch.setattr(table_batches, "_VALUES_AT_A_TIME", values)
        table = TABLE.assign(late=np.arange(10) % 3)
        blocks = list(TableBatches.of(table, 3).column_blocks(["late", "id", "amount"]))
        assert [block.shape[1] for block in blocks] == widths
        pd.testing.assert_frame_equal(pd.concat(blocks, axis=1), table[["late", "id", "amount"]])

    def test_of_no_columns_are_none(self):
        assert list(TableBatches.of(TABLE).column_blocks([])) == []


class TestAhead:
    def test_gives_the_same_in_the_same_order(self):
        assert list(ahead(iter(range(20)))) == list(range(20))
        assert list(ahead(iter([]))) == []

    def test_makes_the_second_when_it_is_asked_for_and_the_third_meanwhile(self):
        made: list[int] = []
        third = Event()

        def items() -> Iterator[int]:
            for number in range(4):
                made.append(number)
                if number == 2:
                    third.set()
                yield number

        found = ahead(items())
        assert next(found) == 0
        assert made == [0]
        assert next(found) == 1
        assert third.wait(timeout=60)
        found.close()

    def test_what_goes_wrong_in_the_thread_goes_wrong_for_whoever_reads(self):
        def items() -> Iterator[int]:
            yield 0
            raise ValueError("no second one")

        found = ahead(items())
        assert next(found) == 0
        with pytest.raises(ValueError, match="no second one"):
            next(found)


class TestQueue:
    @given(st.lists(st.integers(0, 6), max_size=8), st.integers(1, 12))
    def test_gives_every_row_once_in_order_however_it_is_asked(self, wanted: list[int], rows: int):
        queue = RowQueue(TableBatches.of(TABLE, rows))
        taken = [queue.take(count) for count in wanted]
        expected = TABLE.iloc[: sum(wanted)]
        assert [text for part in taken for text in part["id"]] == expected["id"].tolist()
        assert queue.ended == (sum(wanted) >= len(TABLE))

    def test_gives_the_columns_also_where_no_row_is_left(self):
        queue = RowQueue(TableBatches.of(TABLE.iloc[:0]))
        pd.testing.assert_frame_equal(queue.take(3), TABLE.iloc[:0].reset_index(drop=True))
        assert queue.ended
