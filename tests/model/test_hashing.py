"""Equal content, equal hash; any other content, another one."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation_model.model.hashing import column_hash, content_hash
from segmentation_model.model.risk_cutoffs import RiskCategorySettings

ROWS = 40_000  # More than two of the chunks that a column is hashed in.


def frame() -> pd.DataFrame:
    """One column of every supported kind, each with a missing value where it can have one."""
    return pd.DataFrame(
        {
            "float32": np.array([1.5, np.nan, 0.0], dtype=np.float32),
            "int64": [1, 2, 3],
            "bool": [True, False, False],
            "text": pd.Series(["Región", None, ""], dtype="str"),
            "object": pd.Series(["a", None, "b"], dtype=object),
            "dates": pd.Series([dt.date(2026, 1, 31), None, dt.date(2026, 2, 28)], dtype=object),
            "amounts": pd.Series([decimal.Decimal("1.10"), None, decimal.Decimal("2")], dtype=object),
            "category": pd.Categorical(["x", None, "y"]),
            "datetime": pd.to_datetime(["2026-01-31", None, "2026-02-28"]),
            "zoned": pd.to_datetime(["2026-01-31", None, "2026-02-28"]).tz_localize("America/Bogota"),
            "duration": pd.to_timedelta([1, None, 2], unit="D"),
            "Int64": pd.array([1, None, 3], dtype="Int64"),
            "boolean": pd.array([True, None, False], dtype="boolean"),
            "arrow": pd.array([1, None, 3], dtype="int64[pyarrow]"),
        }
    )


COLUMNS = list(frame().columns)


class TestEqualFrames:
    def test_memory_layout_has_no_say(self) -> None:
        values = np.random.default_rng(0).normal(size=(ROWS, 7)).astype(np.float32)
        values[values > 2] = np.nan
        names = [f"f{i}" for i in range(7)]
        row_major = pd.DataFrame(values, columns=names)
        column_major = pd.DataFrame(np.asfortranarray(values), columns=names)
        separate = pd.DataFrame({name: values[:, i].copy() for i, name in enumerate(names)})
        strided = pd.DataFrame(np.repeat(values, 2, axis=0), columns=names).iloc[::2]
        assert len({content_hash(table) for table in (row_major, column_major, separate, strided)}) == 1

    def test_the_hash_is_the_same_on_every_machine_and_in_every_release(self) -> None:
        # A changed number here makes stored hashes worthless: it needs a new schema version of the artifact.
        table = pd.DataFrame({"a": np.array([1.5, np.nan], dtype=np.float32), "b": pd.Series(["x", None], dtype="str")})
        assert content_hash(table, {"k": [1, 2.5, None]}, b"raw") == (
            "872bf1ab04fa4d447c0eea83f268b4e4a19202833577aaeb91773843fbdaf142"
        )

    def test_the_index_is_no_content(self) -> None:
        assert content_hash(frame()) == content_hash(frame().set_axis(["i", "j", "k"]))

    @pytest.mark.parametrize("name", COLUMNS)
    def test_a_copy_and_a_slice_hash_alike(self, name: str) -> None:
        column = frame()[name]
        doubled = pd.concat([column, column], ignore_index=True)
        assert column_hash(column.copy()) == column_hash(column) == column_hash(doubled.iloc[3:])

    def test_all_nan_are_one_and_zero_has_no_sign(self) -> None:
        strange_nan = np.array([0x7FF8000000000001, 0xFFF8000000000000, 0], dtype=np.uint64).view(np.float64)
        assert column_hash(pd.Series(strange_nan)) == column_hash(pd.Series([np.nan, np.nan, -0.0]))

    def test_byte_order_has_no_say(self) -> None:
        for values in (np.array([1.5, np.nan]), np.array([1, 2]), np.array(["2026-01-31"], dtype="M8[s]")):
            swapped = values.astype(values.dtype.newbyteorder(">"))
            assert column_hash(pd.Series(swapped)) == column_hash(pd.Series(values))

    @pytest.mark.parametrize("missing", [None, "x"], ids=["some missing", "none missing"])
    def test_the_storage_of_text_has_no_say(self, missing: str | None) -> None:
        texts = ["Región Norte", missing, "", "a"] * (ROWS // 4)
        stored = [pd.Series(texts, dtype=pd.StringDtype(kind, na_value=np.nan)) for kind in ("python", "pyarrow")]
        assert column_hash(stored[0]) == column_hash(stored[1])

    def test_none_and_nan_are_both_missing(self) -> None:
        assert column_hash(pd.Series(["a", None], dtype=object)) == column_hash(pd.Series(["a", np.nan], dtype=object))

    def test_what_lies_under_a_missing_value_has_no_say(self) -> None:
        hidden = pd.arrays.IntegerArray(np.array([1, 77]), np.array([False, True]))
        assert column_hash(pd.Series(hidden)) == column_hash(pd.Series(pd.array([1, None], dtype="Int64")))

    @settings(deadline=None)
    @given(st.lists(st.floats(width=32), max_size=20), st.integers(0, 19))
    def test_numbers_hash_alike_exactly_if_they_are_equal(self, values: list[float], position: int) -> None:
        column = pd.Series(values, dtype="float32")
        assert column_hash(column) == column_hash(column * 1)
        if values:
            changed = column.copy()
            changed.iloc[position % len(values)] += 1
            assert (column_hash(changed) == column_hash(column)) == changed.equals(column)


class TestOtherFrames:
    @pytest.mark.parametrize("name", COLUMNS)
    def test_another_order_of_the_rows_counts(self, name: str) -> None:
        assert column_hash(frame()[name]) != column_hash(frame()[name].iloc[::-1])

    @pytest.mark.parametrize("name", COLUMNS)
    def test_fewer_rows_count(self, name: str) -> None:
        assert column_hash(frame()[name]) != column_hash(frame()[name].iloc[:2])

    def test_a_value_in_the_last_chunk_counts(self) -> None:
        values = np.zeros(ROWS)
        changed = values.copy()
        changed[-1] = 1e-300
        assert column_hash(pd.Series(values)) != column_hash(pd.Series(changed))

    @pytest.mark.parametrize(
        "change",
        [
            lambda table: table[COLUMNS[::-1]],
            lambda table: table.rename(columns={"int64": "int_64"}),
            lambda table: table.rename(columns={"int64": 1}),
            lambda table: table.astype({"int64": "int32"}),
            lambda table: table.astype({"text": "object"}),
            lambda table: table.assign(datetime=table["datetime"].astype("datetime64[s]")),
            lambda table: table.assign(zoned=table["zoned"].dt.tz_convert("UTC")),
            lambda table: table.assign(category=table["category"].cat.add_categories("z")),
            lambda table: table.assign(category=table["category"].cat.reorder_categories(["y", "x"])),
            lambda table: table.assign(category=table["category"].cat.as_ordered()),
            lambda table: table.iloc[:0],
            lambda table: table.iloc[:, :0],
        ],
        ids=[
            "column order", "name", "type of a name", "number type", "text type", "date unit", "time zone",
            "categories", "order of categories", "ordered", "no rows", "no columns",
        ],
    )  # fmt: skip
    def test_names_types_and_order_count(self, change: object) -> None:
        assert content_hash(change(frame())) != content_hash(frame())

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (["ab", "c"], ["a", "bc"]),
            ([None, "a"], ["", "a"]),
            ([1, "1"], ["1", "1"]),
            ([True, None], [1, None]),
            ([decimal.Decimal("1.0")], [decimal.Decimal("1.00")]),
        ],
    )
    def test_texts_and_objects_are_not_mixed_up(self, one: list[object], other: list[object]) -> None:
        assert column_hash(pd.Series(one, dtype=object)) != column_hash(pd.Series(other, dtype=object))

    def test_no_rows_of_two_types_differ(self) -> None:
        assert content_hash(pd.DataFrame({"a": []}, dtype="float32")) != content_hash(
            pd.DataFrame({"a": []}, dtype="float64")
        )


class TestOtherParts:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ((b"ab", b"c"), (b"a", b"bc")),
            ((b"a",), ("a",)),
            ((), (b"",)),
            (({"a": 1},), ({"a": 1.0},)),
            (([1, 2],), ([2, 1],)),
            (("1",), (1,)),
            ((None,), (False,)),
        ],
    )
    def test_other_values_hash_otherwise(self, one: tuple[object, ...], other: tuple[object, ...]) -> None:
        assert content_hash(*one) != content_hash(*other)

    def test_the_order_of_keys_has_no_say(self) -> None:
        assert content_hash({"a": 1, "b": {"d": 2, "c": 3}}) == content_hash({"b": {"c": 3, "d": 2}, "a": 1})

    def test_a_model_hashes_as_its_json(self) -> None:
        settings = RiskCategorySettings()
        assert content_hash(settings) == content_hash(settings.model_dump(mode="json"))
        assert content_hash(settings) != content_hash(RiskCategorySettings(quantiles=(0.5, 0.8, 0.96)))

    @pytest.mark.parametrize("part", [{1, 2}, object(), np.arange(3), {"a": np.float32(1)}])
    def test_what_is_neither_is_refused(self, part: object) -> None:
        with pytest.raises(TypeError, match="not JSON serializable"):
            content_hash(part)

    def test_objects_without_content_are_refused(self) -> None:
        with pytest.raises(TypeError, match="cannot hash a column of mixed objects: object has no content of its own"):
            column_hash(pd.Series([object()], dtype=object))
