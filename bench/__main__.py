"""``python bench``: all benchmarks; ``python bench job …``, ``drift …`` or ``scoring …``: one, with its options."""

import sys

import drift
import run
import scoring

PARTS = {"job": run.main, "scoring": scoring.main, "drift": drift.main}

if __name__ == "__main__":
    part, *options = sys.argv[1:] or [""]
    if part and part not in PARTS:
        sys.exit(f"{part!r} is no benchmark; name {', '.join(PARTS)}, then its options (--help lists them)")
    for name, main in PARTS.items():
        if part in ("", name):
            main(options)
