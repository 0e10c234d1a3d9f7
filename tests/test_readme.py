"""What the README shows is true."""

import re

import yaml

from segmentation_model.columns import Columns
from tests.project_run import PROJECT


def test_the_layout_of_ones_own_table_is_a_layout():
    (example,) = re.findall(r"```yaml\n(.*?)```", (PROJECT / "README.md").read_text(), re.DOTALL)
    given, layouts = example.split("# conf/mine/parameters/columns.yml\n")
    settings = yaml.safe_load(given)
    used = Columns.model_validate({"use": settings["columns"], **yaml.safe_load(layouts)["columns"]}).layout
    assert used.family_columns()["invoice_amount"][0] == "invoice_amount_01"
    assert {column.raw for column in used.table()} >= {"BILLED_1", "BILLED_12", "CREDIT_LIMIT"}
