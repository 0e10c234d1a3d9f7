"""What can be said of the container image without building it."""

import json
import re
from pathlib import Path

import pytest

from segmentation_model.sagemaker.definition.requests import ENTRYPOINT

PROJECT = Path(__file__).parents[2]
DOCKER = PROJECT / "deployment" / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
LOCKS = sorted(path.name for path in DOCKER.glob("*.lock"))
VARIANTS = {"cpu": "xgboost-cpu", "gpu": "xgboost"}


def locked(path: Path) -> dict[str, str]:
    """Version of each package in a lock."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", path.read_text(), flags=re.MULTILINE))


def instructions(keyword: str) -> list[str]:
    """Arguments of all instructions of one kind, continued lines joined, in the order of the file."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{keyword} +(.*)$", joined, flags=re.MULTILINE)


class TestTheLocks:
    def test_are_one_for_all_images_one_for_building_and_one_for_each_variant(self):
        assert LOCKS == ["build.lock", "requirements.lock", "xgboost-cpu.lock", "xgboost-gpu.lock"]

    @pytest.mark.parametrize("name", LOCKS)
    def test_have_hashes_for_every_package(self, name):
        entries = re.split(r"\n(?! )", (DOCKER / name).read_text().strip())
        assert entries
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)

    @pytest.mark.parametrize("name", LOCKS)
    def test_name_no_registry(self, name):
        assert "://" not in (DOCKER / name).read_text()
        assert "index" not in (DOCKER / name).read_text()

    @pytest.mark.parametrize("variant", VARIANTS)
    def test_give_the_image_the_versions_of_the_project_s_lock(self, variant):
        project = locked(PROJECT / "requirements.lock")
        image = locked(DOCKER / "requirements.lock") | locked(DOCKER / f"xgboost-{variant}.lock")
        project["xgboost-cpu"] = project["xgboost"]
        assert image == {name: project[name] for name in image}

    @pytest.mark.parametrize(("variant", "package"), VARIANTS.items())
    def test_have_xgboost_once(self, variant, package):
        assert not {"xgboost", "xgboost-cpu"} & locked(DOCKER / "requirements.lock").keys()
        assert package in locked(DOCKER / f"xgboost-{variant}.lock")

    def test_leave_the_communication_of_gpus_to_the_gpu_s_image(self):
        assert [name for name in LOCKS if "nvidia" in (DOCKER / name).read_text()] == ["xgboost-gpu.lock"]

    def test_hold_what_managed_tracking_needs_and_not_what_compiles_the_pipeline(self):
        names = locked(DOCKER / "requirements.lock").keys()
        assert {"kedro", "mlflow", "s3fs", "sagemaker-mlflow"} <= names
        assert not {"sagemaker-core", "sagemaker-mlops", "pytest", "setuptools"} & names


class TestTheDockerfile:
    def test_takes_every_base_from_one_argument(self):
        assert instructions("ARG")[0] == "BASE=python:3.11-slim"
        stages = [words.split() for words in instructions("FROM")]
        names = {words[2] for words in stages if len(words) == 3}
        assert {words[0] for words in stages} - names == {"${BASE}"}

    def test_installs_nothing_that_is_not_locked(self):
        installs = re.findall(r"pip (?:--python \S+ )?install ([^&]*)", " ".join(instructions("RUN")))
        assert len(installs) == 3
        for arguments in installs:
            assert "--no-deps" in arguments
            assert "--require-hashes --only-binary :all:" in arguments or "--no-index" in arguments

    def test_starts_what_the_pipeline_s_definition_names(self):
        (entry_point,) = instructions("ENTRYPOINT")
        assert tuple(json.loads(entry_point)) == ENTRYPOINT

    def test_sends_nothing_home(self):
        (environment,) = instructions("ENV")[-1:]
        assert "DO_NOT_TRACK=true" in environment.split()  # MLflow knows no other word


def test_the_build_context_is_an_allow_list():
    first, *others = [line for line in (PROJECT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert first == "*"
    allowed = {line[1:] for line in others if line.startswith("!")}
    assert allowed == {"LICENSE", "README.md", "pyproject.toml", "src", "deployment/docker/*.lock"}
