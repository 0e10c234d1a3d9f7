"""Entry point of the installed package: ``segmentation-model run …`` and ``python -m segmentation_model run …``."""

import os
import sys

from segmentation_model.logging.startup import quiet_start


def main() -> None:
    """Run a command line of the packaged project."""
    quiet_start()
    os.environ.setdefault("DO_NOT_TRACK", "true")  # nothing goes out that the user did not configure
    from segmentation_model.commands import command_line

    sys.exit(command_line(prog_name="segmentation-model"))


if __name__ == "__main__":
    main()
