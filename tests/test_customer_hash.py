"""A customer's place in [0, 1)."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from segmentation_model.customer_hash import hash_positions

IDS = [f"C{number}" for number in range(20_000)]


@given(st.lists(st.text(), max_size=5), st.integers(0, 2**32 - 1))
def test_a_place_is_the_first_53_bits_of_the_keyed_blake2b(ids: list[str], seed: int) -> None:
    expected = []
    for text in ids:
        digest = hashlib.blake2b(text.encode("utf-8"), digest_size=8, key=f"{seed}:part".encode()).digest()
        expected.append((int.from_bytes(digest, "big") >> 11) / 2**53)
    positions = hash_positions(ids, seed, "part")
    assert positions.tolist() == expected
    assert ((positions >= 0) & (positions < 1)).all()


def test_the_largest_digest_stays_below_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class AllOnes:
        @staticmethod
        def digest() -> bytes:
            return b"\xff" * 8

    monkeypatch.setattr(hashlib, "blake2b", lambda *_, **__: AllOnes())
    assert hash_positions(["C1"], 1, "part")[0] < 1


def test_places_are_uniform() -> None:
    assert stats.kstest(hash_positions(IDS, 42, "part"), "uniform").pvalue > 0.01


@pytest.mark.parametrize(("seed", "purpose"), [(43, "part"), (42, "validation")])
def test_another_seed_or_purpose_gives_independent_places(seed: int, purpose: str) -> None:
    first, other = hash_positions(IDS, 42, "part"), hash_positions(IDS, seed, purpose)
    assert abs(np.corrcoef(first, other)[0, 1]) < 4 / np.sqrt(len(IDS))


def test_a_place_depends_on_nothing_but_the_customer() -> None:
    together = hash_positions(IDS, 42, "part")
    assert hash_positions(IDS[::-1], 42, "part").tolist() == together[::-1].tolist()
    assert hash_positions([], 42, "part").shape == (0,)


def test_places_are_the_same_on_every_machine_and_in_every_version() -> None:
    # These numbers put customers into parts: a change of them moves customers between training and test.
    assert hash_positions(["C1", "Ñandú", ""], 42, "part").round(12).tolist() == [
        0.497473485166,
        0.986778603129,
        0.74703959701,
    ]
