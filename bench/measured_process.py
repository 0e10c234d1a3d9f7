"""One process, measured from outside: wall and processor time, memory."""

import os
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

MB = 2**20
#: The package lets threads that wait sleep; on a machine that others use, the floor would pay for not doing so.
ENVIRONMENT = {"DO_NOT_TRACK": "true", "NML_DISABLE_USAGE_LOGGING": "1", "OMP_WAIT_POLICY": "PASSIVE"}


@dataclass(frozen=True)
class Measured:
    """A process that has ended; times in seconds, memory in MB.

    Attributes:
        began: When it was started, in seconds since 1970.
        wall: Seconds until it had ended.
        processor: Seconds of processor time, of the user and the system.
        peak: Largest resident memory.
        samples: Time and resident memory, 50 times a second.
        log: What it wrote to both its streams.
    """

    began: float
    wall: float
    processor: float
    peak: float
    samples: list[tuple[float, float]]
    log: str


def measure(command: Sequence[str], folder: Path) -> Measured:
    """Run a command; where it fails, this process ends with the end of the log.

    A child's peak counts from the memory that its parent has when it is started, so the caller must be small: no
    pandas, no tables.

    Args:
        command: Program and arguments.
        folder: Working folder.

    Returns:
        The measurements.
    """
    samples: list[tuple[float, float]] = []
    ended = threading.Event()
    with tempfile.TemporaryFile() as log:
        os.sync()  # what others wrote is not written back at this one's cost
        began = time.time()
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env={**os.environ, **ENVIRONMENT})
        sampler = threading.Thread(target=_sample, args=(process.pid, ended, samples))
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.time() - began
        ended.set()
        sampler.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        text = log.read().decode(errors="replace")
    if process.returncode:
        sys.exit(f"{text[-4000:]}\nexit code {process.returncode}: {shlex.join(command)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Measured(began, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / MB, samples, text)


def _sample(pid: int, ended: threading.Event, samples: list[tuple[float, float]]) -> None:
    process = psutil.Process(pid)
    while not ended.wait(0.02):
        try:
            samples.append((time.time(), process.memory_info().rss / MB))
        except psutil.NoSuchProcess:
            return
