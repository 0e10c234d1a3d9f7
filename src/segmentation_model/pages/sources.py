"""What a page is made of: templates that escape everything, one look, and hashes for the content security policy."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

_PACKAGE = "segmentation_model.pages"


@lru_cache(maxsize=4)
def environment(package: str) -> Environment:
    """Templates of a package (in its folder ``templates``), for HTML: what they are given is escaped."""
    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


@lru_cache(maxsize=8)
def asset(package: str, name: str) -> str:
    """Text of a file beside a package's templates."""
    return resources.files(package).joinpath("templates", name).read_text(encoding="utf-8").strip()


def stylesheet(package: str, name: str) -> str:
    """The look that all pages share, followed by a page's own."""
    return f"{asset(_PACKAGE, 'page.css')}\n{asset(package, name)}"


def table_script(package: str, name: str) -> str:
    """What makes tables sortable on every page, followed by a page's own script."""
    return f"{asset(_PACKAGE, 'sortable_table.js')}\n{asset(package, name)}"


def source_hash(source: str) -> str:
    """How a content security policy names an inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
