"""A table on its way into a workbook: what each column is called, and how its values are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Kind = Literal["text", "count", "money", "share", "number"]


@dataclass(frozen=True)
class SheetColumn:
    """A column of a worksheet.

    Attributes:
        source: Its column in the table.
        heading: What people read above it.
        kind: How its values are written; of a share 0.125 shows as 12.5 %.
    """

    source: str
    heading: str
    kind: Kind


@dataclass(frozen=True)
class Sheet:
    """One worksheet.

    Attributes:
        name: Of the worksheet, 31 characters at most.
        columns: Its columns in their order.
        rows: The table; other columns are left out.
    """

    name: str
    columns: Sequence[SheetColumn]
    rows: pd.DataFrame
