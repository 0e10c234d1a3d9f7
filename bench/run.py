"""Measure the monthly job against the floor (floor.py) and write down the comparison.

Both read the same tables and run in turn, each in a process of its own that is measured from outside. What they write,
MLflow's database included, goes into a temporary folder and away again.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from measured_process import MB, Measured, measure
from report import heading, in_temporary_folder, lay_out, machine, parser, tell, versions

BENCH = Path(__file__).resolve().parent
PROJECT = BENCH.parent
TABLES = ("labelled_customers.parquet", "current_customers.parquet")
TARIFFS = ("Domestic", "Industrial")
LIBRARIES = ("kedro", "mlflow", "numpy", "pandas", "pyarrow", "scikit-learn", "xgboost")
TARGET_ROWS, MOST_TIME, MOST_MEMORY = 200_000, 1.3, 3.0
EXAMPLES = """examples:
  make bench                                            all benchmarks: the figures of bench/results.md
  make bench ARGS="job --rows 50000 --repeats 1"        one quick pair
  make bench ARGS="job --root /data/bench --output -"   keep the raw tables for the next time, and print only
"""


@dataclass(frozen=True)
class Node:
    """One node of the job by its log: when it began, its seconds, and resident MB at its end."""

    name: str
    began: float
    seconds: float
    memory: float


@dataclass(frozen=True)
class Run:
    """One run of the job or of the floor, and what came out of it; trees and test AUC are None without a model."""

    measured: Measured
    start_up: float
    training: float
    trees: list[int | None]
    auc: list[float | None]
    segmented: int
    rejected: int
    code: str = ""

    @property
    def work(self) -> float:
        """Wall time without the start-up."""
        return self.measured.wall - self.start_up


def main(options: list[str]) -> None:
    in_temporary_folder(benchmark, parse_arguments(options), options)


def parse_arguments(options: list[str]) -> argparse.Namespace:
    command = parser("job", __doc__, EXAMPLES)
    command.add_argument("--rows", type=int, default=TARGET_ROWS, help="customers (default: %(default)s)")
    command.add_argument("--repeats", type=int, default=3, help="pairs of job and floor (default: %(default)s)")
    command.add_argument(
        "--small-rows", type=int, default=20_000, help="customers of the small run (default: %(default)s); 0: none"
    )
    command.add_argument("--root", type=Path, help="where the raw tables (01_raw) are; made where missing, and kept")
    arguments = command.parse_args(options)
    if min(arguments.rows, arguments.repeats) < 1 or arguments.small_rows < 0:
        command.error("--rows and --repeats must be at least 1, --small-rows at least 0")
    return arguments


def benchmark(arguments: argparse.Namespace, options: list[str], work: Path) -> str:
    """Make the data, measure in turn, and lay out the report."""
    title, when = heading("the monthly job against a plain script", ["bench/run.py", *options])
    facts = [when, machine(), versions(LIBRARIES)]
    conf = make_conf(work)
    if arguments.small_rows:
        make_tables(conf, work / "small", arguments.small_rows)
        small = run_job(conf, work / "small", work / "small_job")
        tell(f"job, {arguments.small_rows:,} customers", small.measured)
        facts.append(
            f"Small run, {arguments.small_rows:,} customers, new MLflow database: {small.measured.wall:.1f} s, "
            f"{small.start_up:.1f} s of it start-up; {small.measured.peak:,.0f} MB"
        )
    root = arguments.root.resolve() if arguments.root else work
    generated = None
    if not all((root / "01_raw" / table).exists() for table in TABLES):
        generated = make_tables(conf, root, arguments.rows)
        tell(f"generator, {arguments.rows:,} customers", generated)
    labelled, current, arrow = size_of(root)
    facts.append(f"{current:,} customers: {labelled:,} labelled and {current:,} current rows, {arrow:,.0f} MB in Arrow")
    if generated:
        seconds = sum(node.seconds for node in nodes_of(generated))
        facts.append(f"Generator: {(labelled + current) / seconds:,.0f} rows a second, Parquet included")
    jobs: list[Run] = []
    floors: list[Run] = []
    for pair in range(1, arguments.repeats + 1):
        jobs.append(run_job(conf, root, work / "job"))
        tell(f"job, pair {pair} of {arguments.repeats}", jobs[-1].measured)
        floors.append(run_floor(root, work / "floor"))
        tell(f"floor, pair {pair} of {arguments.repeats}", floors[-1].measured)
    facts.insert(1, f"Code {jobs[-1].code}")
    pairs = ", ".join(f"{job.work:.1f} / {floor.work:.1f}" for job, floor in zip(jobs, floors, strict=True))
    sections = [
        title,
        "\n".join(f"- {fact}" for fact in facts),
        comparison(jobs, floors, arrow, judged=current >= TARGET_ROWS),
        f"Medians; ratios are medians of the pairs. Seconds of each pair, start-up apart: {pairs}. Start-up lasts "
        "until the first table is read: imports; of the job configuration and MLflow, too.",
        "## Nodes of the last job\n\nLoading and saving included. Memory: largest while a node ran, and at its end.",
        node_table(jobs[-1].measured),
    ]
    return "\n\n".join(sections)


# -- What is run


def make_conf(work: Path) -> Path:
    """The project's configuration with one environment more: base, but for JSON logs and a place for MLflow."""
    conf = Path(shutil.copytree(PROJECT / "conf", work / "conf"))
    (conf / "bench").mkdir()
    shutil.copy(conf / "prod" / "logging.yml", conf / "bench")
    places = {"mlflow_tracking_uri": f"sqlite:///{work}/mlflow.db", "mlflow_artifacts": f"{work}/mlartifacts"}
    (conf / "bench" / "globals.yml").write_text(json.dumps(places), encoding="utf-8")
    return conf


def kedro_run(conf: Path, parameters: str) -> list[str]:
    return [sys.executable, "-m", "kedro", "run", "--env=bench", f"--conf-source={conf}", f"--params={parameters}"]


def make_tables(conf: Path, root: Path, rows: int, *options: str) -> Measured:
    return measure([*kedro_run(conf, f"root={root},rows={rows}"), "--pipelines=synthetic_data", *options], PROJECT)


def run_job(conf: Path, root: Path, output: Path) -> Run:
    paths = [f"{table.partition('_')[0]}_path={root / '01_raw' / table}" for table in TABLES]
    measured = measure(kedro_run(conf, ",".join([f"root={output}", *paths])), PROJECT)
    nodes = nodes_of(measured)
    models = [read_json(output / "06_models" / tariff.lower() / "metadata.json") for tariff in TARIFFS]
    summary = read_json(output / "08_reporting" / "run_summary.json")
    run = Run(
        measured,
        start_up=min(node.began for node in nodes) - measured.began,
        training=sum(node.seconds for node in nodes if node.name.endswith(".train_model")),
        trees=[model["training"].get("trees") for model in models],
        auc=[model["metrics"].get("test", {}).get("roc_auc") for model in models],
        segmented=summary["rows"]["segmented"],
        rejected=summary["rows"]["rejected"],
        code=summary["code_version"],
    )
    shutil.rmtree(output)
    return run


def run_floor(root: Path, output: Path) -> Run:
    tables = [str(root / "01_raw" / table) for table in TABLES]
    measured = measure([sys.executable, str(BENCH / "floor.py"), *tables, str(output)], PROJECT)
    summary = read_json(output / "summary.json")
    run = Run(
        measured,
        start_up=summary["work_began"] - measured.began,
        training=summary["training_seconds"],
        trees=[summary["trees"][tariff] for tariff in TARIFFS],
        auc=[summary["auc"][tariff] for tariff in TARIFFS],
        segmented=summary["segmented"],
        rejected=summary["rejected"],
    )
    shutil.rmtree(output)
    return run


# -- What is known about it


def nodes_of(measured: Measured) -> list[Node]:
    """The nodes in the order of their end: the lines of the JSON log that carry a node and its duration."""
    lines = [json.loads(line) for line in measured.log.splitlines() if line.startswith("{")]
    return [
        Node(line["node"], end(line) - line["duration_s"], line["duration_s"], line["memory_mb"])
        for line in lines
        if line["node"] and "duration_s" in line
    ]


def end(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def size_of(root: Path) -> tuple[int, int, float]:
    """Labelled rows, current rows, and the Arrow size of both tables in MB; read in another process."""
    script = (
        "import sys, pyarrow.parquet as pq\n"
        "for path in sys.argv[1:]: table = pq.read_table(path); print(table.num_rows, table.nbytes)"
    )
    command = [sys.executable, "-c", script, *(str(root / "01_raw" / table) for table in TABLES)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (labelled, labelled_bytes), (current, current_bytes) = (map(int, line.split()) for line in answer.splitlines())
    return labelled, current, (labelled_bytes + current_bytes) / MB


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


# -- Tables


def comparison(jobs: list[Run], floors: list[Run], arrow: float, *, judged: bool) -> str:
    """Job against floor. Targets are judged for large tables only: the imports alone outweigh small ones."""

    def measurement(name: str, figure: Callable[[Run], float], layout: str) -> list[str]:
        job, floor = ([figure(run) for run in runs] for runs in (jobs, floors))
        return [name, f"{median(job):{layout}}", f"{median(floor):{layout}}", f"{ratio(figure):.2f}", ""]

    def ratio(figure: Callable[[Run], float]) -> float:
        return median(figure(job) / figure(floor) for job, floor in zip(jobs, floors, strict=True))

    def result(name: str, job: float | None, floor: float | None, layout: str) -> list[str]:
        return [name, *("none" if value is None else f"{value:{layout}}" for value in (job, floor)), "", ""]

    def target(reached: float, most: float) -> str:
        return f"at most {most:g}" + ((": met" if reached <= most else ": missed") if judged else "")

    work = measurement("wall time, start-up apart (s)", lambda run: run.work, ".1f")
    work[-1] = target(ratio(lambda run: run.work), MOST_TIME)
    memory = measurement("peak memory / Arrow size", lambda run: run.measured.peak / arrow, ".2f")
    memory[-1] = target(median(run.measured.peak for run in jobs) / arrow, MOST_MEMORY)
    job, floor = jobs[-1], floors[-1]
    models = []
    for position, tariff in enumerate(TARIFFS):
        models.append(result(f"{tariff}: trees", job.trees[position], floor.trees[position], "d"))
        models.append(result(f"{tariff}: AUC of the test part", job.auc[position], floor.auc[position], ".4f"))
    lines = [
        work,
        measurement("the same without training (s)", lambda run: run.work - run.training, ".1f"),
        measurement("start-up (s)", lambda run: run.start_up, ".1f"),
        measurement("wall time (s)", lambda run: run.measured.wall, ".1f"),
        measurement("processor time (s)", lambda run: run.measured.processor, ".1f"),
        measurement("peak memory (MB)", lambda run: run.measured.peak, ",.0f"),
        memory,
        *models,
        result("customers in a segment", job.segmented, floor.segmented, ",d"),
        result("rows rejected", job.rejected, floor.rejected, ",d"),
    ]
    return lay_out(["", "job", "floor", "job / floor", "target"], lines)


def node_table(measured: Measured) -> str:
    lines = []
    for node in nodes_of(measured):
        during = [memory for when, memory in measured.samples if node.began <= when <= node.began + node.seconds]
        lines.append([node.name, f"{node.seconds:.1f}", f"{max([*during, node.memory]):,.0f}", f"{node.memory:,.0f}"])
    return lay_out(["node", "s", "peak MB", "MB after"], lines)


if __name__ == "__main__":
    main(sys.argv[1:])
