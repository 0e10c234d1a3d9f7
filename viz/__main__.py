"""``python viz extras``: what Kedro-Viz draws beside the graph; ``python viz build PROJECT SITE``: a static site."""

import sys
from pathlib import Path

from extras import write_extras
from static_site import build_site

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["extras"]:
            write_extras(Path.cwd())
        case ["build", project, site]:
            build_site(Path(project).resolve(), Path(site).resolve())
        case _:
            sys.exit(__doc__)
