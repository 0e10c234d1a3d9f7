"""Measure the drift check: against Evidently and NannyML, against reading the file, and for what each of them finds.

Each tool runs in a process of its own that is measured from outside, the peers in environments of their own
(``environments.py``); one that cannot be set up is left out, and its lines say why. The tables are those of
``drift_table.py`` and ``drift_cases.py``.
"""

import argparse
import json
import re
import shutil
import sys
from pathlib import Path
from statistics import mean, median
from typing import Any

from drift_tools import OURS, SHORT, TOOLS, Environments, ask
from environments import PEERS, Environment, environment
from measured_process import MB, Measured, measure
from report import heading, in_temporary_folder, lay_out, machine, parser, tell, versions

BENCH = Path(__file__).resolve().parent
LIBRARIES = ("segmentation-model", "numpy", "pandas", "pyarrow", "scipy")
ROWS, PROFILE_ROWS, LARGE_ROWS, LARGE_FILES, FEW_ROWS = 100_000, 1_000_000, 10_000_000, 10, 1_000
COLUMNS, FEW_COLUMNS = 241, 60
#: What issue 3 asks for: times faster; times the reading; times the Arrow size; time(241) / time(60); GiB.
FASTER = {"evidently": 100, "nannyml": 4}
MOST_TIME, MOST_MEMORY, MOST_OF_COLUMNS, MOST_LARGE_MEMORY = 1.5, 1.5, 4.5, 24
EXAMPLES = """examples:
  make bench                                              all benchmarks: the figures of bench/results.md
  make bench ARGS="drift --large"                         10,000,000 rows, too: 10 GB of disk
  make bench ARGS="drift --no-peers --data /data/bench"   this package only; keep the tables for the next time
"""
NOTES = """\
Seconds are those of comparing alone; reading and imports are not in them. Peak memory is the process's, both tables
included. NannyML cuts each table into ten chunks; in one chunk it has the least to do, but no limit to judge by."""
FINDINGS_NOTES = """\
Statistic, and the verdict at each tool's own limits; of undrifted tables the share of false alarms. NannyML checks ten
chunks of the current table: the median of the statistic, and the chunks with an alert.

- Evidently: PSI and JS over equal-width bins of both tables together (Sturges; single values up to 20 of them), at 0.1;
  Wasserstein distance over the reference's standard deviation, at 0.1; up to 1,000 reference rows KS and chi-squared at
  p = 0.05 instead, the latter a goodness of fit that takes the reference for the truth. Missing values are dropped.
- NannyML: JS over equal-width bins of the reference (Doane); KS, from 10,000 reference rows on over 10,000 equal-width
  bins; both at the mean and 3 standard deviations of the reference's own chunks. Chi-squared of the contingency table
  at p = 0.05. Missing values are dropped.
- This package: PSI over quantile bins, with missing and unseen values; low and more counts as an alert."""


def main(options: list[str]) -> None:
    in_temporary_folder(benchmark, parse_arguments(options), options)


def parse_arguments(options: list[str]) -> argparse.Namespace:
    command = parser("drift", __doc__, EXAMPLES)
    command.add_argument("--rows", type=int, default=ROWS, help="of two raw tables (default: %(default)s)")
    command.add_argument(
        "--profile-rows", type=int, default=PROFILE_ROWS, help="against a profile (default: %(default)s)"
    )
    command.add_argument("--large", action="store_true", help=f"{LARGE_ROWS:,} rows against a profile, too")
    command.add_argument("--large-rows", type=int, default=LARGE_ROWS, help="how many these are (default: %(default)s)")
    command.add_argument("--seeds", type=int, default=2, help="wide undrifted tables of a kind (default: %(default)s)")
    command.add_argument("--no-peers", action="store_true", help="this package only")
    command.add_argument(
        "--envs", type=Path, default=BENCH / ".envs", help="the peers' environments; made where missing"
    )
    command.add_argument("--data", type=Path, help="where the tables are; made where missing, and kept")
    arguments = command.parse_args(options)
    if min(arguments.rows, arguments.profile_rows, arguments.large_rows, arguments.seeds) < 1:
        command.error("--rows, --profile-rows, --large-rows and --seeds must be at least 1")
    return arguments


def benchmark(arguments: argparse.Namespace, options: list[str], work: Path) -> str:
    """Make the tables, measure in turn, and lay out the report."""
    title, when = heading("the drift check", ["bench/drift.py", *options])
    _, code = step("profile_check.py", "code")
    facts = [when, f"Code {code['version']}", machine(), versions(LIBRARIES)]
    environments = {} if arguments.no_peers else {peer: environment(peer, arguments.envs.resolve()) for peer in FASTER}
    facts += [peer_fact(peer, found) for peer, found in environments.items()]
    data = arguments.data.resolve() if arguments.data else work
    raw = [table(data, arguments.rows, seed) for seed in (1, 2)]
    return "\n\n".join(
        [
            title,
            "\n".join(f"- {fact}" for fact in facts),
            f"## {arguments.rows:,} rows x {COLUMNS} columns, reference and current",
            speed_table(raw, environments, judged=arguments.rows >= ROWS),
            NOTES,
            f"## {arguments.profile_rows:,} rows against a saved profile",
            *against_profile(arguments, data, work, raw),
            "## What they find",
            findings_table(arguments.seeds, work, environments),
            FINDINGS_NOTES,
        ]
    )


def peer_fact(peer: str, found: Environment) -> str:
    pins = dict(re.findall(r"^([\w-]+)==([\w.]+)", (PEERS / f"{peer}.txt").read_text(encoding="utf-8"), re.MULTILINE))
    return f"{peer} {pins[peer]} with pandas {pins['pandas']}" + (f": {found.problem}" if found.problem else "")


def step(script: str, *arguments: object) -> tuple[Measured, dict[str, Any]]:
    """One of our own scripts, and its last line of JSON where it prints one."""
    measured = measure([sys.executable, str(BENCH / script), *map(str, arguments)], BENCH)
    return measured, json.loads(measured.log.strip().splitlines()[-1]) if measured.log.strip() else {}


def table(data: Path, rows: int, seed: int, files: int = 0) -> Path:
    """A table of the generator; a folder of files where there are several."""
    path = data / (f"{rows}_{seed}" + ("" if files else ".parquet"))
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        measured, _ = step("drift_table.py", part, "--rows", rows, "--seed", seed, "--files", files)
        part.rename(path)
        tell(f"generator, {rows:,} rows", measured)
    return path


# -- Two raw tables


def speed_table(raw: list[Path], environments: Environments, *, judged: bool) -> str:
    answers = {tool: ask(tool, tool.repeats, [raw], environments) for tool in TOOLS if tool.repeats}
    ours = answers[OURS]
    assert ours is not None
    reading = ours.pairs[0]["reading"]
    lines = [["reading both files", f"{reading:.2f}", f"{reading / ours.seconds:.1f}", "", ""]]
    for tool, answer in answers.items():
        wanted = f"at least {FASTER[tool.peer]}" if tool.limit else ""
        if answer is None:
            lines.append([tool.name, "not measured", "", "", wanted])
            continue
        ratio = answer.seconds / ours.seconds
        if tool.limit:
            wanted = target(wanted, ratio >= FASTER[tool.peer], judged=judged)
        lines.append([tool.name, f"{answer.seconds:.2f}", f"{ratio:.1f}", f"{answer.measured.peak:,.0f}", wanted])
    return lay_out(["", "s", "/ this package", "peak MB", "target"], lines)


# -- A current table against a profile


def against_profile(arguments: argparse.Namespace, data: Path, work: Path, raw: list[Path]) -> list[str]:
    """The table of times and memory, and how both grow."""
    profile, current = work / "profile" / "domestic", table(data, arguments.profile_rows, 2)
    _, saved = step("profile_check.py", "save", raw[0], profile)
    _, read = step("profile_check.py", "read", current, 5)
    tell("reading, counting, drift-check")
    reading, arrow = median(read["seconds"]), read["arrow"] / MB
    counted, count = step("profile_check.py", "count", current, profile, 5)
    _, count_few_columns = step("profile_check.py", "count", current, profile, 5, FEW_COLUMNS)
    _, count_few_rows = step("profile_check.py", "count", raw[1], profile, 5)
    start = drift_check(profile.parent, table(data, FEW_ROWS, 2), work)
    command = drift_check(profile.parent, current, work)
    judged = arguments.profile_rows >= PROFILE_ROWS
    counting = median(count["seconds"])

    def line(name: str, seconds: float, memory: float | None, wanted: str = "", sign: str = "") -> list[str]:
        cells = ["", ""] if memory is None else [f"{memory:{sign},.0f}", f"{memory / arrow:{sign}.2f}"]
        return [name, f"{seconds:.2f}", f"{seconds / reading:.2f}", *cells, wanted]

    time_target = target(f"time at most {MOST_TIME}", counting / reading <= MOST_TIME, judged=judged)
    lines = [
        line("reading the file (pyarrow)", reading, None),
        line(
            "counting and judging, table in memory", counting, added_memory(counted, count["began"]), time_target, "+"
        ),
        line(
            "drift-check, the whole command",
            command.wall,
            command.peak,
            target(f"memory at most {MOST_MEMORY}", command.peak / arrow <= MOST_MEMORY, judged=judged),
        ),
        line(f"the same of {FEW_ROWS:,} rows: start and reports", start.wall, start.peak),
    ]
    of_columns = counting / median(count_few_columns["seconds"])
    of_rows = counting / median(count_few_rows["seconds"])
    growth = [
        f"Counting {COLUMNS} columns takes {of_columns:.2f} times as long as {FEW_COLUMNS}; "
        f"{target(f'at most {MOST_OF_COLUMNS}', of_columns <= MOST_OF_COLUMNS, judged=judged)}",
        f"Counting {arguments.profile_rows:,} rows takes {of_rows:.1f} times as long as {arguments.rows:,}",
        f"Profile of {arguments.rows:,} rows: {saved['bytes'] / MB:.2f} MB",
        large_fact(arguments, data, work, profile.parent),
    ]
    head = ["", "s", "/ reading", "peak MB", "/ Arrow size", "target"]
    sizes = (
        f"The current table has {arrow:,.0f} MB in Arrow; the memory of counting comes on top. Medians of five, but "
        "for the command; the file is in the system's cache."
    )
    return [lay_out(head, lines), sizes, "\n".join(f"- {fact}" for fact in growth)]


def added_memory(measured: Measured, began: float) -> float:
    """MB by which a process grew from a point of time on, at most."""
    later = [memory for when, memory in measured.samples if when >= began]
    return max(later, default=0.0) - next(iter(later), 0.0)


def large_fact(arguments: argparse.Namespace, data: Path, work: Path, profile: Path) -> str:
    name = f"drift-check of {arguments.large_rows:,} rows x {COLUMNS} columns in {LARGE_FILES} files"
    if not arguments.large:
        return f"{name}: not measured (--large)"
    large = drift_check(profile, table(data, arguments.large_rows, 2, LARGE_FILES), work)
    judged = arguments.large_rows >= LARGE_ROWS
    gib = large.peak / 1024
    within = target(f"at most {MOST_LARGE_MEMORY} GiB", gib <= MOST_LARGE_MEMORY, judged=judged)
    return f"{name}: {large.wall:.0f} s, peak {gib:.2f} GiB; {within}"


def drift_check(profile: Path, current: Path, work: Path) -> Measured:
    """The whole command, reports included."""
    places = ["--reference-path", str(profile), "--current-path", str(current), "--output-path", str(work / "check")]
    command = [sys.executable, "-m", "segmentation_model", "drift-check", *places, "--execution-date", "2026-01-31"]
    measured = measure(command, work)
    tell(f"drift-check of {current.name}", measured)
    return measured


def target(wanted: str, reached: bool, *, judged: bool) -> str:
    """What is wanted, and for tables of the size that it is about whether it is so."""
    return f"{wanted}: {'met' if reached else 'missed'}" if judged else wanted


# -- What the tools find


def findings_table(seeds: int, work: Path, environments: Environments) -> str:
    """A line per case, a column per tool that has a verdict."""
    step("drift_cases.py", work / "cases", "--seeds", seeds)
    cases = json.loads((work / "cases" / "cases.json").read_text(encoding="utf-8"))
    pairs = [pair for case in cases for pair in case["pairs"]]
    tools = [tool for tool in TOOLS if tool.judges]
    answers = [ask(tool, 1, pairs, environments) for tool in tools]
    lines, begin = [], 0
    for case in cases:
        end = begin + len(case["pairs"])
        cells = [finding(answer.pairs[begin:end]) if answer else "not measured" for answer in answers]
        lines.append([case["name"], "drift" if case["drifts"] else "none", *cells])
        begin = end
    return lay_out(["", "there is", *(tool.name.removesuffix(": all statistics") for tool in tools)], lines)


def finding(pairs: list[dict[str, Any]]) -> str:
    """The verdict on one column; the share of false alarms among many."""
    columns = [column for pair in pairs for column in pair["columns"].values()]
    if len(columns) == 1:
        [column] = columns
        return f"{SHORT[column['method']]} {column['value']:.3f}: {column['verdict']}"
    checks, any_check = mean(column["alerts"] for column in columns), mean(column["alerts"] > 0 for column in columns)
    return f"{checks:.1%}" + (f" of chunks, {any_check:.0%} of columns" if any_check != checks else "")


if __name__ == "__main__":
    main(sys.argv[1:])
