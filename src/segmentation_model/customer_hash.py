"""A place in [0, 1) for every customer: stable between months, models and machines."""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def hash_positions(customer_ids: Iterable[str], seed: int, purpose: str) -> NDArray[np.float64]:
    """Place every customer in [0, 1) by BLAKE2b of the id, keyed by seed and purpose: uniform, stable, independent.

    Args:
        customer_ids: Ids, no missing ones.
        seed: Another seed gives independent places.
        purpose: Another purpose gives independent places.

    Returns:
        One place per id.

    >>> hash_positions(["C1", "C2"], seed=1, purpose="part").round(3).tolist()
    [0.444, 0.01]
    """
    key = f"{seed}:{purpose}".encode()
    digests = b"".join(hashlib.blake2b(text.encode(), digest_size=8, key=key).digest() for text in customer_ids)
    # 53 bits are what float64 holds: with all 64, the largest would round up to 1.
    return (np.frombuffer(digests, dtype=">u8") >> np.uint64(11)).astype(np.float64) / 2.0**53
