"""A sketch of numbers keeps ranks within its stated error, and exactly while it can keep all of them."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from segmentation_model.drift.reference.quantile_sketch import SKETCH_SIZE, QuantileSketch

NORMAL = np.random.default_rng(1).normal(size=300_000)
NUMBERS: dict[str, npt.NDArray[np.floating]] = {
    "ascending": np.sort(NORMAL),
    "in no order": NORMAL,
    "descending": -np.sort(NORMAL),
    "few": np.round(NORMAL),
    "infinite": np.where(NORMAL < -1, -np.inf, np.where(NORMAL > 1, np.inf, NORMAL)),
}


@pytest.mark.parametrize("values", NUMBERS.values(), ids=NUMBERS.keys())
@pytest.mark.parametrize("parts", [1, 3, 100])
def test_ranks_are_within_the_error(values: npt.NDArray[np.floating], parts: int) -> None:
    first, *others = (QuantileSketch.of_numbers(part) for part in np.array_split(values, parts))
    sketch = sum(others, start=first)
    kept, at_or_below = sketch.kept()
    true = np.searchsorted(np.sort(values), kept, side="right")
    assert 0.0 < sketch.rank_error <= 0.0005
    assert np.abs(at_or_below - true).max() <= 0.0005 * values.size
    assert (sketch.size, at_or_below[-1], sketch.largest) == (values.size, values.size, values.max())
    assert np.all(np.diff(kept) > 0)


@pytest.mark.parametrize("parts", [1, 2, 7, 1_000])
def test_up_to_its_size_everything_is_kept(parts: int) -> None:
    values = NORMAL[:SKETCH_SIZE]
    first, *others = (QuantileSketch.of_numbers(part) for part in np.array_split(values, parts))
    sketch = sum(others, start=first)
    kept, at_or_below = sketch.kept()
    assert sketch.rank_error == 0.0
    assert kept.tolist() == np.sort(values).tolist()
    assert at_or_below.tolist() == list(range(1, SKETCH_SIZE + 1))


def test_nothing_is_kept_of_nothing() -> None:
    sketch = QuantileSketch.of_numbers(np.zeros(0))
    assert sketch.size == 0
    assert [kept.size for kept in sketch.kept()] == [0, 0]
    assert (sketch + QuantileSketch.of_numbers(np.ones(2))).size == 2


def test_both_are_unchanged_by_adding_them() -> None:
    one, other = (QuantileSketch.of_numbers(part) for part in np.array_split(NORMAL, 2))
    before = one.to_bytes(), other.to_bytes()
    assert (one + other).size == NORMAL.size
    assert (one.to_bytes(), other.to_bytes()) == before


def test_bytes_come_back() -> None:
    sketch = QuantileSketch.of_numbers(NORMAL)
    restored = QuantileSketch.from_bytes(sketch.to_bytes())
    for one, other in zip(sketch.kept(), restored.kept(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("damage", [lambda stored: b"", lambda stored: stored[:99], lambda stored: b"\xff" * 100])
def test_other_bytes_are_refused(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ValueError, match=r"[Ii]nsufficient|corruption|beyond limits"):
        QuantileSketch.from_bytes(damage(QuantileSketch.of_numbers(NORMAL).to_bytes()))
