"""The features of a model: chosen on the training part, applied everywhere."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation_model.errors import InputError
from segmentation_model.model.features import (
    Feature,
    FeatureSpec,
    apply_feature_spec,
    fit_feature_spec,
    require_features,
)


@dataclass(frozen=True)
class Bounds:
    max_missing_share: float = 0.8
    max_constant_share: float = 0.9
    max_categories: int = 3


def number(*values: float | None) -> pd.Series:
    return pd.Series(values, dtype="float32")


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def fit(**columns: pd.Series) -> FeatureSpec:
    return fit_feature_spec(pd.DataFrame(columns), Bounds())


class TestChoosing:
    def test_keeps_the_order_and_the_sorted_categories(self) -> None:
        spec = fit(b=number(1, 2, 3), a=text("y", None, "x"))
        assert spec.features == (
            Feature(name="b", kind="numeric"),
            Feature(name="a", kind="categorical", categories=("x", "y")),
        )
        assert spec.names == ["b", "a"]
        assert spec.left_out == {}

    @pytest.mark.parametrize(
        ("column", "reason"),
        [
            (number(*[None] * 10), "100.00% missing"),
            (number(1, 2, *[None] * 9), "81.82% missing"),
            (text("a", "b", *[None] * 9), "81.82% missing"),
            (number(*[7] * 10), "100.00% of the rows are 7.0"),
            (number(0, *[7] * 10), "90.91% of the rows are 7.0"),
            (text("b", *["a"] * 10), "90.91% of the rows are a"),
            (text("a", "b", "c", "d"), "4 categories"),
        ],
    )
    def test_leaves_out_what_carries_nothing_and_says_why(self, column: pd.Series, reason: str) -> None:
        spec = fit(x=column)
        assert (spec.features, spec.left_out) == ((), {"x": reason})

    @pytest.mark.parametrize(
        "column",
        [
            number(1, 2, *[None] * 8),  # 80 % missing
            number(0, *[7] * 9),  # 90 % alike
            number(*[None] * 5, *[7] * 5),  # missing is a value
            text(*[None] * 5, *["a"] * 5),
            text("a", "b", "c"),
        ],
    )
    def test_keeps_what_is_within_the_bounds(self, column: pd.Series) -> None:
        assert fit(x=column).names == ["x"]

    def test_leaves_out_what_repeats_an_earlier_column(self) -> None:
        numbers, texts = number(1, 2, None), text("x", "y", None)
        spec = fit(a=numbers, b=numbers + 1, c=numbers, d=texts, e=texts.copy())
        assert spec.names == ["a", "b", "d"]
        assert spec.left_out == {"c": "equals a", "e": "equals d"}

    def test_of_a_part_without_rows_keeps_nothing(self) -> None:
        assert fit(a=number(), b=text()).left_out == {"a": "no rows", "b": "no rows"}

    def test_leaves_out_an_empty_column_whatever_the_bound(self) -> None:
        table = pd.DataFrame({"a": number(None, None), "b": text(None, None)})
        spec = fit_feature_spec(table, Bounds(max_missing_share=1))
        assert spec.left_out == {"a": "100.00% missing", "b": "100.00% missing"}

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.sampled_from([0.0, 1.0, 2.0, None]), min_size=1, max_size=30), st.sampled_from([0.51, 0.7, 0.9]))
    def test_finds_the_commonest_number_without_sorting(self, values: list[float | None], bound: float) -> None:
        column = number(*values)
        commonest = column.value_counts().max() if column.notna().any() else 0
        spec = fit_feature_spec(pd.DataFrame({"x": column}), Bounds(max_missing_share=1, max_constant_share=bound))
        assert bool(spec.left_out) == (commonest / len(values) > bound or column.isna().all())

    def test_survives_json(self) -> None:
        spec = fit(b=number(1, 2, 3), a=text("y", None, "x"), c=number(1, 1, 1))
        assert FeatureSpec.model_validate(spec.model_dump(mode="json")) == spec


class TestApplying:
    spec = FeatureSpec(
        features=(
            Feature(name="age", kind="numeric"),
            Feature(name="region", kind="categorical", categories=("norte", "sur")),
        )
    )

    def apply(self, **columns: Any) -> tuple[pd.DataFrame, dict[str, int]]:
        features, unseen = apply_feature_spec(pd.DataFrame(columns), self.spec, "current_customers")
        return features, dict(unseen)

    def test_gives_exactly_the_model_s_features_in_its_order(self) -> None:
        features, unseen = self.apply(extra=[1], region=text("sur"), age=np.array([30.0]))
        assert features.columns.tolist() == ["age", "region"]
        assert features["age"].dtype == np.float32
        assert features["region"].cat.categories.tolist() == ["norte", "sur"]
        assert features["region"].cat.codes.tolist() == [1]
        assert unseen == {}

    def test_takes_an_unseen_category_for_missing_and_counts_it(self) -> None:
        features, unseen = self.apply(age=number(1, 2, 3, 4), region=text("este", None, "norte", "oeste"))
        assert features["region"].cat.codes.tolist() == [-1, -1, 0, -1]
        assert unseen == {"region": 2}

    def test_keeps_the_index_and_missing_numbers(self) -> None:
        rows = pd.DataFrame({"age": number(None, 1), "region": text("sur", "sur")}).set_axis([7, 3])
        features, _ = apply_feature_spec(rows, self.spec, "current_customers")
        assert features.index.tolist() == [7, 3]
        assert features["age"].isna().tolist() == [True, False]

    def test_takes_a_table_without_rows(self) -> None:
        features, unseen = self.apply(age=number(), region=text())
        assert (len(features), unseen) == (0, {})
        assert str(features["region"].dtype) == "category"

    def test_takes_a_column_without_values(self) -> None:
        features, unseen = self.apply(age=number(None, None), region=text(None, None))
        assert features.isna().all(axis=None)
        assert unseen == {}

    def test_refuses_a_table_that_lacks_features_and_names_them(self) -> None:
        message = (
            "current_customers: the model needs the features 'age', 'region', which the table lacks; .*train again"
        )
        with pytest.raises(InputError, match=message):
            self.apply(other=[1])

    def test_needs_only_what_the_model_has(self) -> None:
        rows = pd.DataFrame(columns=["age", "region", "other"])
        require_features(rows.columns, ["region", "age"], "current_customers")
        with pytest.raises(InputError, match="current_customers: the model needs the features 'height', which"):
            require_features(rows.columns, ["age", "height"], "current_customers")

    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            ({"age": text("30"), "region": text("sur")}, "column 'age' is str, but .* trained on a numeric one"),
            ({"age": number(30), "region": number(1)}, "column 'region' is float32, but .* on a categorical one"),
        ],
    )
    def test_refuses_a_column_of_another_kind(self, columns: dict[str, pd.Series], message: str) -> None:
        with pytest.raises(InputError, match=message):
            self.apply(**columns)

    def test_of_the_part_it_was_fitted_on_loses_nothing(self) -> None:
        table = pd.DataFrame({"n": number(1, None, 3), "t": text("b", "a", None)})
        features, unseen = apply_feature_spec(table, fit_feature_spec(table, Bounds()), "training part")
        assert unseen == {}
        assert features["t"].astype("str").tolist()[:2] == ["b", "a"]
        pd.testing.assert_series_equal(features["n"], table["n"])
