"""The history of one block of customers: everything that its rows in any reference month are a view of."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from segmentation_model.pipelines.synthetic_data.arrow_columns import DateTexts, number_column, validity
from segmentation_model.pipelines.synthetic_data.consumption import Consumption, simulate_consumption
from segmentation_model.pipelines.synthetic_data.dirt import Blemishes, draw_blemishes
from segmentation_model.pipelines.synthetic_data.layout import FAMILY_TYPES, WINDOW_MONTHS
from segmentation_model.pipelines.synthetic_data.months import Months
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams
from segmentation_model.pipelines.synthetic_data.payments import Account, simulate_account
from segmentation_model.pipelines.synthetic_data.places import log_season
from segmentation_model.pipelines.synthetic_data.random_streams import Purpose, stream_for
from segmentation_model.pipelines.synthetic_data.traits import LONGEST_TENURE_MONTHS, Traits, draw_traits
from segmentation_model.pipelines.synthetic_data.vectors import Flags, Floats

_COMPLAINT_CHANCE = 0.012
_COMPLAINT_CHANCE_AFTER_TROUBLE = 0.09


@dataclass(frozen=True)
class World:
    """What all blocks of a run share: settings, calendar, seasons, texts of dates."""

    params: SyntheticDataParams
    months: Months
    seasons: Floats
    date_texts: DateTexts

    @classmethod
    def of(cls, params: SyntheticDataParams) -> "World":
        """Prepare a run."""
        months = Months.spanning(params.first_month, params.months_until_current)
        earliest = (months.starts[months.current].astype("datetime64[M]") - LONGEST_TENURE_MONTHS - 1).astype(
            "datetime64[D]"
        )
        return cls(params, months, log_season(months, params.seed), DateTexts(earliest, months.starts[-1]))


@dataclass(frozen=True)
class History:
    """One block of customers over all months of a run. Arrays have one row per month, one column per customer.

    Attributes:
        block: Number of the block.
        traits: What the customers are.
        blemishes: What is wrong with their records.
        consumption: What they use.
        account: How they pay.
        complaints: Whether they complained in a month.
        families: The monthly families as they are exported: pesos, m3, days, 0 or 1.
    """

    block: int
    traits: Traits
    blemishes: Blemishes
    consumption: Consumption
    account: Account
    complaints: Flags
    families: dict[str, NDArray[np.generic]]


def simulate_history(world: World, block: int) -> History:
    """Simulate one block of customers from the seed and the block's number alone."""
    seed = world.params.seed
    traits = draw_traits(world.params, world.months, block)
    consumption = simulate_consumption(seed, world.months, world.seasons, traits, block)
    account = simulate_account(seed, world.months, traits, consumption, block)
    families: dict[str, NDArray[np.generic]] = {
        "Importe_Factura": account.bill / 100,
        "Consumo_m3": consumption.cubic_metres,
        "Importe_Pagado": account.paid / 100,
        "Dias_Mora": account.days_late,
        "Saldo": account.balance / 100,
        "Dias_Facturados": consumption.days,
        "Lectura_Estimada": consumption.estimated.astype(np.int32),
        "Recargos": account.surcharge / 100,
        "Ajustes": consumption.correction / 100,
    }
    return History(
        block=block,
        traits=traits,
        blemishes=draw_blemishes(seed, block, traits.stratum, traits.industrial),
        consumption=consumption,
        account=account,
        complaints=_complaints(seed, consumption, block),
        families=families,
    )


def monthly_columns(history: History, month: int) -> list[pa.Array]:
    """The 24 months up to a reference month, family after family, newest first; null before the first invoice.

    Args:
        history: The block's history, whose memory the columns share.
        month: Position of the reference month.
    """
    positions = range(month, month - WINDOW_MONTHS, -1)
    known = {position: validity(history.consumption.billed[position]) for position in positions}
    return [
        number_column(history.families[family][position], type_, known[position])
        for family, type_ in FAMILY_TYPES.items()
        for position in positions
    ]


def _complaints(seed: int, consumption: Consumption, block: int) -> Flags:
    """Complaints: rare, but for the months with an estimated reading or a correction."""
    draw = stream_for(seed, Purpose.CONTACTS, block).integers(0, 65_536, consumption.billed.shape, dtype=np.uint16)
    trouble = consumption.estimated | (consumption.correction != 0)
    chance = np.where(trouble, _COMPLAINT_CHANCE_AFTER_TROUBLE, _COMPLAINT_CHANCE)
    return consumption.billed & (draw < (chance * 65_536).astype(np.uint16))
