"""The 25 columns about the customer, as they stand on the invoice day of a reference month."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation_model.pipelines.synthetic_data.arrow_columns import (
    id_column,
    number_column,
    text_column,
    validity,
)
from segmentation_model.pipelines.synthetic_data.dirt import (
    MUNICIPALITY_TEXTS,
    TARIFF_TEXTS,
    UNREADABLE_DATES,
    Fault,
    miscode,
    spell_municipalities,
    spell_tariffs,
)
from segmentation_model.pipelines.synthetic_data.histories import History, World
from segmentation_model.pipelines.synthetic_data.months import CYCLE_DAYS
from segmentation_model.pipelines.synthetic_data.places import REGIONS
from segmentation_model.pipelines.synthetic_data.random_streams import BLOCK_CUSTOMERS, Purpose, stream_for
from segmentation_model.pipelines.synthetic_data.traits import DELIVERY_CHANNELS, METERS, PAYMENT_CHANNELS, SECTORS
from segmentation_model.pipelines.synthetic_data.vectors import Codes, Flags, Integers, uniforms

_REGION_TEXTS = (*(region.name for region in REGIONS), "N/D")
_PAYMENT_TEXTS = (*PAYMENT_CHANNELS, "ZZ")
_METER_TEXTS = (*METERS, "00")
_SECTOR_TEXTS = (*SECTORS, "999")
_DIRECT_DEBIT_TEXTS = ("N", "S", "s ")
_METER_SIZES = np.array([6, 10, 16, 25, 40, 63, 100, 160, 250], dtype=np.float64)
_CUT_OFF_AFTER_BILLS = 3
_CLEARING_DAYS = 5
_NEVER = -1


def customer_columns(world: World, history: History, month: int, faults: Codes) -> dict[str, pa.Array]:
    """Make the columns about the customer for one block and reference month.

    Args:
        world: What the run shares.
        history: The block's history.
        month: Position of the reference month.
        faults: A ``Fault`` for every customer.

    Returns:
        Columns by raw name. Customers who have no invoice yet have rows too; they are to be left out.
    """
    spelling = uniforms(stream_for(world.params.seed, Purpose.SPELLING, history.block, 1 + month), (3, len(faults)))
    traits, blemishes = history.traits, history.blemishes
    missing = faults == Fault.MISSING_ID
    blank = missing & (spelling[0] < 0.5)
    invoice = _invoice_days(world, history, month)
    text = {
        "Id_Cliente": id_column(history.block * BLOCK_CUSTOMERS, len(faults), ~missing | blank, blank),
        "Fecha_Factura": _invoice_texts(world, invoice, spelling[0] < 0.1, spelling[1], faults),
        "Tarifa": text_column(spell_tariffs(spelling[1], traits.industrial, faults), TARIFF_TEXTS),
        "Municipio": text_column(
            spell_municipalities(spelling[2], traits.municipality, blemishes.draw[0]), MUNICIPALITY_TEXTS
        ),
        "Region": text_column(miscode(traits.region, blemishes.draw[1], 0.010, 0.015, len(REGIONS)), _REGION_TEXTS),
        "Canal_Pago": text_column(
            miscode(traits.payment_channel, blemishes.draw[2], 0.005, 0.005, len(PAYMENT_CHANNELS)), _PAYMENT_TEXTS
        ),
        "Canal_Envio": text_column(traits.delivery_channel, DELIVERY_CHANNELS),
        "Tipo_Medidor": text_column(miscode(traits.meter, blemishes.draw[3], 0.02, 0.01, len(METERS)), _METER_TEXTS),
        "Giro": text_column(
            np.where(traits.industrial, miscode(traits.sector, blemishes.draw[4], 0.01, 0.02, len(SECTORS)), -1),
            _SECTOR_TEXTS,
        ),
        "Domiciliado": text_column(np.where(traits.direct_debit, 1 + (spelling[2] < 0.05), 0), _DIRECT_DEBIT_TEXTS),
    }
    return text | _date_columns(world, history, month, invoice) | _number_columns(world, history, month)


def _invoice_days(world: World, history: History, month: int) -> Integers:
    """Days from 1970-01-01 to a month's invoice."""
    return (world.months.epoch_days(month) + history.traits.billing_day - 1).astype(np.int32)


def _invoice_texts(
    world: World, invoice: Integers, day_first: Flags, draw: NDArray[np.float32], faults: Codes
) -> pa.Array:
    texts = world.date_texts.column(invoice, day_first, np.ones(len(invoice), np.bool_))
    unreadable = np.flatnonzero(faults == Fault.UNREADABLE_DATE)
    if not len(unreadable):
        return texts
    codes = np.full(len(invoice), -1)
    codes[unreadable] = draw[unreadable] * len(UNREADABLE_DATES)
    return pc.coalesce(text_column(codes, UNREADABLE_DATES), texts)


def _date_columns(world: World, history: History, month: int, invoice: Integers) -> dict[str, pa.Array]:
    traits, blemishes = history.traits, history.blemishes
    start_month = (world.months.starts[0].astype("datetime64[M]") + traits.arrival).astype("datetime64[D]")
    start = start_month.astype(np.int64) + traits.arrival_day - 1
    cut, reconnection = _last_cut(world, history, month)
    return {
        "Fecha_Vencimiento": number_column(invoice + traits.term_days, pa.date32()),
        "Fecha_Alta": world.date_texts.column(start, blemishes.start_day_first, blemishes.start_known),
        "Fecha_Ultimo_Pago": _date_column(_last_payment(world, history, month)),
        "Fecha_Ultima_Lectura": _date_column(_last_reading(world, history, month)),
        "Fecha_Ultimo_Corte": _date_column(cut),
        "Fecha_Ultima_Reconexion": _date_column(reconnection),
    }


def _date_column(days: Integers) -> pa.Array:
    return number_column(days, pa.date32(), validity(days != _NEVER))


def _last_payment(world: World, history: History, month: int) -> Integers:
    """Day of the last payment before the invoice, within the history: when the customer's bank had cleared it.

    Without the days of clearing, one customer in five (direct debit) would have the same distance from the invoice, and
    the length of the month alone would be drift.
    """
    account = history.account
    clearing = history.traits.arrival_day % _CLEARING_DAYS
    invoice = _invoice_days(world, history, month)
    last = np.full(len(invoice), _NEVER, np.int32)
    for bill in range(month):
        days = _invoice_days(world, history, bill)
        settled = account.settled_after[bill]
        paid = (settled >= 0) & (settled <= CYCLE_DAYS * (month - bill))
        last = np.where(paid, np.maximum(last, np.minimum(days + settled + clearing, invoice)), last)
        part = account.paid_in_parts[bill]
        last = np.where(part, np.maximum(last, days + history.traits.term_days + clearing), last)
    return np.minimum(last, invoice)


def _last_reading(world: World, history: History, month: int) -> Integers:
    """Day of the last reading that was not estimated: two days before its invoice."""
    last = np.full(len(history.traits.risk), _NEVER, np.int32)
    for position in range(month + 1):
        read = history.consumption.billed[position] & ~history.consumption.estimated[position]
        last = np.where(read, _invoice_days(world, history, position) - 2, last)
    return last


def _last_cut(world: World, history: History, month: int) -> tuple[Integers, Integers]:
    """Days of the last cut-off (at three overdue bills) and of the last reconnection, within the history."""
    size = len(history.traits.risk)
    cut, reconnection = np.full(size, _NEVER, np.int32), np.full(size, _NEVER, np.int32)
    was_off = np.zeros(size, np.bool_)
    for position in range(month + 1):
        off = history.account.overdue_bills[position] >= _CUT_OFF_AFTER_BILLS
        days = _invoice_days(world, history, position)
        cut = np.where(off & ~was_off, days - 4, cut)
        reconnection = np.where(was_off & ~off, days - 1, reconnection)
        was_off = off
    return cut, reconnection


def _number_columns(world: World, history: History, month: int) -> dict[str, pa.Array]:
    traits, blemishes, account = history.traits, history.blemishes, history.account
    tenure = (month - traits.arrival).astype(np.int32)
    complaints = history.complaints[month - 11 : month + 1].sum(axis=0, dtype=np.int32)
    known = month < world.months.current
    target = account.in_default[month + 1] if known else np.zeros(len(tenure), np.bool_)
    return {
        "Estrato": number_column(blemishes.stratum.astype(np.int32), pa.int32(), validity(blemishes.stratum >= 0)),
        "Cat_And": number_column(tenure, pa.int32(), validity(blemishes.tenure_known)),
        "Saldo_Vencido": number_column(account.overdue_balance[month] / 100, pa.float64()),
        "Facturas_Vencidas": number_column(account.overdue_bills[month], pa.int32()),
        "Deposito": number_column(_deposit(history), pa.float64()),
        "Capacidad_Contratada": number_column(_contracted_capacity(history), pa.float64()),
        "Convenio": number_column(traits.agreement.astype(np.int32), pa.int32()),
        "Quejas_12m": number_column(complaints, pa.int32()),
        "Incumple": number_column(target.astype(np.int32), pa.int32(), validity(np.full(len(tenure), known, np.bool_))),
    }


def _deposit(history: History) -> NDArray[np.float64]:
    """Deposit in pesos, in tens: 1.5 usual bills, 2 for those with an agreement, none for old contracts."""
    bills = np.where(history.traits.agreement, 2.0, 1.5)
    deposit = np.rint(history.consumption.usual_charge.astype(np.float64) / 1_000 * bills) * 10
    return np.where(history.traits.arrival < -180, 0.0, deposit)


def _contracted_capacity(history: History) -> NDArray[np.float64]:
    """Capacity in m3 an hour: one size for nearly all households, for firms the size their consumption needs."""
    needed = np.exp(history.traits.usual.astype(np.float64)) / 30
    size = _METER_SIZES[np.minimum(np.searchsorted(_METER_SIZES, needed), len(_METER_SIZES) - 1)]
    household = np.where(history.traits.usual > np.log(60), 4.0, 2.5)
    return np.where(history.traits.industrial, size, household)
