"""Bad input ends the run with one message that names table, file, column, value and what is allowed, and no report.

Everything runs through the real project. That the message is one line without a traceback, and the exit code, are what
a process of its own proves at the end.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from segmentation_model.errors import ConfigurationError, InputError, SegmentationError
from segmentation_model.pipelines.synthetic_data.nodes import make_current_customers, make_labelled_customers
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams
from tests.in_process import run
from tests.project_run import PROJECT, ProjectRun, files_below

#: Of 80 rows at most 4 may be rejected (5 %).
CLEAN = SyntheticDataParams(rows=80, unusable_share=0, seed=11)
#: Enough for a model of the Domestic tariff in ``dev``.
TRAINABLE = SyntheticDataParams(rows=500, unusable_share=0, seed=11)

Spoil = Callable[[pd.DataFrame], pd.DataFrame]

LABELLED = "labelled_customers"
CURRENT = "current_customers"


def write_raw(root: Path, params: SyntheticDataParams) -> Path:
    raw = root / "01_raw"
    raw.mkdir(parents=True)
    pq.write_table(make_labelled_customers(params).read_all(), raw / f"{LABELLED}.parquet")
    pq.write_table(make_current_customers(params).read_all(), raw / f"{CURRENT}.parquet")
    return root


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_raw(tmp_path_factory.mktemp("clean"), CLEAN)


@pytest.fixture
def root(clean: Path, tmp_path: Path) -> Path:
    """A root with two small tables without fault."""
    return Path(shutil.copytree(clean, tmp_path / "root"))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root where ``training`` has run; nothing was scored yet."""
    root = write_raw(tmp_path_factory.mktemp("trained"), TRAINABLE)
    run("training", root)
    shutil.rmtree(root / "08_reporting")
    return root


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A copy of the configuration, to be changed."""
    return ProjectRun.create(tmp_path).folder / "conf"


def file_of(root: Path, table: str) -> Path:
    return root / "01_raw" / f"{table}.parquet"


def spoil(root: Path, table: str, how: Spoil) -> None:
    path = file_of(root, table)
    how(pd.read_parquet(path)).to_parquet(path, index=False)


def refused(error: type[SegmentationError], root: Path, pipeline: str = "feature_engineering", **options: Any) -> str:
    """Message of the error that ends the run; nothing is reported."""
    with pytest.raises(error) as caught:
        run(pipeline, root, **options)
    assert caught.value.exit_code != 0
    assert not (root / "08_reporting").exists()
    return caught.value.message


def in_one_line(message: str, *parts: str) -> None:
    assert "\n" not in message
    for part in parts:
        assert part in message


def set_first(rows: int, **values: Any) -> Spoil:
    """Give these values to the first rows."""

    def how(table: pd.DataFrame) -> pd.DataFrame:
        first = pd.Series(range(len(table)), index=table.index) < rows
        return table.assign(
            **{name: table[name].astype(object).mask(first, value).astype("str") for name, value in values.items()}
        )

    return how


def assign(**values: Any) -> Spoil:
    return lambda table: table.assign(**values)


def drop(*columns: str) -> Spoil:
    return lambda table: table.drop(columns=list(columns))


#: The two tables go the same way, so that each case takes one of them.
BAD_TABLES: dict[str, tuple[str, Spoil, tuple[str, ...]]] = {
    "a mapped column absent": (
        LABELLED, drop("Cat_And"),
        ("no column 'Cat_And (roles.tenure_months)'", "the file has 'Ajustes_01'", "and 230 more"),
    ),
    "a month absent": (CURRENT, drop("Consumo_m3_07"), ("no column 'Consumo_m3_07 (monthly.consumption)'",)),
    "the table empty": (CURRENT, lambda table: table.iloc[:0], ("the table has no rows; at least one is needed",)),
    "dates that do not parse": (
        LABELLED, assign(Fecha_Factura="2026-31-12"),
        (
            "column 'Fecha_Factura' (roles.invoice_date)", "unreadable date, for example '2026-31-12'",
            "allowed: a date or text as '%Y-%m-%d', '%d/%m/%Y'",
        ),
    ),
    "a date other than the invoice's that does not parse": (
        CURRENT, assign(Fecha_Alta="hace mucho"),
        ("column 'Fecha_Alta' (roles.contract_start_date)", "'hace mucho'", "'%Y-%m-%d'"),
    ),
    "a number column with text": (
        LABELLED, assign(Saldo_Vencido="mucho"),
        (
            "column 'Saldo_Vencido' (roles.overdue_balance)", "no usable number, for example 'mucho'",
            "allowed: a number up to 1e+13 or null",
        ),
    ),
    "a monthly column with text": (
        CURRENT, assign(Dias_Mora_03="12 días"),
        ("column 'Dias_Mora_03' (monthly.days_late)", "'12 días'", "allowed: a number up to 1e+15 or null"),
    ),
    "infinite numbers": (
        CURRENT, assign(Deposito=float("inf")),
        ("column 'Deposito' (roles.deposit)", "'inf'", "allowed: a number up to 1e+15 or null"),
    ),
    "duplicate ids": (
        LABELLED, assign(Id_Cliente="C1"),
        (
            "column 'Id_Cliente' (roles.customer_id)", "duplicate customer of the same invoice month, for example 'C1'",
            "allowed: one row per customer and invoice month",
        ),
    ),
    "missing ids": (
        CURRENT, assign(Id_Cliente=None),
        ("column 'Id_Cliente' (roles.customer_id)", "missing", "allowed: an identifier in every row"),
    ),
    "an unknown tariff in every row": (
        LABELLED, assign(Tarifa="Comercial"),
        (
            "column 'Tarifa' (roles.tariff)", "unknown tariff, for example 'Comercial'",
            "allowed: 'd', 'domestic', 'domestica', 'i', 'industrial', as values.tariff of the layout names them",
        ),
    ),
}  # fmt: skip

BOTH_TARGETS = "both 0 (paid) and 1 (unpaid) are needed"
ALLOWED_TARGETS = "allowed: 0 (paid), 1 (unpaid) or null, or what values.target of the layout names"
BAD_TARGETS: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "one class, 0": (assign(Incumple=0), ("column 'Incumple' (roles.target) holds only 0", BOTH_TARGETS)),
    "one class, 1": (assign(Incumple=1), ("column 'Incumple' (roles.target) holds only 1", BOTH_TARGETS)),
    "all null": (assign(Incumple=None), ("column 'Incumple' (roles.target) holds no value at all", BOTH_TARGETS)),
    "another number": (
        assign(Incumple=2),
        ("column 'Incumple' (roles.target)", "no target value, for example '2'", ALLOWED_TARGETS),
    ),
    "text": (assign(Incumple="sí"), ("column 'Incumple' (roles.target)", "for example 'sí'", ALLOWED_TARGETS)),
}


class TestTables:
    @pytest.mark.parametrize(("table", "how", "parts"), BAD_TABLES.values(), ids=BAD_TABLES.keys())
    def test_that_are_of_no_use_are_refused(self, root: Path, table: str, how: Spoil, parts: tuple[str, ...]) -> None:
        spoil(root, table, how)
        message = refused(InputError, root)
        in_one_line(message, f"{table} ({file_of(root, table)}): ", *parts)

    @pytest.mark.parametrize(("how", "parts"), BAD_TARGETS.values(), ids=BAD_TARGETS.keys())
    def test_of_no_use_to_learn_from_are_refused(self, root: Path, how: Spoil, parts: tuple[str, ...]) -> None:
        spoil(root, LABELLED, how)
        in_one_line(refused(InputError, root), f"{LABELLED} ({file_of(root, LABELLED)}): ", *parts)

    @pytest.mark.parametrize("how", [drop("Incumple"), assign(Incumple="sí")])
    def test_to_score_may_have_any_target_or_none(self, root: Path, how: Spoil) -> None:
        spoil(root, CURRENT, how)
        run("feature_engineering", root)
        assert "target" not in pd.read_parquet(root / "04_feature" / "current_domestic.parquet")

    def test_that_fail_end_the_whole_job_before_anything_is_reported(self, root: Path) -> None:
        spoil(root, CURRENT, assign(Tarifa="Comercial"))
        in_one_line(refused(InputError, root, "__default__"), CURRENT, "'Comercial'")

    def test_that_fail_leave_earlier_reports_alone(self, root: Path) -> None:
        report = root / "08_reporting" / "segments" / "execution_date=2026-06-30" / "part-0.parquet"
        report.parent.mkdir(parents=True)
        report.write_bytes(b"earlier")
        spoil(root, CURRENT, drop("Cat_And"))
        with pytest.raises(InputError, match="no column 'Cat_And"):
            run("__default__", root)
        assert files_below(root / "08_reporting") == {"segments/execution_date=2026-06-30/part-0.parquet": b"earlier"}


SPOILT_CELLS = {"Tarifa": "Comercial", "Saldo_Vencido": "mucho"}


class TestAFewBadRows:
    @pytest.mark.parametrize("table", [LABELLED, CURRENT])
    def test_are_rejected_with_reasons(self, root: Path, table: str) -> None:
        spoil(root, table, set_first(4, **SPOILT_CELLS))
        run("feature_engineering", root)
        rejected = pd.read_parquet(root / "02_intermediate" / f"{table.split('_')[0]}_rejected.parquet")
        assert rejected["file_row"].tolist() == [1, 2, 3, 4]
        reason = "Tarifa: unknown tariff 'Comercial'; Saldo_Vencido: no usable number 'mucho'"
        assert rejected["reason"].tolist() == [reason] * 4

    def test_above_the_share_are_an_error(self, root: Path) -> None:
        spoil(root, CURRENT, set_first(5, **SPOILT_CELLS))
        message = refused(InputError, root)
        in_one_line(message, "5 of 80 rows cannot be used (6.2%; at most 5.0% may be rejected", "max_rejected_share")

    def test_above_the_share_may_be_allowed(self, root: Path) -> None:
        spoil(root, CURRENT, set_first(5, **SPOILT_CELLS))
        run("feature_engineering", root, feature_engineering={"intake": {"max_rejected_share": 0.07}})
        assert len(pd.read_parquet(root / "02_intermediate" / "current_rejected.parquet")) == 5

    def test_may_be_none_at_all(self, root: Path) -> None:
        spoil(root, CURRENT, set_first(1, **SPOILT_CELLS))
        in_one_line(
            refused(InputError, root, feature_engineering={"intake": {"max_rejected_share": 0}}), "at most 0.0% may be"
        )


def csv_of(path: Path) -> bytes:
    return pd.read_parquet(path).to_csv(index=False).encode()


BAD_FILES: dict[str, tuple[str, Callable[[Path], bytes], tuple[str, ...]]] = {
    "truncated": (CURRENT, lambda path: path.read_bytes()[:-200], ("a damaged or truncated Parquet file",)),
    "cut to its head": (LABELLED, lambda path: path.read_bytes()[:20], ("a damaged or truncated Parquet file",)),
    "empty": (CURRENT, lambda path: b"", ("a damaged or truncated Parquet file",)),
    "overwritten in the middle": (
        LABELLED,
        lambda path: path.read_bytes()[:1_000] + bytes(5_000) + path.read_bytes()[6_000:],
        ("a damaged or truncated Parquet file",),
    ),
    "CSV": (CURRENT, csv_of, ("no Parquet file (it begins with b'Id_Cliente,", "convert a CSV file to Parquet first")),
    "something else": (LABELLED, lambda path: b"PK\x03\x04 a zip archive", ("no Parquet file (it begins with b'PK",)),
}


class TestFiles:
    @pytest.mark.parametrize(("table", "content", "parts"), BAD_FILES.values(), ids=BAD_FILES.keys())
    def test_that_cannot_be_read_are_refused(
        self, root: Path, table: str, content: Callable[[Path], bytes], parts: tuple[str, ...]
    ) -> None:
        path = file_of(root, table)
        path.write_bytes(content(path))
        in_one_line(refused(InputError, root), str(path), *parts)

    def test_that_are_named_csv_are_refused(self, root: Path) -> None:
        path = root / "customers.csv"
        path.write_bytes(csv_of(file_of(root, LABELLED)))
        in_one_line(refused(InputError, root, labelled_path=str(path)), str(path), "no Parquet file", "CSV")

    @pytest.mark.parametrize("pipeline", ["feature_engineering", "__default__"])
    def test_of_labelled_customers_must_be_there(self, root: Path, pipeline: str) -> None:
        file_of(root, LABELLED).unlink()
        message = refused(InputError, root, pipeline)
        advice = "set labelled_path, or make synthetic data with: kedro run --pipelines synthetic_data"
        in_one_line(message, f"{LABELLED}: there is no file {file_of(root, LABELLED)}; {advice}")
        assert [path.name for path in root.iterdir()] == ["01_raw"]

    @pytest.mark.parametrize("pipeline", ["__default__", "scoring"])
    def test_of_current_customers_must_be_there_where_they_are_named(self, root: Path, pipeline: str) -> None:
        message = refused(InputError, root, pipeline, current_path=str(root / "july.parquet"))
        advice = "set current_path, in that folder lie '01_raw'"
        assert message == f"{CURRENT}: there is no file {root / 'july.parquet'}; {advice}"
        assert [path.name for path in root.iterdir()] == ["01_raw"]

    def test_that_are_named_and_not_there_are_told_with_those_that_lie_beside_them(self, root: Path) -> None:
        for month in ("april", "june", "juli", "march", "may", ".hidden"):
            (root / f"{month}.parquet").write_bytes(b"")
        message = refused(InputError, root, "feature_engineering", current_path=str(root / "july.parquet"))
        beside = r"'juli\.parquet', 'june\.parquet', .* and 1 more"
        assert re.search(rf"; set current_path, in that folder lie {beside}$", message)

    @pytest.mark.parametrize(("folder", "what"), [("empty", "is empty"), ("nowhere", "is not there either")])
    def test_that_are_named_in_a_folder_without_files_are_told_so(self, root: Path, folder: str, what: str) -> None:
        (root / "empty").mkdir()
        message = refused(InputError, root, labelled_path=str(root / folder / "t.parquet"))
        in_one_line(message, f"; set labelled_path, the folder '{root / folder}' {what}")

    def test_of_a_layout_other_than_standard_are_not_made_up(self, root: Path, conf: Path) -> None:
        file_of(root, LABELLED).unlink()
        file = conf / "base" / "parameters" / "columns.yml"
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        content["columns"]["layouts"]["mine"] = content["columns"]["layouts"]["standard"]
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        message = refused(InputError, root, conf=conf, columns={"use": "mine"})
        assert message.endswith("; set labelled_path, in that folder lie 'current_customers.parquet'")

    def test_of_current_customers_must_be_there_to_score(self, root: Path) -> None:
        file_of(root, CURRENT).unlink()
        in_one_line(refused(InputError, root, "scoring"), f"{CURRENT}: there is no file {file_of(root, CURRENT)}")

    def test_of_current_customers_may_be_absent_else(self, root: Path) -> None:
        file_of(root, CURRENT).unlink()
        run("feature_engineering", root)
        held_out = pd.read_parquet(root / "02_intermediate" / "held_out.parquet")
        scored = pd.read_parquet(root / "03_primary" / "current_context.parquet")
        assert scored["customer_id"].tolist() == held_out["customer_id"].tolist() != []


class TestATableWithoutInvoiceDates:
    @pytest.fixture
    def undated(self, conf: Path) -> Path:
        return with_layout(conf, lambda layout: layout["roles"].pop("invoice_date"))

    @pytest.fixture
    def root(self, root: Path) -> Path:
        """Nothing tells the months apart, so a customer may come once."""
        spoil(root, LABELLED, lambda table: table.drop_duplicates("Id_Cliente"))
        return root

    def test_needs_an_execution_date(self, root: Path, undated: Path) -> None:
        message = refused(ConfigurationError, root, conf=undated)
        in_one_line(message, "_customers: the table has no invoice date", "--params execution_date=YYYY-MM-DD")

    def test_takes_it_from_the_parameters(self, root: Path, undated: Path) -> None:
        run("feature_engineering", root, conf=undated, execution_date="2026-07-31")
        context = pd.read_parquet(root / "03_primary" / "current_context.parquet")
        assert set(context["execution_date"]) == {pd.Timestamp("2026-07-31")}
        assert context["invoice_date"].isna().all()


def with_layout(conf: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Change the standard layout of a configuration."""
    file = conf / "base" / "parameters" / "columns.yml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(content["columns"]["layouts"]["standard"])
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return conf


@pytest.mark.slow
class TestAModelWhoseFeaturesTheTableLacks:
    @pytest.fixture
    def narrow(self, conf: Path) -> Path:
        return with_layout(conf, lambda layout: layout["monthly"].pop("consumption"))

    @pytest.fixture
    def root(self, trained: Path, tmp_path: Path) -> Path:
        return Path(shutil.copytree(trained, tmp_path / "root"))

    def test_names_them(self, root: Path, narrow: Path) -> None:
        with pytest.raises(InputError) as caught:
            run("scoring", root, conf=narrow, model_source="run")
        in_one_line(
            caught.value.message, "current_customers: ", "'consumption_01'", "and 26 more", "the model was trained on"
        )

    def test_reports_nothing(self, root: Path, narrow: Path) -> None:
        with pytest.raises(InputError, match="consumption_01"):
            run("scoring", root, conf=narrow, model_source="run")
        assert not (root / "08_reporting").exists()


class TestConfiguration:
    def test_with_an_unknown_key_is_refused(self, root: Path, conf: Path) -> None:
        (conf / "dev" / "parameters.yml").write_text("modeling: {training: {max_dept: 4}}\n", encoding="utf-8")
        message = refused(ConfigurationError, root, conf=conf)
        in_one_line(message, "parameters: modeling.training.max_dept: unknown key; allowed here: ", "max_depth, ")

    @pytest.mark.parametrize(
        ("params", "parts"),
        [
            ({"labeled_path": "x"}, ("labeled_path: unknown key; allowed here: ", "labelled_path")),
            ({"execution_date": "01/10/2026"}, ("execution_date: an ISO date is allowed", "'01/10/2026'")),
            (
                {"feature_engineering": {"features": {"date_strategy": "cyclical"}}},
                ("feature_engineering.features.date_strategy: 'cyclical' is not supported", "allowed: 'relative'"),
            ),
        ],
    )
    def test_given_at_run_time_is_checked_by_name(
        self, root: Path, params: dict[str, Any], parts: tuple[str, ...]
    ) -> None:
        message = refused(ConfigurationError, root, **params)
        for part in parts:
            assert part in message
        assert [path.name for path in root.iterdir()] == ["01_raw"]

    def test_with_several_faults_names_all_of_them(self, root: Path) -> None:
        message = refused(ConfigurationError, root, seeds=1, rows="many")
        first, *faults = message.splitlines()
        assert first == "parameters:"
        assert len(faults) == 3  # the number of rows goes to the synthetic data, too
        assert any("seeds: unknown key" in fault for fault in faults)

    def test_of_a_layout_that_does_not_exist_is_refused(self, root: Path) -> None:
        message = refused(ConfigurationError, root, columns={"use": "gas"})
        in_one_line(message, "columns: use: 'gas' is no layout; allowed: 'standard'")


@pytest.fixture
def project(tmp_path: Path, programs: Path) -> ProjectRun:
    return ProjectRun.create(tmp_path, programs)


@pytest.mark.slow
class TestACommandLine:
    """One clean line on standard error, after the log lines."""

    def test_tells_of_a_bad_table_in_one_line(self, project: ProjectRun, root: Path) -> None:
        spoil(root, CURRENT, assign(Tarifa="Comercial"))
        result = project.run("--pipelines", "feature_engineering", root=root)
        *log, last = result.stderr.splitlines()
        assert result.returncode == InputError.exit_code == 1
        assert last.startswith(f"Error: {CURRENT} ({file_of(root, CURRENT)}): 80 of 80 rows cannot be used")
        assert not [line for line in log if line.startswith(("Error", "Traceback", "  File"))]
        assert "resume" not in result.stderr
        assert "Repeat" not in result.stderr
        assert not (root / "08_reporting").exists()

    def test_tells_of_a_damaged_file_in_one_line(self, project: ProjectRun, root: Path) -> None:
        path = file_of(root, LABELLED)
        path.write_bytes(path.read_bytes()[:-200])
        result = project.run("--pipelines", "feature_engineering", root=root)
        *log, last = result.stderr.splitlines()
        assert result.returncode == InputError.exit_code
        assert last.startswith(f"Error: {path}: a damaged or truncated Parquet file")
        assert not [line for line in log if line.startswith(("Error", "Traceback", "  File"))]

    @pytest.mark.parametrize(
        ("program", "words", "told"),
        [
            (
                "kedro",
                "--pipelines=score",
                "pipeline 'score'; did you mean 'scoring'? There are: __default__, clustering, ",
            ),
            ("segmentation-model", "--pipelines=scoring,xyz", "pipeline 'xyz'; there are: __default__, clustering, "),
            ("kedro", "--nodes=modeling.train_model", "node 'modeling.train_model'; did you mean 'modeling."),
            ("segmentation-model", "--from-nodes=x", "node 'x'; `kedro registry describe __default__` lists the nodes"),
            ("kedro", "--namespaces=modelling", "namespace 'modelling'; did you mean 'modeling'? `kedro registry "),
            ("segmentation-model", "--to-outputs=segment", "dataset 'segment'; did you mean 'segments'? `kedro "),
        ],
    )
    def test_tells_of_an_unknown_name_in_one_line(
        self, project: ProjectRun, program: str, words: str, told: str
    ) -> None:
        assert project.programs is not None
        command = [str(project.programs / program), "run", "--conf-source", str(project.folder / "conf"), words]
        result = project.call(command, cwd=PROJECT)
        (line,) = result.stderr.splitlines()
        assert result.returncode == ConfigurationError.exit_code == 2
        assert line.startswith(f"Error: no {told}")

    def test_tells_of_a_bad_parameter_before_anything_runs(self, project: ProjectRun, root: Path) -> None:
        result = project.run(root=root, params="sed=7")
        assert result.returncode == ConfigurationError.exit_code == 2
        (line,) = result.stderr.splitlines()
        assert line.startswith("Error: parameters: sed: unknown key; allowed here: baseline_profile, ")
        assert ", seed, " in line
        assert [path.name for path in root.iterdir()] == ["01_raw"]
