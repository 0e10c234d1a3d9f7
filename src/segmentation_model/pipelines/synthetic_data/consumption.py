"""What a customer uses and is charged for, month by month: consumption, estimated readings, charges, corrections."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation_model.pipelines.synthetic_data.months import CYCLE_DAYS, Months
from segmentation_model.pipelines.synthetic_data.random_streams import Purpose, stream_for
from segmentation_model.pipelines.synthetic_data.traits import Traits
from segmentation_model.pipelines.synthetic_data.vectors import (
    Cents,
    Flags,
    Floats,
    Integers,
    happens,
    normals,
    sigmoid,
    uniforms,
)

_MONTHLY_INFLATION = 0.0025
_ESTIMATED_BY_METER = np.array([0.085, 0.035, 0.010], dtype=np.float32)
_CREDIT_CHANCE = 0.006
_CREDIT_CHANCE_AFTER_ESTIMATE = 0.12
_SURPLUS_CHANCE = 0.004
_LARGEST_CREDIT = 1.8

#: Cents a m3 in every block, by how many m3 the block starts at, and the fixed cents a bill.
_DOMESTIC_BLOCKS: Final = ((0.0, 950.0), (15.0, 1_600.0), (30.0, 2_700.0))
_INDUSTRIAL_BLOCKS: Final = ((0.0, 3_100.0), (200.0, 3_800.0))
_DOMESTIC_FIXED: Final = 8_500.0
_INDUSTRIAL_FIXED: Final = 42_000.0
_STRATUM_FACTOR = np.array([1.0, 0.72, 0.82, 0.94, 1.06, 1.20, 1.34], dtype=np.float32)


@dataclass(frozen=True)
class Consumption:
    """Billing cycles of one block: one row per month, one column per customer; nothing before the first invoice.

    Attributes:
        billed: Whether there is an invoice.
        cubic_metres: Billed consumption in m3, one decimal.
        days: Days billed.
        estimated: Whether the reading was estimated.
        charge: Charge for the consumption, in cents.
        correction: Corrections of earlier bills, in cents; credits are negative.
        usual_charge: Charge for the usual consumption at the prices of the current month, in cents; one per customer.
        burden: Logarithm of the charge over the customer's usual charge, at the same prices.
    """

    billed: Flags
    cubic_metres: NDArray[np.float64]
    days: Integers
    estimated: Flags
    charge: Cents
    correction: Cents
    usual_charge: Floats
    burden: Floats


def simulate_consumption(seed: int, months: Months, seasons: Floats, traits: Traits, block: int) -> Consumption:
    """Simulate every billing cycle of one block of customers.

    Args:
        seed: Seed of the run.
        months: The months of the run.
        seasons: What every month (row) of a region (column) adds to the logarithm of consumption.
        traits: The customers.
        block: Number of the block.
    """
    stream = stream_for(seed, Purpose.CONSUMPTION, block)
    shape = (months.count, len(traits.risk))
    position = np.arange(months.count, dtype=np.int32)[:, None]
    billed = position > traits.arrival
    estimated = billed & happens(stream, _ESTIMATED_BY_METER[traits.meter], months.count)
    empty = happens(stream, _chance_of_empty_month(traits), months.count)
    days = _days_billed(stream, months, traits, billed)

    logarithm = normals(stream, shape)
    logarithm *= traits.erratic
    logarithm[estimated] = 0
    logarithm += traits.usual
    logarithm += seasons[:, traits.region]
    tenths = np.rint(np.exp(logarithm) * days * np.float32(10 / CYCLE_DAYS))
    tenths[empty] = 0

    charge = _charge_cents(tenths / 10, traits)
    usual_charge = _charge_cents(np.exp(traits.usual)[None, :], traits)
    burden = np.log(charge / usual_charge)
    prices = np.exp(_MONTHLY_INFLATION * (position - months.current)).astype(np.float32)
    charged = np.rint(charge * prices * billed).astype(np.float64)
    return Consumption(
        billed=billed,
        cubic_metres=tenths.astype(np.float64) / 10,
        days=days,
        estimated=estimated,
        charge=charged,
        correction=_corrections(stream, charged, estimated),
        usual_charge=usual_charge[0],
        burden=burden,
    )


def _chance_of_empty_month(traits: Traits) -> Floats:
    """Small households are away more often; firms hardly ever."""
    household = sigmoid(-4.6 - 1.3 * (traits.usual - np.log(np.float32(15))))
    return np.where(traits.industrial, np.float32(0.004), household)


def _days_billed(stream: np.random.Generator, months: Months, traits: Traits, billed: Flags) -> Integers:
    """Length of the cycle, a day more or less for one reading in ten; the first one starts with the contract."""
    jitter = stream.integers(0, 20, billed.shape, dtype=np.uint8)
    days: Integers = (CYCLE_DAYS + (jitter == 0) - (jitter == 1).astype(np.int32)).astype(np.int32)
    newcomers = np.flatnonzero((traits.arrival >= 0) & (traits.arrival < months.current))
    first = traits.arrival[newcomers] + 1
    days[first, newcomers] = CYCLE_DAYS + traits.billing_day[newcomers] - traits.arrival_day[newcomers]
    return days


def _charge_cents(cubic_metres: Floats, traits: Traits) -> Floats:
    """Fixed part plus rising blocks, at the prices of the current month."""
    household = _blocks(cubic_metres, _DOMESTIC_BLOCKS) + np.float32(_DOMESTIC_FIXED)
    household *= _STRATUM_FACTOR[traits.stratum]
    firms = np.flatnonzero(traits.industrial)
    household[:, firms] = _blocks(cubic_metres[:, firms], _INDUSTRIAL_BLOCKS) + np.float32(_INDUSTRIAL_FIXED)
    return household


def _blocks(cubic_metres: Floats, blocks: tuple[tuple[float, float], ...]) -> Floats:
    total = np.zeros_like(cubic_metres)
    below = 0.0
    for start, price in blocks:
        total += np.maximum(cubic_metres - np.float32(start), 0) * np.float32(price - below)
        below = price
    return total


def _corrections(stream: np.random.Generator, charge: Cents, estimated: Flags) -> Cents:
    """Credits, most of them the month after an estimated reading, and a few additional charges; mostly none."""
    draw = uniforms(stream, charge.shape)
    chance = np.full(charge.shape, _CREDIT_CHANCE, dtype=np.float32)
    chance[1:][estimated[:-1]] = _CREDIT_CHANCE_AFTER_ESTIMATE
    size = uniforms(stream, charge.shape[1])
    credit = np.where(draw < chance, -(0.1 + (_LARGEST_CREDIT - 0.1) * draw / chance), 0)
    surplus = np.where(draw > 1 - _SURPLUS_CHANCE, 0.05 + 0.45 * size, 0)
    corrections: Cents = np.rint(charge * (credit + surplus))
    return corrections
