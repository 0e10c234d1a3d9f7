"""Which run, and which of its nodes, a log line belongs to.

The run is one for the whole process. The node is one for each thread, because ``ThreadRunner`` runs several at once;
a thread that a node starts itself has no node of its own.
"""

from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class RunContext:
    """What identifies a run in a log line; ``None`` where nothing is known (outside a run, all of it).

    Attributes:
        run_id: Kedro's run id, a UTC timestamp that sorts.
        pipeline: Names of the registered pipelines asked for, joined by commas.
        environment: Name of the folder in ``conf/`` on top of base.
        execution_date: ISO date the job is run for; may be known only after the node that reads the newest invoice.
    """

    run_id: str | None = None
    pipeline: str | None = None
    environment: str | None = None
    execution_date: str | None = None


_run = RunContext()
_node: ContextVar[str | None] = ContextVar("node", default=None)


def current_run() -> RunContext:
    """The run of this process."""
    return _run


def current_node() -> str | None:
    """The node that this thread runs, its data loaded and saved included."""
    return _node.get()


def enter_run(run: RunContext) -> None:
    """Say which run the log lines from here on belong to."""
    global _run
    _run = run


def know_execution_date(execution_date: str) -> None:
    """Complete the run's context, once a node has found the date that nobody gave."""
    enter_run(replace(_run, execution_date=execution_date))


def enter_node(name: str | None) -> None:
    """Say which node this thread runs; ``None`` when it has ended."""
    _node.set(name)
