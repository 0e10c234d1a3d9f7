"""A real headless browser for the pages that we write.

A test asks for ``open_page``. It is the system's Chromium: nothing is downloaded.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser per test module."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("needs Chromium: no `chromium` on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """``open_page(html, width=1440, height=900, **context options)`` opens a page from a file.

    When the test ends, every page must have been silent (nothing on the console, no error) and offline (it asked for
    nothing but its own file).
    """
    heard: list[str] = []
    contexts = []

    def opened(html: str, width: int = 1440, height: int = 900, **options: object) -> Page:
        file = tmp_path / f"page_{len(contexts)}.html"
        file.write_text(html, encoding="utf-8")
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        contexts[-1].set_default_timeout(5_000)
        page = contexts[-1].new_page()
        page.on("console", lambda message: heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("request", lambda request: _note_request(request.url, file.as_uri(), heard))
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert heard == []


def _note_request(url: str, own: str, heard: list[str]) -> None:
    if url.partition("#")[0] != own and not url.startswith("data:"):
        heard.append(f"request: {url}")
