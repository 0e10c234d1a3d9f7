"""The ``columns`` section of the parameters: which column of the file at hand plays which role.

No column name stands in code. A layout maps the roles and monthly families that the product knows to the raw names
of one utility's export; everything after the first node works on canonical names only.
"""

from segmentation_model.columns.layout import Columns, Layout, MappedColumn, MonthlyFamily, Roles
from segmentation_model.columns.lists import CodeList, IntegerList, StringList
from segmentation_model.columns.text import normalise_text

__all__ = [
    "CodeList",
    "Columns",
    "IntegerList",
    "Layout",
    "MappedColumn",
    "MonthlyFamily",
    "Roles",
    "StringList",
    "normalise_text",
]
