"""How long each node of a run took, from the loading of its first input to the saving of its last output.

Kedro's ``before_node_run`` and ``after_node_run`` leave loading and saving out, which is where many nodes spend their
time; the logging hook therefore starts and stops this clock at the datasets. It is shared with the run's record, so
that nothing is measured twice. Its methods may be called from several threads.
"""

import time
from collections.abc import Callable
from threading import Lock


class NodeClock:
    """Stop watch with a line per node.

    >>> ticks = iter([0.0, 1.0, 3.5, 4.0])
    >>> clock = NodeClock(now=lambda: next(ticks))
    >>> clock.start_run("a run")
    >>> clock.start("train")
    >>> clock.stop("train")
    2.5
    >>> clock.seconds, clock.total()
    ({'train': 2.5}, 4.0)
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        """Make a clock that reads the time, in seconds, with ``now``."""
        self._now = now
        self._lock = Lock()
        self._run_id: str | None = None
        self._run_started = 0.0
        self._started: dict[str, float] = {}
        self._seconds: dict[str, float] = {}

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds of each node that has ended, to three decimals, in the order of ending; it fills as the run goes."""
        return self._seconds

    @property
    def running(self) -> list[str]:
        """Names of the nodes that have started and not ended, oldest first."""
        return list(self._started)

    def start_run(self, run_id: str) -> None:
        """Begin a run with an empty table; the second call for the same run changes nothing."""
        with self._lock:
            if run_id == self._run_id:
                return
            self._run_id = run_id
            self._run_started = self._now()
            self._started = {}
            self._seconds = {}

    def start(self, node: str) -> None:
        """Start a node; a node that runs already goes on."""
        with self._lock:
            if node not in self._started:
                self._started[node] = self._now()

    def stop(self, node: str) -> float:
        """End a node and return its seconds; a name that has not been started is a ``KeyError``."""
        with self._lock:
            self._seconds[node] = round(self._now() - self._started.pop(node), 3)
            return self._seconds[node]

    def total(self) -> float:
        """Seconds since the run began, to three decimals."""
        return round(self._now() - self._run_started, 3)
