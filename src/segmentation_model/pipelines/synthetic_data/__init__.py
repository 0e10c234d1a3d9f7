"""Synthetic customers of a water utility: the raw tables of the monthly job, with nothing real in them.

The tables have the standard layout (25 columns about the customer, 9 monthly families of 24 months, ``_01`` the
newest) and the dirt of a real export. Amounts are pesos with two decimals, consumption is in cubic metres, and one
row is one customer and one reference invoice. This page is the whole generative model; every number in it is made up.

Time
    Three reference months: two labelled ones and the current one. A customer belongs to one billing cycle, so the
    invoice comes on the same day of every month (5th, 12th, 19th or 26th) and is due 18 days later (Domestic) or 21
    (Industrial). Month ``NN`` of a family is the cycle that *closes* with invoice ``NN``: its consumption and bill,
    and the payments, lateness and balance seen on the invoice day. So a month's figures are final once written, and
    what is ``_01`` this month is ``_02`` the next, exactly. It holds for every customer and month, to the cent:
    ``Saldo`` = previous ``Saldo`` + previous ``Importe_Factura`` - ``Importe_Pagado``. A cycle counts 30 days
    whatever the calendar says, so that a short February is not drift. The outcome of the second labelled month is
    known in truth only about three months later; by default the current month follows at once all the same, so that
    windows overlap as much as they can (``months_until_current``).

Customers (``traits``)
    Nobody sees the traits that matter: discipline, ability to pay, a usual consumption and how erratic it is. Stratum
    (Domestic) or line of business (Industrial), municipality, meter, channels, direct debit, a payment agreement and
    the deposit are drawn around them, so they tell a little about them. Customers arrive at an even rate and are lost
    slowly; about one in eight has been one for a year or less, and has no older months.

Consumption and charges (``consumption``)
    Usual level x season of the region (peaks differ) x weather x the customer's own noise; some months the house is
    empty. The charge is a fixed part plus rising blocks, cheaper for low strata, with slow inflation. Some readings
    are estimated; some of those, and a few others, are corrected later by a credit, now and then larger than the
    charge: then the bill is negative and is set off against the next ones.

Payment (``payments``)
    Every bill has a latent lateness: unseen traits + months of financial stress that come and go (an AR(1)) + habit
    (how late the recent bills were) + how large the bill is for this customer + whether something is overdue + a
    short history + logistic noise. The days to payment are a monotone function of it: most pay before the due
    date, three in ten late, and where it passes 30 days the bill is in default; ``Incumple`` is that of the *next*
    bill. Because the noise is logistic, the probability of default is the logistic function of all the rest: the
    data has a known ceiling (an AUC of .85), and good models on held-out customers reach about .82 in both tariffs.
    Base rates are 8 % and 5 %. Late bills bear a surcharge, a quarter of them are paid in two parts, all are
    recovered within eight months. ``Facturas_Vencidas`` and ``Saldo_Vencido`` count the bills more than 30 days past
    due on the invoice day (one customer in fifteen); ``Saldo`` counts all unpaid ones. Three overdue bills bring a
    cut-off, payment a reconnection.

Months of the tables (``customers``, ``shifts``, ``dirt``)
    A reference month is a window on a customer's single history. The current month drifts a little, only in the
    columns the parameters name. Tariffs and municipalities are spelt in many ways, codes are unknown or missing, two
    dates are text in two formats. A stated share of rows is unusable (missing id, repeated row, unreadable invoice
    date, unknown tariff); every other row is valid.

The same seed gives the same customers (``random_streams``, ``tables``)
    Customers come in fixed blocks of 8,192. Each block has random streams of its own, one per purpose and per month
    where it is about a month, derived from the seed, the block and the purpose. So a customer does not depend on how
    many others there are, on the chunks the tables are written in, or on threads, and drift touches nothing but its
    columns. Nothing depends on today's date. Memory is that of a few blocks and one chunk. (numpy promises the same
    stream only for one numpy version.)
"""

from segmentation_model.pipelines.synthetic_data.pipeline import create_pipeline

__all__ = ["create_pipeline"]
