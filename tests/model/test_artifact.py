"""A model artifact comes back as it was written, or not at all."""

import json
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from pyarrow import BufferReader

from segmentation_model.errors import ArtifactError
from segmentation_model.model.artifact import check, pack
from segmentation_model.model.artifact_files import (
    FILES,
    METADATA,
    PROFILE_FILES,
    profile_from_files,
    profile_to_files,
)
from segmentation_model.model.booster import to_json
from segmentation_model.model.scoring import score
from tests.model.artifacts import features, fit, labelled, skipped, trained

Files = dict[str, bytes]
ADDRESS = "06_models/domestic"


def files(fitted: Callable[[], Any] = trained) -> Files:
    return dict(fitted().model.files)


def edited(change: Callable[[dict[str, Any]], object]) -> Files:
    """The files with other metadata, written as the product writes them."""
    metadata = json.loads(files()[METADATA])
    change(metadata)
    return {**files(), METADATA: to_json(metadata)}


class TestRoundTrip:
    def test_everything_comes_back(self):
        read, made = check(files(), ADDRESS), trained().model
        assert (read.status, read.version, read.metadata) == ("trained", made.version, made.metadata)
        assert (read.features, read.calibrator, read.cutoffs) == (made.features, made.calibrator, made.cutoffs)
        assert profile_to_files(read.profile) == profile_to_files(trained().profile)
        rows = features(50, 71)
        np.testing.assert_array_equal(score(read, rows, "x")[1], score(made, rows, "x")[1])

    def test_a_skipped_model_is_complete_without_model_files(self):
        read = check(files(skipped), ADDRESS)
        assert set(read.files) == {METADATA, *PROFILE_FILES}
        assert (read.status, read.metadata["reason"]) == ("skipped", skipped().booster.reason)
        assert read.profile.rows == 100
        assert read.features.names == ["late", "noise", "channel"]

    def test_the_same_content_gives_the_same_bytes_and_version(self):
        data = [labelled(600, 72, "A"), labelled(600, 73, "B"), labelled(100, 74, "T")]
        one, other = fit(*data).model, fit(*(rows.copy() for rows in data)).model
        assert dict(one.files) == dict(other.files)
        assert one.version == other.version
        assert len(one.version) == 12

    def test_another_content_gives_another_version(self):
        def version(**change: Any) -> str:
            metadata = {"features": trained().spec, "metrics": trained().metrics} | change
            parts = {name: files()[name] for name in ("calibrator.json", "risk_cutoffs.json")}
            return pack(trained().booster, metadata, profile_to_files(trained().profile), parts).version

        assert version() == version()
        assert len({version(), version(metrics={}), version(note="x")}) == 3

    def test_half_an_artifact_cannot_be_packed(self):
        profile = profile_to_files(trained().profile)
        with pytest.raises(ArtifactError, match=r"missing files: 'risk_cutoffs\.json'; .* a trained model has"):
            pack(trained().booster, {}, profile, {"calibrator.json": files()["calibrator.json"]})
        with pytest.raises(ArtifactError, match=r"missing files: 'reference_profile\.json', 'reference_"):
            pack(skipped().booster, {}, {}, {})


class TestRefusal:
    @pytest.mark.parametrize("name", sorted(set(FILES) - {METADATA}))
    def test_a_damaged_file_is_named(self, name: str):
        content = files()[name]
        damaged = content[:-1] + bytes([content[-1] ^ 1])
        with pytest.raises(ArtifactError, match=f"{ADDRESS}: damaged, the checksum does not fit: '{name}'"):
            check({**files(), name: damaged}, ADDRESS)

    @pytest.mark.parametrize("name", sorted(set(FILES) - {METADATA}))
    def test_a_missing_file_is_named(self, name: str):
        left = {other: content for other, content in files().items() if other != name}
        with pytest.raises(ArtifactError, match=f"{ADDRESS}: missing files: '{name}'; .* a trained model has"):
            check(left, ADDRESS)

    def test_without_metadata_it_is_no_artifact(self):
        with pytest.raises(ArtifactError, match=r"no metadata\.json; a model artifact is needed"):
            check({name: content for name, content in files().items() if name != METADATA}, ADDRESS)

    @pytest.mark.parametrize("name", ["model.pkl", "notes.txt"])
    def test_an_extra_file_is_named(self, name: str):
        with pytest.raises(ArtifactError, match=f"unknown files: '{name}'"):
            check({**files(), name: b""}, ADDRESS)

    def test_a_skipped_model_with_trees_is_refused(self):
        with pytest.raises(ArtifactError, match=r"unknown files: 'model\.ubj'; .* a skipped model has 'reference_prof"):
            check({**files(skipped), "model.ubj": files()["model.ubj"]}, ADDRESS)

    @pytest.mark.parametrize("version", [0, 2, "1", None])
    def test_another_schema_version_is_refused(self, version: object):
        with pytest.raises(ArtifactError, match=f"schema version {version!r}; this release reads 1"):
            check(edited(lambda metadata: metadata.update(schema_version=version)), ADDRESS)

    @pytest.mark.parametrize(
        "change",
        [
            lambda metadata: metadata["metrics"]["test"].update(roc_auc=0.99),
            lambda metadata: metadata.update(status="skipped"),
            lambda metadata: metadata.update(note="harmless"),
            lambda metadata: metadata.pop("features"),
            lambda metadata: metadata.update(model_version="0" * 12),
            lambda metadata: metadata.pop("model_version"),
            lambda metadata: metadata["files"].update({"model.ubj": "0" * 64}),
            lambda metadata: metadata.update(files=[]),
        ],
    )
    def test_edited_metadata_are_refused(self, change: Callable[[dict[str, Any]], object]):
        with pytest.raises(ArtifactError, match=rf"{ADDRESS}/metadata\.json: changed after it was written"):
            check(edited(change), ADDRESS)

    def test_metadata_that_were_only_laid_out_anew_are_accepted(self):
        compact = json.dumps(json.loads(files()[METADATA])).encode()
        assert check({**files(), METADATA: compact}, ADDRESS).version == trained().model.version

    @pytest.mark.parametrize(
        "content", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b"3", b'"text"', b'{"schema_version": 1, "x": NaN}']
    )
    def test_metadata_that_cannot_be_read_are_refused(self, content: bytes):
        with pytest.raises(ArtifactError, match=rf"{ADDRESS}/metadata\.json: damaged \("):
            check({**files(), METADATA: content}, ADDRESS)


class TestProfile:
    def test_it_can_be_read_from_its_two_files_alone(self):
        stored = profile_to_files(trained().reference)
        assert set(stored) == set(PROFILE_FILES)
        assert profile_from_files(stored, "x").rows == 1_500

    def test_a_missing_file_is_named(self):
        with pytest.raises(ArtifactError, match=r"^05/x: no 'reference_profile\.parquet'; a reference profile is"):
            profile_from_files({PROFILE_FILES[0]: b"{}"}, "05/x")

    def test_a_damaged_one_is_refused_with_its_address(self):
        stored = {**profile_to_files(trained().reference), PROFILE_FILES[1]: b"PAR1"}
        with pytest.raises(ArtifactError, match=r"^05/x: reference profile: damaged"):
            profile_from_files(stored, "05/x")


class TestNoPickle:
    def test_every_file_is_what_its_name_says(self):
        for fitted in (trained, skipped):
            for name, content in files(fitted).items():
                if name.endswith(".json"):
                    json.loads(content)
                elif name.endswith(".parquet"):
                    assert content[:4] == content[-4:] == b"PAR1"
                    assert set(pq.read_schema(BufferReader(content)).metadata or {}) <= {b"ARROW:schema"}
                else:
                    assert (name, content[:2]) == ("model.ubj", b"{L")

    def test_no_file_can_be_unpickled(self):
        for name, content in files().items():
            with pytest.raises((pickle.UnpicklingError, ValueError, IndexError, KeyError, EOFError)):
                pickle.loads(content)
            assert not content.startswith((b"\x80", b"PK")), name

    def test_packing_and_loading_get_by_without_it(self, monkeypatch: pytest.MonkeyPatch):
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("pickle is used")

        for name in ("dump", "dumps", "load", "loads", "Pickler", "Unpickler"):
            monkeypatch.setattr(pickle, name, refuse)
        metadata = {"features": trained().spec}
        parts = {name: files()[name] for name in ("calibrator.json", "risk_cutoffs.json")}
        made = pack(trained().booster, metadata, profile_to_files(trained().profile), parts)
        assert np.isfinite(score(check(dict(made.files), ADDRESS), features(5, 75), "x")[1]).all()
