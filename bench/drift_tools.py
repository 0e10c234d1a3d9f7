"""The drift tools that are compared, and how one is put to work."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from environments import PEERS, Environment
from measured_process import Measured, measure
from report import tell

#: What the tools call their statistics, in short.
SHORT = {
    "psi": "PSI",
    "Wasserstein distance (normed)": "Wasserstein",
    "Jensen-Shannon distance": "JS",
    "jensen_shannon": "JS",
    "ks": "p",
    "K-S p_value": "p",
    "chisquare": "p",
    "chi-square p_value": "p",
    "kolmogorov_smirnov": "KS",
    "chi2": "chi-squared",
}


@dataclass(frozen=True)
class Tool:
    """One way of comparing two tables.

    Attributes:
        name: For people.
        peer: Its environment; empty for this package.
        method: What its script is asked for.
        repeats: How often the large tables are compared; 0: not at all.
        judges: Whether it has a verdict, and so is asked for the small ones.
        limit: Whether its time is what the target is about.
    """

    name: str
    peer: str
    method: str
    repeats: int
    judges: bool = True
    limit: bool = False


OURS = Tool("this package: all statistics", "", "all", 5)
TOOLS = (
    OURS,
    Tool("NannyML: KS + chi-squared, one chunk", "nannyml", "whole", 3, judges=False, limit=True),
    Tool("NannyML: KS + chi-squared", "nannyml", "tests", 1),
    Tool("NannyML: default", "nannyml", "default", 0),
    Tool("Evidently: PSI", "evidently", "psi", 1, limit=True),
    Tool("Evidently: KS + chi-squared", "evidently", "tests", 1),
    Tool("Evidently: default", "evidently", "default", 0),
)


@dataclass(frozen=True)
class Answer:
    """What a tool's process was measured to take, and what it said of each pair of tables."""

    measured: Measured
    pairs: list[dict[str, Any]]

    @property
    def seconds(self) -> float:
        """Median time of comparing the first pair."""
        return median(self.pairs[0]["seconds"])


Environments = dict[str, Environment]


def ask(tool: Tool, repeats: int, pairs: Sequence[Sequence[Path | str]], environments: Environments) -> Answer | None:
    """Put a tool to work; None where it has no environment."""
    if tool.peer and (tool.peer not in environments or environments[tool.peer].problem):
        return None
    python = environments[tool.peer].python if tool.peer else sys.executable
    script = PEERS / f"{tool.peer or 'package'}_drift.py"
    paths = [str(path) for pair in pairs for path in pair]
    measured = measure([str(python), str(script), tool.method, str(repeats), *paths], PEERS)
    tell(tool.name, measured)
    return Answer(measured, json.loads(measured.log.strip().splitlines()[-1]))
