"""Measure `scoring`: a month of a million customers with stored models, in a process that is measured from outside.

The models are trained on a small population of the same generator. A second, smaller month shows how time and memory
grow. What is written goes into a temporary folder and away again.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from measured_process import Measured, measure
from report import heading, in_temporary_folder, lay_out, machine, parser, tell, versions
from run import LIBRARIES, PROJECT, kedro_run, make_conf, make_tables, node_table, nodes_of, read_json

ROWS, SMALLER, TRAINING_ROWS = 1_000_000, 10, 20_000
#: For a million customers, and in proportion for more; memory for any month.
MOST_SECONDS, MOST_MEMORY = 180.0, 4 * 1024.0
EXAMPLES = """examples:
  make bench ARGS=scoring                              1,000,000 customers
  make bench ARGS="scoring --rows 10000000"            10,000,000: 8 GB of disk
  make bench ARGS="scoring --rows 100000 --output -"   quick, print only
"""


@dataclass(frozen=True)
class Month:
    """One run of `scoring`, and what came out of it."""

    measured: Measured
    start_up: float
    customers: int
    approximate: int
    code: str


def main(options: list[str]) -> None:
    in_temporary_folder(benchmark, parse_arguments(options), options)


def parse_arguments(options: list[str]) -> argparse.Namespace:
    command = parser("scoring", __doc__, EXAMPLES)
    command.add_argument("--rows", type=int, default=ROWS, help="customers of the month (default: %(default)s)")
    command.add_argument(
        "--training-rows", type=int, default=TRAINING_ROWS, help="customers to train on (default: %(default)s)"
    )
    arguments = command.parse_args(options)
    if arguments.rows < SMALLER or arguments.training_rows < 1:
        command.error(f"--rows must be at least {SMALLER}, --training-rows at least 1")
    return arguments


def benchmark(arguments: argparse.Namespace, options: list[str], work: Path) -> str:
    """Train, make the months, score them, and lay out the report."""
    title, when = heading("scoring a month with stored models", ["bench/scoring.py", *options])
    facts = [when, machine(), versions(LIBRARIES)]
    conf = make_conf(work)
    root = work / "root"
    make_tables(conf, root, arguments.training_rows)
    tell(f"training, {arguments.training_rows:,} customers", measure(_run(conf, root, "training"), PROJECT))
    models = [read_json(root / "06_models" / tariff / "metadata.json") for tariff in ("domestic", "industrial")]
    trees = ", ".join(
        f"{model['training']['trees']} trees of depth {model['parameters']['max_depth']}"
        if model["status"] == "trained"
        else "none"
        for model in models
    )
    facts.append(f"Models: {trees}; every customer has reasons")
    months = [score_month(conf, root, work, rows) for rows in (arguments.rows // SMALLER, arguments.rows)]
    facts.insert(1, f"Code {months[-1].code}")
    return "\n\n".join(
        [
            title,
            "\n".join(f"- {fact}" for fact in facts),
            comparison(months, judged=arguments.rows >= ROWS),
            f"## Nodes of the month of {months[-1].customers:,}",
            node_table(months[-1].measured),
        ]
    )


def score_month(conf: Path, root: Path, work: Path, rows: int) -> Month:
    """Make a month of so many customers, score it, and let it go."""
    made = work / "month"
    make_tables(conf, made, rows, "--to-outputs=current_customers")
    table = made / "01_raw" / "current_customers.parquet"
    measured = measure(_run(conf, root, "scoring", f"current_path={table}"), PROJECT)
    tell(f"scoring, {rows:,} customers", measured)
    table.unlink()
    summary = read_json(root / "08_reporting" / "run_summary.json")
    return Month(
        measured,
        start_up=min(node.began for node in nodes_of(measured)) - measured.began,
        customers=summary["rows"]["segmented"],
        approximate=sum(tariff["approximate_reasons"] for tariff in summary["tariffs"].values()),
        code=summary["code_version"],
    )


def _run(conf: Path, root: Path, pipeline: str, parameters: str = "") -> list[str]:
    given = ",".join(part for part in (f"root={root}", parameters) if part)
    return [*kedro_run(conf, given), f"--pipelines={pipeline}"]


def comparison(months: list[Month], *, judged: bool) -> str:
    """The smaller month beside the larger one, and what the larger one was to reach."""

    def target(reached: float, most: float, unit: str) -> str:
        return f"at most {most:,.0f} {unit}" + ((": met" if reached <= most else ": missed") if judged else "")

    last = months[-1]
    lines = [
        ["customers in a segment", *(f"{month.customers:,}" for month in months), ""],
        ["wall time (s)", *(f"{month.measured.wall:.1f}" for month in months),
         target(last.measured.wall, MOST_SECONDS * max(1, last.customers / ROWS), "s")],
        ["start-up (s)", *(f"{month.start_up:.1f}" for month in months), ""],
        ["processor time (s)", *(f"{month.measured.processor:.1f}" for month in months), ""],
        ["customers a minute, start-up included",
         *(f"{month.customers / month.measured.wall * 60:,.0f}" for month in months), ""],
        ["peak memory (MB)", *(f"{month.measured.peak:,.0f}" for month in months),
         target(last.measured.peak, MOST_MEMORY, "MB")],
        ["approximate reasons", *(f"{month.approximate:,}" for month in months), ""],
    ]  # fmt: skip
    return lay_out(["", "smaller", "month", "target"], lines)


if __name__ == "__main__":
    main(sys.argv[1:])
