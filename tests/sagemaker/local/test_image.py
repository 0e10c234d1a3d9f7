"""Steps in an image: what the engine is told. Here it is a program of the test's own that says what it was told."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from tests.sagemaker.local.bench import Bench, Ran, at, cached, fail, processing, training

ENGINE = """#!/bin/sh
PATH=/usr/bin:/bin
if [ "$1" = image ]; then
    [ "$5" = toy:2 ] && echo sha256:2 && exit
    echo "no such image" >&2; exit 1
fi
if [ "$1" = run ]; then
    printf '%s\\n' "$@"; echo "LEVEL is $LEVEL"
    case "$*" in *wait*) trap '' TERM; touch "$0.waiting"; while [ ! -e "$0.killed" ]; do sleep 0.05; done; esac
    exit
fi
echo "$@" >> "$0.killed"
"""


@pytest.fixture
def engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a podman, which is all that can be found on this machine."""
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "podman").write_text(ENGINE)
    (folder / "podman").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def told(bench: Bench, ran: Ran, step: str) -> list[str]:
    return (bench.execution_folder(ran) / step / "log.txt").read_text().splitlines()


class TestTheEngine:
    pytestmark = pytest.mark.slow

    def test_is_told_what_the_definition_says(self, bench: Bench, engines: Path):
        bench.put("raw/a")
        step = training("Train", channels={"raw": at("raw")}, arguments={"Environment": {"LEVEL": "high"}})
        step["Arguments"]["AlgorithmSpecification"] |= {
            "ContainerEntrypoint": ["python", "-m", "job"],
            "ContainerArguments": ["--now"],
        }
        ran = bench.run(step, options=["--image", "toy:2"])
        assert ran.code == 0, ran.result.output
        words = told(bench, ran, "Train")
        tree = bench.execution_folder(ran) / "Train" / "opt_ml" / "algo-1"
        volumes = [value for word, value in pairwise(words) if word == "--volume"]
        assert volumes == [f"{tree}:/opt/ml", f"{tree}/input/data/raw:/opt/ml/input/data/raw:ro"]
        assert words[words.index("--entrypoint") + 1] == "python"
        assert words[words.index("--network") + 1] == "host"
        assert words[-5:] == ["toy:2", "-m", "job", "--now", "LEVEL is high"]

    def test_is_told_names_of_variables_only(self, bench: Bench, engines: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/of/this/machine")
        monkeypatch.setenv("OTHER", "x")
        ran = bench.run(processing("Read", arguments={"Environment": {"LEVEL": "high"}}), options=["--image", "toy:2"])
        words = told(bench, ran, "Read")
        variables = {value for word, value in pairwise(words) if word == "--env"}
        assert {"LEVEL", "PROCESSING_JOB_NAME", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"} <= variables
        assert not {"AWS_CA_BUNDLE", "OTHER", "PATH", "HOME"} & variables

    def test_runs_the_image_of_its_own_accord_without_an_entry_point(self, bench: Bench, engines: Path):
        step = training("Train")
        del step["Arguments"]["AlgorithmSpecification"]["ContainerEntrypoint"]
        words = told(bench, ran := bench.run(step, options=["--image", "toy:2"]), "Train")
        assert ran.code == 0
        assert "--entrypoint" not in words
        assert words[-3:-1] == ["toy:2", "train"]

    def test_is_told_to_end_a_container_too(self, bench: Bench, engines: Path, monkeypatch: pytest.MonkeyPatch):
        from segmentation_model.sagemaker.local import container

        monkeypatch.setattr(container, "_SECONDS_TO_END", 0.2)
        step = processing("Slow", "wait", arguments={"StoppingCondition": {"MaxRuntimeInSeconds": 1}})
        ran = bench.run(step, options=["--image", "toy:2"])
        assert ran.step("Slow")["reason"].startswith("MaxRuntimeExceeded")
        name = f"{ran.step('Slow')['job_name']}-algo-1"
        assert (engines / "podman.killed").read_text().splitlines() == [f"kill {name}", f"rm --force {name}"]

    def test_says_which_image_a_result_is_of(self, bench: Bench, engines: Path):
        step = processing("Read", **cached())
        first = [bench.run(step, options=["--image", "toy:2"]).step("Read")["status"] for _ in range(2)]
        (engines / "podman").write_text(ENGINE.replace("sha256:2", "sha256:3"))
        assert first == ["Succeeded", "Cached"]
        assert bench.run(step, options=["--image", "toy:2"]).step("Read")["status"] == "Succeeded"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--image", "toy:9"], "--image: podman cannot use 'toy:9': no such image"),
        (["--image", "toy:2", "--engine", "docker"], "--image: docker is needed to run it, and not installed"),
        (["--image", "toy:2", "--python", "python"], "--python and --image exclude each other"),
        (["--engine", "podman"], "--engine needs --image"),
    ],
)
def test_an_image_that_cannot_be_used_is_refused(bench: Bench, engines: Path, options: list[str], said: str):
    ran = bench.run(fail("Stop", ""), options=options)
    assert ran.code == 2
    assert said in ran.result.stderr
    assert not (bench.folder / "work").exists()


class TestWithoutAnImage:
    def test_a_machine_without_the_tools_is_told_what_is_missing(self, bench: Bench, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("PATH", "/nowhere")
        ran = bench.run(fail("Stop", ""))
        assert ran.code == 2
        assert "this machine has no unshare and no setpriv and no mount (util-linux)" in ran.result.stderr

    def test_a_machine_that_forbids_it_is_told_so(self, bench: Bench, engines: Path, monkeypatch: pytest.MonkeyPatch):
        for name in ("unshare", "setpriv", "mount"):
            (engines / name).write_text("#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2; exit 1\n")
            (engines / name).chmod(0o755)
        ran = bench.run(fail("Stop", ""))
        assert ran.code == 2
        assert "which is not allowed here (unshare failed: Operation not permitted); be root" in ran.result.stderr

    def test_an_interpreter_must_be_one(self, bench: Bench):
        ran = bench.run(fail("Stop", ""), options=["--python", str(bench.folder / "nothing")])
        assert ran.code == 2
        assert f"--python: {bench.folder / 'nothing'} is no program" in ran.result.stderr


def test_the_definition_is_checked_where_nothing_can_run(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    ran = bench.run(fail("Stop", {"Get": "Parameters.None"}))
    assert "there is no 'None'" in ran.result.stderr
    assert json.loads(bench.write(fail("Stop", "")).read_text())["Version"] == "2020-12-01"
