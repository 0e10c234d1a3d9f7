"""A layout says which column plays which role, and refuses to be ambiguous."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from segmentation_model.columns import Columns, Layout, MonthlyFamily

CONF = Path(__file__).parents[2] / "conf"
TARIFFS = {"tariff": {"Domestic": ["domestic", "doméstica", "D"], "Industrial": "I"}}


def layout(**sections: Any) -> Layout:
    """A layout with a customer id and whatever else is given; roles are added to the id."""
    roles = {"customer_id": "ID", **sections.pop("roles", {})}
    return Layout.model_validate({"roles": roles, **sections})


def configured(environment: str) -> dict[str, Any]:
    text = (CONF / environment / "parameters" / "columns.yml").read_text(encoding="utf-8")
    columns: dict[str, Any] = yaml.safe_load(text)["columns"]
    return columns


class TestTheStandardLayout:
    standard = Columns.model_validate(configured("base") | {"use": "standard"}).layout

    def test_has_241_columns_with_9_families_of_24_months(self) -> None:
        assert len(self.standard.table()) == 241
        assert [len(months) for months in self.standard.family_columns().values()] == [24] * 9

    def test_names_the_newest_month_first(self) -> None:
        raw = {column.name: column.raw for column in self.standard.table()}
        assert raw["invoice_amount_01"] == "Importe_Factura_01"
        assert raw["consumption_24"] == "Consumo_m3_24"

    def test_knows_how_each_column_is_read(self) -> None:
        kinds = {column.name: column.kind for column in self.standard.table()}
        assert kinds["customer_id"] == "key"
        assert kinds["contract_start_date"] == "date"
        assert kinds["tenure_months"] == "number"
        assert kinds["stratum"] == "ordinal"
        assert kinds["region"] == "category"
        assert kinds["direct_debit"] == "category"
        assert kinds["balance_07"] == "number"
        assert (kinds["tariff"], kinds["target"]) == ("tariff", "target")


class TestTheForeignLayout:
    uci = Columns.model_validate(configured("uci") | {"use": "uci_credit_default"}).layout

    def test_takes_months_from_a_list(self) -> None:
        late = [column.raw for column in self.uci.table() if column.family == "days_late"]
        assert late == ["PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6"]

    def test_gives_further_columns_a_canonical_name(self) -> None:
        further = {column.name: (column.raw, column.kind) for column in self.uci.table() if column.family is None}
        assert further["limit_bal"] == ("LIMIT_BAL", "number")
        assert further["education"] == ("EDUCATION", "category")
        assert further["target"] == ("default.payment.next.month", "target")

    def test_lacks_roles(self) -> None:
        assert self.uci.has("target")
        assert not self.uci.has("stratum")


class TestMonthlyFamilies:
    @pytest.mark.parametrize(
        ("family", "columns"),
        [
            ({"pattern": "A_{m}", "months": 2}, ("A_1", "A_2")),
            ({"pattern": "A{m:03d}", "months": 1}, ("A001",)),
            ({"columns": "B2, B1"}, ("B2", "B1")),
            ({"columns": ["B2", "B1"]}, ("B2", "B1")),
        ],
    )
    def test_are_named_by_a_pattern_or_a_list(self, family: dict[str, Any], columns: tuple[str, ...]) -> None:
        assert MonthlyFamily.model_validate(family).raw_columns() == columns

    @pytest.mark.parametrize(
        ("family", "message"),
        [
            ({}, "either `pattern` and `months`, or `columns`"),
            ({"pattern": "A_{m}"}, "either `pattern` and `months`, or `columns`"),
            ({"months": 3}, "either `pattern` and `months`, or `columns`"),
            ({"pattern": "A_{m}", "months": 3, "columns": ["A"]}, "either `pattern` and `months`, or `columns`"),
            ({"columns": ["A"], "months": 1}, "either `pattern` and `months`, or `columns`"),
            ({"pattern": "A_{month}", "months": 3}, r"'A_\{month\}': the month is written \{m\}"),
            ({"pattern": "A_{}", "months": 3}, "the month is written"),
            ({"pattern": "A_{m.x}", "months": 3}, "the month is written"),
            ({"pattern": "A_{m[0]}", "months": 3}, "the month is written"),
            ({"pattern": "A_{m:q}", "months": 3}, "the month is written"),
            ({"pattern": "A_{m", "months": 3}, "the month is written"),
            ({"pattern": "A_01", "months": 3}, "names no month"),
            ({"pattern": "A_{m}", "months": 0}, "greater than or equal to 1"),
            ({"pattern": "A_{m}", "months": 121}, "less than or equal to 120"),
        ],
    )
    def test_are_named_in_one_way(self, family: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            MonthlyFamily.model_validate(family)

    @pytest.mark.parametrize(
        ("feature", "family"),
        [
            ("balance_03", "balance"),
            ("balance_old_mean_12", "balance_old"),
            ("balanced", None),
            ("region", None),
        ],
    )
    def test_are_found_by_the_feature_s_name(self, feature: str, family: str | None) -> None:
        families = {name: {"pattern": name + "{m}", "months": 3} for name in ("balance", "balance_old")}
        assert layout(monthly=families).family_of(feature) == family


class TestAmbiguity:
    @pytest.mark.parametrize(
        ("sections", "message"),
        [
            ({"roles": {"region": "ID"}}, "columns named more than once: 'ID'; each column has one role"),
            ({"numeric": ["A"], "categorical": ["A"]}, "columns named more than once: 'A'"),
            ({"numeric": ["A"], "ignore": ["A"]}, "columns named more than once: 'A'"),
            ({"numeric": ["A B", "a_b"]}, "canonical names named more than once: 'a_b'"),
            ({"monthly": {"a": {"columns": ["X", "X"]}}}, "columns named more than once: 'X'"),
            ({"numeric": ["A_01"], "monthly": {"a": {"columns": ["X"]}}}, "canonical names .* 'a_01'"),
            ({"monthly": {"Importe": {"columns": ["X"]}}}, "monthly family 'Importe': lower-case letters"),
            ({"categorical": ["Tariff"]}, "categorical: column 'Tariff' would be called 'tariff'.*map it under roles"),
            ({"numeric": ["Tenure Known"]}, "numeric: column 'Tenure Known' would be called 'tenure_known'"),
            ({"numeric": ["%"]}, "numeric: column '%' would be called ''"),
        ],
    )
    def test_of_names_is_refused(self, sections: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            layout(**sections)

    @pytest.mark.parametrize(
        ("tariffs", "message"),
        [
            ({}, "roles.tariff is mapped, so values.tariff must say"),
            ({"Domestic": ["D", "X"], "Industrial": ["x "]}, "'X' means more than one tariff|'x ' means more"),
            ({"Domestic": ["industrial"], "Industrial": ["I"]}, "'Industrial' means more than one tariff"),
            ({"Residential": ["R"]}, r"'Residential' is no tariff; .* for example Domestic: \[R\]"),
            (
                {"RESID": "Industrial"},
                r"'RESID' is no tariff; the keys are the tariffs, for example Industrial: \[RESID\]",
            ),
            ({"Domestic": [None]}, "Input should be a valid string"),
        ],
    )
    def test_of_tariff_values_is_refused(self, tariffs: dict[str, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            layout(roles={"tariff": "T"}, values={"tariff": tariffs})

    @pytest.mark.parametrize(
        ("outcomes", "message"),
        [
            ({"unpaid": ["IMPAGO"]}, "target: no value means paid; both unpaid and paid are needed"),
            ({"unpaid": [], "paid": ["P"]}, "target: no value means unpaid"),
            ({"unpaid": ["sí"], "paid": ["SI "]}, "target: 'sí' means both unpaid and paid; each value means one"),
            ({"IMPAGO": "unpaid"}, r"'IMPAGO' is no outcome; the keys are unpaid and paid, .* unpaid: \[IMPAGO\]"),
            ({"PAGADO": 0}, r"'PAGADO' is no outcome; .* for example paid: \[PAGADO\]"),
            ({0: ["PAGADO"]}, r"0 is no outcome; .* for example paid: \[PAGADO\]"),
            ({"late": ["IMPAGO"]}, r"'late' is no outcome; .* for example unpaid: \[IMPAGO\]"),
        ],
    )
    def test_of_target_values_is_refused(self, outcomes: dict[Any, Any], message: str) -> None:
        with pytest.raises(ValidationError, match=message):
            layout(roles={"target": "T"}, values={"target": outcomes})

    def test_an_unknown_role_is_refused(self) -> None:
        with pytest.raises(ValidationError, match=r"roles.colour\n  Extra inputs are not permitted"):
            layout(roles={"colour": "C"})


def test_tariff_values_are_compared_in_their_normal_spelling() -> None:
    codes = layout(roles={"tariff": "T"}, values=TARIFFS).tariff_codes()
    assert codes == {
        "domestic": "Domestic", "domestica": "Domestic", "d": "Domestic", "industrial": "Industrial", "i": "Industrial",
    }  # fmt: skip


LAYOUTS = {"mine": {"roles": {"customer_id": "ID"}}, "yours": {"roles": {"customer_id": "KEY"}}}


class TestColumns:
    def test_a_layout_is_chosen_by_name(self) -> None:
        columns = Columns.model_validate({"use": "yours", "layouts": LAYOUTS})
        assert columns.layout.roles.customer_id == "KEY"

    def test_an_unknown_name_is_refused_with_the_names_there_are(self) -> None:
        with pytest.raises(ValidationError, match="use: 'theirs' is no layout; allowed: 'mine', 'yours'"):
            Columns.model_validate({"use": "theirs", "layouts": LAYOUTS})

    def test_is_immutable(self) -> None:
        columns = Columns.model_validate({"use": "mine", "layouts": LAYOUTS})
        with pytest.raises(ValidationError, match="frozen"):
            columns.use = "yours"  # type: ignore[misc]
