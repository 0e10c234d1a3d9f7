"""One cause is one line."""

from segmentation_model.drift.judgement.families import roll_up
from tests.drift.builders import column


def test_24_months_are_one_line_beside_the_columns_on_their_own() -> None:
    months = [
        column(f"amount_{month:02d}", "high" if month == 7 else "low", family="amount", psi=month / 100)
        for month in range(1, 25)
    ]
    lines = roll_up([column("age"), *months, column("tenure", "moderate", psi=0.2)])
    assert [(line.name, line.is_family, line.severity) for line in lines] == [
        ("amount", True, "high"),
        ("tenure", False, "moderate"),
        ("age", False, "none"),
    ]
    assert len(lines[0].columns) == len(lines[0].drifted) == 24
    assert (lines[0].worst_column, lines[0].max_psi) == ("amount_07", 0.24)


def test_a_column_that_has_the_name_of_a_family_is_a_line_of_its_own() -> None:
    lines = roll_up([column("amount", "low"), column("amount_01", "high", family="amount")])
    assert [(line.name, line.is_family) for line in lines] == [("amount", True), ("amount", False)]


def test_lines_of_one_level_go_by_psi_and_then_by_name() -> None:
    lines = roll_up([column("b", "low", psi=0.03), column("a", "low", psi=0.03), column("c", "low", psi=0.05)])
    assert [line.name for line in lines] == ["c", "a", "b"]


def test_a_family_of_which_nothing_was_measured_is_not_called_stable() -> None:
    absent = [column(name, status="not_compared", family="x") for name in ("x_1", "x_2")]
    family = roll_up(absent)[0]
    assert (family.judged_severity, family.max_psi) == ("not_measured", None)
    partly = roll_up([*absent, column("x_3", family="x")])[0]
    assert partly.judged_severity == "none"
