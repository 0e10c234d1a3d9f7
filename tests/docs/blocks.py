"""The fenced blocks of README and docs: what a reader would type, and which files and changes come before it.

A block of `console` holds commands behind `$ ` and what they print. A block whose first line is a comment with a path
is that file; a block of `diff` is a change to make. A block of commands that the suite does not run says so, in a
comment in front of it: `<!-- not run: takes long; tests/test_job.py -->`, with one of `REASONS` and, where there is
one, the test that shows the same.
"""

import re
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from tests.project_run import PROJECT

REASONS = frozenset(
    {
        "installs packages",
        "needs Docker",
        "needs GitHub",
        "needs an AWS account",
        "opens a server",
        "takes long",
        "writes outside of the project",
    }
)
_FENCE = re.compile(
    r"(?:^[ ]*<!-- not run: (?P<reason>.+?) -->\n\n?)?"
    r"^(?P<indent>[ ]*)```(?P<language>[\w{}]*)\n(?P<body>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_PATH = re.compile(r"^# ([\w./-]+\.(?:yml|py|json))$", re.MULTILINE)


class Command(NamedTuple):
    """What is typed, its lines joined, and the lines that the page shows below it."""

    text: str
    shown: tuple[str, ...]

    @property
    def error(self) -> tuple[str, ...] | None:
        """Parts of the error that the page shows, between its ellipses; None where it shows none."""
        if not self.shown or not self.shown[0].startswith("Error: "):
            return None
        return tuple(part.strip() for part in self.shown[0].split("…") if part.strip())


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        page: Path of the page in the project.
        line: Of the fence.
        language: Behind the fence.
        body: Without the fence's indentation.
        reason: Why the suite does not run it.
    """

    page: str
    line: int
    language: str
    body: str
    reason: str | None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def commands(self) -> tuple[Command, ...]:
        """What is typed, in order.

        >>> Block("p", 1, "console", "$ a \\\\\\n    --b   # why\\nshown\\n$ c\\n", None).commands
        (Command(text='a --b', shown=('shown',)), Command(text='c', shown=()))
        """
        lines = re.sub(r"\\\n\s*", "", self.body).splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        return tuple(
            Command(
                re.sub(r"\s+# .*$", "", lines[start][2:]),
                tuple(takewhile(lambda line: not line.startswith("$ "), lines[start + 1 :])),
            )
            for start in starts
        )

    @property
    def files(self) -> dict[str, str]:
        """Path in the project: content, where the block says that it is one or several files."""
        if not _PATH.match(self.body):
            return {}
        _, *parts = _PATH.split(self.body)
        return dict(zip(parts[::2], (text.lstrip("\n") for text in parts[1::2]), strict=True))


def pages() -> list[str]:
    """README and what lies in docs, in the order of a reader."""
    folders = ("tutorial", "how-to", "reference", "pipelines", "explanation", "decisions", ".")
    found = [page for folder in folders for page in sorted((PROJECT / "docs" / folder).glob("*.md"))]
    return ["README.md", "CONTRIBUTING.md", *(str(page.relative_to(PROJECT)) for page in found)]


def blocks_of(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = (PROJECT / page).read_text()
    found = []
    for fence in _FENCE.finditer(text):
        indent = fence["indent"]
        body = "".join(line.removeprefix(indent) for line in fence["body"].splitlines(keepends=True))
        line = text.count("\n", 0, fence.start("language")) + 1
        found.append(Block(page, line, fence["language"], body, fence["reason"]))
    return found


def steps_of(page: str) -> list[tuple[list[Block], Block]]:
    """Each block of commands that is run, with the files and changes that a reader has made since the one before."""
    steps: list[tuple[list[Block], Block]] = []
    before: list[Block] = []
    for block in blocks_of(page):
        if block.language == "diff" or block.files:
            before.append(block)
        elif block.language == "console" and block.reason is None:
            steps.append((before, block))
            before = []
    return steps


def exists(path: str) -> bool:
    """Whether the project has the file."""
    return Path(PROJECT / path).exists()
