"""A stored sketch comes back whole, and damage is found before anything is read."""

import hashlib
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift.reference.sketch import TableSketch, profile_from_sketch, sketch_table
from segmentation_model.drift.reference.sketch_file import FORMAT, sketch_from_bytes, sketch_to_bytes
from segmentation_model.errors import ArtifactError
from tests.drift.builders import FROZEN, undrifted_table


def some_sketch(rows: int = 20_000) -> TableSketch:
    table = undrifted_table(np.random.default_rng(1), rows, 6).assign(empty=np.nan, when=pd.Timestamp("2024-01-01"))
    return sketch_table(table.assign(Región="Cañón", nothing=None), FROZEN)


@pytest.mark.parametrize("rows", [20_000, 10, 0])
def test_a_sketch_comes_back_whole(rows: int) -> None:
    sketch = some_sketch(rows)
    restored = sketch_from_bytes(sketch_to_bytes(sketch))
    assert sketch_to_bytes(restored) == sketch_to_bytes(sketch)
    assert (restored.rows, restored.max_categories) == (sketch.rows, sketch.max_categories)
    assert list(restored.columns) == list(sketch.columns)
    before, after = (profile_from_sketch(one, FROZEN) for one in (sketch, restored))
    assert after.left_out == before.left_out
    assert {name: column.bins for name, column in after.columns.items()} == {
        name: column.bins for name, column in before.columns.items()
    }


def test_a_sketch_without_columns_comes_back() -> None:
    restored = sketch_from_bytes(sketch_to_bytes(sketch_table(pd.DataFrame(), FROZEN)))
    assert (restored.rows, restored.columns) == (0, {})


def test_a_number_takes_at_most_200_kb_whatever_the_rows() -> None:
    table = pd.DataFrame({"x": np.random.default_rng(1).lognormal(6, 2, 1_000_000)})
    parts = [sketch_table(table.iloc[start::3], FROZEN) for start in range(3)]
    assert len(sketch_to_bytes(parts[0] + parts[1] + parts[2])) < 200_000


def signed(content: bytes) -> bytes:
    """Content with a checksum that fits."""
    return FORMAT + b"1\n" + hashlib.sha256(content).digest() + content


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nothing": (lambda stored: b"", "this is not one"),
    "another file": (lambda stored: b"PAR1" + stored, "this is not one"),
    "a newer schema": (lambda stored: stored.replace(b"sketch 1\n", b"sketch 2\n"), "schema version 2 cannot be read"),
    "a lost end": (lambda stored: stored[:-1], "does not match its checksum"),
    "only the head": (lambda stored: stored[:60], "does not match its checksum"),
    "a changed byte": (lambda stored: stored[:5_000] + b"\xff\xff" + stored[5_002:], "does not match its checksum"),
    "no table": (lambda stored: signed(b"no table"), "a part is absent or has a wrong form"),
    "an empty table": (lambda stored: signed(b""), "a part is absent or has a wrong form"),
}


@pytest.mark.parametrize(("damage", "message"), DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_found_and_says_what_to_do(damage: Callable[[bytes], bytes], message: str) -> None:
    with pytest.raises(ArtifactError, match=re.escape(message)) as error:
        sketch_from_bytes(damage(sketch_to_bytes(some_sketch())))
    assert "sketch the part again" in error.value.message
