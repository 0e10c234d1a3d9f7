"""The whole tree of parameters, as each environment gives it: unknown keys and wrong types are refused by name."""

import copy
import datetime as dt
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kedro.config import OmegaConfigLoader
from pydantic import BaseModel

from segmentation_model.errors import ConfigurationError
from segmentation_model.parameters import Parameters, check_parameters
from segmentation_model.settings import CONFIG_LOADER_ARGS

CONF = Path(__file__).parents[1] / "conf"
ENVIRONMENTS = ["base", "dev", "prod", "uci"]

Place = tuple[str | int, ...]


def configured(env: str = "base", **runtime_params: Any) -> dict[str, Any]:
    """The parameters as Kedro reads them."""
    loader = OmegaConfigLoader(
        conf_source=str(CONF), env=env, runtime_params=runtime_params, **CONFIG_LOADER_ARGS  # type: ignore[arg-type]
    )  # fmt: skip
    parameters: dict[str, Any] = loader["parameters"]
    return parameters


@functools.cache
def base() -> dict[str, Any]:
    return configured()


def changed(place: Place, value: object) -> dict[str, Any]:
    """The base parameters with one value put in."""
    parameters = copy.deepcopy(base())
    inner: Any = parameters
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    return parameters


def walk(typed: object, place: Place = ()) -> Iterator[tuple[Place, object]]:
    """Every value of the typed tree with its place, groups included."""
    yield place, typed
    inner: Any = []
    if isinstance(typed, BaseModel):
        inner = dict(typed).items()
    elif isinstance(typed, dict):
        inner = typed.items()
    elif isinstance(typed, tuple):
        inner = enumerate(typed)
    for key, value in inner:
        yield from walk(value, (*place, key))


def there(place: Place) -> bool:
    """Whether the configuration writes the value, not only the model's default."""
    inner: Any = base()
    for part in place:
        if isinstance(inner, list) if isinstance(part, int) else isinstance(inner, dict) and part in inner:
            inner = inner[part]
        else:
            return False
    return True


WRITTEN = [(place, typed) for place, typed in walk(check_parameters(base())) if there(place)]
GROUPS = [(place, type(typed)) for place, typed in WRITTEN if isinstance(typed, BaseModel)]
LEAVES = [(place, typed) for place, typed in WRITTEN if place and not isinstance(typed, BaseModel)]
NUMBERS = [(place, typed) for place, typed in LEAVES if isinstance(typed, int | float) and not isinstance(typed, bool)]


def dotted(place: Place) -> str:
    return ".".join(map(str, place))


def named(message: str) -> set[str]:
    """The places that a message names, without the name of the model that was tried in a union of models."""
    lines = message.removeprefix("parameters:").strip().splitlines()
    return {re.sub(r"\.[A-Z][a-z]+Shift\b", "", line.split(": ")[0].strip()) for line in lines}


def refused(parameters: dict[str, Any]) -> str:
    with pytest.raises(ConfigurationError, match=r"^parameters:") as caught:
        check_parameters(parameters)
    assert caught.value.exit_code == 2
    return caught.value.message


class TestEnvironments:
    @pytest.fixture(autouse=True)
    def cloud(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SEGMENTATION_ROOT", "s3://bucket/root")
        monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example")

    @pytest.mark.parametrize("env", ENVIRONMENTS)
    def test_are_accepted(self, env: str) -> None:
        assert isinstance(check_parameters(configured(env)), Parameters)

    @pytest.mark.parametrize("env", ENVIRONMENTS)
    @pytest.mark.parametrize(
        ("name", "given", "read", "also"),
        [
            ("root", "/elsewhere", "/elsewhere", ()),
            ("history", "s3://bucket/history", "s3://bucket/history", ()),
            ("models_path", "s3://bucket/06_models", "s3://bucket/06_models", ()),
            ("execution_date", "2026-10-01", dt.date(2026, 10, 1), ("feature_engineering.intake.execution_date",)),
            ("labelled_path", "l.parquet", "l.parquet", ()),
            ("current_path", "c.parquet", "c.parquet", ()),
            ("baseline_profile", "s3://bucket/06_models", "s3://bucket/06_models", ()),
            ("fail_on_drift", "moderate", "moderate", ("drift.gate.fail_on_drift",)),
            ("drift_threshold", 0.3, 0.3, ("drift.statistics.drift_threshold",)),
            ("tariffs", "Industrial", "Industrial", ("feature_engineering.intake.tariffs",)),
            ("model_source", "run", "run", ()),
            ("model_source", "champion", "champion", ()),
            ("seed", 7, 7, ("feature_engineering.split.seed", "modeling.seed", "synthetic_data.seed")),
            ("rows", 12, 12, ("synthetic_data.rows",)),
        ],
    )
    def test_take_what_is_given_at_run_time(
        self, env: str, name: str, given: object, read: object, also: tuple[str, ...]
    ) -> None:
        values = {dotted(place): typed for place, typed in walk(check_parameters(configured(env, **{name: given})))}
        assert {place: values[place] for place in (name, *also)} == dict.fromkeys((name, *also), read)

    @pytest.mark.parametrize(
        "name", ["history", "models_path", "execution_date", "labelled_path", "current_path", "baseline_profile"]
    )
    def test_take_nothing_for_what_may_be_left_open(self, name: str) -> None:
        assert getattr(check_parameters(configured("uci", **{name: None})), name) is None

    @pytest.mark.parametrize("env", ENVIRONMENTS)
    def test_refuse_an_unknown_key_given_at_run_time(self, env: str) -> None:
        allowed = ", ".join(sorted(Parameters.model_fields))
        expected = f"parameters: labeled_path: unknown key; allowed here: {allowed}"
        assert refused(configured(env, labeled_path="l.parquet")) == expected


class TestUnknownKeys:
    def test_could_be_in_many_groups(self) -> None:
        places = {dotted(place) for place, _ in GROUPS}
        assert places >= {
            "", "columns", "columns.layouts.standard", "columns.layouts.standard.roles",
            "columns.layouts.standard.values", "columns.layouts.standard.monthly.balance",
            "feature_engineering.intake", "feature_engineering.features",
            "feature_engineering.split", "feature_engineering.leakage", "feature_engineering.selection",
            "drift.profile", "drift.statistics", "drift.windows", "drift.gate",
            "modeling.training", "modeling.minimum_cases", "modeling.calibration",
            "modeling.risk_categories", "modeling.evaluation", "clustering", "clustering.overdue.0",
            "clustering.strata.2", "clustering.tariffs.Industrial", "reporting", "synthetic_data",
            "synthetic_data.drift.Canal_Pago",
        }  # fmt: skip

    @pytest.mark.parametrize(("place", "model"), GROUPS, ids=[dotted(place) or "top" for place, _ in GROUPS])
    def test_are_named_with_what_is_allowed_beside_them(self, place: Place, model: type[BaseModel]) -> None:
        message = refused(changed((*place, "colour"), "red"))
        assert dotted((*place, "colour")) in named(message)
        allowed = re.escape(", ".join(sorted(model.model_fields)))
        assert re.search(rf"colour: unknown key; allowed here: {allowed}$", message, flags=re.MULTILINE)

    def test_among_choices_are_named_with_the_choices(self) -> None:
        message = refused(changed(("clustering", "tariffs", "Comercial"), {"label": "Comercial", "code": "C"}))
        choices = "Input should be 'Domestic' or 'Industrial' (given: 'Comercial')"
        assert message == f"parameters: clustering.tariffs.Comercial: {choices}"

    def test_are_all_named_at_once(self) -> None:
        message = refused(base() | {"colour": 1, "taste": 2, "seed": "x"})
        assert [line.split(":")[0] for line in message.splitlines()] == ["parameters", "  seed", "  colour", "  taste"]

    def test_beyond_twenty_are_counted(self) -> None:
        message = refused(base() | {f"colour_{number}": 1 for number in range(33)})
        assert len(message.splitlines()) == 1 + 20 + 1
        assert message.endswith("\n  and 13 more")


class TestWrongTypes:
    @pytest.mark.parametrize(("place", "typed"), LEAVES, ids=[dotted(place) for place, _ in LEAVES])
    def test_are_refused_by_name(self, place: Place, typed: object) -> None:
        wrong = "text" if isinstance(typed, dict) else {"a": {"b": 1}}
        found = named(refused(changed(place, wrong)))
        assert any(where == dotted(place) or where.startswith(f"{dotted(place)}.") for where in found)

    @pytest.mark.parametrize(("place", "typed"), NUMBERS, ids=[dotted(place) for place, _ in NUMBERS])
    @pytest.mark.parametrize("flag", [True, False])
    def test_a_flag_is_no_number(self, place: Place, typed: object, flag: bool) -> None:
        """Where 1 or 0 would break a rule of the group, the group is named."""
        found = named(refused(changed(place, flag)))
        assert any(dotted(place) == where or dotted(place).startswith(f"{where}.") for where in found)

    def test_a_flag_in_a_list_is_no_number(self) -> None:
        message = refused(changed(("feature_engineering", "features", "windows"), [True, 3]))
        assert message == "parameters: feature_engineering.features.windows.0: Input should be a number (given: True)"

    @pytest.mark.parametrize("name", ["root", "execution_date", "seed", "columns", "modeling", "reporting"])
    def test_a_missing_key_is_named(self, name: str) -> None:
        parameters = {key: value for key, value in base().items() if key != name}
        assert refused(parameters) == f"parameters: {name}: missing"

    def test_a_long_value_is_cut(self) -> None:
        message = refused(base() | {"seed": "x" * 1_000})
        assert message.endswith(f"(given: '{'x' * 99}…)")

    @pytest.mark.parametrize(
        ("place", "value", "message"),
        [
            (("root",), "", "root: String should have at least 1 character (given: '')"),
            (("drift_threshold",), float("nan"), "drift_threshold: Input should be less than or equal to 10"),
            (("drift_threshold",), 0, "drift_threshold: Input should be greater than 0 (given: 0)"),
            (("tariffs",), "domestic", "tariffs: Input should be 'both', 'Domestic' or 'Industrial'"),
            (("fail_on_drift",), "severe", "fail_on_drift: 'severe' is not allowed; use true, false, 'low'"),
            (("columns", "use"), "gas", "columns: use: 'gas' is no layout; allowed: 'standard'"),
            (
                ("feature_engineering", "features", "date_strategy"), "cyclical",
                "feature_engineering.features.date_strategy: 'cyclical' is not supported",
            ),
            (("feature_engineering", "split", "train"), 0.7, "feature_engineering.split: train + calibration + test"),
            (
                ("columns", "layouts", "standard", "monthly", "balance"), {"pattern": "Saldo", "months": 24},
                "columns.layouts.standard.monthly.balance: pattern 'Saldo' names no month",
            ),
        ],
    )  # fmt: skip
    def test_a_value_out_of_bounds_is_named_with_what_is_allowed(
        self, place: Place, value: object, message: str
    ) -> None:
        assert message in refused(changed(place, value))


class TestLists:
    @pytest.mark.parametrize(("given", "read"), [("3, 6", (3, 6)), ("12", (12,)), (12, (12,)), ([12, 24], (12, 24))])
    def test_may_be_written_as_text_or_one_number(self, given: object, read: tuple[int, ...]) -> None:
        parameters = changed(("feature_engineering", "features", "windows"), given)
        assert check_parameters(parameters).feature_engineering.features.windows == read

    def test_of_strata_and_tariff_values_too(self) -> None:
        parameters = changed(("clustering", "strata", 0, "strata"), "1, 2")
        parameters["columns"]["layouts"]["standard"]["values"]["tariff"]["Industrial"] = "industrial, I"
        typed = check_parameters(parameters)
        assert typed.clustering.strata[0].strata == (1, 2)
        assert typed.columns.layout.values.tariff["Industrial"] == ("industrial", "I")


def test_the_tree_is_immutable_and_described() -> None:
    typed = check_parameters(base())
    groups = [group for _, group in walk(typed) if isinstance(group, BaseModel)]
    assert all(group.model_config.get("frozen") and group.model_config.get("extra") == "forbid" for group in groups)
