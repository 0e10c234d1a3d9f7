"""Starts the containers of a job, keeps what they say, and stops them."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from segmentation_model.sagemaker.local.layout import Tree

_SECONDS_TO_END = 5.0  # between SIGTERM and SIGKILL; the service gives 120
_SECONDS_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True)
class Launch:
    """What to run in one container.

    Attributes:
        name: The container's name, unique on this machine.
        tree: What it sees as /opt/ml.
        arguments: Its command; without an entry point of its own the engine's comes first.
        entry_point: Instead of the engine's.
        environment: All variables that it sees besides the engine's own.
        read_only: Container paths that it must not write to.
    """

    name: str
    tree: Tree
    arguments: tuple[str, ...]
    entry_point: tuple[str, ...] | None
    environment: Mapping[str, str]
    read_only: tuple[str, ...] = ()


class Engine(Protocol):
    """A way to run a container."""

    def identity(self) -> str:
        """What changes with the code in the container."""

    def command(self, launch: Launch) -> tuple[list[str], dict[str, str]]:
        """The command on this machine, and its environment."""

    def kill(self, name: str) -> None:
        """End what the death of the command leaves behind."""


class Halt:
    """Says to all running jobs that they must end.

    Attributes:
        reason: Why; empty while they may go on.
    """

    def __init__(self) -> None:
        """Nothing has to end yet."""
        self._event = threading.Event()
        self.reason = ""

    def now(self, reason: str) -> None:
        """End everything; the first reason counts."""
        if not self._event.is_set():
            self.reason = reason
            self._event.set()

    def wait(self, seconds: float) -> bool:
        """Wait; true as soon as everything has to end."""
        return self._event.wait(seconds)

    def __bool__(self) -> bool:
        """Whether everything has to end."""
        return self._event.is_set()


@dataclass
class Ended:
    """How a job's containers ended.

    Attributes:
        exit_codes: Of each instance.
        halted: They were stopped, because the execution ends.
        out_of_time: They were stopped, because they took too long.
    """

    exit_codes: list[int] = field(default_factory=list)
    halted: bool = False
    out_of_time: bool = False


def run_containers(
    engine: Engine, launches: list[Launch], log: Path, halt: Halt, most_seconds: float | None = None
) -> Ended:
    """Run the containers of a job side by side until all have ended; one that fails ends the others.

    Args:
        engine: How.
        launches: One a container.
        log: File to write everything to that they say.
        halt: Ends them.
        most_seconds: Ends them, too; None: they may take as long as they like.
    """
    ended = Ended()
    deadline = time.monotonic() + most_seconds if most_seconds is not None else float("inf")
    with log.open("ab", buffering=0) as file:
        mark = "[{}] " if len(launches) > 1 else ""
        running = [_Running(engine, launch, file, mark.format(launch.tree.host).encode()) for launch in launches]
        while any(one.process.poll() is None for one in running):
            if halt.wait(_SECONDS_BETWEEN_LOOKS):
                ended.halted = True
            elif time.monotonic() > deadline:
                ended.out_of_time = True
            elif not any(one.process.poll() for one in running):
                continue
            for one in running:
                one.signal(signal.SIGTERM)
            for one in running:
                one.end()
        ended.exit_codes = [one.close() for one in running]
    return ended


class _Running:
    """A container that has been started, with a process group of its own."""

    def __init__(self, engine: Engine, launch: Launch, log: IO[bytes], mark: bytes) -> None:
        command, environment = engine.command(launch)
        self._engine, self._name = engine, launch.name
        self.process = subprocess.Popen(  # noqa: S603 - what the definition says, and nothing of a shell
            command,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=_keep, args=(self.process.stdout, log, mark), daemon=True)
        self._reader.start()

    def signal(self, number: signal.Signals) -> None:
        """Tell the container and all its children."""
        with suppress(ProcessLookupError):  # all have ended
            os.killpg(self.process.pid, number)

    def end(self) -> None:
        """Give it time to end, then none."""
        try:
            self.process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()
        self._engine.kill(self._name)

    def close(self) -> int:
        """End children that outlived it, and read what is left to read; its exit code."""
        self.signal(signal.SIGKILL)
        self._reader.join(_SECONDS_TO_END)
        return int(self.process.returncode)


def _keep(pipe: IO[bytes], log: IO[bytes], mark: bytes) -> None:
    """Write each line in one piece: several containers share a log."""
    with pipe:
        for line in pipe:
            log.write(mark + line)
