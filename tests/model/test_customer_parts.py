"""A customer is in one part, the same in every month."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation_model.customer_hash import hash_positions
from segmentation_model.model.customer_parts import PARTS, SplitSettings, assign_parts

DEFAULT = SplitSettings()
IDS = pd.Series([f"C{number}" for number in range(20_000)])


def test_parts_have_the_shares_that_are_set() -> None:
    shares = np.bincount(assign_parts(IDS, SplitSettings(train=0.7, calibration=0.1, test=0.2))) / len(IDS)
    assert PARTS == ("train", "calibration", "test")
    assert shares == pytest.approx([0.7, 0.1, 0.2], abs=0.015)


def test_the_part_follows_from_the_place_of_the_customer() -> None:
    places = hash_positions(IDS, DEFAULT.seed, "part")
    expected = [0 if place < 0.6 else 1 if place < 0.8 else 2 for place in places]
    assert assign_parts(IDS, DEFAULT).tolist() == expected


@given(st.lists(st.text(max_size=3), max_size=30), st.integers(0, 2**32 - 1))
def test_all_rows_of_a_customer_are_in_one_part_whatever_stands_beside_them(ids: list[str], seed: int) -> None:
    settings = SplitSettings(seed=seed)
    whole = assign_parts(pd.Series(ids, dtype="str"), settings)
    alone = [assign_parts(pd.Series([text], dtype="str"), settings)[0] for text in ids]
    assert whole.tolist() == alone


def test_another_seed_gives_another_split() -> None:
    same = (assign_parts(IDS, DEFAULT) == assign_parts(IDS, SplitSettings(seed=43))).mean()
    assert same == pytest.approx(0.6**2 + 0.2**2 + 0.2**2, abs=0.015)
