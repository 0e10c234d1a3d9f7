"""No link in README, docs and the READMEs of the folders leads nowhere; nor does a page that the code names."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.project_run import PROJECT

_FENCE = re.compile(r"^[ ]*```.*?^[ ]*```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_NAMED = re.compile(r"(?<![\w/])docs/[\w./-]+\.(?:md|py|png|svg)\b")


def tracked(*patterns: str) -> list[Path]:
    """Files that Git has, or would have."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    found = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split()
    return [PROJECT / name for name in found if (PROJECT / name).exists()]


PAGES = [page for page in tracked("*.md") if page.name != "CHANGELOG.md"]


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors that GitHub, and our site, give to a page's headings."""
    headings = re.findall(r"^#{1,6} (.+)$", _FENCE.sub("", page.read_text()), re.MULTILINE)
    found: list[str] = []
    for heading in headings:
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
        slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return frozenset(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_leads_somewhere(page):
    dead = []
    for target in _LINK.findall(_FENCE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        if not place.exists() or (anchor and anchor not in anchors(place)):
            dead.append(target)
    assert dead == []


def test_every_page_that_files_name_is_there():
    suffixes = ("*.py", "*.yml", "*.toml", "Makefile", "*.tf", "*.md", ".ci/*")
    texts = {file: file.read_text() for file in tracked(*suffixes) if file.name != "CHANGELOG.md"}
    missing = {
        f"{file.relative_to(PROJECT)}: {name}"
        for file, text in texts.items()
        for name in _NAMED.findall(text)
        if not (PROJECT / name).exists() and not (file.parent / name).exists()
    }
    assert missing == set()


def test_every_page_of_docs_is_named_on_the_first_one():
    first = (PROJECT / "docs" / "index.md").read_text()
    pages = [str(page.relative_to(PROJECT / "docs")) for page in (PROJECT / "docs").rglob("*.md")]
    assert [page for page in pages if page != "index.md" and f"({page})" not in first] == []
