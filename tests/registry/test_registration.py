"""Registering: a version with its record, the aliases, and what happens to the champion."""

import logging
from pathlib import Path

import numpy as np
import pytest
import yaml

from segmentation_model.errors import RegistryError
from segmentation_model.model.judged_model import JudgedModel
from segmentation_model.registry.moves import roll_back
from segmentation_model.registry.registered_model import RegisteredModel
from segmentation_model.registry.registration import register
from segmentation_model.registry.served_folder import typical_row
from tests.model.artifacts import skipped, trained
from tests.pipelines.modeling.test_promotion import retrained
from tests.project_run import files_below
from tests.registry.conftest import Place, against

PICKLES = {b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"}


class TestTheFirstModel:
    def test_becomes_challenger_and_champion(self, place: Place):
        version = place.register(trained().model)
        assert version.number == "1"
        assert place.model.aliases() == {"challenger": "1", "champion": "1"}

    def test_is_recorded_with_what_was_decided(self, place: Place):
        place.register(trained().model)
        (version,) = place.model.versions()
        tags = dict(version.tags)
        assert tags.pop("promoted_at").endswith("Z")
        assert tags == {
            "model_version": trained().model.version,
            "tariff": "domestic",
            "decision": "promote",
            "reason": "no champion yet",
            "mode": "auto",
            "execution_date": "2026-07-31",
            "promoted_because": "no champion yet",
        }

    def test_whose_gates_are_closed_is_challenger_only(self, place: Place):
        place.register(trained().model, decision="refuse", reason="the month drifted")
        assert place.model.aliases() == {"challenger": "1"}
        assert place.model.versions()[0].tags["reason"] == "the month drifted"

    def test_is_challenger_only_where_people_decide(self, place: Place):
        place.register(trained().model, mode="manual")
        assert place.model.aliases() == {"challenger": "1"}
        assert place.model.versions()[0].tags["decision"] == "promote"


class TestALaterModel:
    def test_takes_the_place_of_the_champion_it_was_compared_with(self, place: Place):
        place.register(trained().model)
        place.register(retrained(), **against(trained().model))
        assert place.model.aliases() == {"challenger": "2", "champion": "2"}
        assert place.model.version("2").tags["previous_champion"] == "1"
        assert place.model.version("2").tags["promoted_because"] == "it is better"

    def test_that_is_refused_leaves_the_champion_and_says_why(self, place: Place, caplog):
        caplog.set_level(logging.INFO)
        place.register(trained().model)
        place.register(retrained(), **{**against(trained().model), "decision": "refuse", "reason": "no gain"})
        assert place.model.aliases() == {"challenger": "2", "champion": "1"}
        assert place.model.version("2").tags["reason"] == "no gain"
        assert f"{place.model.name}: version 2 is not promoted: no gain" in caplog.text

    def test_is_not_promoted_where_the_champion_changed_meanwhile(self, place: Place, caplog):
        """It was compared with none, but by now there is one."""
        place.register(trained().model)
        place.register(retrained(), champion=None)
        assert place.model.aliases() == {"challenger": "2", "champion": "1"}
        version = place.model.version("2")
        assert version.tags["decision"] == "refuse"
        expected = f"the champion changed while the model was judged: it was none and is {trained().model.version} now"
        assert expected in version.tags["reason"]
        assert expected in caplog.text


class TestTheSameModelAgain:
    def test_adds_nothing_where_it_is_champion(self, place: Place):
        place.register(trained().model)
        before = place.model.versions()
        again = place.register(trained().model, decision="unchanged", reason="it equals the champion")
        assert again.number == "1"
        assert place.model.versions() == before

    def test_adds_no_version_and_is_promoted_where_that_is_decided_now(self, place: Place):
        place.register(trained().model)
        place.register(retrained(), **{**against(trained().model), "decision": "refuse"})
        place.register(retrained(), **against(trained().model))
        assert [version.number for version in place.model.versions()] == ["2", "1"]
        assert place.champion() == "2"

    def test_is_not_promoted_again_once_it_was_rolled_back(self, place: Place, caplog):
        place.register(trained().model)
        place.register(retrained(), **against(trained().model))
        roll_back(place.model, "the north looks wrong")
        place.register(retrained(), **against(trained().model))
        assert place.champion() == "1"
        assert "version 2 was rolled back" in caplog.text


def test_a_tariff_without_a_model_registers_nothing_and_says_so(place: Place, caplog):
    caplog.set_level(logging.INFO)
    decision = {"decision": "no_model", "reason": "there is no model: one class", "mode": "auto", "champion": None}
    judged = JudgedModel(skipped().model, decision, "2026-07-31")
    assert register(place.model, judged, "domestic", place.experiment) is None
    assert (place.model.versions(), place.model.aliases()) == ([], {})
    assert f"{place.model.name}: nothing is registered: there is no model: one class" in caplog.text


class TestTheMlflowRun:
    def test_is_the_one_that_is_named(self, place: Place):
        client = place.model.client
        run_id = client.create_run(client.create_experiment(f"of {place.model.name}", str(place.artifacts))).info.run_id
        decision = {"decision": "refuse", "reason": "closed", "mode": "auto", "champion": None}
        version = register(
            place.model, JudgedModel(trained().model, decision, "2026-07-31"), "domestic", place.experiment, run_id
        )
        assert version is not None
        assert (version.run_id, place.model.versions()[0].run_id) == (run_id, run_id)
        run = client.get_run(run_id)
        assert len(run.outputs.model_outputs) == 1
        assert run.info.status == "RUNNING"  # who has opened it ends it

    def test_is_one_of_its_own_where_none_is_open(self, place: Place):
        place.register(trained().model)
        run = place.model.client.get_run(place.model.versions()[0].run_id)
        assert (run.info.run_name, run.info.status) == ("register_model", "FINISHED")


class TestWhatMlflowKeeps:
    @pytest.fixture
    def folder(self, place: Place) -> Path:
        place.register(trained().model)
        return place.stored()[0]

    def test_has_the_files_of_the_artifact_unchanged(self, folder: Path):
        assert files_below(folder / "artifacts" / "model") == dict(trained().model.files)

    def test_has_no_pickle_and_no_compiled_code(self, folder: Path):
        files = files_below(folder)
        assert not [name for name in files if name.endswith((".pkl", ".pickle", ".joblib", ".pyc"))]
        assert not [name for name, content in files.items() if content[:2] in PICKLES]
        described = yaml.safe_load(files["MLmodel"])["flavors"]["python_function"]
        assert described["loader_module"] == "mlflow.pyfunc.loaders.code_model"
        assert "python_model" not in described

    def test_has_only_the_code_that_scores(self, folder: Path):
        code = {Path(name).parts[2] for name in files_below(folder) if name.startswith("code/")}
        assert code == {"__init__.py", "columns", "drift", "errors.py", "model"}

    def test_names_every_feature_with_its_type(self, folder: Path):
        signature = yaml.safe_load((folder / "MLmodel").read_text())["signature"]["inputs"]
        kinds = {"numeric": "double", "categorical": "string"}
        expected = [(kinds[feature.kind], feature.name) for feature in trained().model.features.features]
        assert [(column["type"], column["name"]) for column in yaml.safe_load(signature)] == expected

    def test_names_exact_requirements(self, folder: Path):
        lines = (folder / "requirements.txt").read_text().splitlines()
        assert {line.split("==")[0] for line in lines} >= {"mlflow", "pandas", "pydantic", "xgboost"}
        assert all("==" in line for line in lines)


class TestTheInputExample:
    def test_has_typical_values_and_is_no_customers_row(self):
        row = typical_row(trained().model)
        train = trained().train
        assert list(row.columns) == trained().model.features.names
        assert row["late"].item() == pytest.approx(np.median(train["late"]), abs=0.02)
        assert row["channel"].item() == train["channel"].mode().item()
        same = (train[row.columns].astype(row.dtypes) == row.iloc[0]).all(axis=1)
        assert not same.any()


class TestARegistryThatCannotBeUsed:
    def test_is_named_without_its_password(self, monkeypatch):
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        model = RegisteredModel("http://user:secret@127.0.0.1:9", "model_domestic")
        with pytest.raises(RegistryError, match=r"the model registry http://127\.0\.0\.1:9 cannot be used") as caught:
            model.versions()
        assert "secret" not in caught.value.message
        assert "\n" not in caught.value.message

    def test_may_be_a_damaged_database(self, tmp_path: Path):
        (tmp_path / "mlflow.db").write_bytes(b"no database " * 100)
        model = RegisteredModel(f"sqlite:///{tmp_path}/mlflow.db", "model_domestic")
        with pytest.raises(RegistryError, match="cannot be used") as caught:
            model.aliases()
        assert "\n" not in caught.value.message

    def test_that_nobody_has_written_to_is_not_made_by_asking(self, tmp_path: Path):
        model = RegisteredModel(f"sqlite:///{tmp_path}/sub/mlflow.db", "model_domestic")
        assert (model.versions(), model.aliases(), model.with_alias("champion")) == ([], {}, None)
        assert list(tmp_path.iterdir()) == []
