"""What a run says of itself in its own results."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RunRecord:
    """Identity and durations of the run that is going on.

    Attributes:
        run_id: Kedro's run id.
        code_version: Version of the package, with the commit where the code runs from a Git checkout.
        started_at: When the run began, in UTC.
        seconds: Seconds of each node that has ended so far, to three decimals, loading and saving included. It is a
            live view: the node that reads it finds every node that ended before it, and not itself.
    """

    run_id: str
    code_version: str
    started_at: datetime
    seconds: Mapping[str, float]
