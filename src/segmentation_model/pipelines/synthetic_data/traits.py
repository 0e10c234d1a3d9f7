"""What a customer is: the unseen traits that drive behaviour, and the recorded ones drawn around them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from segmentation_model.pipelines.synthetic_data.months import Months
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams
from segmentation_model.pipelines.synthetic_data.places import MUNICIPALITIES
from segmentation_model.pipelines.synthetic_data.random_streams import BLOCK_CUSTOMERS, Purpose, stream_for
from segmentation_model.pipelines.synthetic_data.vectors import (
    Codes,
    Flags,
    Floats,
    Integers,
    choices,
    normals,
    sigmoid,
    uniforms,
)

PAYMENT_CHANNELS: Final = ("Ventanilla", "Banco", "Web", "App", "Tienda", "Débito")
DELIVERY_CHANNELS: Final = ("Papel", "Correo electrónico", "SMS", "App")
METERS: Final = ("Mecánico", "Digital", "Inteligente")
SECTORS: Final = (
    "Alimentos",
    "Hotelería",
    "Lavandería",
    "Manufactura",
    "Química",
    "Construcción",
    "Comercio",
    "Agroindustria",
)
LONGEST_TENURE_MONTHS: Final = 420
DIRECT_DEBIT_CHANNEL: Final = PAYMENT_CHANNELS.index("Débito")

_COUNTER_CHANNELS = np.array([PAYMENT_CHANNELS.index(name) for name in ("Ventanilla", "Banco", "Tienda")])
_ONLINE_CHANNELS = np.array([PAYMENT_CHANNELS.index(name) for name in ("Web", "App")])
_STRATA_SHARES = (0.13, 0.26, 0.29, 0.18, 0.09, 0.05)
_SECTOR_SHARES = (0.18, 0.09, 0.06, 0.17, 0.07, 0.13, 0.19, 0.11)
_SECTOR_RISK = np.array([-0.20, 0.10, 0.35, -0.25, -0.40, 0.60, 0.05, 0.15], dtype=np.float32)
_METER_SHARES = (0.58, 0.30, 0.12)
_MEAN_TENURE_MONTHS = 85.0

#: Logit of default of a bill when everything else is at its mean: what sets the base rates.
_BASE_LOGIT = {"domestic": -3.61, "industrial": -4.12}
#: Weight of the unseen traits in that logit: what sets how well defaults can be foreseen.
_TRAIT_WEIGHT = {"domestic": 0.53, "industrial": 0.6}


@dataclass(frozen=True)
class Traits:
    """One block of customers, one element per customer. The first four are unseen by every table.

    Attributes:
        risk: Their part in the logit of default of every bill.
        sensitivity: How strongly financial stress acts on that logit.
        usual: Logarithm of the usual monthly consumption in m3.
        erratic: Standard deviation of the monthly consumption's logarithm.
        industrial: Industrial rather than Domestic.
        stratum: 1 to 6; 0 for Industrial customers.
        sector: Position in ``SECTORS``; -1 for Domestic customers.
        municipality: Position in ``MUNICIPALITIES``.
        region: Position in ``REGIONS``.
        meter: Position in ``METERS``.
        payment_channel: Position in ``PAYMENT_CHANNELS``.
        delivery_channel: Position in ``DELIVERY_CHANNELS``.
        direct_debit: Pays by direct debit.
        agreement: Has a payment agreement.
        arrival: Position of the month the contract started in; negative before the histories begin. The first invoice
            is that of the next month.
        arrival_day: Day of that month, not after the billing day.
        billing_day: Day of the month on which the billing cycle closes.
        term_days: Days from the invoice to its due date.
    """

    risk: Floats
    sensitivity: Floats
    usual: Floats
    erratic: Floats
    industrial: Flags
    stratum: Codes
    sector: Codes
    municipality: Codes
    region: Codes
    meter: Codes
    payment_channel: Codes
    delivery_channel: Codes
    direct_debit: Flags
    agreement: Flags
    arrival: Integers
    arrival_day: Integers
    billing_day: Integers
    term_days: Integers


def draw_traits(params: SyntheticDataParams, months: Months, block: int) -> Traits:
    """Draw the traits of one block of customers.

    Args:
        params: Settings of the synthetic tables.
        months: The months of the run.
        block: Number of the block.

    Returns:
        Traits of ``BLOCK_CUSTOMERS`` customers.
    """
    size = BLOCK_CUSTOMERS
    stream = stream_for(params.seed, Purpose.TRAITS, block)
    discipline, means, noise, steadiness, size_noise = normals(stream, (5, size))
    draw = uniforms(stream, (14, size))

    industrial = draw[0] >= np.float32(params.domestic_share)
    stratum = np.where(industrial, 0, choices(draw[1], _STRATA_SHARES) + 1).astype(np.int8)
    sector = np.where(industrial, choices(draw[2], _SECTOR_SHARES), -1).astype(np.int8)
    municipality = choices(draw[3], [place.share for place in MUNICIPALITIES])
    region = np.array([place.region for place in MUNICIPALITIES], dtype=np.int8)[municipality]
    place_risk = np.array([place.risk for place in MUNICIPALITIES], dtype=np.float32)[municipality]

    # Ability: better in high strata and in big firms, but with much of its own.
    ability = np.where(industrial, 0.35 * size_noise + 0.93 * means, 0.42 * (stratum - 2.9) / 1.3 + 0.9 * means)
    usual = np.where(
        industrial,
        np.log(np.float32(190)) + 1.05 * size_noise,
        np.log(np.float32(15)) + 0.07 * (stratum - 3) + 0.42 * size_noise,
    ).astype(np.float32)
    erratic = np.exp(np.where(industrial, -1.25, -1.45) + 0.35 * steadiness).astype(np.float32)

    direct_debit = draw[4] < sigmoid(-1.9 + 0.7 * discipline + 0.35 * ability + 0.5 * industrial)
    agreement = draw[5] < sigmoid(-3.5 - 0.75 * discipline - 0.55 * ability)
    modern = sigmoid(-0.9 + 0.5 * ability + 0.3 * noise)
    channel = np.where(
        draw[6] < modern,
        _ONLINE_CHANNELS[choices(draw[7], (0.45, 0.55))],
        _COUNTER_CHANNELS[choices(draw[7], (0.42, 0.30, 0.28))],
    )
    payment_channel = np.where(direct_debit, DIRECT_DEBIT_CHANNEL, channel).astype(np.int8)
    delivery_channel = np.where(draw[8] < modern, 1 + choices(draw[9], (0.62, 0.14, 0.24)), 0).astype(np.int8)

    tenure = np.minimum(1 - np.log(draw[10]) * _MEAN_TENURE_MONTHS, LONGEST_TENURE_MONTHS).astype(np.int32)
    billing_day = np.array(params.invoice_days, dtype=np.int32)[(draw[11] * len(params.invoice_days)).astype(np.int32)]

    weight = np.where(industrial, _TRAIT_WEIGHT["industrial"], _TRAIT_WEIGHT["domestic"])
    recorded = (
        place_risk
        - 0.9 * direct_debit
        + 0.55 * agreement
        + np.where(industrial, _SECTOR_RISK[sector], 0.10 * (3 - stratum))
        + np.where(payment_channel == 0, 0.15, 0.0)
    )
    risk = (
        np.where(industrial, _BASE_LOGIT["industrial"], _BASE_LOGIT["domestic"])
        + weight * (-1.05 * discipline - 0.65 * ability)
        + recorded
    )
    return Traits(
        risk=risk.astype(np.float32),
        sensitivity=(weight * np.exp(0.25 * noise)).astype(np.float32),
        usual=usual,
        erratic=erratic,
        industrial=industrial,
        stratum=stratum,
        sector=sector,
        municipality=municipality,
        region=region,
        meter=choices(draw[12], _METER_SHARES),
        payment_channel=payment_channel,
        delivery_channel=delivery_channel,
        direct_debit=direct_debit,
        agreement=agreement,
        arrival=(months.current - tenure).astype(np.int32),
        arrival_day=1 + (draw[13] * billing_day).astype(np.int32),
        billing_day=billing_day,
        term_days=np.where(industrial, 21, 18).astype(np.int32),
    )
