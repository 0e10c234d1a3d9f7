"""Random streams that depend on the seed, a fixed block of customers and a purpose, and on nothing else."""

from enum import IntEnum
from typing import Final

import numpy as np

BLOCK_CUSTOMERS: Final = 8_192
"""Customers a block. Changing it changes all customers."""


class Purpose(IntEnum):
    """What a stream is for. A new purpose gets a new number; numbers in use stay."""

    TRAITS = 1
    CONSUMPTION = 2
    PAYMENTS = 3
    CONTACTS = 4
    SPELLING = 5
    FAULTS = 6
    DRIFT = 7
    WEATHER = 8


def stream_for(seed: int, purpose: Purpose, block: int = 0, part: int = 0) -> np.random.Generator:
    """Open a random stream.

    Args:
        seed: Seed of the run.
        purpose: What it is for.
        block: Number of the block of customers.
        part: Distinguishes several streams for one purpose, such as the columns or the months.

    Returns:
        A stream independent of all others.
    """
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(purpose, block, part))))
