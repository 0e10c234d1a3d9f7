"""Measure the monthly job against the floor (``floor.py``) and write down the comparison.

Both read the same tables and run in turn, each in a process of its own that is measured from outside. What they write
goes to a temporary folder and away again; MLflow's database is made there, too.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import psutil

BENCH = Path(__file__).resolve().parent
PROJECT = BENCH.parent
TABLES = ("labelled_customers.parquet", "current_customers.parquet")
TARIFFS = ("Domestic", "Industrial")
LIBRARIES = ("kedro", "mlflow", "numpy", "pandas", "pyarrow", "scikit-learn", "xgboost")
MOST_TIME, MOST_MEMORY, TARGET_ROWS = 1.3, 3.0, 200_000
MB = 2**20
EXAMPLES = """examples:
  make bench                                        the figures of bench/results.md: 200,000 customers, three pairs
  make bench ARGS="--rows 50000 --repeats 1"        one quick pair
  make bench ARGS="--root /data/bench --output -"   keep the tables for the next time, and print only
"""


@dataclass(frozen=True)
class Node:
    """One node of the job, by its log; times in seconds, memory in MB."""

    name: str
    began: float
    seconds: float
    memory: float


@dataclass(frozen=True)
class Measured:
    """One process, measured from outside."""

    began: float
    wall: float
    processor: float
    peak: float
    """Largest resident memory, in MB."""
    samples: tuple[tuple[float, float], ...]
    """Time and resident memory in MB, every 20 ms."""
    log: str


@dataclass(frozen=True)
class Result:
    """What is compared: one run of the job or of the floor."""

    measured: Measured
    start_up: float
    """Seconds until the work began: imports, and of the job configuration and MLflow."""
    trees: dict[str, int | None]
    auc: dict[str, float | None]
    segmented: int
    rejected: int

    @property
    def work(self) -> float:
        """Wall time without the start-up."""
        return self.measured.wall - self.start_up


def main() -> None:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="segmentation-bench-") as name:
        work = Path(name)
        raw = (arguments.root.resolve() if arguments.root else work) / "01_raw"
        text = run(arguments, raw, work)
    print(text)
    if arguments.output != Path("-"):
        arguments.output.write_text(text + "\n", encoding="utf-8")
        tell(f"written to {arguments.output}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=TARGET_ROWS, help="customers (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="pairs of job and floor (default: %(default)s)")
    parser.add_argument("--small-rows", type=int, default=20_000, help="customers of the small run; 0: none")
    parser.add_argument("--root", type=Path, help="folder of the raw tables (01_raw), made where missing and kept")
    parser.add_argument("--output", type=Path, default=BENCH / "results.md", help="file for the tables; -: print only")
    arguments = parser.parse_args()
    if arguments.rows < 1 or arguments.repeats < 1 or arguments.small_rows < 0:
        parser.error("--rows and --repeats must be at least 1, --small-rows at least 0")
    return arguments


def run(arguments: argparse.Namespace, raw: Path, work: Path) -> str:
    """Make the data, measure in turn, and lay out the tables."""
    load = os.getloadavg()[0]
    conf = make_conf(work)
    small = measure_small_run(arguments.small_rows, conf, work) if arguments.small_rows else None
    generator = None
    if not all((raw / table).exists() for table in TABLES):
        generator = measure(kedro(conf, raw.parent, f"rows={arguments.rows}", "--pipelines=synthetic_data"), work)
        tell(f"made {arguments.rows:,} customers", generator)
    jobs, floors = [], []
    for pair in range(1, arguments.repeats + 1):
        for what, runs, measure_one in (("job", jobs, run_job), ("floor", floors, run_floor)):
            runs.append(measure_one(raw, conf, work))
            tell(f"{what}, pair {pair} of {arguments.repeats}", runs[-1].measured)
    arrow, rows = arrow_size(raw)
    facts = [
        f"`bench/run.py {shlex.join(sys.argv[1:])}`, {datetime.now().astimezone():%Y-%m-%d %H:%M}, "
        f"load before the start {load:.1f}",
        machine(),
        f"Python {platform.python_version()}, "
        + ", ".join(f"{library} {importlib.metadata.version(library)}" for library in LIBRARIES),
        f"{rows[1]:,} customers: {rows[0]:,} labelled and {rows[1]:,} current rows, {arrow / MB:,.0f} MB in Arrow",
    ]
    if generator is not None:
        seconds = sum(node.seconds for node in nodes_of(generator))
        facts.append(f"Generator: {sum(rows) / seconds:,.0f} rows a second, Parquet included ({seconds:.1f} s)")
    if small is not None:
        facts.append(
            f"Small run, {arguments.small_rows:,} customers, first one on a new MLflow database: {small.wall:.1f} s "
            f"({start_up_of_job(small):.1f} s of it start-up), {small.peak:,.0f} MB"
        )
    sections = [
        "# Benchmark: the monthly job against a plain script",
        "\n".join(f"- {fact}" for fact in facts),
        compare(jobs, floors, arrow, judged=rows[1] >= TARGET_ROWS),
        "Median of the pairs. Start-up is what passes until the work begins: imports; of the job also configuration and "
        "MLflow. Single pairs, start-up apart: "
        + ", ".join(f"{job.work:.1f} / {floor.work:.1f} s" for job, floor in zip(jobs, floors, strict=True))
        + ".",
        "## Nodes of the job, last run",
        node_table(jobs[-1].measured),
    ]
    return "\n\n".join(sections)


# -- Processes


def make_conf(work: Path) -> Path:
    """The project's configuration with one environment more: base, with JSON logs and an MLflow database apart."""
    conf = shutil.copytree(PROJECT / "conf", work / "conf")
    environment = conf / "bench"
    environment.mkdir()
    shutil.copy(conf / "prod" / "logging.yml", environment)
    places = {"mlflow_tracking_uri": f"sqlite:///{work}/mlflow.db", "mlflow_artifacts": f"{work}/mlartifacts"}
    (environment / "globals.yml").write_text(json.dumps(places), encoding="utf-8")
    return conf


def kedro(conf: Path, root: Path, parameters: str = "", *options: str) -> list[str]:
    given = ",".join(filter(None, [f"root={root}", parameters]))
    return [
        *(sys.executable, "-m", "kedro", "run", "--env=bench", f"--conf-source={conf}", f"--params={given}"),
        *options,
    ]


def measure(command: Sequence[str], work: Path) -> Measured:
    """Run a command in a process of its own; a failure ends the benchmark with the end of its log."""
    # This process stays small: a child's peak memory counts from what its parent has when it is started.
    log, stopped, samples = work / "process.log", threading.Event(), []
    os.sync()
    with log.open("wb") as stream:
        began = time.time()
        process = subprocess.Popen(command, stdout=stream, stderr=stream, cwd=PROJECT, env=os.environ | {"DO_NOT_TRACK": "1"})
        sampler = threading.Thread(target=sample, args=(process.pid, stopped, samples))
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.time() - began
    stopped.set()
    sampler.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    text = log.read_text(encoding="utf-8", errors="replace")
    if process.returncode != 0:
        sys.exit(f"{shlex.join(command)}\nended with exit code {process.returncode}:\n{text[-4000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Measured(began, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / MB, tuple(samples), text)


def sample(pid: int, stopped: threading.Event, samples: list[tuple[float, float]]) -> None:
    process = psutil.Process(pid)
    while not stopped.wait(0.02):
        try:
            samples.append((time.time(), process.memory_info().rss / MB))
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            return
