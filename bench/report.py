"""What the reports of the benchmarks have in common: where it was measured, tables, and the file of results."""

import argparse
import os
import platform
import re
import shlex
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from measured_process import Measured

RESULTS = Path(__file__).resolve().parent / "results.md"


def parser(name: str, description: str | None, examples: str) -> argparse.ArgumentParser:
    """What every benchmark takes; further options are added."""
    found = argparse.ArgumentParser(
        prog=f"bench {name}",
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("--output", type=Path, default=RESULTS, help="file for the report; -: print only")
    return found


def in_temporary_folder(
    benchmark: Callable[[argparse.Namespace, list[str], Path], str], arguments: argparse.Namespace, options: list[str]
) -> None:
    """Run a benchmark in a folder that is gone afterwards, and publish its report."""
    with tempfile.TemporaryDirectory(prefix="segmentation-bench-") as folder:
        publish(benchmark(arguments, options, Path(folder).resolve()), arguments.output)


def heading(title: str, command: list[str]) -> tuple[str, str]:
    """First line of a part of the results, and the first fact: command and time."""
    return f"# Benchmark: {title}", f"`{shlex.join(command)}`, {datetime.now().astimezone():%Y-%m-%d %H:%M %Z}"


def machine() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (
        f"{next(iter(names), platform.processor())}, {os.cpu_count()} processors, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB, {platform.system()} {platform.machine()}; "
        f"load before the start {os.getloadavg()[0]:.1f}"
    )


def versions(libraries: tuple[str, ...]) -> str:
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in libraries)])


def lay_out(head: list[str], lines: list[list[str]]) -> str:
    """A Markdown table that reads as text, too: the first column to the left, figures to the right."""
    widths = [max(3, *(len(line[column]) for line in [head, *lines])) for column in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    padded = [
        [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))]
        for line in [head, rule, *lines]
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


def tell(what: str, measured: Measured | None = None) -> None:
    figures = f": {measured.wall:.1f} s, {measured.peak:,.0f} MB" if measured else ""
    print(f"{datetime.now():%H:%M:%S} {what}{figures}", file=sys.stderr, flush=True)


def publish(report: str, output: Path) -> None:
    """Print a report; write it to the results, in the place of the last one with its title. ``-``: print only."""
    print(report)
    if output == Path("-"):
        return
    before = output.read_text(encoding="utf-8") if output.exists() else ""
    parts = {part.partition("\n")[0]: part.strip() for part in re.split(r"^(?=# )", before, flags=re.MULTILINE)}
    parts[report.partition("\n")[0]] = report
    output.write_text("\n\n".join(filter(None, parts.values())) + "\n", encoding="utf-8")
    tell(f"written to {output}")
