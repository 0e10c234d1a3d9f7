"""The dirt of a real export: spellings, unknown codes, missing values, and the few rows no one can use."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation_model.pipelines.synthetic_data.places import MUNICIPALITIES
from segmentation_model.pipelines.synthetic_data.random_streams import BLOCK_CUSTOMERS, Purpose, stream_for
from segmentation_model.pipelines.synthetic_data.vectors import Codes, Flags, Floats, Integers, choices, uniforms

UNKNOWN_TARIFFS: Final = ("Comercial", "S/D", "99")
UNREADABLE_DATES: Final = ("0000-00-00", "31/02/2026", "sin fecha")

_DOMESTIC: Final[Mapping[str, float]] = {
    "DOMESTICA": 0.58,
    " DOMESTICA": 0.12,
    "domestic ": 0.10,
    "Doméstica": 0.10,
    "Domestica": 0.06,
    "D": 0.04,
}
_INDUSTRIAL: Final[Mapping[str, float]] = {
    "INDUSTRIAL": 0.60,
    "Industrial": 0.18,
    "industrial": 0.10,
    " Industrial ": 0.08,
    "I": 0.04,
}
TARIFF_TEXTS: Final = (*_DOMESTIC, *_INDUSTRIAL, *UNKNOWN_TARIFFS)
"""Every text that the tariff column can hold."""

_NAMES: Final = tuple(place.name for place in MUNICIPALITIES)
MUNICIPALITY_TEXTS: Final = (
    *_NAMES,
    *(name.upper() for name in _NAMES),
    *(f"{name.lower()} " for name in _NAMES),
    *(f"  {name}" for name in _NAMES),
    *(name.replace(" ", "  ") for name in _NAMES),
    "000",
)
"""Every text that the municipality column can hold: five spellings of each, and an unknown code."""

_MUNICIPALITY_SPELLINGS = (0.74, 0.11, 0.08, 0.04, 0.03)


class Fault(IntEnum):
    """Why a row is unusable."""

    NONE = 0
    MISSING_ID = 1
    REPEATED_ROW = 2
    UNREADABLE_DATE = 3
    UNKNOWN_TARIFF = 4


@dataclass(frozen=True)
class Blemishes:
    """What is missing or miscoded about a customer, the same in every month.

    Attributes:
        stratum: Recorded stratum of a Domestic customer: 1 to 6, 0 or 9 for unknown, -1 for null.
        tenure_known: Whether the months as a customer are recorded.
        start_known: Whether the contract's start is recorded.
        start_day_first: Whether its text has the day first.
        draw: Uniform numbers for the codes of the text columns, one row per column.
    """

    stratum: Codes
    tenure_known: Flags
    start_known: Flags
    start_day_first: Flags
    draw: Floats


def draw_blemishes(seed: int, block: int, stratum: Codes, industrial: Flags) -> Blemishes:
    """Draw what is wrong with the records of one block of customers.

    Args:
        seed: Seed of the run.
        block: Number of the block.
        stratum: True stratum.
        industrial: Whether a customer is Industrial; they have no stratum.
    """
    draw = uniforms(stream_for(seed, Purpose.SPELLING, block), (9, len(stratum)))
    recorded = np.select([draw[0] < 0.015, draw[0] < 0.025, draw[0] < 0.027], [-1, 0, 9], stratum)
    return Blemishes(
        stratum=np.where(industrial, -1, recorded).astype(np.int8),
        tenure_known=draw[1] >= 0.01,
        start_known=draw[2] >= 0.005,
        start_day_first=draw[3] < 0.15,
        draw=draw[4:],
    )


def miscode(codes: NDArray[np.integer], draw: Floats, null: float, unknown: float, unknown_code: int) -> Integers:
    """Replace a share of codes by null (-1) and by the code that stands for unknown.

    >>> miscode(np.array([3, 3, 3]), np.array([0.005, 0.02, 0.9], dtype=np.float32), 0.01, 0.02, 7).tolist()
    [-1, 7, 3]
    """
    return np.select([draw < null, draw < null + unknown], [-1, unknown_code], codes).astype(np.int32)


def draw_faults(seed: int, block: int, month: int, share: float) -> Codes:
    """Draw which rows of a reference month are unusable, and why; a ``Fault`` for every customer of the block."""
    draw = uniforms(stream_for(seed, Purpose.FAULTS, block, month), BLOCK_CUSTOMERS)
    kinds = len(Fault) - 1
    kind = 1 + np.minimum(draw / max(share, 1e-12) * kinds, kinds - 1).astype(np.int8)
    return np.where(draw < share, kind, Fault.NONE).astype(np.int8)


def rows_of_month(present: Flags, faults: Codes) -> NDArray[np.int64]:
    """Customers whose rows make up a month, in order.

    Args:
        present: Whether the customer has an invoice that month.
        faults: Fault of every row. A repeated row takes the place of the row after it, which must be sound, as the
            repeated one; else the fault is left out.

    >>> rows_of_month(np.array([True, False, True, True]), np.array([0, 0, 2, 0], dtype=np.int8)).tolist()
    [0, 0, 3]
    """
    rows = np.flatnonzero(present)
    repeats = 1 + np.flatnonzero((faults[rows[1:]] == Fault.REPEATED_ROW) & (faults[rows[:-1]] == Fault.NONE))
    result = rows.copy()
    result[repeats] = rows[repeats - 1]
    return result


def spell_tariffs(draw: Floats, industrial: Flags, faults: Codes) -> Codes:
    """Positions in ``TARIFF_TEXTS``."""
    spelling = np.where(
        industrial,
        len(_DOMESTIC) + choices(draw, list(_INDUSTRIAL.values())),
        choices(draw, list(_DOMESTIC.values())),
    )
    unknown = len(_DOMESTIC) + len(_INDUSTRIAL) + choices(draw, [1 / len(UNKNOWN_TARIFFS)] * len(UNKNOWN_TARIFFS))
    return np.where(faults == Fault.UNKNOWN_TARIFF, unknown, spelling).astype(np.int8)


def spell_municipalities(draw: Floats, municipality: Codes, blemish: Floats) -> Integers:
    """Positions in ``MUNICIPALITY_TEXTS``; -1 for null."""
    spelling = municipality + len(_NAMES) * choices(draw, _MUNICIPALITY_SPELLINGS).astype(np.int32)
    return miscode(spelling, blemish, 0.004, 0.006, len(MUNICIPALITY_TEXTS) - 1)
