"""``python bench``: both benchmarks; ``python bench job …`` or ``python bench drift …``: one, with its options."""

import sys

import drift
import run

PARTS = {"job": run.main, "drift": drift.main}

if __name__ == "__main__":
    part, *options = sys.argv[1:] or [""]
    if part and part not in PARTS:
        sys.exit(f"{part!r} is no benchmark; name {' or '.join(PARTS)}, then its options (--help lists them)")
    for name, main in PARTS.items():
        if part in ("", name):
            main(options)
