"""How Sphinx makes a site of these pages: `make docs`.

The pages are written for GitHub, too: no page holds a list of its neighbours; `FOLDERS` below makes the navigation.
Nothing is fetched, neither while the site is built nor while it is read; search works from a folder on disk.
"""

import html
import re
from pathlib import Path

import mermaidx
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import segmentation_model

DOCS = Path(__file__).parent
#: Folder: its title in the navigation, and what comes first in it; the others follow in the order of their names.
FOLDERS = {
    "tutorial": ("Tutorial", ("your_own_table",)),
    "how-to": ("How to", ("operations", "schedule", "investigate_drift", "promote_and_roll_back", "tune")),
    "reference": ("Reference", ("parameters", "columns", "files", "command_line", "exit_codes")),
    "pipelines": ("Pipelines", ("feature_engineering", "drift", "modeling", "clustering", "reporting")),
    "explanation": ("Explanation", ("design", "segments", "calibration", "drift_statistics")),
    "decisions": ("Decisions", ()),
}

project = "segmentation-model"
author = project
project_copyright = "the authors, Apache-2.0"
version = release = segmentation_model.__version__
root_doc = "index"
extensions = ["myst_parser"]
exclude_patterns = ["images"]
html_theme = "furo"
html_title = f"{project} {release}"
html_theme_options = {"top_of_page_buttons": []}
html_show_sphinx = False
html_copy_source = False
html_static_path: list[str] = []

# Anchors are those that GitHub gives to headings, so that a link works in both places.
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
myst_links_external_new_tab = False
suppress_warnings = ["misc.highlighting_failure"]


class Mermaid(SphinxDirective):
    """A diagram that GitHub draws from the same lines, drawn while the site is built."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The diagram as a picture within the page."""
        picture = mermaidx.render("\n".join(self.content)).svg()
        style = "background: white; border-radius: 4px; padding: 1em; margin: 1em 0; overflow-x: auto; color: black"
        return [nodes.raw("", f'<div style="{style}">{picture}</div>', format="html")]


def navigation() -> str:
    """Lists of pages that Sphinx makes the navigation of."""
    lists = []
    for folder, (title, first) in FOLDERS.items():
        pages = sorted(page.stem for page in (DOCS / folder).glob("*.md"))
        ordered = [*(page for page in first if page in pages), *(page for page in pages if page not in first)]
        listed = "\n".join(f"{folder}/{page}" for page in ordered)
        lists.append(f"```{{toctree}}\n:hidden:\n:caption: {html.escape(title)}\n\n{listed}\n```\n")
    lone = "\n".join(sorted(page.stem for page in DOCS.glob("*.md") if page.stem != root_doc))
    if lone:
        lists.append(f"```{{toctree}}\n:hidden:\n\n{lone}\n```\n")
    return "\n".join(lists)


def without_links_outwards(text: str, page: Path) -> str:
    """A link to a file of the repository that is no page here becomes that file's name."""

    def named(link: re.Match[str]) -> str:
        label, target = link.groups()
        path = (page.parent / target.partition("#")[0]).resolve()
        if path.is_relative_to(DOCS) or not path.exists():
            return link[0]
        name = path.relative_to(DOCS.parent).as_posix()
        return label if name in label else f"{label} (`{name}`)"

    return re.sub(r"(?<!!)\[([^\]]+)\]\((\.\./[^)\s]+)\)", named, text)


def read_source(_: Sphinx, page: str, source: list[str]) -> None:
    """What differs from GitHub: the navigation, and links to what is no page."""
    source[0] = without_links_outwards(source[0], DOCS / f"{page}.md")
    if page == root_doc:
        source[0] += "\n" + navigation()


def setup(app: Sphinx) -> None:
    """What this site adds to Sphinx."""
    app.add_directive("mermaid", Mermaid)
    app.connect("source-read", read_source)
