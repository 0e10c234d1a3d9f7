"""A column that is not there is most often spelt in another way: the message leads to the name that was meant."""

from typing import Any

from segmentation_model.pipelines.feature_engineering.absent_columns import explain_absent
from tests.pipelines.feature_engineering.builders import layout


def explained(present: list[str], *roles: str, **sections: Any) -> str:
    used = layout(*roles, **sections)
    return explain_absent([column for column in used.table() if column.raw not in present], present, used)


def months(pattern: str, number: int = 12) -> list[str]:
    return [pattern.format(m=month) for month in range(1, number + 1)]


def test_the_nearest_name_comes_instead_of_the_first_of_the_file() -> None:
    said = explained(["ID", "Areas", "REGIONS", "Zone"], "region")
    assert said == "no column 'Region (roles.region)'; the nearest in the file: 'REGIONS'"


def test_where_no_name_is_near_the_file_s_columns_are_listed() -> None:
    said = explained(["ID", "Zone"], "region")
    assert said == "no column 'Region (roles.region)'; the file has 'ID', 'Zone'"


def test_the_file_s_columns_are_listed_too_while_one_of_the_absent_has_no_near_name() -> None:
    said = explained(["ID", "region"], "region", "stratum")
    assert "; the nearest in the file: 'region'; the file has 'ID', 'region'" in said


def test_a_column_that_the_layout_maps_or_ignores_is_not_offered() -> None:
    said = explained(["ID", "Region1", "Region2"], "region", categorical=["Region1"], ignore=["Region2"])
    assert "the nearest" not in said


def test_a_month_that_the_file_pads_is_told_with_the_pattern_to_write() -> None:
    family = {"pattern": "IMP_FACT_{m}", "months": 12}
    said = explained(["ID", *months("IMP_FACT_{m:02d}")], monthly={"invoice_amount": family})
    assert said.startswith("no column 'IMP_FACT_1 (monthly.invoice_amount)', ")
    assert "and 4 more; the nearest in the file: 'IMP_FACT_01', " in said
    assert said.endswith("; write {m:02d} in the pattern of monthly 'invoice_amount'")


def test_a_month_that_the_file_does_not_pad_is_told_likewise() -> None:
    family = {"pattern": "Paid{m:02d}", "months": 3}
    said = explained(["ID", *months("Paid{m}")], monthly={"paid": family})
    assert said.endswith("; write {m} in the pattern of monthly 'paid'")


def test_a_month_that_is_absent_in_either_spelling_has_no_such_advice() -> None:
    family = {"pattern": "Paid{m}", "months": 4}
    assert "write" not in explained(["ID", *months("Paid{m:02d}", 3)], monthly={"paid": family})
