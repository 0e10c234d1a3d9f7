"""The site of the documentation is built without a warning, holds every page, and fetches nothing."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.project_run import PROJECT

pytestmark = pytest.mark.slow

for _needed in ("sphinx", "myst_parser", "furo", "mermaidx"):
    pytest.importorskip(_needed, reason="needs the extra `docs`")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going"]
    folders = ["-d", str(folder / "doctrees"), "docs", str(folder / "html")]
    built = subprocess.run([*command, *folders], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "html"


class Fetched(HTMLParser):
    """What a browser fetches for a page by itself: scripts, styles, pictures, frames."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = {"link": "href"}.get(tag, "src")
        if tag in {"script", "link", "img", "iframe", "source"} and given.get(name):
            self.addresses.append(str(given[name]))


def test_every_page_is_there(site):
    pages = [page.relative_to(PROJECT / "docs").with_suffix(".html") for page in (PROJECT / "docs").rglob("*.md")]
    assert [page for page in pages if not (site / page).exists()] == []


def test_nothing_is_fetched_from_elsewhere(site):
    for page in site.rglob("*.html"):
        found = Fetched()
        found.feed(page.read_text())
        assert [address for address in found.addresses if re.match(r"(https?:)?//", address)] == [], page
    styles = "\n".join(style.read_text() for style in site.rglob("*.css"))
    assert re.findall(r"url\(['\"]?https?:|@import", styles) == []


def test_diagrams_are_drawn(site):
    page = (site / "explanation" / "segments.html").read_text()
    assert "<svg" in page
    assert "Incorriente" in re.sub(r"(?s)^.*?<svg id=|</svg>.*$", "", page)
    assert "flowchart TB" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)


def test_a_link_to_a_file_that_is_no_page_is_its_name(site):
    page = (site / "how-to" / "aws.html").read_text()
    assert "deployment/docker/README.md" in page
    assert 'href="../../deployment' not in page
