"""The standard raw layout, which the synthetic tables have: names, order and types of its 241 columns.

These are the default names of the ``columns`` parameters. Only the maker of raw tables knows them; everything that
reads a table goes through those parameters.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pyarrow as pa

from segmentation_model.datasets.table import SYNTHETIC

WINDOW_MONTHS: Final = 24

CUSTOMER_TYPES: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {
        "Id_Cliente": pa.string(),
        "Fecha_Factura": pa.string(),
        "Fecha_Vencimiento": pa.date32(),
        "Fecha_Alta": pa.string(),
        "Fecha_Ultimo_Pago": pa.date32(),
        "Fecha_Ultima_Lectura": pa.date32(),
        "Fecha_Ultimo_Corte": pa.date32(),
        "Fecha_Ultima_Reconexion": pa.date32(),
        "Tarifa": pa.string(),
        "Estrato": pa.int32(),
        "Cat_And": pa.int32(),
        "Municipio": pa.string(),
        "Region": pa.string(),
        "Canal_Pago": pa.string(),
        "Canal_Envio": pa.string(),
        "Tipo_Medidor": pa.string(),
        "Giro": pa.string(),
        "Domiciliado": pa.string(),
        "Saldo_Vencido": pa.float64(),
        "Facturas_Vencidas": pa.int32(),
        "Deposito": pa.float64(),
        "Capacidad_Contratada": pa.float64(),
        "Convenio": pa.int32(),
        "Quejas_12m": pa.int32(),
        "Incumple": pa.int32(),
    }
)
"""The 25 columns about the customer."""

FAMILY_TYPES: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {
        "Importe_Factura": pa.float64(),
        "Consumo_m3": pa.float64(),
        "Importe_Pagado": pa.float64(),
        "Dias_Mora": pa.int32(),
        "Saldo": pa.float64(),
        "Dias_Facturados": pa.int32(),
        "Lectura_Estimada": pa.int32(),
        "Recargos": pa.float64(),
        "Ajustes": pa.float64(),
    }
)
"""The 9 monthly families."""


def monthly_name(family: str, month: int) -> str:
    """Raw name of one month of a family, 1 being the newest.

    >>> monthly_name("Saldo", 2)
    'Saldo_02'
    """
    return f"{family}_{month:02d}"


RAW_SCHEMA: Final = pa.schema(
    list(CUSTOMER_TYPES.items())
    + [
        (monthly_name(family, month), type_)
        for family, type_ in FAMILY_TYPES.items()
        for month in range(1, WINDOW_MONTHS + 1)
    ],
    metadata={SYNTHETIC: b"true"},
)
"""All 241 columns, in the order of the tables; the file says that it was made up."""

DRIFTING_NUMBERS: Final = frozenset({"Deposito", "Capacidad_Contratada", "Quejas_12m"}) | {
    monthly_name(family, 1) for family in FAMILY_TYPES
}
"""Number columns that may drift. An older month may not: it was last month's figure, and windows roll exactly."""

DRIFTING_TEXTS: Final = frozenset(
    {"Municipio", "Region", "Canal_Pago", "Canal_Envio", "Tipo_Medidor", "Giro", "Domiciliado"}
)
"""Text columns that may drift."""
