"""How a customer pays: the lateness of every bill, and the account that follows from it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation_model.pipelines.synthetic_data.consumption import Consumption
from segmentation_model.pipelines.synthetic_data.months import CYCLE_DAYS, Months
from segmentation_model.pipelines.synthetic_data.random_streams import Purpose, stream_for
from segmentation_model.pipelines.synthetic_data.traits import Traits
from segmentation_model.pipelines.synthetic_data.vectors import (
    Cents,
    Flags,
    Floats,
    Integers,
    normals,
    sigmoid,
    uniforms,
)

DEFAULT_DAYS: Final = 30
"""A bill still unpaid so many days after its due date is in default, and counts as overdue."""

_RECOVERED_DAYS = 240
_SURCHARGE = 0.015
_PART_PAYMENT_CHANCE = 0.25
_STRESS_SD = 0.8
_STRESS_PERSISTENCE = 0.9
_BURDEN_WEIGHT = 0.55
_OVERDUE_WEIGHT = 0.6
_HABIT_WEIGHT = 1.8
_HABIT_PERSISTENCE = 0.8
_HABIT_FULL_DAYS = 20
_LOGIT_LATE_OVER_DEFAULT = 1.3
_NEWCOMER_WEIGHT = 0.7
_NEWCOMER_MONTHS = 8.0
#: How the latent lateness turns into days: 30 exp(2 x) up to default, then 30 + 2 (exp(1.6 x) - 1), a heavy tail.
_DAYS_EXPONENT_BEFORE = 2.0
_DAYS_EXPONENT_AFTER = 1.6
_DAYS_SCALE_AFTER = 2.0


@dataclass(frozen=True)
class Account:
    """Accounts of one block: one row per month, one column per customer. Money is in cents.

    Attributes:
        bill: The invoice: charge, surcharge and corrections.
        paid: Payments received in the cycle that closes with the invoice.
        balance: What was unpaid when the invoice was made; credits not yet used are negative.
        surcharge: Late payment surcharge in the invoice.
        days_late: Most days past due among the bills paid in the cycle and those unpaid at its end.
        overdue_bills: Bills more than ``DEFAULT_DAYS`` past due on the invoice day.
        overdue_balance: What is unpaid of them.
        in_default: Whether this month's bill will be unpaid ``DEFAULT_DAYS`` after its due date.
        probability: Probability of that, knowing everything but the bill's own noise.
        settled_after: Days from the invoice to its payment in full; -1 where nothing was to be paid.
        paid_in_parts: Whether a part was paid on the due date and the rest later.
    """

    bill: Cents
    paid: Cents
    balance: Cents
    surcharge: Cents
    days_late: Integers
    overdue_bills: Integers
    overdue_balance: Cents
    in_default: Flags
    probability: Floats
    settled_after: NDArray[np.int16]
    paid_in_parts: Flags

    @classmethod
    def empty(cls, months: int, customers: int) -> "Account":
        """Accounts in which nothing has happened yet."""
        shape = (months, customers)
        return cls(
            bill=np.zeros(shape),
            paid=np.zeros(shape),
            balance=np.zeros(shape),
            surcharge=np.zeros(shape),
            days_late=np.zeros(shape, np.int32),
            overdue_bills=np.zeros(shape, np.int32),
            overdue_balance=np.zeros(shape),
            in_default=np.zeros(shape, np.bool_),
            probability=np.zeros(shape, np.float32),
            settled_after=np.full(shape, -1, np.int16),
            paid_in_parts=np.zeros(shape, np.bool_),
        )


def simulate_account(seed: int, months: Months, traits: Traits, consumption: Consumption, block: int) -> Account:
    """Simulate bills and payments of one block of customers, month after month.

    Args:
        seed: Seed of the run.
        months: The months of the run.
        traits: The customers.
        consumption: Their billing cycles.
        block: Number of the block.
    """
    stream = stream_for(seed, Purpose.PAYMENTS, block)
    customers = len(traits.risk)
    account = Account.empty(months.count, customers)
    stress = normals(stream, customers)
    habit = _habit_at_start(traits, stress)
    unpaid = np.zeros(customers)
    credit = np.zeros(customers)
    for month in range(months.count):
        unpaid -= account.paid[month]
        account.surcharge[month] = np.rint(unpaid * _SURCHARGE)
        account.balance[month] = unpaid + credit
        account.bill[month] = consumption.charge[month] + account.surcharge[month] + consumption.correction[month]
        due = account.bill[month] + credit
        payable = np.maximum(due, 0)
        credit = np.minimum(due, 0)
        unpaid += payable

        innovation = normals(stream, customers)
        stress = _STRESS_PERSISTENCE * stress + np.float32(np.sqrt(1 - _STRESS_PERSISTENCE**2)) * innovation
        lateness = np.minimum(account.days_late[month], _HABIT_FULL_DAYS) * np.float32(1 / _HABIT_FULL_DAYS)
        habit += np.float32(1 - _HABIT_PERSISTENCE) * (lateness - habit)
        logit = _logit_of_default(traits, stress, habit, month)
        logit += np.float32(_BURDEN_WEIGHT) * np.clip(consumption.burden[month], -2, 2)
        logit += np.float32(_OVERDUE_WEIGHT) * (account.overdue_bills[month] > 0)
        draw = uniforms(stream, customers)
        latent = logit + np.log(draw / (1 - draw))
        days, lead = _days_from(latent, traits)
        account.probability[month] = sigmoid(logit) * (payable > 0)
        account.in_default[month] = (days > DEFAULT_DAYS) & (payable > 0)
        account.settled_after[month] = np.where(payable > 0, traits.term_days + days - lead, -1)
        _book_payments(account, month, traits.term_days, days, payable, stream)
    return account


def _logit_of_default(traits: Traits, stress: Floats, habit: Floats, month: int) -> Floats:
    """The parts of the logit that do not depend on the bill or the debt."""
    age = np.maximum(month - traits.arrival, 0).astype(np.float32)
    logit = traits.risk + traits.sensitivity * (np.float32(_STRESS_SD) * stress)
    logit += np.float32(_HABIT_WEIGHT) * habit
    logit += np.float32(_NEWCOMER_WEIGHT) * np.exp(age * np.float32(-1 / _NEWCOMER_MONTHS))
    return logit


def _habit_at_start(traits: Traits, stress: Floats) -> Floats:
    """Habit of customers who were there before the histories begin, near its long-run mean; none for the others."""
    habit = np.zeros_like(stress)
    age = np.maximum(-traits.arrival, 0).astype(np.float32)
    for _ in range(4):
        habit = sigmoid(_logit_of_default(traits, stress, habit, 0) + np.float32(_LOGIT_LATE_OVER_DEFAULT))
    return habit * (1 - np.float32(_HABIT_PERSISTENCE) ** age)


def _days_from(latent: Floats, traits: Traits) -> tuple[Integers, Integers]:
    """Days past due at payment, and days before the due date for those who pay early; both rise with the latent."""
    before = np.exp(np.minimum(latent, 0) * np.float32(_DAYS_EXPONENT_BEFORE)) * DEFAULT_DAYS
    after = np.expm1(np.clip(latent, 0, 4) * np.float32(_DAYS_EXPONENT_AFTER)) * np.float32(_DAYS_SCALE_AFTER)
    days = np.where(latent > 0, np.minimum(DEFAULT_DAYS + 1 + after, _RECOVERED_DAYS), before).astype(np.int32)
    on_time_below = -np.log(np.float32(DEFAULT_DAYS)) / np.float32(_DAYS_EXPONENT_BEFORE)
    lead = np.clip((on_time_below - latent) * 4, 0, traits.term_days - 2).astype(np.int32)
    return days, np.where(traits.direct_debit, 0, lead)


def _book_payments(
    account: Account,
    month: int,
    term_days: Integers,
    days: Integers,
    payable: Cents,
    stream: np.random.Generator,
) -> None:
    """Enter the payments of one month's bills into the cycles they fall into, and the lateness seen at each invoice."""
    last = len(account.bill) - 1
    late = (term_days + days > CYCLE_DAYS) & (payable > 0)
    who = np.flatnonzero(late)
    draw = uniforms(stream, len(who))
    in_parts = draw < _PART_PAYMENT_CHANCE
    account.paid_in_parts[month, who] = in_parts
    if month == last:
        return
    prompt = ~late
    account.paid[month + 1] += payable * prompt
    account.days_late[month + 1] = np.maximum(account.days_late[month + 1], days * (prompt & (payable > 0)))
    part = np.rint(payable[who] * np.where(in_parts, 0.2 + 2.4 * draw, 0))
    account.paid[month + 1, who] += part
    rest = payable[who] - part
    for invoice in range(month + 1, last + 1):
        elapsed = CYCLE_DAYS * (invoice - month)
        open_ = term_days[who] + days[who] > elapsed
        closed = who[~open_]
        account.paid[invoice, closed] += rest[~open_]
        account.days_late[invoice, closed] = np.maximum(account.days_late[invoice, closed], days[closed])
        who, rest = who[open_], rest[open_]
        if not len(who):
            break
        past_due = elapsed - term_days[who]
        account.days_late[invoice, who] = np.maximum(account.days_late[invoice, who], past_due)
        overdue = past_due > DEFAULT_DAYS
        account.overdue_bills[invoice, who[overdue]] += 1
        account.overdue_balance[invoice, who[overdue]] += rest[overdue]
