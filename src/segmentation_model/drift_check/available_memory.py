"""How much memory is there to use."""

from pathlib import Path

import psutil

_LIMIT = Path("/sys/fs/cgroup/memory.max")
_USED = Path("/sys/fs/cgroup/memory.current")


def available_bytes() -> int:
    """Bytes that can be used without swapping: the machine's, or what the container's limit leaves of them.

    >>> available_bytes() > 0
    True
    """
    machine = int(psutil.virtual_memory().available)
    try:
        limit, used = _LIMIT.read_text().strip(), int(_USED.read_text())
    except OSError:  # no container, or another kind of it
        return machine
    return machine if limit == "max" else max(min(machine, int(limit) - used), 0)
